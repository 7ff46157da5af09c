/** Scalars in single and double quotes. */
import { afterBreak, breakValue, Class, classOf, hexValue, isBreak, isDocumentMarker } from "./chars.ts";
import { problems } from "./problem.ts";
import { foldBreaks, Style } from "./scan-plain.ts";
import { fail, push, type Scan, saveKey, Token } from "./tokens.ts";

const backslash = 92;

/** Scans a scalar whose opening quote is at the current position. */
export function scanQuoted(scan: Scan, quote: number) {
  if (!saveKey(scan)) return;
  scan.keyAllowed = false;
  const { text } = scan;
  const start = scan.pos;
  const style = quote === 39 ? Style.single : Style.double;
  const end = endOfSimple(text, start + 1, quote);
  if (end >= 0) {
    scan.pos = end + 1;
    push(scan, Token.scalar, start, end + 1, text.slice(start + 1, end), style);
    return;
  }
  const value = scanParts(scan, start, quote);
  if (value !== undefined) push(scan, Token.scalar, start, scan.pos, value, style);
}

/** The closing quote of a scalar on one line without escapes, or -1 for any other. */
function endOfSimple(text: string, from: number, quote: number): number {
  for (let pos = from; ; pos++) {
    const code = text.charCodeAt(pos);
    if (code === quote) return quote === 39 && text.charCodeAt(pos + 1) === quote ? -1 : pos;
    if ((code === backslash && quote !== 39) || classOf(code) & Class.breakOrEnd) return -1;
  }
}

/** The value of a quoted scalar with escapes or line breaks; undefined after a failure. */
function scanParts(scan: Scan, start: number, quote: number): string | undefined {
  const { text } = scan;
  let value = "";
  scan.pos = start + 1;
  for (;;) {
    if (scan.pos === scan.lineStart && isDocumentMarker(text, scan.pos)) {
      fail(scan, problems.unclosedByDocument, start);
      return undefined;
    }
    if (text.charCodeAt(scan.pos) === 0) {
      fail(scan, problems.unclosed, start);
      return undefined;
    }
    const word = scanWord(scan, quote);
    if (word === undefined) return undefined;
    value += word;
    if (text.charCodeAt(scan.pos) === quote) break;
    let escapedBreak = false;
    if (text.charCodeAt(scan.pos) === backslash && quote !== 39) {
      breakLine(scan, scan.pos + 1);
      escapedBreak = true;
    }
    value += scanWhite(scan, escapedBreak);
  }
  scan.pos++;
  return value;
}

/** Reads up to white space, the closing quote, or an escaped line break; leaves the position there. */
function scanWord(scan: Scan, quote: number): string | undefined {
  const { text } = scan;
  let value = "";
  let pos = scan.pos;
  let segment = pos;
  for (;;) {
    const code = text.charCodeAt(pos);
    if (code === quote) {
      if (quote !== 39 || text.charCodeAt(pos + 1) !== quote) break;
      value += text.slice(segment, pos + 1);
      pos += 2;
      segment = pos;
    } else if (code === backslash && quote !== 39) {
      if (isBreak(text.charCodeAt(pos + 1))) break;
      value += text.slice(segment, pos);
      const escaped = readEscape(scan, pos);
      if (escaped === undefined) return undefined;
      value += escaped;
      pos = scan.pos;
      segment = pos;
    } else if (classOf(code) & Class.blankOrEnd) break;
    else pos++;
  }
  scan.pos = pos;
  return value + text.slice(segment, pos);
}

function breakLine(scan: Scan, pos: number) {
  scan.pos = afterBreak(scan.text, pos);
  scan.line++;
  scan.lineStart = scan.pos;
}

/** White space between words: kept on a line, folded around line breaks. */
function scanWhite(scan: Scan, escapedBreak: boolean): string {
  const { text } = scan;
  const start = scan.pos;
  let firstBreak = "";
  let furtherBreaks = "";
  let onNewLine = escapedBreak;
  for (;;) {
    const kind = classOf(text.charCodeAt(scan.pos));
    if (kind & Class.blank) scan.pos++;
    else if (kind & Class.lineBreak) {
      if (onNewLine) furtherBreaks += breakValue(text, scan.pos);
      else firstBreak = breakValue(text, scan.pos);
      onNewLine = true;
      breakLine(scan, scan.pos);
    } else break;
  }
  if (!onNewLine) return text.slice(start, scan.pos);
  return firstBreak === "" ? furtherBreaks : foldBreaks(firstBreak, furtherBreaks);
}

const simpleEscapes: Readonly<Record<string, string>> = {
  "0": "\0",
  a: "\x07",
  b: "\b",
  t: "\t",
  "\t": "\t",
  n: "\n",
  v: "\v",
  f: "\f",
  r: "\r",
  e: "\x1b",
  " ": " ",
  '"': '"',
  "'": "'",
  "\\": "\\",
  N: "\u0085",
  _: "\u00a0",
  L: "\u2028",
  P: "\u2029",
};

const hexEscapes: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** The value of the escape sequence at a position; the scanner then stands behind it. */
function readEscape(scan: Scan, pos: number): string | undefined {
  const { text } = scan;
  const letter = text.charAt(pos + 1);
  const known = Object.hasOwn(simpleEscapes, letter) ? simpleEscapes[letter] : undefined;
  const simple = scan.json && letter === "/" ? "/" : known;
  if (simple !== undefined) {
    scan.pos = pos + 2;
    return simple;
  }
  const length = Object.hasOwn(hexEscapes, letter) ? hexEscapes[letter] : undefined;
  if (length === undefined) {
    fail(scan, problems.escape, pos);
    return undefined;
  }
  let code = 0;
  for (let i = pos + 2; i < pos + 2 + length; i++) {
    const digit = hexValue(text.charCodeAt(i));
    if (digit < 0) {
      fail(scan, problems.escapeHex, pos);
      return undefined;
    }
    code = code * 16 + digit;
  }
  scan.pos = pos + 2 + length;
  if (scan.json && letter === "u" && (code & 0xf800) === 0xd800) return readSurrogate(scan, code);
  if ((code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) {
    fail(scan, problems.escapeCode, pos);
    return undefined;
  }
  return String.fromCodePoint(code);
}

/** A surrogate escaped in JSON, with the other half when it follows; alone it is U+FFFD, as in Go. */
function readSurrogate(scan: Scan, code: number): string {
  const next = /\\u(d[c-f][0-9a-f]{2})/iy;
  next.lastIndex = scan.pos;
  const low = code < 0xdc00 ? next.exec(scan.text)?.[1] : undefined;
  if (low === undefined) return "\ufffd";
  scan.pos += 6;
  return String.fromCharCode(code, Number.parseInt(low, 16));
}
