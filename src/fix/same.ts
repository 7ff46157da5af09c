/** Whether values say the same: whatever the order of their keys, and a bigint as the number it is. */
import type { Node, Value } from "../source/node.ts";

export type ValueMap = { readonly [key: string]: Value };

export const isList = (value: Value | undefined): value is readonly Value[] => Array.isArray(value);
export const isMap = (value: Value | undefined): value is ValueMap =>
  typeof value === "object" && value !== null && !Array.isArray(value);
/** Whether a value is a map or list with something in it. */
export const isFilled = (value: Value): value is readonly Value[] | ValueMap =>
  typeof value === "object" && value !== null && Object.keys(value).length > 0;

function isSameScalar(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (typeof a === "number" && typeof b === "number") return Number.isNaN(a) && Number.isNaN(b);
  const isMixed =
    (typeof a === "bigint" && typeof b === "number") || (typeof a === "number" && typeof b === "bigint");
  return isMixed && !(a < b) && !(a > b);
}

/** Whether two values are equal; lists in their order. */
export function isSame(a: Value, b: Value): boolean {
  if (isList(a)) {
    if (!isList(b) || a.length !== b.length) return false;
    return a.every((item, index) => isSame(item, b[index] ?? null));
  }
  if (!isMap(a)) return isSameScalar(a, b);
  if (!isMap(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && isSame(a[key] ?? null, b[key] ?? null));
}

/** Whether a node says a value. */
export function says(node: Node, value: Value): boolean {
  if (node.type === "scalar") return isSameScalar(node.value, value);
  if (node.type === "list") {
    if (!isList(value) || value.length !== node.items.length) return false;
    return node.items.every((item, index) => says(item, value[index] ?? null));
  }
  if (!isMap(value) || Object.keys(value).length !== node.entries.length) return false;
  return node.entries.every(
    ({ key, value: inner }) => Object.hasOwn(value, key) && says(inner, value[key] ?? null),
  );
}
