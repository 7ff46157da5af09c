/** The workloads of a repository without the sidecars that were written into them. */
import { uninject } from "../istio/inject/uninject.ts";
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
    for (const { path, says } of result.unrecorded)
      unrecorded.push({ location: placeOf(resource, path), label, says, matters: true });
  }
  return { objects, unrecorded, problems };
}

function placeOf(resource: Resource, path: readonly (string | number)[]) {
  for (let length = path.length; length > 0; length--) {
    const location = locateIn(resource, path.slice(0, length));
    if (location) return location;
  }
  return locateResource(resource);
}
