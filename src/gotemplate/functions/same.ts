/** Deep equality of values and deep copies, within a depth. */
import type { Context } from "../limits.ts";
import { sameType } from "../types.ts";
import type { Dict, Value } from "../values.ts";
import {
  elementsOf,
  fieldValue,
  isDict,
  isNil,
  keysOf,
  lengthOf,
  lookUp,
  newDict,
  rawKey,
  Typed,
  targetOf,
  typeOf,
} from "../values.ts";

/** Whether two values are of one type and hold the same, as reflect.DeepEqual decides it. */
export function deepEqual(context: Context, a: Value, b: Value, depth = 0): boolean {
  context.enter(depth);
  context.spend(1);
  const left = a ?? null;
  const right = b ?? null;
  if (left === null || right === null) return left === right;
  const type = typeOf(left);
  if (!sameType(type, typeOf(right))) return false;
  if (isNil(left) !== isNil(right)) return false;
  switch (type.kind) {
    case "slice": {
      const others = elementsOf(right);
      return (
        lengthOf(left) === others.length &&
        elementsOf(left).every((element, i) => deepEqual(context, element, others[i], depth + 1))
      );
    }
    case "map":
      return (
        lengthOf(left) === lengthOf(right) &&
        keysOf(left).every((key) => {
          const other = lookUp(right, rawKey(key));
          return other !== undefined && deepEqual(context, lookUp(left, rawKey(key)), other, depth + 1);
        })
      );
    case "struct":
      return (type.fields?.() ?? []).every((field) => {
        const found = { field, through: [] };
        return deepEqual(
          context,
          fieldValue(left as Typed, found),
          fieldValue(right as Typed, found),
          depth + 1,
        );
      });
    case "ptr":
      if (isNil(left)) return true;
      return deepEqual(context, targetOf(left as Typed), targetOf(right as Typed), depth + 1);
    default:
      return left instanceof Typed ? left.raw === (right as Typed).raw : left === right;
  }
}

/** A copy that shares no map and no list of plain data with the original. */
export function deepCopy(context: Context, value: Value, depth = 0): Value {
  context.enter(depth);
  context.spend(1);
  if (Array.isArray(value)) return value.map((element) => deepCopy(context, element, depth + 1));
  if (!isDict(value)) return value;
  const copy: Dict = newDict();
  for (const key of Object.keys(value)) copy[key] = deepCopy(context, value[key] ?? null, depth + 1);
  return copy;
}
