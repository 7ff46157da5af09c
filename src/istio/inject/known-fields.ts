/** What an older injector does not know of pods and therefore drops when it reads them. */
import { isObject, type Json, type JsonObject } from "../../kube/json.ts";
import type { ReleaseFacts } from "../releases.ts";
import { objectsOf } from "./pod.ts";

const handlers = ["preStop", "postStart"] as const;

/** The spec of a pod as an injector of the release reads it; the same object where it knows every field. */
export function knownSpec(
  spec: JsonObject,
  { sleepHandlers }: Pick<ReleaseFacts, "sleepHandlers">,
): JsonObject {
  if (sleepHandlers) return spec;
  const changed: Record<string, Json> = {};
  for (const list of ["containers", "initContainers"]) {
    if (!objectsOf(spec[list]).some(sleeps)) continue;
    changed[list] = objectsOf(spec[list]).map((container) =>
      sleeps(container) ? awake(container) : container,
    );
  }
  return Object.keys(changed).length === 0 ? spec : { ...spec, ...changed };
}

function sleeps({ lifecycle }: JsonObject): boolean {
  return isObject(lifecycle) && handlers.some((name) => isSleep(lifecycle[name]));
}

function isSleep(handler: Json | undefined): handler is JsonObject {
  return isObject(handler) && handler.sleep !== undefined;
}

function awake(container: JsonObject): JsonObject {
  if (!isObject(container.lifecycle)) return container;
  const lifecycle = Object.entries(container.lifecycle).map(([name, handler]): [string, Json] => {
    if (!isSleep(handler)) return [name, handler];
    const { sleep: _, ...rest } = handler;
    return [name, rest];
  });
  return { ...container, lifecycle: Object.fromEntries(lifecycle) };
}
