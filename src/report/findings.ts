/** Which findings a report shows, and in which order. */
import type { Finding, Severity } from "../lint/finding.ts";
import type { Presentation, Report } from "./report.ts";

/** By file, then position, then rule; only errors when quiet. */
export function shownFindings(report: Report, presentation: Presentation): readonly Finding[] {
  const chosen = presentation.quiet
    ? report.findings.filter((finding) => finding.severity === "error")
    : report.findings;
  return [...chosen].sort(inOrder);
}

function inOrder(a: Finding, b: Finding): number {
  return (
    compare(a.location.file, b.location.file) ||
    a.location.line - b.location.line ||
    a.location.column - b.location.column ||
    compare(a.rule, b.rule) ||
    compare(a.message, b.message)
  );
}

/** By code units, the same on every machine. */
export function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** From the gravest to the mildest. */
export const severities: readonly Severity[] = ["error", "warning", "info"];
