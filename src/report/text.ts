/** The report of `check` for people: findings by file with code frames, a summary, and the facts that are missing. */
import type { Finding } from "../lint/finding.ts";
import { goneFindings } from "./baseline.ts";
import { columns, padEnd, padStart, plain, wrap } from "./cells.ts";
import { shownFindings } from "./findings.ts";
import { frame } from "./frame.ts";
import { missingFacts } from "./missing.ts";
import type { Paint } from "./paint.ts";
import { paintOf } from "./paint.ts";
import type { Presentation, Report } from "./report.ts";
import { nothingToReport, summary } from "./summary.ts";

/** A terminal narrower than this gets no code frames. */
const FRAME_MINIMUM = 60;
/** Lines longer than this are hard to read, however wide the terminal is. */
const WIDEST = 100;

/**
 * The whole report, ending in a line end; empty when there is nothing to print (quiet and without errors).
 * Lines fit `presentation.width`, except for paths, which stay whole so that they can be copied.
 */
export function text(report: Report, given: Presentation): string {
  const presentation = { ...given, width: Math.min(given.width, WIDEST) };
  const paint = paintOf(presentation.colour);
  const findings = shownFindings(report, presentation).filter((finding) => !saidElsewhere(finding, report));
  const blocks = byFile(findings).map((group) => fileBlock(group, presentation, paint));
  if (!presentation.quiet) {
    blocks.push(
      findings.length === 0 ? nothingToReport(report, presentation) : summary(report, presentation, paint),
    );
    const gone = goneFindings(report, presentation, paint);
    if (gone) blocks.push(gone);
    const missing = isOld(report) ? undefined : missingFacts(report, presentation, paint);
    if (missing) blocks.push(missing);
  }
  return blocks.length === 0 ? "" : `${blocks.join("\n\n")}\n`;
}

/** Whether a baseline holds all that is unknown, so that what is missing is no news. */
function isOld({ baseline, findings }: Report): boolean {
  return baseline !== undefined && !findings.some(({ rule }) => rule === "verdict-unknown");
}

/** An unknown verdict is told once, as the fact that is missing, and not again for every workload. */
function saidElsewhere(finding: Finding, report: Report): boolean {
  return finding.rule === "verdict-unknown" && report.summary.missing.length > 0;
}

function byFile(findings: readonly Finding[]): readonly (readonly Finding[])[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const group = groups.get(finding.location.file);
    if (group) group.push(finding);
    else groups.set(finding.location.file, [finding]);
  }
  return [...groups.values()];
}

function fileBlock(findings: readonly Finding[], presentation: Presentation, paint: Paint): string {
  const file = findings[0]?.location.file ?? "";
  const source = presentation.width >= FRAME_MINIMUM ? presentation.textOf(file) : undefined;
  const place = Math.max(...findings.map((finding) => position(finding).length));
  const parts = findings.map((finding) =>
    findingLines(finding, source, place, presentation, paint).join("\n"),
  );
  return [paint.file(plain(file)), parts.join(source === undefined ? "\n" : "\n\n")].join("\n");
}

function position(finding: Finding): string {
  return `${finding.location.line}:${finding.location.column}`;
}

function findingLines(
  finding: Finding,
  source: string | undefined,
  place: number,
  presentation: Presentation,
  paint: Paint,
): readonly string[] {
  const colour = paint.severity[finding.severity];
  const indent = " ".repeat(2 + place + 2 + "warning".length + 2);
  const room = presentation.width - indent.length;
  const [first = "", ...more] = wrap(plain(finding.message), room);
  const head = `  ${paint.faint(padStart(position(finding), place))}  ${colour(padEnd(finding.severity, "warning".length))}  ${first}`;
  const lines = [head, ...more.map((line) => indent + line)];
  if (source !== undefined) {
    const drawn = frame(source, finding.location, { width: room, gutter: paint.faint, carets: colour });
    lines.push(...drawn.map((line) => indent + line));
  }
  const facts = [...helpLines(finding.help, room), ...concernedLines(finding, room)];
  lines.push(...withRule(facts, finding.rule, room, paint).map((line) => indent + line));
  return lines;
}

function concernedLines({ workloads, clusters }: Finding, room: number): readonly string[] {
  // The parts of one name stay together: a line breaks between workloads only.
  const named = concerned(workloads.map((workload) => plain(workload).replaceAll(" ", "\u00a0")));
  const where = clusters === undefined ? "" : plain(`in ${clusters.join(", ")}`);
  const text = [named, where].filter((part) => part !== "").join(named === "" ? "" : "; ");
  return text === "" ? [] : wrap(text, room).map((line) => line.replaceAll("\u00a0", " "));
}

const FIX = "fix: ";

function helpLines(help: string | undefined, room: number): readonly string[] {
  if (help === undefined) return [];
  return wrap(plain(help), room - FIX.length).map(
    (line, index) => (index === 0 ? FIX : " ".repeat(FIX.length)) + line,
  );
}

/** The lines with the rule's id at the right edge of the last one, to be typed after `sidelint rules`. */
function withRule(lines: readonly string[], rule: string, room: number, paint: Paint): readonly string[] {
  const painted = lines.map((line) =>
    line.startsWith(FIX) ? paint.typed(FIX) + line.slice(FIX.length) : line,
  );
  const last = lines.at(-1) ?? "";
  const gap = room - columns(last) - rule.length;
  if (last === "" || gap < 2) return [...painted, paint.faint(padStart(rule, room))];
  return [...painted.slice(0, -1), `${painted.at(-1)}${" ".repeat(gap)}${paint.faint(rule)}`];
}

function concerned(workloads: readonly string[]): string {
  const named = workloads.slice(0, workloads.length > 4 ? 3 : 4);
  const rest = workloads.length - named.length;
  if (rest > 0) return `${named.join(", ")} and ${rest} more`;
  return named.join(", ");
}
