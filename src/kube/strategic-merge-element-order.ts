/** `$setElementOrder` in a strategic merge patch: lists that are merged and then put into the order it gives. */
import { isObject, type Json, type JsonObject } from "./json.ts";
import type { Type } from "./schema.ts";
import { addedItems, directive, elementOrder, listNamed } from "./strategic-merge-directives.ts";
import { itemKind, type MergedList, mergeList } from "./strategic-merge-lists.ts";
import { isDeletion, orderItems } from "./strategic-merge-order.ts";
import { below, fieldOf, itemType, keyOf, listOr, own, type Run, refuse } from "./strategic-merge-run.ts";

type MergeMap = (original: JsonObject, patch: JsonObject, type: Type) => JsonObject;

/**
 * Merges the lists that the patch orders into `merged` and returns the keys that need no more merging
 * (strategicpatch's mergePatchIntoOriginal, apimachinery 0.35).
 */
export function orderLists(
  run: Run,
  merged: Record<string, Json>,
  patch: JsonObject,
  type: Type,
  mergeMap: MergeMap,
): ReadonlySet<string> {
  const done = new Set<string>();
  for (const key of Object.keys(patch)) {
    if (!key.startsWith(elementOrder)) continue;
    below(run, key, () => {
      const order = listOr(run, patch[key] as Json, "the order");
      const name = listNamed(run, key, elementOrder);
      const list =
        name === undefined ? undefined : orderedList(run, { merged, patch, type, name, order, mergeMap });
      if (name === undefined || !list) return;
      merged[name] = list;
      done.add(name);
    });
  }
  return done;
}

interface Ordering {
  readonly merged: JsonObject;
  readonly patch: JsonObject;
  readonly type: Type;
  readonly name: string;
  readonly order: readonly Json[];
  readonly mergeMap: MergeMap;
}

/** The list in its order, or undefined when neither the original nor the patch has it. */
function orderedList(run: Run, ordering: Ordering): readonly Json[] | undefined {
  const { type, name, order } = ordering;
  const before = listIn(run, ordering.merged, name);
  const change = listIn(run, ordering.patch, name);
  const field = fieldOf(run, type, name);
  const of = field && itemType(run, field);
  if (!of) return undefined;
  const key = field.mergeKey ?? "";
  checkOrder(run, change ?? [], order, key);
  if (!before && !change) return undefined;
  const { list, original } = mergedList(before, change, (original, patch) =>
    field.mergeKey === undefined
      ? { list: patch, original }
      : mergeList(run, original, patch, {
          mergeKey: key,
          deletes: false,
          mergeItem: (one, other) => ordering.mergeMap(one, other, of),
        }),
  );
  const kind = itemKind(run, original, change ?? []);
  return kind ? orderItems(run, list, order, original, { key, maps: kind === "a map" }) : undefined;
}

function listIn(run: Run, object: JsonObject, name: string): readonly Json[] | undefined {
  const value = own(object, name);
  return value === undefined ? undefined : listOr(run, value, `the list ${JSON.stringify(name)} it orders`);
}

function mergedList(
  before: readonly Json[] | undefined,
  change: readonly Json[] | undefined,
  merge: (original: readonly Json[], patch: readonly Json[]) => MergedList,
): MergedList {
  if (before && change) return merge(before, change);
  if (before) return { list: before, original: before };
  return { list: addedItems(change ?? [], "kept"), original: [] };
}

/** The patch's items have to be in the order, one after the other; those that it deletes need not. */
function checkOrder(run: Run, patch: readonly Json[], order: readonly Json[], key: string): void {
  if (order.length === 0 || patch.length === 0) return;
  const value = (item: Json) => (key === "" ? item : keyOf(run, item, key));
  const set = key === "" ? patch : patch.filter((item) => !isDeletion(item));
  let next = 0;
  for (const item of set) {
    if (next < order.length && isObject(item) && Object.hasOwn(item, directive)) continue;
    const wanted = value(item);
    while (next < order.length && value(order[next] as Json) !== wanted) next++;
    if (next++ < order.length) continue;
    refuse(run, "does not name the patch's items in the order in which the patch gives them");
    return;
  }
}
