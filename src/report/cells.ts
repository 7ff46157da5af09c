/** Text as a terminal shows it: how many columns it takes, how it wraps, and what must not reach a terminal. */

/** What the terminal shows in one go (a grapheme) and how many columns that takes. */
export interface Cell {
  readonly text: string;
  readonly width: number;
  /** Where it begins in the text, in UTF-16 code units. */
  readonly start: number;
}

/** Characters of one column each that form nothing together: ASCII, Latin-1, which has the blank that does not break, dashes and arrows. */
const simple = /^[\x20-\x7e\xa0-\xff\u2010-\u2027\u2190-\u21ff]*$/;
const unsafe = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\ufe0f/u;
const invisible = /^[\p{M}\u200b-\u200d\u2060]+$/u;

let graphemes: Intl.Segmenter | undefined;

/** The cells of a text without line breaks; tabs must have been expanded. */
export function cells(text: string): readonly Cell[] {
  if (simple.test(text))
    return Array.from(text, (character, start) => ({ text: character, width: 1, start }));
  graphemes ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  return Array.from(graphemes.segment(text), ({ segment, index }) => ({
    text: segment,
    width: invisible.test(segment) ? 0 : wide.test(segment) ? 2 : 1,
    start: index,
  }));
}

/** The columns a text takes: two for a wide (East Asian, emoji) character, none for a combining one. */
export function columns(text: string): number {
  if (simple.test(text)) return text.length;
  return cells(text).reduce((sum, cell) => sum + cell.width, 0);
}

/** The text with everything that could steer a terminal or reorder a line made visible: controls, line breaks, direction marks. */
export function plain(text: string): string {
  return simple.test(text) ? text : text.replace(unsafe, picture);
}

function picture(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 32) return String.fromCharCode(0x2400 + code);
  return code === 127 ? "\u2421" : "\ufffd";
}

/** The text padded with blanks on the right to a width in columns. */
export function padEnd(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - columns(text)));
}

/** The text padded with blanks on the left to a width in columns. */
export function padStart(text: string, width: number): string {
  return " ".repeat(Math.max(0, width - columns(text))) + text;
}

/** The text cut to a width in columns, with an ellipsis where something is missing: at its end, or at its start. */
export function cut(text: string, width: number, keep: "start" | "end" = "start"): string {
  if (columns(text) <= width) return text;
  if (width < 1) return "";
  const all = cells(text);
  const order = keep === "start" ? all : all.toReversed();
  const kept: string[] = [];
  let room = width - 1;
  for (const cell of order) {
    if (cell.width > room) break;
    room -= cell.width;
    kept.push(cell.text);
  }
  return keep === "start" ? `${kept.join("")}…` : `…${kept.reverse().join("")}`;
}

/** The lines of a text wrapped at blanks; a word longer than a line is broken, behind a slash if it has one, never lost. Never empty. */
export function wrap(text: string, width: number): readonly string[] {
  const limit = Math.max(width, 8);
  const lines: string[] = [];
  let line = "";
  let used = 0;
  for (const word of text.split(" ").filter((part) => part !== "")) {
    const pieces = columns(word) <= limit ? [word] : broken(word, limit);
    for (const piece of pieces) {
      const size = columns(piece);
      if (line !== "" && used + 1 + size > limit) {
        lines.push(line);
        line = "";
      }
      used = line === "" ? size : used + 1 + size;
      line = line === "" ? piece : `${line} ${piece}`;
    }
  }
  if (line !== "" || lines.length === 0) lines.push(line);
  return lines;
}

/** A word in pieces: behind a slash where there is one, so that names in paths stay whole. */
function broken(word: string, width: number): readonly string[] {
  const pieces: string[] = [];
  let piece = "";
  let used = 0;
  for (const cell of cells(word)) {
    if (used + cell.width > width) {
      const slash = piece.lastIndexOf("/") + 1;
      const whole = slash > 0 ? piece.slice(0, slash) : piece;
      pieces.push(whole);
      piece = piece.slice(whole.length);
      used = columns(piece);
    }
    piece += cell.text;
    used += cell.width;
  }
  pieces.push(piece);
  return pieces;
}

/** "1 file", "2 files", "12,345 files". */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${grouped(number)} ${number === 1 ? one : many}`;
}

/** 12345 as "12,345". */
export function grouped(number: number): string {
  return String(number).replace(/\B(?=(?:\d{3})+$)/g, ",");
}
