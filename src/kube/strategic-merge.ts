/** Strategic merge patches as the API machinery applies them, by the fields of Kubernetes' types. */
import { isObject, type Json, type JsonObject } from "./json.ts";
import { describe } from "./scalar.ts";
import { structType, type Type } from "./schema.ts";
import {
  added,
  deleteFromList,
  directive,
  elementOrder,
  listNamed,
  replaced,
  retain,
  retainKeys,
} from "./strategic-merge-directives.ts";
import { orderLists } from "./strategic-merge-element-order.ts";
import { type ListRule, mergeList } from "./strategic-merge-lists.ts";
import { copyOf, fieldOf, itemType, type MergeError, own, type Run, refuse } from "./strategic-merge-run.ts";

export type { MergeError };

export type Merged =
  | { readonly ok: true; readonly value: JsonObject }
  | { readonly ok: false; readonly error: MergeError };

/**
 * Applies a strategic merge patch to an object of a type of the table ("Pod", "Container", …) and returns the new object; null is an empty
 * map. Items and their order come out as k8s.io/apimachinery 0.35 (strategicpatch.StrategicMergePatch) has them; what it refuses or fails
 * at is an error. Where its answer is left to chance because a patch deletes from and adds to the same list, the deletion goes first.
 * Two numbers are the same if they are so in JavaScript: to tell int64 from float64 as Go does, give all integers as bigint; Istio's
 * merge, for which all numbers are float64, is that of plain numbers (`overlay`). Throws only for a type that the table does not hold.
 */
export function strategicMerge(typeName: string, original: Json, patch: Json): Merged {
  if (!structType(typeName)) throw new RangeError(`no type ${typeName} in the schema`);
  const run: Run = { here: [], error: undefined };
  const [before, change] = [topLevel(run, original, "object"), topLevel(run, patch, "patch")];
  const value = mergeMap(run, before, change, { is: "struct", name: typeName });
  return run.error ? { ok: false, error: run.error } : { ok: true, value };
}

function topLevel(run: Run, json: Json, what: string): JsonObject {
  if (isObject(json)) return json;
  if (json !== null) refuse(run, `the ${what} is ${describe(json)}, not a map`);
  return {};
}

function mergeMap(run: Run, original: JsonObject, patch: JsonObject, type: Type): JsonObject {
  if (Object.hasOwn(patch, directive)) return replaced(run, patch);
  const merged = copyOf(original);
  const keys = Object.keys(patch);
  const special = keys.filter((key) => key.startsWith("$"));
  if (special.length === 0) {
    for (const key of keys) mergeEntry(run, merged, key, patch[key] as Json, type);
    return merged;
  }
  if (Object.hasOwn(patch, retainKeys)) retain(run, merged, patch);
  const ordered = orderLists(run, merged, patch, type, (before, change, of) =>
    mergeMap(run, before, change, of),
  );
  const isDone = (key: string) => key === retainKeys || key.startsWith(elementOrder) || ordered.has(key);
  for (const key of [...special.sort(), ...keys.filter((key) => !key.startsWith("$"))]) {
    if (!isDone(key)) mergeEntry(run, merged, key, patch[key] as Json, type);
  }
  return merged;
}

function mergeEntry(run: Run, merged: Record<string, Json>, key: string, patch: Json, type: Type): void {
  run.here.push(key);
  const deletes = key.startsWith(deleteFromList);
  const named = deletes ? listNamed(run, key, deleteFromList) : key;
  if (named !== undefined) mergeNamed(run, merged, named || key, patch, type, deletes);
  run.here.pop();
}

function mergeNamed(
  run: Run,
  merged: Record<string, Json>,
  name: string,
  patch: Json,
  type: Type,
  deletes: boolean,
): void {
  if (patch === null) {
    delete merged[name];
    return;
  }
  const before = own(merged, name);
  if (before === undefined || !isSameKind(before, patch)) {
    if (!deletes) put(merged, name, added(patch, "dropped"));
  } else if (isObject(before) && isObject(patch)) {
    const field = fieldOf(run, type, name);
    if (field) merged[name] = mergeMap(run, before, patch, field.type);
  } else if (Array.isArray(before) && Array.isArray(patch)) {
    merged[name] = mergeListField(run, before, patch, type, name, deletes);
  } else merged[name] = patch;
}

function isSameKind(a: Json, b: Json): boolean {
  return typeof a === typeof b && (a === null) === (b === null) && Array.isArray(a) === Array.isArray(b);
}

function put(merged: Record<string, Json>, key: string, value: Json | undefined): void {
  if (value === undefined) delete merged[key];
  else merged[key] = value;
}

function mergeListField(
  run: Run,
  before: readonly Json[],
  patch: readonly Json[],
  type: Type,
  name: string,
  deletes: boolean,
): readonly Json[] {
  const field = fieldOf(run, type, name);
  const of = field && itemType(run, field);
  if (!of || (field.mergeKey === undefined && !deletes)) return patch;
  const rule: ListRule = {
    mergeKey: field.mergeKey ?? "",
    deletes,
    mergeItem: (original, change) => mergeMap(run, original, change, of),
  };
  return mergeList(run, before, patch, rule).list;
}
