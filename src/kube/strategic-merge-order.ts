/** The order of a merged list: the patch's items in the patch's order, the others in theirs, interleaved as the original was. */
import { isObject, type Json } from "./json.ts";
import { stableSort } from "./stable-sort.ts";
import { directive } from "./strategic-merge-directives.ts";
import { keyOf, own, type Run, refuse } from "./strategic-merge-run.ts";

/** What tells the items of a list apart: the value of a key of maps, or, where the key is empty, the items themselves. */
export interface Identity {
  readonly key: string;
  /** Whether the items are maps. */
  readonly maps: boolean;
}

/** Where each value first stands. Go compares values of one kind that cannot be compared by failing. */
export interface Places {
  readonly first: Map<Json, number>;
  hasMap: boolean;
  hasList: boolean;
}

/** Where the values stand that items have; an item without one has no place. */
export function placesOf(items: readonly Json[], identify: (item: Json) => Json | undefined): Places {
  const places: Places = { first: new Map(), hasMap: false, hasList: false };
  items.forEach((item, index) => {
    const value = identify(item);
    if (value !== undefined) setPlace(places, value, index);
  });
  return places;
}

/** Gives a value a place unless it has one. */
export function setPlace(places: Places, value: Json, index: number): void {
  if (isObject(value)) places.hasMap = true;
  else if (Array.isArray(value)) places.hasList = true;
  else if (!places.first.has(value)) places.first.set(value, index);
}

/** Where a value first stands, or -1; a map or list among others of its kind is refused. */
export function placeOf(run: Run, places: Places, value: Json): number {
  if (typeof value !== "object" || value === null) return places.first.get(value) ?? -1;
  if (Array.isArray(value) ? places.hasList : places.hasMap) {
    refuse(run, "has a map or list where a plain value tells items apart");
  }
  return -1;
}

/**
 * Orders merged items: those that `patchOrder` names as it does, the others as in `original`; an item of the others goes before the first
 * of the patch that followed it in `original` (strategicpatch's normalizeElementOrder, apimachinery 0.35).
 */
export function orderItems(
  run: Run,
  merged: readonly Json[],
  patchOrder: readonly Json[],
  original: readonly Json[],
  identity: Identity,
): readonly Json[] {
  const { named, others } = split(run, merged, patchOrder, identity);
  const inPatch = placesIn(patchOrder, identity);
  const inOriginal = placesIn(original, identity);
  if (identity.maps) {
    for (const item of patchOrder) keyOf(run, item, identity.key);
    for (const item of original) keyOf(run, item, identity.key);
  }
  if (run.error) return merged;
  const left = sorted(run, others, inOriginal, identity);
  const right = sorted(run, named, inPatch, identity);
  return interleave(run, left, right, inOriginal, identity);
}

function identityOf(item: Json, { key, maps }: Identity): Json {
  if (!maps) return item;
  return valueIn(item, key) ?? null;
}

function placesIn(list: readonly Json[], identity: Identity): Places {
  return placesOf(list, (item) => identityOf(item, identity));
}

interface Split {
  readonly named: readonly Json[];
  readonly others: readonly Json[];
}

function split(run: Run, merged: readonly Json[], order: readonly Json[], { key }: Identity): Split {
  if (key === "") for (const item of order) checkPlain(run, item);
  const places = placesOf(order, (item) => (key === "" ? item : valueIn(item, key)));
  const named: Json[] = [];
  const others: Json[] = [];
  for (const item of merged) {
    if (key === "") checkPlain(run, item);
    const value = key === "" ? item : keyOf(run, item, key);
    if (value === undefined) continue;
    (placeOf(run, places, value) >= 0 ? named : others).push(item);
  }
  return { named, others };
}

/** What an item has below a key, or undefined. */
export function valueIn(item: Json, key: string): Json | undefined {
  return isObject(item) ? own(item, key) : undefined;
}

function checkPlain(run: Run, item: Json): void {
  if (typeof item === "object" && item !== null) {
    refuse(run, "orders a list whose items are maps or lists, and no key tells them apart");
  }
}

/** Items that say `$patch: delete` go last. */
function sorted(run: Run, items: readonly Json[], places: Places, identity: Identity): readonly Json[] {
  if (!identity.maps || !items.some(isDeletion)) return sortByPlace(run, items, places, identity);
  const kept = sortByPlace(
    run,
    items.filter((item) => !isDeletion(item)),
    places,
    identity,
  );
  return [...kept, ...items.filter(isDeletion)];
}

/** Whether an item of a patch deletes the one with its key. */
export function isDeletion(item: Json): boolean {
  return isObject(item) && item[directive] === "delete";
}

/**
 * Sorts items by their places. Of an item without a place Go's comparison says that it goes before any other, so what comes out depends on
 * how it sorts; it takes an empty `$setElementOrder` to get there.
 */
function sortByPlace(run: Run, items: readonly Json[], places: Places, identity: Identity): readonly Json[] {
  if (items.length < 2) return items;
  const ranked = items.map((item) => ({ item, rank: placeOf(run, places, identityOf(item, identity)) }));
  stableSort(ranked, (a, b) => goesFirst(a.rank, b.rank));
  return ranked.map(({ item }) => item);
}

function goesFirst(rank: number, other: number): boolean {
  return rank < 0 || other < 0 || rank < other;
}

function interleave(
  run: Run,
  left: readonly Json[],
  right: readonly Json[],
  places: Places,
  identity: Identity,
): readonly Json[] {
  if (left.length === 0) return right;
  if (right.length === 0) return left;
  const rank = (item: Json) => placeOf(run, places, identityOf(item, identity));
  const ranks = right.map(rank);
  const all: Json[] = [];
  let next = 0;
  for (const item of left) {
    const mine = rank(item);
    for (; next < right.length; next++) {
      const theirs = ranks[next] ?? -1;
      if (mine >= 0 && theirs >= 0 && mine < theirs) break;
      all.push(right[next] as Json);
    }
    all.push(item);
  }
  for (; next < right.length; next++) all.push(right[next] as Json);
  return all;
}
