/** What is known of a namespace's labels, from all sources in their order of authority. */
import type { Labels, NamespaceFacts } from "../istio/facts.ts";
import { at, type Json } from "../kube/json.ts";
import type { Delivery } from "./delivery.ts";
import { originInside } from "./embedded.ts";
import { isWaiting } from "./open-values.ts";
import { locateResource, placeText, stringMap } from "./resource.ts";
import type { NamespaceRecord, Origin, Placed } from "./world.ts";

/** The facts of one workload's namespace, and where each possible set of labels stands. */
export interface NamespaceAnswer {
  readonly facts: NamespaceFacts;
  readonly origins: readonly NamespaceRecord[];
  /** All that say one of these, where several do. */
  readonly all?: readonly NamespaceRecord[];
}

/** Where namespaces are looked up, most authoritative first. */
export interface NamespaceSources {
  /** From sidelint.yaml: someone wrote down what is so. */
  readonly configured: readonly NamespaceRecord[];
  /** Namespace objects of the repository, as each build or plain file makes them. */
  readonly repository: readonly NamespaceRecord[];
  /** Labels that Argo CD lays over those of namespaces that it makes or finds. */
  readonly managed?: readonly NamespaceRecord[];
  /** From a dump of namespaces. */
  readonly dumped: readonly NamespaceRecord[];
  /** `--assume`: labels for every namespace that nothing else describes. */
  readonly assumed: Labels | undefined;
  /** `assumptions.namespaceLabels: absent`: a namespace nobody describes has no labels. */
  readonly absentMeansUnlabelled: boolean;
}

/** A Namespace object as a record; its place is worked out when somebody asks. */
export function namespaceRecord(placed: Placed): NamespaceRecord {
  return {
    name: placed.name,
    labels: stringMap(at(placed.value, ["metadata", "labels"])),
    get origin() {
      const location = placed.locate(["metadata", "labels"]) ?? locateResource(placed.resource);
      return { text: placeText(location), location };
    },
    placed,
    root: placed.root,
    ...(placed.delivery && { delivery: placed.delivery }),
  };
}

/**
 * Namespace objects of the repository as they become when they are applied to a cluster: the labels that it has, without those that were
 * applied before and are no longer written, under those that are written.
 */
export function appliedTo(
  live: readonly NamespaceRecord[],
  written: readonly NamespaceRecord[],
): readonly NamespaceRecord[] {
  if (live.length === 0) return written;
  const known = new Map(live.map((record) => [record.name, record]));
  return written.map((record) => {
    const before = known.get(record.name);
    if (!before) return record;
    const owned = lastApplied(before);
    const kept = Object.entries(before.labels).filter(
      ([key]) => Object.hasOwn(record.labels, key) || !owned.has(key),
    );
    return {
      ...record,
      get origin() {
        return record.origin;
      },
      labels: { ...Object.fromEntries(kept), ...record.labels },
      originOf(path) {
        const [, , key = ""] = path;
        const of = path.length > 2 && !Object.hasOwn(record.labels, key) ? before : record;
        return of.placed ? originInside(of.placed, path) : of.origin;
      },
    };
  });
}

/** The labels that `kubectl apply` set the last time, as it notes them. */
function lastApplied({ placed }: NamespaceRecord): ReadonlySet<string> {
  const note = at(placed?.value, [
    "metadata",
    "annotations",
    "kubectl.kubernetes.io/last-applied-configuration",
  ]);
  try {
    const applied: Json = typeof note === "string" ? JSON.parse(note) : null;
    return new Set(Object.keys(stringMap(at(applied, ["metadata", "labels"]))));
  } catch {
    return new Set();
  }
}

/**
 * A lookup over the sources, each answer worked out once; `root` and `delivery` are what the asking workload is brought by.
 * @param decides whether some webhook asks for one of these labels; default: any does
 */
export function namespaceLookup(
  sources: NamespaceSources,
  decides: (labels: Labels) => boolean = () => true,
): (name: string | null, root: string | null, delivery?: Delivery) => NamespaceAnswer {
  const configured = byName(sources.configured);
  const repository = byName(withManaged(sources, decides));
  const dumped = byName(sources.dumped);
  const nobody = undescribed(sources);

  const answer = (name: string | null, root: string | null, delivery?: Delivery): NamespaceAnswer => {
    if (name !== null && isWaiting(name, delivery) && !nobody)
      return { facts: { name, labels: null }, origins: [] };
    if (name === null)
      return { facts: { name, labels: nobody?.map(({ labels }) => labels) ?? null }, origins: nobody ?? [] };
    const inRepository = repository.get(name) ?? [];
    const ownBuild = inRepository.filter((one) =>
      delivery ? one.delivery?.id === delivery.id : root !== null && one.root === root,
    );
    const ownCluster = inRepository.filter((one) => delivery && one.delivery?.cluster === delivery.cluster);
    const known = [configured.get(name), ownBuild, ownCluster, inRepository, dumped.get(name), nobody].find(
      (records) => records !== undefined && records.length > 0,
    );
    if (!known) return { facts: { name, labels: null }, origins: [] };
    const origins = withDifferentLabels(known);
    const all = known.length > origins.length ? { all: known } : undefined;
    return { facts: { name, labels: origins.map(({ labels }) => labels) }, origins, ...all };
  };

  const answers = new Map<string, NamespaceAnswer>();
  return (name, root, delivery) => {
    const key = JSON.stringify([name, root, delivery?.id]);
    let known = answers.get(key);
    if (!known) {
      known = answer(name, root, delivery);
      answers.set(key, known);
    }
    return known;
  };
}

/**
 * The records of the repository with what Argo CD manages laid over those of the same cluster, or over those of a dump. Where nothing
 * shows the namespace, it may have other labels, which Argo CD leaves as they are: what it manages is then all that is known where it
 * decides, and else nothing. A Namespace object that the same Application brings wins over what the Application manages.
 */
function withManaged(
  { repository, managed = [], dumped }: NamespaceSources,
  decides: (labels: Labels) => boolean,
): readonly NamespaceRecord[] {
  const records = repository.filter(isFilledIn);
  if (managed.length === 0) return records;
  const brought = new Set(records.map((one) => `${one.name} ${one.delivery?.id}`));
  const byNamespace = byName(managed.filter((one) => !brought.has(`${one.name} ${one.delivery?.id}`)));
  const shown = byName(records);
  const running = byName(dumped);
  const laidOver = (record: NamespaceRecord, one: NamespaceRecord): NamespaceRecord => ({
    ...one,
    labels: { ...record.labels, ...one.labels },
    root: record.root,
  });
  const known = records.flatMap((record): readonly NamespaceRecord[] => {
    const over = (byNamespace.get(record.name) ?? []).filter((one) => isSameCluster(one, record));
    return over.length === 0 ? [record] : over.map((one) => laidOver(record, one));
  });
  const alone = [...byNamespace.values()].flat().flatMap((one): readonly NamespaceRecord[] => {
    if ((shown.get(one.name) ?? []).some((record) => isSameCluster(one, record))) return [];
    const before = running.get(one.name);
    if (before) return before.map((record) => laidOver(record, one));
    return decides(one.labels) ? [one] : [];
  });
  return [...known, ...alone];
}

/** Whether the labels of a Namespace are as they are written: no variable of Flux is open, and no transformer is left out. */
function isFilledIn({ delivery, labels, name, placed }: NamespaceRecord): boolean {
  if (placed?.changedBy !== undefined) return false;
  return ![name, ...Object.values(labels)].some((text) => isWaiting(text, delivery));
}

function isSameCluster(a: NamespaceRecord, b: NamespaceRecord): boolean {
  const [one, other] = [a.delivery?.cluster ?? null, b.delivery?.cluster ?? null];
  return one === null || other === null || one === other;
}

function undescribed(sources: NamespaceSources): readonly NamespaceRecord[] | undefined {
  const record = (labels: Labels, text: string): NamespaceRecord => {
    const origin: Origin = { text, location: undefined };
    return { name: "", labels, origin, placed: undefined, root: null };
  };
  if (sources.assumed) return [record(sources.assumed, "--assume")];
  return sources.absentMeansUnlabelled ? [record({}, "assumptions.namespaceLabels: absent")] : undefined;
}

function byName(records: readonly NamespaceRecord[]): ReadonlyMap<string, readonly NamespaceRecord[]> {
  const result = new Map<string, NamespaceRecord[]>();
  for (const record of records) {
    const known = result.get(record.name);
    if (known) known.push(record);
    else result.set(record.name, [record]);
  }
  return result;
}

function withDifferentLabels(records: readonly NamespaceRecord[]): readonly NamespaceRecord[] {
  const seen = new Map<string, NamespaceRecord>();
  for (const record of records) {
    const key = labelsKey(record);
    if (!seen.has(key)) seen.set(key, record);
  }
  return [...seen.values()];
}

function labelsKey({ labels }: NamespaceRecord): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** One of the records of an answer, or the one of a file that says the same: people look where the workload stands. */
export function recordFor({ origins, all = [] }: NamespaceAnswer, nth: number, file: string) {
  const first = origins[nth];
  if (!first || first.placed?.resource.document.file.path === file) return first;
  const own = all.find((one) => one.placed?.resource.document.file.path === file);
  return own && labelsKey(own) === labelsKey(first) ? own : first;
}
