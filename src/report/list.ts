/** The table of `list`: one line a workload, or several where the terminal is narrow. */
import { columns, cut, padEnd, plain } from "./cells.ts";
import { compare } from "./findings.ts";
import type { Paint } from "./paint.ts";
import { paintOf } from "./paint.ts";
import type { Presentation, Report, ReportedWorkload } from "./report.ts";
import { nothingToReport } from "./summary.ts";

interface Column {
  readonly title: string;
  readonly of: (workload: ReportedWorkload) => string;
}

const words = { injected: "injected", "not-injected": "no", refused: "refused", unknown: "unknown" } as const;

const verdict: Column = { title: "VERDICT", of: (workload) => words[workload.verdict] };
const cluster: Column = { title: "CLUSTER", of: (workload) => workload.cluster ?? "-" };
const namespace: Column = { title: "NAMESPACE", of: (workload) => workload.namespace ?? "?" };
const named: Column = { title: "WORKLOAD", of: label };
const revision: Column = { title: "REVISION", of: (workload) => workload.revision ?? "-" };
const why: Column = { title: "WHY", of: (workload) => workload.why };
const where: Column = { title: "WHERE", of: (workload) => `${workload.file}:${workload.line}` };
const built: Column = { title: "BUILT BY", of: (workload) => workload.root ?? "-" };

/** A reason that is cut further than this says nothing. */
const LEAST_REASON = 24;
const GAP = 2;

/** "Deployment/web"; with the path of the pod template where the object has several. */
export function label(workload: ReportedWorkload): string {
  const template = workload.template === null ? "" : ` (${workload.template})`;
  return `${workload.kind}/${workload.name}${template}`;
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
 * The table with its head, ending in a line end. Where its lines do not fit `presentation.width` (Infinity for a pipe) only
 * the reason is cut; where that does not help either, each workload has two lines or three.
 */
export function list(report: Report, presentation: Presentation): string {
  const workloads = report.workloads.toSorted(inFileOrder);
  if (workloads.length === 0) return `${nothingToReport(report, presentation)}\n`;
  const paint = paintOf(presentation.colour);
  const shown = fitting(workloads, presentation.width);
  const lines = shown ? rows(shown, workloads, paint) : blocks(workloads, presentation.width, paint);
  return `${lines.join("\n")}\n`;
}

interface Fitted {
  readonly column: Column;
  readonly width: number;
}

function rows(
  shown: readonly Fitted[],
  workloads: readonly ReportedWorkload[],
  paint: Paint,
): readonly string[] {
  const row = (texts: readonly string[]): string =>
    texts
      .map((text, index) => padEnd(text, shown[index]?.width ?? 0))
      .join(" ".repeat(GAP))
      .trimEnd();
  const lines = [paint.heading(row(shown.map(({ column }) => column.title)))];
  for (const workload of workloads) {
    const texts = shown.map(({ column, width }) => cut(plain(column.of(workload)), width));
    lines.push(painted(workload, row(texts), paint));
  }
  return lines;
}

/** The line with its verdict, which it begins with, in its colour. */
function painted(workload: ReportedWorkload, line: string, paint: Paint): string {
  const word = words[workload.verdict];
  return brush(workload, paint)(word) + line.slice(word.length);
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

/** The columns with their widths; undefined where they do not fit, even without those that say little. */
function fitting(workloads: readonly ReportedWorkload[], width: number): readonly Fitted[] | undefined {
  const kustomized = workloads.some((workload) => workload.root !== null);
  const onlyDefault = workloads.every((workload) => (workload.revision ?? "default") === "default");
  const clusters = hasClusters(workloads) ? [cluster] : [];
  const whole = [
    verdict,
    ...clusters,
    namespace,
    named,
    revision,
    why,
    where,
    ...(kustomized ? [built] : []),
  ];
  const spare = [
    ...(kustomized && areToldApart(workloads) ? [built] : []),
    ...(onlyDefault ? [revision] : []),
  ];
  for (let dropped = 0; dropped <= spare.length; dropped++) {
    const left = spare.slice(0, dropped);
    const fitted = cutReason(
      measured(
        whole.filter((column) => !left.includes(column)),
        workloads,
      ),
      width,
    );
    if (fitted) return fitted;
  }
  return undefined;
}

/** Whether there are several clusters, so that it matters which is meant. */
export function hasClusters(workloads: readonly ReportedWorkload[]): boolean {
  return workloads.some((one) => one.cluster !== workloads[0]?.cluster);
}

/** Whether no two workloads look alike without the kustomization that builds them. */
function areToldApart(workloads: readonly ReportedWorkload[]): boolean {
  const seen = new Set(
    workloads.map((one) => [cluster, namespace, named, where].map(({ of }) => of(one)).join(" ")),
  );
  return seen.size === workloads.length;
}

function measured(wanted: readonly Column[], workloads: readonly ReportedWorkload[]): readonly Fitted[] {
  return wanted.map((column) => ({
    column,
    width: workloads.reduce(
      (most, workload) => Math.max(most, columns(plain(column.of(workload)))),
      column.title.length,
    ),
  }));
}

function cutReason(fitted: readonly Fitted[], width: number): readonly Fitted[] | undefined {
  const over = fitted.reduce((sum, { width: own }) => sum + own + GAP, -GAP) - width;
  if (over <= 0) return fitted;
  const cutTo = (fitted.find(({ column }) => column === why)?.width ?? 0) - over;
  if (cutTo < LEAST_REASON) return undefined;
  return fitted.map((one) => (one.column === why ? { column: why, width: cutTo } : one));
}

/** A namespace longer than this pushes only its own workload to the right. */
const WIDEST_NAMESPACE = 30;

/** Every workload over two lines or three: which it is; why, where and who builds it. */
function blocks(workloads: readonly ReportedWorkload[], width: number, paint: Paint): readonly string[] {
  const [first, second] = measured([verdict, namespace], workloads).map((one) => one.width + GAP);
  const verdicts = first ?? 0;
  const namespaces = Math.min(second ?? 0, WIDEST_NAMESPACE);
  const start = (of: string, space: string): string => padEnd(of, verdicts) + padEnd(space, namespaces);
  const indent = " ".repeat(verdicts);
  const isOneOfSeveral = hasClusters(workloads);
  const lines = [paint.heading(start(verdict.title, namespace.title) + named.title)];
  for (const workload of workloads) {
    const space = plain(namespace.of(workload));
    const which = revised(workload);
    const whole = `${start(verdict.of(workload), `${space}  `)}${which}`;
    const fits = columns(whole) <= width;
    const first = fits ? whole : cut(start(verdict.of(workload), space), width).trimEnd();
    const parts = [...(fits ? [] : [which]), ...reasonsOf(workload)];
    lines.push(painted(workload, first, paint));
    if (isOneOfSeveral && workload.cluster !== null) parts.push(plain(`cluster ${workload.cluster}`));
    lines.push(...together(parts, width - verdicts).map((line) => indent + paint.faint(line)));
  }
  return lines;
}

function revised(workload: ReportedWorkload): string {
  const other = workload.revision !== null && workload.revision !== "default";
  return plain(label(workload) + (other ? `  revision ${workload.revision}` : ""));
}

function reasonsOf(workload: ReportedWorkload): readonly string[] {
  const by = workload.root === null ? [] : [`built by ${workload.root}`];
  return [why.of(workload), where.of(workload), ...by].map(plain);
}

/** The parts on as few lines as hold them; one that is too long for a line keeps its end. */
function together(parts: readonly string[], width: number): readonly string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    const joined = last === undefined ? part : `${last}${" ".repeat(GAP)}${part}`;
    if (last !== undefined && columns(joined) <= width) lines[lines.length - 1] = joined;
    else lines.push(cut(part, width, "end"));
  }
  return lines;
}
