/** What a function is given: arguments evaluated for the type of a parameter, as Go checks and converts them. */
import type { State } from "./state.ts";
import { fail } from "./state.ts";
import type { NumberConstant, Operand } from "./tree.ts";
import { describe } from "./tree.ts";
import type { GoType } from "./types.ts";
import {
  anyType,
  canBeNil,
  isAssignable,
  isFloat,
  isSigned,
  isUnsigned,
  pointerTo,
  stringType,
  valueType,
} from "./types.ts";
import type { Value } from "./values.ts";
import { integerOf, isNil, rawOf, Typed, targetOf, typeOf, zeroOf } from "./values.ts";

/** Evaluates something with a dot. */
export type Evaluate = (state: State, dot: Value) => Value;

/** A value as it may be given where a type is asked for; fails when it may not. */
export function conform(state: State, value: Value, type: GoType): Value {
  if (type === valueType || (type === stringType && typeof value === "string")) return value;
  if (value === undefined) {
    if (!canBeNil(type)) fail(state, `invalid value; expected ${type.name}`);
    return zeroOf(type);
  }
  if (type === anyType) return value;
  const given = typeOf(value);
  if (value !== null && isAssignable(given, type)) return value;
  if (value instanceof Typed) {
    if (given.kind === "ptr" && given.elem && isAssignable(given.elem, type)) {
      if (isNil(value)) fail(state, `dereference of nil pointer of type ${type.name}`);
      return targetOf(value);
    }
    if (type.kind === "ptr" && type.elem === given && value.addressable) {
      return new Typed(pointerTo(given), value.raw);
    }
  }
  return fail(state, `wrong type for value; expected ${type.name}; got ${given.name}`);
}

/** A value of a parameter's type as the function takes it. */
export type RawOf = (value: Value) => unknown;

const asItIs: RawOf = (value) => value;
const asNumber: RawOf = (value) => Number(integerOf(value));
const asRaw: RawOf = (value) => rawOf(value) ?? undefined;

/** How values of a parameter's type become what the function takes. */
export function rawFor({ kind }: GoType): RawOf {
  if (kind === "interface" || kind === "value") return asItIs;
  return isSigned(kind) || isUnsigned(kind) ? asNumber : asRaw;
}

/** Evaluates an operand for a parameter of a type; `evaluate` is the operand's own evaluation. */
export function argumentFor(node: Operand, type: GoType, evaluate: Evaluate): Evaluate {
  switch (node.is) {
    case "dot":
    case "field":
    case "variable":
    case "pipe":
    case "identifier":
    case "chain":
      return (state, dot) => {
        state.node = node;
        return conform(state, evaluate(state, dot), type);
      };
    case "nil":
      return (state) => {
        state.node = node;
        return canBeNil(type) ? zeroOrNone(type) : fail(state, `cannot assign nil to ${type.name}`);
      };
    default:
      break;
  }
  if (type === anyType || type === valueType) {
    return (state, dot) => {
      state.node = node;
      return evaluate(state, dot);
    };
  }
  const value = constantFor(node, type);
  return (state) => {
    state.node = node;
    if (value !== undefined) return value;
    const expected = expectation(type);
    return fail(
      state,
      expected
        ? `expected ${expected}; found ${describe(node)}`
        : `can't handle ${describe(node)} for arg of type ${type.name}`,
    );
  };
}

function zeroOrNone(type: GoType): Value {
  return type === valueType ? undefined : zeroOf(type);
}

/** A constant as a value of a type; undefined when it cannot be one. */
function constantFor(node: Operand, type: GoType): Value {
  const { kind } = type;
  if (kind === "bool") return node.is === "bool" ? typed(type, node.value) : undefined;
  if (kind === "string") return node.is === "string" ? typed(type, node.text) : undefined;
  if (node.is !== "number") return undefined;
  const number = numberFor(node, type);
  return number === undefined ? undefined : typed(type, number);
}

function numberFor(node: NumberConstant, { kind }: GoType): number | bigint | undefined {
  if (isSigned(kind)) return node.int;
  if (isUnsigned(kind)) return node.uint;
  return isFloat(kind) ? node.float : undefined;
}

function typed(type: GoType, raw: boolean | string | number | bigint): Value {
  return typeOf(raw) === type ? raw : new Typed(type, raw);
}

function expectation({ kind }: GoType): string | undefined {
  if (kind === "bool" || kind === "string") return kind;
  if (isSigned(kind)) return "integer";
  if (isUnsigned(kind)) return "unsigned integer";
  return isFloat(kind) ? "float" : undefined;
}
