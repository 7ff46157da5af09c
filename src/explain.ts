/** One workload of a scan explained: its part of the report, and what its sidecar may use. */
import type { Scan } from "./index.ts";
import { sidecarResources } from "./lint/sidecar-resources.ts";
import type { Explanation } from "./report/explanation.ts";
import type { ReportedWorkload } from "./report/report.ts";
import type { Workload } from "./world/world.ts";

/** Explains a workload of the scan's own report. */
export function explain(scan: Scan, reported: ReportedWorkload): Explanation {
  const workload = scan.world.workloads.find((one) => isSame(one, reported));
  return { workload: reported, resources: workload && sidecarResources(workload, scan.world) };
}

function isSame(workload: Workload, reported: ReportedWorkload): boolean {
  return (
    workload.name === reported.name &&
    workload.resource.kind === reported.kind &&
    workload.root === reported.root &&
    workload.namespace.name === reported.namespace &&
    workload.resource.document.file.path === reported.file &&
    workload.start().line === reported.line
  );
}
