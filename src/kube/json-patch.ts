/** The JSON patch (RFC 6902) between two values. */
import { isObject, type Json, type JsonObject } from "./json.ts";

export type JsonOperation =
  | { readonly op: "add" | "replace" | "test"; readonly path: string; readonly value: Json }
  | { readonly op: "remove"; readonly path: string };

/**
 * The operations that turn one value into another, in the order in which they apply: entries of maps one by one, items of a list
 * one by one where a key tells them apart, any other list as a whole. Before an item is changed or removed, the key by which it
 * was found is tested, so that the patch fails rather than hit another item once the list has changed.
 */
export function jsonPatch(before: Json, after: Json): readonly JsonOperation[] {
  const operations: JsonOperation[] = [];
  patchValue(operations, "", before, after);
  return operations;
}

/** Whether two values say the same; the order of a map's keys does not count, nor whether an integer is a bigint. */
export function sameJson(one: Json | undefined, other: Json | undefined): boolean {
  if (one === other) return true;
  if (Array.isArray(one)) {
    if (!Array.isArray(other) || one.length !== other.length) return false;
    return one.every((item: Json, index) => sameJson(item, other[index]));
  }
  if (!isObject(one) || !isObject(other)) return isSameNumber(one, other);
  const keys = Object.keys(one);
  if (keys.length !== Object.keys(other).length) return false;
  return keys.every((key) => Object.hasOwn(other, key) && sameJson(one[key], other[key]));
}

function isSameNumber(one: Json | undefined, other: Json | undefined): boolean {
  if (typeof one === "bigint") return typeof other === "number" && String(one) === String(other);
  return typeof one === "number" && typeof other === "bigint" && String(one) === String(other);
}

function patchValue(operations: JsonOperation[], path: string, before: Json, after: Json): void {
  if (sameJson(before, after)) return;
  if (isObject(before) && isObject(after)) {
    patchMap(operations, path, before, after);
    return;
  }
  const key = Array.isArray(before) && Array.isArray(after) ? listKey(before, after) : undefined;
  if (key !== undefined)
    patchList(operations, path, before as readonly Json[], after as readonly Json[], key);
  else operations.push({ op: "replace", path, value: after });
}

function patchMap(operations: JsonOperation[], path: string, before: JsonObject, after: JsonObject): void {
  for (const key of Object.keys(before)) {
    if (!Object.hasOwn(after, key)) operations.push({ op: "remove", path: stepBelow(path, key) });
  }
  for (const [key, value] of Object.entries(after)) {
    const here = stepBelow(path, key);
    if (!Object.hasOwn(before, key)) operations.push({ op: "add", path: here, value });
    else patchValue(operations, here, before[key] as Json, value);
  }
}

function stepBelow(path: string, key: string): string {
  return `${path}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/** What tells items of lists in pods apart, the first that does. */
const listKeys = ["name", "mountPath", "devicePath", "containerPort", "ip", "key", "uid"];

/** A key whose values are different for all items of each list. */
function listKey(before: readonly Json[], after: readonly Json[]): string | undefined {
  if (before.length === 0) return undefined;
  return listKeys.find((key) => isDistinct(before, key) && isDistinct(after, key));
}

/** Whether every item of a list is a map with a value of its own below a key. */
export function isDistinct(items: readonly Json[], key: string): boolean {
  const values = new Set<string>();
  for (const item of items) {
    const value = isObject(item) && Object.hasOwn(item, key) ? item[key] : undefined;
    if (value === undefined || value === null || value === "" || typeof value === "object") return false;
    values.add(String(value));
  }
  return values.size === items.length;
}

/** From the first item to the last: what goes is removed, what comes is put before what stays. */
function patchList(
  operations: JsonOperation[],
  path: string,
  before: readonly Json[],
  after: readonly Json[],
  key: string,
): void {
  const nameOf = (item: Json) => (isObject(item) ? (item[key] ?? null) : null);
  const stays = staying(before.map(nameOf).map(String), after.map(nameOf).map(String));
  let index = 0;
  let next = 0;
  const addUpTo = (end: number) => {
    for (; next < end; next++, index++) {
      operations.push({ op: "add", path: `${path}/${index}`, value: after[next] ?? null });
    }
  };
  before.forEach((item, place) => {
    const target = stays.get(place);
    if (target === undefined) {
      const here = `${path}/${index}`;
      operations.push(
        { op: "test", path: `${here}/${key}`, value: nameOf(item) },
        { op: "remove", path: here },
      );
      return;
    }
    addUpTo(target);
    const inside: JsonOperation[] = [];
    const here = `${path}/${index++}`;
    patchValue(inside, here, item, after[next++] ?? null);
    if (inside.length > 0)
      operations.push({ op: "test", path: `${here}/${key}`, value: nameOf(item) }, ...inside);
  });
  addUpTo(after.length);
}

/** The longest selection of items that are in both lists in one order, by their places: from the first to the second. */
function staying(before: readonly string[], after: readonly string[]): ReadonlyMap<number, number> {
  const targets = new Map(after.map((name, index) => [name, index]));
  /** For each item: the longest selection that ends with it. */
  const chains: {
    readonly length: number;
    readonly place: number;
    readonly target: number;
    readonly previous: number;
  }[] = [];
  let best = -1;
  before.forEach((name, place) => {
    const target = targets.get(name);
    if (target === undefined) return;
    let previous = -1;
    chains.forEach((chain, index) => {
      if (chain.target < target && chain.length > (chains[previous]?.length ?? 0)) previous = index;
    });
    const length = (chains[previous]?.length ?? 0) + 1;
    chains.push({ length, place, target, previous });
    if (length > (chains[best]?.length ?? 0)) best = chains.length - 1;
  });
  const chosen = new Map<number, number>();
  for (let chain = chains[best]; chain; chain = chains[chain.previous]) chosen.set(chain.place, chain.target);
  return chosen;
}
