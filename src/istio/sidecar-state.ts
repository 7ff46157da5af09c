/** Whether a pod already has a sidecar in its manifest, and of which kind. */
import { at, isObject, type Json } from "../kube/json.ts";
import type { ContainerFacts, PodFacts } from "./facts.ts";
import type { ReleaseFacts } from "./releases.ts";

export const statusKey = "sidecar.istio.io/status";
export const nativeKey = "sidecar.istio.io/nativeSidecar";
const proxyName = "istio-proxy";

/** What the manifest says of a sidecar. */
export type SidecarState =
  /** Nothing. */
  | { readonly is: "absent" }
  /** A container that only makes sense once the real image is injected: its image is `auto`, or it has none. */
  | { readonly is: "placeholder"; readonly container: SidecarContainer }
  /** A sidecar committed with the manifest. */
  | {
      readonly is: "present";
      readonly by: "status" | "container";
      /** Undefined where only the status annotation says so. */
      readonly container: SidecarContainer | undefined;
      /** What the status annotation says was added; undefined without one that can be read. */
      readonly status: InjectionStatus | undefined;
    };

export interface SidecarContainer {
  readonly list: "containers" | "initContainers";
  readonly index: number;
  readonly image: string;
  /** Whether it runs as a native sidecar: an init container that keeps running. */
  readonly native: boolean;
}

/** The value of `sidecar.istio.io/status`. */
export interface InjectionStatus {
  readonly containers: readonly string[];
  readonly initContainers: readonly string[];
  readonly volumes: readonly string[];
  readonly imagePullSecrets: readonly string[];
  readonly revision: string | undefined;
}

/**
 * Recognises a pod that was injected before, as istio/istio 1.30 does at re-injection, and besides it containers named
 * istio-proxy with an image of their own.
 */
export function sidecarState(pod: PodFacts): SidecarState {
  const container = sidecarContainer(pod);
  const status = readStatus(pod.annotations[statusKey]);
  if (status) return { is: "present", by: "status", container, status };
  if (!container) return { is: "absent" };
  if (isPlaceholderImage(container.image)) return { is: "placeholder", container };
  return { is: "present", by: "container", container, status: undefined };
}

/** Whether an image waits for injection to be replaced. */
export function isPlaceholderImage(image: string): boolean {
  return image === "" || image === "auto";
}

function sidecarContainer(pod: PodFacts): SidecarContainer | undefined {
  for (const list of ["containers", "initContainers"] as const) {
    const index = pod[list].findIndex(({ name }) => name === proxyName);
    const container = pod[list][index];
    if (!container) continue;
    return {
      list,
      index,
      image: container.image,
      native: list === "initContainers" && keepsRunning(container),
    };
  }
  return undefined;
}

function keepsRunning({ spec }: ContainerFacts): boolean {
  return spec.restartPolicy === "Always";
}

function readStatus(text: string | undefined): InjectionStatus | undefined {
  if (text === undefined) return undefined;
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
  if (!isObject(value)) return undefined;
  const { revision } = value;
  const names = (key: string): readonly string[] => {
    const list = at(value, [key]);
    return Array.isArray(list) ? list.filter((item: Json) => typeof item === "string") : [];
  };
  return {
    containers: names("containers"),
    initContainers: names("initContainers"),
    volumes: names("volumes"),
    imagePullSecrets: names("imagePullSecrets"),
    revision: typeof revision === "string" ? revision : undefined,
  };
}

/**
 * Whether an injected sidecar is a native one (an init container that keeps running): the annotation says so, else the
 * release's default. undefined where the default depends on the version of the nodes (`auto`) and `nodesSupportIt` does
 * not say.
 */
export function isNative(pod: PodFacts, facts: ReleaseFacts, nodesSupportIt?: boolean): boolean | undefined {
  const written = pod.annotations[nativeKey];
  if (facts.nativeSidecarAnnotation && (written === "true" || written === "false")) return written === "true";
  if (facts.nativeSidecars === "auto") return nodesSupportIt;
  return facts.nativeSidecars === "true";
}
