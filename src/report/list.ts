/** The table of `list`: one line a workload. */
import { columns, cut, padEnd, plain } from "./cells.ts";
import { compare } from "./findings.ts";
import type { Paint } from "./paint.ts";
import { paintOf } from "./paint.ts";
import type { Presentation, Report, ReportedWorkload } from "./report.ts";
import { nothingToReport } from "./summary.ts";

interface Column {
  readonly title: string;
  readonly of: (workload: ReportedWorkload) => string;
  /** How far it may be cut where the line is too long; Infinity: never. */
  readonly least: number;
  readonly keep: "start" | "end";
  /** Whether it is cut before those that say which workload it is. */
  readonly yields?: true;
}

const words = { injected: "injected", "not-injected": "no", refused: "refused", unknown: "unknown" } as const;

const revision: Column = {
  title: "REVISION",
  of: (workload) => workload.revision ?? "-",
  least: 8,
  keep: "start",
};

const table: readonly Column[] = [
  { title: "VERDICT", of: (workload) => words[workload.verdict], least: Infinity, keep: "start" },
  { title: "NAMESPACE", of: (workload) => workload.namespace ?? "?", least: 9, keep: "start" },
  { title: "WORKLOAD", of: label, least: 14, keep: "start" },
  revision,
  { title: "WHY", of: (workload) => workload.why, least: 12, keep: "start", yields: true },
  {
    title: "WHERE",
    of: (workload) => `${workload.file}:${workload.line}`,
    least: 14,
    keep: "end",
    yields: true,
  },
];
const built: Column = { title: "BUILT BY", of: (workload) => workload.root ?? "-", least: 12, keep: "end" };

/** "Deployment/web". */
export function label(workload: ReportedWorkload): string {
  return `${workload.kind}/${workload.name}`;
}

/** The order of tables: by file and line, then by the kustomization that builds it. */
export function inFileOrder(a: ReportedWorkload, b: ReportedWorkload): number {
  return (
    compare(a.file, b.file) ||
    a.line - b.line ||
    compare(a.root ?? "", b.root ?? "") ||
    compare(label(a), label(b)) ||
    compare(a.namespace ?? "", b.namespace ?? "")
  );
}

/**
 * The table with its head, ending in a line end. Columns are cut (`…`) only where a line would not fit
 * `presentation.width`, which is Infinity for a pipe: there every value is whole.
 */
export function list(report: Report, presentation: Presentation): string {
  const workloads = report.workloads.toSorted(inFileOrder);
  if (workloads.length === 0) return `${nothingToReport(report, presentation)}\n`;
  const paint = paintOf(presentation.colour);
  const kustomized = workloads.some((workload) => workload.root !== null);
  const shown = fitting(kustomized ? [...table, built] : table, workloads, presentation.width);
  const row = (texts: readonly string[]): string =>
    texts
      .map((text, index) => (index === texts.length - 1 ? text : padEnd(text, shown[index]?.width ?? 0)))
      .join("  ")
      .trimEnd();
  const lines = [paint.heading(row(shown.map(({ column }) => column.title)))];
  for (const workload of workloads) {
    const texts = shown.map(({ column, width }) => cut(plain(column.of(workload)), width, column.keep));
    const line = row(texts);
    const verdict = texts[0] ?? "";
    lines.push(brush(workload, paint)(verdict) + line.slice(verdict.length));
  }
  return `${lines.join("\n")}\n`;
}

function brush(workload: ReportedWorkload, paint: Paint): (text: string) => string {
  const brushes = {
    injected: paint.good,
    "not-injected": paint.faint,
    refused: paint.bad,
    unknown: paint.unsure,
  };
  return brushes[workload.verdict];
}

interface Fitted {
  readonly column: Column;
  readonly width: number;
}

/** The widths of the columns: what the values need, then less where the terminal is too narrow, the widest first. */
function fitting(
  wanted: readonly Column[],
  workloads: readonly ReportedWorkload[],
  width: number,
): readonly Fitted[] {
  const fitted = wanted.map((column) => ({
    column,
    width: workloads.reduce(
      (most, workload) => Math.max(most, columns(plain(column.of(workload)))),
      column.title.length,
    ),
  }));
  let over = fitted.reduce((sum, { width: own }) => sum + own + 2, -2) - width;
  const spare = over > 0 && spareColumn(wanted, workloads);
  if (spare) {
    const others = wanted.filter((column) => column !== spare);
    return fitting(others, workloads, width);
  }
  while (over > 0) {
    const wide = fitted.filter((one) => one.width > one.column.least);
    const yielding = wide.filter((one) => one.column.yields);
    const [first, ...others] = yielding.length > 0 ? yielding : wide;
    if (!first) break;
    others.reduce((a, b) => (b.width > a.width ? b : a), first).width--;
    over--;
  }
  return fitted;
}

/** A column that says least where there is no room: who builds it, then revisions when there is only the default one. */
function spareColumn(wanted: readonly Column[], workloads: readonly ReportedWorkload[]): Column | undefined {
  if (wanted.includes(built)) return built;
  const onlyDefault = workloads.every((workload) => (workload.revision ?? "default") === "default");
  return onlyDefault && wanted.includes(revision) ? revision : undefined;
}
