/** From a path inside a document to the range it covers, and from offsets to lines and columns. */
import type { Node, Path, Range } from "./node.ts";
import { entryOf } from "./node.ts";

/** A range in a file. Lines and columns count from 1; columns count characters (UTF-16 code units). The end is exclusive. */
export interface Location extends Range {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** Which part of a map entry a location should cover. */
export type Part = "entry" | "key" | "value";

/**
 * The range of what stands at a path, or undefined when nothing does.
 * `entry` covers `key: value` for a scalar value and the key alone for a collection; list items cover themselves.
 */
export function rangeAt(root: Node | undefined, path: Path, part: Part = "entry"): Range | undefined {
  let node = root;
  let range: Range | undefined = root;
  for (const step of path) {
    if (typeof step === "number") {
      node = node?.type === "list" ? node.items[step] : undefined;
      range = node;
    } else {
      const entry = entryOf(node, step);
      node = entry?.value;
      range = entry && partOf(entry.keyRange, entry.alias ?? entry.value, entry.value, part);
    }
    if (!node) return undefined;
  }
  return range;
}

function partOf(key: Range, place: Range, value: Node, part: Part): Range {
  if (part === "key") return key;
  if (part === "value") return place;
  return value.type === "scalar" && place.start >= key.end ? { start: key.start, end: place.end } : key;
}

/** Offsets of the first character of every line; `\n`, `\r\n` and lone `\r` end a line. */
export function lineStarts(text: string): readonly number[] {
  const starts = [0];
  if (!text.includes("\r")) {
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
    return starts;
  }
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 10 || (code === 13 && text.charCodeAt(i + 1) !== 10)) starts.push(i + 1);
  }
  return starts;
}

/** The 1-based line and column of an offset, by binary search in `lineStarts`. */
export function positionAt(
  starts: readonly number[],
  offset: number,
): { readonly line: number; readonly column: number } {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
}

/** A range of a file as a Location. */
export function locationOf(file: { readonly path: string; readonly text: string }, range: Range): Location {
  const starts = lineStartsOf(file);
  const from = positionAt(starts, range.start);
  const to = positionAt(starts, range.end);
  return { file: file.path, ...range, ...from, endLine: to.line, endColumn: to.column };
}

const starts = new WeakMap<object, readonly number[]>();
function lineStartsOf(file: { readonly text: string }): readonly number[] {
  let known = starts.get(file);
  if (!known) {
    known = lineStarts(file.text);
    starts.set(file, known);
  }
  return known;
}
