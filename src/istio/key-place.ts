/** Where a setting of Istio's takes effect, and whether it does where it stands. */
import { isKnownKey, type KnownKey, knownKey } from "./catalogue.ts";

/** What a label or annotation stands on: a pod (or its template), a Namespace, or an object around a pod template. */
export type KeyHolder = "Pod" | "Namespace" | "Workload";

/** The place where a key counts. */
export interface KeyPlace {
  readonly map: "labels" | "annotations";
  /** "pods", "Namespaces", "pods, Services or Namespaces". */
  readonly of: readonly string[];
}

const podPrefixes = [
  "sidecar.istio.io/",
  "traffic.sidecar.istio.io/",
  "readiness.status.sidecar.istio.io/",
  "status.sidecar.istio.io/",
];
const podAnnotations = new Set([
  "inject.istio.io/templates",
  "prometheus.istio.io/merge-metrics",
  "proxy.istio.io/config",
  "istio.io/reroute-virtual-interfaces",
]);

/** Labels that people write to join a mesh, and what they count on; the rest of the tables is written by Istio itself or not about pods. */
const choices: ReadonlyMap<string, readonly KeyHolder[]> = new Map([
  ["istio-injection", ["Namespace"]],
  ["istio.io/rev", ["Namespace", "Pod"]],
  ["istio.io/dataplane-mode", ["Namespace", "Pod"]],
  ["istio.io/use-waypoint", ["Namespace", "Pod"]],
  ["istio.io/use-waypoint-namespace", ["Namespace", "Pod"]],
]);

/** What an injector leaves behind. */
const written = "sidecar.istio.io/status";

function isSidecarSetting(key: string): boolean {
  return podAnnotations.has(key) || podPrefixes.some((one) => key.startsWith(one));
}

/** Whether a label or annotation is one that Istio reads from pods and from nothing around them. */
export function isReadFromPods(key: string, map: string): boolean {
  if (!key.includes("istio.io/")) return false;
  return isSidecarSetting(key) || (map === "labels" && key === "istio.io/rev");
}

/** Where a known key counts; undefined for keys that no table has. */
export function placeOf(key: string): KeyPlace | undefined {
  const entries = knownKey(key);
  const entry = entries.find(({ kind }) => kind === "label") ?? entries[0];
  return entry && { map: mapOf(entry), of: entry.resources.map(plural) };
}

function mapOf({ kind }: KnownKey): KeyPlace["map"] {
  return kind === "label" ? "labels" : "annotations";
}

function plural(kind: string): string {
  if (kind === "Pod") return "pods";
  return /[^aeiou]y$/.test(kind) ? `${kind.slice(0, -1)}ies` : `${kind}s`;
}

/**
 * Whether a key that people set has no effect where it stands. `istio.io/rev` as an annotation of a pod counts as such; the
 * injector leaves it on pods that it injected, which the caller has to tell apart.
 */
export function isStray(key: string, map: string, holder: KeyHolder): boolean {
  if (!key.includes("istio")) return false;
  const holders = choices.get(key);
  if (holders) return map !== "labels" || !holders.includes(holder);
  if (key === written || !isSidecarSetting(key)) return false;
  const counts = holder === "Pod" && (map === "annotations" || key === "sidecar.istio.io/inject");
  return !counts && isKnownKey(key);
}
