/** How traffic of an injected pod gets to its sidecar: the arguments of istio-init, or the annotations that the CNI plugin reads. */
import type { Pod } from "../inject/pod.ts";
import type { CaptureFacts } from "./facts.ts";
import { captureTold } from "./plan.ts";

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
  /** The user whose traffic is the sidecar's own; undefined where nothing says it, or several are. */
  readonly user: number | undefined;
  /** All users whose traffic is left alone. */
  readonly users: readonly number[];
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

/** What an injected pod has captured, as the program that captures is told it; undefined where nothing is. */
export function captureOf(pod: Pod, facts: CaptureFacts): Capture | undefined {
  const told = captureTold(pod, facts);
  return told && ofArguments(told.arguments, told.by);
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
    users: user.split(",").flatMap((one) => (/^[0-9]+$/.test(one) ? [Number(one)] : [])),
  };
}
