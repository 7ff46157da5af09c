/** What `explain` shows of one workload: its part of the report, and the resources that its sidecar would have. */
import type { ReportedWorkload } from "./report.ts";

/** One of the four effective values, and where it comes from. */
export interface ProxyResource {
  readonly resource: "cpu" | "memory";
  readonly bound: "request" | "limit";
  /** As written; null: not set, so without a limit, or without a request. */
  readonly value: string | null;
  /** "apps/web.yaml:14:9", "default of Istio 1.30"; for a null value why it is not set. */
  readonly where: string;
}

export interface Explanation {
  readonly workload: ReportedWorkload;
  /** Undefined where no sidecar can be expected. */
  readonly resources: readonly ProxyResource[] | undefined;
}
