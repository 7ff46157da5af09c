/** Which items of a list are still there in another one: by what names them, or by being equal. */

import type { Value } from "../source/node.ts";
import { isMap, isSame, type ValueMap } from "./same.ts";

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

/** Where an item of a list was before: at an index, or nowhere (-1); `moved` when others that are still there have passed it. */
export interface Origin {
  readonly index: number;
  readonly moved: boolean;
}

/**
 * The origin of each item of `after` in `before`. Those that did not move keep their order. What is left between two of them is
 * paired in order where it has no name, or where nothing but the name differs.
 */
export function alignLists(before: readonly Value[], after: readonly Value[]): readonly Origin[] {
  const name = names.find((keys) => isNamedBy(before, keys) && isNamedBy(after, keys));
  const identity = name ? (value: Value) => nameOf(value, name) ?? "" : textOf;
  const [old, now] = [before.map(identity), after.map(identity)];
  const common = commonItems(old, now);
  const moves = movedItems(old, now, common);
  const isPair = (a: Value, b: Value) => (name ? isRenamed(a, b, name) : kindOf(a) === kindOf(b));
  const pairs = pairNeighbours(common, moves, before, after, isPair);
  return pairs.map((index, to) => {
    const from = moves.get(to);
    return index < 0 && from !== undefined ? { index: from, moved: true } : { index, moved: false };
  });
}

/** Of items that found no partner in order, those that have one elsewhere: from their new to their old index. */
function movedItems(
  before: readonly string[],
  after: readonly string[],
  pairs: readonly number[],
): ReadonlyMap<number, number> {
  const taken = new Set(pairs);
  const free = new Map<string, number>();
  before.forEach((identity, index) => {
    if (!taken.has(index)) free.set(identity, index);
  });
  const moves = new Map<number, number>();
  after.forEach((identity, index) => {
    const from = pairs[index] === -1 ? free.get(identity) : undefined;
    if (from === undefined) return;
    moves.set(index, from);
    free.delete(identity);
  });
  return moves;
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

function nameOf(item: Value, keys: readonly string[]): string | undefined {
  if (!isMap(item)) return undefined;
  let name = "";
  for (const key of keys) {
    const value = Object.hasOwn(item, key) ? item[key] : undefined;
    const isFirst = key === keys[0];
    if (isFirst && (value === undefined || value === null || typeof value === "object")) return undefined;
    name += isFirst ? String(value) : `\n${value === undefined ? "" : textOf(value)}`;
  }
  return name;
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
  for (let i = endBefore - 1; i >= start; i--) {
    const known = places.get(before[i] ?? "");
    if (known) known.push(i);
    else places.set(before[i] ?? "", [i]);
  }
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

/** Pairs what is left between found items, where two can be one and neither has moved. */
function pairNeighbours(
  pairs: readonly number[],
  moves: ReadonlyMap<number, number>,
  before: readonly Value[],
  after: readonly Value[],
  canBeOne: (before: Value, after: Value) => boolean,
): readonly number[] {
  const gone = new Set(moves.values());
  const limits: number[] = [];
  for (let i = pairs.length - 1, limit = before.length; i >= 0; i--) {
    const pair = pairs[i] ?? -1;
    if (pair >= 0) limit = pair;
    limits[i] = limit;
  }
  let old = 0;
  return pairs.map((pair, index) => {
    if (pair >= 0) {
      old = pair + 1;
      return pair;
    }
    while (gone.has(old)) old++;
    const isPair = old < (limits[index] ?? 0) && !moves.has(index);
    return isPair && canBeOne(before[old] ?? null, after[index] ?? null) ? old++ : -1;
  });
}

/** Whether two maps differ in nothing but what names them. */
function isRenamed(before: Value, after: Value, name: readonly string[]): boolean {
  if (!isMap(before) || !isMap(after)) return false;
  const rest = (map: ValueMap) => Object.keys(map).filter((key) => !name.includes(key));
  const keys = rest(before);
  return (
    keys.length === rest(after).length &&
    keys.every((key) => Object.hasOwn(after, key) && isSame(before[key] ?? null, after[key] ?? null))
  );
}

function kindOf(value: Value): "list" | "map" | "scalar" {
  if (typeof value !== "object" || value === null) return "scalar";
  return Array.isArray(value) ? "list" : "map";
}
