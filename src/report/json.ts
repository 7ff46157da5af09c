/** The report as JSON for programs; documented by schemas/report.schema.json. */
import type { Finding } from "../lint/finding.ts";
import { shownFindings } from "./findings.ts";
import { fixCounts, flatFix } from "./fixes.ts";
import type { Presentation, Report } from "./report.ts";

/** The report with the locations of its findings spelled out; indented, ending in a line end. */
export function json(report: Report, presentation: Presentation): string {
  const findings = shownFindings(report, presentation).map((finding) => {
    return { ...flat(finding), ...flatFix(report, finding) };
  });
  const { schema, version, istio, workloads, summary } = report;
  const suppressed = report.suppressed.map(({ finding, kind, reason, place }) => {
    return { finding: { ...flat(finding), ...flatFix(report, finding) }, kind, reason, place };
  });
  return jsonText({
    schema,
    version,
    istio,
    workloads,
    findings,
    suppressed,
    summary: { ...summary, fixable: fixCounts(report) },
    baseline: report.baseline,
  });
}

/** Data as indented JSON that may be shown in a terminal: what could steer one is escaped. */
export function jsonText(data: object): string {
  const text = JSON.stringify(data, null, 2).replace(
    unsafe,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `${text}\n`;
}

// JSON itself escapes only what is below U+0020.
const unsafe = /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

function flat(finding: Finding): object {
  const { file, line, column, endLine, endColumn } = finding.location;
  return {
    rule: finding.rule,
    severity: finding.severity,
    message: finding.message,
    help: finding.help ?? null,
    file,
    line,
    column,
    endLine,
    endColumn,
    workloads: finding.workloads,
    ...(finding.clusters && { clusters: finding.clusters }),
    workload: finding.workloads[0] ?? null,
    count: finding.count ?? finding.workloads.length,
  };
}
