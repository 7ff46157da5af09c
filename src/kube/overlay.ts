/** An overlay on a typed object, as Istio lays its templates over a pod: merged strategically, then read back into the type. */
import { type Decoded, decode } from "./decode.ts";
import { emptyMap, isObject, type Json, type JsonObject } from "./json.ts";
import { type MergeError, strategicMerge } from "./strategic-merge.ts";

export type Overlaid =
  | { readonly ok: true; readonly value: JsonObject }
  | {
      readonly ok: false;
      /** Whether the merge failed, or its result is no object of the type. */
      readonly stage: "merge" | "result";
      /** For the merge with the path in the overlay, for the result with the one there. */
      readonly errors: readonly MergeError[];
    };

/**
 * Lays an overlay over an object of a type as `decode` gives it, and returns the object likewise. All numbers are floating-point, so
 * integers beyond 2^53 lose precision; fields that the type does not have are dropped (Istio 1.30, pkg/kube/inject).
 */
export function overlay(typeName: string, original: JsonObject, patch: Json): Overlaid {
  const merged = strategicMerge(typeName, inFloats(original), inFloats(patch));
  if (!merged.ok) return { ok: false, stage: "merge", errors: [merged.error] };
  const read: Decoded = decode(typeName, merged.value, { via: "json" });
  return read.ok ? { ok: true, value: read.value } : { ok: false, stage: "result", errors: read.errors };
}

/** Patches that were found to hold no bigint; a template is laid over several objects. */
const inFloatsAlready = new WeakSet<JsonObject>();

/** The value with every integer as a floating-point number; what holds no bigint is taken as it is. */
function inFloats(json: Json): Json {
  if (!isObject(json)) return hasBigint(json) ? converted(json) : json;
  if (inFloatsAlready.has(json)) return json;
  if (hasBigint(json)) return converted(json);
  inFloatsAlready.add(json);
  return json;
}

function converted(json: Json): Json {
  if (typeof json === "bigint") return Number(json);
  if (Array.isArray(json)) return json.map(converted);
  if (!isObject(json)) return json;
  const floats = emptyMap();
  for (const key of Object.keys(json)) floats[key] = converted(json[key] as Json);
  return floats;
}

function hasBigint(json: Json): boolean {
  if (typeof json !== "object" || json === null) return typeof json === "bigint";
  if (Array.isArray(json)) return json.some(hasBigint);
  const map = json as JsonObject;
  for (const key in map) if (hasBigint(map[key] as Json)) return true;
  return false;
}
