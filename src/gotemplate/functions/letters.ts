/** Letters and spaces as Go's unicode package sees them: one code point at a time. */

/** The characters that Go calls space, for use inside brackets of a regular expression. */
export const SPACE = "\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";

const ONE_SPACE = new RegExp(`^[${SPACE}]$`);
const LEADING = new RegExp(`^[${SPACE}]+`);

export function isSpace(point: number): boolean {
  return point < 0x85
    ? point === 32 || (point >= 9 && point <= 13)
    : ONE_SPACE.test(String.fromCodePoint(point));
}

export function isUpper(char: string): boolean {
  return /^\p{Lu}$/u.test(char);
}

export function isLower(char: string): boolean {
  return /^\p{Ll}$/u.test(char);
}

/** Maps each code point by itself; those whose other case is several code points stay. */
function mapped(text: string, change: (char: string) => string): string {
  if (!/[^\0-\x7f]/.test(text)) return change(text);
  let out = "";
  for (const char of text) {
    const other = change(char);
    out += other.length > 1 && [...other].length > 1 ? char : other;
  }
  return out;
}

export function toUpper(text: string): string {
  return mapped(text, (char) => char.toUpperCase());
}

export function toLower(text: string): string {
  return mapped(text.replaceAll("\u0130", "i"), (char) => char.toLowerCase());
}

/** Text without the space around it. */
export function trimSpace(text: string): string {
  const start = LEADING.exec(text)?.[0].length ?? 0;
  let end = text.length;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}
