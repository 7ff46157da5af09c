/** What was meant: the known name nearest to one that is not known. */

/**
 * The names within a third of their length in single edits (swaps count as one), and within half of what follows their common
 * beginning, the nearest first, at most `most`.
 */
export function nearest(given: string, known: Iterable<string>, most = 1): readonly string[] {
  const wanted = given.toLowerCase();
  const near: { readonly name: string; readonly distance: number }[] = [];
  for (const name of new Set(known)) {
    const candidate = name.toLowerCase();
    const allowed = Math.max(1, Math.floor(Math.max(candidate.length, wanted.length) / 3));
    if (Math.abs(candidate.length - wanted.length) > allowed) continue;
    const distance = edits(wanted, candidate);
    if (distance <= allowed && distance <= mostBehind(commonStart(candidate, wanted), candidate, wanted))
      near.push({ name, distance });
  }
  return near
    .sort((a, b) => a.distance - b.distance)
    .slice(0, most)
    .map(({ name }) => name);
}

/** Of names with one beginning, such as codes, the rest says whether one was meant for the other. */
function mostBehind(start: number, a: string, b: string): number {
  return Math.max(1, Math.floor((Math.max(a.length, b.length) - start) / 2));
}

function commonStart(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}

/** The one name that was probably meant: the nearest, else the shortest that contains what was given. */
export function meantBy(given: string, known: Iterable<string>): string | undefined {
  const names = [...known];
  const [near] = nearest(given, names);
  if (near !== undefined || given.length < LEAST_PART) return near;
  const part = given.toLowerCase();
  const [first, ...others] = names.filter((name) => name.toLowerCase().includes(part));
  return others.reduce(
    (best, name) => (best !== undefined && best.length <= name.length ? best : name),
    first,
  );
}

/** Fewer characters stand in too many names to say which one was meant. */
const LEAST_PART = 3;

/** Insertions, deletions, replacements and swaps of neighbours that turn one text into the other. */
export function edits(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + same);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) best = Math.min(best, (before[j - 2] ?? 0) + 1);
      current.push(best);
    }
    before = previous;
    previous = current;
  }
  return previous[b.length] ?? 0;
}
