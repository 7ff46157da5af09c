/** The report as JSON for programs; documented by schemas/report.schema.json. */
import type { Finding } from "../lint/finding.ts";
import { shownFindings } from "./findings.ts";
import type { Presentation, Report } from "./report.ts";

/** The report with the locations of its findings spelled out; indented, ending in a line end. */
export function json(report: Report, presentation: Presentation): string {
  const findings = shownFindings(report, presentation).map(flat);
  const { schema, version, istio, workloads, summary } = report;
  return `${JSON.stringify({ schema, version, istio, workloads, findings, summary }, null, 2)}\n`;
}

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
    workload: finding.workloads[0] ?? null,
  };
}
