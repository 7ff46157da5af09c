/** Flow collections of short words and quoted scalars, as a simple reading of YAML knows them. */
import { emptyMap, type Value } from "./node.ts";
import {
  blankOrEnd,
  type Cursor,
  endOfQuoted,
  lineFeed,
  plainValue,
  space,
  unquoted,
} from "./read-plain-scalar.ts";

const comma = 0x2c;
const openList = 0x5b;
const closeList = 0x5d;
const openMap = 0x7b;
const closeMap = 0x7d;

const deepest = 100;

/** The collection that begins at an offset; the cursor is left behind it. */
export function readPlainFlow(cursor: Cursor, at: number): Value {
  if (++cursor.depth > deepest) cursor.unsure = true;
  cursor.at = at + 1;
  const value = cursor.text.charCodeAt(at) === openMap ? readMap(cursor) : readList(cursor);
  cursor.depth--;
  return value;
}

function readList(cursor: Cursor): Value {
  const items: Value[] = [];
  while (!isClosed(cursor, closeList, items.length > 0)) items.push(readValue(cursor));
  return items;
}

function readMap(cursor: Cursor): Value {
  const map = emptyMap();
  let filled = false;
  while (!isClosed(cursor, closeMap, filled)) {
    const { text } = cursor;
    const key = readScalar(cursor);
    while (text.charCodeAt(cursor.at) === space) cursor.at++;
    const isKey = text.charCodeAt(cursor.at) === 0x3a && blankOrEnd(text.charCodeAt(cursor.at + 1));
    if (!isKey || typeof key !== "string") cursor.unsure = true;
    cursor.at++;
    skip(cursor);
    map[String(key)] = readValue(cursor);
    filled = true;
  }
  return map;
}

/** Whether the collection ends here, its comma and closing bracket taken; also once we are unsure. */
function isClosed(cursor: Cursor, close: number, filled: boolean): boolean {
  const { text } = cursor;
  skip(cursor);
  if (filled && text.charCodeAt(cursor.at) !== close) {
    if (text.charCodeAt(cursor.at) !== comma) cursor.unsure = true;
    cursor.at++;
    skip(cursor);
  }
  if (cursor.unsure) return true;
  if (text.charCodeAt(cursor.at) !== close) return false;
  cursor.at++;
  return true;
}

/** Steps over spaces and line ends. */
function skip(cursor: Cursor): void {
  const { text } = cursor;
  for (;;) {
    const code = text.charCodeAt(cursor.at);
    if (code !== space && code !== lineFeed) return;
    cursor.at++;
    // In the first column a document may end.
    if (code === lineFeed && /[-.%]/.test(text.charAt(cursor.at))) cursor.unsure = true;
  }
}

function readValue(cursor: Cursor): Value {
  const code = cursor.text.charCodeAt(cursor.at);
  return code === openMap || code === openList ? readPlainFlow(cursor, cursor.at) : readScalar(cursor);
}

const word = /-*[A-Za-z0-9_/$][A-Za-z0-9_/$.=+-]*(?=[ \n,:}\]])/y;

/** A scalar in quotes, or a word. */
function readScalar(cursor: Cursor): Value {
  const { text, at } = cursor;
  const code = text.charCodeAt(at);
  if (code === 0x22 || code === 0x27) {
    cursor.at = endOfQuoted(cursor, at);
    const value = unquoted(text, at, cursor.at);
    if (value === undefined) cursor.unsure = true;
    return value ?? null;
  }
  word.lastIndex = at;
  const [found] = word.exec(text) ?? [];
  const value = found === undefined ? undefined : plainValue(found);
  if (found === undefined || value === undefined) cursor.unsure = true;
  cursor.at += found?.length ?? 0;
  return value ?? null;
}
