/** Literal (`|`) and folded (`>`) block scalars. */
import { afterBreak, breakValue, isBlank, isBreak, isBreakOrEnd, isDigit } from "./chars.ts";
import { problems } from "./problem.ts";
import { Style } from "./scan-plain.ts";
import { dropKey, fail, push, type Scan, Token } from "./tokens.ts";

interface Header {
  readonly chomp: "clip" | "strip" | "keep";
  /** 0 when the header does not say. */
  readonly indent: number;
}

/** Scans a block scalar whose indicator is at the current position. */
export function scanBlock(scan: Scan, literal: boolean) {
  if (!dropKey(scan)) return;
  scan.keyAllowed = true;
  const start = scan.pos;
  const header = scanHeader(scan);
  if (!header) return;
  const headerEnd = scan.pos;
  skipBreak(scan);
  let indent = header.indent === 0 ? 0 : Math.max(scan.indent, 0) + header.indent;
  const { text } = scan;
  let lead = scanEmptyLines(scan, indent);
  if (!lead) return;
  indent = lead.indent;
  let value = "";
  let lastBreak = "";
  let end = headerEnd;
  let startsBlank = false;
  while (scan.pos - scan.lineStart === indent && text.charCodeAt(scan.pos) !== 0) {
    const blank = isBlank(text.charCodeAt(scan.pos));
    const folds = !literal && !startsBlank && !blank && lastBreak === "\n";
    if (!folds) value += lastBreak;
    else if (lead.breaks === "") value += " ";
    startsBlank = blank;
    end = endOfLine(text, scan.pos);
    value += lead.breaks + text.slice(scan.pos, end);
    scan.pos = end;
    lastBreak = skipBreak(scan);
    lead = scanEmptyLines(scan, indent);
    if (!lead) return;
  }
  if (header.chomp !== "strip") value += lastBreak;
  if (header.chomp === "keep") value += lead.breaks;
  push(scan, Token.scalar, start, end, value, literal ? Style.literal : Style.folded);
}

function scanHeader(scan: Scan): Header | undefined {
  const { text } = scan;
  let chomp: Header["chomp"] = "clip";
  let indent = 0;
  let pos = scan.pos + 1;
  const readChomp = (): boolean => {
    const code = text.charCodeAt(pos);
    if (code !== 43 && code !== 45) return false;
    chomp = code === 43 ? "keep" : "strip";
    pos++;
    return true;
  };
  const readIndent = (): boolean => {
    if (!isDigit(text.charCodeAt(pos))) return true;
    indent = text.charCodeAt(pos) - 48;
    if (indent === 0) fail(scan, problems.indicatorZero, pos);
    pos++;
    return indent > 0;
  };
  const chompFirst = readChomp();
  if (!readIndent()) return undefined;
  if (!chompFirst && indent > 0) readChomp();
  while (isBlank(text.charCodeAt(pos))) pos++;
  if (text.charCodeAt(pos) === 35) {
    scan.comments?.push(pos);
    pos = endOfLine(text, pos);
  }
  if (!isBreakOrEnd(text.charCodeAt(pos))) {
    fail(scan, problems.blockHeader, pos);
    return undefined;
  }
  scan.pos = pos;
  return { chomp, indent };
}

function endOfLine(text: string, from: number): number {
  let pos = from;
  while (!isBreakOrEnd(text.charCodeAt(pos))) pos++;
  return pos;
}

/** Steps over a line break, if one is here, and returns its value. */
function skipBreak(scan: Scan): string {
  if (!isBreak(scan.text.charCodeAt(scan.pos))) return "";
  const value = breakValue(scan.text, scan.pos);
  scan.pos = afterBreak(scan.text, scan.pos);
  scan.line++;
  scan.lineStart = scan.pos;
  return value;
}

/**
 * Steps over indentation and lines without content, to the first character of content. An indentation of 0 is not
 * known yet: it becomes the widest of the lines stepped over, as libyaml does it.
 */
function scanEmptyLines(
  scan: Scan,
  indent: number,
): { readonly breaks: string; readonly indent: number } | undefined {
  const { text } = scan;
  let breaks = "";
  let widest = 0;
  for (;;) {
    const limit = indent === 0 ? Number.POSITIVE_INFINITY : scan.lineStart + indent;
    while (scan.pos < limit && text.charCodeAt(scan.pos) === 32) scan.pos++;
    widest = Math.max(widest, scan.pos - scan.lineStart);
    if (scan.pos < limit && text.charCodeAt(scan.pos) === 9) {
      fail(scan, problems.tabInBlock, scan.pos);
      return undefined;
    }
    if (!isBreak(text.charCodeAt(scan.pos))) break;
    breaks += skipBreak(scan);
  }
  return { breaks, indent: indent === 0 ? Math.max(widest, scan.indent + 1, 1) : indent };
}
