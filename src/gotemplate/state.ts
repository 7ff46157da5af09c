/** The state of one execution, and the errors it ends in. */
import type { Context } from "./limits.ts";
import { Failure, LimitReached } from "./limits.ts";
import { quoteText } from "./text.ts";
import type { AnyNode } from "./tree.ts";
import { describe } from "./tree.ts";
import type { Value } from "./values.ts";

export type MissingKey = "invalid" | "zero" | "error";

/** What was written so far; put together at the end, because a text that grows bit by bit is slow to read later. */
interface Output {
  readonly parts: string[];
  length: number;
}

export interface State {
  readonly context: Context;
  readonly missingKey: MissingKey;
  /** The text from which everything was parsed, and its name: errors tell line and column. */
  readonly source: { readonly name: string; readonly text: string };
  /** The template that is executed now. */
  template: string;
  /** What is evaluated now, for errors. */
  node: AnyNode;
  readonly out: Output;
  /** How deep blocks and templates are nested. */
  depth: number;
  /** Whether the dot was taken out of an interface as it is, which errors tell. */
  dotIsInterface: boolean;
  /** Where the field read last was found, and under which name; undefined after a variable without fields. */
  holder: Value;
  heldAs: string | undefined;
  /** Whether the variable read last gave something out of an interface as it is. */
  heldInInterface: boolean;
  /** The stack of variables; the three lists run side by side. */
  readonly names: string[];
  readonly values: Value[];
  readonly interfaces: boolean[];
}

/** A failure whose message already says where. */
export class Located extends Failure {}

/** Line and column of an offset as Go counts them: from 1 and from 0, in bytes. */
function placeOf(text: string, at: number): string {
  const before = text.slice(0, at);
  const lines = before.split("\n");
  return `${lines.length}:${new TextEncoder().encode(lines[lines.length - 1] ?? "").length}`;
}

/** Ends the execution with an error at the node that is evaluated now. */
export function fail(state: State, message: string): never {
  throw located(state, message);
}

/** The error that a message becomes at the node that is evaluated now. */
export function located(state: State, message: string): Located {
  const { source, template, node } = state;
  const place = `${source.name}:${placeOf(source.text, node.at)}`;
  return new Located(
    `template: ${place}: executing ${quoteText(template)} at <${shortened(describe(node))}>: ${message}`,
  );
}

function shortened(text: string): string {
  return text.length <= 2000 ? text : `${text.slice(0, 2000)}…`;
}

/** Writes to the output. */
export function write(state: State, text: string): void {
  const { out } = state;
  out.parts.push(text);
  out.length += text.length;
  if (out.length > state.context.limits.text) {
    throw new LimitReached(`the output has more than ${state.context.limits.text} characters`);
  }
}

/** Enters a block or template; the depth must be given back. */
export function enter(state: State): void {
  state.context.spend(1);
  if (++state.depth > state.context.limits.depth) {
    throw new LimitReached(`templates nested more than ${state.context.limits.depth} deep`);
  }
}

/** The index of a variable on the stack. */
export function variableAt(state: State, name: string): number {
  const index = state.names.lastIndexOf(name);
  if (index === -1) fail(state, `undefined variable: ${name}`);
  return index;
}

/** Declares a variable. */
export function push(state: State, name: string, value: Value): void {
  state.names.push(name);
  state.values.push(value);
  state.interfaces.push(false);
}

/** Forgets the variables declared since the stack had this height. */
export function pop(state: State, height: number): void {
  if (state.names.length === height) return;
  state.names.length = height;
  state.values.length = height;
  state.interfaces.length = height;
}

/** Gives a variable, by its index, a value. */
export function assign(state: State, index: number, value: Value, isInterface: boolean): void {
  state.values[index] = value;
  state.interfaces[index] = isInterface;
}
