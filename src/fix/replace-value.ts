/** Puts a new value in the place of one that is written: on its line, below its key, or inside of `{}` and `[]`. */
import type { Value } from "../source/node.ts";
import type { WrittenNode } from "../source/outline.ts";
import { type FlowStyle, writeFlow } from "../source/write-flow.ts";
import { literalText, type Quotes, scalarText } from "../source/write-scalar.ts";
import { writeYaml } from "../source/write-yaml.ts";
import { put, refuse, type Task } from "./edit-task.ts";
import { beginsLine, columnOf, contentEnd, endWithComments, hasBreak, isBlank, lineEnd } from "./lines.ts";
import { isFilled, isList } from "./same.ts";

/** Where a value stands. */
export interface Slot {
  readonly kind: "root" | "entry" | "item";
  /** Behind the colon or dash; undefined behind a key without colon. */
  readonly after: number | undefined;
  /** The column of the key or dash; -1 for the root. */
  readonly column: number;
  /** How it is written inside of a flow collection; undefined in a block. */
  readonly flow: FlowStyle | undefined;
}

/** Writes a value where a node stands; an anchor before the node stays. */
export function replaceValue(task: Task, slot: Slot, node: WrittenNode, value: Value) {
  if (slot.after === undefined && slot.flow)
    return put(task, node.start, node.end, `: ${writeFlow(value, slot.flow)}`);
  const old = oldText(task, slot, node);
  if (!old) return refuse(task, node.start, "a key behind `?` that has no value is not given one");
  if (slot.flow) replaceInFlow(task, slot, slot.flow, node, old, value);
  else if (isFilled(value)) replaceByLines(task, slot, node, old, value);
  else replaceByFlat(task, slot, node, old, value);
}

/** What is taken out. */
interface Old {
  /** Behind the colon or dash, and an anchor that stays where it is. */
  readonly head: number;
  readonly start: number;
  readonly end: number;
  /** The anchor that has to be written again, with a space. */
  readonly anchor: string;
  readonly isUnwritten: boolean;
  /** Whether it begins on the line of its key or dash. */
  readonly onLine: boolean;
  /** Whether it is a map or list in lines of its own. */
  readonly isBlock: boolean;
}

function oldText(task: Task, slot: Slot, node: WrittenNode): Old | undefined {
  const { text } = task;
  const { tag, anchor } = node;
  if (slot.after === undefined) return undefined;
  const isUnwritten = node.start === node.end && !tag;
  const start = isUnwritten
    ? node.start
    : Math.min(node.start, tag?.start ?? node.start, (tag && anchor?.start) ?? node.start);
  const head = anchor && !tag ? anchor.end : isUnwritten ? node.start : slot.after;
  const isBlock = (node.type === "map" || node.type === "list") && !node.flow;
  return {
    head,
    start,
    end: isBlock ? endWithComments(text, contentEnd(text, node), Math.max(slot.column, 0)) : node.end,
    anchor: tag && anchor ? `${text.slice(anchor.start, anchor.end)} ` : "",
    isUnwritten,
    onLine: !hasBreak(text, head, start),
    isBlock,
  };
}

function replaceInFlow(task: Task, slot: Slot, style: FlowStyle, node: WrittenNode, old: Old, value: Value) {
  const text = writeFlow(value, node.type === "scalar" ? { ...style, quotes: quotesOf(node) } : style);
  const space = old.isUnwritten && !style.tight && task.text.charAt(old.head - 1) !== " " ? " " : "";
  if (slot.kind === "item" && old.isUnwritten)
    return refuse(task, node.start, "an item that is not written is not given a value");
  put(task, old.start, old.end, space + old.anchor + text);
}

/** The quotes of a scalar that has some. */
export function quotesOf(node: WrittenNode): Quotes | undefined {
  return node.type === "scalar" && (node.style === "single" || node.style === "double")
    ? node.style
    : undefined;
}

/** A scalar, or an empty map or list: on the line of its key or dash, the lines of a literal block below. */
function replaceByFlat(task: Task, slot: Slot, node: WrittenNode, old: Old, value: Value) {
  const { text } = task;
  const flat = flatText(task, slot, node, value);
  const first = old.anchor + flat.first;
  const rest = flat.rest === undefined ? "" : `\n${flat.rest}`;
  if (old.isUnwritten) {
    put(task, old.head, old.head, ` ${first}`);
    if (rest !== "") put(task, lineEnd(text, old.head), lineEnd(text, old.head), rest);
  } else if (old.onLine || slot.kind === "root" || (!old.isBlock && rest === "")) {
    put(task, old.start, old.end, first);
    if (rest !== "") put(task, lineEnd(text, old.end), lineEnd(text, old.end), rest);
  } else {
    put(task, old.head, old.head, ` ${first}`);
    put(task, lineEnd(text, old.head), lineEnd(text, old.end), rest);
  }
}

function flatText(
  task: Task,
  slot: Slot,
  node: WrittenNode,
  value: Value,
): { readonly first: string; readonly rest: string | undefined } {
  if (typeof value === "object" && value !== null)
    return { first: isList(value) ? "[]" : "{}", rest: undefined };
  const quotes = quotesOf(node);
  if (typeof value === "string" && quotes === undefined) {
    const column = Math.max(slot.column, 0) + task.indent;
    const block = literalText(value, " ".repeat(column), task.indent, task.literals);
    if (block) return { first: block.header, rest: block.lines };
  }
  return { first: scalarText(value, false, typeof value === "string" ? quotes : undefined), rest: undefined };
}

/** A map or list with something in it: below its key, or beginning on the line of its dash. */
function replaceByLines(task: Task, slot: Slot, node: WrittenNode, old: Old, value: Value) {
  const { text } = task;
  if (slot.kind === "root") return replaceRoot(task, old, value);
  const comments = !isBlank(text, old.end, lineEnd(text, old.end)) || !isBlank(text, old.head, old.start);
  if (slot.kind === "item" && old.onLine && !comments) {
    const column = old.isUnwritten ? columnOf(text, old.head) + 1 : columnOf(text, old.start);
    const lines = linesOf(task, value, column).slice(column);
    return put(task, old.start, old.end, (old.isUnwritten ? " " : "") + old.anchor + lines);
  }
  const below = `\n${linesOf(task, value, columnBelow(task, slot, node, value))}`;
  if (old.anchor !== "") put(task, old.head, old.head, ` ${old.anchor.trimEnd()}`);
  if (old.onLine) {
    put(task, old.head, old.end, "");
    put(task, lineEnd(text, old.end), lineEnd(text, old.end), below);
  } else put(task, lineEnd(text, old.head), lineEnd(text, old.end), below);
}

function replaceRoot(task: Task, old: Old, value: Value) {
  if (!beginsLine(task.text, old.start)) {
    return put(task, old.start, old.end, old.anchor + writeFlow(value, { json: false, tight: task.tight }));
  }
  const column = columnOf(task.text, old.start);
  put(task, old.start, old.end, linesOf(task, value, column).slice(column));
}

function columnBelow(task: Task, slot: Slot, node: WrittenNode, value: Value): number {
  if (!isScalarLike(node) && !node.flow && (node.type === "list") === isList(value))
    return columnOf(task.text, node.start);
  return slot.column + (slot.kind === "entry" && isList(value) ? task.listIndent : task.indent);
}

const isScalarLike = (node: WrittenNode): node is Extract<WrittenNode, { type: "scalar" | "alias" }> =>
  node.type === "scalar" || node.type === "alias";

/** A map or list as lines at a column, the last one without its end. */
export function linesOf(task: Task, value: Value, column: number, gap = 1): string {
  const { indent, listIndent, literals } = task;
  return writeYaml(value, { indent, listIndent, column, gap, literals }).slice(0, -1);
}
