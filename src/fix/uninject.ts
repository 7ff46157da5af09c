/** The workloads of a repository without the sidecars that were written into them. */
import { type Unrecorded, uninject } from "../istio/inject/uninject.ts";
import type { WorkloadKind } from "../kube/workload.ts";
import type { FileProblem } from "../world/injector-files.ts";
import { locateIn, locateResource } from "../world/resource.ts";
import type { Resource, Workload } from "../world/world.ts";
import type { InjectedObject, LeftAsIs } from "./inject.ts";

export interface Uninjections {
  readonly objects: readonly InjectedObject[];
  /** What injection did not record, and so may have been otherwise. */
  readonly unrecorded: readonly LeftAsIs[];
  readonly problems: readonly FileProblem[];
}

/** Takes the sidecars back from the objects of files; those without one are no part of the result. */
export function uninjectResources(
  workloads: readonly Workload[],
  kinds: readonly WorkloadKind[],
): Uninjections {
  const objects: InjectedObject[] = [];
  const unrecorded: LeftAsIs[] = [];
  const problems: FileProblem[] = [];
  const seen = new Map<Resource["value"], Workload>();
  for (const workload of workloads)
    if (!seen.has(workload.resource.value)) seen.set(workload.resource.value, workload);
  for (const [before, { resource, label }] of seen) {
    const result = uninject(before, { kinds });
    if (!result.ok) {
      const told = result.errors.map(({ path, message }): FileProblem => {
        return { location: placeOf(resource, path), says: `${label}: ${message}` };
      });
      problems.push(...told);
      continue;
    }
    if (result.was === "untouched") continue;
    objects.push({ resource, before, after: result.object, root: null });
    if (result.unrecorded.length > 0) {
      const says = notRecorded(result.unrecorded);
      unrecorded.push({ location: placeOf(resource, ["metadata", "name"]), label, says, matters: true });
    }
  }
  return { objects, unrecorded, problems };
}

/** What may have been written before the injection, in one clause. */
function notRecorded(unrecorded: readonly Unrecorded[]): string {
  const names = (map: string) =>
    unrecorded.flatMap(({ path }) => (path.at(-2) === map ? [String(path.at(-1))] : []));
  const labels = names("labels");
  const annotations = names("annotations");
  const others = unrecorded.filter(({ path }) => path.at(-2) !== "labels" && path.at(-2) !== "annotations");
  return [
    ...(labels.length > 0 ? [`${labels.length === 1 ? "label" : "labels"} ${labels.join(", ")}`] : []),
    ...(annotations.length > 0
      ? [`${annotations.length === 1 ? "annotation" : "annotations"} ${annotations.join(", ")}`]
      : []),
    ...others.map(({ path, says }) => `${path.join(".")}: ${says}`),
  ].join("; ");
}

function placeOf(resource: Resource, path: readonly (string | number)[]) {
  for (let length = path.length; length > 0; length--) {
    const location = locateIn(resource, path.slice(0, length));
    if (location) return location;
  }
  return locateResource(resource);
}
