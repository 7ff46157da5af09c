/** The end of the report of `check`: what was counted, skipped and assumed. */
import type { Skipped } from "../world/world.ts";
import { count, grouped, padEnd, plain, wrap } from "./cells.ts";
import { compare, severities } from "./findings.ts";
import { fixableText } from "./fixes.ts";
import type { Paint } from "./paint.ts";
import type { ComparedBaseline, Presentation, Report } from "./report.ts";

const NAMED_DIRECTORIES = 3;
const LABEL = "Workloads   ".length;

/** The block of counts. */
export function summary(report: Report, presentation: Presentation, paint: Paint): string {
  const fixable = fixableText(report);
  const rows: (readonly [string, string])[] = [
    ["Workloads", verdicts(report)],
    ["Findings", findingCounts(report)],
    ...(fixable === undefined ? [] : [["Fixable", fixable] as const]),
    ...(report.baseline ? [["Baseline", compared(report.baseline)] as const] : []),
    ["Read", amount(report, presentation)],
    ["Istio", mesh(report)],
    ...skippedRows(report.summary.skipped),
  ];
  return rows
    .flatMap(([label, content]) =>
      wrap(content, presentation.width - LABEL).map(
        (line, index) => paint.heading(padEnd(index === 0 ? label : "", LABEL)) + line,
      ),
    )
    .join("\n");
}

/** The few lines for a repository without findings: the verdicts, and what they rest on. */
export function nothingToReport(report: Report, presentation: Presentation): string {
  const { workloads, files, skipped } = report.summary;
  const unread = skippedRows(skipped).map(([, said]) => said);
  const left = [
    ...(unread.length > 0 ? [`Not looked at: ${unread.join("; ")}.`] : []),
    ...(report.baseline ? [`Baseline: ${compared(report.baseline)}.`] : []),
  ];
  const lines = (first: string): string =>
    [first, ...left].flatMap((line) => wrap(line, presentation.width)).join("\n");
  if (files.read === 0) {
    const besides = presentation.hasDumps ? " besides the dumps of clusters, which are no manifests" : "";
    return lines(`No manifests found: there is no *.yaml, *.yml or *.json file here${besides}.`);
  }
  if (workloads.total === 0) {
    return lines(
      `No workloads found: ${count(files.read, "file")} read, and no workload of a known kind (workloads: in sidelint.yaml names further kinds).`,
    );
  }
  const known = workloads.unknown === 0 || report.summary.findings.info === 0;
  const head = `${count(workloads.total, "workload")}${known ? `, nothing ${report.baseline ? "new " : ""}to report` : ""}`;
  const hidden = suppressedCount(report).map((one) => `; ${one}`);
  const counts = lines(`${head}: ${verdicts(report)}${hidden.join("")}.`);
  return [counts, ...wrap(`Istio ${mesh(report)}`, presentation.width)].join("\n");
}

/** "12 old findings left, 2 gone" */
export function compared({ known, gone }: ComparedBaseline): string {
  const lost = gone.reduce((sum, one) => sum + one.count, 0);
  return `${count(known, "old finding")} left${lost > 0 ? `, ${grouped(lost)} gone` : ""}`;
}

/** "87 injected, 14 not injected, 3 unknown" */
export function verdicts(report: Report): string {
  const { total, injected, notInjected, byHand = 0, refused, unknown } = report.summary.workloads;
  if (total === 0) return "none";
  const parts: string[] = [];
  if (injected > 0) parts.push(`${grouped(injected)} injected`);
  if (notInjected > 0) {
    const carried = byHand === 0 ? "" : ` (${grouped(byHand)} with a sidecar put in by hand)`;
    parts.push(`${grouped(notInjected)} not injected${carried}`);
  }
  if (refused > 0) parts.push(`${grouped(refused)} refused by the API server`);
  if (unknown > 0) parts.push(`${grouped(unknown)} unknown`);
  return parts.join(", ");
}

function findingCounts(report: Report): string {
  const parts = severities
    .filter((severity) => report.summary.findings[severity] > 0)
    .map((severity) =>
      severity === "info"
        ? `${grouped(report.summary.findings.info)} info${whereInfo(report)}`
        : count(report.summary.findings[severity], severity),
    );
  if (parts.length === 0) parts.push("none");
  return [...parts, ...suppressedCount(report)].join(", ");
}

/** That what is counted as info is not listed above, but told as facts that are missing. */
function whereInfo({ findings, summary }: Report): string {
  const facts = findings.filter(({ rule, severity }) => rule === "verdict-unknown" && severity === "info");
  if (facts.length === 0 || summary.missing.length === 0) return "";
  const all = facts.length === summary.findings.info;
  return all ? " (the missing facts)" : ` (${grouped(facts.length)} of them the missing facts)`;
}

function suppressedCount({ summary }: Report): readonly string[] {
  return summary.suppressed === 0 ? [] : [`${grouped(summary.suppressed)} suppressed`];
}

function amount(report: Report, presentation: Presentation): string {
  const { workloads, files } = report.summary;
  const spent = presentation.milliseconds;
  const time = spent === undefined ? "" : ` in ${duration(spent)}`;
  return `${count(workloads.total, "workload")} in ${grouped(files.withWorkloads)} of ${count(files.read, "file")}${time}`;
}

function duration(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

/** The release, and where its webhooks come from. */
export function mesh(report: Report): string {
  const { version, webhooks, assumed, clusters } = report.istio;
  const hooks = {
    stock: "stock webhooks assumed, as none were found",
    repository: "webhooks as the repository has them",
    cluster: "webhooks as the cluster has them",
    install: "webhooks of the install that the repository describes",
    configuration: "stock webhooks of the revisions that sidelint.yaml or --revision names",
  };
  const assumptions =
    assumed.length > 0 ? `; namespaces that are not known are assumed to have ${assumedLabels(assumed)}` : "";
  const told = clusters
    ?.map((one) => `${plain(one.name)}: ${one.version}, ${hooks[one.webhooks]}`)
    .join("; ");
  return `${told ?? `${version}, ${hooks[webhooks]}`}${assumptions}`;
}

function assumedLabels(assumed: readonly string[]): string {
  return assumed.includes("none") ? "no labels" : plain(assumed.join(", "));
}

const reasons: Readonly<Record<Skipped["reason"], (files: number) => string>> = {
  "helm-template": (files) => `Helm ${files === 1 ? "template" : "templates"}`,
  template: (files) => (files === 1 ? "template" : "templates"),
  "outside-link": (files) => `${files === 1 ? "link that leads" : "links that lead"} out of the paths`,
  "outside-base": (files) => `${files === 1 ? "path" : "paths"} of kustomizations out of reach`,
  "remote-base": (files) => `remote kustomize ${files === 1 ? "base" : "bases"}`,
  plugin: (files) => `kustomize ${files === 1 ? "plugin" : "plugins"}`,
  unreadable: (files) => `unreadable ${files === 1 ? "path" : "paths"}`,
  "incomplete-build": (files) => `${files === 1 ? "part" : "parts"} of kustomizations left out`,
  "rival-install": (files) =>
    `${files === 1 ? "chart" : "charts"} of Istio that differ, none of which is known to be installed`,
  delivery: (files) => `${files === 1 ? "delivery" : "deliveries"} of Argo CD or Flux not followed`,
};

/** One row a reason: how many, and the first few places. */
export function skippedRows(skipped: readonly Skipped[]): readonly (readonly [string, string])[] {
  const byReason = new Map<Skipped["reason"], Skipped[]>();
  for (const one of skipped) {
    const list = byReason.get(one.reason);
    if (list) list.push(one);
    else byReason.set(one.reason, [one]);
  }
  return [...byReason].map(([reason, list], index) => {
    const files = list.reduce((sum, one) => sum + one.files, 0);
    const places = list.toSorted((a, b) => compare(a.path, b.path)).map(placeOf);
    const named = places.slice(
      0,
      places.length > NAMED_DIRECTORIES + 1 ? NAMED_DIRECTORIES : NAMED_DIRECTORIES + 1,
    );
    const rest = places.length - named.length;
    const list3 = rest > 0 ? `${named.join(", ")} and ${grouped(rest)} more` : named.join(", ");
    return [index === 0 ? "Skipped" : "", `${grouped(files)} ${reasons[reason](files)}: ${list3}`] as const;
  });
}

/** Reasons of which the detail says what was meant. */
const named: ReadonlySet<Skipped["reason"]> = new Set([
  "remote-base",
  "outside-base",
  "unreadable",
  "incomplete-build",
  "delivery",
]);

function placeOf(skipped: Skipped): string {
  const detail = named.has(skipped.reason);
  const path = skipped.path === "." ? "this directory" : plain(skipped.path);
  return detail && skipped.detail !== "" ? `${path} (${plain(skipped.detail)})` : path;
}
