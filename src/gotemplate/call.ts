/** Calls of functions and methods: the number of arguments, each evaluated for its parameter, and what goes wrong inside. */
import { argumentFor, conform, type Evaluate, type RawOf, rawFor } from "./arguments.ts";
import type { GoFunction } from "./function.ts";
import { Failure, LimitReached } from "./limits.ts";
import type { State } from "./state.ts";
import { fail, Located } from "./state.ts";
import type { AnyNode, Operand } from "./tree.ts";
import type { GoType, Signature } from "./types.ts";
import { anyType } from "./types.ts";
import type { Value } from "./values.ts";
import { lengthOf, view } from "./values.ts";

/** The operands of a call with their evaluations, and whether a value comes through the pipe as last argument. */
export interface Operands {
  readonly nodes: readonly Operand[];
  readonly evaluations: readonly Evaluate[];
  readonly piped: boolean;
}

/** A call whose function is known: arguments in, result out. `last` is what came through the pipe. */
export type Call = (state: State, dot: Value, last: Value) => Value;

/** A call without arguments. */
export const noOperands: Operands = { nodes: [], evaluations: [], piped: false };

/** What is wrong with the number of arguments; undefined when nothing is. */
function countProblem(name: string, signature: Signature, { nodes, piped }: Operands): string | undefined {
  const given = nodes.length + (piped ? 1 : 0);
  const declared = signature.in.length;
  if (!signature.variadic) {
    return given === declared ? undefined : `wrong number of args for ${name}: want ${declared} got ${given}`;
  }
  if (given >= declared - 1) return undefined;
  return `wrong number of args for ${name}: want at least ${declared - 1} got ${nodes.length}`;
}

function parameterAt(signature: Signature, index: number): GoType {
  const last = signature.in.length - 1;
  if (signature.variadic && index >= last) return signature.in[last]?.elem ?? anyType;
  return signature.in[index] ?? anyType;
}

/** Prepares the call of a function of this signature; the function itself is given when it is called. */
export function prepareCall(
  name: string,
  node: AnyNode,
  signature: Signature,
  operands: Operands,
): (run: GoFunction["call"]) => Call {
  const problem = countProblem(name, signature, operands);
  if (problem) return () => (state) => fail(state, problem);
  const types = operands.nodes.map((_, i) => parameterAt(signature, i));
  const evaluations = operands.nodes.map((operand, i) =>
    argumentFor(operand, types[i] ?? anyType, operands.evaluations[i] as Evaluate),
  );
  const lastType = parameterAt(signature, evaluations.length);
  const raws = types.map(rawFor);
  const lastRaw = rawFor(lastType);
  const count = evaluations.length + (operands.piped ? 1 : 0);
  return (run) => (state, dot, last) => {
    const args = new Array<unknown>(count);
    for (let i = 0; i < evaluations.length; i++) {
      args[i] = (raws[i] as RawOf)((evaluations[i] as Evaluate)(state, dot));
    }
    if (operands.piped) args[count - 1] = lastRaw(conform(state, last, lastType));
    return invoke(state, name, node, signature.out, args, run);
  };
}

/** Runs a function that returns something of a type; its failure becomes an error at the node of the call. */
export function invoke(
  state: State,
  name: string,
  node: AnyNode,
  out: GoType,
  args: readonly unknown[],
  run: GoFunction["call"],
): Value {
  state.context.spend(1);
  let result: Value;
  try {
    result = view(out, run(state.context, args));
  } catch (error) {
    if (error instanceof LimitReached || error instanceof Located || !(error instanceof Failure)) throw error;
    state.node = node;
    return fail(state, `error calling ${name}: ${error.message}`);
  }
  if (state.context.watch) state.context.watch(name, args, result);
  if (typeof result === "string") state.context.makeText(result.length);
  else if (Array.isArray(result)) state.context.makeList(lengthOf(result));
  return result;
}
