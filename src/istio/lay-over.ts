/** Maps of settings laid over one another, as Helm and istioctl do it. */
import { isObject, type Json, type JsonObject } from "../kube/json.ts";

/**
 * One map over another as Helm and istioctl lay them: maps are merged key by key, everything else (lists, and null) replaces what was
 * there.
 */
export function layOver(base: JsonObject, over: JsonObject): JsonObject {
  const merged: Record<string, Json> = Object.assign(Object.create(null), base);
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key];
    merged[key] = isObject(below) && isObject(value) ? layOver(below, value) : value;
  }
  return merged;
}

/** A value below a path of keys, as a map. */
export function nestAt(path: readonly string[], value: Json): JsonObject {
  const [first, ...rest] = path;
  if (first === undefined) return isObject(value) ? value : {};
  return { [first]: rest.length === 0 ? value : nestAt(rest, value) };
}
