/** Reads one YAML document as `readYaml` does, but as plain data without offsets: what is written plainly is read in one pass. */
import { emptyMap, toValue, type Value } from "./node.ts";
import { type ReadOptions, readYaml } from "./read.ts";
import { readPlainFlow } from "./read-plain-flow.ts";
import {
  blankOrEnd,
  type Cursor,
  endOfQuoted,
  lineFeed,
  moveOn,
  plainValue,
  space,
  startsPlain,
  unquoted,
} from "./read-plain-scalar.ts";

export type PlainReading =
  | {
      readonly ok: true;
      /** Undefined when there is no document. */
      readonly value: Value | undefined;
    }
  | { readonly ok: false; readonly message: string };

/** The first document of a text as plain data: the same value, or error, that `readYaml` gives. */
export function readPlain(text: string, options: ReadOptions = {}): PlainReading {
  const { maxDepth = Number.POSITIVE_INFINITY } = options;
  const isEnded = options.lines !== true || text.endsWith("\n");
  const value = maxDepth < deepest ? undefined : readSimple(isEnded ? text : `${text}\n`);
  if (value !== undefined) return { ok: true, value };
  const read = readYaml(text, 0, text.length, options);
  return read.ok
    ? { ok: true, value: read.root && toValue(read.root) }
    : { ok: false, message: read.error.message };
}

const notSimple = /[^\n\x20-\x7e\xa1-\u2027\u202a-\ud7ff\ue000-\ufdff]/;
const beginning = /^(?:(?:#[^\n]*)?\n)*---\n/;
const deepest = 100;

/**
 * The value of a text that uses nothing but the simple parts of YAML: block maps and lists, scalars on one line, literal blocks, flow
 * collections of short words. Undefined for all else, also where only the full reader can say what is wrong.
 */
export function readSimple(text: string): Value | undefined {
  if (notSimple.test(text)) return undefined;
  const cursor: Cursor = { text, at: 0, column: 0, depth: 0, unsure: false };
  const start = beginning.exec(text)?.[0].length ?? 0;
  moveOn(cursor, start, start);
  if (cursor.column < 0) return undefined;
  const value = readNode(cursor, -1);
  return cursor.unsure || cursor.column >= 0 ? undefined : value;
}

const dash = 0x2d;

function isEntry({ text, at }: Cursor): boolean {
  return text.charCodeAt(at) === dash && blankOrEnd(text.charCodeAt(at + 1));
}

/** What begins at the cursor, below a collection in a column. */
function readNode(cursor: Cursor, parent: number): Value {
  if (++cursor.depth > deepest) cursor.unsure = true;
  if (cursor.unsure) return null;
  const value = isEntry(cursor)
    ? readList(cursor, cursor.column)
    : endOfKey(cursor) >= 0
      ? readMap(cursor, cursor.column)
      : readInline(cursor, cursor.at, parent);
  cursor.depth--;
  return value;
}

function readList(cursor: Cursor, column: number): Value {
  const items: Value[] = [];
  while (cursor.column === column && !cursor.unsure && isEntry(cursor)) {
    const { text, at } = cursor;
    let from = at + 1;
    while (text.charCodeAt(from) === space) from++;
    if (isEndOfContent(text, from)) items.push(readBelow(cursor, from, column, false));
    else {
      cursor.at = from;
      cursor.column = column + from - at;
      items.push(readNode(cursor, column));
    }
  }
  if (cursor.column > column) cursor.unsure = true;
  return items;
}

function readMap(cursor: Cursor, column: number): Value {
  const map = emptyMap();
  while (cursor.column === column && !cursor.unsure) {
    const { text, at } = cursor;
    const colon = endOfKey(cursor);
    if (colon < 0) break;
    const key = keyAt(text, at, colon);
    if (key === undefined) break;
    let from = colon + 1;
    while (text.charCodeAt(from) === space) from++;
    map[key] = isEndOfContent(text, from)
      ? readBelow(cursor, from, column, true)
      : readInline(cursor, from, column);
  }
  if (cursor.column >= column) cursor.unsure = true;
  return map;
}

/** Whether nothing but a comment stands between an offset behind a space or an indicator and the end of the line. */
function isEndOfContent(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === lineFeed || at >= text.length || (code === 0x23 && text.charCodeAt(at - 1) === space);
}

/** A value that begins on another line than its key or dash, or is not written at all. */
function readBelow(cursor: Cursor, from: number, column: number, inMap: boolean): Value {
  moveOn(cursor, from, -1);
  if (cursor.column > column) return readNode(cursor, column);
  return inMap && cursor.column === column && isEntry(cursor) ? readList(cursor, column) : null;
}

const longestKey = 1000;

/** The offset of the colon behind the key that begins at the cursor; -1 where none is. */
function endOfKey(cursor: Cursor): number {
  const { text, at } = cursor;
  const first = text.charCodeAt(at);
  if (first === 0x22 || first === 0x27) {
    let end = endOfQuoted(cursor, at);
    while (text.charCodeAt(end) === space) end++;
    return text.charCodeAt(end) === 0x3a && blankOrEnd(text.charCodeAt(end + 1)) ? end : -1;
  }
  if (!startsPlain(text, at)) return -1;
  for (let i = at + 1; i < at + longestKey; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x3a && blankOrEnd(text.charCodeAt(i + 1))) return i;
    if (code === lineFeed || i >= text.length) return -1;
    if (code === 0x23 && text.charCodeAt(i - 1) === space) return -1;
  }
  cursor.unsure = true;
  return -1;
}

/** The key between two offsets; undefined where it is a merge key or no text. */
function keyAt(text: string, at: number, colon: number): string | undefined {
  let end = colon;
  while (text.charCodeAt(end - 1) === space) end--;
  const first = text.charCodeAt(at);
  if (first === 0x22 || first === 0x27) return unquoted(text, at, end);
  const key = text.slice(at, end);
  return key !== "<<" && typeof plainValue(key) === "string" ? key : undefined;
}

/** A value that begins on the line of its key or dash. */
function readInline(cursor: Cursor, at: number, parent: number): Value {
  const { text } = cursor;
  switch (text.charCodeAt(at)) {
    case 0x22:
    case 0x27: {
      const end = endOfQuoted(cursor, at);
      const value = unquoted(text, at, end);
      if (value === undefined) cursor.unsure = true;
      else moveOn(cursor, end, -1);
      return value ?? null;
    }
    case 0x7b:
    case 0x5b: {
      const value = readPlainFlow(cursor, at);
      if (!cursor.unsure) moveOn(cursor, cursor.at, -1);
      return value;
    }
    case 0x7c:
      return readLiteral(cursor, at, parent);
    default:
      return readPlainScalar(cursor, at);
  }
}

/** A scalar without quotes that ends on its line; on the next one, everything that is further in than the collection makes us unsure. */
function readPlainScalar(cursor: Cursor, at: number): Value {
  const { text } = cursor;
  if (!startsPlain(text, at)) cursor.unsure = true;
  let end = at;
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end);
    if (code === lineFeed || (code === 0x23 && text.charCodeAt(end - 1) === space)) break;
    if (code === 0x3a && blankOrEnd(text.charCodeAt(end + 1))) cursor.unsure = true;
  }
  if (cursor.unsure) return null;
  let last = end;
  while (text.charCodeAt(last - 1) === space) last--;
  moveOn(cursor, end, -1);
  const value = plainValue(text.slice(at, last));
  if (value === undefined) cursor.unsure = true;
  return value ?? null;
}

const header = /\|([-+]?) *\n( *)(?=[^ \n])/y;

/** A literal block whose first line has content. */
function readLiteral(cursor: Cursor, at: number, parent: number): Value {
  const { text } = cursor;
  header.lastIndex = at;
  const [, chomp, indentation = ""] = header.exec(text) ?? [];
  const indent = indentation.length;
  if (chomp === undefined || indent === 0 || indent <= parent) {
    cursor.unsure = true;
    return null;
  }
  let content = "";
  let breaks = "";
  let line = header.lastIndex - indent;
  for (;;) {
    let from = line;
    while (from < line + indent && text.charCodeAt(from) === space) from++;
    const found = text.indexOf("\n", from);
    const end = found < 0 ? text.length : found;
    if (from === text.length || (end > from && from < line + indent)) break;
    if (end > from) {
      content += breaks + text.slice(from, end);
      breaks = "";
    }
    line = end;
    if (found < 0) break;
    breaks += "\n";
    line++;
  }
  moveOn(cursor, line, line);
  return content + (chomp === "-" ? "" : chomp === "+" ? breaks : breaks.slice(0, 1));
}
