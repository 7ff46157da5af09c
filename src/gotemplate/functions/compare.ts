/** Comparisons: eq and ne of anything comparable, lt and its kin of numbers and strings, within one basic kind. */
import { Failure } from "../limits.ts";
import { compareText } from "../text.ts";
import { isComparable, isFloat, isSigned, isUnsigned, sameType } from "../types.ts";
import type { Value } from "../values.ts";
import {
  boolOf,
  elementsOf,
  fieldValue,
  floatOf,
  integerOf,
  isNil,
  kindOf,
  Typed,
  textOf,
  typeOf,
} from "../values.ts";

type BasicKind = "bool" | "int" | "uint" | "float" | "complex" | "string" | undefined;

function basicKind(value: Value): BasicKind {
  const kind = kindOf(value);
  if (isSigned(kind)) return "int";
  if (isUnsigned(kind)) return "uint";
  if (isFloat(kind)) return "float";
  if (kind === "complex128") return "complex";
  return kind === "bool" || kind === "string" ? kind : undefined;
}

function typeName(value: Value): string {
  return typeOf(value ?? null).name;
}

/** Prints a value for an error under a verb. */
export type Show = (verb: "%s" | "%v", value: Value) => string;

/** Whether a value equals one of others. */
export function equal(first: Value, others: readonly Value[], show: Show): boolean {
  if (others.length === 0) throw new Failure("missing argument for comparison");
  const value = first ?? undefined;
  return others.some((other) => equalPair(value, other ?? undefined, show));
}

function equalPair(a: Value, b: Value, show: Show): boolean {
  const kind = basicKind(a);
  const other = basicKind(b);
  if (kind !== other) {
    if (isInteger(kind) && isInteger(other)) return integerOf(a) === integerOf(b);
    if (a === undefined || b === undefined) return false;
    throw new Failure(`incompatible types for comparison: ${typeName(a)} and ${typeName(b)}`);
  }
  switch (kind) {
    case "bool":
      return boolOf(a) === boolOf(b);
    case "float":
      return floatOf(a) === floatOf(b);
    case "int":
    case "uint":
      return integerOf(a) === integerOf(b);
    case "string":
      return textOf(a) === textOf(b);
    case "complex":
      return sameRaw(a, b);
    default:
      return equalOther(a, b, show);
  }
}

function isInteger(kind: BasicKind): boolean {
  return kind === "int" || kind === "uint";
}

function equalOther(a: Value, b: Value, show: Show): boolean {
  if (a !== undefined && b !== undefined && kindOf(a) !== kindOf(b)) {
    throw new Failure(
      `non-comparable types ${show("%s", a)}: ${typeName(a)}, ${typeName(b)}: ${show("%v", b)}`,
    );
  }
  if (isNil(a) || isNil(b)) return isNil(a) === isNil(b);
  if (!isComparable(typeOf(b as Exclude<Value, undefined>))) {
    throw new Failure(`non-comparable type ${show("%s", b)}: ${typeName(b)}`);
  }
  return identical(a, b);
}

function sameRaw(a: Value, b: Value): boolean {
  return elementsOf(a).every((part, i) => part === elementsOf(b)[i]);
}

/** Go's == on values of comparable types that are not basic: pointers, structs. */
function identical(a: Value, b: Value): boolean {
  if (!(a instanceof Typed) || !(b instanceof Typed)) return a === b;
  if (!sameType(a.type, b.type)) return false;
  if (a.type.kind !== "struct") return a.raw === b.raw;
  return (a.type.fields?.() ?? []).every((field) => {
    const found = { field, through: [] };
    return equalPair(fieldValue(a, found), fieldValue(b, found), () => "");
  });
}

/** Whether the first is less than the second. */
export function isLess(first: Value, second: Value): boolean {
  const a = first ?? undefined;
  const b = second ?? undefined;
  const kind = basicKind(a);
  const other = basicKind(b);
  if (kind === undefined || other === undefined) throw new Failure("invalid type for comparison");
  if (isInteger(kind) && isInteger(other)) return integerOf(a) < integerOf(b);
  if (kind !== other) {
    throw new Failure(`incompatible types for comparison: ${typeName(a)} and ${typeName(b)}`);
  }
  if (kind === "float") return floatOf(a) < floatOf(b);
  if (kind === "string") return compareText(textOf(a), textOf(b)) < 0;
  throw new Failure("invalid type for comparison");
}
