/**
 * Matching in time proportional to text times expression, never more: all ways through the expression are followed side by side (a Pike
 * machine), and the leftmost match that Perl would prefer wins, as in Go.
 */
import type { Context } from "../limits.ts";
import { Failure } from "../limits.ts";
import { fromRune, runeError } from "../text.ts";
import type { CharacterClass } from "./class.ts";
import { takes } from "./class.ts";
import type { Assertion, Expression } from "./parse.ts";
import { parseExpression } from "./parse.ts";

type Instruction =
  | { readonly is: "class"; readonly set: CharacterClass }
  | { readonly is: "assertion"; readonly kind: Assertion }
  | { readonly is: "save"; readonly slot: number }
  /** Goes on at the next instruction and at another, which is preferred when `first` says so. */
  | { is: "split"; to: number; readonly first: boolean }
  | { is: "jump"; to: number }
  | { readonly is: "match" };

export interface Regexp {
  readonly source: string;
  readonly names: readonly string[];
  readonly program: readonly Instruction[];
}

/** Where a match and its groups start and end, in pairs; -1 for a group that took no part. Offsets in UTF-16 units. */
export type Match = readonly number[];

const MAX_PROGRAM = 20_000;

/** Compiles an expression in Go's syntax; throws a Failure in Go's words. */
export function compileRegexp(source: string): Regexp {
  const { expression, names } = parseExpression(source);
  const program: Instruction[] = [];
  emit(program, { is: "group", index: 0, body: expression });
  program.push({ is: "match" });
  return { source, names, program };
}

function emit(program: Instruction[], expression: Expression): void {
  if (program.length > MAX_PROGRAM) throw new Failure("error parsing regexp: expression too large");
  switch (expression.is) {
    case "empty":
      return;
    case "class":
    case "assertion":
      program.push(expression);
      return;
    case "sequence":
      for (const part of expression.parts) emit(program, part);
      return;
    case "choice":
      emitChoice(program, expression.parts);
      return;
    case "group":
      program.push({ is: "save", slot: expression.index * 2 });
      emit(program, expression.body);
      program.push({ is: "save", slot: expression.index * 2 + 1 });
      return;
    case "repeat":
      emitRepeat(program, expression);
  }
}

function emitChoice(program: Instruction[], parts: readonly Expression[]): void {
  const jumps: { is: "jump"; to: number }[] = [];
  parts.forEach((part, i) => {
    if (i === parts.length - 1) {
      emit(program, part);
      return;
    }
    const split: Instruction = { is: "split", to: 0, first: false };
    program.push(split);
    emit(program, part);
    const jump = { is: "jump" as const, to: 0 };
    program.push(jump);
    jumps.push(jump);
    split.to = program.length;
  });
  for (const jump of jumps) jump.to = program.length;
}

/** Whether an expression may match without taking a character. */
function isNullable(expression: Expression): boolean {
  switch (expression.is) {
    case "class":
      return false;
    case "sequence":
      return expression.parts.every(isNullable);
    case "choice":
      return expression.parts.some(isNullable);
    case "group":
      return isNullable(expression.body);
    case "repeat":
      return expression.least === 0 || isNullable(expression.body);
    default:
      return true;
  }
}

function emitRepeat(program: Instruction[], repeat: Extract<Expression, { is: "repeat" }>): void {
  const { body, least, most, greedy } = repeat;
  for (let i = 0; i < least - (most === Number.POSITIVE_INFINITY && least > 0 ? 1 : 0); i++)
    emit(program, body);
  if (most === Number.POSITIVE_INFINITY) {
    if (least > 0) {
      const start = program.length;
      emit(program, body);
      program.push({ is: "split", to: start, first: greedy });
      return;
    }
    const split: Instruction = { is: "split", to: 0, first: !greedy };
    const start = program.push(split) - 1;
    emit(program, body);
    // Where the body may match nothing, Go takes x* for (x+)?, which prefers other ways.
    if (isNullable(body)) program.push({ is: "split", to: start + 1, first: greedy });
    else program.push({ is: "jump", to: start });
    split.to = program.length;
    return;
  }
  const splits: { is: "split"; to: number; readonly first: boolean }[] = [];
  for (let i = least; i < most; i++) {
    const split = { is: "split" as const, to: 0, first: !greedy };
    splits.push(split);
    program.push(split);
    emit(program, body);
  }
  for (const split of splits) split.to = program.length;
}

/** A text prepared for matching: its code points and where each stands. */
export interface Subject {
  readonly text: string;
  readonly points: readonly number[];
  /** Of each code point and of the end. */
  readonly offsets: readonly number[];
}

export function subjectOf(text: string): Subject {
  const points: number[] = [];
  const offsets: number[] = [];
  let offset = 0;
  for (const char of text) {
    const point = char.codePointAt(0) ?? 0;
    points.push(point >= 0xd800 && point <= 0xdfff ? runeError : point);
    offsets.push(offset);
    offset += char.length;
  }
  offsets.push(offset);
  return { text, points, offsets };
}

function isWord(point: number | undefined): boolean {
  return point !== undefined && /^\w$/.test(fromRune(point));
}

/** Whether what an assertion says holds at a place of a text. */
export function asserted(kind: Assertion, { points }: Subject, at: number): boolean {
  switch (kind) {
    case "text start":
      return at === 0;
    case "text end":
      return at === points.length;
    case "line start":
      return at === 0 || points[at - 1] === 10;
    case "line end":
      return at === points.length || points[at] === 10;
    default:
      return (isWord(points[at - 1]) !== isWord(points[at])) === (kind === "word boundary");
  }
}

interface Thread {
  readonly at: number;
  readonly slots: readonly number[];
}

/** Adds the threads that can be reached without taking a character, the preferred first; returns how much work it was. */
function follow(
  regexp: Regexp,
  subject: Subject,
  position: number,
  start: Thread,
  threads: Thread[],
  seen: Set<number>,
): number {
  const waiting: Thread[] = [start];
  let work = 0;
  for (let thread = waiting.pop(); thread; thread = waiting.pop()) {
    const { at, slots } = thread;
    work++;
    if (seen.has(at)) continue;
    seen.add(at);
    const instruction = regexp.program[at];
    switch (instruction?.is) {
      case "jump":
        waiting.push({ at: instruction.to, slots });
        break;
      case "split": {
        const next = { at: at + 1, slots };
        const other = { at: instruction.to, slots };
        waiting.push(...(instruction.first ? [next, other] : [other, next]));
        break;
      }
      case "save": {
        const kept = instruction.slot < slots.length;
        const saved = kept ? slots.with(instruction.slot, position) : slots;
        work += kept ? slots.length : 0;
        waiting.push({ at: at + 1, slots: saved });
        break;
      }
      case "assertion":
        if (asserted(instruction.kind, subject, position)) waiting.push({ at: at + 1, slots });
        break;
      default:
        threads.push(thread);
    }
  }
  return work;
}

/** The first match at or after a code point, with offsets counted in code points; of so many groups, the whole match being the first. */
function matchFrom(
  context: Context,
  regexp: Regexp,
  subject: Subject,
  from: number,
  groups = 1,
): number[] | undefined {
  const unset = new Array<number>(groups * 2).fill(-1);
  let threads: Thread[] = [];
  let found: readonly number[] | undefined;
  for (let position = from; position <= subject.points.length; position++) {
    const next: Thread[] = [];
    const current: Thread[] = threads;
    let work = current.length;
    // A way that starts here is taken after all that started before.
    if (!found) {
      const seen = new Set(current.map((thread) => thread.at));
      work += follow(regexp, subject, position, { at: 0, slots: unset }, current, seen);
    }
    if (current.length === 0 && found) break;
    const seen = new Set<number>();
    const point = subject.points[position];
    for (const thread of current) {
      const instruction = regexp.program[thread.at];
      if (instruction?.is === "match") {
        found = thread.slots;
        break;
      }
      if (instruction?.is !== "class" || point === undefined || !takes(instruction.set, point)) continue;
      work += follow(regexp, subject, position + 1, { at: thread.at + 1, slots: thread.slots }, next, seen);
    }
    context.spend(Math.ceil(work / 8));
    threads = next;
  }
  return found && [...found];
}

/** The first match. */
export function firstMatch(context: Context, regexp: Regexp, text: string): Match | undefined {
  const subject = subjectOf(text);
  const found = matchFrom(context, regexp, subject, 0);
  return found && inUnits(subject, found);
}

function inUnits(subject: Subject, match: readonly number[]): Match {
  return match.map((at) => (at === -1 ? -1 : (subject.offsets[at] ?? -1)));
}

/** Up to `count` matches one after the other, all when it is negative; an empty one not right behind another. */
export function allMatches(context: Context, regexp: Regexp, text: string, count: number): readonly Match[] {
  const subject = subjectOf(text);
  const matches: Match[] = [];
  const wanted = count < 0 ? Number.POSITIVE_INFINITY : count;
  let position = 0;
  let previousEnd = -1;
  while (matches.length < wanted && position <= subject.points.length) {
    const found = matchFrom(context, regexp, subject, position);
    if (!found) break;
    const [start = 0, end = 0] = found;
    const accepted = end !== position || start !== previousEnd;
    position = end === position ? position + 1 : end;
    previousEnd = end;
    if (accepted) matches.push(inUnits(subject, found));
  }
  return matches;
}

/** The text with what `replacement` makes of each match in its place. */
export function replaceMatches(
  context: Context,
  regexp: Regexp,
  text: string,
  replacement: (match: Match) => string,
): string {
  const subject = subjectOf(text);
  let out = "";
  let lastEnd = 0;
  for (let position = 0; position <= subject.points.length; ) {
    const found = matchFrom(context, regexp, subject, position, regexp.names.length);
    if (!found) break;
    const [start = 0, end = 0] = found;
    out += text.slice(subject.offsets[lastEnd], subject.offsets[start]);
    if (end > lastEnd || start === 0) out += replacement(inUnits(subject, found));
    context.makeText(out.length);
    lastEnd = end;
    position = Math.max(position + 1, end);
  }
  return out + text.slice(subject.offsets[lastEnd]);
}
