/** Reading and replacing the parts of a typed pod that injection works on; pods are never changed in place. */
import { isObject, type Json, type JsonObject } from "../../kube/json.ts";
import type { Labels } from "../facts.ts";

/** A pod as `decode("Pod", …)` of src/kube gives it: metadata and spec in their canonical form. */
export type Pod = JsonObject;
export type Container = JsonObject;
export type ContainerList = "containers" | "initContainers";

export const proxyName = "istio-proxy";
export const initName = "istio-init";
export const validationName = "istio-validation";
export const coreDumpName = "enable-core-dump";

/** The value as an object; an empty one where it is none. */
export function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

/** The objects of a list; none where it is no list. */
export function objectsOf(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** Text, the empty one where it is none. */
export function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

/** The metadata of a pod, or of any other object; an empty map where there is none. */
export function metadataOf(pod: Pod): JsonObject {
  return objectOf(pod.metadata);
}

/** The annotations of a pod; none where it has none. */
export function annotationsOf(pod: Pod): Labels {
  return objectOf(metadataOf(pod).annotations) as Labels;
}

/** The labels of a pod; none where it has none. */
export function labelsOf(pod: Pod): Labels {
  return objectOf(metadataOf(pod).labels) as Labels;
}

/** An annotation's value; undefined where the pod does not have it. */
export function annotationOf(pod: Pod, key: string): string | undefined {
  const annotations = annotationsOf(pod);
  return Object.hasOwn(annotations, key) ? annotations[key] : undefined;
}

/** The containers of one of the two lists, in their order. */
export function containersOf(pod: Pod, list: ContainerList): readonly Container[] {
  return objectsOf(objectOf(pod.spec)[list]);
}

/** Containers of both lists, init containers first. */
export function allContainersOf(pod: Pod): readonly Container[] {
  return [...containersOf(pod, "initContainers"), ...containersOf(pod, "containers")];
}

/** The pod with some keys of its metadata changed. */
export function withMetadata(pod: Pod, change: JsonObject): Pod {
  return { ...pod, metadata: { ...metadataOf(pod), ...change } };
}

/** The pod with other annotations instead of all it has. */
export function withAnnotations(pod: Pod, annotations: Labels): Pod {
  return withMetadata(pod, { annotations });
}

/** The pod with another list of containers; Kubernetes writes no empty list of init containers. */
export function withContainers(pod: Pod, list: ContainerList, containers: readonly Container[]): Pod {
  const { [list]: _, ...others } = objectOf(pod.spec);
  if (containers.length === 0 && list === "initContainers") return { ...pod, spec: others };
  return { ...pod, spec: { ...objectOf(pod.spec), [list]: containers } };
}

/** The first container of a name. */
export function findContainer(containers: readonly Container[], name: string): Container | undefined {
  return containers.find((container) => container.name === name);
}

/** The first container of a name, init containers last. */
export function findInPod(pod: Pod, name: string): Container | undefined {
  return (
    findContainer(containersOf(pod, "containers"), name) ??
    findContainer(containersOf(pod, "initContainers"), name)
  );
}

/** The pod's proxy: of the containers or, as a native sidecar, of the init containers. */
export function findSidecar(pod: Pod): Container | undefined {
  return findInPod(pod, proxyName);
}

/** The pod with its proxy changed; a pod without one stays as it is. */
export function changeSidecar(pod: Pod, change: (sidecar: Container) => Container): Pod {
  const sidecar = findSidecar(pod);
  return sidecar ? replaceContainer(pod, sidecar, change(sidecar)) : pod;
}

/** The pod with one container, which must be one of its own, in the place of another. */
export function replaceContainer(pod: Pod, old: Container, replacement: Container): Pod {
  for (const list of ["containers", "initContainers"] as const) {
    const containers = containersOf(pod, list);
    const index = containers.indexOf(old);
    if (index !== -1) return withContainers(pod, list, containers.with(index, replacement));
  }
  return pod;
}

/** The container with one more environment variable at the end. */
export function addVariable(container: Container, name: string, value: string): Container {
  return { ...container, env: [...objectsOf(container.env), { name, value }] };
}

/** A boolean as Go's strconv.ParseBool reads it; undefined for any other text. */
export function parseGoBool(text: string): boolean | undefined {
  if (/^(?:1|t|T|TRUE|true|True)$/.test(text)) return true;
  return /^(?:0|f|F|FALSE|false|False)$/.test(text) ? false : undefined;
}
