/** Probes of the application as old agents answer them: HTTP alone, of ordinary containers. */
import type { Json, JsonObject } from "../../kube/json.ts";
import { goJson, type Printable, sortedKeys } from "../go-json.ts";
import { type Container, objectOf, objectsOf, proxyName, textOf } from "../inject/pod.ts";
import { handlerPath, handlerPlaces, type ProbePlace } from "../inject/probes.ts";
import type { BareFacts } from "./facts.ts";

function placesOf({ startupProbes }: BareFacts): readonly ProbePlace[] {
  const names = ["readyz", "livez", ...(startupProbes ? ["startupz"] : [])];
  return handlerPlaces.filter(({ name }) => names.includes(name));
}

/** The probes of containers as the agent is told them, as JSON; "" where it is told nothing. Probes of ports that have no number are left out. */
export function recordedProbes(containers: readonly Container[], facts: BareFacts): string {
  const found: Record<string, Json> = {};
  for (const container of containers) {
    if (container.name === proxyName) continue;
    const ports = new Map(
      objectsOf(container.ports)
        .filter(({ name }) => textOf(name) !== "")
        .map(({ name, containerPort }) => [textOf(name), Number(containerPort ?? 0)]),
    );
    for (const place of placesOf(facts)) {
      const probe = objectOf(container[place.at[0]]);
      const record = recordOf(probe, ports);
      if (record) found[handlerPath(container, place)] = record;
    }
  }
  const paths = sortedKeys(found);
  if (paths.length === 0 && !facts.tellsNoProbes) return "";
  return goJson(new Map<string, Printable>(paths.map((path) => [path, found[path] ?? null])));
}

function recordOf(
  { httpGet, timeoutSeconds }: JsonObject,
  ports: ReadonlyMap<string, number>,
): JsonObject | undefined {
  if (httpGet === undefined) return undefined;
  const action = objectOf(httpGet);
  const port = typeof action.port === "string" ? ports.get(action.port) : Number(action.port ?? 0);
  if (port === undefined) return undefined;
  return { httpGet: { ...action, port }, ...(timeoutSeconds ? { timeoutSeconds } : {}) };
}

/** A container whose probes are asked of the agent on a port. */
export function askingAgent(container: Container, port: number, facts: BareFacts): Container {
  if (container.name === proxyName) return container;
  let result = container;
  for (const place of placesOf(facts)) {
    const [key] = place.at;
    const probe = objectOf(result[key]);
    if (probe.httpGet === undefined) continue;
    const action = objectOf(probe.httpGet);
    const httpGet = {
      ...action,
      path: handlerPath(container, place),
      port,
      ...(action.scheme === "HTTPS" && { scheme: "HTTP" }),
    };
    result = { ...result, [key]: { ...probe, httpGet } };
  }
  return result;
}
