/** A stable sort that compares and moves in the same order as Go's sort.SliceStable: an inconsistent comparison gives the same result. */

/** Whether one item goes before another. */
type Less<T> = (a: T, b: T) => boolean;

const block = 20;

/** Sorts in place: blocks by insertion, then neighbours merged by the SymMerge algorithm of Kim and Kutzner (Go 1.26). */
export function stableSort<T>(items: T[], less: Less<T>): void {
  const { length } = items;
  for (let from = 0; from < length; from += block)
    insertAll(items, from, Math.min(from + block, length), less);
  for (let size = block; size < length; size *= 2) {
    for (let from = 0; from + size < length; from += 2 * size) {
      merge(items, from, from + size, Math.min(from + 2 * size, length), less);
    }
  }
}

function insertAll<T>(items: T[], from: number, to: number, less: Less<T>): void {
  for (let end = from + 1; end < to; end++) {
    const item = items[end] as T;
    let at = end;
    while (at > from && less(item, items[at - 1] as T)) at--;
    items.copyWithin(at + 1, at, end);
    items[at] = item;
  }
}

/** Merges what is sorted from `from` to `middle` with what is from there to `to`. */
function merge<T>(items: T[], from: number, middle: number, to: number, less: Less<T>): void {
  const isBefore = (a: number, b: number) => less(items[a] as T, items[b] as T);
  if (middle - from === 1) {
    rotate(
      items,
      from,
      middle,
      firstNot(middle, to, (at) => isBefore(at, from)),
    );
    return;
  }
  if (to - middle === 1) {
    rotate(
      items,
      firstNot(from, middle, (at) => !isBefore(middle, at)),
      middle,
      to,
    );
    return;
  }
  const half = (from + to) >> 1;
  const sum = half + middle;
  const [least, most] = middle > half ? [sum - to, half] : [from, middle];
  const start = firstNot(least, most, (at) => !isBefore(sum - 1 - at, at));
  const end = sum - start;
  if (start < middle && middle < end) rotate(items, start, middle, end);
  if (from < start && start < half) merge(items, from, start, half, less);
  if (half < end && end < to) merge(items, half, end, to, less);
}

/** The first place for which something no longer holds, looked for by halving. */
function firstNot(from: number, to: number, holds: (at: number) => boolean): number {
  let [low, high] = [from, to];
  while (low < high) {
    const at = (low + high) >> 1;
    if (holds(at)) low = at + 1;
    else high = at;
  }
  return low;
}

/** Exchanges what stands from `from` to `middle` with what stands from there to `to`. */
function rotate<T>(items: T[], from: number, middle: number, to: number): void {
  const first = items.slice(from, middle);
  items.copyWithin(from, middle, to);
  for (const [index, item] of first.entries()) items[from + to - middle + index] = item;
}
