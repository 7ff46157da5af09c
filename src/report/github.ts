/** The report as GitHub workflow commands, which become annotations on the lines of a pull request. */
import type { Finding } from "../lint/finding.ts";
import { count, grouped, plain } from "./cells.ts";
import { severities, shownFindings } from "./findings.ts";
import type { Presentation, Report } from "./report.ts";
import { compared } from "./summary.ts";

const commands = { error: "error", warning: "warning", info: "notice" } as const;

/** One command a finding, then one plain line for the log with the counts. */
export function github(report: Report, presentation: Presentation): string {
  const lines = shownFindings(report, presentation).map(annotation);
  if (!presentation.quiet) lines.push(closing(report));
  return lines.map((line) => `${line}\n`).join("");
}

function annotation(finding: Finding): string {
  const { file, line, column, endLine, endColumn } = finding.location;
  // GitHub ignores columns of an annotation that spans several lines.
  const place = line === endLine ? { line, endLine, col: column, endColumn } : { line, endLine };
  const properties = Object.entries({ file, ...place, title: `sidelint: ${finding.rule}` })
    .map(([name, value]) => `${name}=${property(String(value))}`)
    .join(",");
  const concerned = finding.workloads.length > 0 ? [finding.workloads.join(", ")] : [];
  const help = finding.help === undefined ? [] : [`fix: ${finding.help}`];
  return `::${commands[finding.severity]} ${properties}::${message([finding.message, ...help, ...concerned].join("\n"))}`;
}

/** A message with `%` and line ends as the runner's command parser unescapes them, and nothing else that steers a log. */
function message(text: string): string {
  return plain(text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A"));
}

function property(text: string): string {
  return message(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

function closing(report: Report): string {
  const { workloads, findings, suppressed } = report.summary;
  const unknown = workloads.unknown > 0 ? `, ${grouped(workloads.unknown)} unknown` : "";
  const found = severities
    .filter((severity) => findings[severity] > 0)
    .map((severity) =>
      severity === "info" ? `${grouped(findings.info)} info` : count(findings[severity], severity),
    );
  const told = found.length > 0 ? found.join(", ") : "nothing to report";
  const hidden = suppressed > 0 ? `, ${grouped(suppressed)} suppressed` : "";
  const old = report.baseline ? `; baseline: ${compared(report.baseline)}` : "";
  return `${count(workloads.total, "workload")}${unknown}, ${told}${hidden}${old}`;
}
