/** The report as Markdown for a comment on a pull request or the summary of a job: the counts, a table, the rest folded. */

import type { Finding } from "../lint/finding.ts";
import { count, grouped } from "./cells.ts";
import { shownFindings } from "./findings.ts";
import { fixableText } from "./fixes.ts";
import { frame } from "./frame.ts";
import { fenced, markdownCode, markdownText } from "./markdown-text.ts";
import { escaped } from "./markup.ts";
import { withLabels } from "./missing.ts";
import type { Presentation, Report } from "./report.ts";
import { compared, mesh, skippedRows, verdicts } from "./summary.ts";
import {
  byNamespace,
  concernedText,
  countsText,
  groupedBy,
  type NamespaceVerdicts,
  suppressedText,
} from "./wording.ts";

/** A comment on GitHub holds 65,536 characters; some room is left for what a workflow adds. */
const ROOM = 60_000;
/** What the parts that are not findings may take of it. */
const ROOM_OF_CONFIGURATION = 6_000;
const MOST_NAMESPACES = 50;
const MOST_SUPPRESSED = 50;
/** Findings of as many files are open at once; more are folded. */
const OPEN_FILES = 3;
const FRAME = 100;
const marks = { error: "🔴 error", warning: "🟡 warning", info: "🔵 info" } as const;

/** A heading with the counts, the verdicts by namespace, the findings by file. What does not fit a comment is counted. */
export function markdown(report: Report, presentation: Presentation): string {
  const head = [
    `## sidelint: ${countsText(report, presentation)}`,
    ...(presentation.quiet ? [] : [`${markdownText(subtitle(report))}`]),
  ];
  const tail = presentation.quiet
    ? []
    : [
        namespaceTable(report),
        ...missing(report),
        ...idle(report),
        ...suppressed(report),
        ...notes(report),
      ].filter(isThere);
  const used = [...head, ...tail].join("\n\n").length;
  const blocks = [...head, ...findingBlocks(report, presentation, ROOM - used), ...tail];
  return `${blocks.join("\n\n")}\n`;
}

function isThere(text: string): boolean {
  return text !== "";
}

function subtitle(report: Report): string {
  const { workloads } = report.summary;
  const fixable = fixableText(report);
  const parts = [
    workloads.total === 0
      ? "No workloads found"
      : `${count(workloads.total, "workload")}: ${verdicts(report)}`,
    ...(report.baseline ? [`baseline: ${compared(report.baseline)}`] : []),
    ...(fixable === undefined ? [] : [`fixable: ${fixable}`]),
  ];
  return `${parts.join("; ")}.`;
}

function namespaceTable({ workloads }: Report): string {
  const groups = byNamespace(workloads);
  if (groups.length === 0) return "";
  const rows = groups.slice(0, MOST_NAMESPACES).map(namespaceRow);
  const rest = groups.length - rows.length;
  const more = rest > 0 ? [`| and ${count(rest, "more namespace")} | | | | |`] : [];
  const table = [
    "| Namespace | Injected | Not injected | Refused | Unknown |",
    "|---|--:|--:|--:|--:|",
    ...rows,
    ...more,
  ].join("\n");
  return folded("Verdicts by namespace", table, groups.length <= 10);
}

function namespaceRow({ namespace, counts }: NamespaceVerdicts): string {
  const cell = (verdict: keyof typeof counts) => (counts[verdict] === 0 ? "" : grouped(counts[verdict]));
  const name = namespace === null ? "*not known*" : markdownCode(namespace);
  return `| ${name} | ${cell("injected")} | ${cell("not-injected")} | ${cell("refused")} | ${cell("unknown")} |`;
}

/** A part under a line that opens and closes it; the title is HTML. */
function folded(title: string, body: string, isOpen: boolean): string {
  return `<details${isOpen ? " open" : ""}>\n<summary>${title}</summary>\n\n${body}\n\n</details>`;
}

/** The findings by file, the files with the gravest first, as many as there is room for. */
function findingBlocks(report: Report, presentation: Presentation, room: number): readonly string[] {
  const findings = shownFindings(report, presentation);
  const files = [...groupedBy(findings, ({ location }) => location.file)].sort(
    ([, a], [, b]) => errorsIn(b) - errorsIn(a),
  );
  const blocks: string[] = [];
  let left = room;
  let shown = 0;
  for (const [file, group] of files) {
    const parts: string[] = [];
    for (const finding of group) {
      const part = findingItem(finding, presentation);
      if (part.length + file.length + 200 > left) break;
      left -= part.length + 2;
      parts.push(part);
    }
    if (parts.length === 0) break;
    left -= file.length + 200;
    shown += parts.length;
    const cut = parts.length < group.length ? `, ${grouped(parts.length)} shown` : "";
    // As code, so that a directory such as @acme mentions nobody.
    const title = `<code>${escaped(file)}</code>: ${count(group.length, "finding")}${cut}`;
    blocks.push(folded(title, parts.join("\n\n"), blocks.length < OPEN_FILES));
  }
  const rest = findings.length - shown;
  if (rest > 0) blocks.push(`**${count(rest, "more finding")}** did not fit into this comment.`);
  return blocks;
}

function errorsIn(findings: readonly Finding[]): number {
  return findings.some(({ severity }) => severity === "error") ? 1 : 0;
}

function findingItem(finding: Finding, { textOf }: Presentation): string {
  const { location, rule, severity, message, help } = finding;
  const concerned = concernedText(finding);
  const text = textOf(location.file);
  const bare = (line: string) => line;
  const drawn = text === undefined ? [] : frame(text, location, { width: FRAME, gutter: bare, carets: bare });
  return [
    `**${marks[severity]}** line ${location.line}, ${markdownCode(rule)}`,
    markdownText(message),
    ...(drawn.length > 0 ? [fenced(drawn.join("\n"), "text")] : []),
    ...(help === undefined ? [] : [`Fix: ${markdownText(help)}`]),
    ...(concerned === "" ? [] : [`*${markdownText(concerned)}*`]),
  ].join("\n\n");
}

function missing({ summary, baseline, findings }: Report): readonly string[] {
  const { configuration, missing: facts } = summary;
  if (facts.length === 0 || (baseline && !findings.some(({ rule }) => rule === "verdict-unknown"))) return [];
  const decided = facts.reduce((sum, fact) => sum + fact.decides, 0);
  const isLong = configuration.length > ROOM_OF_CONFIGURATION;
  const end = configuration.lastIndexOf("\n", ROOM_OF_CONFIGURATION);
  const shown = isLong ? `${configuration.slice(0, end)}\n# and more, in the JSON report` : configuration;
  const title = `Missing facts: ${grouped(facts.length)} would decide ${count(decided, "workload")}${withLabels(facts)}`;
  return [folded(title, `In \`sidelint.yaml\`, with your values:\n\n${fenced(shown)}`, false)];
}

function idle({ summary: { idleSettings } }: Report): readonly string[] {
  if (idleSettings.length === 0) return [];
  const items = idleSettings
    .slice(0, MOST_SUPPRESSED)
    .map(({ place, says }) => `- ${markdownCode(place)} ${markdownText(says)}`);
  const rest = idleSettings.length - items.length;
  const list = [...items, ...(rest > 0 ? [`- and ${grouped(rest)} more`] : [])].join("\n");
  return [
    folded(`${count(idleSettings.length, "setting")} of the configuration without effect`, list, false),
  ];
}

function suppressed({ suppressed: all }: Report): readonly string[] {
  if (all.length === 0) return [];
  const items = all.slice(0, MOST_SUPPRESSED).map((one) => {
    const { rule, location } = one.finding;
    const place = markdownCode(`${location.file}:${location.line}`);
    return `- ${place} ${markdownCode(rule)}: ${markdownText(suppressedText(one))}`;
  });
  const rest = all.length - items.length;
  const list = [...items, ...(rest > 0 ? [`- and ${grouped(rest)} more`] : [])].join("\n");
  return [folded(`${count(all.length, "finding")} suppressed`, list, false)];
}

function notes(report: Report): readonly string[] {
  const skipped = skippedRows(report.summary.skipped).map(([, said]) => said);
  const told = [`Istio ${mesh(report)}`, ...(skipped.length > 0 ? [`skipped: ${skipped.join("; ")}`] : [])];
  return [`<sub>${markdownText(told.join(". "))}</sub>`];
}
