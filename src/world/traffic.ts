/** How the traffic of a workload's pods is captured, and who said each part of it. */

import { type CapturePlan, captureAnnotations, capturePlan, usualMachine } from "../istio/capture/plan.ts";
import type { CaptureMachine, SettingName } from "../istio/capture/settings.ts";
import {
  annotationsOf,
  type Container,
  findInPod,
  findSidecar,
  initName,
  objectOf,
  type Pod,
  proxyName,
  textOf,
  validationName,
} from "../istio/inject/pod.ts";
import { nearestFacts, type ReleaseFacts, releaseFacts, releaseName } from "../istio/releases.ts";
import { at, isObject } from "../kube/json.ts";
import type { Path } from "../source/node.ts";
import type { OpenSetting } from "./open-settings.ts";
import { type InjectionReading, isNativeFor, istiodOf, type ReadableIstiod, sidecarOf } from "./sidecar.ts";
import type { Workload, World } from "./world.ts";

/** Who said a setting. */
export interface SettingSource {
  /** An annotation, a value of the injector, a part of the mesh's configuration; undefined where it is Istio's own. */
  readonly by: string | undefined;
  /** Where it stands: "apps/web.yaml:9:9", "default of Istio 1.30". */
  readonly where: string;
}

export interface CapturedTraffic {
  readonly state: "captured";
  readonly plan: CapturePlan;
  /** The release whose program makes the rules. */
  readonly release: string;
  readonly facts: ReleaseFacts;
  /** Whether the rules are made with nftables instead of iptables. */
  readonly nftables: boolean;
  /** The injected pod. */
  readonly pod: Pod;
  /** Whether it is written as it was injected: nobody reads annotations for istio-init any more. */
  readonly byHand: boolean;
  /** Whether the verdict is that it is injected. */
  readonly isCertain: boolean;
  /** Whether the sidecar is a native one; undefined where the nodes decide. */
  readonly native: boolean | undefined;
  /** Where its pods run; the name servers are those of the pod where it says them. */
  readonly machine: CaptureMachine;
  /** Whether nobody has said the name servers. */
  readonly assumesNameserver: boolean;
  sourceOf(setting: SettingName): SettingSource;
}

export type TrafficReading =
  | CapturedTraffic
  /** Nothing of its traffic is captured. */
  | { readonly state: "none"; readonly why: string; readonly where: string }
  /** What captures ends with an error, and no pod starts. */
  | { readonly state: "fails"; readonly by: CapturePlan["by"]; readonly why: string; readonly where: string }
  | { readonly state: "unknown"; readonly why: string };

/** How the traffic of a workload's pods is captured, on a machine with these addresses. Pods injected by hand are read as they are written. */
export function trafficOf(world: World, workload: Workload, machine: CaptureMachine): TrafficReading {
  const made = sidecarOf(world, workload);
  if (made.state === "unknown") return made;
  if (made.state === "refused") {
    const [refusal] = made.refusals;
    const why = refusal ? `no pod is created: ${refusal.message}` : "no pod is created";
    return { state: "none", why, where: refusal?.origin.text ?? "" };
  }
  if (made.state === "none") return byHand(world, workload, machine);
  const open = made.open.find((one) => decidesTraffic(one));
  if (open) {
    const { text: where } = workload.originOf({ of: "pod", path: open.path });
    return { state: "unknown", why: `${where}: ${open.path.at(-1)} is still ${JSON.stringify(open.text)}` };
  }
  return ofInjection(world, workload, made, machine);
}

function ofInjection(
  world: World,
  workload: Workload,
  { pod, before, sidecar }: InjectionReading & { readonly state: "injected" },
  machine: CaptureMachine,
): TrafficReading {
  const reading = istiodOf(world, workload);
  if (!reading?.ok) return { state: "unknown", why: "its injector cannot be read" };
  const { istiod, release } = reading;
  const sourceOf = sourcesOf(workload, reading, before);
  const place = placeOf(pod, machine);
  const read = capturePlan(pod, istiod.facts, place.machine);
  if (!read) return nothing(sourceOf, reading, sidecar?.templates ?? []);
  if (!read.ok) {
    const { where } = sourceOf(read.fault.of ?? "includedRanges");
    return { state: "fails", by: read.by, why: read.fault.says, where };
  }
  const { plan } = read;
  const values = istiod.values.all;
  return {
    state: "captured",
    plan,
    release,
    facts: istiod.facts,
    nftables: at(values, ["global", "nativeNftables"]) === true || plan.settings.nftables,
    pod,
    byHand: false,
    isCertain: workload.decision.verdict === "injected",
    native: sidecar && isNativeFor(world, workload, sidecar),
    ...place,
    sourceOf,
  };
}

/** The machine as a pod sees it: its own name servers count, before or instead of the cluster's. */
function placeOf(pod: Pod, machine: CaptureMachine): Pick<CapturedTraffic, "machine" | "assumesNameserver"> {
  if (machine.nameservers !== usualMachine.nameservers) return { machine, assumesNameserver: false };
  const written = at(pod, ["spec", "dnsConfig", "nameservers"]);
  const own = (Array.isArray(written) ? written : []).filter((one) => typeof one === "string");
  const isAlone = at(pod, ["spec", "dnsPolicy"]) === "None";
  const nameservers = isAlone ? own : [...machine.nameservers, ...own];
  return { machine: { ...machine, nameservers }, assumesNameserver: !isAlone };
}

/** Values below global.proxy that say a setting where no annotation does. */
const valueNames: { readonly [setting in SettingName]?: string } = {
  includedRanges: "includeIPRanges",
  excludedRanges: "excludeIPRanges",
  includedInboundPorts: "includeInboundPorts",
  excludedInboundPorts: "excludeInboundPorts",
  includedOutboundPorts: "includeOutboundPorts",
  excludedOutboundPorts: "excludeOutboundPorts",
};

/** Parts of the proxy's configuration that say a setting, below defaultConfig and in proxy.istio.io/config. */
const configPaths: { readonly [setting in SettingName]?: Path } = {
  mode: ["interceptionMode"],
  redirectsDns: ["proxyMetadata", "ISTIO_META_DNS_CAPTURE"],
  dualStack: ["proxyMetadata", "ISTIO_DUAL_STACK"],
  dropsInvalid: ["proxyMetadata", "INVALID_DROP"],
  ownerGroups: ["proxyMetadata", "ISTIO_OUTBOUND_OWNER_GROUPS"],
  excludedOwnerGroups: ["proxyMetadata", "ISTIO_OUTBOUND_OWNER_GROUPS_EXCLUDE"],
  loopback: ["proxyMetadata", "ISTIO_OUTBOUND_IPV4_LOOPBACK_CIDR"],
};
const configKey = "proxy.istio.io/config";

const trafficKeys: ReadonlySet<unknown> = new Set([
  configKey,
  ...Object.values(captureAnnotations).flatMap(({ keys }) => keys),
]);

/** Whether what is not known may be what says which traffic is captured. */
function decidesTraffic({ path, isLeftOut }: OpenSetting): boolean {
  return isLeftOut && (path[0] !== "metadata" || trafficKeys.has(path.at(-1)));
}

function annotationOf(pod: Pod, setting: SettingName): readonly [key: string, value: string] | undefined {
  const annotations = annotationsOf(pod);
  const key = captureAnnotations[setting]?.keys.find((one) => Object.hasOwn(annotations, one));
  return key === undefined ? undefined : [key, annotations[key] ?? ""];
}

function sourcesOf(
  workload: Workload,
  { istiod, origins, release }: ReadableIstiod,
  before: Pod,
): CapturedTraffic["sourceOf"] {
  const inPod = (path: Path): string => workload.originOf({ of: "pod", path }).text;
  const ofRelease: SettingSource = {
    by: undefined,
    where: workload.originOf({ of: "release", release }).text,
  };
  const told = (by: string, where: string): SettingSource =>
    where.startsWith("default of ") ? { by: undefined, where } : { by, where };
  return (setting) => {
    const annotated = annotationOf(before, setting);
    if (annotated) return { by: annotated[0], where: inPod(["metadata", "annotations", annotated[0]]) };
    const name = valueNames[setting];
    if (name !== undefined)
      return told(`global.proxy.${name}`, origins.values.originOf(["global", "proxy", name]).text);
    const path = configPaths[setting];
    if (path !== undefined) {
      const own = annotationsOf(before)[configKey];
      const read = own === undefined ? undefined : istiod.readYaml(own);
      if (read?.ok && at(read.value, path) !== undefined)
        return { by: configKey, where: inPod(["metadata", "annotations", configKey]) };
      if (at(istiod.mesh.defaultConfig, path) === undefined) return ofRelease;
      const below = ["defaultConfig", ...path];
      return told(below.join("."), origins.mesh.originOf(below).text);
    }
    if (setting === "users" || setting === "groups") return ownerOf(before, setting, inPod) ?? ofRelease;
    return ofRelease;
  };
}

/** Where the pod's own container istio-proxy says its user. */
function ownerOf(
  before: Pod,
  setting: "users" | "groups",
  inPod: (path: Path) => string,
): SettingSource | undefined {
  const field = setting === "users" ? "runAsUser" : "runAsGroup";
  for (const list of ["containers", "initContainers"]) {
    const containers = at(before, ["spec", list]);
    const index = Array.isArray(containers)
      ? containers.findIndex((one) => at(one, ["name"]) === proxyName)
      : -1;
    if (index < 0) continue;
    const path = ["spec", list, index, "securityContext", field];
    if (at(before, path) !== undefined) return { by: `${field} of istio-proxy`, where: inPod(path) };
  }
  return undefined;
}

function nothing(
  sources: CapturedTraffic["sourceOf"],
  { istiod, origins }: ReadableIstiod,
  templates: readonly string[],
): TrafficReading {
  const { by, where } = sources("mode");
  const mode = at(istiod.mesh.defaultConfig, ["interceptionMode"]);
  if (by !== undefined || mode === "NONE") {
    return {
      state: "none",
      why: `its interception mode is NONE${by === undefined ? "" : ` (${by})`}`,
      where,
    };
  }
  const [name = "sidecar"] = templates;
  return {
    state: "none",
    why: `template ${name} adds neither istio-init nor istio-validation`,
    where: origins.config.originOf(["templates", name]).text,
  };
}

/** A pod that is not injected any more, or was by hand: as it is written. */
function byHand(world: World, workload: Workload, machine: CaptureMachine): TrafficReading {
  const written = at(workload.value, workload.template);
  const pod = isObject(written) ? written : {};
  const where = workload.originOf({ of: "pod", path: ["spec"] }).text;
  const init = findInPod(pod, initName) ?? findInPod(pod, validationName);
  if (!init) return { state: "none", why: "it gets no sidecar", where };
  const tag = /:([^:/@]+)(?:@.*)?$/.exec(textOf(init.image))?.[1] ?? "";
  const release = releaseName("unknown" in releaseFacts(tag) ? world.mesh.release : tag);
  const facts = nearestFacts(release);
  const place = placeOf(pod, machine);
  const read = capturePlan(pod, facts, place.machine);
  if (!read) return { state: "none", why: "it gets no sidecar", where };
  if (!read.ok) return { state: "fails", by: read.by, why: read.fault.says, where };
  const { plan } = read;
  return {
    state: "captured",
    plan,
    release,
    facts,
    nftables: plan.settings.nftables,
    pod,
    byHand: true,
    isCertain: true,
    native: objectOf(findSidecar(pod)).restartPolicy === "Always",
    ...place,
    sourceOf: writtenSources(workload, pod, init, plan, release),
  };
}

/** Who said the settings of a pod that is written as it was injected: the arguments of istio-init, or annotations for the plugin. */
function writtenSources(
  workload: Workload,
  pod: Pod,
  init: Container,
  { by }: CapturePlan,
  release: string,
): CapturedTraffic["sourceOf"] {
  const inPod = (path: Path): string => workload.originOf({ of: "pod", path }).text;
  if (by === "cni") {
    return (setting) => {
      const key = annotationOf(pod, setting)?.[0];
      return key === undefined
        ? { by: undefined, where: workload.originOf({ of: "release", release }).text }
        : { by: key, where: inPod(["metadata", "annotations", key]) };
    };
  }
  const containers = at(pod, ["spec", "initContainers"]);
  const index = Array.isArray(containers) ? containers.indexOf(init) : 0;
  const where = inPod(["spec", "initContainers", index, "args"]);
  return () => ({ by: "the arguments of istio-init", where });
}
