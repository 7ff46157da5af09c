/** Regular expressions of kustomizations, matched in time proportional to expression times text, whatever they say. */
import { takes } from "../../gotemplate/regexp/class.ts";
import { asserted, type Subject, subjectOf } from "../../gotemplate/regexp/match.ts";
import { type Expression, parseExpression } from "../../gotemplate/regexp/parse.ts";

/** Whether a text fits. */
export type Pattern = (text: string) => boolean;

/** What one step of a match may do: take a character or look around, then go on at each of `next`. */
interface State {
  readonly takes: Extract<Expression, { is: "class" | "assertion" }> | undefined;
  readonly next: number[];
}

interface Program {
  readonly states: State[];
  /** The one state in which a text has fit. */
  end: number;
  /** Parts added so far, those that take nothing included. */
  size: number;
}

/** Longer than any target that a person writes. */
const longestExpression = 1000;
const mostStates = 2000;
/** Names in a cluster have at most 253 characters; longer texts fit only expressions without operators. */
const longestText = 1000;

/**
 * An expression in Go's syntax as a test: of whole texts, or with `anywhere` of a part of them. A string says why it is none
 * that is understood.
 */
export function patternOf(expression: string, anywhere = false): Pattern | string {
  if (!/[\\^$.|?*+()[\]{}]/.test(expression)) {
    return anywhere ? (text) => text.includes(expression) : (text) => text === expression;
  }
  if (expression.length > longestExpression) {
    return `is a regular expression of more than ${longestExpression} characters, which is not tried`;
  }
  const program = programOf(expression);
  if (!program) return `${expression} is a regular expression that is not understood`;
  return (text) => text.length <= longestText && runs(program, subjectOf(text), anywhere);
}

function programOf(expression: string): Program | undefined {
  try {
    const program: Program = { states: [{ takes: undefined, next: [] }], end: 0, size: 0 };
    program.end = add(program, parseExpression(expression).expression, 0);
    return program;
  } catch {
    return undefined;
  }
}

function addState(program: Program, taken: State["takes"], from: number): number {
  if (program.states.length >= mostStates) throw new RangeError("too many states");
  const state = program.states.push({ takes: taken, next: [] }) - 1;
  program.states[from]?.next.push(state);
  return state;
}

/** Adds an expression behind a state; the result is the state in which it is done. Throws when the program gets too large. */
function add(program: Program, expression: Expression, from: number): number {
  if (++program.size > mostStates) throw new RangeError("too many parts");
  switch (expression.is) {
    case "empty":
      return from;
    case "class":
    case "assertion":
      return addState(program, expression, from);
    case "group":
      return add(program, expression.body, from);
    case "sequence":
      return expression.parts.reduce((last, part) => add(program, part, last), from);
    case "choice": {
      const ends = expression.parts.map((part) => add(program, part, addState(program, undefined, from)));
      const [first = from, ...others] = ends;
      const done = addState(program, undefined, first);
      for (const end of others) program.states[end]?.next.push(done);
      return done;
    }
    case "repeat":
      return addRepeat(program, expression, from);
  }
}

function addRepeat(program: Program, repeat: Extract<Expression, { is: "repeat" }>, from: number): number {
  const { body, least, most } = repeat;
  let last = from;
  for (let i = 0; i < least; i++) last = add(program, body, last);
  if (most === Number.POSITIVE_INFINITY) {
    const start = addState(program, undefined, last);
    const end = add(program, body, start);
    program.states[end]?.next.push(start);
    return addState(program, undefined, start);
  }
  const leaves = [last];
  for (let i = least; i < most; i++) {
    last = add(program, body, addState(program, undefined, last));
    leaves.push(last);
  }
  const done = addState(program, undefined, last);
  for (const leaf of leaves.slice(0, -1)) program.states[leaf]?.next.push(done);
  return done;
}

/** Follows all ways through the program side by side. */
function runs(program: Program, subject: Subject, anywhere: boolean): boolean {
  let here = new Set<number>();
  for (let position = 0; position <= subject.points.length; position++) {
    const point = subject.points[position];
    const reached = reachable(program, subject, position, anywhere || position === 0 ? [...here, 0] : here);
    if (reached.has(program.end) && (anywhere || point === undefined)) return true;
    if (point === undefined || (!anywhere && reached.size === 0)) return false;
    here = new Set();
    for (const index of reached) {
      for (const next of program.states[index]?.next ?? []) {
        const wanted = program.states[next]?.takes;
        if (wanted?.is === "class" && takes(wanted.set, point)) here.add(next);
      }
    }
  }
  return false;
}

/** The states that are reached from others without taking a character. */
function reachable(
  program: Program,
  subject: Subject,
  position: number,
  from: Iterable<number>,
): ReadonlySet<number> {
  const reached = new Set(from);
  for (const index of reached) {
    for (const next of program.states[index]?.next ?? []) {
      const wanted = program.states[next]?.takes;
      const isFree =
        wanted === undefined || (wanted.is === "assertion" && asserted(wanted.kind, subject, position));
      if (isFree) reached.add(next);
    }
  }
  return reached;
}
