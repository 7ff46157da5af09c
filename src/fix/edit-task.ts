/** What all parts of one document's edits share: the text, how it is written, what is known so far, and what cannot be done. */

import type { Value } from "../source/node.ts";
import type { Outline, WrittenNode } from "../source/outline.ts";
import type { Edit } from "../source/splice.ts";
import type { Literals } from "../source/write-scalar.ts";
import { columnOf, hasBreak, lineEnd, lineOf } from "./lines.ts";

/** Entries of maps as they are to be spelled, in lines, by the map of the wanted value and the key. */
export type Spelled = ReadonlyMap<Value, ReadonlyMap<string, readonly string[]>>;

export interface Task {
  /** The whole file's. */
  readonly text: string;
  /** Where the document begins in it. */
  readonly start: number;
  readonly newline: string;
  readonly indent: number;
  readonly listIndent: number;
  /** Whether the document is written in flow style as a whole, as JSON is. */
  readonly isFlow: boolean;
  /** Whether its flow collections have no space behind `:`. */
  readonly tight: boolean;
  /** Whether texts of several lines may be literal blocks. */
  readonly literals: Literals;
  /** Whether items that change their place keep their text. */
  readonly moves: boolean;
  readonly hasAliases: boolean;
  /** Whether new keys stand where they stand in the wanted value. */
  readonly ordered: boolean;
  /** Whether aliases and merge keys stay as they are, unless an alias itself is to say something else. */
  readonly keepsAliases: boolean;
  readonly spelled: Spelled | undefined;
  /** What anchored nodes are to say, of those that stay; without a value what they said. */
  readonly anchors: Map<WrittenNode, { readonly value: Value | undefined; readonly changed: boolean }>;
  readonly edits: Edit[];
  refusal: string | undefined;
}

/** The task of editing a document with an outline, in the style of what it has already. */
export function taskFor(
  text: string,
  start: number,
  outline: Outline,
  literals: Literals,
  moves: boolean,
): Task {
  const { root, hasAliases } = outline;
  const counts: Counts = { maps: new Map(), lists: new Map(), tight: undefined };
  measure(text, root, undefined, counts);
  const lineBreak = lineEnd(text, root.start);
  return {
    text,
    start,
    newline:
      /^\r?\n|^\r/.exec(text.slice(lineBreak, lineBreak + 2))?.[0] ?? /\r?\n|\r/.exec(text)?.[0] ?? "\n",
    indent: Math.min(most(counts.maps) ?? 2, 9),
    listIndent: most(counts.lists) ?? 0,
    isFlow: (root.type === "map" || root.type === "list") && root.flow,
    tight: counts.tight === true,
    literals,
    moves,
    hasAliases,
    ordered: false,
    keepsAliases: false,
    spelled: undefined,
    anchors: new Map(),
    edits: [],
    refusal: undefined,
  };
}

/** Notes an edit; its line feeds become the line ends of the file. */
export function put(task: Task, start: number, end: number, text: string) {
  task.edits.push({ start, end, text: task.newline === "\n" ? text : text.replaceAll("\n", task.newline) });
}

/** Notes why the document cannot be edited, at a place of it; the first reason stays. */
export function refuse(task: Task, offset: number, why: string) {
  task.refusal ??= `line ${lineOf(task.text, offset)}: ${why}`;
}

interface Counts {
  /** How often maps and lists are indented by so many columns. */
  readonly maps: Map<number, number>;
  readonly lists: Map<number, number>;
  tight: boolean | undefined;
}

function measure(text: string, node: WrittenNode, keyColumn: number | undefined, counts: Counts) {
  if (node.type === "list") {
    if (!node.flow && keyColumn !== undefined) note(counts.lists, columnOf(text, node.start) - keyColumn);
    for (const { value } of node.items) measure(text, value, undefined, counts);
  } else if (node.type === "map") {
    const column = node.flow ? undefined : columnOf(text, node.start);
    if (column !== undefined && keyColumn !== undefined) note(counts.maps, column - keyColumn);
    for (const { colon, value } of node.entries) {
      if (node.flow && colon !== undefined)
        counts.tight ??= !hasBreak(text, colon, colon + 1) && text[colon] !== " ";
      measure(text, value, column, counts);
    }
  }
}

function note(counts: Map<number, number>, width: number) {
  if (width >= 0) counts.set(width, (counts.get(width) ?? 0) + 1);
}

function most(counts: ReadonlyMap<number, number>): number | undefined {
  let best: number | undefined;
  for (const [width, count] of counts)
    if (best === undefined || count > (counts.get(best) ?? 0)) best = width;
  return best;
}
