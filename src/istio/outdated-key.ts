/** Annotations of pods that a release of Istio calls deprecated, or has given up. */
import { knownKey } from "./catalogue.ts";

/** What has become of an annotation. */
export interface OutdatedKey {
  /** The minor release that deprecated it, or the first that does without it. */
  readonly since: string;
  readonly gone: boolean;
  /** What to do instead, as a clause. */
  readonly instead: string;
}

const inConfig = (field: string) => `set ${field} in proxy.istio.io/config`;

const successors: ReadonlyMap<string, string> = new Map([
  [
    "sidecar.istio.io/controlPlaneAuthPolicy",
    "remove it: sidecars and istiod always authenticate each other",
  ],
  ["sidecar.istio.io/discoveryAddress", inConfig("discoveryAddress")],
  [
    "sidecar.istio.io/enableCoreDump",
    "remove it, or set global.proxy.enableCoreDump where Istio is installed",
  ],
  ["sidecar.istio.io/extraStatTags", `${inConfig("extraStatTags")}, or tags in a Telemetry resource`],
  ["sidecar.istio.io/statsInclusionPrefixes", inConfig("proxyStatsMatcher.inclusionPrefixes")],
  ["sidecar.istio.io/statsInclusionRegexps", inConfig("proxyStatsMatcher.inclusionRegexps")],
  ["sidecar.istio.io/statsInclusionSuffixes", inConfig("proxyStatsMatcher.inclusionSuffixes")],
  ["traffic.sidecar.istio.io/kubevirtInterfaces", "write istio.io/reroute-virtual-interfaces"],
]);

/** Successors that came later than the deprecation. */
const successorSince: ReadonlyMap<string, string> = new Map([
  ["traffic.sidecar.istio.io/kubevirtInterfaces", "1.25"],
]);

/**
 * What a release says of an annotation of pods that is out of date; undefined for all others. `atLeast` compares the release with a minor
 * release. From the tables of istio.io/api. `sidecar.istio.io/inject`, which is a label now, is told by rules of its own.
 */
export function outdatedKey(key: string, atLeast: (release: string) => boolean): OutdatedKey | undefined {
  if (!key.includes("istio.io/") || key === "sidecar.istio.io/inject") return undefined;
  const entry = knownKey(key).find(
    ({ kind, resources }) => kind === "annotation" && resources.includes("Pod"),
  );
  if (!entry) return undefined;
  const gone = entry.until !== undefined && atLeast(entry.until);
  const since = gone ? entry.until : entry.deprecated;
  if (since === undefined || !atLeast(since)) return undefined;
  const successor = successors.get(key);
  const exists = successor !== undefined && atLeast(successorSince.get(key) ?? since);
  return { since, gone, instead: exists ? successor : "remove it" };
}
