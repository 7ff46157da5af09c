/**
 * Go strings in JavaScript. A Go string is bytes; here it is a JavaScript string in which a byte that is no part of valid UTF-8 stands
 * as the lone surrogate U+DC00 + byte. Text that is UTF-8 is thus itself, and everything else survives and can be told.
 */

const ESCAPE = 0xdc00;
export const runeError = 0xfffd;

/** Whether a code unit is a byte that is no part of UTF-8 (given that it does not follow a high surrogate). */
function isEscape(unit: number): boolean {
  return unit >= 0xdc80 && unit <= 0xdcff;
}

/** The number of bytes a code point takes in UTF-8, as Go strings count them. */
function width(point: number): number {
  if (point < 0x80) return 1;
  if (point < 0x800) return 2;
  if (isEscape(point)) return 1;
  return point < 0x10000 ? 3 : 4;
}

/** The length in bytes. */
export function byteLength(text: string): number {
  let extra = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    const point = text.codePointAt(i) ?? 0;
    if (point > 0xffff) {
      extra += 2;
      i++;
    } else extra += width(point) - 1;
  }
  return text.length + extra;
}

/** The bytes of a Go string. */
export function toBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(byteLength(text));
  let at = 0;
  for (let i = 0; i < text.length; i++) {
    const point = text.codePointAt(i) ?? 0;
    if (point > 0xffff) i++;
    if (point < 0x80) bytes[at++] = point;
    else if (isEscape(point)) bytes[at++] = point - ESCAPE;
    else {
      const size = width(point);
      bytes[at++] = (size === 2 ? 0xc0 : size === 3 ? 0xe0 : 0xf0) | (point >> (6 * (size - 1)));
      for (let left = size - 2; left >= 0; left--) bytes[at++] = 0x80 | ((point >> (6 * left)) & 0x3f);
    }
  }
  return bytes;
}

/** The Go string of some bytes. */
export function fromBytes(bytes: Uint8Array): string {
  const chunks: string[] = [];
  let units: number[] = [];
  for (let i = 0; i < bytes.length; ) {
    const [point, size] = decode(bytes, i);
    if (point === undefined) units.push(ESCAPE + (bytes[i] ?? 0));
    else if (point > 0xffff)
      units.push(0xd800 + ((point - 0x10000) >> 10), 0xdc00 + ((point - 0x10000) & 0x3ff));
    else units.push(point);
    i += size;
    if (units.length > 8000) {
      chunks.push(String.fromCharCode(...units));
      units = [];
    }
  }
  return chunks.join("") + String.fromCharCode(...units);
}

const NOTHING: readonly [undefined, number] = [undefined, 1];

/** The code point that starts at an offset and its size; undefined and 1 where there is no valid UTF-8. */
function decode(bytes: Uint8Array, at: number): readonly [number | undefined, number] {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return [first, 1];
  const size = first >= 0xf0 && first < 0xf5 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  if (size === 0 || first >= 0xf5) return NOTHING;
  let point = first & (0xff >> (size + 1));
  for (let i = 1; i < size; i++) {
    const next = bytes[at + i] ?? 0;
    if ((next & 0xc0) !== 0x80) return NOTHING;
    point = (point << 6) | (next & 0x3f);
  }
  const least = size === 2 ? 0x80 : size === 3 ? 0x800 : 0x10000;
  if (point < least || point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) return NOTHING;
  return [point, size];
}

const NOT_ASCII = /[^\0-\x7f]/;
const SURROGATE = /[\ud800-\udfff]/;

/** Whether every character is one byte. */
export function isAscii(text: string): boolean {
  return !NOT_ASCII.test(text);
}

/** The bytes from start to end, both offsets in bytes and within the text. */
export function sliceBytes(text: string, start: number, end: number): string {
  return isAscii(text) ? text.slice(start, end) : fromBytes(toBytes(text).subarray(start, end));
}

/** Bytes that stand alone but together are UTF-8 become the character they are; needed where strings have been put together. */
export function joined(text: string): string {
  return SURROGATE.test(text) && !isUtf8(text) ? fromBytes(toBytes(text)) : text;
}

/** Whether a Go string is valid UTF-8. */
export function isUtf8(text: string): boolean {
  for (const char of text) if (isEscape(char.charCodeAt(0)) && char.length === 1) return false;
  return true;
}

/** The code points; U+FFFD for a byte that is no part of UTF-8. */
export function runes(text: string): number[] {
  const found: number[] = [];
  for (const char of text) {
    const point = char.codePointAt(0) ?? 0;
    found.push(isEscape(point) ? runeError : point);
  }
  return found;
}

/** The text of one code point as Go converts it: U+FFFD for what is none. */
export function fromRune(point: number): string {
  const valid =
    Number.isInteger(point) && point >= 0 && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
  return valid ? String.fromCodePoint(point) : "\ufffd";
}

/** The order of the bytes of two strings: negative, zero or positive. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  if (!SURROGATE.test(a) && !SURROGATE.test(b)) return a < b ? -1 : 1;
  const left = toBytes(a);
  const right = toBytes(b);
  for (let i = 0; i < left.length && i < right.length; i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** Strings in the order of their bytes; the list is new. */
export function sortedText(texts: Iterable<string>): string[] {
  const list = [...texts];
  return list.some((text) => SURROGATE.test(text)) ? list.sort(compareText) : list.sort();
}

const GRAPHIC = /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u;

/** Whether Go's strconv and unicode packages call a code point printable. */
export function isPrint(point: number): boolean {
  if (point < 0x7f) return point >= 0x20;
  if (point >= 0xd800 && point <= 0xdfff) return false;
  return point <= 0x10ffff && GRAPHIC.test(String.fromCodePoint(point));
}

const SHORT_ESCAPES: Readonly<Record<number, string>> = {
  7: "\\a",
  8: "\\b",
  9: "\\t",
  10: "\\n",
  11: "\\v",
  12: "\\f",
  13: "\\r",
};

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}

function quotedPoint(point: number, quote: string, ascii: boolean): string {
  if (point === 0x5c || point === quote.charCodeAt(0)) return `\\${String.fromCharCode(point)}`;
  if (isEscape(point)) return `\\x${hex(point - ESCAPE, 2)}`;
  if (point < 0x80 || !ascii) if (isPrint(point)) return String.fromCodePoint(point);
  const short = SHORT_ESCAPES[point];
  if (short) return short;
  if (point < 0x20 || point === 0x7f) return `\\x${hex(point, 2)}`;
  if (point >= 0xd800 && point <= 0xdfff) return "\\ufffd";
  return point < 0x10000 ? `\\u${hex(point, 4)}` : `\\U${hex(point, 8)}`;
}

/** A string as a Go literal in double quotes; with `ascii`, everything else escaped. */
export function quoteText(text: string, ascii = false): string {
  if (/^[\x20\x21\x23-\x5b\x5d-\x7e]*$/.test(text)) return `"${text}"`;
  let out = '"';
  for (const char of text) out += quotedPoint(char.codePointAt(0) ?? 0, '"', ascii);
  return `${out}"`;
}

/** A code point as a Go literal in single quotes. */
export function quoteRune(point: number, ascii = false): string {
  const valid = point >= 0 && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
  return `'${quotedPoint(valid ? point : runeError, "'", ascii)}'`;
}

/** Whether a string can stand between back quotes as it is. */
export function canBackquote(text: string): boolean {
  for (const char of text) {
    const point = char.codePointAt(0) ?? 0;
    if (point === 0xfeff || point === 0x60 || point === 0x7f || (point < 0x20 && point !== 9)) return false;
    if (isEscape(point)) return false;
  }
  return true;
}

const SINGLE: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, "\\": 92 };
const DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/**
 * The value of a Go string or character literal's content, without its quotes: `quote` is the quote that had to be escaped.
 * Undefined when an escape is none of Go's. Each item is a code point, or a single byte from \x or octal escapes.
 */
export function unescapeText(body: string, quote: string): string | undefined {
  if (!body.includes("\\")) return body;
  let out = "";
  for (let i = 0; i < body.length; i++) {
    const char = body[i] ?? "";
    if (char !== "\\") {
      out += char;
      continue;
    }
    const escaped = readEscape(body, i + 1, quote);
    if (escaped === undefined) return undefined;
    out += escaped.text;
    i = escaped.end - 1;
  }
  return joined(out);
}

function readEscape(body: string, at: number, quote: string): { text: string; end: number } | undefined {
  const char = body[at] ?? "";
  if (char === quote) return { text: quote, end: at + 1 };
  const single = SINGLE[char];
  if (single !== undefined) return { text: String.fromCharCode(single), end: at + 1 };
  const octal = /^[0-7]{3}/.exec(body.slice(at, at + 3));
  if (octal) {
    const value = Number.parseInt(octal[0], 8);
    return value > 255 ? undefined : { text: oneByte(value), end: at + 3 };
  }
  const size = DIGITS[char];
  if (size === undefined) return undefined;
  const digits = body.slice(at + 1, at + 1 + size);
  if (digits.length < size || !/^[0-9a-fA-F]+$/.test(digits)) return undefined;
  const value = Number.parseInt(digits, 16);
  if (size > 2 && (value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))) return undefined;
  return { text: size === 2 ? oneByte(value) : String.fromCodePoint(value), end: at + 1 + size };
}

/** A string of one byte. */
export function oneByte(value: number): string {
  return String.fromCharCode(value < 0x80 ? value : ESCAPE + value);
}
