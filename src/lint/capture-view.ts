/** What rules see of the traffic that the sidecar captures. */

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

/** What the sidecar captures. */
export class CaptureView {
  readonly inboundPorts: string;
  readonly excludedInboundPorts: readonly bigint[];
  readonly outboundRanges: string;
  readonly excludedOutboundRanges: string;
  readonly outboundPorts: string;

  constructor(texts: CaptureTexts) {
    this.inboundPorts = texts.includedInboundPorts.trim();
    this.excludedInboundPorts = portsOf(texts.excludedInboundPorts);
    this.outboundRanges = texts.includedRanges.trim();
    this.excludedOutboundRanges = texts.excludedRanges.trim();
    this.outboundPorts = texts.includedOutboundPorts.trim();
  }
}

function portsOf(list: string): readonly bigint[] {
  return list.split(",").flatMap((written) => {
    const text = written.trim();
    return /^[0-9]{1,5}$/.test(text) ? [BigInt(text)] : [];
  });
}
