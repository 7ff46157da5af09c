/** How traffic of an injected pod gets to its sidecar: the arguments of istio-init, or the annotations that the CNI plugin reads. */
import type { Labels } from "../facts.ts";
import {
  annotationsOf,
  type Container,
  containersOf,
  findContainer,
  initName,
  type Pod,
  validationName,
} from "../inject/pod.ts";

/** What is captured; texts are as the program that captures is given them. */
export interface Capture {
  /** Who redirects: the init container of the pod, or the CNI plugin on the node. */
  readonly by: "istio-init" | "cni";
  readonly mode: string;
  /** Outbound address ranges, `*` for all. */
  readonly includedRanges: string;
  readonly excludedRanges: string;
  /** Outbound ports that are captured whatever their address. */
  readonly includedOutboundPorts: string;
  readonly excludedOutboundPorts: string;
  /** Inbound ports, `*` for all. */
  readonly includedInboundPorts: string;
  readonly excludedInboundPorts: string;
  /** The user whose traffic is the sidecar's own; undefined where nothing says it. */
  readonly user: number | undefined;
}

/** The flags of `istio-iptables`, by what they say. */
const flags = {
  mode: "-m",
  includedRanges: "-i",
  excludedRanges: "-x",
  includedOutboundPorts: "-q",
  excludedOutboundPorts: "-o",
  includedInboundPorts: "-b",
  excludedInboundPorts: "-d",
  user: "-u",
} as const;

const prefix = "traffic.sidecar.istio.io/";
const annotated = {
  includedRanges: `${prefix}includeOutboundIPRanges`,
  excludedRanges: `${prefix}excludeOutboundIPRanges`,
  includedOutboundPorts: `${prefix}includeOutboundPorts`,
  excludedOutboundPorts: `${prefix}excludeOutboundPorts`,
  includedInboundPorts: `${prefix}includeInboundPorts`,
  excludedInboundPorts: `${prefix}excludeInboundPorts`,
} as const;
const modeKey = "sidecar.istio.io/interceptionMode";

/**
 * What an injected pod has captured; undefined where nothing is. Where istio-validation stands for istio-init it is the CNI plugin that
 * redirects; it goes by the annotations of the pod, of which stock templates tell istio-validation (istio/istio 1.30, istio-iptables and
 * the plugin's parsing of annotations).
 */
export function captureOf(pod: Pod): Capture | undefined {
  const init = containersOf(pod, "initContainers");
  const own = findContainer(init, initName);
  if (own) return ofArguments(argumentsOf(own), "istio-init");
  const validation = findContainer(init, validationName);
  if (!validation) return undefined;
  const told = ofArguments(argumentsOf(validation), "cni");
  const annotations = annotationsOf(pod);
  const missing = Object.entries(annotated).flatMap(([name, key]) => {
    const value = told[name as keyof typeof annotated] === "" ? textAt(annotations, key) : undefined;
    return value === undefined ? [] : [[name, value]];
  });
  return { ...told, ...Object.fromEntries(missing), mode: textAt(annotations, modeKey) ?? told.mode };
}

function ofArguments(given: readonly string[], by: Capture["by"]): Capture {
  const of = (flag: string): string => {
    const index = given.indexOf(flag);
    return index === -1 ? "" : (given[index + 1] ?? "");
  };
  const user = of(flags.user);
  return {
    by,
    mode: of(flags.mode),
    includedRanges: of(flags.includedRanges),
    excludedRanges: of(flags.excludedRanges),
    includedOutboundPorts: of(flags.includedOutboundPorts),
    excludedOutboundPorts: of(flags.excludedOutboundPorts),
    includedInboundPorts: of(flags.includedInboundPorts),
    excludedInboundPorts: of(flags.excludedInboundPorts),
    user: /^[0-9]+$/.test(user) ? Number(user) : undefined,
  };
}

function argumentsOf({ args }: Container): readonly string[] {
  return Array.isArray(args) ? args.map((one) => (typeof one === "string" ? one : "")) : [];
}

function textAt(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}
