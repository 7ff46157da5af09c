/** Carries what changed in an object's typed form over to the object as somebody wrote it. */
import type { Json, JsonObject } from "../kube/json.ts";
import { alignLists } from "./align.ts";
import { isList, isMap, isSame } from "./same.ts";

/**
 * The object `raw`, as YAML reads it, with only what differs between two typed forms changed: `typedBefore`, what it decodes to, and
 * `typedAfter`. All else keeps its spelling: unknown fields, `1000m`, nulls, the order of keys. Items of lists are found by what
 * names them. Decoding the result gives `typedAfter`.
 */
export function carryOver(raw: Json, typedBefore: Json, typedAfter: Json): Json {
  if (isSame(typedBefore, typedAfter)) return raw;
  if (isMap(typedAfter) && isMap(typedBefore) && isMap(raw)) return carryMap(raw, typedBefore, typedAfter);
  const isAligned = isList(typedBefore) && isList(raw) && raw.length === typedBefore.length;
  if (isList(typedAfter) && isAligned) return carryList(raw, typedBefore, typedAfter);
  return typedAfter;
}

function carryMap(raw: JsonObject, before: JsonObject, after: JsonObject): Json {
  const result: Record<string, Json> = Object.create(null);
  const done = new Set<string>();
  for (const [key, value] of Object.entries(raw)) {
    const name = typedName(key, raw, before, after);
    const isKnown = name !== undefined && Object.hasOwn(before, name);
    const isWanted = name !== undefined && Object.hasOwn(after, name);
    if (isKnown && !isWanted) continue;
    if (!isWanted) result[key] = value;
    else {
      done.add(name);
      // What decodes to nothing, an empty map or a null, is as good as a map without entries.
      const old = isKnown ? (before[name] ?? null) : isMap(value) ? {} : null;
      result[key] = carryOver(value, old, after[name] ?? null);
    }
  }
  for (const [key, value] of Object.entries(after)) {
    if (done.has(key)) continue;
    const isDefault = Object.hasOwn(before, key) && isSame(before[key] ?? null, value);
    if (!isDefault) result[key] = value;
  }
  return result;
}

/** The field that a written key is read as: Kubernetes takes a key in other letter case for a field that is not there in its own. */
function typedName(key: string, raw: JsonObject, before: JsonObject, after: JsonObject): string | undefined {
  if (Object.hasOwn(before, key) || Object.hasOwn(after, key)) return key;
  const folded = key.toLowerCase();
  const isIt = (name: string) => name.toLowerCase() === folded && !Object.hasOwn(raw, name);
  return Object.keys(before).find(isIt) ?? Object.keys(after).find(isIt);
}

function carryList(raw: readonly Json[], before: readonly Json[], after: readonly Json[]): Json {
  const origins = alignLists(before, after);
  return after.map((item, index) => {
    const old = origins[index]?.index ?? -1;
    return old < 0 ? item : carryOver(raw[old] ?? null, before[old] ?? null, item);
  });
}
