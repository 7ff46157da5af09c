/** What rules see of the traffic that the sidecar captures: by the rules that its release makes. */
import type { CaptureFacts } from "../istio/capture/facts.ts";
import { usualMachine } from "../istio/capture/plan.ts";
import { unusablePorts } from "../istio/capture/ports.ts";
import type { CaptureRule } from "../istio/capture/rule.ts";
import { captureRules } from "../istio/capture/rules.ts";
import { readCaptureSettings } from "../istio/capture/settings.ts";
import { walk } from "../istio/capture/walk.ts";

/** Texts as `istio-iptables` and the CNI plugin are given them. */
export interface CaptureTexts {
  readonly includedRanges: string;
  readonly excludedRanges: string;
  readonly includedOutboundPorts: string;
  readonly includedInboundPorts: string;
  readonly excludedInboundPorts: string;
}

/** Annotations of a pod, and the values of an install under global.proxy, that say the same; what counts where neither does. */
export const captureSettings: Readonly<
  Record<keyof CaptureTexts, readonly [annotation: string, value: string, fallback: string]>
> = {
  includedRanges: ["traffic.sidecar.istio.io/includeOutboundIPRanges", "includeIPRanges", "*"],
  excludedRanges: ["traffic.sidecar.istio.io/excludeOutboundIPRanges", "excludeIPRanges", ""],
  includedOutboundPorts: ["traffic.sidecar.istio.io/includeOutboundPorts", "includeOutboundPorts", ""],
  includedInboundPorts: ["traffic.sidecar.istio.io/includeInboundPorts", "includeInboundPorts", "*"],
  excludedInboundPorts: ["traffic.sidecar.istio.io/excludeInboundPorts", "excludeInboundPorts", ""],
};

/** What of a pod and its release decides with the texts. */
export interface CapturedPod {
  readonly mode: string;
  readonly facts: CaptureFacts;
  /** Ports that the sidecar always excludes. */
  readonly ownPorts: readonly number[];
  /** Whether the rules are made with nftables. */
  readonly nftables: boolean;
  /** The TCP ports that the containers list. */
  readonly ports: readonly bigint[];
}

/** What the sidecar captures. */
export class CaptureView {
  readonly inboundPorts: string;
  readonly excludedInboundPorts: readonly bigint[];
  readonly outboundRanges: string;
  readonly excludedOutboundRanges: string;
  readonly outboundPorts: string;
  readonly #texts: CaptureTexts;
  readonly #pod: CapturedPod;

  constructor(texts: CaptureTexts, pod: CapturedPod) {
    this.#texts = texts;
    this.#pod = pod;
    this.inboundPorts = texts.includedInboundPorts.trim();
    this.excludedInboundPorts = portsOf(texts.excludedInboundPorts);
    this.outboundRanges = texts.includedRanges.trim();
    this.excludedOutboundRanges = texts.excludedRanges.trim();
    this.outboundPorts = texts.includedOutboundPorts.trim();
  }

  /** Whether anything that the pod sends goes through the sidecar. */
  get outbound(): boolean {
    return this.outboundRanges !== "" || this.outboundPorts !== "";
  }

  /** What outboundPorts names and iptables takes for no port. */
  get unusablePorts(): readonly string[] {
    return this.#pod.nftables ? [] : unusablePorts(this.outboundPorts);
  }

  /** The TCP ports that the containers list and that connections reach past the sidecar. */
  get uncapturedPorts(): readonly bigint[] {
    const rules = this.#rules();
    return rules ? this.#pod.ports.filter((port) => passesBy(rules, Number(port))) : [];
  }

  /** The rules for what arrives; undefined where the program that makes them fails. */
  #rules(): readonly CaptureRule[] | undefined {
    const { mode, facts, ownPorts } = this.#pod;
    const { includedInboundPorts, excludedInboundPorts } = this.#texts;
    const excluded = [...ownPorts, excludedInboundPorts].join(",");
    const given = ["-m", mode, "-b", includedInboundPorts, "-d", excluded];
    const read = readCaptureSettings(given, {}, usualMachine, facts);
    const made = read.ok ? captureRules(read.settings, facts) : read;
    return made.ok ? made.rules : undefined;
  }
}

/** Whether a connection from outside reaches a port of the pod as it is. */
function passesBy(rules: readonly CaptureRule[], port: number): boolean {
  const [destination = ""] = usualMachine.addresses;
  const way = walk(rules, {
    direction: "in",
    protocol: "tcp",
    source: "192.0.2.1",
    destination,
    sourcePort: 40_000,
    destinationPort: port,
    user: null,
    group: null,
    by: "eth0",
    mark: 0,
    isNew: true,
  });
  return way.verdict === "none";
}

function portsOf(list: string): readonly bigint[] {
  return list.split(",").flatMap((written) => {
    const text = written.trim();
    return /^[0-9]{1,5}$/.test(text) ? [BigInt(text)] : [];
  });
}
