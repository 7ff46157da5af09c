/** Where a finding points: paths written as CEL member expressions, turned into paths of the object. */
import type { ASTNode } from "@marcbachmann/cel-js";
import { parse } from "@marcbachmann/cel-js";
import type { Path } from "../source/node.ts";
import type { CelFault, Compiler, Context, Program } from "./cel.ts";
import { faultOf } from "./cel-faults.ts";

type Step = string | number | IndexStep;

/** An index that is evaluated, and where it begins in the place. */
interface IndexStep {
  readonly program: Program;
  readonly start: number;
}

/** A compiled place. */
export interface PlaceExpression {
  /** The variable it starts from: pod, workload, ns, configuration. */
  readonly root: string;
  /** What is wrong with the types of its indices. */
  errors(): readonly PlaceFault[];
  /** The steps below it; undefined when a step does not come out. */
  steps(context: Context): Path | undefined;
}

/** What is wrong with a place, and where in its text. */
export type PlaceFault = Omit<CelFault, "ok">;

export type CompiledPlace = { readonly ok: true; readonly place: PlaceExpression } | CelFault;

/**
 * Compiles a path such as `pod.containers[item.index].ports[0]`: names and indices, the indices being literals or
 * CEL expressions; a list of them is as many steps. CEL's own parser reads it.
 */
export function compilePlace(text: string, compiler: Compiler): CompiledPlace {
  let node: ASTNode;
  try {
    node = parse(text).ast;
  } catch (error) {
    return faultOf(error);
  }
  const steps: Step[] = [];
  while (node.op === "." || node.op === "[]") {
    const [object, step] = node.args as unknown as readonly [ASTNode, ASTNode | string];
    const compiled = typeof step === "string" ? { ok: true as const, step } : compileStep(step, compiler);
    if (!compiled.ok) return compiled;
    steps.unshift(compiled.step);
    node = object;
  }
  if (node.op !== "id") return { ok: false, error: `${text} is not a path of names and indices` };
  const root = String(node.args);
  return {
    ok: true,
    place: { root, errors: () => errorsOf(steps), steps: (context) => evaluate(steps, context) },
  };
}

function errorsOf(steps: readonly Step[]): readonly PlaceFault[] {
  return steps.flatMap((step) => {
    if (typeof step !== "object") return [];
    const { program, start } = step;
    const typed = program.type();
    if (!typed.ok) return [{ error: typed.error, offset: start + (typed.offset ?? 0) }];
    if (indexTypes.has(typed.type)) return [];
    const error = `an index must be a string, an int or a list of these, and is a ${typed.type}`;
    return [{ error, offset: start }];
  });
}

const indexTypes = new Set(["string", "int", "dyn", "list", "list<dyn>", "list<string>"]);

function compileStep(
  node: ASTNode,
  compiler: Compiler,
): { readonly ok: true; readonly step: Step } | CelFault {
  if (node.op === "value" && typeof node.args === "string") return { ok: true, step: node.args };
  if (node.op === "value" && typeof node.args === "bigint") return { ok: true, step: Number(node.args) };
  const { start } = node;
  const compiled = compiler.compile(node.input.slice(start, node.end));
  return compiled.ok
    ? { ok: true, step: { program: compiled.program, start } }
    : { ...compiled, offset: start + (compiled.offset ?? 0) };
}

function evaluate(steps: readonly Step[], context: Context): Path | undefined {
  const path: (string | number)[] = [];
  for (const step of steps) {
    if (typeof step !== "object") {
      path.push(step);
      continue;
    }
    const result = step.program.run(context);
    if (!result.ok) return undefined;
    for (const one of Array.isArray(result.value) ? result.value : [result.value]) {
      if (typeof one === "string") path.push(one);
      else if (typeof one === "bigint") path.push(Number(one));
      else return undefined;
    }
  }
  return path;
}
