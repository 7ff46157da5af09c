/** Ports that are told to the program that captures, and that iptables takes for none. */
import { type CaptureFault, type CaptureSettings, partsOf } from "./settings.ts";

/**
 * The parts of a list that are no port for iptables: neither a number up to 65535, nor a range such as 8000:9000. Names of services count
 * as ports, as whether they are known hangs on the image.
 */
export function unusablePorts(list: string): readonly string[] {
  return partsOf(list)
    .map((part) => part.trim())
    .filter((part) => !isUsable(part));
}

function isUsable(part: string): boolean {
  if (/^[A-Za-z][A-Za-z0-9-]*$/.test(part)) return true;
  const range = /^([0-9]{0,5})(?::([0-9]{0,5}))?$/.exec(part);
  return range !== null && part !== "" && [range[1], range[2]].every((one) => Number(one ?? 0) <= 65_535);
}

/** The lists of ports, of which Istio reads only some before it hands them on. */
const portLists = [
  "includedInboundPorts",
  "excludedInboundPorts",
  "includedOutboundPorts",
  "excludedOutboundPorts",
] as const;

/** What iptables refuses of a pod's settings; undefined where it takes them all. */
export function portsFault(settings: CaptureSettings): CaptureFault | undefined {
  if (settings.nftables) return undefined;
  for (const of of portLists) {
    const [first] = settings[of] === "*" ? [] : unusablePorts(settings[of]);
    if (first !== undefined)
      return {
        stage: "run",
        of,
        says: `iptables takes ${JSON.stringify(first)} for no port, and refuses the rules`,
      };
  }
  return undefined;
}
