/** What goes with an injector: its webhooks, its istiod, what belongs to that, and what demands the mTLS of sidecars. */
import type { Webhook } from "../istio/facts.ts";
import { isInjectorName } from "../istio/injector-config.ts";
import { defaultRevision, readWebhookConfiguration, revisionKey } from "../istio/webhook.ts";
import { at, isObject, type Json, type JsonObject } from "../kube/json.ts";
import { originInside } from "../world/embedded.ts";
import { placedInstalls } from "../world/installs.ts";
import type { Origin, Placed, World } from "../world/world.ts";

/** The kinds that a world has to hold besides (`ReadOptions.besides`), so that an uninstall is told whole. */
export const uninstallKinds = [
  "PeerAuthentication",
  "DestinationRule",
  "ValidatingWebhookConfiguration",
  "ConfigMap",
];

/** Something that goes with the injector; without a place it is not in the repository, but is in the cluster of a stock install. */
export interface Obsolete {
  readonly kind: string;
  readonly name: string;
  readonly origin: Origin | undefined;
  /** The step in which it is deleted. */
  readonly step: "webhooks" | "istiod" | "cni";
  /** Whether an install of the repository makes it. */
  readonly isInstalled?: boolean;
  /** What else it does, so that it is to be changed and not deleted. */
  readonly shared?: string;
  /** What else goes with it, or which ones it is. */
  readonly note?: string;
}

/** An object that demands mTLS of callers, or of those that are called. */
export interface Demand {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string | null;
  readonly mode: string;
  readonly origin: Origin;
}

/** Those that fail what they are asked about while their istiod is gone, by configuration. A stock install's webhooks do. */
export function failingOf(world: World, gone: readonly Webhook[]): readonly Webhook[] {
  return gone.filter(({ configuration, index, written, coversPods }) => {
    if (!coversPods) return false;
    const placed = world.webhookConfigurations.find(({ name }) => name === configuration);
    const policy = at(placed?.value, ["webhooks", index, "failurePolicy"]) ?? "Fail";
    return !written || policy === "Fail";
  });
}

export function webhookObjects(world: World, gone: readonly Webhook[]): readonly Obsolete[] {
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

/** What asks the istiods of revisions whether objects of Istio are valid; where the repository shows none, those of the cluster without their names. */
export function validators(world: World, revisions: readonly string[]): readonly Obsolete[] {
  const kind = "ValidatingWebhookConfiguration";
  const placed = ofKind(world, kind).filter((one) => revisions.includes(validates(one) ?? ""));
  const step = "webhooks";
  if (placed.length > 0) return placed.map((one) => ({ kind, name: one.name, origin: startOf(one), step }));
  const isInstalled = world.webhooks === "install";
  return [{ kind, name: "", origin: undefined, step, isInstalled, note: "those that ask this istiod" }];
}

const istiodService = /^istiod(?:-(.+))?$/;

/** The revision whose istiod a ValidatingWebhookConfiguration asks; undefined for one that asks none. */
function validates({ value }: Placed): string | undefined {
  const webhooks = Array.isArray(value.webhooks) ? value.webhooks : [];
  for (const one of webhooks) {
    const service = at(one, ["clientConfig", "service", "name"]);
    const asked = typeof service === "string" ? istiodService.exec(service) : null;
    if (asked) return asked[1] ?? defaultRevision;
    const name = at(one, ["name"]);
    if (typeof name === "string" && /(?:^|\.)validation\.istio\.io$/.test(name)) {
      const labelled = at(value, ["metadata", "labels", revisionKey]);
      return typeof labelled === "string" ? labelled : defaultRevision;
    }
  }
  return undefined;
}

/** Installs, Deployments and ConfigMaps of istiods, and what they leave. */
export function istiodObjects(
  world: World,
  revisions: readonly string[],
  isLast: boolean,
): readonly Obsolete[] {
  const installs = installObjects(world, revisions);
  const isInstalled = installs.length > 0;
  return [
    ...installs,
    ...revisions.flatMap((revision) => deployments(world, revision, isInstalled)),
    ...revisions.flatMap((revision) => configMaps(world, revision, isInstalled)),
    ...(isLast ? [...rootCertificates(world), ...plugins(world)] : []),
  ];
}

function object(placed: Placed): Obsolete {
  return { kind: placed.resource.kind, name: placed.name, origin: startOf(placed), step: "istiod" };
}

function installObjects(world: World, revisions: readonly string[]): readonly Obsolete[] {
  return world.installs.flatMap((placed) => {
    const readings = placedInstalls(placed);
    const all = readings.flatMap((reading) =>
      reading.ok ? (reading.install.hasIstiod ? [reading.install.revision ?? ""] : []) : [reading.revision],
    );
    const others = all.filter((revision) => !revisions.includes(revision));
    if (all.length === others.length) return [];
    const hasPlugin = readings.some((reading) => reading.ok && reading.install.options.cni);
    const brought = [
      ...gatewaysOf(placed.value),
      ...(hasPlugin && placed.resource.kind === "IstioOperator" ? ["the CNI plugin"] : []),
    ];
    return [
      {
        ...object(placed),
        ...(others.length > 0 && { shared: `also installs ${others.join(", ")}` }),
        ...(brought.length > 0 && { note: `takes along ${brought.join(", ")}` }),
      },
    ];
  });
}

/** Profiles of istioctl that bring a gateway which nobody names. */
const ingressProfiles: readonly Json[] = ["default", "demo", "openshift", "preview"];

/** The gateways that an IstioOperator makes besides an istiod. */
function gatewaysOf({ kind, spec }: JsonObject): readonly string[] {
  if (kind !== "IstioOperator") return [];
  const profile = at(spec, ["profile"]) ?? "default";
  const made = (key: string, name: string, isByProfile: boolean) => {
    const listed = at(spec, ["components", key]);
    if (!Array.isArray(listed)) return isByProfile ? [name] : [];
    return listed.flatMap((one: Json) => {
      const named = at(one, ["name"]) ?? name;
      const isMade = at(one, ["enabled"]) ?? (isByProfile && named === name);
      return isMade === true && typeof named === "string" ? [named] : [];
    });
  };
  return [
    ...made("ingressGateways", "istio-ingressgateway", ingressProfiles.includes(profile)),
    ...made("egressGateways", "istio-egressgateway", profile === "demo"),
  ].map((name) => `gateway ${name}`);
}

function deployments(world: World, revision: string, isInstalled: boolean): readonly Obsolete[] {
  const name = named("istiod", revision);
  const found = workloadObjects(world, "Deployment", name, "istiod");
  return found.length > 0
    ? found
    : [{ kind: "Deployment", name, origin: undefined, step: "istiod", isInstalled }];
}

/** The DaemonSets of Istio's CNI plugin. */
function plugins(world: World): readonly Obsolete[] {
  return workloadObjects(world, "DaemonSet", "istio-cni-node", "cni");
}

/** Workloads of a name; several builds may bring the same one. */
function workloadObjects(
  { workloads }: World,
  kind: string,
  name: string,
  step: Obsolete["step"],
): readonly Obsolete[] {
  const seen = new Map<string, Obsolete>();
  for (const workload of workloads) {
    if (workload.name !== name || workload.resource.kind !== kind) continue;
    const location = workload.start();
    const origin = { text: `${location.file}:${location.line}`, location };
    seen.set(`${location.file}:${location.start}`, { kind, name, origin, step });
  }
  return [...seen.values()];
}

function configMaps(world: World, revision: string, isInstalled: boolean): readonly Obsolete[] {
  const maps = [...new Set([...world.injectorConfigMaps, ...world.meshConfigMaps])];
  const ofIstiod = ["istio-sidecar-injector", "istio"].flatMap((base): readonly Obsolete[] => {
    const name = named(base, revision);
    const found = maps.filter((one) => one.name === name && isInjectorName(name) === (base !== "istio"));
    if (found.length > 0) return found.map(object);
    return [{ kind: "ConfigMap", name, origin: undefined, step: "istiod", isInstalled }];
  });
  // What the chart was told, which only charts since 1.24 leave.
  const values = ofKind(world, "ConfigMap").filter(
    ({ name, value }) =>
      name === named("values", revision) && at(value, ["metadata", "labels", revisionKey]) === revision,
  );
  return [...ofIstiod, ...values.map(object)];
}

function rootCertificates(world: World): readonly Obsolete[] {
  const name = "istio-ca-root-cert";
  const found = ofKind(world, "ConfigMap").filter((one) => one.name === name);
  const note = "which istiod made in every namespace";
  return [...found.map(object), { kind: "ConfigMap", name, origin: undefined, step: "istiod", note }];
}

/** What demands mTLS: PeerAuthentications that are STRICT, if only on a port, and DestinationRules with ISTIO_MUTUAL. */
export function demands(world: World): readonly Demand[] {
  return ["PeerAuthentication", "DestinationRule"].flatMap((kind) =>
    ofKind(world, kind).flatMap((placed): readonly Demand[] => {
      const wanted = kind === "DestinationRule" ? "ISTIO_MUTUAL" : "STRICT";
      const path = modePath(placed.value.spec, wanted, ["spec"]);
      if (!path) return [];
      const { name, namespace } = placed;
      return [{ kind, name, namespace, mode: wanted, origin: originInside(placed, path) }];
    }),
  );
}

type Path = readonly (string | number)[];

/** Where the first `mode` with a value stands below a value. */
function modePath(json: Json | undefined, wanted: string, path: Path): Path | undefined {
  if (Array.isArray(json)) return first(json.map((one: Json, index) => [one, index] as const));
  if (!isObject(json ?? null)) return undefined;
  if (at(json, ["mode"]) === wanted) return [...path, "mode"];
  return first(Object.entries(json as JsonObject).map(([key, one]) => [one, key] as const));

  function first(all: readonly (readonly [Json, string | number])[]): Path | undefined {
    for (const [one, key] of all) {
      const found = modePath(one, wanted, [...path, key]);
      if (found) return found;
    }
    return undefined;
  }
}

function named(base: string, revision: string): string {
  return revision === defaultRevision ? base : `${base}-${revision}`;
}

/** Objects that were asked for, each once although several builds bring it. */
function ofKind({ besides }: World, kind: string): readonly Placed[] {
  const seen = new Map<string, Placed>();
  for (const placed of besides) {
    if (placed.resource.kind !== kind) continue;
    const key = `${placed.namespace}/${placed.name} ${startOf(placed).text}`;
    if (!seen.has(key)) seen.set(key, placed);
  }
  return [...seen.values()];
}

function startOf(placed: Placed): Origin {
  const location = placed.locate([]);
  const { path } = placed.resource.document.file;
  return { text: location ? `${location.file}:${location.line}` : path, location };
}
