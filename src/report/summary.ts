/** The end of the report of `check`: what was counted, skipped and assumed, and which facts are missing. */
import type { MissingFact, Skipped } from "../world/world.ts";
import { columns, count, cut, grouped, padEnd, padStart, plain, wrap } from "./cells.ts";
import { compare, severities } from "./findings.ts";
import type { Paint } from "./paint.ts";
import type { Presentation, Report } from "./report.ts";

const NAMED_DIRECTORIES = 3;
const NAMED_FACTS = 5;
const LABEL = "Workloads   ".length;

/** The block of counts. */
export function summary(report: Report, presentation: Presentation, paint: Paint): string {
  const rows: (readonly [string, string])[] = [
    ["Workloads", verdicts(report)],
    ["Findings", findingCounts(report)],
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

/** The one line for a repository without findings, or undefined when there is more to say. */
export function nothingToReport(report: Report, presentation: Presentation): string | undefined {
  const { workloads, files, skipped } = report.summary;
  const left =
    skipped.length === 0
      ? []
      : [
          `Not looked at: ${skippedRows(skipped)
            .map(([, said]) => said)
            .join("; ")}.`,
        ];
  const lines = (first: string): string =>
    [first, ...left].flatMap((line) => wrap(line, presentation.width)).join("\n");
  if (files.read === 0) return lines("No manifests found: there is no *.yaml, *.yml or *.json file here.");
  if (workloads.total === 0) {
    return lines(
      `No workloads found: ${count(files.read, "file")} read, no pod template in ${files.read === 1 ? "it" : "them"}.`,
    );
  }
  const unknown = workloads.unknown > 0 ? ` ${grouped(workloads.unknown)} cannot be decided yet.` : "";
  const assumed = report.istio.assumed.length > 0 ? ` (assuming ${report.istio.assumed.join(", ")})` : "";
  return lines(`${count(workloads.total, "workload")}, nothing to report${assumed}.${unknown}`);
}

/** The facts that would decide the unknown workloads, the one that decides most first; undefined when none is missing. */
export function missingFacts(report: Report, presentation: Presentation, paint: Paint): string | undefined {
  const facts = [...report.summary.missing].sort(
    (a, b) => b.decides - a.decides || compare(a.subject, b.subject),
  );
  if (facts.length === 0) return undefined;
  const decided = facts.reduce((sum, fact) => sum + fact.decides, 0);
  const named = facts.slice(0, facts.length > NAMED_FACTS + 1 ? NAMED_FACTS : NAMED_FACTS + 1);
  const rest = facts.length - named.length;
  const headed = (label: string, rest: string): readonly string[] => {
    const [first = "", ...more] = wrap(`${label} ${rest}`, presentation.width);
    return [paint.heading(label) + first.slice(label.length), ...more];
  };
  const lines = [
    ...headed(
      "Missing facts:",
      `${grouped(facts.length)} would decide ${count(decided, "workload")}. Add to sidelint.yaml:`,
    ),
    ...factLines(named, presentation.width, paint),
  ];
  if (rest > 0) lines.push(`  and ${grouped(rest)} more (all of them: --format json)`);
  if (facts.some((fact) => fact.what === "namespace-labels")) lines.push(...shortcuts(paint));
  return lines.join("\n");
}

function factLines(facts: readonly MissingFact[], width: number, paint: Paint): readonly string[] {
  const decides = Math.max(...facts.map((fact) => grouped(fact.decides).length));
  const rows = facts.map((fact) => ({
    says: `  decides ${padStart(grouped(fact.decides), decides)}  ${subject(fact)}`,
    line: plain(fact.line),
  }));
  const first = Math.max(...rows.map((row) => columns(row.says)));
  const fits = rows.every((row) => first + 3 + columns(row.line) <= width);
  if (fits) return rows.map((row) => `${padEnd(row.says, first)}   ${paint.typed(row.line)}`);
  const indent = " ".repeat("  decides ".length + decides + 2);
  return rows.flatMap((row) => [cut(row.says, width), indent + paint.typed(row.line)]);
}

function subject(fact: MissingFact): string {
  return fact.what === "namespace"
    ? `the namespace of ${plain(fact.subject)}`
    : `the labels of namespace ${plain(fact.subject)}`;
}

function shortcuts(paint: Paint): readonly string[] {
  return [
    "  Or take the labels of all namespaces from a cluster:",
    `    ${paint.typed("mkdir -p .sidelint && kubectl get ns -o yaml > .sidelint/namespaces.yaml")}`,
    "  Or assume the same of every namespace that is not known:",
    `    ${paint.typed("sidelint check --assume istio-injection=enabled")}`,
  ];
}

function verdicts(report: Report): string {
  const { total, injected, notInjected, refused, unknown } = report.summary.workloads;
  if (total === 0) return "none";
  const parts = [`${grouped(injected)} injected`, `${grouped(notInjected)} not injected`];
  if (refused > 0) parts.push(`${grouped(refused)} refused by the API server`);
  if (unknown > 0) parts.push(`${grouped(unknown)} unknown`);
  return `${parts.join(", ")}`;
}

function findingCounts(report: Report): string {
  const parts = severities
    .filter((severity) => report.summary.findings[severity] > 0)
    .map((severity) =>
      severity === "info"
        ? `${grouped(report.summary.findings.info)} info`
        : count(report.summary.findings[severity], severity),
    );
  return parts.length === 0 ? "none" : parts.join(", ");
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

function mesh(report: Report): string {
  const { version, webhooks, assumed } = report.istio;
  const hooks = {
    stock: "stock webhooks assumed, as none were found",
    repository: "webhooks as the repository has them",
    configuration: "webhooks as the configuration names them",
  }[webhooks];
  const assumptions =
    assumed.length > 0 ? `; namespaces that are not known are assumed to have ${assumed.join(", ")}` : "";
  return `${version}, ${hooks}${assumptions}`;
}

const reasons: Readonly<Record<Skipped["reason"], (files: number) => string>> = {
  "helm-template": (files) => `Helm ${files === 1 ? "template" : "templates"}`,
  "outside-link": (files) => `${files === 1 ? "link" : "links"} that lead out of the paths`,
  "remote-base": (files) => `remote kustomize ${files === 1 ? "base" : "bases"}`,
  plugin: (files) => `kustomize ${files === 1 ? "plugin" : "plugins"}`,
  unreadable: (files) => `unreadable ${files === 1 ? "path" : "paths"}`,
  "missing-base": (files) => `missing kustomize ${files === 1 ? "base" : "bases"}`,
};

/** One row a reason: how many, and the first few places. */
function skippedRows(skipped: readonly Skipped[]): readonly (readonly [string, string])[] {
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

function placeOf(skipped: Skipped): string {
  const detail =
    skipped.reason === "remote-base" || skipped.reason === "unreadable" || skipped.reason === "missing-base";
  return detail && skipped.detail !== ""
    ? `${plain(skipped.path)} (${plain(skipped.detail)})`
    : plain(skipped.path);
}
