/** What `explain` shows of one workload: its part of the report, and the resources that its sidecar would have. */
import { type SidecarResource, sidecarResources } from "../lint/sidecar-resources.ts";
import type { World } from "../world/world.ts";
import type { ReportedWorkload } from "./report.ts";

export interface Explanation {
  readonly workload: ReportedWorkload;
  /** Undefined where no sidecar can be expected. */
  readonly resources: readonly SidecarResource[] | undefined;
}

/** Explains a workload of the report that was made of this world. */
export function explanationOf(world: World, reported: ReportedWorkload): Explanation {
  const workload = world.workloads.find(({ id }) => id === reported.id);
  return { workload: reported, resources: workload && sidecarResources(workload, world) };
}
