/** The page of `explain`: the verdict on one workload, the trace that led to it, and the sidecar that it gets. */
import { columns, padStart, plain, wrap } from "./cells.ts";
import type { Explanation } from "./explanation.ts";
import { label } from "./list.ts";
import type { Paint } from "./paint.ts";
import { paintOf } from "./paint.ts";
import type { Presentation, Report, ReportedStep, ReportedWorkload } from "./report.ts";
import { sidecarSection } from "./sidecar.ts";

export const marks = { open: "✓", shut: "✗", passed: "·" } as const;

/** The page, ending in a line end; `report` says which Istio and which webhooks were taken for granted. */
export function explain(explanation: Explanation, report: Report, presentation: Presentation): string {
  return explainAll([explanation], report, presentation);
}

/** The pages of several workloads; where one object is built several times and the way to the verdict is the same, it is told once. */
export function explainAll(
  explanations: readonly Explanation[],
  report: Report,
  presentation: Presentation,
): string {
  const pages = explanations.map((one) => pageOf(one, report, presentation));
  return foldedPages(pages, report, presentation);
}

/** What is told of a workload below its heading. */
export interface Page {
  readonly workload: ReportedWorkload;
  readonly blocks: readonly string[];
  /** Whether no pod of it can be created, although the gates are open. */
  readonly isRefused?: boolean;
}

/** Pages as one text, each body once below the headings of all that it is about; it ends in a line end. */
export function foldedPages(pages: readonly Page[], report: Report, presentation: Presentation): string {
  const paint = paintOf(presentation.colour);
  const width = Math.min(presentation.width, 100);
  const byBody = groupedBy(pages, ({ blocks }) => blocks.join("\n\n"));
  return [...byBody]
    .map(([body, group]) => {
      const heads = groupedBy(group, (page) => headKey(page, report, width, paint));
      return `${[...heads.values()].map((same) => heading(same, report, width, paint)).join("\n")}\n\n${body}\n`;
    })
    .join("\n");
}

function groupedBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

/** All that a heading tells but who builds the workload. */
function headKey(page: Page, report: Report, width: number, paint: Paint): string {
  return heading([{ ...page, workload: { ...page.workload, root: null } }], report, width, paint);
}

function pageOf(explanation: Explanation, report: Report, presentation: Presentation): Page {
  const paint = paintOf(presentation.colour);
  const width = Math.min(presentation.width, 100);
  const { workload } = explanation;
  const blocks = [trace(workload, report, width, paint)];
  const cases = possibilities(workload, width, paint);
  if (cases) blocks.push(cases);
  if (workload.remedy !== null) blocks.push(wrap(sentence(plain(workload.remedy)), width).join("\n"));
  const sidecar = sidecarSection(explanation, width, paint);
  if (sidecar) blocks.push(sidecar);
  return { workload, blocks, isRefused: isRefused(explanation) };
}

function isRefused({ workload, sidecar }: Explanation): boolean {
  if (workload.verdict !== "injected" || !sidecar || sidecar.state === "unknown") return false;
  return sidecar.refusals.length > 0;
}

/** Which workload it is, where it stands, who builds it, and the verdict on it: the same for all of these pages but for who builds it. */
function heading(pages: readonly Page[], report: Report, width: number, paint: Paint): string {
  const [first] = pages;
  if (!first) return "";
  const { workload } = first;
  const namespace =
    (workload.namespace === null ? "in a namespace not known" : `in namespace ${workload.namespace}`) +
    (isOneOfSeveral(report) ? ` of cluster ${workload.cluster}` : "");
  const lines = sides(
    paint.heading(plain(label(workload))) + plain(` ${namespace}`),
    columns(plain(`${label(workload)} ${namespace}`)),
    plain(`${workload.file}:${workload.line}`),
    width,
    paint,
  );
  const roots = pages.flatMap(({ workload: { root } }) => root ?? []);
  return [...lines, ...builtBy(roots, width).map(paint.faint), ...verdict(first, width, paint)].join("\n");
}

function builtBy(roots: readonly string[], width: number): readonly string[] {
  const [first, ...more] = new Set(roots);
  if (first === undefined) return [];
  if (more.length === 0) return wrap(`built by the kustomization in ${plain(first)}`, width);
  const lines = [first, ...more].flatMap((root) => wrap(plain(root), width - 2));
  return ["built by the kustomizations in", ...lines.map((line) => `  ${line}`)];
}

function verdict({ workload, isRefused }: Page, width: number, paint: Paint): readonly string[] {
  const said = {
    injected: "INJECTED",
    "not-injected": "NOT INJECTED",
    refused: "REFUSED",
    unknown: "UNKNOWN",
  };
  const brushes = {
    injected: paint.good,
    "not-injected": paint.bad,
    refused: paint.bad,
    unknown: paint.unsure,
  };
  const shown = isRefused ? "refused" : workload.verdict;
  const word = said[shown];
  const revision = workload.revision === null ? "" : ` by revision ${workload.revision}`;
  const why = isRefused
    ? `: no pod is created; injected${revision} (${workload.why})`
    : `${revision}: ${workload.why}`;
  const [first = "", ...more] = wrap(plain(`${word}${why}`), width);
  const painted = brushes[shown](word) + first.slice(word.length);
  const ambient =
    workload.ambient && workload.verdict !== "injected"
      ? ["Without a sidecar it is in the ambient mesh."]
      : [];
  return [painted, ...more, ...ambient];
}

function isOneOfSeveral({ istio }: Report): boolean {
  return (istio.clusters?.length ?? 0) > 1;
}

/** Left and right on one line where both fit, else one below the other. */
export function sides(left: string, leftWidth: number, right: string, width: number, paint: Paint): string[] {
  if (right === "") return [left];
  const gap = width - leftWidth - columns(right);
  return gap >= 2 ? [left + " ".repeat(gap) + paint.faint(right)] : [left, paint.faint(`  ${right}`)];
}

/** The steps of one gate under a heading. */
export interface Section {
  readonly title: string;
  readonly steps: readonly ReportedStep[];
  /** Whether the title says already where the steps stand. */
  readonly saysPlace?: true;
}

/** The trace by gates; where the namespace is not certain, the gates' answers are by its cases instead. */
export function sectionsOf(workload: ReportedWorkload, report: Report): readonly Section[] {
  const of = (gate: ReportedStep["gate"]): readonly ReportedStep[] =>
    workload.trace.filter((step) => step.gate === gate);
  const first = { title: "Namespace", steps: of("namespace") };
  if (isByCases(workload)) {
    const cases = workload.trace.filter((step) => step.gate !== "namespace");
    const about = isByRevision(workload) ? "by what may be installed" : "by what the namespace may be";
    const by = whatMayBe[workload.reason] ?? about;
    return [first, { title: `Webhooks and policy, ${by}`, steps: cases }];
  }
  return [
    first,
    webhookSection(of("webhook"), workload, report),
    { title: "Policy of the injector", steps: of("policy") },
  ];
}

/** What the cases of a workload are about, where that is not written in a way that can be told. */
const whatMayBe: { readonly [reason in ReportedWorkload["reason"]]?: string } = {
  "conditions-unknown": "by what the conditions may say",
  "injector-unreadable": "by what the policy may be",
  "pod-unknown": "by what the pod may be",
};

function webhookSection(
  steps: readonly ReportedStep[],
  { cluster }: ReportedWorkload,
  { istio }: Report,
): Section {
  if (steps.length === 0) return { title: "Webhooks", steps };
  const { version, webhooks } = istio.clusters?.find(({ name }) => name === cluster) ?? istio;
  const title = `Webhooks of Istio ${version}`;
  if (webhooks !== "stock") return { title, steps };
  return { title: `${title} (stock, the repository has none)`, steps, saysPlace: true };
}

/** Whether the trace goes through the cases of what is not certain. */
export function isByCases(workload: ReportedWorkload): boolean {
  return workload.possibilities.length > 1 && workload.trace.some((step) => step.gate !== "namespace");
}

/** Whether the namespace is the same in all cases, so that it is the mesh that differs. */
function isByRevision({ reason, possibilities }: ReportedWorkload): boolean {
  return (
    reason === "revision-unknown" || possibilities.every(({ labels }) => labels === possibilities[0]?.labels)
  );
}

function trace(workload: ReportedWorkload, report: Report, width: number, paint: Paint): string {
  return sectionsOf(workload, report)
    .flatMap(({ title, steps, saysPlace }, index, sections) => {
      const places = new Set(steps.map((step) => step.where));
      const shared = places.size === 1 && steps.length > 1 ? steps[0]?.where : undefined;
      const name = plain(steps.length === 0 ? `${title}: not asked` : title);
      const number = `${paint.faint(String(index + 1))} ${name}`;
      const isTold = saysPlace || sections[index - 1]?.steps.at(-1)?.where === shared;
      const told = shared === undefined || isTold ? "" : plain(shared);
      const head = sides(number, columns(name) + 2, told, width, paint);
      return [...head, ...steps.flatMap((step) => stepLines(step, shared, width, paint))];
    })
    .join("\n");
}

/** A step with its mark, and its place at the right where that fits; `shared` is a place that is told elsewhere. */
export function stepLines(
  step: Pick<ReportedStep, "outcome" | "says" | "where">,
  shared: string | undefined,
  width: number,
  paint: Paint,
): readonly string[] {
  const brushes = { open: paint.good, shut: paint.bad, passed: paint.faint };
  const indent = "    ";
  const lines = wrap(plain(step.says), width - indent.length);
  const where = step.where === shared ? "" : plain(step.where);
  return lines.flatMap((line, index) => {
    const mark = index === 0 ? `  ${brushes[step.outcome](marks[step.outcome])} ` : indent;
    if (index < lines.length - 1 || where === "") return [mark + line];
    const gap = width - indent.length - columns(line) - columns(where);
    if (gap >= 2) return [mark + line + " ".repeat(gap) + paint.faint(where)];
    return [mark + line, paint.faint(padStart(where, width))];
  });
}

/** What it would be in each case, where the trace does not say so already. */
function possibilities(workload: ReportedWorkload, width: number, paint: Paint): string | undefined {
  if (workload.possibilities.length < 2 || isByCases(workload)) return undefined;
  const words = { injected: "injected", "not-injected": "not injected", refused: "refused" } as const;
  const brushes = { injected: paint.good, "not-injected": paint.bad, refused: paint.bad };
  const room = "not injected".length;
  const lines = workload.possibilities.flatMap((possibility) => {
    const revision = possibility.revision === null ? "" : ` (revision ${possibility.revision})`;
    const state = possibility.when.includes("=") ? `has ${possibility.when}` : `is ${possibility.when}`;
    const says = wrap(plain(`where the namespace ${state}${revision}`), width - room - 4);
    return says.map((line, index) => {
      const word = words[possibility.verdict];
      const lead =
        index === 0 ? brushes[possibility.verdict](word) + " ".repeat(room - word.length) : " ".repeat(room);
      return `  ${lead}  ${line}`;
    });
  });
  return [paint.heading("It would be"), ...lines].join("\n");
}

function sentence(text: string): string {
  return text.endsWith(".") ? text : `${text}.`;
}
