/** Which workload of one world is which of another: by what builds it, kind, namespace and name, else as one that moved. */
import type { Workload } from "../world/world.ts";

export interface Matched {
  readonly pairs: readonly (readonly [before: Workload, after: Workload])[];
  readonly removed: readonly Workload[];
  readonly added: readonly Workload[];
}

/** A way to tell workloads; where it is not `certain`, only those count of which there is one on either side. */
interface Likeness {
  readonly certain: boolean;
  keyOf(workload: Workload): string;
}

const named = ({ label, namespace }: Workload) => `${label}\n${namespace.name ?? ""}`;
const fileOf = ({ resource }: Workload) => resource.document.file.path;
const lastPart = (path: string) => path.slice(path.lastIndexOf("/") + 1);

/** From the surest to the weakest: as it was; moved to another file, to a renamed root, to any root, to another namespace. */
const likenesses: readonly Likeness[] = [
  { certain: true, keyOf: (one) => `${one.root ?? ""}\n${named(one)}\n${fileOf(one)}` },
  { certain: true, keyOf: (one) => `${one.root ?? ""}\n${named(one)}` },
  { certain: true, keyOf: (one) => `${lastPart(one.root ?? "")}\n${named(one)}` },
  { certain: true, keyOf: named },
  { certain: true, keyOf: (one) => `${one.root ?? ""}\n${one.label}\n${fileOf(one)}` },
  { certain: false, keyOf: ({ label }) => label },
];

/**
 * Matches the workloads of two states. Several that are alike are matched in their order, so that the same two states always give the
 * same pairs; pairs are in the order of the state after.
 */
export function matchWorkloads(before: readonly Workload[], after: readonly Workload[]): Matched {
  const found = new Map<Workload, Workload>();
  let left = before;
  let right = after;
  for (const likeness of likenesses) {
    if (left.length === 0 || right.length === 0) break;
    const taken = matchBy(likeness, left, right, found);
    left = left.filter((one) => !taken.has(one));
    right = right.filter((one) => !found.has(one));
  }
  const pairs = after.flatMap((one) => {
    const counterpart = found.get(one);
    return counterpart ? [[counterpart, one] as const] : [];
  });
  return { pairs, removed: left, added: right };
}

function matchBy(
  { certain, keyOf }: Likeness,
  before: readonly Workload[],
  after: readonly Workload[],
  found: Map<Workload, Workload>,
): ReadonlySet<Workload> {
  const waiting = byKey(before, keyOf);
  const taken = new Set<Workload>();
  for (const [key, arrivals] of byKey(after, keyOf)) {
    const candidates = waiting.get(key) ?? [];
    if (!certain && (candidates.length !== 1 || arrivals.length !== 1)) continue;
    arrivals.forEach((one, index) => {
      const counterpart = candidates[index];
      if (!counterpart) return;
      found.set(one, counterpart);
      taken.add(counterpart);
    });
  }
  return taken;
}

function byKey(
  workloads: readonly Workload[],
  keyOf: (workload: Workload) => string,
): ReadonlyMap<string, readonly Workload[]> {
  const groups = new Map<string, Workload[]>();
  for (const workload of workloads) {
    const key = keyOf(workload);
    const group = groups.get(key);
    if (group) group.push(workload);
    else groups.set(key, [workload]);
  }
  return groups;
}
