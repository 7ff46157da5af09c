/** From text to tokens, one at a time: YAML 1.1 as libyaml-style readers scan it, go.yaml.in/yaml/v2 2.4.4 in particular. */
import { afterBreak, isBlankOrEnd, isBreak, isBreakOrEnd, isDocumentMarker } from "./chars.ts";
import { problems } from "./problem.ts";
import { scanBlock } from "./scan-block.ts";
import { scanPlain } from "./scan-plain.ts";
import { scanAnchor, scanDirective, scanTag } from "./scan-properties.ts";
import { scanQuoted } from "./scan-quoted.ts";
import { columnOf, dropKey, fail, isFresh, push, type Scan, saveKey, Token } from "./tokens.ts";

/** The deepest nesting of block collections, and of flow collections. */
export const maxDepth = 10_000;

/**
 * The kind of the next token, scanning as far as needed to know it: a token that may begin a key is not known before
 * its line went by without `:`. `failure` once anything went wrong.
 */
export function peekToken(scan: Scan): number {
  for (;;) {
    if (scan.failure) return Token.failure;
    const kind = scan.kinds[scan.head];
    if (kind === undefined) {
      if (scan.head > 512) forgetTaken(scan);
      scanToken(scan);
    } else if (kind > Token.pendingRequired) return kind;
    else if (kind <= Token.spent) scan.head++;
    else if (isFresh(scan, scan.head)) scanToken(scan);
    else if (kind === Token.pendingRequired) fail(scan, problems.colon, scan.starts[scan.head] ?? 0);
    else scan.kinds[scan.head] = Token.none;
  }
}

/** Steps over the token that `peekToken` saw. */
export function takeToken(scan: Scan) {
  scan.head++;
}

/** Empties the lists of tokens once all are taken, so that they stay short. */
function forgetTaken(scan: Scan) {
  scan.head = 0;
  scan.kinds.length = 0;
  scan.starts.length = 0;
  scan.ends.length = 0;
  scan.extras.length = 0;
  scan.values.length = 0;
  scan.pending.fill(-1);
  scan.openers.fill(-1);
}

function scanToken(scan: Scan) {
  skipToToken(scan);
  const { text, pos } = scan;
  const column = columnOf(scan);
  unroll(scan, column);
  const code = text.charCodeAt(pos);
  const inFlow = scan.flowLevel > 0;
  if (column === 0) {
    if (code === 37) {
      unroll(scan, -1);
      return scanDirective(scan);
    }
    if ((code === 45 || code === 46) && isDocumentMarker(text, pos)) {
      return scanMarker(scan, code === 45 ? Token.documentStart : Token.documentEnd);
    }
  }
  switch (code) {
    case 0:
      return scanEnd(scan);
    case 91: // [
      return openFlow(scan, Token.flowListStart);
    case 123: // {
      return openFlow(scan, Token.flowMapStart);
    case 93: // ]
      return closeFlow(scan, Token.flowListEnd);
    case 125: // }
      return closeFlow(scan, Token.flowMapEnd);
    case 44: // ,
      if (dropKey(scan)) takeIndicator(scan, Token.flowEntry, true);
      return;
    case 45: // -
      if (isBlankOrEnd(text.charCodeAt(pos + 1))) return scanEntry(scan, column);
      return scanPlain(scan);
    case 63: // ?
      if (inFlow || isBlankOrEnd(text.charCodeAt(pos + 1))) return scanExplicitKey(scan, column);
      return scanPlain(scan);
    case 58: // :
      if (inFlow || isBlankOrEnd(text.charCodeAt(pos + 1))) return scanValue(scan, column);
      return scanPlain(scan);
    case 42: // *
      return scanAnchor(scan, Token.alias);
    case 38: // &
      return scanAnchor(scan, Token.anchor);
    case 33: // !
      return scanTag(scan);
    case 124: // |
      return inFlow ? fail(scan, problems.token, pos) : scanBlock(scan, true);
    case 62: // >
      return inFlow ? fail(scan, problems.token, pos) : scanBlock(scan, false);
    case 39: // '
    case 34: // "
      return scanQuoted(scan, code);
    case 9:
    case 35: // #
    case 37: // %
    case 64: // @
    case 96: // `
      return fail(scan, problems.token, pos);
    default:
      return scanPlain(scan);
  }
}

/** Skips white space and comments. A tab is white space only where no key may begin. */
function skipToToken(scan: Scan) {
  const { text } = scan;
  for (;;) {
    let code = text.charCodeAt(scan.pos);
    while (code === 32 || (code === 9 && (scan.flowLevel > 0 || !scan.keyAllowed))) {
      code = text.charCodeAt(++scan.pos);
    }
    if (code === 35) {
      scan.comments?.push(scan.pos);
      while (!isBreakOrEnd(code)) code = text.charCodeAt(++scan.pos);
    }
    if (!isBreak(code)) return;
    scan.pos = afterBreak(text, scan.pos);
    scan.line++;
    scan.lineStart = scan.pos;
    if (scan.flowLevel === 0) scan.keyAllowed = true;
  }
}

/** Closes the block collections that are indented further than a column. */
function unroll(scan: Scan, column: number) {
  if (scan.flowLevel > 0) return;
  while (scan.indent > column) {
    push(scan, Token.blockEnd, scan.pos, scan.pos);
    scan.indent = scan.indents.pop() ?? -1;
  }
}

/** Opens a block collection when a column is further in than the innermost; true when it did. */
function roll(scan: Scan, column: number): boolean {
  if (scan.flowLevel > 0 || scan.indent >= column) return false;
  scan.indents.push(scan.indent);
  scan.indent = column;
  if (scan.indents.length > maxDepth) fail(scan, problems.depth, scan.pos);
  return true;
}

function takeIndicator(scan: Scan, kind: number, keyAllowed: boolean) {
  push(scan, kind, scan.pos, scan.pos + 1);
  scan.pos++;
  scan.keyAllowed = keyAllowed;
}

function scanEnd(scan: Scan) {
  scan.line++;
  scan.lineStart = scan.pos;
  unroll(scan, -1);
  if (!dropKey(scan)) return;
  scan.keyAllowed = false;
  push(scan, Token.streamEnd, scan.pos, scan.pos);
}

function scanMarker(scan: Scan, kind: number) {
  unroll(scan, -1);
  if (!dropKey(scan)) return;
  scan.keyAllowed = false;
  push(scan, kind, scan.pos, scan.pos + 3);
  scan.pos += 3;
}

function openFlow(scan: Scan, kind: number) {
  if (!saveKey(scan)) return;
  scan.pending.push(-2);
  scan.openers.push(scan.kinds.length);
  scan.flowLevel++;
  if (scan.flowLevel > maxDepth) return fail(scan, problems.depth, scan.pos);
  takeIndicator(scan, kind, true);
}

/**
 * Closes a flow collection. When no key could have begun in it, libyaml forgets to wait for a `:` behind it, though it
 * would take one: what counts is that then it reads less of what follows.
 */
function closeFlow(scan: Scan, kind: number) {
  if (!dropKey(scan)) return;
  if (scan.flowLevel > 0) {
    scan.flowLevel--;
    const neverKey = scan.pending.pop() === -2;
    const opener = scan.openers.pop() ?? -1;
    const token = scan.pending.at(-1) ?? -1;
    if (neverKey && token === opener - 1 && scan.kinds[token] === Token.pending)
      scan.kinds[token] = Token.spent;
  }
  takeIndicator(scan, kind, false);
}

function scanEntry(scan: Scan, column: number) {
  if (scan.flowLevel === 0) {
    if (!scan.keyAllowed) return fail(scan, problems.entryHere, scan.pos);
    if (roll(scan, column)) push(scan, Token.listStart, scan.pos, scan.pos);
  }
  if (dropKey(scan)) takeIndicator(scan, Token.entry, true);
}

function scanExplicitKey(scan: Scan, column: number) {
  if (scan.flowLevel === 0) {
    if (!scan.keyAllowed) return fail(scan, problems.keyHere, scan.pos);
    if (roll(scan, column)) push(scan, Token.mapStart, scan.pos, scan.pos);
  }
  if (dropKey(scan)) takeIndicator(scan, Token.key, scan.flowLevel === 0);
}

function scanValue(scan: Scan, column: number) {
  const level = scan.pending.length - 1;
  const token = scan.pending[level] ?? -1;
  const kind = scan.kinds[token];
  const isKey = kind === Token.spent || kind === Token.pending || kind === Token.pendingRequired;
  if (isKey && isFresh(scan, token)) {
    if (token < scan.head) return scanLateValue(scan, token, level);
    scan.kinds[token] = roll(scan, scan.extras[token] ?? 0) ? Token.mapAndKey : Token.key;
    scan.ends[token] = scan.starts[token] ?? 0;
    scan.pending[level] = -1;
    return takeIndicator(scan, Token.value, false);
  }
  if (kind === Token.pendingRequired) return fail(scan, problems.colon, scan.starts[token] ?? 0);
  if (isKey) {
    scan.kinds[token] = Token.none;
    scan.pending[level] = -1;
  }
  if (scan.flowLevel === 0) {
    if (!scan.keyAllowed) return fail(scan, problems.valueHere, scan.pos);
    if (roll(scan, column)) push(scan, Token.mapStart, scan.pos, scan.pos);
  }
  takeIndicator(scan, Token.value, scan.flowLevel === 0);
}

/** A `:` whose key was taken as a value already: nothing can accept these tokens, unless nobody asks for them. */
function scanLateValue(scan: Scan, token: number, level: number) {
  push(scan, Token.key, scan.pos, scan.pos);
  if (roll(scan, scan.extras[token] ?? 0)) push(scan, Token.mapStart, scan.pos, scan.pos);
  scan.pending[level] = -1;
  takeIndicator(scan, Token.value, false);
}
