/** What all formats say of a finding in the same words. */
import type { Finding } from "../lint/finding.ts";
import type { Suppressed } from "../lint/suppress.ts";
import { count, grouped } from "./cells.ts";
import { severities } from "./findings.ts";
import type { Presentation, Report, ReportedWorkload } from "./report.ts";

const NAMED_WORKLOADS = 5;

/** "Deployment/web in shop, Job/seed in shop and 3 more"; empty where a finding concerns none. */
export function concernedText({ workloads }: Finding): string {
  const named = workloads.slice(0, NAMED_WORKLOADS);
  const rest = workloads.length - named.length;
  return named.join(", ") + (rest > 0 ? ` and ${grouped(rest)} more` : "");
}

/** A finding as lines: the message, what to do, whom it concerns. */
export function findingText(finding: Finding): readonly string[] {
  const { message, help } = finding;
  const concerned = concernedText(finding);
  return [message, ...(help === undefined ? [] : [`fix: ${help}`]), ...(concerned === "" ? [] : [concerned])];
}

/** "2 errors, 1 warning", or "nothing to report"; of errors alone when quiet. */
export function countsText({ summary, baseline }: Report, { quiet }: Presentation): string {
  const { findings } = summary;
  const parts = severities
    .filter((severity) => findings[severity] > 0 && (severity === "error" || !quiet))
    .map((severity) =>
      severity === "info" ? `${grouped(findings.info)} info` : count(findings[severity], severity),
    );
  if (parts.length === 0) return baseline ? "nothing new to report" : "nothing to report";
  return parts.join(", ");
}

/** Why a finding is hidden, and where that is said. */
export function suppressedText({ kind, reason, place }: Suppressed): string {
  const by = { comment: "a comment", annotation: "an annotation", config: "the configuration" }[kind];
  return `suppressed by ${by} (${place})${reason === null ? "" : `: ${reason}`}`;
}

/** The words of the verdicts. */
export const verdictWords: Readonly<Record<ReportedWorkload["verdict"], string>> = {
  injected: "injected",
  "not-injected": "not injected",
  refused: "refused",
  unknown: "unknown",
};

/** The workloads of one namespace, with how many of each verdict; null: of workloads whose namespace is not known. */
export interface NamespaceVerdicts {
  readonly namespace: string | null;
  readonly workloads: readonly ReportedWorkload[];
  readonly counts: Readonly<Record<ReportedWorkload["verdict"], number>>;
}

/** The workloads by namespace, in the order of their names, those without one last. */
export function byNamespace(workloads: readonly ReportedWorkload[]): readonly NamespaceVerdicts[] {
  const groups = new Map<string | null, ReportedWorkload[]>();
  for (const workload of workloads) {
    const group = groups.get(workload.namespace);
    if (group) group.push(workload);
    else groups.set(workload.namespace, [workload]);
  }
  return [...groups]
    .sort(([a], [b]) => (a === null ? 1 : b === null ? -1 : a < b ? -1 : 1))
    .map(([namespace, list]) => {
      const counts = { injected: 0, "not-injected": 0, refused: 0, unknown: 0 };
      for (const { verdict } of list) counts[verdict]++;
      return { namespace, workloads: list, counts };
    });
}

/** Things in groups by a key, in the order in which the keys are first met. */
export function groupedBy<T>(
  things: readonly T[],
  keyOf: (thing: T) => string,
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const thing of things) {
    const key = keyOf(thing);
    const group = groups.get(key);
    if (group) group.push(thing);
    else groups.set(key, [thing]);
  }
  return groups;
}
