/** What an older injector does not know of pods and therefore drops when it reads them. */
import { isObject, type Json, type JsonObject } from "../../kube/json.ts";
import type { ReleaseFacts } from "../releases.ts";
import { objectsOf } from "./pod.ts";

type KnownFields = Pick<ReleaseFacts, "sleepHandlers" | "containerRestart">;

const handlers = ["preStop", "postStart"] as const;

/** The spec of a pod as an injector of the release reads it; the same object where it knows every field. */
export function knownSpec(spec: JsonObject, facts: KnownFields): JsonObject {
  if (facts.sleepHandlers && facts.containerRestart) return spec;
  const changed: Record<string, Json> = {};
  for (const list of ["containers", "initContainers"]) {
    const given = objectsOf(spec[list]);
    const known = given.map((container) => knownContainer(container, facts));
    if (known.some((container, index) => container !== given[index])) changed[list] = known;
  }
  return Object.keys(changed).length === 0 ? spec : { ...spec, ...changed };
}

/** A typed object as an injector of the release reads it. */
export function knownObject(
  kind: string,
  object: JsonObject,
  { statefulSetAvailability }: Pick<ReleaseFacts, "statefulSetAvailability">,
): JsonObject {
  if (kind !== "StatefulSet" || statefulSetAvailability || !isObject(object.status)) return object;
  const { availableReplicas: _, ...status } = object.status;
  return { ...object, status };
}

/** A rendered template as an injector of the release reads it. */
export function knownPod(pod: Json, facts: KnownFields): Json {
  if (!isObject(pod) || !isObject(pod.spec)) return pod;
  const spec = knownSpec(pod.spec, facts);
  return spec === pod.spec ? pod : { ...pod, spec };
}

function knownContainer(container: JsonObject, { sleepHandlers, containerRestart }: KnownFields): JsonObject {
  let known = container;
  if (!containerRestart && known.restartPolicy !== undefined) {
    const { restartPolicy: _, ...rest } = known;
    known = rest;
  }
  return sleepHandlers ? known : awake(known);
}

function awake(container: JsonObject): JsonObject {
  const { lifecycle } = container;
  if (!isObject(lifecycle) || !handlers.some((name) => isSleep(lifecycle[name]))) return container;
  const known = Object.entries(lifecycle).map(([name, handler]): [string, Json] => {
    if (!isSleep(handler)) return [name, handler];
    const { sleep: _, ...rest } = handler;
    return [name, rest];
  });
  return { ...container, lifecycle: Object.fromEntries(known) };
}

function isSleep(handler: Json | undefined): handler is JsonObject {
  return isObject(handler) && handler.sleep !== undefined;
}
