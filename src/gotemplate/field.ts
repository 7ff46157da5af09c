/** Fields: `.name` of a map, a struct, a pointer, or a method of that name. */
import type { Operands } from "./call.ts";
import { invoke, noOperands, prepareCall } from "./call.ts";
import { Failure } from "./limits.ts";
import type { State } from "./state.ts";
import { fail } from "./state.ts";
import { quoteText } from "./text.ts";
import type { AnyNode } from "./tree.ts";
import { anyType, sameType, stringType } from "./types.ts";
import type { FoundMethod, Value } from "./values.ts";
import {
  fieldOf,
  fieldValue,
  indirect,
  isDict,
  isNil,
  kindOf,
  lookUp,
  methodOf,
  rawThrough,
  Typed,
  typeOf,
  zeroOf,
} from "./values.ts";

/** One access: the node for errors, and the operands when something may be given to a method. */
export interface Access {
  readonly node: AnyNode;
  readonly names: readonly string[];
  readonly operands: Operands;
}

/**
 * Follows names from a value.
 * @param fromInterface whether the value was taken out of an interface, which errors tell
 * @param last what came through the pipe, for a method at the end
 */
export function follow(
  state: State,
  dot: Value,
  start: Value,
  fromInterface: boolean,
  access: Access,
  last: Value,
): Value {
  const { names } = access;
  const end = names.length - 1;
  let here = start;
  let container: Value;
  for (let i = 0; i <= end; i++) {
    const name = names[i] ?? "";
    let next: Value;
    if (here === undefined) {
      if (state.missingKey === "error") fail(state, `nil data; no entry for key ${quoteText(name)}`);
    } else if (isDict(here) && (i < end || !hasArguments(access.operands))) {
      next = Object.hasOwn(here, name) ? (here[name] ?? null) : missing(state, here, name);
    } else {
      const isInterface = i === 0 ? fromInterface : heldInInterface(container, names[i - 1] ?? "");
      const step: Step = { name, isInterface, last: i === end, access };
      next = here === null ? fail(state, nilPointer(here, step)) : fieldIn(state, dot, here, step, last);
    }
    container = here;
    here = next;
  }
  state.resultIsInterface = isDict(container) || heldInInterface(container, names[end] ?? "");
  return here;
}

interface Step {
  readonly name: string;
  readonly isInterface: boolean;
  /** Whether it is the last name, to which arguments may be given. */
  readonly last: boolean;
  readonly access: Access;
}

function hasArguments({ nodes, piped }: Operands): boolean {
  return nodes.length > 0 || piped;
}

function missing(state: State, map: Value, name: string): Value {
  if (state.missingKey === "error") fail(state, `map has no entry for key ${quoteText(name)}`);
  if (state.missingKey === "invalid") return undefined;
  return zeroOf((map instanceof Typed && map.type.elem) || anyType);
}

/** Whether a name in a container holds an interface, so that Go sees that type and not the one inside. */
function heldInInterface(container: Value, name: string): boolean {
  const holder = indirect(container);
  if (!(holder instanceof Typed)) return isDict(holder);
  if (holder.type.kind === "map") return holder.type.elem?.kind === "interface";
  return fieldOf(holder.type, name)?.field.type.kind === "interface";
}

function typeName(value: Exclude<Value, undefined>, { isInterface }: Step): string {
  return isInterface ? anyType.name : typeOf(value).name;
}

function nilPointer(value: Exclude<Value, undefined>, step: Step): string {
  return `nil pointer evaluating ${typeName(value, step)}.${step.name}`;
}

function fieldIn(
  state: State,
  dot: Value,
  value: Exclude<Value, undefined | null>,
  step: Step,
  last: Value,
): Value {
  const target = indirect(value);
  if (target === null || target === undefined) return fail(state, nilPointer(value, step));
  if (target instanceof Typed) {
    const method = callableMethod(target, step.name);
    if (method) return callMethod(state, dot, target, method, step, last);
  }
  const refuse = step.last && hasArguments(step.access.operands);
  const found =
    kindOf(target) === "map"
      ? inMap(state, target, step, refuse)
      : inStruct(state, value, target, step, refuse);
  if (found !== nothing) return found as Value;
  return fail(state, `can't evaluate field ${step.name} in type ${typeName(value, step)}`);
}

/** Says that a value has no such field, which is not the same as a field without a value. */
const nothing = Symbol();

function inMap(state: State, target: Value, step: Step, refuse: boolean): Value | typeof nothing {
  const key = target instanceof Typed ? target.type.key : stringType;
  if (key === undefined || !sameType(key, stringType)) return nothing;
  if (refuse) fail(state, `${step.name} is not a method but has arguments`);
  const found = lookUp(target, step.name);
  return found === undefined ? missing(state, target, step.name) : found;
}

function inStruct(
  state: State,
  value: Exclude<Value, undefined | null>,
  target: Value,
  step: Step,
  refuse: boolean,
): Value | typeof nothing {
  if (!(target instanceof Typed)) return nothing;
  if (target.type.kind === "ptr") {
    const elem = target.type.elem;
    if (elem?.kind === "struct" && !fieldOf(elem, step.name)) return nothing;
    return fail(state, nilPointer(value, step));
  }
  const found = target.type.kind === "struct" ? fieldOf(target.type, step.name) : undefined;
  if (!found) return nothing;
  if (!/^\p{Lu}/u.test(step.name)) {
    fail(state, `${step.name} is an unexported field of struct type ${typeName(value, step)}`);
  }
  if (refuse) fail(state, `${step.name} has arguments but cannot be invoked as function`);
  return fieldValue(target, found);
}

/** The method that can be called on a value: those of the pointer only where there is one. */
function callableMethod(target: Typed, name: string): FoundMethod | undefined {
  const isPointer = target.type.kind === "ptr";
  const found = methodOf(isPointer ? (target.type.elem ?? anyType) : target.type, name);
  return found && (isPointer || target.addressable || !found.onPointer) ? found : undefined;
}

function callMethod(
  state: State,
  dot: Value,
  target: Typed,
  { method, onPointer, declaredBy, through }: FoundMethod,
  step: Step,
  last: Value,
): Value {
  const operands = step.last ? step.access.operands : noOperands;
  const { node } = step.access;
  const nil = target.type.kind === "ptr" && isNil(target);
  if (nil && !onPointer) {
    const bare = declaredBy.name.slice(declaredBy.name.indexOf(".") + 1);
    return invoke(state, step.name, node, () => {
      throw new Failure(`value method ${declaredBy.name}.${step.name} called using nil *${bare} pointer`);
    });
  }
  // A receiver that is there but empty is told from a nil one.
  const receiver = nil ? undefined : (rawThrough(target.raw, through) ?? {});
  const call = prepareCall(step.name, node, method.signature, operands);
  return call((_, args) => method.call(receiver, args))(state, dot, last);
}
