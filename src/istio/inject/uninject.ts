/** Objects of manifests, or of a cluster, back to what they were before a sidecar was injected. */
import { at, isObject, type Json, type JsonObject, withValueAt } from "../../kube/json.ts";
import { isListKind, type Path, podTemplatesOf, type WorkloadKind } from "../../kube/workload.ts";
import type { Labels } from "../facts.ts";
import { isInjectable } from "./kinds.ts";
import { metadataOf, objectOf, type Pod, textOf } from "./pod.ts";
import type { Unrecorded } from "./taken.ts";
import { withoutTimestamp } from "./uninject-metadata.ts";
import { uninjectPod } from "./uninject-pod.ts";

export type { Unrecorded } from "./taken.ts";

export type Uninjected =
  | {
      readonly ok: true;
      /** The object as it was; the one that was given, where nothing had been injected. */
      readonly object: JsonObject;
      /** What injection does not record, and so may have been otherwise. */
      readonly unrecorded: readonly Unrecorded[];
      readonly was: "injected" | "untouched";
    }
  | { readonly ok: false; readonly errors: readonly UninjectError[] };

/** A status or a record that cannot be read. */
export interface UninjectError {
  /** The annotations that hold it. */
  readonly path: Path;
  readonly message: string;
}

export interface UninjectOptions {
  /** Kinds that carry pod templates besides the built-in ones. */
  readonly kinds?: readonly WorkloadKind[];
  /** The annotations that the injector gives to every pod. */
  readonly injectedAnnotations?: Labels;
  /** Whether the injector is known to be one that leaves the pod's dnsConfig where the mesh has none, as from 1.8 on. */
  readonly keepsDns?: boolean;
}

/**
 * Takes a sidecar back from an object, or from the items of a List, whoever injected it: istiod, kube-inject or sidelint. Everything that
 * injection did not touch stays as it is written. Errors are those of a status or a record that cannot be read.
 * @param object as parsed
 */
export function uninject(object: JsonObject, options: UninjectOptions = {}): Uninjected {
  const apiVersion = textOf(object.apiVersion);
  const kind = textOf(object.kind);
  if (isListKind(apiVersion, kind) && Array.isArray(object.items)) return uninjectList(object, options);
  let result: JsonObject = object;
  const unrecorded: Unrecorded[] = [];
  for (const place of podPlacesIn(apiVersion, kind, options)) {
    const pod = podAt(result, place);
    const surroundings = {
      workload: textOf(metadataOf(object).name),
      injectedAnnotations: options.injectedAnnotations ?? {},
      keepsDns: options.keepsDns ?? false,
    };
    const taken = uninjectPod(pod, surroundings);
    if (!taken.ok) {
      const path = [...place.metadata, "annotations"];
      return { ok: false, errors: [{ path, message: taken.error }] };
    }
    if (taken.was === "untouched") continue;
    result = withPod(result, place, taken.pod);
    unrecorded.push(...taken.unrecorded.map((each) => ({ ...each, path: pathIn(place, each.path) })));
  }
  if (result === object) return { ok: true, object, unrecorded, was: "untouched" };
  return { ok: true, object: withoutArtefacts(result), unrecorded, was: "injected" };
}

function uninjectList(list: JsonObject, options: UninjectOptions): Uninjected {
  const items: Json[] = [];
  const unrecorded: Unrecorded[] = [];
  let was: "injected" | "untouched" = "untouched";
  for (const [index, item] of (Array.isArray(list.items) ? list.items : []).entries()) {
    const taken = isObject(item) ? uninject(item, options) : undefined;
    if (taken?.ok === false) {
      const errors = taken.errors.map((error) => ({
        ...error,
        path: ["items", index, ...error.path],
      }));
      return { ok: false, errors };
    }
    items.push(taken?.object ?? item);
    if (taken?.was === "injected") was = "injected";
    unrecorded.push(
      ...(taken?.unrecorded ?? []).map((each) => ({ ...each, path: ["items", index, ...each.path] })),
    );
  }
  return { ok: true, object: was === "injected" ? { ...list, items } : list, unrecorded, was };
}

/** Where an object has a pod's metadata and spec. */
export interface PodPlace {
  readonly metadata: Path;
  readonly spec: Path;
}

/** `istioctl kube-inject` writes what belongs to a CronJob's pods into the metadata of its jobs. */
const jobsOfCronJob: PodPlace = {
  metadata: ["spec", "jobTemplate", "metadata"],
  spec: ["spec", "jobTemplate", "spec", "template", "spec"],
};

/** The places in an object of a kind where an injection may have written. */
export function podPlacesIn(
  apiVersion: string,
  kind: string,
  { kinds = [] }: UninjectOptions,
): readonly PodPlace[] {
  const known = podTemplatesOf(apiVersion, kind, kinds);
  const templates: readonly Path[] = known ?? (isInjectable(kind) ? [usualTemplate(kind)] : []);
  const places = templates.map(
    (path): PodPlace => ({ metadata: [...path, "metadata"], spec: [...path, "spec"] }),
  );
  return kind === "CronJob" ? [jobsOfCronJob, ...places] : places;
}

/** kube-inject looks at the kind alone, whatever the group. */
function usualTemplate(kind: string): Path {
  if (kind === "Pod") return [];
  return kind === "CronJob" ? ["spec", "jobTemplate", "spec", "template"] : ["spec", "template"];
}

/** Metadata and spec of a pod, as they are written. */
export function podAt(object: JsonObject, place: PodPlace): Pod {
  const metadata = at(object, place.metadata);
  return { ...(metadata === undefined ? {} : { metadata }), spec: objectOf(at(object, place.spec)) };
}

/** The object with another pod at a place. */
export function withPod(object: JsonObject, place: PodPlace, pod: Pod): JsonObject {
  return withValueAt(withValueAt(object, place.metadata, pod.metadata), place.spec, pod.spec);
}

function pathIn({ metadata, spec }: PodPlace, [part, ...rest]: Path): Path {
  return [...(part === "metadata" ? metadata : spec), ...rest];
}

/** Without the null times that Go up to 1.27 printed into the metadata of objects and of their templates. */
function withoutArtefacts(object: JsonObject): JsonObject {
  let result = object;
  for (const path of [
    ["metadata"],
    ["spec", "template", "metadata"],
    ["spec", "jobTemplate", "metadata"],
    [...["spec", "jobTemplate", "spec", "template", "metadata"]],
  ]) {
    const metadata = at(result, path);
    if (!isObject(metadata)) continue;
    const left = withoutTimestamp(metadata);
    if (left !== metadata)
      result = withValueAt(result, path, Object.keys(left).length === 0 ? undefined : left);
  }
  return result;
}
