/** What CPU and memory the sidecar of a pod really asks for and is limited to, and who said so. */
import { at, isObject, type Json, type JsonObject } from "../kube/json.ts";
import type { PodFacts } from "./facts.ts";

/** The four annotations, by what they set. */
export const resourceAnnotations = {
  requests: { cpu: "sidecar.istio.io/proxyCPU", memory: "sidecar.istio.io/proxyMemory" },
  limits: { cpu: "sidecar.istio.io/proxyCPULimit", memory: "sidecar.istio.io/proxyMemoryLimit" },
} as const;

export type ResourceName = "cpu" | "memory";
export type ResourceKind = "requests" | "limits";

/** One request or limit of the sidecar. */
export type ProxyResource =
  | { readonly from: "annotation"; readonly value: string; readonly annotation: string }
  /** The user's own istio-proxy container, laid over the injected one. */
  | {
      readonly from: "container";
      readonly value: string;
      readonly list: "containers" | "initContainers";
      readonly index: number;
    }
  /** `values.global.proxy.resources` of the mesh. */
  | { readonly from: "mesh"; readonly value: string }
  /** The injector's template itself; quantities are in their canonical form then. */
  | { readonly from: "template"; readonly value: string }
  /** No request was given, so Kubernetes takes the limit. */
  | { readonly from: "limit"; readonly value: string }
  /** A limit that nobody sets is no limit, a request that nobody sets is zero. */
  | { readonly from: "none"; readonly value: undefined };

export type ProxyResources = Readonly<Record<ResourceKind, Readonly<Record<ResourceName, ProxyResource>>>>;

/** The container that the injected sidecar is laid under. */
export interface OwnProxy {
  readonly list: "containers" | "initContainers";
  readonly index: number;
  readonly spec: JsonObject;
}

/**
 * The effective resources. A single annotation drops all of the mesh's resources, and what the annotations do not name is
 * unset; a container called istio-proxy overrides either value by value; a limit without a request makes the request equal
 * to it. Reproduces the injection template of Istio 1.6 to 1.30 and the defaulting of Kubernetes.
 */
export function proxyResources(pod: PodFacts, mesh: JsonObject | undefined): ProxyResources {
  const own = ownProxy(pod);
  const annotated = isAnnotated(pod);
  const of = (kind: ResourceKind, name: ResourceName): ProxyResource => {
    const written = own && quantityText(at(own.spec, ["resources", kind, name]));
    if (own && written !== undefined)
      return { from: "container", value: written, list: own.list, index: own.index };
    const annotation = resourceAnnotations[kind][name];
    const value = pod.annotations[annotation];
    if (annotated) return value === undefined ? nothing : { from: "annotation", value, annotation };
    const byMesh = quantityText(at(mesh, [kind, name]));
    return byMesh === undefined ? nothing : { from: "mesh", value: byMesh };
  };
  const limits = { cpu: of("limits", "cpu"), memory: of("limits", "memory") };
  return {
    requests: {
      cpu: defaulted(of("requests", "cpu"), limits.cpu),
      memory: defaulted(of("requests", "memory"), limits.memory),
    },
    limits,
  };
}

const nothing: ProxyResource = { from: "none", value: undefined };

function defaulted(request: ProxyResource, limit: ProxyResource): ProxyResource {
  if (request.from !== "none" || limit.value === undefined) return request;
  return { from: "limit", value: limit.value };
}

/** Whether any of the four annotations is there, which is what drops the mesh's resources. */
export function isAnnotated(pod: PodFacts): boolean {
  const { requests, limits } = resourceAnnotations;
  return [requests.cpu, requests.memory, limits.cpu, limits.memory].some((key) =>
    Object.hasOwn(pod.annotations, key),
  );
}

/** The user's istio-proxy container, wherever it stands; undefined when there is none. */
export function ownProxy(pod: PodFacts): OwnProxy | undefined {
  for (const list of ["containers", "initContainers"] as const) {
    const index = pod[list].findIndex(({ name }) => name === "istio-proxy");
    const container = pod[list][index];
    if (container) return { list, index, spec: container.spec };
  }
  return undefined;
}

/** A quantity as YAML gives it, as text; undefined where there is none. */
export function quantityText(value: Json | undefined): string | undefined {
  if (typeof value === "string") return value === "" ? undefined : value;
  return typeof value === "number" || typeof value === "bigint" ? String(value) : undefined;
}

/** The resources of a pod that says nothing about them. */
export function meshResources(mesh: JsonObject | undefined): ProxyResources {
  const empty: PodFacts = {
    labels: {},
    annotations: {},
    hostNetwork: false,
    containers: [],
    initContainers: [],
  };
  return proxyResources(empty, isObject(mesh) ? mesh : undefined);
}
