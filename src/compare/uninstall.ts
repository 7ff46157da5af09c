/** What removing the injector means, or one of its revisions or tags: who loses the sidecar, what stays behind, and what is to be deleted. */
import { decide } from "../istio/decide.ts";
import type { Labels, Mesh, PodFacts, Webhook } from "../istio/facts.ts";
import { isInjectorName } from "../istio/injector-config.ts";
import { sidecarState } from "../istio/sidecar-state.ts";
import { defaultRevision, injectKey, readWebhookConfiguration, revisionKey } from "../istio/webhook.ts";
import { at, type Json } from "../kube/json.ts";
import { originInside } from "../world/embedded.ts";
import { placedInstalls } from "../world/installs.ts";
import type { Origin, Placed, Workload, World } from "../world/world.ts";
import { compareWorlds } from "./compare.ts";

/** A workload that injection had to do with, and what is to be known of it. */
export interface Concerned {
  readonly workload: Workload;
  /** `lost`: what else it means. `taken`: the revisions that inject it then. `byHand`: the istiod that its sidecar looks for, where that is known. */
  readonly by: string | undefined;
}

/** Something that goes with the injector; without a place it is not in the repository, but is in the cluster of a stock install. */
export interface Obsolete {
  readonly kind: string;
  readonly name: string;
  readonly origin: Origin | undefined;
  /** The step in which it is deleted. */
  readonly step: "webhooks" | "istiod";
  /** Whether an install of the repository makes it. */
  readonly isInstalled?: boolean;
  /** What else it does, so that it is to be changed and not deleted. */
  readonly shared?: string;
}

export interface Uninstall {
  readonly cluster: string | null;
  readonly release: string;
  readonly workloads: number;
  /** The revisions whose istiod goes; none where only a tag does. */
  readonly revisions: readonly string[];
  /** The tags that go. */
  readonly tags: readonly string[];
  /** The webhooks that let no pod start while their istiod is gone, by configuration. */
  readonly failing: readonly Obsolete[];
  readonly lost: readonly Concerned[];
  readonly taken: readonly Concerned[];
  /** Of which it is not known whether they have something to lose. */
  readonly unsure: readonly Concerned[];
  readonly byHand: readonly Concerned[];
  /** Proxies that nobody injected, and that look for the istiod as well. */
  readonly gateways: readonly Concerned[];
  /** How many of those that lose it or get another one ask for it by labels of their own, and whether any of them does so by no label at all. */
  readonly ownLabels: number;
  readonly unlabelled: boolean;
  /** Labels of namespaces that mean nothing then. */
  readonly labels: readonly { readonly namespace: string; readonly label: string; readonly origin: Origin }[];
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
  const webhooks = mesh.webhooks.filter((webhook) => !goes(webhook));
  // Revisions that nobody shows are no reason to doubt: what is asked is what goes.
  const after: Mesh = { ...mesh, webhooks, revisionsAssumed: false };
  const byHand = isTag ? [] : handInjected(world, revisions);
  const isByHand = new Set(
    world.workloads.flatMap(({ id, pod }) => (sidecarState(pod).is === "present" ? [id] : [])),
  );
  const changes = compareWorlds(world, without(world, after)).changes.flatMap(({ kind, before, after }) =>
    before && after && !isByHand.has(before.id) ? [{ kind, before, after }] : [],
  );
  const lost = changes.flatMap(({ kind, before }): readonly Concerned[] =>
    kind === "lost" ? [{ workload: before, by: waits(before) ? "cannot start without one" : undefined }] : [],
  );
  const taken = changes.flatMap(({ before, after: { decision } }): readonly Concerned[] =>
    before.decision.verdict === "injected" && decision.verdict === "injected"
      ? [{ workload: before, by: decision.injectedBy.join(", ") }]
      : [],
  );
  const moved = [...lost, ...taken];
  const labels = emptyLabels(world, after, gone);
  const asking = moved.filter(({ workload: { pod } }) => asksItself(pod));
  return {
    cluster: world.cluster,
    release: mesh.release,
    workloads: world.workloads.length,
    revisions,
    tags: isTag ? [asked] : known.tags.filter((tag) => gone.some(({ answersTo }) => answersTo === tag)),
    failing: isTag ? [] : failing(world, gone),
    lost,
    taken,
    unsure: unsure(world, changes, isByHand, gone),
    byHand: byHand.filter(({ workload }) => !isGateway(workload.pod)),
    gateways: byHand.filter(({ workload }) => isGateway(workload.pod)),
    ownLabels: asking.length,
    unlabelled: moved.some(
      (one) =>
        !asking.includes(one) && !labels.some(({ namespace }) => namespace === one.workload.namespace.name),
    ),
    labels,
    objects: [...webhookObjects(world, gone), ...(isTag ? [] : istiodObjects(world, revisions))],
  };
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
  changes: readonly { readonly kind: string; readonly before: Workload }[],
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

function startOf(placed: Placed): Origin {
  const location = placed.locate([]);
  const { path } = placed.resource.document.file;
  return { text: location ? `${location.file}:${location.line}` : path, location };
}

/** The configurations that would go on asking an istiod that is gone. A stock install's webhooks fail as well. */
function failing(world: World, gone: readonly Webhook[]): readonly Obsolete[] {
  const failed = gone.filter(({ configuration, index, written, coversPods }) => {
    if (!coversPods) return false;
    const placed = world.webhookConfigurations.find(({ name }) => name === configuration);
    const policy = at(placed?.value, ["webhooks", index, "failurePolicy"]) ?? "Fail";
    return !written || policy === "Fail";
  });
  return webhookObjects(world, failed);
}

function webhookObjects(world: World, gone: readonly Webhook[]): readonly Obsolete[] {
  return [...new Set(gone.map(({ configuration }) => configuration))].map((name): Obsolete => {
    const placed = world.webhookConfigurations.find((one) => one.name === name);
    const written = placed ? readWebhookConfiguration(placed.value) : [];
    const others = written.filter(
      ({ index }) => !gone.some((one) => one.configuration === name && one.index === index),
    );
    return {
      kind: "MutatingWebhookConfiguration",
      name,
      origin: placed && startOf(placed),
      step: "webhooks",
      ...(!placed && { isInstalled: world.webhooks === "install" }),
      ...(others.length > 0 && { shared: `keeps ${others.map((one) => one.name).join(", ")}` }),
    };
  });
}

/** ConfigMaps, installs and Deployments of istiods. */
function istiodObjects(world: World, revisions: readonly string[]): readonly Obsolete[] {
  const object = (placed: Placed, kind = placed.resource.kind): Obsolete => ({
    kind,
    name: placed.name,
    origin: startOf(placed),
    step: "istiod",
  });
  const installs = world.installs.flatMap((placed) => {
    const all = placedInstalls(placed).flatMap((reading) =>
      reading.ok ? (reading.install.hasIstiod ? [reading.install.revision ?? ""] : []) : [reading.revision],
    );
    const others = all.filter((revision) => !revisions.includes(revision));
    if (all.length === others.length) return [];
    const shared = others.length > 0 ? { shared: `also installs ${others.join(", ")}` } : {};
    return [{ ...object(placed), ...shared }];
  });
  const maps = [...new Set([...world.injectorConfigMaps, ...world.meshConfigMaps])];
  const configMaps = revisions.flatMap((revision) =>
    ["istio-sidecar-injector", "istio"].flatMap((base): readonly Obsolete[] => {
      const name = revision === defaultRevision ? base : `${base}-${revision}`;
      const found = maps.filter((one) => one.name === name && isInjectorName(name) === (base !== "istio"));
      if (found.length > 0) return found.map((one) => object(one));
      return [
        { kind: "ConfigMap", name, origin: undefined, step: "istiod", isInstalled: installs.length > 0 },
      ];
    }),
  );
  // Several builds bring the same one.
  const seen = new Set<string>();
  const istiods = world.workloads.flatMap((workload): readonly Obsolete[] => {
    const isOne = revisions.some(
      (revision) => workload.name === (revision === defaultRevision ? "istiod" : `istiod-${revision}`),
    );
    const { kind } = workload.resource;
    const location = workload.start();
    const place = `${location.file}:${location.start}`;
    if (!isOne || kind !== "Deployment" || seen.has(place)) return [];
    seen.add(place);
    const origin = { text: `${location.file}:${location.line}`, location };
    return [{ kind, name: workload.name, origin, step: "istiod" }];
  });
  return [...installs, ...istiods, ...configMaps];
}
