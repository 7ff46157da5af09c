/** Classes of characters, as YAML 1.1 and libyaml-style readers see them. */

const blank = 1;
const lineBreak = 2;
const end = 4;
const flow = 8;
const colon = 16;
const name = 32;
const uri = 64;

const classes = new Uint8Array(256);
function mark(characters: string, flag: number): void {
  for (let i = 0; i < characters.length; i++)
    classes[characters.charCodeAt(i)] = classOf(characters.charCodeAt(i)) | flag;
}
mark(" \t", blank);
mark("\n\r\u0085", lineBreak);
mark("\0", end);
mark(",?[]{}", flow);
mark(":", colon);
const letters = "abcdefghijklmnopqrstuvwxyz";
mark(`0123456789_-${letters}${letters.toUpperCase()}`, name | uri);
mark(";/?:@&=+$,.!~*'()[]%", uri);

/** The flags of a character; 0 for one that means nothing to a scalar. */
export function classOf(code: number): number {
  return code < 256 ? (classes[code] as number) : code === 0x2028 || code === 0x2029 ? lineBreak : 0;
}

/** The flags by name. */
export const Class = {
  blank,
  lineBreak,
  end,
  flow,
  colon,
  white: blank | lineBreak,
  blankOrEnd: blank | lineBreak | end,
  breakOrEnd: lineBreak | end,
  plainStop: blank | lineBreak | end | colon,
  plainStopInFlow: blank | lineBreak | end | colon | flow,
} as const;

/** A space or tab. */
export const isBlank = (code: number): boolean => code === 32 || code === 9;
/** LF, CR, NEL, LS or PS. */
export const isBreak = (code: number): boolean => (classOf(code) & lineBreak) !== 0;
/** A line break or the end of the text. */
export const isBreakOrEnd = (code: number): boolean => (classOf(code) & (lineBreak | end)) !== 0;
/** A space, tab, line break or the end of the text. */
export const isBlankOrEnd = (code: number): boolean => (classOf(code) & (blank | lineBreak | end)) !== 0;
/** A letter, digit, `_` or `-`. */
export const isNameCharacter = (code: number): boolean => (classOf(code) & name) !== 0;
/** A character of a tag's URI. */
export const isUriCharacter = (code: number): boolean => (classOf(code) & uri) !== 0;
/** An ASCII digit. */
export const isDigit = (code: number): boolean => code >= 48 && code <= 57;

/** The value of a hexadecimal digit, or -1. */
export function hexValue(code: number): number {
  if (isDigit(code)) return code - 48;
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

/** Where the line break at a position ends: CR LF is one break. */
export function afterBreak(text: string, pos: number): number {
  return text.charCodeAt(pos) === 13 && text.charCodeAt(pos + 1) === 10 ? pos + 2 : pos + 1;
}

/** What the line break at a position is in a scalar's value: LS and PS stay, all others are a line feed. */
export function breakValue(text: string, pos: number): string {
  const code = text.charCodeAt(pos);
  return code === 0x2028 || code === 0x2029 ? text.charAt(pos) : "\n";
}

/** Whether `---` or `...`, followed by white space or the end, stands at a position. */
export function isDocumentMarker(text: string, pos: number): boolean {
  const code = text.charCodeAt(pos);
  return (
    (code === 45 || code === 46) &&
    text.charCodeAt(pos + 1) === code &&
    text.charCodeAt(pos + 2) === code &&
    isBlankOrEnd(text.charCodeAt(pos + 3))
  );
}
