/** The scanner's state: where it stands in the text, what indentation is open, and the tokens not yet taken. */
import { type Problem, problems } from "./problem.ts";

/**
 * Kinds of tokens. A `pending` token marks where a key would begin if a `:` follows on the line; it becomes `key`,
 * `mapAndKey`, or `none`, which readers skip. `spent` is skipped too, although its key is still possible: see `closeFlow`.
 */
export const Token = {
  none: 0,
  spent: 1,
  pending: 2,
  pendingRequired: 3,
  failure: 4,
  streamEnd: 5,
  directive: 6,
  documentStart: 7,
  documentEnd: 8,
  blockEnd: 9,
  listStart: 10,
  mapStart: 11,
  mapAndKey: 12,
  entry: 13,
  key: 14,
  value: 15,
  flowListStart: 16,
  flowListEnd: 17,
  flowMapStart: 18,
  flowMapEnd: 19,
  flowEntry: 20,
  alias: 21,
  anchor: 22,
  tag: 23,
  scalar: 24,
} as const;

export interface Scan {
  /** The text, followed by one U+0000. */
  readonly text: string;
  /** Whether some characters take two UTF-16 code units, so that columns must be counted. */
  readonly wide: boolean;
  /** Whether the text is known to be JSON. */
  readonly json: boolean;
  pos: number;
  line: number;
  lineStart: number;
  /** Up to where on the current line wide characters were counted, and how many there were. */
  wideCounted: number;
  wideCount: number;
  /** The column of the innermost open block collection; -1 outside of any. */
  indent: number;
  readonly indents: number[];
  flowLevel: number;
  /** Whether a key without `?` may begin here. */
  keyAllowed: boolean;
  /** Per flow level, the index of the pending token of that level; -1 when there is none, -2 when there never was. */
  readonly pending: number[];
  /** The tokens that opened the flow collections which are open. */
  readonly openers: number[];
  head: number;
  readonly kinds: number[];
  readonly starts: number[];
  /** Exclusive ends; for a pending token, its line. */
  readonly ends: number[];
  /** Styles of scalars; columns of pending tokens. */
  readonly extras: number[];
  readonly values: string[];
  failure: { readonly problem: Problem; readonly offset: number } | undefined;
  /** Where comments begin, where somebody wants to know. */
  readonly comments: number[] | undefined;
}

/** Scanner state at the beginning of a text. `wide` says whether the text has surrogate pairs, `json` that it is JSON; `comments` takes where they begin. */
export function startScan(text: string, wide: boolean, json: boolean, comments?: number[]): Scan {
  return {
    text: `${text}\0`,
    wide,
    json,
    pos: 0,
    line: 0,
    lineStart: 0,
    wideCounted: 0,
    wideCount: 0,
    indent: -1,
    indents: [],
    flowLevel: 0,
    keyAllowed: true,
    pending: [-2],
    openers: [],
    head: 0,
    kinds: [],
    starts: [],
    ends: [],
    extras: [],
    values: [],
    failure: undefined,
    comments,
  };
}

/** Appends a token. */
export function push(scan: Scan, kind: number, start: number, end: number, value = "", extra = 0): void {
  scan.kinds.push(kind);
  scan.starts.push(start);
  scan.ends.push(end);
  scan.extras.push(extra);
  scan.values.push(value);
}

/** Notes the first problem; from then on the scanner yields only `failure`. */
export function fail(scan: Scan, problem: Problem, offset: number): void {
  scan.failure ??= { problem, offset };
}

/** The column of the current position, counted in characters from 0. */
export function columnOf(scan: Scan): number {
  if (!scan.wide) return scan.pos - scan.lineStart;
  if (scan.wideCounted < scan.lineStart) {
    scan.wideCounted = scan.lineStart;
    scan.wideCount = 0;
  }
  for (let i = scan.wideCounted; i < scan.pos; i++) {
    if ((scan.text.charCodeAt(i) & 0xfc00) === 0xdc00) scan.wideCount++;
  }
  scan.wideCounted = scan.pos;
  return scan.pos - scan.lineStart - scan.wideCount;
}

/** How many characters a key without `?` may take before its `:`. */
const keyReach = 1024;

/** Whether the key pending at a token is still possible: on this line and not too far back. */
export function isFresh(scan: Scan, token: number): boolean {
  if (scan.json) return true;
  return scan.ends[token] === scan.line && columnOf(scan) - (scan.extras[token] ?? 0) <= keyReach;
}

/** Drops the key pending at the current flow level; false (a failure) when the indentation demands that one stands there. */
export function dropKey(scan: Scan): boolean {
  const level = scan.pending.length - 1;
  const token = scan.pending[level] ?? -1;
  if (token < 0) return true;
  scan.pending[level] = -1;
  if (scan.kinds[token] === Token.pendingRequired) {
    fail(scan, problems.colon, scan.starts[token] ?? scan.pos);
    return false;
  }
  if (scan.kinds[token] === Token.pending) scan.kinds[token] = Token.none;
  return true;
}

/** Marks the current position as the possible beginning of a key, where one is allowed. */
export function saveKey(scan: Scan): boolean {
  if (!scan.keyAllowed) return true;
  if (!dropKey(scan)) return false;
  const column = columnOf(scan);
  const required = scan.flowLevel === 0 && scan.indent === column;
  scan.pending[scan.pending.length - 1] = scan.kinds.length;
  push(scan, required ? Token.pendingRequired : Token.pending, scan.pos, scan.line, "", column);
  return true;
}
