/** The annotation sidecar.istio.io/status: what was injected, written after an injection and read before the next one. */
import { isObject, type Json } from "../../kube/json.ts";
import { goJson } from "../go-json.ts";
import { annotationOf, objectOf, objectsOf, type Pod, textOf } from "./pod.ts";

export const statusAnnotation = "sidecar.istio.io/status";

/** The status of an injection by its rendered templates; a list without names is null. */
export function injectionStatus(rendered: Pod, revision: string): string {
  const spec = objectOf(rendered.spec);
  const names = (key: string): Json => {
    const found = objectsOf(spec[key]).map(({ name }) => textOf(name));
    return found.length === 0 ? null : found;
  };
  return goJson({
    initContainers: names("initContainers"),
    containers: names("containers"),
    volumes: names("volumes"),
    imagePullSecrets: names("imagePullSecrets"),
    revision: revision || "default",
  });
}

/** The names of the containers that a status lists. */
export interface Injected {
  readonly containers: readonly string[];
  readonly initContainers: readonly string[];
}

const nothing: Injected = { containers: [], initContainers: [] };

/**
 * What an earlier injection says it added: undefined where the pod has no status, or one that is no JSON of a status, so that nothing
 * is to be undone.
 */
export function previousStatus(pod: Pod): Injected | undefined {
  const text = annotationOf(pod, statusAnnotation);
  const value = text === undefined ? undefined : parseJson(text);
  if (value === null) return nothing;
  if (!isObject(value)) return undefined;
  const lists = ["initContainers", "containers", "volumes", "imagePullSecrets"].map(
    (key) => value[key] ?? null,
  );
  const isStatus =
    lists.every((list) => list === null || (Array.isArray(list) && list.every(isTextOrNull))) &&
    isTextOrNull(value.revision ?? null);
  return isStatus ? parseStatus(text ?? "") : undefined;
}

function isTextOrNull(json: Json): boolean {
  return json === null || typeof json === "string";
}

/** The containers a status lists; none where it cannot be read. */
export function parseStatus(text: string): Injected {
  const value = parseJson(text);
  if (!isObject(value)) return nothing;
  const names = (key: string): readonly string[] => {
    const list = value[key];
    return Array.isArray(list) ? list.map(textOf) : [];
  };
  return { containers: names("containers"), initContainers: names("initContainers") };
}

/** JSON text as plain data; undefined where it is none. */
export function parseJson(text: string): Json | undefined {
  if (text === "") return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
