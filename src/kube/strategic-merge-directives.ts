/** What the keys of a strategic merge patch say that begin with `$`. */
import { emptyMap, isObject, type Json, type JsonObject } from "./json.ts";
import { type Run, refuse } from "./strategic-merge-run.ts";

/** In a map: `replace` takes the patch as it is, `delete` empties it. In an item of a list: deletes that item, or replaces the list. */
export const directive = "$patch";
/** Names the keys of a map that stay. */
export const retainKeys = "$retainKeys";
/** `$deleteFromPrimitiveList/finalizers`: the values to take out of that list. */
export const deleteFromList = "$deleteFromPrimitiveList";
/** `$setElementOrder/containers`: the order that list is to have. */
export const elementOrder = "$setElementOrder";

/** The list that such a key is about: `finalizers` of `$deleteFromPrimitiveList/finalizers`. */
export function listNamed(run: Run, key: string, prefix: string): string | undefined {
  if (key.startsWith(`${prefix}/`)) return key.slice(prefix.length + 1);
  refuse(run, `has ${JSON.stringify(key)}, which is not "${prefix}/" and the name of a list`);
  return undefined;
}

/** What a map becomes by its own `$patch`. */
export function replaced(run: Run, patch: JsonObject): JsonObject {
  const { [directive]: asked, ...rest } = patch;
  if (asked === "replace") return rest;
  if (asked !== "delete")
    refuse(run, `has a $patch that is ${JSON.stringify(String(asked))}, not "replace" or "delete"`);
  return {};
}

/** Takes the keys out of `merged` that `$retainKeys` does not name; the patch may set no others. */
export function retain(run: Run, merged: Record<string, Json>, patch: JsonObject): void {
  const listed = patch[retainKeys];
  const plain = Array.isArray(listed) && listed.every((key: Json) => typeof key !== "object" || key === null);
  const kept: ReadonlySet<Json> = new Set(plain ? listed : []);
  if (!plain) refuse(run, "has a $retainKeys that is no list of names");
  for (const [key, value] of Object.entries(patch)) {
    const sets =
      value !== null &&
      key !== retainKeys &&
      !key.startsWith(deleteFromList) &&
      !key.startsWith(elementOrder);
    if (sets && !kept.has(key))
      refuse(run, `sets ${JSON.stringify(key)}, which its $retainKeys does not name`);
  }
  for (const key of Object.keys(merged)) if (!kept.has(key)) delete merged[key];
}

/**
 * A part of a patch as it is taken where there was nothing to merge it with: without maps that carry `$patch`, and without null entries
 * unless they are kept. undefined when nothing is left of it.
 */
export function added(patch: Json, nulls: "dropped" | "kept"): Json | undefined {
  if (Array.isArray(patch)) return addedItems(patch, nulls);
  if (!isObject(patch)) return patch;
  if (Object.hasOwn(patch, directive) && !(patch[directive] === null && nulls === "dropped"))
    return undefined;
  const taken = emptyMap();
  let isWhole = true;
  for (const key of Object.keys(patch)) {
    const value = patch[key] as Json;
    const item = value === null && nulls === "dropped" ? undefined : added(value, nulls);
    if (item !== value) isWhole = false;
    if (item !== undefined) taken[key] = item;
  }
  return isWhole ? patch : taken;
}

/** The same for the items of a list; null items stay. */
export function addedItems(patch: readonly Json[], nulls: "dropped" | "kept"): readonly Json[] {
  const taken = patch.map((item) => added(item, nulls));
  return taken.every((item, index) => item === patch[index])
    ? patch
    : taken.filter((item) => item !== undefined);
}
