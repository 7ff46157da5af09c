/** Probes and lifecycle handlers of the application, which the agent answers once the sidecar captures their port. */
import { decode } from "../../kube/decode.ts";
import { isObject, type Json, type JsonObject } from "../../kube/json.ts";
import type { Labels } from "../facts.ts";
import { goJson, type Printable, sortedKeys } from "../go-json.ts";
import { nearestFacts, newestRelease, type ReleaseFacts } from "../releases.ts";
import {
  allContainersOf,
  annotationOf,
  annotationsOf,
  type Container,
  changeSidecar,
  containersOf,
  findSidecar,
  objectOf,
  objectsOf,
  type Pod,
  parseGoBool,
  proxyName,
  textOf,
  withContainers,
} from "./pod.ts";
import { parseJson, statusAnnotation } from "./status.ts";

const rewriteAnnotation = "sidecar.istio.io/rewriteAppHTTPProbers";
const portAnnotation = "status.sidecar.istio.io/port";
const variable = "ISTIO_KUBE_APP_PROBERS";

/** Where each probe of a container stands and the end of its path at the agent. */
export const handlerPlaces = [
  { at: ["readinessProbe"], url: "app-health", name: "readyz" },
  { at: ["livenessProbe"], url: "app-health", name: "livez" },
  { at: ["startupProbe"], url: "app-health", name: "startupz" },
  { at: ["lifecycle", "preStop"], url: "app-lifecycle", name: "prestopz" },
  { at: ["lifecycle", "postStart"], url: "app-lifecycle", name: "poststartz" },
] as const;
export type ProbePlace = (typeof handlerPlaces)[number];

type ProbeFacts = Pick<ReleaseFacts, "lifecycleHandlers" | "probesAfterStatus" | "initProbes"> & {
  /** Whether handlers that ask otherwise than by HTTP are left alone. */
  readonly httpAlone?: boolean;
};

function placesIn({ lifecycleHandlers }: ProbeFacts): readonly ProbePlace[] {
  return lifecycleHandlers ? handlerPlaces : handlerPlaces.filter(({ url }) => url === "app-health");
}

/** Whether probes are rewritten: as the annotation says where it is a boolean, else as the values say. */
export function rewritesProbes(annotations: Labels, setting: boolean): boolean {
  const written = Object.hasOwn(annotations, rewriteAnnotation) ? annotations[rewriteAnnotation] : undefined;
  return (written === undefined ? undefined : parseGoBool(written)) ?? setting;
}

/** The pod with its probes pointed at the agent, which learns the original ones; a pod without proxy stays as it is. */
export function rewriteProbes(
  pod: Pod,
  setting: boolean,
  statusPort: number,
  facts: ProbeFacts = nearestFacts(newestRelease),
): Pod {
  if (!findSidecar(pod) || !rewritesProbes(annotationsOf(pod), setting)) return pod;
  const text = dumpProbes(pod, statusPort, facts);
  const wasInjected = annotationOf(pod, statusAnnotation) !== undefined;
  const told =
    text === ""
      ? pod
      : changeSidecar(pod, (sidecar) => ({
          ...sidecar,
          env: mergeProbes(wasInjected, objectsOf(sidecar.env), text, facts),
        }));
  return pointAtAgent(told, statusPort, facts);
}

/**
 * The original probes by their path at the agent, as JSON, or "" when there are none; named ports are resolved. Probes on the status
 * port count as rewritten before.
 */
export function dumpProbes(
  pod: Pod,
  statusPort: number,
  facts: ProbeFacts = nearestFacts(newestRelease),
): string {
  const places = placesIn(facts);
  const found: { [path: string]: Json } = {};
  for (const container of facts.initProbes ? allContainersOf(pod) : containersOf(pod, "containers")) {
    if (container.name === proxyName) continue;
    const ports = namedPorts(container);
    for (const place of places) {
      const probe = original(probeAt(container, place, facts), ports, statusPort, place.url === "app-health");
      if (probe) found[handlerPath(container, place)] = probe;
    }
  }
  const paths = sortedKeys(found);
  const printed = new Map<string, Printable>(paths.map((path) => [path, found[path] ?? null]));
  return paths.length === 0 ? "" : goJson(printed);
}

/** The path at the agent where a container's handler is answered. */
export function handlerPath(container: Container, { url, name }: ProbePlace): string {
  return `/${url}/${textOf(container.name)}/${name}`;
}

/** The handler at a place of a container, where the agent answers handlers of its kind. */
function probeAt(
  container: Container,
  { at }: ProbePlace,
  { httpAlone }: ProbeFacts,
): JsonObject | undefined {
  let here: Json | undefined = container;
  for (const key of at) here = isObject(here) ? here[key] : undefined;
  if (!isObject(here)) return undefined;
  return httpAlone && !isObject(here.httpGet) ? undefined : here;
}

function namedPorts(container: Container): ReadonlyMap<string, number> {
  const ports = new Map<string, number>();
  for (const { name, containerPort } of objectsOf(container.ports))
    if (name) ports.set(textOf(name), Number(containerPort ?? 0));
  return ports;
}

function original(
  probe: JsonObject | undefined,
  ports: ReadonlyMap<string, number>,
  statusPort: number,
  isProbe: boolean,
): JsonObject | undefined {
  if (!probe) return undefined;
  const timeout: JsonObject = isProbe && probe.timeoutSeconds ? { timeoutSeconds: probe.timeoutSeconds } : {};
  for (const kind of ["httpGet", "tcpSocket"] as const) {
    const action = probe[kind];
    if (!isObject(action)) continue;
    const port = typeof action.port === "string" ? ports.get(action.port) : Number(action.port ?? 0);
    if (port === undefined || (typeof action.port !== "string" && port === statusPort)) return undefined;
    return { [kind]: { ...action, port }, ...timeout };
  }
  return isProbe && isObject(probe.grpc) ? { grpc: probe.grpc, ...timeout } : undefined;
}

/** The environment with the probes in it; what an earlier injection recorded stays, and wins over the new. */
export function mergeProbes(
  wasInjected: boolean,
  env: readonly JsonObject[],
  text: string,
  { probesAfterStatus }: ProbeFacts = nearestFacts(newestRelease),
): readonly JsonObject[] {
  const looks = wasInjected && probesAfterStatus !== "added";
  const index = looks ? env.findIndex(({ name }) => name === variable) : -1;
  if (index === -1 && looks && probesAfterStatus === "merged") return env;
  if (index === -1) return [...env, { name: variable, value: text }];
  const before = readProbes(textOf(env[index]?.value));
  const after = readProbes(text);
  if (!before || !after) return env;
  const merged = { ...after, ...before };
  const printed = new Map<string, Printable>(sortedKeys(merged).map((key) => [key, merged[key] ?? null]));
  return env.with(index, { name: variable, value: goJson(printed) });
}

/** Recorded probes by their path, with the fields that are recorded; undefined for a text that is no record. */
function readProbes(text: string): JsonObject | undefined {
  const value = parseJson(text);
  if (!isObject(value)) return value === null ? {} : undefined;
  const probesByPath: Record<string, Json> = Object.create(null);
  for (const [path, probe] of Object.entries(value)) {
    const read = probe === null ? undefined : decode("Probe", probe, { via: "json" });
    if (read?.ok === false) return undefined;
    probesByPath[path] = read ? recordOf(read.value) : null;
  }
  return probesByPath;
}

function recordOf(probe: JsonObject): JsonObject {
  const { httpGet, tcpSocket, grpc, timeoutSeconds } = probe;
  return {
    ...(httpGet !== undefined && { httpGet }),
    ...(tcpSocket !== undefined && { tcpSocket }),
    ...(grpc !== undefined && { grpc }),
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
  };
}

/** The pod with every probe that the agent can answer pointed at it. */
export function pointAtAgent(
  pod: Pod,
  statusPort: number,
  facts: ProbeFacts = nearestFacts(newestRelease),
): Pod {
  const places = placesIn(facts);
  const annotation = annotationOf(pod, portAnnotation);
  const port = annotation === undefined ? statusPort : portOf(annotation);
  const changed = (["containers", "initContainers"] as const).map((list) =>
    containersOf(pod, list).map((container) =>
      container.name === proxyName ? container : rewritten(container, port, places, facts),
    ),
  );
  const [containers = [], rewrittenInit = []] = changed;
  const init = facts.initProbes ? rewrittenInit : [];
  const first = containers.length > 0 ? withContainers(pod, "containers", containers) : pod;
  return init.length > 0 ? withContainers(first, "initContainers", init) : first;
}

/** The number in the annotation; 0 where it has blanks around it, which passes validation. */
function portOf(annotation: string): number {
  return /^[+-]?[0-9]+$/.test(annotation) ? Number(annotation) : 0;
}

function rewritten(
  container: Container,
  port: number,
  places: readonly ProbePlace[],
  facts: ProbeFacts,
): Container {
  let result = container;
  for (const place of places) {
    const probe = probeAt(result, place, facts);
    const changed =
      probe && agentProbe(probe, handlerPath(container, place), port, place.url === "app-health");
    if (!changed) continue;
    const [key, inner] = place.at;
    const value = inner === undefined ? changed : { ...objectOf(result[key]), [inner]: changed };
    result = { ...result, [key]: value };
  }
  return result;
}

function agentProbe(probe: JsonObject, path: string, port: number, isProbe: boolean): JsonObject | undefined {
  const { httpGet, tcpSocket, grpc, ...rest } = probe;
  if (isObject(httpGet)) {
    const scheme = httpGet.scheme === "HTTPS" ? { scheme: "HTTP" } : {};
    return { ...probe, httpGet: { ...httpGet, path, port, ...scheme } };
  }
  if (isObject(tcpSocket)) return { ...rest, ...(grpc !== undefined && { grpc }), httpGet: { path, port } };
  return isProbe && isObject(grpc) ? { ...rest, httpGet: { path, port } } : undefined;
}
