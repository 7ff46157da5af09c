/** Plain data as the API machinery passes it around. */

export type Json =
  | string
  | number
  | bigint
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

function Bare(): void {}
Bare.prototype = Object.create(null);
const BareMap = Bare as unknown as new () => Record<string, Json>;

/**
 * An empty map in which every key is like any other, `__proto__` too. It is made by a constructor, because engines keep what
 * Object.create(null) makes as a hash table, which takes several times as long to walk through.
 */
export function emptyMap(): Record<string, Json> {
  return new BareMap();
}

/** Whether a value is a JSON object. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value below a path of keys and indices, or undefined. */
export function at(value: Json | undefined, path: readonly (string | number)[]): Json | undefined {
  let here = value;
  for (const step of path) {
    if (typeof step === "number") here = Array.isArray(here) ? here[step] : undefined;
    else here = isObject(here) && Object.hasOwn(here, step) ? here[step] : undefined;
    if (here === undefined) return undefined;
  }
  return here;
}

/**
 * The object with a value at a path of keys, in maps that are made where there are none; undefined takes the key away. The same object
 * where nothing changes.
 */
export function withValueAt(
  object: JsonObject,
  path: readonly (string | number)[],
  value: Json | undefined,
): JsonObject {
  const [step = "", ...rest] = path;
  const key = String(step);
  const before = Object.hasOwn(object, key) ? object[key] : undefined;
  const below = isObject(before) ? before : emptyMap();
  const becomes = rest.length === 0 ? value : withValueAt(below, rest, value);
  if (becomes === before) return object;
  if (becomes !== undefined) return { ...object, [key]: becomes };
  const { [key]: _, ...others } = object;
  return others;
}

/** Whether maps and lists are nested more than so many levels deep; what is shared is looked at once a level. */
export function isDeeper(value: Json, levels: number): boolean {
  let here = nestedIn([[value]]);
  for (let level = 1; here.size > 0; level++) {
    if (level > levels) return true;
    here = nestedIn(here);
  }
  return false;
}

function nestedIn(values: Iterable<Json>): ReadonlySet<Json> {
  const nested = new Set<Json>();
  for (const value of values) {
    if (typeof value !== "object" || value === null) continue;
    for (const inner of Object.values(value)) {
      if (typeof inner === "object" && inner !== null) nested.add(inner);
    }
  }
  return nested;
}

/** A value as JSON text, integers of any size in digits, as no part of JavaScript writes them. */
export function jsonTextOf(value: unknown, indent?: number): string {
  const large: bigint[] = [];
  const digits = (_: string, one: unknown) =>
    typeof one === "bigint" ? `\u0000${large.push(one) - 1}` : one;
  const text = JSON.stringify(value, digits, indent);
  return large.length === 0
    ? text
    : text.replace(/"\\u0000(\d+)"/g, (mark, index) => String(large[Number(index)] ?? mark));
}
