/** Where a simple reading of YAML stands, and the scalars it knows. */
import { resolvePlain } from "./scalar.ts";

export interface Cursor {
  readonly text: string;
  /** Where the next content begins, and in which column; the column is -1 at the end. */
  at: number;
  column: number;
  /** How many collections are open. */
  depth: number;
  /** Whether something came up that only the full reader knows; then what was read counts for nothing. */
  unsure: boolean;
}

export const lineFeed = 0x0a;
export const space = 0x20;

/** Whether a character is a space, a line feed or, as no number, behind the end of the text. */
export function blankOrEnd(code: number): boolean {
  return code === space || code === lineFeed || Number.isNaN(code);
}

/**
 * Moves to the next content: nothing but spaces and a comment may follow on the line.
 * @param lineStart the beginning of the line where `from` is at one; -1 where it is within a line
 */
export function moveOn(cursor: Cursor, from: number, lineStart: number): void {
  const { text } = cursor;
  let line = lineStart;
  let at = from;
  for (;;) {
    while (text.charCodeAt(at) === space) at++;
    if (text.charCodeAt(at) === 0x23 && (at === line || text.charCodeAt(at - 1) === space)) {
      const end = text.indexOf("\n", at);
      at = end < 0 ? text.length : end;
    }
    if (at >= text.length || text.charCodeAt(at) !== lineFeed) break;
    at++;
    line = at;
  }
  cursor.at = at;
  cursor.column = at >= text.length ? -1 : at - line;
  if (at >= text.length) return;
  if (line < 0 || (cursor.column === 0 && isMarker(text, at))) cursor.unsure = true;
}

/** Whether a document ends or begins, or a directive stands, at the beginning of a line. */
function isMarker(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return (
    code === 0x25 ||
    ((code === 0x2d || code === 0x2e) && (text.startsWith("---", at) || text.startsWith("...", at)))
  );
}

const firstOfPlain = new Uint8Array(128).fill(1, 0x21);
for (const character of "?:,[]{}#&*!|>'\"%@`-") firstOfPlain[character.charCodeAt(0)] = 0;

/** Whether a scalar without quotes begins at an offset; not those that begin with `?` or `:`. */
export function startsPlain(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code === 0x2d) return !blankOrEnd(text.charCodeAt(at + 1));
  return code > 127 || firstOfPlain[code] === 1;
}

/** What a text without quotes means; undefined for a number that JSON does not have. */
export function plainValue(text: string): string | number | bigint | boolean | null | undefined {
  const { value } = resolvePlain(text);
  return typeof value === "number" && !Number.isFinite(value) ? undefined : value;
}

/** The offset behind a scalar in quotes that ends on its line. */
export function endOfQuoted(cursor: Cursor, at: number): number {
  const { text } = cursor;
  const quote = text.charCodeAt(at);
  for (let i = at + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === quote) {
      if (quote === 0x22 || text.charCodeAt(i + 1) !== quote) return i + 1;
      i++;
    } else if (code === 0x5c && quote === 0x22) i++;
    else if (code === lineFeed) break;
  }
  cursor.unsure = true;
  return text.length;
}

const simpleEscapes = /^(?:[^\\]|\\[\\"nt])*$/;

/** The text in the quotes between two offsets; undefined where it has escapes that are not simple. */
export function unquoted(text: string, at: number, end: number): string | undefined {
  const inner = text.slice(at + 1, end - 1);
  if (text.charCodeAt(at) === 0x27) return inner.includes("'") ? inner.replaceAll("''", "'") : inner;
  if (!inner.includes("\\")) return inner;
  if (!simpleEscapes.test(inner)) return undefined;
  return inner.replace(/\\(.)/g, (_, char: string) => (char === "n" ? "\n" : char === "t" ? "\t" : char));
}
