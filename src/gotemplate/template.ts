/** Go's text/template (Go 1.26): a template is compiled once and executed many times, over plain data or typed values. */
import type { Run, Scope } from "./compile.ts";
import { compileList } from "./compile.ts";
import type { Functions } from "./function.ts";
import { builtins } from "./functions/builtins.ts";
import type { Delimiters } from "./lex.ts";
import type { CallWatch, Limits } from "./limits.ts";
import { defaultLimits, Failure, LimitReached, newContext } from "./limits.ts";
import { parseTemplate } from "./parse.ts";
import type { MissingKey, State } from "./state.ts";
import { Located, located } from "./state.ts";
import { joined } from "./text.ts";
import type { List } from "./tree.ts";
import type { Value } from "./values.ts";

export interface CompileOptions {
  /** Functions besides Go's own; one of the same name takes the place of Go's. */
  readonly functions?: Functions;
  /** `{{` and `}}` unless told. */
  readonly delimiters?: Delimiters;
}

export interface ExecuteOptions {
  /** Every limit that is not told is the default. */
  readonly limits?: Partial<Limits>;
  /** What a missing key of a map is: no value, the zero value of the map's elements, or an error. Go's option missingkey. */
  readonly missingKey?: MissingKey;
  /** Told of every call, for those who ask what a template does with its data. */
  readonly watch?: CallWatch | undefined;
}

/** A template that was understood. */
export interface Template {
  readonly name: string;
  /** The text it came from. */
  readonly text: string;
  /** The templates it consists of, by name. */
  readonly trees: ReadonlyMap<string, List>;
  readonly run: (state: State, data: Value) => void;
}

export type Compiled =
  | { readonly ok: true; readonly template: Template }
  /** The error in Go's words: "template: inject:1: unexpected EOF". */
  | { readonly ok: false; readonly error: string };

export type Executed =
  | { readonly ok: true; readonly output: string }
  /** The error in Go's words, and what was written before it. */
  | { readonly ok: false; readonly error: string; readonly partial: string };

/**
 * Parses a template; its execution is prepared when it is executed first.
 * @param name the name that errors tell
 * @param text the template as UTF-8 text
 */
export function compile(name: string, text: string, options: CompileOptions = {}): Compiled {
  try {
    return { ok: true, template: { name, text, ...parsed(name, text, options) } };
  } catch (error) {
    if (error instanceof Failure) return { ok: false, error: error.message };
    throw error;
  }
}

/** The same for a text that is known to parse: that is done when it is first executed or looked at. One that does not parse throws then. */
export function compileLater(name: string, text: string, options: CompileOptions = {}): Template {
  let known: ReturnType<typeof parsed> | undefined;
  const read = () => {
    known ??= parsed(name, text, options);
    return known;
  };
  return {
    name,
    text,
    get trees() {
      return read().trees;
    },
    run: (state, data) => read().run(state, data),
  };
}

function parsed(name: string, text: string, options: CompileOptions): Pick<Template, "trees" | "run"> {
  const functions = options.functions ?? {};
  const own = (table: Functions, key: string) => (Object.hasOwn(table, key) ? table[key] : undefined);
  const functionOf: Scope["functionOf"] = (key) => {
    const given = own(functions, key);
    if (given) return { fn: given, builtin: false };
    const fn = own(builtins, key);
    return fn && { fn, builtin: true };
  };
  const delimiters = options.delimiters ?? { left: "{{", right: "}}" };
  const trees = parseTemplate(name, text, delimiters, (key) => functionOf(key) !== undefined);
  const runOf = runsOf(trees, functionOf);
  return { trees, run: (state, data) => runOf(name)?.(state, data) };
}

/** The closure of each tree, made when it is first asked for: much of what is parsed is never executed. */
function runsOf(
  trees: ReadonlyMap<string, List>,
  functionOf: Scope["functionOf"],
): (name: string) => Run | undefined {
  const runs = new Map<string, Run>();
  const runOf = (name: string): Run | undefined => {
    const known = runs.get(name);
    if (known) return known;
    const list = trees.get(name);
    if (!list) return undefined;
    const run = compileList({ functionOf, templateOf: runOf }, list);
    runs.set(name, run);
    return run;
  };
  return runOf;
}

/**
 * Executes a template.
 * @param data the dot: plain data, or typed values whose fields and methods the template may use. Functions such as set write to the
 *   maps they are given, so data that is shared must be copied before.
 */
export function execute(template: Template, data: Value, options: ExecuteOptions = {}): Executed {
  const state: State = {
    context: newContext({ ...defaultLimits, ...options.limits }, options.watch, data),
    missingKey: options.missingKey ?? "invalid",
    source: { name: template.name, text: template.text },
    template: template.name,
    node: { is: "list", at: 0, nodes: [] },
    out: { parts: [], length: 0 },
    depth: 0,
    dotIsInterface: false,
    holder: undefined,
    heldAs: undefined,
    heldInInterface: false,
    names: ["$"],
    values: [data ?? undefined],
    interfaces: [false],
  };
  try {
    template.run(state, data ?? undefined);
    return { ok: true, output: written(state) };
  } catch (error) {
    return { ok: false, error: failureOf(state, error).message, partial: written(state) };
  }
}

function written({ out }: State): string {
  return joined(out.parts.join(""));
}

function failureOf(state: State, error: unknown): Failure {
  if (error instanceof Located) return error;
  if (error instanceof LimitReached) return located(state, error.message);
  // What the depth limits did not catch: the stack of the machine that runs this is smaller than usual.
  if (error instanceof RangeError) return located(state, "the template needs more room than there is");
  throw error;
}
