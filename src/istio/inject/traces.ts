/** What an injection left in a pod for whoever wants to take it back: its status, its record of the user's containers, the proxy's environment. */
import { isObject, type Json, type JsonObject } from "../../kube/json.ts";
import type { Labels } from "../facts.ts";
import {
  allContainersOf,
  annotationOf,
  type Container,
  type ContainerList,
  containersOf,
  findContainer,
  initName,
  objectOf,
  objectsOf,
  type Pod,
  proxyName,
  textOf,
  validationName,
} from "./pod.ts";
import { parseJson, statusAnnotation } from "./status.ts";
import { templatesAnnotation } from "./templates.ts";
import { type Overrides, overridesAnnotation, readOverrides } from "./undo.ts";

/** The annotation sidecar.istio.io/status: the names of what the templates brought. */
export interface InjectionRecord {
  readonly containers: readonly string[];
  readonly initContainers: readonly string[];
  readonly volumes: readonly string[];
  readonly imagePullSecrets: readonly string[];
  /** From 1.11 on. */
  readonly revision: string | undefined;
  /** Whether an injector up to 1.8 wrote it, with the hash of the template instead of a revision. */
  readonly old: boolean;
}

/** What the injected templates made of the pod. */
export type Role = "sidecar" | "gateway" | "grpc";

export interface Traces {
  readonly record: InjectionRecord;
  readonly overrides: Overrides;
  /** None for templates that are none of Istio's. */
  readonly roles: ReadonlySet<Role>;
  /** The values in the proxy's environment. */
  readonly environment: Labels;
  /** The proxy's configuration without defaults. */
  readonly proxyConfig: JsonObject;
  /** The handlers that the agent answers, by their path there. */
  readonly probes: JsonObject;
  /** Whether a CNI plugin sets up the capture, which learns of it from annotations. */
  readonly cni: boolean;
}

export type TracesReading =
  | { readonly ok: true; readonly traces: Traces | undefined }
  | { readonly ok: false; readonly error: string };

/**
 * Reads the traces of an injection; undefined where the pod has no status, and was not injected.
 * @param pod metadata and spec as written
 */
export function readTraces(pod: Pod): TracesReading {
  const text = annotationOf(pod, statusAnnotation);
  if (text === undefined) return { ok: true, traces: undefined };
  const record = readRecord(text);
  if (!record) {
    const error = `${statusAnnotation}: is no status of an injection, so that nobody knows what was injected`;
    return { ok: false, error };
  }
  const overrides = readOverrides(pod);
  if (!overrides.ok) return overrides;
  const environment = environmentOf(proxiesOf(pod));
  return {
    ok: true,
    traces: {
      record,
      overrides: overrides.overrides,
      roles: rolesOf(pod, record, environment),
      environment,
      proxyConfig: objectIn(environment.PROXY_CONFIG),
      probes: probesOf(proxiesOf(pod)),
      cni: usesCni(pod, record),
    },
  };
}

function readRecord(text: string): InjectionRecord | undefined {
  const value = parseJson(text);
  if (!isObject(value)) return undefined;
  const [containers, initContainers, volumes, imagePullSecrets] = [
    "containers",
    "initContainers",
    "volumes",
    "imagePullSecrets",
  ].map((key) => namesIn(value[key] ?? null));
  if (!containers || !initContainers || !volumes || !imagePullSecrets) return undefined;
  const revision = typeof value.revision === "string" ? value.revision : undefined;
  const old = revision === undefined && typeof value.version === "string";
  return { containers, initContainers, volumes, imagePullSecrets, revision, old };
}

function namesIn(list: Json): readonly string[] | undefined {
  if (list === null) return [];
  return Array.isArray(list) && list.every((name: Json) => typeof name === "string") ? list : undefined;
}

/** Templates can bring one in each list. */
function proxiesOf(pod: Pod): readonly Container[] {
  return allContainersOf(pod).filter(({ name }) => name === proxyName);
}

function environmentOf(proxies: readonly Container[]): Labels {
  const variables = proxies
    .flatMap(({ env }) => objectsOf(env))
    .filter(({ value }) => typeof value === "string");
  return Object.fromEntries(variables.map(({ name, value }) => [textOf(name), textOf(value)]));
}

/** Several webhooks in a row, up to 1.16, leave several records in one environment (istio/istio#41652). */
function probesOf(proxies: readonly Container[]): JsonObject {
  const records = proxies
    .flatMap(({ env }) => objectsOf(env))
    .filter(({ name }) => name === "ISTIO_KUBE_APP_PROBERS");
  return Object.assign({}, ...records.map(({ value }) => objectIn(textOf(value))));
}

function objectIn(text: string | undefined): JsonObject {
  return text === undefined ? {} : objectOf(parseJson(text));
}

/** Volumes that only the templates for gRPC without proxy bring. */
const grpcVolumes = ["istio-xds", "grpc-io-proxyless-bootstrap"];

function rolesOf(pod: Pod, record: InjectionRecord, environment: Labels): ReadonlySet<Role> {
  const roles = new Set<Role>();
  if (record.volumes.some((name) => grpcVolumes.includes(name))) roles.add("grpc");
  if (environment.PROXY_CONFIG === undefined && !record.old) return roles;
  const asked = annotationOf(pod, templatesAnnotation)
    ?.split(",")
    .map((name) => name.trim());
  const isRouter = proxiesOf(pod).some(({ args }) => Array.isArray(args) && args[1] === "router");
  if (asked?.includes("gateway") || isRouter) roles.add("gateway");
  const capture = record.initContainers.some((name) => name === initName || name === validationName);
  const isPlain = record.volumes.includes("istio-envoy") && !roles.has("gateway");
  if (asked?.includes("sidecar") || capture || isPlain) roles.add("sidecar");
  return roles;
}

/**
 * Without a container that sets up or checks the capture only the plugin's annotations can tell; injectors up to 1.8 wrote them whether
 * there was a plugin or not.
 */
function usesCni(pod: Pod, record: InjectionRecord): boolean {
  if (record.old || record.initContainers.includes("istio-validation")) return true;
  if (record.initContainers.includes("istio-init")) return false;
  return (
    annotationOf(pod, "sidecar.istio.io/interceptionMode") !== undefined &&
    annotationOf(pod, "traffic.sidecar.istio.io/excludeInboundPorts") !== undefined
  );
}

/**
 * Whether a container was injected: the status names it, or it is what only an injection writes, left there by one before the last,
 * which had the proxy in the other list.
 */
export function isInjected(container: Container, list: ContainerList, { record }: Traces): boolean {
  const name = textOf(container.name);
  if (record[list].includes(name)) return true;
  if (name === proxyName)
    return objectsOf(container.env).some((variable) => variable.name === "PROXY_CONFIG");
  const isCapture = name === initName || name === validationName;
  return isCapture && Array.isArray(container.args) && container.args[0] === "istio-iptables";
}

/** The ports of the agent: the usual one and the one that the proxy's configuration names. */
export function statusPorts({ proxyConfig }: Traces): readonly string[] {
  const { statusPort } = proxyConfig;
  return ["15020", ...(statusPort === undefined ? [] : [String(statusPort)])];
}

/** The names of the containers that injection brought and nobody had written. */
export function foreignContainers(pod: Pod, traces: Traces): ReadonlySet<string> {
  const names = (["containers", "initContainers"] as const).flatMap((list) =>
    containersOf(pod, list)
      .filter((container) => isInjected(container, list, traces))
      .map(({ name }) => textOf(name)),
  );
  const recorded = [...traces.overrides.containers, ...traces.overrides.initContainers];
  return new Set(names.filter((name) => !findContainer(recorded, name)));
}

/** The annotations that hold nothing but traces. */
export const traceAnnotations: readonly string[] = [statusAnnotation, overridesAnnotation];
