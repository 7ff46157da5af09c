/** Which items of a list are still there in another one: by what names them, or by being equal. */

import type { Value } from "../source/node.ts";
import { isMap } from "./same.ts";

/** What names the items of Kubernetes' lists, the first that all items of a list have and no two share. */
const names: readonly (readonly string[])[] = [
  ["mountPath"],
  ["devicePath"],
  ["containerPort", "protocol"],
  ["name"],
  ["uid"],
  ["ip"],
  ["port", "protocol"],
  ["topologyKey", "whenUnsatisfiable"],
  ["key"],
];

/**
 * For each item of `after` the index of the item of `before` that it was, or -1. The indices that are not -1 rise: an item that
 * changed its place is a new one. What is left between two found neighbours and has no name is paired in order.
 */
export function alignLists(before: readonly Value[], after: readonly Value[]): readonly number[] {
  const name = names.find((keys) => isNamedBy(before, keys) && isNamedBy(after, keys));
  const identity = name ? (value: Value) => nameOf(value, name) ?? "" : textOf;
  const pairs = commonItems(before.map(identity), after.map(identity));
  return name ? pairs : pairNeighbours(pairs, before, after);
}

function isNamedBy(list: readonly Value[], keys: readonly string[]): boolean {
  const seen = new Set<string>();
  for (const item of list) {
    const name = nameOf(item, keys);
    if (name === undefined || seen.has(name)) return false;
    seen.add(name);
  }
  return true;
}

function nameOf(item: Value, [first = "", ...more]: readonly string[]): string | undefined {
  if (!isMap(item)) return undefined;
  const name = Object.hasOwn(item, first) ? item[first] : undefined;
  if (name === undefined || name === null || typeof name === "object") return undefined;
  return [name, ...more.map((key) => (Object.hasOwn(item, key) ? textOf(item[key] ?? null) : ""))].join("\n");
}

/** A text that is equal for equal values. */
export function textOf(value: Value): string {
  if (typeof value !== "object" || value === null)
    return typeof value === "bigint" ? `${value}` : JSON.stringify(value);
  if (!isMap(value)) return `[${value.map(textOf).join()}]`;
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${textOf(value[key] ?? null)}`).join()}}`;
}

/** The most comparisons that are made for the longest common subsequence; what is longer is compared from the front. */
const mostComparisons = 1_000_000;

function commonItems(before: readonly string[], after: readonly string[]): number[] {
  const pairs = after.map(() => -1);
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start])
    pairs[start] = start++;
  let [endBefore, endAfter] = [before.length, after.length];
  while (endBefore > start && endAfter > start && before[endBefore - 1] === after[endAfter - 1])
    pairs[--endAfter] = --endBefore;
  const [rows, columns] = [endBefore - start, endAfter - start];
  if (rows * columns <= mostComparisons) longest(before, after, pairs, start, rows, columns);
  else inOrder(before, after, pairs, start, endBefore, endAfter);
  return pairs;
}

function longest(
  before: readonly string[],
  after: readonly string[],
  pairs: number[],
  start: number,
  rows: number,
  columns: number,
): void {
  const width = columns + 1;
  const lengths = new Uint32Array((rows + 1) * width);
  for (let row = rows - 1; row >= 0; row--) {
    for (let column = columns - 1; column >= 0; column--) {
      const at = row * width + column;
      const [below = 0, right = 0, diagonal = 0] = [
        lengths[at + width],
        lengths[at + 1],
        lengths[at + width + 1],
      ];
      lengths[at] = before[start + row] === after[start + column] ? diagonal + 1 : Math.max(below, right);
    }
  }
  for (let row = 0, column = 0; row < rows && column < columns; ) {
    const at = row * width + column;
    if (before[start + row] === after[start + column]) pairs[start + column++] = start + row++;
    else if ((lengths[at + width] ?? 0) >= (lengths[at + 1] ?? 0)) row++;
    else column++;
  }
}

/** Takes each item that is still to come in the list before. */
function inOrder(
  before: readonly string[],
  after: readonly string[],
  pairs: number[],
  start: number,
  endBefore: number,
  endAfter: number,
): void {
  const places = new Map<string, number[]>();
  for (let i = endBefore - 1; i >= start; i--)
    places.set(before[i] ?? "", [...(places.get(before[i] ?? "") ?? []), i]);
  let from = start;
  for (let i = start; i < endAfter; i++) {
    const known = places.get(after[i] ?? "") ?? [];
    while (known.length > 0 && (known.at(-1) ?? 0) < from) known.pop();
    const found = known.pop();
    if (found === undefined) continue;
    pairs[i] = found;
    from = found + 1;
  }
}

/** Pairs what is left between found items, where both are of one kind. */
function pairNeighbours(
  pairs: readonly number[],
  before: readonly Value[],
  after: readonly Value[],
): readonly number[] {
  const result = [...pairs];
  let old = 0;
  for (let i = 0; i < result.length; i++) {
    const found = result[i] ?? -1;
    if (found >= 0) {
      old = found + 1;
      continue;
    }
    const limit = result.slice(i).find((index) => index >= 0) ?? before.length;
    if (old < limit && kindOf(before[old] ?? null) === kindOf(after[i] ?? null)) result[i] = old++;
  }
  return result;
}

function kindOf(value: Value): "list" | "map" | "scalar" {
  if (typeof value !== "object" || value === null) return "scalar";
  return Array.isArray(value) ? "list" : "map";
}
