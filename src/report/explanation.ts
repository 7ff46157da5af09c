/** What `explain` shows of one workload: its part of the report, and the resources that its sidecar would have. */
import type { SidecarResource } from "../lint/sidecar-resources.ts";
import type { ReportedWorkload } from "./report.ts";

export interface Explanation {
  readonly workload: ReportedWorkload;
  /** Undefined where no sidecar can be expected. */
  readonly resources: readonly SidecarResource[] | undefined;
}
