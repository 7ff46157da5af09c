/** What is known of the parts of an object, such as who set them: a tree along their paths. */
import type { Path } from "../../source/node.ts";

/** What is known of a place and of those below it. Never written to, unless an edit made it. */
export interface PathTree<T> {
  /** Undefined when that is for the places above to say. */
  readonly value: T | undefined;
  readonly entries: ReadonlyMap<string, PathTree<T>> | undefined;
  readonly items: readonly (PathTree<T> | undefined)[] | undefined;
  /** Whether every item has a value of its own, so that it may stand elsewhere than in its file. */
  readonly placed: boolean;
}

/** What an edit has made, and so may write to again. */
export type Own = Set<object> | undefined;

const nothing = { value: undefined, entries: undefined, items: undefined, placed: false };

/** A tree of nothing, or of a value for a part as a whole. */
export function treeOf<T>(value?: T): PathTree<T> {
  return value === undefined ? nothing : { ...nothing, value };
}

/** The value with the longest path that covers a path. */
export function nearestValue<T>(
  tree: PathTree<T>,
  path: Path,
): { readonly value: T; readonly length: number } | undefined {
  let here: PathTree<T> | undefined = tree;
  let best: { readonly value: T; readonly length: number } | undefined;
  for (let length = 0; here; length++) {
    if (here.value !== undefined) best = { value: here.value, length };
    const step = path[length];
    here = step === undefined ? undefined : below(here, step);
  }
  return best;
}

/** What is known of a path and of what is below it. */
export function treeAt<T>(tree: PathTree<T>, path: Path): PathTree<T> | undefined {
  let here: PathTree<T> | undefined = tree;
  for (const step of path) here = here && below(here, step);
  return here;
}

function below<T>({ entries, items }: PathTree<T>, step: string | number): PathTree<T> | undefined {
  return typeof step === "number" ? items?.[step] : entries?.get(step);
}

/** The tree with another at a path, instead of what was known of that and of what is below it. */
export function withTree<T>(
  tree: PathTree<T> | undefined,
  path: Path,
  instead: PathTree<T> | undefined,
  own: Own,
  depth = 0,
): PathTree<T> | undefined {
  const step = path[depth];
  if (step === undefined) return instead;
  const before = tree ?? treeOf<T>();
  const { entries, items } = before;
  if (typeof step === "number") {
    const next = writable<readonly (PathTree<T> | undefined)[], (PathTree<T> | undefined)[]>(
      items ?? [],
      own,
      (list) => [...list],
    );
    const placed = before.placed && (step < next.length || depth === path.length - 1);
    while (next.length < step) next.push(undefined);
    next[step] = withTree(next[step], path, instead, own, depth + 1);
    return next === items && placed === before.placed ? tree : { ...before, items: next, placed };
  }
  const inner = withTree(entries?.get(step), path, instead, own, depth + 1);
  if (inner === undefined && entries === undefined) return tree;
  const next = writable<ReadonlyMap<string, PathTree<T>>, Map<string, PathTree<T>>>(
    entries ?? new Map<string, PathTree<T>>(),
    own,
    (map) => new Map(map),
  );
  if (inner) next.set(step, inner);
  else next.delete(step);
  return next === entries ? tree : { ...before, entries: next };
}

/** What is known of a list, with a value for every item of it; `valueAt` gives those that are not known. */
export function placedItems<T>(
  list: PathTree<T> | undefined,
  length: number,
  valueAt: (index: number) => T,
): PathTree<T> & { readonly items: readonly (PathTree<T> | undefined)[] } {
  if (list?.placed && list.items?.length === length) return { ...list, items: list.items };
  const items = Array.from({ length }, (_, index): PathTree<T> => {
    const item = list?.items?.[index] ?? treeOf<T>();
    return item.value === undefined ? { ...item, value: valueAt(index) } : item;
  });
  return { ...(list ?? treeOf<T>()), items, placed: true };
}

/** A copy that may be written to, or the thing itself when the edit made it. */
export function writable<T extends object, W extends T>(thing: T, own: Own, copy: (thing: T) => W): W {
  if (own?.has(thing)) return thing as W;
  const made = copy(thing);
  own?.add(made);
  return made;
}
