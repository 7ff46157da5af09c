/** Trees to functions: each node becomes one closure, so that a template is understood once and run many times. */
import { argumentFor, type Evaluate } from "./arguments.ts";
import type { Call, Operands } from "./call.ts";
import { noOperands, prepareCall } from "./call.ts";
import { accessOf, follow, gaveInterface } from "./field.ts";
import type { GoFunction } from "./function.ts";
import { callValue } from "./functions/call-value.ts";
import { printed, sprintValue } from "./printf.ts";
import type { State } from "./state.ts";
import { assign, enter, fail, pop, push, variableAt, write } from "./state.ts";
import { quoteText } from "./text.ts";
import type {
  BranchNode,
  CallNode,
  Chain,
  Command,
  Field,
  Identifier,
  List,
  Node,
  NumberConstant,
  Operand,
  Pipe,
  Variable,
} from "./tree.ts";
import { describe } from "./tree.ts";
import { anyType, complexType, isSigned, isUnsigned, valueType } from "./types.ts";
import type { Value } from "./values.ts";
import {
  elementOf,
  elemTypeOf,
  indirect,
  integerOf,
  isTrue,
  keysOf,
  kindOf,
  lengthOf,
  lookUp,
  rawKey,
  Typed,
  textOf,
  typeOf,
  view,
} from "./values.ts";

/** How a list of nodes ended. */
export type Outcome = "done" | "break" | "continue";
export type Run = (state: State, dot: Value) => Outcome;
/** Evaluates a command; `last` is what came through the pipe. */
type Evaluation = Call;

/** What names in a template mean. */
export interface Scope {
  /** A function, and whether it is Go's own and so may be evaluated in its own way. */
  readonly functionOf: (name: string) => { readonly fn: GoFunction; readonly builtin: boolean } | undefined;
  /** A template; asked when it is executed, because it may be defined later than it is used. */
  readonly templateOf: (name: string) => Run | undefined;
}

/** The closure of a list. */
export function compileList(scope: Scope, list: List): Run {
  const runs = list.nodes.map((node) => compileNode(scope, node));
  return (state, dot) => {
    for (const run of runs) {
      const outcome = run(state, dot);
      if (outcome !== "done") return outcome;
    }
    return "done";
  };
}

function compileNode(scope: Scope, node: Node): Run {
  switch (node.is) {
    case "text":
      return (state) => {
        state.node = node;
        write(state, node.text);
        return "done";
      };
    case "break":
    case "continue":
      return () => node.is;
    case "action":
      return compileAction(scope, node.pipe);
    case "template":
      return compileTemplateCall(scope, node);
    case "range":
      return compileRange(scope, node);
    default:
      return compileCondition(scope, node);
  }
}

function compileAction(scope: Scope, pipe: Pipe): Run {
  const evaluate = compilePipe(scope, pipe);
  if (pipe.variables.length > 0) {
    return (state, dot) => {
      state.context.spend(1);
      evaluate(state, dot);
      return "done";
    };
  }
  return (state, dot) => {
    state.context.spend(1);
    const value = evaluate(state, dot);
    const text = printed(value, state.context);
    if (text === undefined) {
      state.node = pipe;
      fail(state, `can't print {{${describe(pipe)}}} of type ${typeOf(value ?? null).name}`);
    } else write(state, text);
    return "done";
  };
}

function compileCondition(scope: Scope, node: BranchNode): Run {
  const condition = compilePipe(scope, node.pipe);
  const body = compileList(scope, node.body);
  const otherwise = node.otherwise ? compileList(scope, node.otherwise) : undefined;
  const setsDot = node.is === "with";
  return (state, dot) => {
    const height = state.names.length;
    enter(state);
    const value = condition(state, dot);
    let outcome: Outcome = "done";
    if (isTrue(value)) {
      if (setsDot) {
        const outer = state.dotIsInterface;
        state.dotIsInterface = false;
        outcome = body(state, value);
        state.dotIsInterface = outer;
      } else outcome = body(state, dot);
    } else if (otherwise) outcome = otherwise(state, dot);
    state.depth--;
    pop(state, height);
    return outcome;
  };
}

/** Runs the body of a range for one element; false when the range is to end. */
type Iterate = (key: Value, element: Value, isInterface: boolean) => boolean;

function compileRange(scope: Scope, node: BranchNode): Run {
  const evaluate = compilePipe(scope, node.pipe);
  const body = compileList(scope, node.body);
  const otherwise = node.otherwise ? compileList(scope, node.otherwise) : undefined;
  const { variables, assigns } = node.pipe;
  const [first, second] = variables;
  const setVariables = (state: State, key: Value, element: Value, isInterface: boolean): void => {
    if (!first) return;
    const top = state.names.length - 1;
    const indexOf = (variable: Variable, declared: number): number =>
      assigns ? variableAt(state, variable.name) : declared;
    if (second) {
      assign(state, indexOf(first, top - 1), key, false);
      assign(state, indexOf(second, top), element, isInterface);
    } else assign(state, indexOf(first, top), element, isInterface);
  };
  return (state, dot) => {
    state.node = node.pipe;
    const height = state.names.length;
    const outer = state.dotIsInterface;
    enter(state);
    const value = indirect(evaluate(state, dot));
    const mark = state.names.length;
    let outcome: Outcome = "done";
    const iterate: Iterate = (key, element, isInterface) => {
      state.context.spend(1);
      setVariables(state, key, element, isInterface);
      state.dotIsInterface = isInterface;
      const ended = body(state, element);
      pop(state, mark);
      return ended !== "break";
    };
    const ran = iterateOver(state, value, variables.length, iterate);
    state.dotIsInterface = outer;
    if (!ran && otherwise) outcome = otherwise(state, dot);
    state.depth--;
    pop(state, height);
    return outcome;
  };
}

/** Hands out the elements of a value one by one; false when there were none. */
function iterateOver(state: State, value: Value, variables: number, iterate: Iterate): boolean {
  const kind = kindOf(value);
  if (kind === "invalid") return false;
  if (isSigned(kind) || isUnsigned(kind)) {
    if (variables > 1) {
      fail(state, `can't use ${sprintValue(value, state.context)} to iterate over more than one variable`);
    }
    const end = integerOf(value);
    for (let i = 0n; i < end; i++) {
      if (!iterate(undefined, value instanceof Typed ? view(value.type, i) : i, false)) break;
    }
    return end > 0n;
  }
  if (kind === "slice") {
    const count = lengthOf(value);
    const isInterface = elemTypeOf(value).kind === "interface";
    for (let i = 0; i < count; i++) if (!iterate(BigInt(i), elementOf(value, i), isInterface)) break;
    return count > 0;
  }
  if (kind === "map") {
    const keys = keysOf(value);
    const isInterface = elemTypeOf(value).kind === "interface";
    for (const key of keys) if (!iterate(key, lookUp(value, rawKey(key)), isInterface)) break;
    return keys.length > 0;
  }
  return fail(state, `range can't iterate over ${sprintValue(value, state.context)}`);
}

function compileTemplateCall(scope: Scope, node: CallNode): Run {
  const evaluate = node.pipe ? compilePipe(scope, node.pipe) : undefined;
  return (state, dot) => {
    state.node = node;
    const run = scope.templateOf(node.name);
    if (!run) return fail(state, `template ${quoteText(node.name)} not defined`);
    enter(state);
    const value = evaluate?.(state, dot);
    const caller: State = {
      ...state,
      template: node.name,
      dotIsInterface: false,
      names: ["$"],
      values: [value],
      interfaces: [false],
    };
    run(caller, value);
    state.depth--;
    return "done";
  };
}

function compilePipe(scope: Scope, pipe: Pipe): Evaluate {
  const [first = () => undefined, ...rest] = pipe.commands.map((command, i) =>
    compileCommand(scope, command, i > 0),
  );
  const run: Evaluate = (state, dot) => {
    state.node = pipe;
    let value = first(state, dot, undefined) ?? undefined;
    for (const command of rest) value = command(state, dot, value) ?? undefined;
    return value;
  };
  const { variables, assigns } = pipe;
  if (variables.length === 0) return run;
  return (state, dot) => {
    const value = run(state, dot);
    for (const { name } of variables) {
      if (assigns) assign(state, variableAt(state, name), value, false);
      else push(state, name, value);
    }
    return value;
  };
}

function compileCommand(scope: Scope, command: Command, piped: boolean): Evaluation {
  const [first, ...rest] = command.args;
  if (!first) return () => undefined;
  const operands = (): Operands => ({
    nodes: rest,
    evaluations: rest.map((node) => compileOperand(scope, node)),
    piped,
  });
  switch (first.is) {
    case "field":
      return compileField(first, operands());
    case "chain":
      return compileChain(scope, first, operands());
    case "variable":
      if (first.names.length > 0) return compileVariable(first, operands());
      break;
    case "identifier":
      return compileFunction(scope, first, command, operands());
    default:
      break;
  }
  const evaluate = compileOperand(scope, first);
  if (rest.length === 0 && !piped) return evaluate;
  return (state) => {
    if (first.is !== "pipe") state.node = first;
    return fail(state, `can't give argument to non-function ${describe(first)}`);
  };
}

/** An operand without arguments. */
function compileOperand(scope: Scope, node: Operand): Evaluate {
  switch (node.is) {
    case "dot":
      return (state, dot) => {
        state.node = node;
        return dot;
      };
    case "nil":
      return (state) => {
        state.node = node;
        return fail(state, "nil is not a command");
      };
    case "bool":
      return constant(node, node.value);
    case "string":
      return constant(node, node.text);
    case "number":
      return compileNumber(node);
    case "pipe":
      return compilePipe(scope, node);
    case "field":
      return withoutPipe(compileField(node, noOperands));
    case "variable":
      return withoutPipe(compileVariable(node, noOperands));
    case "chain":
      return withoutPipe(compileChain(scope, node, noOperands));
    case "identifier":
      return withoutPipe(compileFunction(scope, node, node, noOperands));
  }
}

function withoutPipe(evaluation: Evaluation): Evaluate {
  return (state, dot) => evaluation(state, dot, undefined);
}

function constant(node: Operand, value: Value): Evaluate {
  return (state) => {
    state.node = node;
    return value;
  };
}

/** A number whose type no parameter decides: what Go calls an ideal constant. */
function compileNumber(node: NumberConstant): Evaluate {
  if (node.complex) return constant(node, new Typed(complexType, node.complex));
  const hex = /^0[xX]/.test(node.text) && !/[pP]/.test(node.text);
  if (node.float !== undefined && !hex && !node.text.startsWith("'") && /[.eEpP]/.test(node.text)) {
    return constant(node, node.float);
  }
  if (node.int !== undefined) return constant(node, node.int);
  return (state) => {
    state.node = node;
    return fail(state, `${node.text} overflows int`);
  };
}

function compileField(node: Field, operands: Operands): Evaluation {
  const access = accessOf(node, node.names, operands);
  return (state, dot, last) => {
    state.node = node;
    return follow(state, dot, dot, state.dotIsInterface, access, last);
  };
}

function compileVariable(node: Variable, operands: Operands): Evaluation {
  const access = accessOf(node, node.names, operands);
  const { name } = node;
  if (node.names.length === 0) {
    return (state) => {
      state.node = node;
      const index = variableAt(state, name);
      state.heldAs = undefined;
      state.heldInInterface = state.interfaces[index] ?? false;
      return state.values[index];
    };
  }
  return (state, dot, last) => {
    state.node = node;
    const index = variableAt(state, name);
    return follow(state, dot, state.values[index], state.interfaces[index] ?? false, access, last);
  };
}

function compileChain(scope: Scope, node: Chain, operands: Operands): Evaluation {
  const access = accessOf(node, node.names, operands);
  if (node.node.is === "nil") {
    return (state) => {
      state.node = node;
      return fail(state, `indirection through explicit nil in ${describe(node)}`);
    };
  }
  const start = compileOperand(scope, node.node);
  return (state, dot, last) => {
    state.node = node;
    return follow(state, dot, start(state, dot), false, access, last);
  };
}

function compileFunction(
  scope: Scope,
  node: Identifier,
  command: Command | Identifier,
  operands: Operands,
): Evaluation {
  const { name } = node;
  const found = scope.functionOf(name);
  if (!found) {
    return (state) => {
      state.node = node;
      return fail(state, `${quoteText(name)} is not a defined function`);
    };
  }
  const call = found.builtin
    ? compileBuiltin(name, found.fn, command, operands)
    : prepareCall(name, command, found.fn.signature, operands)(found.fn.call);
  return (state, dot, last) => {
    state.node = node;
    return call(state, dot, last);
  };
}

/** How Go names what came through the pipe when it has to name a function. */
function pipedName(value: Value): string {
  if (kindOf(value) === "string") return textOf(value);
  return value === undefined ? "<invalid Value>" : `<${typeOf(value).name} Value>`;
}

/**
 * The operands of slice: unlike everything else, it does not look into interfaces, so an index straight out of a map of anything is
 * refused, whatever it is. What stands in parentheses has been looked into.
 */
function withIndexes(operands: Operands): Operands {
  const evaluations = operands.evaluations.map((evaluate, i): Evaluate => {
    const node = operands.nodes[i];
    if (i === 0 || (node?.is !== "field" && node?.is !== "chain" && node?.is !== "variable")) return evaluate;
    return (state, dot) => {
      const index = evaluate(state, dot);
      return index !== undefined && gaveInterface(state) ? new Typed(anyType, index) : index;
    };
  });
  return { ...operands, evaluations };
}

function compileBuiltin(
  name: string,
  fn: GoFunction,
  command: Command | Identifier,
  operands: Operands,
): Evaluation {
  if (name === "call") {
    const callee = operands.nodes[0] ? describe(operands.nodes[0]) : undefined;
    return prepareCall(
      name,
      command,
      fn.signature,
      operands,
    )((context, args) => callValue(context, callee ?? pipedName(args[0] as Value), args as readonly Value[]));
  }
  if (name === "slice") {
    return prepareCall(name, command, fn.signature, withIndexes(operands))(fn.call);
  }
  if (operands.nodes.length === 0 || (name !== "and" && name !== "or")) {
    return prepareCall(name, command, fn.signature, operands)(fn.call);
  }
  const wanted = name === "or";
  const evaluations = operands.nodes.map((node, i) =>
    argumentFor(node, valueType, operands.evaluations[i] as Evaluate),
  );
  return (state, dot, last) => {
    let value: Value;
    for (const evaluate of evaluations) {
      value = evaluate(state, dot);
      if (isTrue(value) === wanted) return value;
    }
    return operands.piped ? last : value;
  };
}
