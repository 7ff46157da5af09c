/** How traffic of an injected pod gets to its sidecar: the arguments of istio-init, or the annotations that the CNI plugin reads. */
import type { Pod } from "../inject/pod.ts";
import type { CaptureFacts } from "./facts.ts";
import { captureTold, usualMachine } from "./plan.ts";
import { type CaptureSettings, readCaptureSettings } from "./settings.ts";

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

/**
 * What an injected pod has captured, by the same reading of arguments and environment as its rules; undefined where nothing is, and where
 * the program that captures ends before it makes a rule.
 */
export function captureOf(pod: Pod, facts: CaptureFacts): Capture | undefined {
  const told = captureTold(pod, facts);
  if (!told) return undefined;
  const read = readCaptureSettings(told.arguments, told.environment, usualMachine, facts);
  return read.ok ? captureIn(read.settings, told.by) : undefined;
}

function captureIn(settings: CaptureSettings, by: Capture["by"]): Capture {
  const { mode, includedRanges, excludedRanges, includedOutboundPorts, excludedOutboundPorts } = settings;
  const { includedInboundPorts, excludedInboundPorts, users } = settings;
  return {
    by,
    mode,
    includedRanges,
    excludedRanges,
    includedOutboundPorts,
    excludedOutboundPorts,
    includedInboundPorts,
    excludedInboundPorts,
    user: /^[0-9]+$/.test(users) ? Number(users) : undefined,
    users: users.split(",").flatMap((one) => (/^[0-9]+$/.test(one) ? [Number(one)] : [])),
  };
}
