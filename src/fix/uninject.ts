/** The workloads of a repository without the sidecars that were written into them. */
import { type Uninjected, uninject } from "../istio/inject/uninject.ts";
import { uninjectChecked } from "../istio/inject/uninject-checked.ts";
import { defaultRevision } from "../istio/webhook.ts";
import { at, type JsonObject } from "../kube/json.ts";
import type { WorkloadKind } from "../kube/workload.ts";
import { workloadKinds } from "../world/configured.ts";
import type { FileProblem } from "../world/injector-files.ts";
import { istiodFor } from "../world/istiods.ts";
import { locateIn, locateResource } from "../world/resource.ts";
import { annotationsOfNamespace } from "../world/sidecar.ts";
import type { Resource, Workload, World } from "../world/world.ts";
import type { InjectedObject, LeftAsIs } from "./inject.ts";

export interface Uninjections {
  readonly objects: readonly InjectedObject[];
  /** What may have been otherwise before: one entry a thing that was kept or guessed, and one for all that was taken out. */
  readonly unrecorded: readonly LeftAsIs[];
  readonly problems: readonly FileProblem[];
}

/**
 * Takes the sidecars back from the objects of files; those without one are no part of the result. Where the injector of a workload is
 * known, what it makes of the result decides between originals that no record tells apart.
 */
export function uninjectResources(world: World): Uninjections {
  const kinds = workloadKinds(world.configuration.config);
  const objects: InjectedObject[] = [];
  const unrecorded: LeftAsIs[] = [];
  const problems: FileProblem[] = [];
  const taken = new Set<string>();
  const seen = new Map<Resource["value"], Workload>();
  for (const workload of world.workloads)
    if (!seen.has(workload.resource.value)) seen.set(workload.resource.value, workload);
  for (const [before, workload] of seen) {
    const { resource, label } = workload;
    const result = takenBack(world, workload, before, kinds);
    if (!result.ok) {
      const told = result.errors.map(({ path, message }): FileProblem => {
        return { location: placeOf(resource, path), says: `${label}: ${message}` };
      });
      problems.push(...told);
      continue;
    }
    if (result.was === "untouched") continue;
    objects.push({ resource, before, after: result.object, root: null });
    for (const { path, kind, says } of result.unrecorded) {
      if (kind === "removed") taken.add(nameOf(path));
      else {
        const words = `${whereabouts(result.object, path)}: ${says}`;
        unrecorded.push({
          location: placeOf(resource, ["metadata", "name"]),
          label,
          says: words,
          matters: true,
        });
      }
    }
  }
  return { objects, unrecorded: [...unrecorded, ...takenOut(objects, taken)], problems };
}

/** An object of a workload's file without its sidecar, as the injector of the workload would have found it. */
export function takenBack(
  world: World,
  { decision, namespace }: Workload,
  object: JsonObject,
  kinds: readonly WorkloadKind[] = workloadKinds(world.configuration.config),
): Uninjected {
  const reading = istiodFor(world, decision.revision ?? defaultRevision);
  if (!reading.ok) return uninject(object, { kinds });
  const namespaceAnnotations = annotationsOfNamespace(world, namespace.name);
  return uninjectChecked(reading.istiod, object, { kinds, namespaceAnnotations });
}

/** A label or annotation by its key, anything else by its path. */
function nameOf(path: readonly (string | number)[]): string {
  const map = path.at(-2);
  return map === "labels" || map === "annotations" ? String(path.at(-1)) : path.join(".");
}

/** The map of labels or annotations apart, where something of an object stands, by the names of lists' items. */
function whereabouts(object: JsonObject, path: readonly (string | number)[]): string {
  const words: string[] = [];
  for (const [index, step] of path.entries()) {
    if (typeof step === "string") continue;
    const name = at(object, [...path.slice(0, index + 1), "name"]);
    words.push(`${String(path[index - 1]).replace(/s$/, "")} ${typeof name === "string" ? name : step}`);
  }
  const below = path.slice(path.findLastIndex((step) => typeof step === "number") + 1);
  return [...words, words.length === 0 ? nameOf(path) : below.join(".")]
    .filter((part) => part !== "")
    .join(", ");
}

function takenOut([first]: readonly InjectedObject[], names: ReadonlySet<string>): readonly LeftAsIs[] {
  if (!first || names.size === 0) return [];
  const says = `taken out as injection writes them, whoever did: ${[...names].sort().join(", ")}`;
  return [{ location: locateResource(first.resource), label: "", says, matters: true }];
}

function placeOf(resource: Resource, path: readonly (string | number)[]) {
  for (let length = path.length; length > 0; length--) {
    const location = locateIn(resource, path.slice(0, length));
    if (location) return location;
  }
  return locateResource(resource);
}
