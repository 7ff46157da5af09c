/** A code frame: the line a finding points at, the line before it, and carets under the span. */
import type { Location } from "../source/locate.ts";
import type { Cell } from "./cells.ts";
import { cells, columns, padStart, plain } from "./cells.ts";

export interface FrameStyle {
  /** Columns that the frame may take, gutter included. */
  readonly width: number;
  /** Colours the gutter and the line numbers. */
  readonly gutter: (text: string) => string;
  /** Colours the carets. */
  readonly carets: (text: string) => string;
}

/** A piece of one source line, short enough to be worked on even where the line is a megabyte. */
interface Excerpt {
  readonly number: number;
  readonly cells: readonly Cell[];
  /** Whether the line goes on before or after the excerpt. */
  readonly before: boolean;
  readonly after: boolean;
}

/** The columns of a line that are shown, the end exclusive. */
interface View {
  readonly from: number;
  readonly to: number;
}

const TAB = 4;

/**
 * The lines of a frame, without line ends: one line of context, the first line of the span, and the carets.
 * Tabs become blanks, control characters their pictures; a line too long is cut around the span and marked with `…`.
 * Empty when the location lies outside of the text.
 */
export function frame(text: string, location: Location, style: FrameStyle): readonly string[] {
  if (location.start > text.length) return [];
  const lineStart = location.start - (location.column - 1);
  const gutter = String(location.line).length;
  const room = Math.max(20, style.width - gutter - 3);
  const reach = room * 4;
  const lineEnd = endOfLine(text, location.start, location.start + reach + 1);

  const from = Math.max(lineStart, location.start - reach);
  const to = Math.min(lineEnd, location.start + reach);
  const written: Excerpt = {
    number: location.line,
    cells: shown(text.slice(from, to)),
    before: from > lineStart,
    after: to < lineEnd,
  };
  const most = to - lineStart + reach;
  const context = written.before ? undefined : contextOf(text, lineStart, location.line, most);
  const spare = widthOf(written.cells) > room ? commonIndent(written, context) : 0;
  const line = outdented(written, spare);
  const spanEnd = Math.min(Math.max(location.end, location.start + 1), to);
  const first = Math.max(0, shownWidth(text.slice(from, location.start)) - spare);
  const span = Math.max(1, shownWidth(text.slice(location.start, spanEnd)));
  const view = windowOf(line, first, span, room);

  const row = (number: string, content: string): string =>
    `${style.gutter(`${padStart(number, gutter)} │`)}${content === "" ? "" : ` ${content}`}`;
  const rows: string[] = [];
  const above = context ? clipAbove(outdented(context, spare), view, room) : "";
  if (context && above !== "…") rows.push(row(String(context.number), above));
  rows.push(row(String(line.number), clip(line, view)));
  const offset = first - view.from + (view.from > 0 || line.before ? 1 : 0);
  const visible = Math.max(1, Math.min(span, room - offset));
  const note = continuation(location);
  const fits = offset + visible + note.length <= room;
  rows.push(row("", " ".repeat(offset) + style.carets("^".repeat(visible)) + (fits ? note : "")));
  return rows;
}

/** What follows the carets of a span that goes on below the line shown. */
function continuation(location: Location): string {
  return location.endLine > location.line ? ` … to line ${lastLine(location)}` : "";
}

/** The blanks that all lines of a frame begin with; a line that is too long is the first to need their room. */
function commonIndent(line: Excerpt, context: Excerpt | undefined): number {
  if (line.before) return 0;
  return Math.min(indentOf(line), context ? indentOf(context) : Number.POSITIVE_INFINITY);
}

function indentOf({ cells }: Excerpt): number {
  const indent = cells.findIndex(({ text }) => text !== " ");
  return indent < 0 ? cells.length : indent;
}

function outdented(line: Excerpt, blanks: number): Excerpt {
  return blanks === 0 ? line : { ...line, cells: line.cells.slice(blanks) };
}

function lastLine(location: Location): number {
  return location.endColumn === 1 ? location.endLine - 1 : location.endLine;
}

/** The line above, unless it is blank or lies in another document. */
function contextOf(text: string, lineStart: number, line: number, most: number): Excerpt | undefined {
  if (lineStart === 0) return undefined;
  const crlf = text[lineStart - 1] === "\n" && text[lineStart - 2] === "\r";
  const end = lineStart - (crlf ? 2 : 1);
  const start = startOfLine(text, end);
  const to = Math.min(end, start + most);
  const content = text.slice(start, to);
  if (content.trim() === "" || content.startsWith("---")) return undefined;
  return { number: line - 1, cells: shown(content), before: false, after: to < end };
}

/** Which columns of a line to show, so that the span (or its beginning) is among them. */
function windowOf(line: Excerpt, first: number, span: number, room: number): View {
  const total = widthOf(line.cells);
  if (total <= room && !line.before && !line.after) return { from: 0, to: room };
  if (first + span <= room - 1 && !line.before) return { from: 0, to: room - 1 };
  const inner = room - 2;
  const lead = Math.max(0, Math.min(first, Math.floor((inner - span) / 2)));
  const from = span >= inner ? first : Math.max(0, Math.min(first - lead, total - inner));
  return { from, to: from + inner };
}

/** The line above in the view of the line below, which need not have left a column for what is cut off here. */
function clipAbove(context: Excerpt, view: View, room: number): string {
  const isCut = view.to === room && widthOf(context.cells) > room;
  return clip(context, isCut ? { ...view, to: room - 1 } : view);
}

/** The cells of an excerpt between two columns, with `…` for what is left out. */
function clip(line: Excerpt, view: View): string {
  let column = 0;
  let out = "";
  let after = line.after;
  for (const cell of line.cells) {
    if (column >= view.from && column + cell.width <= view.to) out += cell.text;
    else if (column < view.from && column + cell.width > view.from)
      out += " ".repeat(column + cell.width - view.from);
    else if (column >= view.from) after = true;
    column += cell.width;
  }
  const start = view.from > 0 || line.before ? "…" : "";
  return after ? `${start}${out}…` : `${start}${out.trimEnd()}`;
}

function shown(text: string): readonly Cell[] {
  const expanded: Cell[] = [];
  let column = 0;
  for (const part of text.split(/(\t)/)) {
    const width = TAB - (column % TAB);
    const list = part === "\t" ? [{ text: " ".repeat(width), width, start: 0 }] : cells(plain(part));
    for (const cell of list) {
      expanded.push(cell);
      column += cell.width;
    }
  }
  return expanded;
}

function shownWidth(text: string): number {
  return text.includes("\t") ? widthOf(shown(text)) : columns(plain(text));
}

function widthOf(list: readonly Cell[]): number {
  return list.reduce((sum, cell) => sum + cell.width, 0);
}

function isBreak(code: number): boolean {
  return code === 10 || code === 13;
}

/** Where the line of an offset ends; `most` where it is longer than that. */
function endOfLine(text: string, offset: number, most: number): number {
  let end = offset;
  while (end < Math.min(most, text.length) && !isBreak(text.charCodeAt(end))) end++;
  return end;
}

function startOfLine(text: string, offset: number): number {
  let start = offset;
  while (start > 0 && !isBreak(text.charCodeAt(start - 1))) start--;
  return start;
}
