/** Fields: `.name` of a map, a struct, a pointer, or a method of that name. */
import type { Operands } from "./call.ts";
import { invoke, noOperands, prepareCall } from "./call.ts";
import { Failure } from "./limits.ts";
import type { State } from "./state.ts";
import { fail } from "./state.ts";
import { quoteText } from "./text.ts";
import type { AnyNode } from "./tree.ts";
import { anyType, type GoType, sameType, stringType } from "./types.ts";
import type { Dict, FoundField, FoundMethod, Value } from "./values.ts";
import {
  fieldOf,
  fieldValue,
  indirect,
  isDict,
  isNil,
  kindOf,
  lookUp,
  methodOf,
  rawField,
  rawThrough,
  Typed,
  typeOf,
  view,
  zeroOf,
} from "./values.ts";

/** One access: the node for errors, the names to follow, and the operands when something may be given to a method. */
export interface Access {
  readonly node: AnyNode;
  readonly operands: Operands;
  readonly steps: readonly Step[];
}

/** One name of an access. It remembers what it found: a place in a template meets the same type again and again. */
interface Step {
  readonly name: string;
  /** Whether it is the last name, to which arguments may be given. */
  readonly last: boolean;
  /** Whether arguments are given, which only a method takes. */
  readonly hasArguments: boolean;
  /** Whether JavaScript's own objects have a member of the name, which is no entry of a map. */
  readonly isInherited: boolean;
  /** The struct that was met last, and its field of the name, unless a method has the name too. */
  type: GoType | undefined;
  field: FoundField | undefined;
}

/** Prepares the access to names, one after the other. */
export function accessOf(node: AnyNode, names: readonly string[], operands: Operands): Access {
  const steps = names.map((name, i): Step => {
    const last = i === names.length - 1;
    const hasArguments = last && (operands.nodes.length > 0 || operands.piped);
    const isInherited = name in Object.prototype;
    return { name, last, hasArguments, isInherited, type: undefined, field: undefined };
  });
  return { node, operands, steps };
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
  let here = start;
  let holder: Value;
  let before: Step | undefined;
  for (const step of access.steps) {
    const value = here;
    if (value === undefined) {
      if (state.missingKey === "error") fail(state, `nil data; no entry for key ${quoteText(step.name)}`);
    } else if (!step.hasArguments && isDict(value)) {
      here = (step.isInherited ? undefined : value[step.name]) ?? entryOf(state, value, step.name);
    } else {
      const found = step.hasArguments ? nothing : knownField(value, step);
      if (found !== nothing) here = found as Value;
      else {
        const isInterface = before ? heldInInterface(holder, before.name) : fromInterface;
        here = memberOf(state, dot, value, { step, isInterface, access }, last);
      }
    }
    holder = value;
    before = step;
  }
  state.holder = holder;
  state.heldAs = before?.name;
  return here;
}

/** Whether the field or variable read last gave something out of an interface as it is. */
export function gaveInterface({ holder, heldAs, heldInInterface: held }: State): boolean {
  return heldAs === undefined ? held : heldInInterface(holder, heldAs);
}

/** What a map holds under a key, or what a missing key is. */
function entryOf(state: State, map: Dict, name: string): Value {
  return Object.hasOwn(map, name) ? (map[name] ?? null) : missing(state, map, name);
}

/** The field of a struct, or of what a pointer points to, as far as a step knows it without asking for methods and errors. */
function knownField(value: Value, step: Step): Value | typeof nothing {
  if (!(value instanceof Typed)) return nothing;
  const { raw } = value;
  const isPointer = value.type.kind === "ptr" && raw !== undefined && raw !== null;
  const type = isPointer ? (value.type.elem ?? anyType) : value.type;
  if (step.type !== type) {
    step.type = type;
    step.field = plainField(type, step.name);
  }
  const { field } = step;
  if (!field) return nothing;
  const held = field.through.length === 0 ? raw : rawThrough(raw, field.through);
  return view(field.field.type, rawField(held, field.field), isPointer || value.addressable);
}

function plainField(type: GoType, name: string): FoundField | undefined {
  if (type.kind !== "struct" || !isExported(name) || methodOf(type, name)) return undefined;
  return fieldOf(type, name);
}

function isExported(name: string): boolean {
  const code = name.charCodeAt(0);
  return code < 128 ? code >= 65 && code <= 90 : /^\p{Lu}/u.test(name);
}

/** One step of an access as it is taken, for errors. */
interface Place {
  readonly step: Step;
  readonly isInterface: boolean;
  readonly access: Access;
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

function typeName(value: Exclude<Value, undefined>, { isInterface }: Place): string {
  return isInterface ? anyType.name : typeOf(value).name;
}

function nilPointer(value: Exclude<Value, undefined>, place: Place): string {
  return `nil pointer evaluating ${typeName(value, place)}.${place.step.name}`;
}

function memberOf(
  state: State,
  dot: Value,
  value: Exclude<Value, undefined>,
  place: Place,
  last: Value,
): Value {
  const { name, hasArguments } = place.step;
  const target = indirect(value);
  if (value === null || target === null || target === undefined) return fail(state, nilPointer(value, place));
  if (target instanceof Typed) {
    const method = callableMethod(target, name);
    if (method) return callMethod(state, dot, target, method, place, last);
  }
  const found =
    kindOf(target) === "map"
      ? inMap(state, target, name, hasArguments)
      : inStruct(state, value, target, place);
  if (found !== nothing) return found as Value;
  return fail(state, `can't evaluate field ${name} in type ${typeName(value, place)}`);
}

/** Says that a value has no such field, which is not the same as a field without a value. */
const nothing = Symbol();

function inMap(state: State, target: Value, name: string, hasArguments: boolean): Value | typeof nothing {
  const key = target instanceof Typed ? target.type.key : stringType;
  if (key === undefined || !sameType(key, stringType)) return nothing;
  if (hasArguments) fail(state, `${name} is not a method but has arguments`);
  const found = lookUp(target, name);
  return found === undefined ? missing(state, target, name) : found;
}

function inStruct(
  state: State,
  value: Exclude<Value, undefined | null>,
  target: Value,
  place: Place,
): Value | typeof nothing {
  const { name, hasArguments } = place.step;
  if (!(target instanceof Typed)) return nothing;
  if (target.type.kind === "ptr") {
    const elem = target.type.elem;
    if (elem?.kind === "struct" && !fieldOf(elem, name)) return nothing;
    return fail(state, nilPointer(value, place));
  }
  const found = target.type.kind === "struct" ? fieldOf(target.type, name) : undefined;
  if (!found) return nothing;
  if (!isExported(name)) {
    fail(state, `${name} is an unexported field of struct type ${typeName(value, place)}`);
  }
  if (hasArguments) fail(state, `${name} has arguments but cannot be invoked as function`);
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
  { step, access: { node, operands } }: Place,
  last: Value,
): Value {
  const nil = target.type.kind === "ptr" && isNil(target);
  if (nil && !onPointer) {
    const bare = declaredBy.name.slice(declaredBy.name.indexOf(".") + 1);
    return invoke(state, step.name, node, anyType, [], () => {
      throw new Failure(`value method ${declaredBy.name}.${step.name} called using nil *${bare} pointer`);
    });
  }
  // A receiver that is there but empty is told from a nil one.
  const receiver = nil ? undefined : (rawThrough(target.raw, through) ?? {});
  const call = prepareCall(step.name, node, method.signature, step.last ? operands : noOperands);
  return call((_, args) => method.call(receiver, args))(state, dot, last);
}
