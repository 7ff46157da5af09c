/** Which lines two texts have in common, in order: what a diff leaves standing. */

/** For every line of the first text the line of the second that it stays as, or -1; the numbers only grow. */
export type Partners = Int32Array;

/** Ranges of lines in both texts, their ends excluded. */
interface Range {
  readonly before: number;
  readonly beforeEnd: number;
  readonly after: number;
  readonly afterEnd: number;
}

interface Matching {
  /** A number for every line, the same for the same text. */
  readonly before: Int32Array;
  readonly after: Int32Array;
  readonly partners: Partners;
  /** By the number of a line: how often a range has it, and where; all zero between two ranges. */
  readonly beforeCounts: Int32Array;
  readonly afterCounts: Int32Array;
  readonly afterPlaces: Int32Array;
  readonly open: Range[];
}

/**
 * Finds the lines that stay. Lines that both texts have just once hold the others in place (Bram Cohen's patience diff), which
 * keeps the time in proportion to the length of the texts. Between those it is the shortest edit (Eugene Myers' O(ND)), or
 * none at all where that would change more than `mostEdits` lines.
 */
export function matchLines(before: readonly string[], after: readonly string[]): Partners {
  const numbers = new Map<string, number>();
  const numbered = (lines: readonly string[]) =>
    Int32Array.from(lines, (line) => {
      const known = numbers.get(line) ?? numbers.size;
      if (known === numbers.size) numbers.set(line, known);
      return known;
    });
  const matching: Matching = {
    before: numbered(before),
    after: numbered(after),
    partners: new Int32Array(before.length).fill(-1),
    beforeCounts: new Int32Array(numbers.size),
    afterCounts: new Int32Array(numbers.size),
    afterPlaces: new Int32Array(numbers.size),
    open: [{ before: 0, beforeEnd: before.length, after: 0, afterEnd: after.length }],
  };
  for (let range = matching.open.pop(); range; range = matching.open.pop()) matchRange(matching, range);
  return matching.partners;
}

function matchRange(matching: Matching, whole: Range): void {
  const range = withoutEnds(matching, whole);
  if (range.before === range.beforeEnd || range.after === range.afterEnd) return;
  const anchors = longestRising(uniqueLines(matching, range));
  if (anchors.length === 0) {
    shortestEdit(matching, range);
    return;
  }
  let { before, after } = range;
  for (const anchor of anchors) {
    matching.partners[anchor.before] = anchor.after;
    matching.open.push({ before, beforeEnd: anchor.before, after, afterEnd: anchor.after });
    before = anchor.before + 1;
    after = anchor.after + 1;
  }
  matching.open.push({ before, beforeEnd: range.beforeEnd, after, afterEnd: range.afterEnd });
}

/** The range without the lines that both texts begin and end with there, which stay. */
function withoutEnds(matching: Matching, range: Range): Range {
  let { before, beforeEnd, after, afterEnd } = range;
  while (before < beforeEnd && after < afterEnd && matching.before[before] === matching.after[after]) {
    matching.partners[before++] = after++;
  }
  while (
    before < beforeEnd &&
    after < afterEnd &&
    matching.before[beforeEnd - 1] === matching.after[afterEnd - 1]
  ) {
    matching.partners[--beforeEnd] = --afterEnd;
  }
  return { before, beforeEnd, after, afterEnd };
}

interface Pair {
  readonly before: number;
  readonly after: number;
}

/** Lines that a range has once in each text, in the order of the first. */
function uniqueLines(matching: Matching, { before, beforeEnd, after, afterEnd }: Range): readonly Pair[] {
  const { beforeCounts, afterCounts, afterPlaces } = matching;
  const mine = matching.before.subarray(before, beforeEnd);
  const theirs = matching.after.subarray(after, afterEnd);
  for (const line of mine) beforeCounts[line] = (beforeCounts[line] ?? 0) + 1;
  theirs.forEach((line, index) => {
    afterCounts[line] = (afterCounts[line] ?? 0) + 1;
    afterPlaces[line] = after + index;
  });
  const pairs: Pair[] = [];
  mine.forEach((line, index) => {
    if (beforeCounts[line] === 1 && afterCounts[line] === 1) {
      pairs.push({ before: before + index, after: afterPlaces[line] ?? 0 });
    }
  });
  for (const line of mine) beforeCounts[line] = 0;
  for (const line of theirs) afterCounts[line] = 0;
  return pairs;
}

/** The longest selection of pairs in which the second numbers grow as the first do. */
function longestRising(pairs: readonly Pair[]): readonly Pair[] {
  const previous = new Int32Array(pairs.length).fill(-1);
  /** By length - 1: the pair with the smallest second number that a selection of that length can end with. */
  const ends: number[] = [];
  pairs.forEach(({ after }, index) => {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((pairs[ends[middle] ?? 0]?.after ?? 0) < after) low = middle + 1;
      else high = middle;
    }
    previous[index] = ends[low - 1] ?? -1;
    ends[low] = index;
  });
  const chosen: Pair[] = [];
  for (let index = ends.at(-1) ?? -1; index >= 0; index = previous[index] ?? -1) {
    const pair = pairs[index];
    if (pair) chosen.push(pair);
  }
  return chosen.reverse();
}

const mostEdits = 1000;

/** Matches the lines of a range by the shortest edit, if that is short enough. */
function shortestEdit(matching: Matching, range: Range): void {
  const length = range.beforeEnd - range.before;
  const otherLength = range.afterEnd - range.after;
  const limit = Math.min(mostEdits, length + otherLength);
  /** By diagonal (x - y): how far into the first text so many edits lead. */
  const reach = new Int32Array(2 * limit + 3);
  const earlier: Int32Array[] = [];
  for (let edits = 0; edits <= limit; edits++) {
    earlier.push(reach.slice(limit + 1 - edits - 1, limit + 1 + edits + 2));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const at = limit + 1 + diagonal;
      let x = isDown(reach, at, diagonal, edits) ? (reach[at + 1] ?? 0) : (reach[at - 1] ?? 0) + 1;
      let y = x - diagonal;
      while (
        x < length &&
        y < otherLength &&
        matching.before[range.before + x] === matching.after[range.after + y]
      ) {
        x++;
        y++;
      }
      reach[at] = x;
      if (x >= length && y >= otherLength) {
        walkBack(matching, range, earlier);
        return;
      }
    }
  }
}

/** Whether the best way onto a diagonal adds a line of the second text rather than taking one of the first away. */
function isDown(reach: Int32Array, at: number, diagonal: number, edits: number): boolean {
  return diagonal === -edits || (diagonal !== edits && (reach[at - 1] ?? 0) < (reach[at + 1] ?? 0));
}

/** Goes from the ends of a range back along the shortest edit; what it passes diagonally stays. */
function walkBack({ partners }: Matching, range: Range, earlier: readonly Int32Array[]): void {
  let x = range.beforeEnd - range.before;
  let y = range.afterEnd - range.after;
  for (let edits = earlier.length - 1; edits >= 0; edits--) {
    const reach = earlier[edits] ?? new Int32Array();
    const diagonal = x - y;
    const at = edits + 1 + diagonal;
    const down = isDown(reach, at, diagonal, edits);
    const startX = edits === 0 ? 0 : down ? (reach[at + 1] ?? 0) : (reach[at - 1] ?? 0) + 1;
    while (x > startX) partners[range.before + --x] = range.after + --y;
    if (edits === 0) return;
    if (down) y--;
    else x--;
  }
}
