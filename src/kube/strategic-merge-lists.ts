/** Lists in a strategic merge patch: plain values as a set, maps by the value of a key. */
import { isObject, type Json, type JsonObject } from "./json.ts";
import { describe } from "./scalar.ts";
import { directive } from "./strategic-merge-directives.ts";
import { orderItems, placeOf, placesOf, setPlace, valueIn } from "./strategic-merge-order.ts";
import { below, keyOf, type Run, refuse } from "./strategic-merge-run.ts";

export interface ListRule {
  /** The key by which maps merge; empty where plain values do. */
  readonly mergeKey: string;
  /** Whether the patch says which plain values to delete. */
  readonly deletes: boolean;
  readonly mergeItem: (original: JsonObject, patch: JsonObject) => JsonObject;
}

export interface MergedList {
  readonly list: readonly Json[];
  /**
   * The original as Go sees it afterwards: deleting items and removing duplicates move the others within the memory of the original, and a
   * `$setElementOrder` is applied by looking there.
   */
  readonly original: readonly Json[];
}

/** Merges two lists (strategicpatch's mergeSlice, apimachinery 0.35). */
export function mergeList(
  run: Run,
  original: readonly Json[],
  patch: readonly Json[],
  rule: ListRule,
): MergedList {
  const kind = original.length + patch.length > 0 ? itemKind(run, original, patch) : undefined;
  if (kind === undefined) return { list: original, original };
  if (kind !== "a map") {
    if (!rule.deletes) return mergeValues(run, original, patch, rule.mergeKey);
    const gone = new Set(patch);
    return { list: original.filter((item) => !gone.has(item)), original };
  }
  if (rule.mergeKey !== "") return mergeMaps(run, original, patch, rule);
  refuse(run, "merges a list of maps, and no key tells them apart");
  return { list: original, original };
}

/** Of what kind all items are, such as "a map"; lists of several kinds, of lists or with null are refused. */
export function itemKind(run: Run, ...lists: readonly (readonly Json[])[]): string | undefined {
  let kind: string | undefined;
  for (const list of lists) {
    for (const item of list) {
      const mine = typeof item === "bigint" ? "an integer" : describe(item);
      kind ??= mine;
      if (mine !== kind) refuse(run, `merges ${kind} with ${mine} in one list`);
    }
  }
  if (kind === undefined || kind === "null" || kind === "a list") {
    refuse(run, `orders or merges a list ${kind === undefined ? "without items" : `that holds ${kind}`}`);
    return undefined;
  }
  return kind;
}

/** For how many items Go (1.26, 64 bits) has room as it reads a list item by item. */
const rooms = [0, 1, 2, 4, 8, 16, 32, 71, 143, 303, 591];

function roomFor(length: number): number {
  return rooms.find((room) => room >= length) ?? length;
}

function mergeValues(
  run: Run,
  original: readonly Json[],
  patch: readonly Json[],
  mergeKey: string,
): MergedList {
  const memory = [...original, ...patch];
  const length = withoutDuplicates(memory);
  const shared = original.length + patch.length <= roomFor(original.length);
  const seen = shared ? memory.slice(0, original.length) : original;
  const merged = memory.slice(0, length);
  const list = orderItems(run, merged, patch, seen, { key: mergeKey, maps: false });
  return { list, original: seen };
}

/** Removes duplicates in place as Go does, the last item taking the place of a removed one; returns how many are left. */
function withoutDuplicates(items: Json[]): number {
  let length = items.length;
  if (new Set(items).size === length) return length;
  for (let at = 0; at < length - 1; at++) {
    for (let other = at + 1; other < length; ) {
      if (items[at] !== items[other]) other++;
      else items[other] = items[--length] as Json;
    }
  }
  return length;
}

function mergeMaps(run: Run, original: readonly Json[], patch: readonly Json[], rule: ListRule): MergedList {
  const { kept, replace } = applyItemDirectives(run, original, patch, rule.mergeKey);
  const items = patch.filter((item) => !isSpecial(item));
  const identity = { key: rule.mergeKey, maps: true };
  if (replace) return { list: orderItems(run, items, [], items, identity), original: kept };
  const merged = mergeItems(run, kept, patch, rule);
  // Items that are appended take the room of those that were deleted.
  const seen = merged.slice(0, original.length);
  return { list: orderItems(run, merged, items, kept, identity), original: seen };
}

function isSpecial(item: Json): boolean {
  return isObject(item) && Object.hasOwn(item, directive);
}

interface Cleared {
  readonly kept: readonly Json[];
  readonly replace: boolean;
}

/** Deletes what items with `$patch: delete` name, wherever they stand in the patch. */
function applyItemDirectives(
  run: Run,
  original: readonly Json[],
  patch: readonly Json[],
  mergeKey: string,
): Cleared {
  let kept = original;
  let replace = false;
  patch.forEach((item, index) => {
    if (!isObject(item) || !isSpecial(item)) return;
    below(run, index, () => {
      const asked = item[directive];
      if (asked === "replace") replace = true;
      else if (asked === "delete") kept = withoutItem(run, kept, item, mergeKey);
      else refuse(run, `has a $patch that is ${JSON.stringify(String(asked))}, not "delete" or "replace"`);
    });
  });
  return { kept, replace };
}

function withoutItem(run: Run, list: readonly Json[], item: JsonObject, mergeKey: string): readonly Json[] {
  const value = keyOf(run, item, mergeKey);
  if (value === undefined) return list;
  const places = placesOf(list, (other) => valueIn(other, mergeKey));
  return placeOf(run, places, value) < 0 ? list : list.filter((other) => valueIn(other, mergeKey) !== value);
}

function mergeItems(
  run: Run,
  kept: readonly Json[],
  patch: readonly Json[],
  rule: ListRule,
): readonly Json[] {
  const { mergeKey, mergeItem } = rule;
  const merged = [...kept];
  const places = placesOf(merged, (item) => valueIn(item, mergeKey));
  patch.forEach((item, index) => {
    if (!isObject(item) || isSpecial(item)) return;
    below(run, index, () => {
      const value = keyOf(run, item, mergeKey);
      if (value === undefined) return;
      const place = placeOf(run, places, value);
      const before = merged[place];
      if (isObject(before)) merged[place] = mergeItem(before, item);
      else setPlace(places, value, merged.push(item) - 1);
    });
  });
  return merged;
}
