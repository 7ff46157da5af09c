/** Two texts of a file as a unified diff, which `git apply` and `patch -p1` take. */
import type { SourceFile } from "../source/reading.ts";
import { plain } from "./cells.ts";
import { matchLines } from "./line-diff.ts";
import { type Paint, paintOf } from "./paint.ts";

export interface DiffOptions {
  /** For a terminal: coloured, control characters made visible. Such a text is for reading, not for applying. */
  readonly colour?: boolean;
  /** How many unchanged lines stand around a change; default 3. */
  readonly context?: number;
}

/** Lines that change, their ends excluded; between two changes at least one line stays. */
interface Change {
  readonly before: number;
  readonly beforeEnd: number;
  readonly after: number;
  readonly afterEnd: number;
}

/** The lines of both texts, each with its line feed, so that a last line without one is another. */
interface Texts {
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/**
 * The unified diff that turns `before` into `after`, as git 2 writes it without its own `diff` line: `--- a/path`,
 * `+++ b/path`, hunks. Empty when there is nothing to change. The path is relative to where the patch will be applied.
 */
export function unifiedDiff(path: string, before: string, after: string, options: DiffOptions = {}): string {
  if (before === after) return "";
  const { colour = false, context = 3 } = options;
  const paint = paintOf(colour);
  const out = [
    `${paint.heading(`--- ${nameOf(`a/${path}`)}`)}\n`,
    `${paint.heading(`+++ ${nameOf(`b/${path}`)}`)}\n`,
  ];
  const writing: Writing = { out, context, paint, show: colour ? visible : (line) => line };
  const texts: Texts = { before: linesOf(before), after: linesOf(after) };
  for (const hunk of hunksOf(changesBetween(texts), context)) writeHunk(writing, texts, hunk);
  return out.join("");
}

/** The unified diff of a file, whose byte order mark is part of it: without it no patch of the file applies. */
export function fileDiff(
  { path, text, hasMark }: SourceFile,
  after: string,
  options: DiffOptions = {},
): string {
  const mark = hasMark && !options.colour ? "\uFEFF" : "";
  return unifiedDiff(path, mark + text, mark + after, options);
}

function linesOf(text: string): readonly string[] {
  const lines = text.split("\n");
  const last = lines.pop();
  const whole = lines.map((line) => `${line}\n`);
  return last ? [...whole, last] : whole;
}

/** A name as git reads it back: quoted where it must be, and ended by a tab where it has blanks. */
function nameOf(path: string): string {
  const quoted = path.replace(/["\\\u0000-\u001f\u007f]/g, (character) =>
    character === '"' || character === "\\"
      ? `\\${character}`
      : `\\${character.charCodeAt(0).toString(8).padStart(3, "0")}`,
  );
  if (quoted !== path) return `"${quoted}"`;
  return path.includes(" ") ? `${path}\t` : path;
}

function changesBetween(texts: Texts): readonly Change[] {
  const { before, after } = texts;
  const partners = matchLines(before, after);
  const changes: Change[] = [];
  let [here, there] = [0, 0];
  const add = (beforeEnd: number, afterEnd: number) => {
    if (here < beforeEnd || there < afterEnd)
      changes.push({ before: here, beforeEnd, after: there, afterEnd });
    [here, there] = [beforeEnd + 1, afterEnd + 1];
  };
  partners.forEach((partner, line) => {
    if (partner >= 0) add(line, partner);
  });
  add(before.length, after.length);
  return slid(texts, changes);
}

/**
 * Lines that are only added, or only removed, may often stand for lines further up or down that say the same. They are moved to
 * where they begin furthest to the left, which in YAML is where an item begins, and else as far down as they go.
 */
function slid(texts: Texts, changes: readonly Change[]): readonly Change[] {
  const moved: Change[] = [];
  changes.forEach((change, index) => {
    const adds = change.before === change.beforeEnd;
    if (!adds && change.after !== change.afterEnd) {
      moved.push(change);
      return;
    }
    const previous = moved.at(-1);
    const next = changes[index + 1];
    const offset = adds
      ? bestOffset(
          texts.after,
          change.after,
          change.afterEnd,
          previous?.afterEnd ?? -1,
          next?.after ?? Infinity,
        )
      : bestOffset(
          texts.before,
          change.before,
          change.beforeEnd,
          previous?.beforeEnd ?? -1,
          next?.before ?? Infinity,
        );
    moved.push({
      before: change.before + offset,
      beforeEnd: change.beforeEnd + offset,
      after: change.after + offset,
      afterEnd: change.afterEnd + offset,
    });
  });
  return moved;
}

/** How far lines are moved; a line stays between them and the end of the change above and the start of that below. */
function bestOffset(
  lines: readonly string[],
  start: number,
  end: number,
  above: number,
  below: number,
): number {
  let up = 0;
  while (start - up - 1 > above && lines[start - up - 1] === lines[end - up - 1]) up++;
  let down = 0;
  while (end + down + 1 < below && end + down < lines.length && lines[start + down] === lines[end + down])
    down++;
  let best = down;
  for (let offset = down - 1; offset >= -up; offset--) {
    if (indentOf(lines[start + offset]) < indentOf(lines[start + best])) best = offset;
  }
  return best;
}

function indentOf(line = ""): number {
  const indent = line.search(/[^ ]/);
  return line.trim() === "" ? Infinity : indent;
}

/** The changes that share a hunk: those whose context touches. */
function hunksOf(changes: readonly Change[], context: number): readonly (readonly Change[])[] {
  const hunks: Change[][] = [];
  for (const change of changes) {
    const hunk = hunks.at(-1);
    const last = hunk?.at(-1);
    if (hunk && last && change.before - last.beforeEnd <= 2 * context) hunk.push(change);
    else hunks.push([change]);
  }
  return hunks;
}

interface Writing {
  readonly out: string[];
  readonly context: number;
  readonly paint: Paint;
  readonly show: (line: string) => string;
}

function writeHunk({ out, context, paint, show }: Writing, texts: Texts, changes: readonly Change[]): void {
  const [first, last] = [changes[0], changes.at(-1)];
  if (!first || !last) return;
  const lead = Math.min(context, first.before);
  const trail = Math.min(context, texts.before.length - last.beforeEnd);
  const removed = rangeOf(first.before - lead, last.beforeEnd + trail);
  const added = rangeOf(first.after - lead, last.afterEnd + trail);
  out.push(`${paint.typed(`@@ -${removed} +${added} @@`)}\n`);
  const write = (mark: string, lines: readonly string[], brush: (text: string) => string) => {
    for (const line of lines) {
      const ended = line.endsWith("\n");
      out.push(brush(mark + show(ended ? line.slice(0, -1) : line)), "\n");
      if (!ended) out.push("\\ No newline at end of file\n");
    }
  };
  let line = first.before - lead;
  for (const { before, beforeEnd, after, afterEnd } of changes) {
    write(" ", texts.before.slice(line, before), String);
    write("-", texts.before.slice(before, beforeEnd), paint.bad);
    write("+", texts.after.slice(after, afterEnd), paint.good);
    line = beforeEnd;
  }
  write(" ", texts.before.slice(line, line + trail), String);
}

/** Start and length as hunks give them: a length of one is left out, and nothing stands after the line it follows. */
function rangeOf(start: number, end: number): string {
  const length = end - start;
  if (length === 0) return `${start},0`;
  return length === 1 ? `${start + 1}` : `${start + 1},${length}`;
}

function visible(line: string): string {
  return line.split("\t").map(plain).join("\t");
}
