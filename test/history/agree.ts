/** Whether what `diff` reports is what differs between two states that were scanned by themselves. */
import { sidecarOf } from "../../src/world/sidecar.ts";
import type { Workload, World } from "../../src/world/world.ts";

/** A workload as the JSON of `diff` tells it. */
interface Told {
  readonly kind: string;
  readonly namespace: string | null;
  readonly name: string;
  readonly template: string | null;
  readonly file: string;
  readonly line: number;
  readonly root: string | null;
  readonly verdict: string;
  readonly revision: string | null;
}

export interface Change {
  readonly kind: string;
  readonly before: Told | null;
  readonly after: Told | null;
}

export interface Reported {
  readonly changes: readonly Change[];
}

/** What somebody gets: the verdict, and of what is injected, or may be, everything that injection adds to the pod. */
interface Outcome {
  readonly verdict: string;
  readonly revision: string | null;
  readonly sidecar: string | undefined;
}

const toldKey = ({ root, kind, name, template, namespace, file, line }: Told) =>
  [root, kind, name, template, namespace, file, line].join("\n");

function keyOf(workload: Workload): string {
  const { resource, name, template, label, namespace, root } = workload;
  const { file, line } = workload.start();
  const told = label.endsWith(")") ? template.join(".") : null;
  return [root, resource.kind, name, told, namespace.name, file, line].join("\n");
}

/** Where somebody looks for a workload in another state; lines move. */
const placeless = (key: string) => key.slice(0, key.lastIndexOf("\n"));

/** Every disagreement, in words: changes that are none, and differences that were not reported. */
export function disagreements(changes: readonly Change[], before: World, after: World): readonly string[] {
  const [old, now] = [outcomes(before), outcomes(after)];
  const lines: string[] = [];
  const [toldOld, toldNow] = [new Set<string>(), new Set<string>()];
  for (const change of changes) {
    const one = change.before && found(change.before, old, toldOld);
    const other = change.after && found(change.after, now, toldNow);
    const name = `${change.kind} ${change.after?.name ?? change.before?.name}`;
    if (one === undefined || other === undefined) lines.push(`${name}: is in no scan`);
    else if (one && other && isEqual(one, other)) lines.push(`${name}: is the same in both states`);
    else if (!isOfKind(change.kind, one, other)) lines.push(`${name}: is no such change`);
  }
  return [...lines, ...missed(old, now, toldOld, toldNow)];
}

/** The outcomes of a world's workloads; one key may have several. */
function outcomes(world: World): ReadonlyMap<string, Outcome[]> {
  const all = new Map<string, Outcome[]>();
  for (const workload of world.workloads) {
    const key = keyOf(workload);
    const { verdict, revision } = workload.decision;
    const outcome = {
      verdict,
      revision,
      get sidecar() {
        return addedBy(world, workload);
      },
    };
    all.set(key, [...(all.get(key) ?? []), outcome]);
  }
  return all;
}

function found(told: Told, all: ReadonlyMap<string, Outcome[]>, seen: Set<string>): Outcome | undefined {
  const key = toldKey(told);
  seen.add(placeless(key));
  return all
    .get(key)
    ?.find(({ verdict, revision }) => verdict === told.verdict && revision === told.revision);
}

function isOfKind(kind: string, before: Outcome | null, after: Outcome | null): boolean {
  switch (kind) {
    case "added":
      return !before && after !== null;
    case "removed":
      return !after && before !== null;
    case "lost":
      return before?.verdict === "injected" && after?.verdict === "not-injected";
    case "gained":
      return before?.verdict !== "injected" && after?.verdict === "injected";
    case "refused":
      return before?.verdict !== "refused" && after?.verdict === "refused";
    case "undecided":
      return before?.verdict !== "unknown" && after?.verdict === "unknown";
    case "decided":
      return before?.verdict === "unknown" && after !== null && after.verdict !== "unknown";
    default:
      return before !== null && after?.verdict === before.verdict;
  }
}

/** Whether pods get the same; which webhook is asked about pods that get nothing is no matter to them. */
function isEqual(one: Outcome, other: Outcome): boolean {
  if (one.verdict !== other.verdict) return false;
  if (one.verdict === "not-injected") return true;
  return one.revision === other.revision && one.sidecar === other.sidecar;
}

/** What differs at the same place, and what has come or gone, without a word of it. */
function missed(
  old: ReadonlyMap<string, Outcome[]>,
  now: ReadonlyMap<string, Outcome[]>,
  toldOld: ReadonlySet<string>,
  toldNow: ReadonlySet<string>,
): readonly string[] {
  const [before, after] = [byPlace(old), byPlace(now)];
  const lines: string[] = [];
  const moved = (
    places: ReadonlyMap<string, readonly Outcome[]>,
    others: ReadonlyMap<string, unknown>,
    told: ReadonlySet<string>,
  ) => [...places].filter(([place]) => !others.has(place) && !told.has(place));
  for (const [place, ones] of before) {
    const others = after.get(place);
    if (!others || toldOld.has(place) || toldNow.has(place)) continue;
    const same =
      ones.length === others.length && ones.every((one, index) => isEqual(one, others[index] ?? one));
    if (!same) lines.push(`not reported: ${place.replaceAll("\n", " ")} ${difference(ones, others)}`);
  }
  // What is silently elsewhere has to be somewhere, and to get what it got.
  const gone = moved(before, after, toldOld).map(([place, [one]]) => ({
    name: place.split("\n")[2],
    place,
    one,
  }));
  for (const [place, [one]] of moved(after, before, toldNow)) {
    const index = gone.findIndex(
      (other) => other.name === place.split("\n")[2] && one && other.one && isEqual(one, other.one),
    );
    if (index < 0) lines.push(`not reported as added: ${place.replaceAll("\n", " ")}`);
    else gone.splice(index, 1);
  }
  for (const { place } of gone) lines.push(`not reported as removed: ${place.replaceAll("\n", " ")}`);
  return lines;
}

function byPlace(all: ReadonlyMap<string, Outcome[]>): ReadonlyMap<string, readonly Outcome[]> {
  const places = new Map<string, Outcome[]>();
  for (const [key, outcome] of all)
    places.set(placeless(key), [...(places.get(placeless(key)) ?? []), ...outcome]);
  return places;
}

function difference(ones: readonly Outcome[], others: readonly Outcome[]): string {
  const [one, other] = [JSON.stringify(ones), JSON.stringify(others)];
  let at = 0;
  while (at < one.length && one[at] === other[at]) at++;
  return `${one.slice(Math.max(at - 60, 0), at + 80)} | ${other.slice(Math.max(at - 60, 0), at + 80)}`;
}

/** The containers that injection adds, and whether it leaves probes as they are, as text: probes that a pod itself changes are its own; undefined where nothing can be injected. */
function addedBy(world: World, workload: Workload): string | undefined {
  const reading = sidecarOf(world, workload);
  if (reading.state === "none") return undefined;
  if (reading.state !== "injected") return JSON.stringify(reading);
  const spec = (pod: object) => (pod as { readonly spec?: { readonly [key: string]: unknown } }).spec ?? {};
  const own = new Map(
    [...list(spec(reading.before).containers), ...list(spec(reading.before).initContainers)].map((one) => [
      one.name,
      one,
    ]),
  );
  const containers = [...list(spec(reading.pod).initContainers), ...list(spec(reading.pod).containers)];
  const added = containers.filter((one) => !own.has(one.name)).map(withoutMirrors);
  const keepsProbes = containers.some((one) => {
    const written = own.get(one.name);
    return (
      written !== undefined &&
      probes.some((probe) => isAsked(written[probe]) && text(written[probe]) === text(one[probe]))
    );
  });
  return text({ added, keepsProbes });
}

const probes = ["livenessProbe", "readinessProbe", "startupProbe"] as const;

/** Whether a probe is one that goes over the network, which injection rewrites unless it is told not to. */
function isAsked(probe: unknown): boolean {
  return typeof probe === "object" && probe !== null && "httpGet" in probe;
}

/** Variables in which a sidecar is told what the pod itself says: they differ wherever pods do, which is no change of the sidecar. */
const mirrors =
  /^ISTIO_(?:META_(?:POD_PORTS|APP_CONTAINERS|WORKLOAD_NAME|OWNER|ANNOTATIONS)$|METAJSON_|PROMETHEUS_ANNOTATIONS$|KUBE_APP_PROBERS$)/;

function withoutMirrors(container: Named): Named {
  return { ...container, env: list(container.env).filter(({ name }) => !mirrors.test(String(name))) };
}

interface Named {
  readonly name?: unknown;
  readonly [key: string]: unknown;
}

function list(value: unknown): readonly Named[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) => (typeof one === "bigint" ? `${one}n` : one));
}
