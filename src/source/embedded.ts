/** YAML inside a scalar of YAML, such as `data.config: |` of a ConfigMap, with every position that of the file. */
import { afterBreak, hexValue, isBlank, isBreak, isBreakOrEnd } from "./chars.ts";
import type { MapEntry, Node, Range, ScalarNode } from "./node.ts";
import { deepestDocument, readYaml } from "./read.ts";
import type { Duplicate, ReadError, Reading, SourceFile } from "./reading.ts";

/** A run of characters that stand in the file as they stand in the value, or one that was folded or escaped. */
interface Segment {
  readonly value: number;
  readonly source: number;
}

/**
 * Reads the value of a scalar of a file as a YAML document. Offsets are those of the file: exact for literal block scalars and for
 * plain and quoted ones, and beside a fold or an escape the nearest. A scalar that is no string is an empty document.
 */
export function readEmbedded(file: SourceFile, scalar: ScalarNode): Reading {
  const value = typeof scalar.value === "string" ? scalar.value : "";
  const reading = readYaml(value, 0, value.length, { maxDepth: deepestDocument });
  const segments = segmentsOf(file.text, scalar, value);
  const at = (offset: number) => Math.min(place(segments, offset), scalar.end);
  const range = ({ start, end }: Range): Range => ({ start: at(start), end: at(end) });
  if (!reading.ok) {
    const error: ReadError = { ...reading.error, offset: at(reading.error.offset) };
    return { ok: false, error };
  }
  const duplicates = reading.duplicates?.map(
    (each): Duplicate => ({ ...each, first: range(each.first), again: range(each.again) }),
  );
  const root = reading.root && moveNode(reading.root, range);
  return { ok: true, root, ...(duplicates && { duplicates }) };
}

/** Where a character of a scalar's value stands in the file; beside a fold or an escape the nearest place. */
export function offsetInFile(file: SourceFile, scalar: ScalarNode, offset: number): number {
  const value = typeof scalar.value === "string" ? scalar.value : "";
  return Math.min(place(segmentsOf(file.text, scalar, value), offset), scalar.end);
}

/** A copy of a node with other ranges; shared nodes stay shared. Works from the leaves up, without recursion. */
function moveNode(root: Node, range: (range: Range) => Range): Node {
  const moved = new Map<Node, Node>();
  const todo: Node[] = [root];
  for (let node = todo.at(-1); node; node = todo.at(-1)) {
    const children =
      node.type === "map" ? node.entries.map((entry) => entry.value) : node.type === "list" ? node.items : [];
    const waiting = moved.has(node) ? [] : children.filter((child) => !moved.has(child));
    if (waiting.length > 0) {
      for (const child of waiting) todo.push(child);
      continue;
    }
    todo.pop();
    const copy = (child: Node): Node => moved.get(child) ?? child;
    if (node.type === "scalar") moved.set(node, { ...node, ...range(node) });
    else if (node.type === "list") moved.set(node, { ...node, ...range(node), items: node.items.map(copy) });
    else {
      const entries = node.entries.map((entry): MapEntry => {
        const alias = entry.alias && { alias: range(entry.alias) };
        return { ...entry, keyRange: range(entry.keyRange), value: copy(entry.value), ...alias };
      });
      moved.set(node, { ...node, ...range(node), entries });
    }
  }
  return moved.get(root) ?? root;
}

function place(segments: readonly Segment[], offset: number): number {
  let low = 0;
  let high = segments.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((segments[middle]?.value ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  const segment = segments[low];
  return segment ? segment.source + offset - segment.value : 0;
}

function segmentsOf(text: string, scalar: ScalarNode, value: string): readonly Segment[] {
  switch (scalar.style) {
    case "literal":
      return literalSegments(text, scalar, value);
    case "plain":
    case "single":
    case "double":
    case "folded":
      return alignedSegments(text, scalar, value);
  }
}

/** Lines of a literal scalar are the file's lines without their indentation. */
function literalSegments(text: string, scalar: ScalarNode, value: string): readonly Segment[] {
  const segments: Segment[] = [];
  let indent = -1;
  let line = nextLine(text, scalar.start);
  for (let from = 0; from <= value.length; ) {
    const newline = value.indexOf("\n", from);
    const length = (newline < 0 ? value.length : newline) - from;
    const end = endOfLine(text, line);
    if (indent < 0 && length > 0) indent = end - line - length;
    segments.push({ value: from, source: Math.min(line + Math.max(indent, 0), end) });
    if (newline < 0) break;
    from = newline + 1;
    line = nextLine(text, line);
  }
  return segments;
}

function endOfLine(text: string, from: number): number {
  let pos = from;
  while (pos < text.length && !isBreakOrEnd(text.charCodeAt(pos))) pos++;
  return pos;
}

function nextLine(text: string, from: number): number {
  const end = endOfLine(text, from);
  return end < text.length ? afterBreak(text, end) : end;
}

/** Walks the value and its source side by side: what is not alike is an escape, or white space that was folded. */
function alignedSegments(text: string, scalar: ScalarNode, value: string): readonly Segment[] {
  const segments: Segment[] = [];
  const isDouble = scalar.style === "double";
  let source = scalar.style === "folded" ? nextLine(text, scalar.start) : scalar.start;
  if (isDouble || scalar.style === "single") source++;
  if (scalar.style === "folded") source = skipWhite(text, source);
  let expected = -1;
  for (let at = 0; at < value.length; at++) {
    const width = isDouble ? escapeWidth(text, source) : 1;
    if (width === 1 && text.charCodeAt(source) !== value.charCodeAt(at)) {
      if (isWhite(value.charCodeAt(at)) && isWhite(text.charCodeAt(source))) {
        segments.push({ value: at, source });
        if (!isWhite(value.charCodeAt(at + 1))) source = skipWhite(text, source);
        expected = -1;
        continue;
      }
      source = skipWhite(text, source);
    }
    if (source !== expected) segments.push({ value: at, source });
    source += width;
    if (scalar.style === "single" && value.charCodeAt(at) === 39) source++;
    expected = width === 1 && value.charCodeAt(at) !== 39 ? source : -1;
  }
  segments.push({ value: value.length, source: Math.min(source, scalar.end) });
  return segments;
}

const isWhite = (code: number): boolean => isBlank(code) || isBreak(code);

function skipWhite(text: string, from: number): number {
  let pos = from;
  while (pos < text.length && isWhite(text.charCodeAt(pos))) pos++;
  return pos;
}

/** How many characters the escape sequence at a position takes; 1 when there is none. */
function escapeWidth(text: string, at: number): number {
  if (text.charCodeAt(at) !== 92) return 1;
  const digits = { x: 2, u: 4, U: 8 }[text.charAt(at + 1)] ?? 0;
  return digits > 0 && hexValue(text.charCodeAt(at + 2)) >= 0 ? 2 + digits : 2;
}
