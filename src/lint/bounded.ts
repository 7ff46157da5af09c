/** Makes a parsed expression count what it does: loops before they start, texts and lists before they grow; and matches in linear time. */
import type { ASTNode } from "@marcbachmann/cel-js";
import { EvaluationError } from "@marcbachmann/cel-js";
import { type Context, defaultLimits, Failure, LimitReached } from "../gotemplate/limits.ts";
import { compileRegexp, firstMatch, type Regexp } from "../gotemplate/regexp/match.ts";
import { type Account, mostSteps } from "./account.ts";

/** What the library keeps with every node, and its types do not show; tests hold that it is so. */
interface Kept {
  readonly op: string;
  readonly args: unknown;
  readonly left: Kept;
  readonly right: Kept;
  readonly receiverWithArgs: readonly Kept[];
  readonly meta: { readonly alternate?: Kept; readonly macro?: unknown };
  readonly handle: (...given: readonly unknown[]) => unknown;
  setMeta(
    key: "evaluate",
    evaluate: (evaluator: Evaluator, node: Kept, context: unknown) => unknown,
  ): unknown;
}

interface Evaluator {
  run(node: unknown, context: unknown): unknown;
}

/** Sets up all nodes of an expression, which must not have run yet. */
export function bound(ast: ASTNode, account: Account): void {
  boundNode(ast as unknown as Kept, account, false);
}

function boundNode(node: Kept, account: Account, inLoop: boolean): void {
  const loop = node.op === "rcall" && node.meta.alternate?.op === "comprehension";
  const parts = partsOf(node.args);
  parts.forEach((part) => {
    boundNode(part, account, inLoop || (loop && part !== parts[0]));
  });
  if (loop && node.meta.alternate) boundLoop(node.meta.alternate, weightOf(parts.slice(1)), account);
  else if (node.op === "rcall" && !node.meta.macro) boundMethod(node, account);
  else if (node.op === "call" && !node.meta.macro) boundFunction(node, account);
  else if (node.op === "+" || (inLoop && comparing.has(node.op))) boundOperator(node, account);
  else if (node.op === "." && inLoop) boundField(node, account);
}

const comparing = new Set(["==", "!=", "in", "<", "<=", ">", ">="]);

/** The nodes right below one, those of list and map literals among them. */
function partsOf(args: unknown): readonly Kept[] {
  if (Array.isArray(args)) return args.flatMap(partsOf);
  return isNode(args) ? [args] : [];
}

function isNode(value: unknown): value is Kept {
  return typeof value === "object" && value !== null && "op" in value && "args" in value;
}

function weightOf(nodes: readonly Kept[]): number {
  return nodes.reduce((sum, { args }) => sum + 1 + weightOf(partsOf(args)), 0);
}

/**
 * A loop pays for all its turns before the first: what ends it inside may be swallowed by `||` or `exists`, and then only turns that
 * are paid for go on.
 */
function boundLoop(comprehension: Kept, weight: number, account: Account): void {
  comprehension.setMeta("evaluate", (evaluator, node, context) => {
    const items = evaluator.run((node.args as { readonly iterable: Kept }).iterable, context);
    account.spend(sizeOf(items) * weight);
    return node.handle(items, node.args, evaluator, context);
  });
}

function boundMethod(call: Kept, account: Account): void {
  const [name] = call.args as readonly unknown[];
  call.setMeta("evaluate", (evaluator, node, context) => {
    const given = evaluated(node.receiverWithArgs, evaluator, context, account);
    const [text, expression] = given;
    if (name === "matches" && typeof text === "string" && typeof expression === "string")
      return matches(text, expression, account);
    return node.handle(given, evaluator, node);
  });
}

function boundFunction(call: Kept, account: Account): void {
  const [, parts] = call.args as readonly [string, readonly Kept[]];
  call.setMeta("evaluate", (evaluator, node, context) =>
    node.handle(evaluated(parts, evaluator, context, account), node, evaluator),
  );
}

/** What is given to a function, which is supposed to go through all of it once. */
function evaluated(
  parts: readonly Kept[],
  evaluator: Evaluator,
  context: unknown,
  account: Account,
): readonly unknown[] {
  account.spend(0);
  const given = parts.map((part) => evaluator.run(part, context));
  account.spend(given.reduce<number>((sum, value) => sum + passOver(value), 0));
  return given;
}

/** What a field of a view says may have to be worked out anew each time. */
function boundField(field: Kept, account: Account): void {
  field.setMeta("evaluate", (evaluator, node, context) => {
    const object = evaluator.run(node.left, context);
    if (isView(object)) account.spend(stepsOfField);
    return node.handle(object, node.right, node, evaluator);
  });
}

const stepsOfField = 5;

function isView(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value) || value instanceof Map)
    return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype !== null && prototype !== Object.prototype;
}

/** The steps of going through a value once. */
function passOver(value: unknown): number {
  return Math.ceil(sizeOf(value) / (typeof value === "string" ? 64 : 4));
}

function boundOperator(operator: Kept, account: Account): void {
  const grows = operator.op === "+";
  operator.setMeta("evaluate", (evaluator, node, context) => {
    // Measuring is work too: none is done when nothing is left.
    account.spend(0);
    const left = evaluator.run(node.left, context);
    const right = evaluator.run(node.right, context);
    if (grows) account.make(typeof left === "string" ? "text" : "list", sizeOf(left) + sizeOf(right));
    account.spend(grows ? passOver(left) + passOver(right) : Math.max(inDepth(left), inDepth(right)));
    return node.handle(left, right, node, evaluator);
  });
}

/** The steps of comparing a value with what is inside of it. */
function inDepth(value: unknown): number {
  if (typeof value !== "object") return passOver(value);
  let steps = 0;
  const todo: unknown[] = [value];
  while (todo.length > 0 && steps < mostSteps) {
    const one = todo.pop();
    steps += passOver(one);
    if (typeof one !== "object" || one === null || isView(one)) continue;
    for (const inside of one instanceof Map ? one.values() : Object.values(one)) todo.push(inside);
  }
  return steps;
}

function sizeOf(value: unknown): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null) return 0;
  if (Array.isArray(value)) return value.length;
  if (value instanceof Map || value instanceof Set) return value.size;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype ? Object.keys(value).length : 0;
}

const compiled = new Map<string, Regexp | string>();
const mostRemembered = 200;

/** RE2's syntax, as CEL wants it; some part of the text has to fit. */
function matches(text: string, expression: string, account: Account): boolean {
  let regexp = compiled.get(expression);
  if (regexp === undefined) {
    account.spend(expression.length);
    regexp = regexpOf(expression);
    if (compiled.size < mostRemembered) compiled.set(expression, regexp);
  }
  if (typeof regexp === "string") throw new EvaluationError(noRegexp(expression, regexp));
  return firstMatch(contextOf(account), regexp, text) !== undefined;
}

/** Why a text is no regular expression; undefined when it is one. */
export function regexpFault(expression: string): string | undefined {
  const regexp = regexpOf(expression);
  return typeof regexp === "string" ? noRegexp(expression, regexp) : undefined;
}

function noRegexp(expression: string, reason: string): string {
  return `${expression} is no regular expression: ${reason}`;
}

function regexpOf(expression: string): Regexp | string {
  try {
    return compileRegexp(expression);
  } catch (error) {
    if (error instanceof Failure && !(error instanceof LimitReached)) return error.message;
    throw error;
  }
}

function contextOf(account: Account): Context {
  return {
    limits: defaultLimits,
    spend: (steps) => account.spend(steps),
    makeText: (length) => account.make("text", length),
    makeList: (length) => account.make("list", length),
    enter: () => undefined,
  };
}
