/** Splits a file into documents and peeks at what they are, in one pass over its lines and without parsing. */
import { afterBreak, isBlank, isBlankOrEnd, isBreakOrEnd, isDocumentMarker } from "./chars.ts";
import { jsonStreamRanges } from "./json-stream.ts";
import type { Peek } from "./reading.ts";
import { resolvePlain } from "./scalar.ts";

/** Where a document stands, with the comments, directives and marker before it, and what its first look says. */
export interface DocumentRange {
  readonly start: number;
  readonly end: number;
  /** Where reading begins: behind the line of a marker that stands alone, as kubectl has it. */
  readonly body: number;
  readonly peek: Peek;
}

/** What is known of the document whose lines are passing by. */
interface Current {
  start: number;
  body: number;
  hasMarker: boolean;
  hasContent: boolean;
  isList: boolean;
  sure: boolean;
  kind: string | undefined;
  apiVersion: string | undefined;
}

const newDocument = (start: number): Current => ({
  start,
  body: start,
  hasMarker: false,
  hasContent: false,
  isList: false,
  sure: true,
  kind: undefined,
  apiVersion: undefined,
});

/**
 * The documents of a text that have content. A document begins at a line `---` (whatever follows it there) or behind a line `...`;
 * documents of nothing but comments and directives are left out. JSON objects one after the other are documents too.
 */
export function splitDocuments(text: string): readonly DocumentRange[] {
  const objects = firstCharacter(text) === "{" ? jsonStreamRanges(text) : undefined;
  if (objects) return objects.map((range) => ({ ...range, body: range.start, peek: unsure }));
  const documents: DocumentRange[] = [];
  const unusual = hasUnusualBreaks(text);
  let current = newDocument(0);
  const finish = (end: number) => {
    if (current.hasContent) {
      documents.push({ start: current.start, end, body: current.body, peek: peekOf(current, unusual) });
    }
  };
  for (let pos = 0; pos < text.length; ) {
    const end = unusual ? endOfLine(text, pos) : text.indexOf("\n", pos);
    const next = end < 0 || end >= text.length ? text.length : unusual ? afterBreak(text, end) : end + 1;
    const code = text.charCodeAt(pos);
    if (code === 32) {
      if (!current.hasContent) firstIndented(text, pos, next, current);
    } else if ((code === 45 || code === 46) && isMarker(text, pos)) {
      if (code === 46) {
        finish(next);
        current = newDocument(next);
      } else {
        if (current.hasContent || current.hasMarker) {
          finish(pos);
          current = newDocument(pos);
        }
        current.hasMarker = true;
        const directives = !current.sure;
        firstIndented(text, pos + 3, next, current);
        if (!current.hasContent && !directives) current.body = next;
      }
    } else if (code !== 10 && code !== 13 && code !== 35) lookAt(text, pos, next, code, current);
    pos = next;
  }
  finish(text.length);
  return documents;
}

function isMarker(text: string, pos: number): boolean {
  return pos + 3 === text.length
    ? text.startsWith("---", pos) || text.startsWith("...", pos)
    : isDocumentMarker(text, pos);
}

const unsure: Peek = { kind: undefined, apiVersion: undefined, sure: false };

function firstCharacter(text: string): string {
  let pos = 0;
  while (isBlankOrEnd(text.charCodeAt(pos))) pos++;
  return text.charAt(pos);
}

/** Whether lines end in other ways than LF and CR LF. */
function hasUnusualBreaks(text: string): boolean {
  if (text.includes("\r") && /\r(?!\n)/.test(text)) return true;
  return text.includes("\u0085") || text.includes("\u2028") || text.includes("\u2029");
}

function endOfLine(text: string, from: number): number {
  let pos = from;
  while (pos < text.length && !isBreakOrEnd(text.charCodeAt(pos))) pos++;
  return pos;
}

function peekOf(current: Current, unusual: boolean): Peek {
  if (current.isList) return { kind: undefined, apiVersion: undefined, sure: !unusual };
  const sure = current.sure && !unusual;
  return { kind: current.kind, apiVersion: current.apiVersion, sure };
}

/** The first text that does not begin its line: what it is shows only a parse. */
function firstIndented(text: string, from: number, end: number, current: Current): void {
  let pos = from;
  while (pos < end && isBlank(text.charCodeAt(pos))) pos++;
  if (pos === end || text.charCodeAt(pos) === 35 || isBlankOrEnd(text.charCodeAt(pos))) return;
  current.hasContent = true;
  current.sure = false;
}

/** Characters that begin keys which are not simply written, or documents that are no block maps. */
const doubtful = "\"'{[&*!?|>@`\t\u0000\ufeff";

/** Takes note of a line that begins with content. */
function lookAt(text: string, pos: number, end: number, code: number, current: Current): void {
  if (code === 37 && !current.hasContent) {
    current.sure = false;
    return;
  }
  if (code === 45 && isBlankOrEnd(text.charCodeAt(pos + 1)) && !current.hasContent) current.isList = true;
  current.hasContent = true;
  if (code === 107 && text.startsWith("kind", pos)) {
    const value = peekValue(text, pos + 4, end, current);
    if (value !== undefined && current.kind !== undefined) current.sure = false;
    current.kind ??= value;
  } else if (code === 97 && text.startsWith("apiVersion", pos)) {
    const value = peekValue(text, pos + 10, end, current);
    if (value !== undefined && current.apiVersion !== undefined) current.sure = false;
    current.apiVersion ??= value;
  } else if (code < 128 ? isDoubtful(code, text, pos) : code === 0xfeff) current.sure = false;
}

function isDoubtful(code: number, text: string, pos: number): boolean {
  if (code === 60) return text.startsWith("<<", pos);
  return code === 37 || doubtful.includes(String.fromCharCode(code));
}

const plainValue = /[A-Za-z][A-Za-z0-9./_-]*/y;
const quotedValue = /"([A-Za-z0-9./_-]*)"|'([A-Za-z0-9./_-]*)'/y;

/** The simple value of a key whose name ends at `from`; when it is anything else, the peek is not sure. */
function peekValue(text: string, from: number, end: number, current: Current): string | undefined {
  let pos = from;
  while (isBlank(text.charCodeAt(pos))) pos++;
  if (text.charCodeAt(pos) !== 58) return undefined;
  if (pos + 1 < text.length && !isBlankOrEnd(text.charCodeAt(pos + 1))) return undefined;
  pos++;
  while (pos < end && isBlank(text.charCodeAt(pos))) pos++;
  plainValue.lastIndex = pos;
  const plain = plainValue.exec(text)?.[0];
  quotedValue.lastIndex = pos;
  const quoted = plain === undefined ? quotedValue.exec(text) : undefined;
  const value = plain ?? quoted?.[1] ?? quoted?.[2];
  const valueEnd = pos + (quoted?.[0] ?? plain ?? "").length;
  const simple =
    value !== undefined &&
    endsValue(text, valueEnd, end) &&
    (plain === undefined || (resolvePlain(plain).kind === "string" && !continues(text, end)));
  if (!simple) current.sure = false;
  return value ?? "";
}

/** Whether nothing but white space and a comment follows on the line. */
function endsValue(text: string, from: number, end: number): boolean {
  let pos = from;
  while (pos < end && isBlankOrEnd(text.charCodeAt(pos))) pos++;
  return pos >= end || (pos > from && text.charCodeAt(pos) === 35);
}

/** Whether a plain value goes on in the lines from here: indented text, which is no comment. */
function continues(text: string, from: number): boolean {
  let pos = from;
  while (pos < text.length && isBlankOrEnd(text.charCodeAt(pos))) pos++;
  return pos < text.length && isBlank(text.charCodeAt(pos - 1)) && pos > from && text.charCodeAt(pos) !== 35;
}
