/** What removing the injector means, or one of its revisions or tags: who loses the sidecar, what stays behind, and what is to be deleted. */
import { decide } from "../istio/decide.ts";
import type { Labels, Mesh, PodFacts, Webhook } from "../istio/facts.ts";
import { sidecarState } from "../istio/sidecar-state.ts";
import { defaultRevision, injectKey, revisionKey } from "../istio/webhook.ts";
import { at, type Json } from "../kube/json.ts";
import { originInside } from "../world/embedded.ts";
import type { Origin, Workload, World } from "../world/world.ts";
import { type BlockedStarts, blockedStarts } from "./blocked-starts.ts";
import { compareWorlds } from "./compare.ts";
import {
  type Demand,
  demands,
  failingOf,
  istiodObjects,
  type Obsolete,
  validators,
  webhookObjects,
} from "./uninstall-objects.ts";

/** A workload that injection had to do with, and what is to be known of it. */
export interface Concerned {
  readonly workload: Workload;
  /** `lost`: what else it means. `taken`: the revisions that inject it then. `byHand`: the istiod that its sidecar looks for, where that is known. */
  readonly by: string | undefined;
}

export interface Uninstall {
  readonly cluster: string | null;
  readonly release: string;
  readonly workloads: number;
  /** The revisions whose istiod goes; none where only a tag does. */
  readonly revisions: readonly string[];
  /** The tags that go. */
  readonly tags: readonly string[];
  /** The revisions that stay. */
  readonly stays: readonly string[];
  /** The webhooks that let no pod start while their istiod is gone, by configuration. */
  readonly failing: readonly Obsolete[];
  /** How many workloads these are asked about, whether or not they are injected. */
  readonly blocked: BlockedStarts;
  /** What lets nobody change objects of Istio while their istiod is gone. */
  readonly validators: readonly Obsolete[];
  readonly lost: readonly Concerned[];
  readonly taken: readonly Concerned[];
  /** Of which it is not known whether they have something to lose. */
  readonly unsure: readonly Concerned[];
  readonly byHand: readonly Concerned[];
  /** Proxies that nobody injected, and that look for the istiod as well. */
  readonly gateways: readonly Concerned[];
  /** Of those that lose it or get another one, how many are to be treated how. */
  readonly counts: {
    /** Those that cannot start without one. */
    readonly waiting: number;
    /** Those that ask for it by labels of their own. */
    readonly templates: number;
    readonly restarts: number;
    /** Jobs and bare pods, whose template cannot be changed. */
    readonly recreated: number;
  };
  /** Whether any of them asks for it by no label at all. */
  readonly unlabelled: boolean;
  /** Labels of namespaces that mean nothing then. */
  readonly labels: readonly { readonly namespace: string; readonly label: string; readonly origin: Origin }[];
  readonly demands: readonly Demand[];
  readonly objects: readonly Obsolete[];
}

/** The revisions and the tags of a mesh. */
export function namesOf({ webhooks, injectors }: Mesh): {
  readonly revisions: readonly string[];
  readonly tags: readonly string[];
} {
  const revisions = new Set([...webhooks, ...injectors].map(({ revision }) => revision));
  const tags = new Set(webhooks.map(({ answersTo }) => answersTo));
  return {
    revisions: [...revisions].sort(),
    tags: [...tags].filter((tag) => tag !== "" && !revisions.has(tag)).sort(),
  };
}

/**
 * What would change. A tag that is asked for goes alone, a revision with its tags.
 * @param asked a revision or a tag; undefined for all of them
 */
export function uninstallOf(world: World, asked: string | undefined): Uninstall {
  const { mesh } = world;
  const known = namesOf(mesh);
  const revisions = asked === undefined ? known.revisions : known.revisions.filter((name) => name === asked);
  const isTag = asked !== undefined && revisions.length === 0;
  const goes = ({ revision, answersTo }: Webhook) =>
    isTag ? answersTo === asked : revisions.includes(revision);
  const gone = mesh.webhooks.filter(goes);
  // Revisions that nobody shows are no reason to doubt: what is asked is what goes.
  const after = {
    ...mesh,
    webhooks: mesh.webhooks.filter((webhook) => !goes(webhook)),
    revisionsAssumed: false,
  };
  const people = peopleOf(world, after, gone, isTag ? undefined : revisions);
  const labels = emptyLabels(world, after, gone);
  const failed = isTag ? [] : failingOf(world, gone);
  const checks = isTag ? [] : validators(world, revisions);
  const stays = known.revisions.filter((name) => !revisions.includes(name));
  const own = isTag ? [] : istiodObjects(world, revisions, stays.length === 0);
  return {
    cluster: world.cluster,
    release: mesh.release,
    workloads: world.workloads.length,
    revisions,
    tags: isTag ? [asked] : known.tags.filter((tag) => gone.some(({ answersTo }) => answersTo === tag)),
    stays,
    failing: webhookObjects(world, failed),
    blocked: blockedStarts(world, failed),
    validators: checks,
    ...people,
    counts: countsOf(people),
    unlabelled: areUnlabelled([...people.lost, ...people.taken], labels),
    labels,
    demands: demands(world),
    objects: [...webhookObjects(world, gone), ...checks, ...own],
  };
}

type People = Pick<Uninstall, "lost" | "taken" | "unsure" | "byHand" | "gateways">;

/** Who has to do with webhooks that go, and with their istiods, if these go too. */
function peopleOf(
  world: World,
  after: Mesh,
  gone: readonly Webhook[],
  revisions: readonly string[] | undefined,
): People {
  const isByHand = new Set(
    world.workloads.flatMap(({ id, pod }) => (sidecarState(pod).is === "present" ? [id] : [])),
  );
  const changes = compareWorlds(world, without(world, after)).changes.flatMap(({ kind, before, after }) =>
    before && after && !isByHand.has(before.id) ? [{ kind, before, after }] : [],
  );
  const byHand = revisions ? handInjected(world, revisions) : [];
  return {
    ...movedBy(changes),
    unsure: unsure(world, changes, isByHand, gone),
    byHand: byHand.filter(({ workload }) => !isGateway(workload.pod)),
    gateways: byHand.filter(({ workload }) => isGateway(workload.pod)),
  };
}

interface Change {
  readonly kind: string;
  readonly before: Workload;
  readonly after: Workload;
}

function movedBy(changes: readonly Change[]): Pick<Uninstall, "lost" | "taken"> {
  return {
    lost: changes.flatMap(({ kind, before }): readonly Concerned[] =>
      kind === "lost"
        ? [{ workload: before, by: waits(before) ? "cannot start without one" : undefined }]
        : [],
    ),
    taken: changes.flatMap(({ before, after: { decision } }): readonly Concerned[] =>
      before.decision.verdict === "injected" && decision.verdict === "injected"
        ? [{ workload: before, by: decision.injectedBy.join(", ") }]
        : [],
    ),
  };
}

/** Kinds whose pods are made anew only where they are themselves. */
const onceOnly = new Set(["Job", "Pod"]);
/** Kinds that have no running pods of their own: what counts is their next run. */
const laterOnly = new Set(["CronJob", "PodTemplate"]);

function countsOf({ lost, taken }: People): Uninstall["counts"] {
  const counts = { waiting: 0, templates: 0, restarts: 0, recreated: 0 };
  for (const { workload } of lost) {
    const { kind } = workload.resource;
    if (waits(workload)) counts.waiting++;
    else if (onceOnly.has(kind)) counts.recreated++;
    else if (asksItself(workload.pod)) counts.templates++;
    else if (!laterOnly.has(kind)) counts.restarts++;
  }
  for (const { workload } of taken) {
    const { kind } = workload.resource;
    if (onceOnly.has(kind)) counts.recreated++;
    else if (!laterOnly.has(kind)) counts.restarts++;
  }
  return counts;
}

function areUnlabelled(moved: readonly Concerned[], labels: Uninstall["labels"]): boolean {
  const labelled = new Set<string | null>(labels.map(({ namespace }) => namespace));
  return moved.some(({ workload: { pod, namespace } }) => !asksItself(pod) && !labelled.has(namespace.name));
}

/** The world with fewer webhooks; everything else is as it is. */
function without(world: World, mesh: Mesh): World {
  const workloads = world.workloads.map((workload): Workload => {
    const { pod, namespace } = workload;
    // Not a copy: that would ask every workload where things stand.
    return Object.create(workload, { decision: { value: decide(pod, namespace, mesh) } }) as Workload;
  });
  return { ...world, mesh, workloads };
}

function unsure(
  { workloads }: World,
  changes: readonly Change[],
  isByHand: ReadonlySet<string>,
  gone: readonly Webhook[],
): readonly Concerned[] {
  const revisions = new Set(gone.map(({ revision }) => revision));
  const undecided = new Set(changes.flatMap(({ kind, before }) => (kind === "undecided" ? [before.id] : [])));
  return workloads
    .filter(({ id, decision: { verdict, possibilities } }) => {
      if (isByHand.has(id)) return false;
      if (verdict !== "unknown") return undecided.has(id);
      return possibilities.some(({ revision }) => revision !== null && revisions.has(revision));
    })
    .map((workload) => ({ workload, by: undefined }));
}

/** Workloads with a sidecar in their manifests, unless that looks for another istiod. */
function handInjected({ workloads }: World, revisions: readonly string[]): readonly Concerned[] {
  return workloads.flatMap((workload) => {
    const state = sidecarState(workload.pod);
    if (state.is !== "present") return [];
    const address = istiodAddress(workload.pod);
    const named = address === undefined ? state.status?.revision : revisionIn(address);
    if (named !== undefined && !revisions.includes(named || defaultRevision)) return [];
    return [{ workload, by: address }];
  });
}

/** Whether a pod's proxy is there only when it is injected. */
function waits({ pod }: Workload): boolean {
  return sidecarState(pod).is === "placeholder";
}

function proxyOf({ containers, initContainers }: PodFacts): Json | undefined {
  return [...containers, ...initContainers].find(({ name }) => name === "istio-proxy")?.spec;
}

function listed(proxy: Json | undefined, key: string): readonly Json[] {
  const list = at(proxy, [key]);
  return Array.isArray(list) ? list : [];
}

function isGateway(pod: PodFacts): boolean {
  return listed(proxyOf(pod), "args").some(
    (arg) => arg === "router" || arg === "waypoint" || arg === "ztunnel",
  );
}

const istiodHost = /\bistiod(?:-([a-z0-9-]+))?\.[a-z0-9-]+\.svc(?::\d+)?/;

/** Where a written sidecar looks for its istiod, as its environment and arguments tell it. */
function istiodAddress(pod: PodFacts): string | undefined {
  const proxy = proxyOf(pod);
  const texts = [...listed(proxy, "env").map((one) => at(one, ["value"])), ...listed(proxy, "args")];
  return texts
    .map((text) => (typeof text === "string" ? istiodHost.exec(text)?.[0] : undefined))
    .find((found) => found !== undefined);
}

function revisionIn(address: string): string {
  return istiodHost.exec(address)?.[1] ?? defaultRevision;
}

const nobody: PodFacts = {
  labels: {},
  annotations: {},
  hostNetwork: false,
  containers: [],
  initContainers: [],
};

/** The labels of namespaces that have pods injected, and would not any more. */
function emptyLabels(
  { namespaces, mesh }: World,
  after: Mesh,
  gone: readonly Webhook[],
): Uninstall["labels"] {
  const answered = new Set(gone.map(({ answersTo }) => answersTo));
  const told = new Set<string>();
  return namespaces.flatMap(({ name, labels, origin, originOf, placed }) => {
    const facts = { name, labels: [{ ...labels, "kubernetes.io/metadata.name": name }] };
    const was = decide(nobody, facts, mesh).verdict;
    if (was !== "injected" || decide(nobody, facts, after).verdict === "injected") return [];
    const label = meaningful(labels, answered);
    const key = `${name} ${label}`;
    if (label === undefined || told.has(key)) return [];
    told.add(key);
    const path = ["metadata", "labels", label];
    return [
      {
        namespace: name,
        label: `${label}=${labels[label]}`,
        origin: originOf?.(path) ?? (placed ? originInside(placed, path) : origin),
      },
    ];
  });
}

function asksItself({ labels }: PodFacts): boolean {
  return labels[injectKey] === "true" || labels[revisionKey] !== undefined;
}

function meaningful(labels: Labels, answered: ReadonlySet<string>): string | undefined {
  if (labels["istio-injection"] === "enabled") return "istio-injection";
  return answered.has(labels["istio.io/rev"] ?? "") ? "istio.io/rev" : undefined;
}
