/** The sidecar of an injected pod as people ask for it: its image and resources with their origins, ports, capture, probes, additions. */
import { at, type Json } from "../kube/json.ts";
import { compareQuantities, isSameQuantity, parseQuantity } from "../kube/quantity.ts";
import { type Capture, captureOf } from "./capture/captured.ts";
import type { Labels } from "./facts.ts";
import { proxyImage } from "./inject/image.ts";
import {
  annotationsOf,
  type Container,
  type ContainerList,
  containersOf,
  findContainer,
  objectOf,
  objectsOf,
  type Pod,
  proxyName,
  textOf,
} from "./inject/pod.ts";
import type { Istiod } from "./inject/webhook.ts";
import { effectiveProxyConfig } from "./mesh-config.ts";
import {
  type ProxyResource,
  type ProxyResources,
  quantityText,
  type ResourceKind,
  type ResourceName,
  resourceAnnotations,
} from "./proxy-resources.ts";
import { type RewrittenProbe, rewrittenProbes } from "./rewritten-probes.ts";

/** What said a value of the sidecar. */
export type SettingOrigin =
  | { readonly from: "annotation"; readonly annotation: string }
  /** The user's own container istio-proxy. */
  | { readonly from: "container"; readonly list: ContainerList; readonly index: number }
  /** The injector's values, below `path`. */
  | { readonly from: "values"; readonly path: readonly string[] }
  | { readonly from: "template" };

/** A port that the sidecar listens on. */
export interface SidecarPort {
  readonly number: number;
  /** What it is for: "outbound traffic". */
  readonly purpose: string;
}

export interface Sidecar {
  /** The templates that made it, in the order in which they were laid over the pod. */
  readonly templates: readonly string[];
  readonly image: string;
  readonly imageOrigin: SettingOrigin;
  /** Where its container stands in the injected pod. */
  readonly list: ContainerList;
  readonly index: number;
  /** Whether it is an init container that keeps running. */
  readonly native: boolean;
  readonly resources: ProxyResources;
  readonly ports: readonly SidecarPort[];
  /** Undefined where the image decides. */
  readonly user: number | undefined;
  readonly group: number | undefined;
  /** Undefined where no traffic is captured. */
  readonly capture: Capture | undefined;
  readonly probes: readonly RewrittenProbe[];
  /** Names of what was added besides the sidecar itself. */
  readonly containers: readonly string[];
  readonly initContainers: readonly string[];
  readonly volumes: readonly string[];
  /** Its environment as far as that is told by texts, in order. */
  readonly env: readonly { readonly name: string; readonly value: string }[];
}

/** An injection to read: the pod before and after, as `injectTemplate` gives them. */
export interface InjectedPod {
  readonly before: Pod;
  readonly after: Pod;
  /** The rendered templates alone. */
  readonly rendered: Pod;
  readonly templates: readonly string[];
}

/** Reads the sidecar out of an injected pod; undefined where its templates add no container istio-proxy. */
export function readSidecar(istiod: Istiod, injected: InjectedPod): Sidecar | undefined {
  const { before, after, rendered, templates } = injected;
  const found = placeOfProxy(after);
  if (!found) return undefined;
  const { container, list, index } = found;
  const { runAsUser, runAsGroup } = objectOf(container.securityContext);
  const capture = captureOf(after, istiod.facts.capture);
  return {
    templates,
    image: textOf(container.image),
    imageOrigin: imageOrigin(istiod, before, textOf(container.image)),
    list,
    index,
    native: list === "initContainers" && container.restartPolicy === "Always",
    resources: resourcesOf(istiod, before, container),
    ports: portsOf(istiod, before, container, capture),
    user: numberOf(runAsUser),
    group: numberOf(runAsGroup),
    capture,
    probes: rewrittenProbes(before, after),
    containers: addedNames(before, rendered, "containers"),
    initContainers: addedNames(before, rendered, "initContainers"),
    volumes: addedNames(before, rendered, "volumes"),
    env: objectsOf(container.env).flatMap(({ name, value }) =>
      typeof value === "string" ? [{ name: textOf(name), value }] : [],
    ),
  };
}

interface PlacedContainer {
  readonly container: Container;
  readonly list: ContainerList;
  readonly index: number;
}

function placeOfProxy(pod: Pod): PlacedContainer | undefined {
  for (const list of ["containers", "initContainers"] as const) {
    const containers = containersOf(pod, list);
    const index = containers.findIndex(({ name }) => name === proxyName);
    const container = containers[index];
    if (container) return { container, list, index };
  }
  return undefined;
}

function addedNames(
  before: Pod,
  rendered: Pod,
  key: "containers" | "initContainers" | "volumes",
): readonly string[] {
  const had = new Set(objectsOf(objectOf(before.spec)[key]).map(({ name }) => name));
  return objectsOf(objectOf(rendered.spec)[key])
    .map(({ name }) => textOf(name))
    .filter((name) => name !== proxyName && !had.has(name));
}

const imageKey = "sidecar.istio.io/proxyImage";
const imageTypeKey = "sidecar.istio.io/proxyImageType";
const configKey = "proxy.istio.io/config";

function imageOrigin(istiod: Istiod, before: Pod, image: string): SettingOrigin {
  const own = placeOfProxy(before);
  if (own && textOf(own.container.image) === image)
    return { from: "container", list: own.list, index: own.index };
  const annotations = annotationsOf(before);
  const { values, mesh, facts } = istiod;
  const meshWide = effectiveProxyConfig(mesh, undefined, facts);
  if (image === proxyImage(values, meshWide, {})) return { from: "values", path: ["global", "tag"] };
  if (image === values.image) return { from: "values", path: ["global", "proxy", "image"] };
  const annotation = [imageKey, imageTypeKey, configKey].find((key) => Object.hasOwn(annotations, key));
  return annotation === undefined ? { from: "template" } : { from: "annotation", annotation };
}

/** The requests and limits of the injected container, each with who set it. */
function resourcesOf(istiod: Istiod, before: Pod, container: Container): ProxyResources {
  const own = placeOfProxy(before);
  const annotations = annotationsOf(before);
  const mesh = at(istiod.values.all, ["global", "proxy", "resources"]);
  const of = (kind: ResourceKind, name: ResourceName): ProxyResource => {
    const value = quantityText(at(container, ["resources", kind, name]));
    if (value === undefined) return { from: "none", value: undefined };
    const written = own && quantityText(at(own.container, ["resources", kind, name]));
    if (own && written !== undefined)
      return { from: "container", value: written, list: own.list, index: own.index };
    const annotation = resourceAnnotations[kind][name];
    const annotated = ownText(annotations, annotation);
    if (annotated !== undefined && isSameQuantity(annotated, value))
      return { from: "annotation", value: annotated, annotation };
    const byMesh = quantityText(at(mesh, [kind, name]));
    if (byMesh !== undefined && isSameQuantity(byMesh, value)) return { from: "mesh", value: byMesh };
    return { from: "template", value };
  };
  const limits = { cpu: of("limits", "cpu"), memory: of("limits", "memory") };
  return {
    requests: {
      cpu: requestOr(of("requests", "cpu"), limits.cpu),
      memory: requestOr(of("requests", "memory"), limits.memory),
    },
    limits,
  };
}

/** Kubernetes takes the limit where there is no request. */
function requestOr(request: ProxyResource, limit: ProxyResource): ProxyResource {
  if (request.from !== "none" || limit.value === undefined) return request;
  return { from: "limit", value: limit.value };
}

/** The ports that the proxy and its agent listen on, in order of their numbers. */
function portsOf(
  istiod: Istiod,
  before: Pod,
  container: Container,
  capture: Capture | undefined,
): readonly SidecarPort[] {
  const ports = new Map<number, string>();
  const configured = configuredPorts(istiod, annotationsOf(before), capture !== undefined);
  for (const [number, purpose] of configured) ports.set(number, purpose);
  const ready = numberOf(at(container, ["readinessProbe", "httpGet", "port"]));
  if (ready !== undefined && !ports.has(ready)) ports.set(ready, purposes.health);
  if (environmentOf(container, "ISTIO_META_DNS_CAPTURE") === "true") ports.set(15053, purposes.dns);
  if (environmentOf(container, "ISTIO_META_ENABLE_HBONE") === "true") ports.set(15008, purposes.hbone);
  for (const port of objectsOf(container.ports)) {
    const number = numberOf(port.containerPort);
    if (number === undefined || ports.has(number)) continue;
    ports.set(number, number === 15090 ? purposes.metrics : textOf(port.name) || "its own use");
  }
  return [...ports].map(([number, purpose]) => ({ number, purpose })).sort((a, b) => a.number - b.number);
}

const purposes = {
  admin: "administration",
  outbound: "outbound traffic",
  inbound: "inbound traffic",
  status: "merged metrics and probes",
  health: "health checks",
  dns: "DNS",
  hbone: "HBONE",
  metrics: "Envoy's metrics",
} as const;

/** What ports and capture depend on. */
export type ProxySettings = Pick<Istiod, "mesh" | "facts" | "readYaml">;

/** The ports that the mesh's and the pod's configuration give to the proxy, by what they are for; those of traffic where it is captured. */
export function configuredPorts(
  settings: ProxySettings,
  annotations: Labels,
  captured: boolean,
): readonly (readonly [number, string])[] {
  const { mesh, facts, readYaml } = settings;
  const text = ownText(annotations, configKey);
  const read = text === undefined ? undefined : readYaml(text);
  const config = effectiveProxyConfig(mesh, read?.ok ? read.value : undefined, facts);
  const status = ownText(annotations, "status.sidecar.istio.io/port");
  const number = (value: Json | undefined) => numberOf(value) ?? 0;
  const all: readonly (readonly [number, string])[] = [
    [number(config.proxyAdminPort), purposes.admin],
    [captured ? number(mesh.proxyListenPort) : 0, purposes.outbound],
    [captured ? number(mesh.proxyInboundListenPort) : 0, purposes.inbound],
    [
      status !== undefined && /^[0-9]+$/.test(status) ? Number(status) : number(config.statusPort),
      purposes.status,
    ],
  ];
  return all.filter(([port]) => port > 0);
}

function environmentOf(container: Container, name: string): string | undefined {
  const variable = findContainer(objectsOf(container.env), name);
  return typeof variable?.value === "string" ? variable.value : undefined;
}

function ownText(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}

function numberOf(value: Json | undefined): number | undefined {
  return typeof value === "number" || typeof value === "bigint" ? Number(value) : undefined;
}

/** A request of the injected container that is above its limit, which the API server refuses; undefined where there is none. */
export function requestAboveLimit({
  resources,
}: Sidecar):
  | { readonly resource: ResourceName; readonly request: ProxyResource; readonly limit: ProxyResource }
  | undefined {
  for (const resource of ["cpu", "memory"] as const) {
    const request = resources.requests[resource];
    const limit = resources.limits[resource];
    if (request.value === undefined || limit.value === undefined) continue;
    const left = parseQuantity(request.value);
    const right = parseQuantity(limit.value);
    if (left.ok && right.ok && compareQuantities(left.quantity, right.quantity) > 0)
      return { resource, request, limit };
  }
  return undefined;
}
