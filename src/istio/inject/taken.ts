/** What the steps of taking an injection back give each other: a changed pod, and what is not known of how it was. */
import { isObject, type Json, type JsonObject } from "../../kube/json.ts";
import type { Path } from "../../kube/workload.ts";
import { objectOf, type Pod } from "./pod.ts";

/** Something of which an injection does not record how it was. */
export interface Unrecorded {
  /** Where, in the object as it is returned; of what was removed, where it stood. */
  readonly path: Path;
  /**
   * `removed`: injection writes it, the user may have written the same; injecting again brings it back. `kept`: taken for the user's, yet
   * injection may have written it. `guessed`: the user's, but how it was written is not known.
   */
  readonly kind: "removed" | "kept" | "guessed";
  /** In words for people. */
  readonly says: string;
}

/** A pod and what could not be told while it was changed. */
export interface Taken {
  readonly pod: Pod;
  readonly unrecorded: readonly Unrecorded[];
}

/** The map without keys; undefined when nothing is left of one that was not empty. */
export function without(map: JsonObject, keys: ReadonlySet<string>): JsonObject | undefined {
  const kept = Object.entries(map).filter(([key]) => !keys.has(key));
  if (kept.length === Object.keys(map).length) return map;
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

/** The object with a key changed where it stands, or taken away. */
export function withKey(object: JsonObject, key: string, value: Json | undefined): JsonObject {
  if (value !== undefined) return { ...object, [key]: value };
  const { [key]: _, ...others } = object;
  return others;
}

/** The pod with a key of its spec changed where it stands, or taken away when it is undefined. */
export function withSpec(pod: Pod, key: string, value: Json | undefined): Pod {
  const spec = objectOf(pod.spec);
  if (spec[key] === value) return pod;
  return { ...pod, spec: withKey(spec, key, value) };
}

/** The value without nulls in maps, which Go prints for what nobody wrote. */
export function withoutNulls(json: Json): Json {
  if (Array.isArray(json)) return json.map(withoutNulls);
  if (!isObject(json)) return json;
  const kept = Object.entries(json).filter(([, value]) => value !== null);
  return Object.fromEntries(kept.map(([key, value]) => [key, withoutNulls(value)]));
}

/** What becomes of one label or annotation: taken away where there is no value. */
export interface Change {
  readonly key: string;
  readonly value?: string;
  /** Why it cannot be told how it was. */
  readonly unrecorded?: Pick<Unrecorded, "kind" | "says">;
}

/** A change for a key whose value is one that injection would write; none for any other value, which is the user's. */
export function taken(
  map: JsonObject,
  key: string,
  derived: readonly string[],
  why: string,
): readonly Change[] {
  if (!Object.hasOwn(map, key) || !derived.includes(String(map[key]))) return [];
  const says = `${why}; it may have been written here with the same value`;
  return [{ key, unrecorded: { kind: "removed", says } }];
}

/** The pod with a list; one that was taken empty is taken away. */
export function withList(pod: Pod, key: string, left: readonly Json[], before: readonly Json[]): Pod {
  const isSame = left.length === before.length && left.every((item, index) => item === before[index]);
  if (isSame) return pod;
  return withSpec(pod, key, left.length === 0 ? undefined : left);
}
