/** A report of what concerns some of a repository's files, such as those of a commit, although all of it was read. */
import type { Finding, Severity } from "../lint/finding.ts";
import { labelOf } from "../lint/subject.ts";
import type { Workload, World } from "../world/world.ts";
import type { Report } from "./report.ts";

/** The files that changed, by the paths that are reported. */
export interface ChangedFiles {
  isChanged(file: string): boolean;
  /** Whether one of them lies in this directory, and in none below it. */
  isChangedIn(directory: string): boolean;
}

/**
 * Whether a finding concerns files: it stands in one of them, or is about a workload that one of them decides on. That is the file of the
 * workload, of its namespace, and of whatever else its verdict was read from; of a build also what lies beside its
 * kustomization. The configuration concerns everything.
 */
export function concerns(world: World, changed: ChangedFiles): (finding: Finding) => boolean {
  const { configPath } = world.configuration;
  if (configPath !== undefined && changed.isChanged(configPath)) return () => true;
  const byLabel = new Map<string, Workload[]>();
  for (const workload of world.workloads) {
    const label = labelOf(workload);
    const known = byLabel.get(label);
    if (known) known.push(workload);
    else byLabel.set(label, [workload]);
  }
  const known = new Map<string, boolean>();
  const isDecided = (label: string): boolean => {
    const before = known.get(label);
    if (before !== undefined) return before;
    const decided = (byLabel.get(label) ?? []).some((workload) => isDecidedBy(workload, changed));
    known.set(label, decided);
    return decided;
  };
  return ({ location, workloads }) => changed.isChanged(location.file) || workloads.some(isDecided);
}

/** Whether a verdict was read from one of the files. */
function isDecidedBy(workload: Workload, { isChanged, isChangedIn }: ChangedFiles): boolean {
  const { decision, root, delivery, namespaceOrigin, namespaceLabelOrigins, originOf } = workload;
  if (isChanged(workload.start().file) || (root !== null && isChangedIn(root))) return true;
  const origins = [
    ...(delivery ? [delivery.origin] : []),
    ...(namespaceOrigin ? [namespaceOrigin] : []),
    ...namespaceLabelOrigins,
    ...decision.steps.map(({ place }) => originOf(place)),
  ];
  return origins.some(({ location }) => location !== undefined && isChanged(location.file));
}

/** The report with those of its findings alone that are told. */
export function withFindings(report: Report, isTold: (finding: Finding) => boolean): Report {
  const { schema, version, istio, workloads, summary, baseline } = report;
  const { whole = { findings: summary.findings, suppressed: summary.suppressed } } = summary;
  const findings = report.findings.filter(isTold);
  const suppressed = report.suppressed.filter(({ finding }) => isTold(finding));
  const bySeverity: Record<Severity, number> = { error: 0, warning: 0, info: 0 };
  for (const { severity } of findings) bySeverity[severity]++;
  // A missing fact is told in place of the verdicts that it would decide: where none of them is told, there is nothing to say.
  const isOpen = findings.some(({ rule }) => rule === "verdict-unknown");
  return {
    schema,
    version,
    istio,
    workloads,
    findings,
    get fixes() {
      return report.fixes ?? new Map();
    },
    suppressed,
    summary: {
      ...summary,
      findings: bySeverity,
      suppressed: suppressed.length,
      whole,
      ...(!isOpen && { missing: [], configuration: "" }),
    },
    ...(baseline && { baseline }),
  };
}
