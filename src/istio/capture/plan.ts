/** What captures the traffic of an injected pod: its istio-init, or the CNI plugin by its annotations; and the rules that it makes. */
import type { Labels } from "../facts.ts";
import {
  annotationsOf,
  type Container,
  containersOf,
  findContainer,
  findSidecar,
  initName,
  objectOf,
  objectsOf,
  type Pod,
  parseGoBool,
  textOf,
  validationName,
} from "../inject/pod.ts";
import type { ReleaseFacts } from "../releases.ts";
import type { CaptureFacts } from "./facts.ts";
import { portsFault } from "./ports.ts";
import type { CaptureRule } from "./rule.ts";
import { captureRules } from "./rules.ts";
import {
  type CaptureFault,
  type CaptureMachine,
  type CaptureSettings,
  readCaptureSettings,
  type SettingName,
} from "./settings.ts";

/** How the traffic of a pod is captured. */
export interface CapturePlan {
  /** Who redirects: the init container of the pod, or the CNI plugin on the node. */
  readonly by: "istio-init" | "cni";
  readonly settings: CaptureSettings;
  /** The rules of both families of addresses; `settings.ipv6` says whether those of IPv6 are made. */
  readonly rules: readonly CaptureRule[];
}

export type PlanReading =
  | { readonly ok: true; readonly plan: CapturePlan }
  /** The init container fails, or the CNI plugin refuses the pod. */
  | { readonly ok: false; readonly by: CapturePlan["by"]; readonly fault: CaptureFault };

/** A pod of which nothing is known but that it speaks IPv4. The name server is that of a cluster of kubeadm. */
export const usualMachine: CaptureMachine = { addresses: ["10.0.0.1"], nameservers: ["10.96.0.10"] };

/**
 * The plan of an injected pod; undefined where nothing captures its traffic. Where istio-validation stands for istio-init it is the
 * CNI plugin that captures: it goes by the pod's annotations, by the proxy's user and by its environment (istio/istio 1.30, istio-cni).
 */
export function capturePlan(
  pod: Pod,
  { capture: facts }: Pick<ReleaseFacts, "capture">,
  machine: CaptureMachine = usualMachine,
): PlanReading | undefined {
  const told = captureTold(pod, facts);
  if (!told) return undefined;
  const { by } = told;
  const read = readCaptureSettings(told.arguments, told.environment, machine, facts);
  if (!read.ok) return { ok: false, by, fault: read.fault };
  const made = captureRules(read.settings, facts);
  if (!made.ok) return { ok: false, by, fault: made.fault };
  const refused = by === "istio-init" ? portsFault(read.settings) : undefined;
  if (refused) return { ok: false, by, fault: refused };
  return { ok: true, plan: { by, settings: read.settings, rules: made.rules } };
}

/** What the program that captures is told. */
export interface CaptureTold {
  readonly by: CapturePlan["by"];
  readonly arguments: readonly string[];
  readonly environment: Labels;
}

/** What captures the traffic of an injected pod, and what it is told; undefined where nothing does. */
export function captureTold(pod: Pod, { unknownFlags }: CaptureFacts): CaptureTold | undefined {
  const init = containersOf(pod, "initContainers");
  const own = findContainer(init, initName);
  if (own) return { by: "istio-init", arguments: argumentsOf(own), environment: environmentOf(own) };
  return findContainer(init, validationName) && toldByPlugin(pod, unknownFlags);
}

function argumentsOf({ args }: Container): readonly string[] {
  const given = Array.isArray(args) ? args.map((one) => (typeof one === "string" ? one : "")) : [];
  return withoutLogging(given[0] === "istio-iptables" ? given.slice(1) : given);
}

/** Without the flags that every program of Istio has for its log, as templates of 1.24 and newer tell istio-init. */
function withoutLogging(given: readonly string[]): readonly string[] {
  return given.filter(
    (one, index) =>
      !one.startsWith("--log_") && !/^--log_(?!as_json$|rotate$)[a-z_]+$/.test(given[index - 1] ?? ""),
  );
}

function environmentOf(container: Container | undefined): Labels {
  return Object.fromEntries(
    objectsOf(container?.env).flatMap(({ name, value, valueFrom }) =>
      valueFrom === undefined ? [[textOf(name), textOf(value)]] : [],
    ),
  );
}

const traffic = "traffic.sidecar.istio.io/";

/** The annotations that say a setting, and what the plugin takes where there is none. */
export const captureAnnotations: Partial<
  Readonly<
    Record<SettingName, { readonly keys: readonly string[]; readonly flag: string; readonly plugin: string }>
  >
> = {
  mode: { keys: ["sidecar.istio.io/interceptionMode"], flag: "-m", plugin: "REDIRECT" },
  includedRanges: { keys: [`${traffic}includeOutboundIPRanges`], flag: "-i", plugin: "*" },
  excludedRanges: { keys: [`${traffic}excludeOutboundIPRanges`], flag: "-x", plugin: "" },
  includedInboundPorts: { keys: [`${traffic}includeInboundPorts`], flag: "-b", plugin: "*" },
  excludedInboundPorts: { keys: [`${traffic}excludeInboundPorts`], flag: "-d", plugin: "15020" },
  includedOutboundPorts: { keys: [`${traffic}includeOutboundPorts`], flag: "-q", plugin: "" },
  excludedOutboundPorts: { keys: [`${traffic}excludeOutboundPorts`], flag: "-o", plugin: "15020" },
  excludedInterfaces: { keys: [`${traffic}excludeInterfaces`], flag: "-c", plugin: "" },
  virtualInterfaces: {
    keys: ["istio.io/reroute-virtual-interfaces", `${traffic}kubevirtInterfaces`],
    flag: "-k",
    plugin: "",
  },
};

/** Ports that the plugin never captures. */
const ownPorts = ["15020", "15021", "15090"];

function toldByPlugin(pod: Pod, unknown: readonly SettingName[]): CaptureTold {
  const annotations = annotationsOf(pod);
  const sidecar = findSidecar(pod);
  const variables = environmentOf(sidecar);
  const said = Object.entries(captureAnnotations).flatMap(([setting, { keys, flag, plugin }]) => {
    if (unknown.includes(setting as SettingName)) return [];
    const key = keys.find((one) => Object.hasOwn(annotations, one));
    const value = key === undefined ? plugin : (annotations[key] ?? "");
    return [flag, setting === "excludedInboundPorts" ? withOwnPorts(value) : value];
  });
  const { runAsUser, runAsGroup } = objectOf(sidecar?.securityContext);
  const isOn = (name: string) => parseGoBool(variables[name] ?? "") === true;
  return {
    by: "cni",
    arguments: [
      ...said,
      ...["-u", idOf(runAsUser), "-g", idOf(runAsGroup)],
      ...(isOn("ISTIO_META_DNS_CAPTURE") && !unknown.includes("capturesAllDns")
        ? ["--redirect-dns", "--capture-all-dns"]
        : []),
      ...(isOn("ISTIO_DUAL_STACK") && !unknown.includes("dualStack") ? ["--dual-stack"] : []),
      ...(isOn("INVALID_DROP") && !unknown.includes("dropsInvalid") ? ["--drop-invalid"] : []),
    ],
    environment: {},
  };
}

function withOwnPorts(list: string): string {
  const given = list.trim().split(",");
  return [...new Set([...given, ...ownPorts])].filter((port) => port !== "").join(",");
}

/** The proxy's own id; nobody's and root's count as the usual one. */
function idOf(value: unknown): string {
  const id = typeof value === "number" || typeof value === "bigint" ? Number(value) : 0;
  return id === 0 ? "1337" : String(id);
}
