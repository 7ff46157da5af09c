/** Where the parts of an object were set that do not come from its own file: a tree along their paths. */
import type { Path } from "../../source/node.ts";
import type { Source } from "./kustomization.ts";

/** The changes at a place and below it. Never written to, unless an edit made it. */
export interface Changes {
  /** Who set what stands here; undefined when that is for the places above to say. */
  readonly source: Source | undefined;
  readonly entries: ReadonlyMap<string, Changes> | undefined;
  readonly items: readonly (Changes | undefined)[] | undefined;
  /** Whether every item says itself who set it, so that it may stand elsewhere than in its file. */
  readonly placed: boolean;
}

/** What an edit has made, and so may write to again. */
export type Own = Set<object> | undefined;

export const noChanges: Changes = {
  source: undefined,
  entries: undefined,
  items: undefined,
  placed: false,
};

/** A part that was set as a whole. */
export function setBy(source: Source): Changes {
  return { ...noChanges, source };
}

/** The change with the longest path that covers a path. */
export function changeAt(
  changes: Changes,
  path: Path,
): { readonly source: Source; readonly length: number } | undefined {
  let here: Changes | undefined = changes;
  let best: { readonly source: Source; readonly length: number } | undefined;
  for (let length = 0; here; length++) {
    if (here.source) best = { source: here.source, length };
    const step = path[length];
    here = step === undefined ? undefined : below(here, step);
  }
  return best;
}

/** What changed at a path and below it. */
export function changesBelow(changes: Changes, path: Path): Changes | undefined {
  let here: Changes | undefined = changes;
  for (const step of path) here = here && below(here, step);
  return here;
}

function below({ entries, items }: Changes, step: string | number): Changes | undefined {
  return typeof step === "number" ? items?.[step] : entries?.get(step);
}

/** The changes with others at a path and below it, instead of those that were there. */
export function withChanges(
  changes: Changes | undefined,
  path: Path,
  instead: Changes | undefined,
  own: Own,
  depth = 0,
): Changes | undefined {
  const step = path[depth];
  if (step === undefined) return instead;
  const before = changes ?? noChanges;
  const { entries, items } = before;
  if (typeof step === "number") {
    const next = writable(items ?? [], own, (list) => [...list]);
    const placed = before.placed && (step < next.length || depth === path.length - 1);
    while (next.length < step) next.push(undefined);
    next[step] = withChanges(next[step], path, instead, own, depth + 1);
    return next === items && placed === before.placed ? changes : { ...before, items: next, placed };
  }
  const inner = withChanges(entries?.get(step), path, instead, own, depth + 1);
  if (inner === undefined && entries === undefined) return changes;
  const next = writable(entries ?? new Map<string, Changes>(), own, (map) => new Map(map));
  if (inner) next.set(step, inner);
  else next.delete(step);
  return next === entries ? changes : { ...before, entries: next };
}

/** The changes below a list with one for every item of it; `sourceOf` says who set those that nobody changed. */
export function placedItems(
  list: Changes | undefined,
  length: number,
  sourceOf: (index: number) => Source,
): Changes & { readonly items: readonly (Changes | undefined)[] } {
  if (list?.placed && list.items?.length === length) return { ...list, items: list.items };
  const items = Array.from({ length }, (_, index): Changes => {
    const item = list?.items?.[index] ?? noChanges;
    return item.source ? item : { ...item, source: sourceOf(index) };
  });
  return { ...(list ?? noChanges), items, placed: true };
}

/** A copy that may be written to, or the thing itself when the edit made it. */
export function writable<T extends object, W extends T>(thing: T, own: Own, copy: (thing: T) => W): W {
  if (own?.has(thing)) return thing as W;
  const made = copy(thing);
  own?.add(made);
  return made;
}
