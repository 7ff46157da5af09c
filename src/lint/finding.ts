/** What a rule found, and where. */
import type { Location } from "../source/locate.ts";
import type { Fix } from "./edits.ts";

export type Severity = "error" | "warning" | "info";

export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly location: Location;
  /** Labels of the workloads concerned, such as "Deployment/web in shop"; empty for namespaces and documents. */
  readonly workloads: readonly string[];
  /** The clusters that it is found in, where there are several. */
  readonly clusters?: readonly string[];
  /** What to do, as a short sentence; undefined when the message says it all. */
  readonly help: string | undefined;
  /** What tells a finding that stands for several of its rule from others of the rule; undefined for one that stands for itself. */
  readonly group?: string;
  /** Of one that stands for several: for how many, of which several may have one name, each in a build of its own. */
  readonly count?: number;
  /** Of rules with fixes: what would be changed, worked out when somebody asks; undefined where nothing would. */
  readonly fix?: () => Fix | undefined;
}
