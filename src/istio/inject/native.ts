/** Whether a pod's sidecar is a native one: an init container that keeps running. */
import { nearestFacts, newestRelease, type ReleaseFacts } from "../releases.ts";
import { annotationOf, containersOf, findContainer, type Pod, proxyName, withContainers } from "./pod.ts";

/** ENABLE_NATIVE_SIDECARS of istiod. */
export type NativeMode = "true" | "false" | "auto";

export interface Node {
  readonly name: string;
  readonly kubeletVersion: string;
}

const leastMinor = 33;
const nativeAnnotation = "sidecar.istio.io/nativeSidecar";

/**
 * What istiod decides for a pod: `auto` asks the pod's own node where it is known, else all nodes; without nodes it is on. Only the
 * minor version counts. As DetectNativeSidecar of istio/istio 1.30.
 * @param nodes those of the cluster that the webhook's URL names; undefined for a cluster that istiod does not watch, where it is off
 */
export function detectNative(mode: NativeMode, nodes: readonly Node[] | undefined, nodeName = ""): boolean {
  if (mode !== "auto") return mode === "true";
  if (!nodes) return false;
  const own = nodeName === "" ? undefined : nodes.find(({ name }) => name === nodeName);
  return (own ? [own] : nodes).every(({ kubeletVersion }) => supportsNative(kubeletVersion));
}

/** Whether a kubelet's version, such as "v1.33.4-gke.1036000", runs native sidecars as a stable feature. */
export function supportsNative(version: string): boolean {
  const parts =
    /^v?([0-9]+)(?:\.([0-9]+))?(?:\.[0-9]+)*(?:[-+~][0-9A-Za-z.+~-]+|[A-Za-z][0-9A-Za-z.-]*)?$/.exec(version);
  return parts !== null && Number(parts[2] ?? 0) >= leastMinor;
}

/**
 * The pod with its own container istio-proxy moved to the init containers, where the rendered template has it there and the sidecar is
 * native; the annotation counts only as exactly "true" or "false".
 */
export function moveToInit(
  pod: Pod,
  rendered: Pod,
  detected: boolean,
  { nativeSidecarAnnotation }: Pick<ReleaseFacts, "nativeSidecarAnnotation"> = nearestFacts(newestRelease),
): Pod {
  const annotation = nativeSidecarAnnotation ? annotationOf(pod, nativeAnnotation) : undefined;
  const native = annotation === "true" || (annotation !== "false" && detected);
  if (!native || !findContainer(containersOf(rendered, "initContainers"), proxyName)) return pod;
  const containers = containersOf(pod, "containers");
  const own = findContainer(containers, proxyName);
  if (!own) return pod;
  const left = withContainers(
    pod,
    "containers",
    containers.filter((container) => container !== own),
  );
  return withContainers(left, "initContainers", [...containersOf(pod, "initContainers"), own]);
}
