/** What differs between two states, put together for people: one fact that changed many workloads is one entry that names them. */
import type { Aspect, Cause, ChangeKind, MeshChanges, WorkloadChange } from "../compare/changes.ts";
import type { Origin, Workload } from "../world/world.ts";

/** One entry: what happened, to which workloads, because of what. */
export interface ChangeGroup {
  readonly kind: ChangeKind;
  /** One word: "lost", "image", "limits". */
  readonly word: string;
  /** "cpu: 2 → unlimited"; empty where the word says it all. */
  readonly texts: readonly string[];
  readonly causes: readonly string[];
  readonly workloads: readonly Workload[];
  /** The cluster, where there are several. */
  readonly cluster: string | null;
}

/** Entries that say how many workloads came and went; the others are changes of the mesh. */
export const uncounted: ReadonlySet<ChangeKind> = new Set(["added", "removed"]);

/** The workloads that a change of the mesh concerns. */
export function changedWorkloads({ changes }: MeshChanges): number {
  return changes.filter(({ kind }) => !uncounted.has(kind)).length;
}

const releaseAbout = "release of Istio";

/** Whether a cause is the release itself, or a setting of the files for which on the other side a stock install stands, as nobody changed it. */
function isOfRelease({ about, before, after }: Cause): boolean {
  if (about === releaseAbout) return true;
  const isOneSided = (before?.origin.location === undefined) !== (after?.origin.location === undefined);
  return isOneSided && /^(?:value|mesh's|injector's) (?!configuration$)/.test(about);
}

/** What a group is told apart by, with what it gathers. */
interface Draft {
  readonly kind: ChangeKind;
  readonly word: string;
  readonly text: string;
  readonly causes: readonly string[];
  readonly workloads: Workload[];
  readonly cluster: string | null;
}

/**
 * The entries in the order of their kinds.
 * @param isByRelease whether two releases are compared, so that the release is no news as a cause
 */
export function changeGroups({ changes }: MeshChanges, isByRelease = false): readonly ChangeGroup[] {
  const drafts = new Map<string, Draft>();
  for (const change of changes) {
    const workload = change.after ?? change.before;
    const { cluster } = change;
    if (!workload) continue;
    const facts = change.causes.filter((cause) => !isByRelease || !isOfRelease(cause));
    for (const [word, text, what] of saidOf(change)) {
      const causes = factsOf(facts, what).map(causeText);
      const key = JSON.stringify([change.kind, cluster, word, text, causes]);
      const draft = drafts.get(key) ?? { kind: change.kind, cluster, word, text, causes, workloads: [] };
      draft.workloads.push(workload);
      drafts.set(key, draft);
    }
  }
  return mergedTexts([...drafts.values()]);
}

/** Drafts about the same workloads, for the same reason and under the same word, as one. */
function mergedTexts(drafts: readonly Draft[]): readonly ChangeGroup[] {
  const numbers = new Map<Workload, number>();
  const numberOf = (workload: Workload) => {
    const number = numbers.get(workload) ?? numbers.size;
    numbers.set(workload, number);
    return number;
  };
  const merged = new Map<string, ChangeGroup & { readonly texts: string[] }>();
  for (const { kind, cluster, word, text, causes, workloads } of drafts) {
    const key = JSON.stringify([kind, word, causes, workloads.map(numberOf)]);
    const texts = text === "" ? [] : [text];
    const known = merged.get(key);
    if (known) known.texts.push(...texts);
    else merged.set(key, { kind, cluster, word, texts, causes, workloads });
  }
  return [...merged.values()];
}

const words: Readonly<Record<Aspect["what"], string>> = {
  verdict: "verdict",
  revision: "revision",
  image: "image",
  resources: "resources",
  capture: "capture",
  probes: "probes",
  native: "native",
  templates: "templates",
  other: "other",
};

/** Facts that are known to have to do with an aspect; else those of which it is not known, else all. */
function factsOf(facts: readonly Cause[], what: Aspect["what"] | undefined): readonly Cause[] {
  if (!what) return facts;
  const own = facts.filter(({ of }) => of?.includes(what));
  const open = own.length > 0 ? own : facts.filter(({ of }) => !of);
  return open.length > 0 ? open : facts;
}

type Said = readonly [word: string, text: string, what?: Aspect["what"]];

/** The entries that a change makes: one for a verdict, one an aspect for what is still injected. */
function saidOf({ kind, aspects }: WorkloadChange): readonly Said[] {
  const [verdict] = aspects;
  if (uncounted.has(kind)) return [[kind, verdict?.after ?? verdict?.before ?? ""]];
  if (kind === "lost" || kind === "gained") return [[kind, isPlain(verdict) ? "" : arrow(verdict)]];
  if (kind !== "changed") return [[kind, arrow(verdict)]];
  return aspects.map((aspect): Said => {
    const { what, path = "" } = aspect;
    const [bound = "", resource = ""] = what === "resources" ? path.split(".") : [];
    if (what === "resources") return [bound, `${resource} ${arrow(aspect)}`, what];
    return [words[what], path === "" ? arrow(aspect) : `${path}: ${arrow(aspect)}`, what];
  });
}

/** Whether a sidecar is lost or gained by the verdict, and not by pods that are refused. */
function isPlain(aspect: Aspect | undefined): boolean {
  return [aspect?.before, aspect?.after].every((text) => !text?.startsWith("refused"));
}

function arrow(aspect: Pick<Aspect, "before" | "after"> | undefined): string {
  const { before = null, after = null } = aspect ?? {};
  if (before === null && isPart(after)) return "new";
  if (after === null && isPart(before)) return "gone";
  return `${shown(before)} → ${shown(after)}`;
}

/** Whether a value is a whole part, which comes or goes. */
function isPart(text: string | null): boolean {
  return text !== null && /^[{[]/.test(text);
}

/** Longer values say nothing in a line. */
const mostOfValue = 60;

function shown(value: string | null): string {
  if (value === null) return "none";
  if (value === "") return '""';
  const line = value.replaceAll(/\s+/g, " ");
  return line.length > mostOfValue ? `${line.slice(0, mostOfValue - 1)}…` : line;
}

/** "platform/namespaces.yaml:6  istio-injection: enabled → enable" */
function causeText({ about, before, after }: Cause): string {
  const name = about.replace(/^(?:label|annotation|pod label) (\S+).*$/, "$1");
  const isSaid = before?.value !== null || after?.value !== null;
  const what = isSaid
    ? `${name}: ${arrow({ before: before?.value ?? null, after: after?.value ?? null })}`
    : name;
  return [...placesOf(before, after), what].join("  ");
}

function placesOf(before: Cause["before"], after: Cause["after"]): readonly string[] {
  const has = (fact: Cause["before"]) => fact !== undefined && fact.value !== null;
  const told = [before, after].filter((fact) => has(fact) && fact?.origin.location);
  const facts = told.length > 0 ? told : [after ?? before];
  const places = facts.flatMap((fact) => (fact?.origin.location ? [lineOf(fact.origin)] : []));
  const files = new Set(places.map((place) => place.slice(0, place.lastIndexOf(":"))));
  return files.size < places.length ? places.slice(-1) : places.length > 1 ? [places.join(" → ")] : places;
}

/** A place without its column. */
function lineOf({ text, location }: Origin): string {
  return location ? `${location.file}:${location.line}` : text;
}

/** Workloads named beside one another; more are counted. */
const mostNamed = 6;

/** The workloads by namespaces, those that are called alike as one; of many only some unless all are asked for. */
export function workloadNames(workloads: readonly Workload[], isWhole: boolean): readonly NamedWorkloads[] {
  const byNamespace = new Map<string, Map<string, number>>();
  for (const { namespace, label } of workloads) {
    const key = namespace.name ?? "?";
    const names = byNamespace.get(key) ?? new Map<string, number>();
    byNamespace.set(key, names.set(label, (names.get(label) ?? 0) + 1));
  }
  let room = isWhole || workloads.length <= mostNamed ? workloads.length : mostNamed;
  return [...byNamespace].flatMap(([namespace, names]) => {
    const named = [...names].slice(0, room);
    room -= named.length;
    if (named.length === 0) return [];
    const more = [...names].slice(named.length).reduce((sum, [, times]) => sum + times, 0);
    const said = named.map(([label, times]) => (times > 1 ? `${label} (${times} times)` : label));
    return [
      { namespace, names: said, more, total: [...names.values()].reduce((sum, times) => sum + times, 0) },
    ];
  });
}

export interface NamedWorkloads {
  /** "?" where it is not known. */
  readonly namespace: string;
  readonly names: readonly string[];
  /** How many there are besides. */
  readonly more: number;
  readonly total: number;
}
