/** Takes entries or items out of a block or flow collection and puts others in, each with what belongs to it. */
import { put, type Task } from "./edit-task.ts";
import {
  afterLineEnd,
  beforeLine,
  beginsLine,
  behindEmptyLines,
  endWithComments,
  isBlank,
  lineEnd,
  lineStart,
} from "./lines.ts";

/** An entry or item as it is written. */
export interface Member {
  readonly start: number;
  /** Where its content ends. */
  readonly end: number;
  readonly stays: boolean;
  /** Whether it takes in all empty lines behind it. */
  readonly keepsLines?: boolean;
}

/** New members that follow a member that stays; `after` is its index, or -1 for those before all. */
export interface Added {
  readonly after: number;
  readonly texts: readonly string[];
}

/** Takes the members out of a block whose members stand at a column. At least one of them stays. */
export function removeFromBlock(task: Task, members: readonly Member[], column: number) {
  const { text } = task;
  for (const [from, to] of runs(members)) {
    const first = members[from];
    const last = members[to];
    const next = members[to + 1];
    if (!first || !last) continue;
    const comments = endWithComments(text, last.end, column);
    const end = members[from - 1]?.keepsLines ? behindEmptyLines(text, comments) : comments;
    const start = lineStart(text, first.start);
    if (beginsLine(text, first.start)) {
      if (start > task.start) put(task, beforeLine(text, start), end, "");
      else put(task, start, afterLineEnd(text, end), "");
    } else if (next && lineStart(text, next.start) === afterLineEnd(text, end)) {
      put(task, first.start, next.start, "");
    } else {
      let from = first.start;
      while (isBlank(text, from - 1, from)) from--;
      put(task, from, end, "");
    }
  }
}

/**
 * Puts members into a block; `texts` are lines at the column of the members, without the last line's end. `header` is the end of
 * the line that the block stands below, where it has one.
 */
export function addToBlock(
  task: Task,
  members: readonly Member[],
  added: readonly Added[],
  column: number,
  header: number | undefined,
) {
  const { text } = task;
  for (const { after, texts } of added) {
    const lines = texts.join("\n");
    const member = members[Math.max(after, 0)];
    if (!member || texts.length === 0) continue;
    if (after >= 0) {
      const at = endWithComments(text, member.end, column);
      put(task, at, at, `\n${lines}`);
    } else if (header !== undefined && beginsLine(text, member.start)) {
      put(task, header, header, `\n${lines}`);
    } else put(task, member.start, member.start, `${lines.slice(column)}\n${" ".repeat(column)}`);
  }
}

/** The runs of members that go, as pairs of indices. */
function runs(members: readonly Member[]): readonly (readonly [number, number])[] {
  const found: (readonly [number, number])[] = [];
  let from = -1;
  members.forEach(({ stays }, index) => {
    if (stays) from = -1;
    else {
      if (from < 0) from = index;
      else found.pop();
      found.push([from, index]);
    }
  });
  return found;
}

/** How the members of a flow collection are set apart. */
export interface FlowLayout {
  /** The indentation of members that stand on lines of their own. */
  readonly pad: string | undefined;
  readonly tight: boolean;
}

/** Takes members out of a flow collection. At least one of them stays. */
export function removeFromFlow(task: Task, members: readonly Member[]) {
  for (const [from, to] of runs(members)) {
    const first = members[from];
    const last = members[to];
    const next = members[to + 1];
    const before = members[from - 1];
    if (first && next) put(task, first.start, next.start, "");
    else if (before && last) put(task, before.end, last.end, "");
  }
}

/** Puts members into a flow collection. */
export function addToFlow(
  task: Task,
  members: readonly Member[],
  added: readonly Added[],
  layout: FlowLayout,
) {
  const { pad, tight } = layout;
  const separator = pad === undefined ? (tight ? "," : ", ") : `,\n${pad}`;
  const lastThatStays = members.findLastIndex(({ stays }) => stays);
  for (const { after, texts } of added) {
    if (texts.length === 0) continue;
    const text = texts.join(separator);
    const member = members[after];
    const next = members[after + 1];
    if (next && after < lastThatStays) put(task, next.start, next.start, text + separator);
    else if (member) addAtEnd(task, member.end, members.length - 1 === after, text, separator, pad);
  }
}

function addAtEnd(
  task: Task,
  end: number,
  isLast: boolean,
  added: string,
  separator: string,
  pad: string | undefined,
) {
  const { text } = task;
  const comma = /^[ \t]*,/.exec(text.slice(end, lineEnd(text, end)))?.[0].length ?? 0;
  const comment = /^[ \t]+#/.test(text.slice(end + comma, lineEnd(text, end)));
  if (!isLast || pad === undefined || !comment) return put(task, end, end, separator + added);
  if (comma === 0) put(task, end, end, ",");
  put(task, lineEnd(text, end), lineEnd(text, end), `\n${pad}${added}${comma > 0 ? "," : ""}`);
}
