/** Findings as annotations, as many as GitHub shows of a step, and what was cut. */
import { type AnnotationProperties, error, notice, warning } from "@actions/core";
import type { Severity } from "../lint/finding.ts";
import { count, grouped, plain } from "../report/cells.ts";

/** A finding as the JSON report has it (schemas/report.schema.json). */
export interface PrintedFinding {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly help: string | null;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly workloads: readonly string[];
}

/** GitHub shows as many errors, warnings and notices of a step, each. */
const SHOWN = 10;

const commands = { error, warning, info: notice } as const;
const names = { error: "error", warning: "warning", info: "notice" } as const;
const grades = ["error", "warning", "info"] as const;

/** What is annotated, and what was cut, in a sentence; undefined where everything fits. */
export interface Chosen {
  readonly shown: readonly PrintedFinding[];
  readonly cut: string | undefined;
}

/**
 * Chooses what GitHub will show, in the order of the report. The message with which a step fails takes the place of an error, and what says
 * that something was cut the place of a notice.
 */
export function chosen(findings: readonly PrintedFinding[], fails: boolean): Chosen {
  const by = (severity: Severity) => findings.filter((finding) => finding.severity === severity);
  const room: Record<Severity, number> = { error: fails ? SHOWN - 1 : SHOWN, warning: SHOWN, info: SHOWN };
  const isCut = () => grades.some((severity) => by(severity).length > room[severity]);
  if (isCut()) room.info = SHOWN - 1;
  const shown = grades.flatMap((severity) => by(severity).slice(0, room[severity]));
  if (!isCut()) return { shown, cut: undefined };
  const parts = grades.flatMap((severity) => {
    const rest = by(severity).length - room[severity];
    return rest > 0 ? [`${grouped(rest)} of ${count(by(severity).length, names[severity])}`] : [];
  });
  return {
    shown,
    cut: `without an annotation, as GitHub shows ${SHOWN} of each kind in a step: ${parts.join(", ")}; the log has them all`,
  };
}

/** Writes an annotation for each finding, and a notice of what was cut. */
export function annotate({ shown, cut }: Chosen): void {
  for (const finding of shown) commands[finding.severity](messageOf(finding), propertiesOf(finding));
  if (cut !== undefined) notice(cut, { title: "sidelint" });
}

function messageOf({ message, help, workloads }: PrintedFinding): string {
  const lines = [message, ...(help === null ? [] : [`fix: ${help}`])];
  return [...lines, ...(workloads.length > 0 ? [workloads.join(", ")] : [])].map(plain).join("\n");
}

function propertiesOf({
  rule,
  file,
  line,
  column,
  endLine,
  endColumn,
}: PrintedFinding): AnnotationProperties {
  const place = { title: `sidelint: ${rule}`, file: plain(file), startLine: line, endLine };
  // GitHub refuses columns of an annotation that spans several lines.
  return line === endLine ? { ...place, startColumn: column, endColumn } : place;
}
