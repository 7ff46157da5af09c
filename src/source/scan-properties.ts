/** Anchors, aliases, tags and directives. */
import {
  afterBreak,
  hexValue,
  isBlank,
  isBlankOrEnd,
  isBreak,
  isBreakOrEnd,
  isDigit,
  isNameCharacter,
  isUriCharacter,
} from "./chars.ts";
import { problems } from "./problem.ts";
import { dropKey, fail, push, type Scan, saveKey, Token } from "./tokens.ts";

/** Scans `&name` or `*name`. */
export function scanAnchor(scan: Scan, kind: number) {
  if (!saveKey(scan)) return;
  scan.keyAllowed = false;
  const { text } = scan;
  const start = scan.pos;
  const end = endOfName(text, start + 1);
  const next = text.charCodeAt(end);
  if (end === start + 1 || !(isBlankOrEnd(next) || "?:,]}%@`".includes(text.charAt(end)))) {
    return fail(scan, problems.anchorName, end);
  }
  scan.pos = end;
  push(scan, kind, start, end, text.slice(start + 1, end));
}

function endOfName(text: string, from: number): number {
  let pos = from;
  while (isNameCharacter(text.charCodeAt(pos))) pos++;
  return pos;
}

/** Separates a tag's handle from its suffix in a token's value; neither can contain it. */
export const tagSeparator = "\0";

/** Scans `!suffix`, `!handle!suffix`, `!<uri>` or `!`. */
export function scanTag(scan: Scan) {
  if (!saveKey(scan)) return;
  scan.keyAllowed = false;
  const { text } = scan;
  const start = scan.pos;
  let handle = "";
  let suffix: string | undefined;
  if (text.charCodeAt(start + 1) === 60) {
    scan.pos = start + 2;
    suffix = scanUri(scan, false);
    if (suffix === undefined) return;
    if (text.charCodeAt(scan.pos) !== 62) return fail(scan, problems.tagClose, scan.pos);
    scan.pos++;
  } else {
    const nameEnd = endOfName(text, start + 1);
    if (text.charCodeAt(nameEnd) === 33) {
      handle = text.slice(start, nameEnd + 1);
      scan.pos = nameEnd + 1;
      suffix = scanUri(scan, false);
    } else {
      scan.pos = nameEnd;
      const rest = scanUri(scan, true);
      suffix = rest === undefined ? undefined : text.slice(start + 1, nameEnd) + rest;
      handle = suffix === "" ? "" : "!";
      suffix = suffix === "" ? "!" : suffix;
    }
    if (suffix === undefined) return;
  }
  if (!isBlankOrEnd(text.charCodeAt(scan.pos))) return fail(scan, problems.tagEnd, scan.pos);
  push(scan, Token.tag, start, scan.pos, handle + tagSeparator + suffix);
}

/** Scans characters of a URI, with `%` escapes decoded; undefined after a failure. */
function scanUri(scan: Scan, mayBeEmpty: boolean): string | undefined {
  const { text } = scan;
  const start = scan.pos;
  let value = "";
  while (isUriCharacter(text.charCodeAt(scan.pos))) {
    if (text.charCodeAt(scan.pos) !== 37) value += text.charAt(scan.pos++);
    else {
      const decoded = scanUriEscape(scan);
      if (decoded === undefined) return undefined;
      value += decoded;
    }
  }
  if (scan.pos === start && !mayBeEmpty) {
    fail(scan, problems.tag, start);
    return undefined;
  }
  return value;
}

/** One character written as `%` and two hexadecimal digits for each of its UTF-8 bytes. */
function scanUriEscape(scan: Scan): string | undefined {
  const { text } = scan;
  const start = scan.pos;
  let code = 0;
  let left = 1;
  for (let first = true; left > 0; first = false, left--) {
    const high = hexValue(text.charCodeAt(scan.pos + 1));
    const low = high < 0 ? -1 : hexValue(text.charCodeAt(scan.pos + 2));
    const octet = text.charCodeAt(scan.pos) === 37 && low >= 0 ? high * 16 + low : -1;
    const width =
      octet < 0x80 ? 1 : octet < 0xc0 ? 0 : octet < 0xe0 ? 2 : octet < 0xf0 ? 3 : octet < 0xf8 ? 4 : 0;
    if (octet < 0 || (first ? width === 0 : (octet & 0xc0) !== 0x80)) {
      fail(scan, problems.tagEscape, start);
      return undefined;
    }
    if (first) left = width;
    code = first ? octet & (width === 1 ? 0x7f : 0xff >> (width + 1)) : code * 64 + (octet & 0x3f);
    scan.pos += 3;
  }
  return code > 0x10ffff ? "\ufffd" : String.fromCodePoint(code);
}

/** Scans a `%` line; the indentation is already unrolled. */
export function scanDirective(scan: Scan) {
  if (!dropKey(scan)) return;
  scan.keyAllowed = false;
  const { text } = scan;
  const start = scan.pos;
  const nameEnd = endOfName(text, start + 1);
  const name = text.slice(start + 1, nameEnd);
  scan.pos = nameEnd;
  if (!isBlankOrEnd(text.charCodeAt(nameEnd)) || (name !== "YAML" && name !== "TAG")) {
    return fail(scan, problems.directive, start);
  }
  skipBlanks(scan);
  const value = name === "YAML" ? scanVersion(scan) : scanTagDirective(scan);
  if (value === undefined) return fail(scan, problems.directiveValue, scan.pos);
  const end = scan.pos;
  skipBlanks(scan);
  if (text.charCodeAt(scan.pos) === 35) while (!isBreakOrEnd(text.charCodeAt(scan.pos))) scan.pos++;
  if (!isBreakOrEnd(text.charCodeAt(scan.pos))) return fail(scan, problems.directiveEnd, scan.pos);
  if (isBreak(text.charCodeAt(scan.pos))) {
    scan.pos = afterBreak(text, scan.pos);
    scan.line++;
    scan.lineStart = scan.pos;
  }
  push(scan, Token.directive, start, end, value);
}

function skipBlanks(scan: Scan) {
  while (isBlank(scan.text.charCodeAt(scan.pos))) scan.pos++;
}

/** `1.1` as the directive's value: two numbers of at most two digits. */
function scanVersion(scan: Scan): string | undefined {
  const number = (): number | undefined => {
    const start = scan.pos;
    while (isDigit(scan.text.charCodeAt(scan.pos))) scan.pos++;
    const length = scan.pos - start;
    return length > 0 && length <= 2 ? Number(scan.text.slice(start, scan.pos)) : undefined;
  };
  const major = number();
  if (major === undefined || scan.text.charCodeAt(scan.pos) !== 46) return undefined;
  scan.pos++;
  const minor = number();
  return minor === undefined ? undefined : `${major}.${minor}`;
}

/** The handle and prefix of a %TAG directive, joined by the separator. */
function scanTagDirective(scan: Scan): string | undefined {
  const { text } = scan;
  const start = scan.pos;
  if (text.charCodeAt(start) !== 33) return undefined;
  scan.pos = endOfName(text, start + 1);
  if (text.charCodeAt(scan.pos) === 33) scan.pos++;
  else if (scan.pos > start + 1) return undefined;
  const handle = text.slice(start, scan.pos);
  if (!isBlank(text.charCodeAt(scan.pos))) return undefined;
  skipBlanks(scan);
  const prefix = scanUri(scan, false);
  if (prefix === undefined || !isBlankOrEnd(text.charCodeAt(scan.pos))) return undefined;
  return handle + tagSeparator + prefix;
}
