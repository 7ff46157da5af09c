/** CEL expressions compiled against the environment of a subject: parsed, type-checked, bounded. */
import {
  type ASTNode,
  TypeError as CelTypeError,
  Environment,
  EvaluationError,
  type ParseResult,
} from "@marcbachmann/cel-js";
import { functions, types, variables } from "./environment.ts";
import type { SubjectKind } from "./rule.ts";

/** The values of an expression's variables. */
export type Context = Readonly<Record<string, unknown>>;

/** An expression that is parsed and ready to run. */
export interface Program {
  readonly ast: ASTNode;
  /** Its CEL type, or why it has none; running checks only as far as values need it. */
  type(): Typed;
  /** The value, or why there is none. */
  run(
    context: Context,
  ): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: string };
}

export type Typed =
  | { readonly ok: true; readonly type: string }
  | { readonly ok: false; readonly error: string };

export type Compiled =
  | { readonly ok: true; readonly program: Program }
  | { readonly ok: false; readonly error: string };

/** A compiler for one kind of subject and, where a check has an `each`, one type of `item`. */
export interface Compiler {
  compile(expression: string): Compiled;
  /** The same with more variables. */
  with(extra: Readonly<Record<string, string>>): Compiler;
}

/** Nested loops multiply; three levels over the lists of one pod stay in the microseconds. */
const deepestLoop = 3;

const limits = {
  maxAstNodes: 2000,
  maxDepth: 60,
  maxListElements: 200,
  maxMapEntries: 50,
  maxCallArguments: 8,
};

let base: Environment | undefined;
const compilers = new Map<SubjectKind, Compiler>();

/** The compiler for a kind of subject; environments are made on first use and kept. */
export function compilerFor(kind: SubjectKind): Compiler {
  let known = compilers.get(kind);
  if (!known) {
    const typed = Object.entries(variables[kind]).map(([name, [type]]): [string, string] => [name, type]);
    base ??= baseEnvironment();
    known = compilerOf(base, Object.fromEntries(typed));
    compilers.set(kind, known);
  }
  return known;
}

function baseEnvironment(): Environment {
  const environment = new Environment({ limits, homogeneousAggregateLiterals: false });
  for (const [name, { view, fields }] of Object.entries(types)) {
    const typed = Object.entries(fields).map(([field, [type]]): [string, string] => [field, type]);
    environment.registerType(name, { ctor: view, fields: Object.fromEntries(typed) });
  }
  for (const { signature, means, run } of functions) {
    environment.registerFunction(signature, run, { description: means, async: false });
  }
  return environment;
}

function compilerOf(parent: Environment, variables: Readonly<Record<string, string>>): Compiler {
  const environment = parent.clone();
  for (const [name, type] of Object.entries(variables)) environment.registerVariable(name, type);
  return {
    compile: (expression) => compile(environment, expression),
    with: (extra) => compilerOf(environment, extra),
  };
}

function compile(environment: Environment, expression: string): Compiled {
  let parsed: ParseResult;
  try {
    parsed = environment.parse(expression);
  } catch (error) {
    return { ok: false, error: reasonOf(error) };
  }
  const loops = loopDepth(parsed.ast);
  if (loops > deepestLoop) {
    return { ok: false, error: `${loops} loops inside one another; at most ${deepestLoop} are run` };
  }
  const program: Program = {
    ast: parsed.ast,
    type() {
      const checked = parsed.check();
      return checked.valid
        ? { ok: true, type: checked.type ?? "dyn" }
        : { ok: false, error: reasonOf(checked.error) };
    },
    run(context) {
      try {
        return { ok: true, value: parsed(context) };
      } catch (error) {
        if (error instanceof EvaluationError || error instanceof CelTypeError)
          return { ok: false, error: reasonOf(error) };
        throw error;
      }
    },
  };
  return { ok: true, program };
}

/** The first line of what the library says; the rest shows the expression. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n", 1)[0] ?? text;
}

const loops = new Set(["all", "exists", "exists_one", "map", "filter"]);

/** How many comprehensions stand inside one another. */
function loopDepth(node: unknown): number {
  if (Array.isArray(node))
    return node.reduce<number>((deepest, part) => Math.max(deepest, loopDepth(part)), 0);
  if (!isNode(node)) return 0;
  const inside = loopDepth(node.args);
  return node.op === "rcall" && loops.has(String(node.args[0])) ? inside + 1 : inside;
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === "object" && value !== null && "op" in value && "args" in value;
}
