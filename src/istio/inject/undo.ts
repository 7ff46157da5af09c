/** Taking back an earlier injection, so that a second one starts from what the user wrote. */
import { decode } from "../../kube/decode.ts";
import type { Message } from "../message.ts";
import {
  annotationOf,
  annotationsOf,
  type Container,
  type ContainerList,
  containersOf,
  findContainer,
  objectOf,
  objectsOf,
  type Pod,
  textOf,
  withAnnotations,
  withContainers,
} from "./pod.ts";
import { withoutOwnPrometheus } from "./prometheus.ts";
import { parseJson, previousStatus, statusAnnotation } from "./status.ts";

export const overridesAnnotation = "proxy.istio.io/overrides";

/** The user's own containers that an injection changed, as it recorded them. */
export interface Overrides {
  readonly containers: readonly Container[];
  readonly initContainers: readonly Container[];
}

export type OverridesReading =
  | { readonly ok: true; readonly overrides: Overrides }
  | { readonly ok: false; readonly error: string };

export type Undone =
  | { readonly ok: true; readonly pod: Pod }
  | { readonly ok: false; readonly error: string };

const lists: readonly ContainerList[] = ["containers", "initContainers"];

/**
 * The pod as templates see it: without the containers, annotations and status of an earlier injection, and with the user's containers
 * that were recorded then. The error is that of an annotation proxy.istio.io/overrides that cannot be read.
 */
export function undoInjection(pod: Pod, mesh: Message): Undone {
  const read = readOverrides(pod);
  if (!read.ok) return read;
  let undone = withoutInjected(pod, mesh);
  for (const list of lists) {
    const present = containersOf(undone, list);
    const missing = read.overrides[list].filter(({ name }) => !findContainer(present, textOf(name)));
    if (missing.length > 0) undone = withContainers(undone, list, [...present, ...missing]);
  }
  return { ok: true, pod: undone };
}

function withoutInjected(pod: Pod, mesh: Message): Pod {
  const status = previousStatus(pod);
  if (!status) return pod;
  let stripped = pod;
  for (const list of lists) {
    const injected = new Set(status[list]);
    const own = containersOf(pod, list).filter(({ name }) => !injected.has(textOf(name)));
    if (own.length < containersOf(pod, list).length) stripped = withContainers(stripped, list, own);
  }
  const { [statusAnnotation]: _, ...annotations } = withoutOwnPrometheus(annotationsOf(pod), mesh);
  return withAnnotations(stripped, annotations);
}

/** The containers of the annotation proxy.istio.io/overrides; none where the pod does not have it. */
export function readOverrides(pod: Pod): OverridesReading {
  const text = annotationOf(pod, overridesAnnotation);
  if (text === undefined) return { ok: true, overrides: { containers: [], initContainers: [] } };
  const error = `${overridesAnnotation}: must be JSON with containers and initContainers`;
  const value = parseJson(text);
  if (value === undefined) return { ok: false, error };
  const { containers = null, initContainers = null } = objectOf(value);
  if (value !== null && (typeof value !== "object" || Array.isArray(value))) return { ok: false, error };
  const read = decode("PodSpec", { containers, initContainers }, { via: "json" });
  if (!read.ok) {
    const { path = [], message = "" } = read.errors[0] ?? {};
    return { ok: false, error: `${error}; ${path.join(".")} ${message}` };
  }
  const of = (list: ContainerList) => objectsOf(read.value[list]);
  return { ok: true, overrides: { containers: of("containers"), initContainers: of("initContainers") } };
}
