/** Lines and columns around the parts of a block: what belongs to an entry, and where the next one would stand. */
import { lineStarts, positionAt } from "../source/locate.ts";
import type { WrittenEntry, WrittenNode } from "../source/outline.ts";

/** The line (from 1) of an offset. */
export function lineOf(text: string, offset: number): number {
  return positionAt(lineStarts(text.slice(0, offset + 1)), offset).line;
}

/** The offset where the line of an offset begins. */
export function lineStart(text: string, offset: number): number {
  let at = offset;
  while (at > 0 && !isLineEnd(text.charCodeAt(at - 1))) at--;
  return at;
}

/** The offset of the line break, or the text's end, behind an offset. */
export function lineEnd(text: string, offset: number): number {
  let at = offset;
  while (at < text.length && !isLineEnd(text.charCodeAt(at))) at++;
  return at;
}

const isLineEnd = (code: number): boolean => code === 10 || code === 13;

/** The offset behind the line break at an offset. */
export function afterLineEnd(text: string, offset: number): number {
  if (text.startsWith("\r\n", offset)) return offset + 2;
  return Math.min(offset + 1, text.length);
}

/** The offset of the line break before a line that does not begin the text. */
export function beforeLine(text: string, start: number): number {
  return start >= 2 && text.startsWith("\r\n", start - 2) ? start - 2 : start - 1;
}

/** Whether a line ends between two offsets. */
export function hasBreak(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (isLineEnd(text.charCodeAt(at))) return true;
  return false;
}

/** The column of an offset, in characters from 0. */
export function columnOf(text: string, offset: number): number {
  let column = 0;
  for (const _ of text.slice(lineStart(text, offset), offset)) column++;
  return column;
}

/** Whether nothing but white space stands before an offset on its line. */
export function beginsLine(text: string, offset: number): boolean {
  return isBlank(text, lineStart(text, offset), offset);
}

/** Whether nothing but spaces and tabs stands between two offsets. */
export function isBlank(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code !== 32 && code !== 9) return false;
  }
  return true;
}

/** Where the content of a node ends; of a block that keeps its last empty lines, behind these. */
export function contentEnd(text: string, node: WrittenNode): number {
  if (node.type === "map" && !node.flow) {
    const last = node.entries.at(-1);
    return last ? entryEnd(text, last) : node.end;
  }
  if (node.type === "list" && !node.flow) {
    const last = node.items.at(-1);
    return last ? Math.max(contentEnd(text, last.value), last.dash) : node.end;
  }
  return keepsLines(text, node) ? behindEmptyLines(text, node.end) : node.end;
}

/** Whether a node ends in a block that takes in all empty lines behind it. */
export function keepsLines(text: string, node: WrittenNode): boolean {
  if (node.type === "alias") return false;
  if (node.type !== "scalar") {
    const last = node.flow ? undefined : (node.type === "map" ? node.entries : node.items).at(-1);
    return last !== undefined && keepsLines(text, last.value);
  }
  const isBlock = node.style === "literal" || node.style === "folded";
  return isBlock && /^[|>][0-9]?\+/.test(text.slice(node.start, node.start + 3));
}

/** Where an entry ends, without a comment behind it. */
export function entryEnd(text: string, entry: WrittenEntry): number {
  return Math.max(contentEnd(text, entry.value), entry.colon ?? entry.key.end);
}

/** The end of the last of the empty lines behind an offset, or of its own. */
export function behindEmptyLines(text: string, offset: number): number {
  let end = lineEnd(text, offset);
  while (end < text.length) {
    const next = afterLineEnd(text, end);
    const nextEnd = lineEnd(text, next);
    if (nextEnd === text.length || !isBlank(text, next, nextEnd)) break;
    end = nextEnd;
  }
  return end;
}

/** The end of the last line of what ends at an offset, with the lines of comments behind it that are indented beyond a column. */
export function endWithComments(text: string, offset: number, column: number): number {
  let end = lineEnd(text, offset);
  while (end < text.length) {
    const next = afterLineEnd(text, end);
    let at = next;
    while (text.charCodeAt(at) === 32) at++;
    if (text.charCodeAt(at) !== 35 || at - next <= column) break;
    end = lineEnd(text, at);
  }
  return end;
}
