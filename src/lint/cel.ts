/** CEL expressions compiled against the environment of a subject: parsed, type-checked, bounded. */
import { type ASTNode, Environment, type ParseResult } from "@marcbachmann/cel-js";
import { type Account, Exhausted, newAccount } from "./account.ts";
import { bound, regexpFault } from "./bounded.ts";
import { type CelFault, callsOf, faultOf, type KnownNames } from "./cel-faults.ts";
import { functions, types, variables } from "./environment.ts";
import type { SubjectKind } from "./rule.ts";

export type { CelFault } from "./cel-faults.ts";

/** The values of an expression's variables. */
export type Context = Readonly<Record<string, unknown>>;

/** An expression that is parsed and ready to run. */
export interface Program {
  readonly ast: ASTNode;
  /** Its CEL type, or why it has none; running checks only as far as values need it. */
  type(): Typed;
  /** The value, or why there is none. */
  run(context: Context): { readonly ok: true; readonly value: unknown } | CelFault;
}

export type Typed = { readonly ok: true; readonly type: string } | CelFault;

export type Compiled = { readonly ok: true; readonly program: Program } | CelFault;

/** The types of the variables that a rule has besides those of its subject: a CEL type, or the types of fields. */
export type Variables = Readonly<Record<string, string | Readonly<Record<string, string>>>>;

/** A compiler for one kind of subject and, where a check has an `each`, one type of `item`. */
export interface Compiler {
  compile(expression: string): Compiled;
  /** The same with more variables. */
  with(extra: Variables): Compiler;
  /** The same, counting what programs do against an account. */
  charging(account: Account): Compiler;
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
const environments = new Map<SubjectKind, Environment>();

/** The compiler for a kind of subject; environments are made on first use and kept. */
export function compilerFor(kind: SubjectKind): Compiler {
  let known = environments.get(kind);
  if (!known) {
    base ??= baseEnvironment();
    known = withVariables(base, variableTypes(kind));
    environments.set(kind, known);
  }
  return compilerOf(known, newAccount(), variableTypes(kind));
}

function variableTypes(kind: SubjectKind): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(variables[kind]).map(([name, [type]]) => [name, type]));
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

function withVariables(parent: Environment, variables: Variables): Environment {
  const environment = parent.clone();
  for (const [name, type] of Object.entries(variables)) {
    if (typeof type === "string") environment.registerVariable(name, type);
    else environment.registerVariable(name, { schema: type });
  }
  return environment;
}

function compilerOf(environment: Environment, account: Account, known: Variables): Compiler {
  const names: KnownNames = {
    variables: known,
    functions: () => environment.getDefinitions().functions.map(({ name }) => name),
  };
  return {
    compile: (expression) => compile(environment, expression, account, names),
    with: (extra) => compilerOf(withVariables(environment, extra), account, { ...known, ...extra }),
    charging: (other) => compilerOf(environment, other, known),
  };
}

function compile(
  environment: Environment,
  expression: string,
  account: Account,
  names: KnownNames,
): Compiled {
  let parsed: ParseResult;
  try {
    parsed = environment.parse(expression);
  } catch (error) {
    return faultOf(error, names);
  }
  const loops = loopDepth(parsed.ast);
  if (loops > deepestLoop) {
    return { ok: false, error: `${loops} loops inside one another; at most ${deepestLoop} are run` };
  }
  bound(parsed.ast, account);
  const program: Program = {
    ast: parsed.ast,
    type() {
      const checked = parsed.check();
      if (!checked.valid) return faultOf(checked.error, names, parsed.ast);
      return patternFault(parsed.ast) ?? { ok: true, type: checked.type ?? "dyn" };
    },
    run(context) {
      account.begin();
      try {
        const value: unknown = parsed(context);
        return account.exhausted === undefined
          ? { ok: true, value }
          : { ok: false, error: account.exhausted };
      } catch (error) {
        // Functions of the library throw all sorts of errors at values they cannot take.
        return error instanceof Exhausted ? { ok: false, error: error.message } : faultOf(error, names);
      }
    },
  };
  return { ok: true, program };
}

/** The first regular expression that stands in an expression and is none. */
function patternFault(ast: ASTNode): CelFault | undefined {
  for (const { name, given } of callsOf(ast)) {
    const [pattern] = given;
    if (name !== "matches" || !isNode(pattern) || typeof pattern.args !== "string") continue;
    const error = pattern.op === "value" ? regexpFault(pattern.args) : undefined;
    if (error !== undefined) return { ok: false, error, offset: pattern.start };
  }
  return undefined;
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
