/** Probes and lifecycle handlers that an injection pointed at the agent, pointed back at the application. */
import { isObject, type Json, type JsonObject } from "../../kube/json.ts";
import {
  type Container,
  type ContainerList,
  containersOf,
  objectOf,
  objectsOf,
  type Pod,
  textOf,
} from "./pod.ts";
import { handlerPath, handlerPlaces, type ProbePlace } from "./probes.ts";
import { type Taken, type Unrecorded, withoutNulls, withSpec } from "./taken.ts";
import type { Traces } from "./traces.ts";

/** The pod with every handler that the agent answers as it was recorded; a probe's other fields stay as they are. */
export function restoreProbes(pod: Pod, { probes }: Traces): Taken {
  const unrecorded: Unrecorded[] = [];
  let result = pod;
  for (const list of ["containers", "initContainers"] as const) {
    const before = containersOf(pod, list);
    const after = before.map((container, index) => {
      const restored = restoreContainer(container, probes, list, index);
      unrecorded.push(...restored.unrecorded);
      return restored.container;
    });
    if (after.some((container, index) => container !== before[index])) result = withSpec(result, list, after);
  }
  return { pod: result, unrecorded };
}

function restoreContainer(
  container: Container,
  probes: JsonObject,
  list: ContainerList,
  index: number,
): { readonly container: Container; readonly unrecorded: readonly Unrecorded[] } {
  const unrecorded: Unrecorded[] = [];
  let result = container;
  for (const place of handlerPlaces) {
    const [key, inner] = place.at;
    const probe = inner === undefined ? result[key] : objectOf(result[key])[inner];
    const url = handlerPath(container, place);
    if (!isObject(probe) || objectOf(probe.httpGet).path !== url) continue;
    const path = ["spec", list, index, ...place.at];
    const record = probes[url];
    if (!isObject(record)) {
      unrecorded.push({ path, kind: "kept", says: lost(place) });
      continue;
    }
    const restored = withHandler(probe, record);
    unrecorded.push(...portNote(container, record, path));
    result = {
      ...result,
      [key]: inner === undefined ? restored : { ...objectOf(result[key]), [inner]: restored },
    };
  }
  return { container: result, unrecorded };
}

function lost({ at }: ProbePlace): string {
  return `injection pointed ${at.join(".")} at the agent and recorded nothing; without a sidecar nobody answers there`;
}

const kinds = ["httpGet", "tcpSocket", "grpc"] as const;

/** The probe with the recorded handler in the place of the agent's. */
function withHandler(probe: JsonObject, record: JsonObject): JsonObject {
  const kind = kinds.find((each) => isObject(record[each]));
  if (!kind) return probe;
  const entries = Object.entries(probe).map(([key, value]): [string, Json] =>
    key === "httpGet" ? [kind, withoutNulls(record[kind] ?? null)] : [key, value],
  );
  return Object.fromEntries(entries);
}

/** Ports are recorded by number; where a port of the container has it and a name, the name may have been written. */
function portNote(container: Container, record: JsonObject, path: Unrecorded["path"]): readonly Unrecorded[] {
  for (const kind of ["httpGet", "tcpSocket"] as const) {
    const { port } = objectOf(record[kind]);
    const named = objectsOf(container.ports).find((each) => each.name && each.containerPort === port);
    if (port === undefined || !named) continue;
    const says = `the port may have been written by its name, ${textOf(named.name)}`;
    return [{ path: [...path, kind, "port"], kind: "guessed", says }];
  }
  return [];
}
