/** Which probes and lifecycle handlers of the application the agent answers in an injected pod, and where they pointed before. */
import { at, isObject, type Json, type JsonObject } from "../kube/json.ts";
import {
  type ContainerList,
  containersOf,
  findContainer,
  objectsOf,
  type Pod,
  textOf,
} from "./inject/pod.ts";

/** A probe that was pointed at the agent. */
export interface RewrittenProbe {
  readonly list: ContainerList;
  readonly container: string;
  /** Its place in that list of the pod as written. */
  readonly index: number;
  /** The path below the container: `["livenessProbe"]`, `["lifecycle", "preStop"]`. */
  readonly path: readonly string[];
  /** What it asked, for people: "HTTP :8080/ready", "TCP :5432", "gRPC :9000". */
  readonly from: string;
  /** What it asks now: "/app-health/web/readyz". */
  readonly to: string;
  readonly port: number;
  /** The name of the port it asked where no port of the container has that name, so that the agent cannot answer it. */
  readonly unresolved: string | undefined;
}

/** Where probes stand in a container. */
export const probePaths = [
  ["readinessProbe"],
  ["livenessProbe"],
  ["startupProbe"],
  ["lifecycle", "preStop"],
  ["lifecycle", "postStart"],
] as const;

/** The probes that differ between a pod as written and the same pod injected. */
export function rewrittenProbes(before: Pod, after: Pod): readonly RewrittenProbe[] {
  return (["initContainers", "containers"] as const).flatMap((list) =>
    containersOf(before, list).flatMap((container, index) => {
      const name = textOf(container.name);
      const injected = findContainer(containersOf(after, list), name);
      if (!injected) return [];
      return probePaths.flatMap((path): readonly RewrittenProbe[] => {
        const asked = at(container, path);
        const asks = at(injected, [...path, "httpGet"]);
        if (!isObject(asked) || !isObject(asks)) return [];
        const to = textOf(asks.path);
        if (!to.startsWith("/app-") || at(asked, ["httpGet", "path"]) === to) return [];
        const port = Number(asks.port ?? 0);
        const unresolved = unresolvedPort(container, asked);
        return [{ list, container: name, index, path, from: said(asked), to, port, unresolved }];
      });
    }),
  );
}

/** The name that a probe gives of a port, where no port of its container has it. */
export function unresolvedPort(container: JsonObject, probe: JsonObject): string | undefined {
  const port = at(probe, ["httpGet", "port"]) ?? at(probe, ["tcpSocket", "port"]);
  if (typeof port !== "string" || /^[0-9]+$/.test(port)) return undefined;
  return objectsOf(container.ports).some(({ name }) => name === port) ? undefined : port;
}

function said(probe: JsonObject): string {
  const { httpGet, tcpSocket, grpc } = probe;
  if (isObject(httpGet)) {
    const scheme = httpGet.scheme === "HTTPS" ? "HTTPS" : "HTTP";
    return `${scheme} :${portText(httpGet.port)}${textOf(httpGet.path) || "/"}`;
  }
  if (isObject(tcpSocket)) return `TCP :${portText(tcpSocket.port)}`;
  return isObject(grpc) ? `gRPC :${portText(grpc.port)}` : "";
}

function portText(port: Json | undefined): string {
  return typeof port === "object" || port === undefined ? "" : String(port);
}
