/** The report as one HTML file for a browser: findings with their code, verdicts by namespace, and the way to each of them. */

import type { Finding } from "../lint/finding.ts";
import { count, grouped } from "./cells.ts";
import { isByCases, marks, sectionsOf } from "./explain.ts";
import { shownFindings } from "./findings.ts";
import { fixableText } from "./fixes.ts";
import { frame } from "./frame.ts";
import { htmlPage } from "./html-page.ts";
import { label } from "./list.ts";
import { attributes, escaped, escapedLines } from "./markup.ts";
import { withLabels } from "./missing.ts";
import type { Presentation, Report, ReportedStep, ReportedWorkload } from "./report.ts";
import { compared, mesh, skippedRows } from "./summary.ts";
import {
  byNamespace,
  concernedText,
  countsText,
  groupedBy,
  type NamespaceVerdicts,
  suppressedText,
  verdictWords,
} from "./wording.ts";

/** A page with more findings, or more ways to a verdict, is one that no browser likes. */
const MOST_FINDINGS = 5_000;
const MOST_EXPLAINED = 2_000;
const FRAME = 110;
/** Settings beyond these have one cause. */
const MOST_IDLE = 20;
/** Namespaces with more workloads than this are folded. */
const OPEN_WORKLOADS = 60;

/** A page that loads nothing and can be read without scripts; what manifests say is text in it and nothing else. */
export function html(report: Report, presentation: Presentation): string {
  const findings = shownFindings(report, presentation);
  const parts = presentation.quiet
    ? [findingsPart(findings, report, presentation)]
    : [
        findingsPart(findings, report, presentation),
        workloadsPart(report),
        missingPart(report),
        suppressedPart(report),
      ];
  const body = [
    header(report, presentation),
    filter,
    `<main>\n${[...parts, rulesPart(findings, presentation)].filter((part) => part !== "").join("\n")}\n</main>`,
    footer(report),
  ];
  return htmlPage(`sidelint: ${countsText(report, presentation)}`, body.join("\n"));
}

// Shown by the script, without which it could do nothing.
const filter = `<nav hidden><div><label>Filter <input id="filter" type="search" autocomplete="off" spellcheck="false" placeholder="words that a finding or workload has"></label><span id="told" class="soft" role="status"></span></div></nav>`;

function header(report: Report, presentation: Presentation): string {
  const title = `<h1>sidelint: ${escaped(countsText(report, presentation))}</h1>`;
  if (presentation.quiet) return `<header>\n${title}\n</header>`;
  const { workloads, skipped, idleSettings } = report.summary;
  const fixable = fixableText(report);
  const lines = [
    `Istio ${mesh(report)}`,
    ...(report.baseline ? [`Baseline ${report.baseline.file}: ${compared(report.baseline)}`] : []),
    ...(fixable === undefined ? [] : [`Fixable: ${fixable}`]),
    ...skippedRows(skipped).map(([, said]) => `Skipped: ${said}`),
    ...idleSettings.slice(0, MOST_IDLE).map(({ place, says }) => `Without effect: ${place}: ${says}`),
  ];
  const tiles = [
    [workloads.injected, "injected"],
    [workloads.notInjected, "not injected"],
    ...(workloads.refused > 0 ? [[workloads.refused, "refused"] as const] : []),
    [workloads.unknown, "unknown"],
  ] as const;
  return `<header>
${title}
${lines.map((line) => `<p class="soft">${escaped(line)}</p>`).join("\n")}
<ul class="tiles" aria-label="Workloads by verdict">
${tiles.map(([number, word]) => `<li><strong>${grouped(number)}</strong> ${word}</li>`).join("\n")}
</ul>
</header>`;
}

function findingsPart(findings: readonly Finding[], report: Report, presentation: Presentation): string {
  if (findings.length === 0)
    return `<section><h2>Findings</h2><p>${escaped(countsText(report, presentation))}</p></section>`;
  const files = groupedBy(findings.slice(0, MOST_FINDINGS), ({ location }) => location.file);
  const rest = findings.length - MOST_FINDINGS;
  const groups = [...files].map(([file, group]) => {
    const articles = group.map((finding) => findingArticle(finding, report, presentation));
    return `<section data-group><h3>${escaped(file)}</h3>\n${articles.join("\n")}\n</section>`;
  });
  const more = rest > 0 ? `\n<p>${count(rest, "more finding")}: the JSON report has all of them.</p>` : "";
  return `<section><h2>Findings</h2>\n${groups.join("\n")}${more}\n</section>`;
}

function findingArticle(finding: Finding, report: Report, presentation: Presentation): string {
  const { severity, rule, location, message, help } = finding;
  const fix = report.fixes?.get(finding);
  const fixable = fix
    ? `<span class="badge fixable">fixable${fix.safety === "unsafe" ? ", look at it" : ""}</span>`
    : "";
  const told = presentation.ruleOf?.(rule);
  const link = told ? `<a href="#${ruleAnchor(rule)}">${escaped(rule)}</a>` : `<span>${escaped(rule)}</span>`;
  const concerned = concernedText(finding);
  return [
    `<article class="finding"${attributes({ "data-thing": `${location.file} ${finding.workloads.join(" ")}` })}>`,
    `<div class="head"><span class="badge ${severity}">${severity}</span> <span class="place">${location.line}:${location.column}</span>${fixable} ${link}</div>`,
    `<p>${escaped(message)}</p>`,
    codeFrame(finding, presentation),
    help === undefined ? "" : `<p><strong>Fix:</strong> ${escaped(help)}</p>`,
    concerned === "" ? "" : `<p class="soft">${escaped(concerned)}</p>`,
    "</article>",
  ]
    .filter((line) => line !== "")
    .join("\n");
}

/** A frame makes controls of a manifest visible, so that these three can only be our own. */
const [gutterMark, caretsMark, endMark] = ["\u0001", "\u0002", "\u0003"];

function codeFrame({ location, severity }: Finding, { textOf }: Presentation): string {
  const text = textOf(location.file);
  if (text === undefined) return "";
  const lines = frame(text, location, {
    width: FRAME,
    gutter: (content) => gutterMark + content + endMark,
    carets: (content) => caretsMark + content + endMark,
  });
  if (lines.length === 0) return "";
  const marked = escapedLines(lines.join("\n"))
    .replaceAll(gutterMark, '<span class="gutter">')
    .replaceAll(caretsMark, `<span class="carets on-${severity}">`)
    .replaceAll(endMark, "</span>");
  return `<pre tabindex="0">${marked}</pre>`;
}

function workloadsPart(report: Report): string {
  const { workloads } = report;
  if (workloads.length === 0) return "<section><h2>Workloads</h2><p>No workloads found.</p></section>";
  const explained = new Set(workloads.slice(0, MOST_EXPLAINED));
  const groups = byNamespace(workloads).map((group) => namespaceGroup(group, report, explained));
  const rest = workloads.length - explained.size;
  const more =
    rest > 0
      ? `\n<p>The way to the verdict is told of ${grouped(explained.size)} workloads; sidelint explain tells that of the others.</p>`
      : "";
  return `<section><h2>Workloads</h2>\n${groups.join("\n")}${more}\n</section>`;
}

function namespaceGroup(
  { namespace, workloads, counts }: NamespaceVerdicts,
  report: Report,
  explained: ReadonlySet<ReportedWorkload>,
): string {
  const verdicts = ["injected", "not-injected", "refused", "unknown"] as const;
  const badges = verdicts
    .filter((verdict) => counts[verdict] > 0)
    .map(
      (verdict) =>
        `<span class="badge ${verdict}">${grouped(counts[verdict])} ${verdictWords[verdict]}</span>`,
    );
  const name = namespace === null ? "namespace not known" : escaped(namespace);
  const open = workloads.length <= OPEN_WORKLOADS ? " open" : "";
  const items = workloads.map((workload) => workloadItem(workload, report, explained.has(workload)));
  return `<details class="namespace" data-group${open}><summary>${name} ${badges.join(" ")}</summary>\n<ul>\n${items.join("\n")}\n</ul>\n</details>`;
}

function workloadItem(workload: ReportedWorkload, report: Report, isExplained: boolean): string {
  const { verdict, namespace, file, line, root, why, revision } = workload;
  const by = revision === null || revision === "default" ? "" : ` by revision ${escaped(revision)}`;
  const built = root === null ? "" : `, built by ${escaped(root)}`;
  const head = `<span class="badge ${verdict}">${verdictWords[verdict]}</span> <strong>${escaped(label(workload))}</strong>${by} <span class="soft">${escaped(why)}</span> <span class="place">${escaped(`${file}:${line}`)}${built}</span>`;
  const thing = attributes({ "data-thing": namespace ?? "" });
  if (!isExplained) return `<li class="workload"${thing}>${head}</li>`;
  return `<li class="workload"${thing}><details><summary>${head}</summary>\n${explanation(workload, report)}</details></li>`;
}

function explanation(workload: ReportedWorkload, report: Report): string {
  const sections = sectionsOf(workload, report).map(({ title, steps, saysPlace }) => {
    if (steps.length === 0) return `<li>${escaped(title)}: not asked</li>`;
    const isSaid = saysPlace && new Set(steps.map(({ where }) => where)).size === 1;
    const items = steps.map((one) => step(isSaid ? { ...one, where: "" } : one));
    return `<li>${escaped(title)}\n<ul>\n${items.join("\n")}\n</ul></li>`;
  });
  const cases =
    workload.possibilities.length < 2 || isByCases(workload) ? "" : `${possibilities(workload)}\n`;
  const remedy = workload.remedy === null ? "" : `<p class="remedy">${escaped(workload.remedy)}</p>\n`;
  return `<ol class="trace">\n${sections.join("\n")}\n</ol>\n${cases}${remedy}`;
}

const outcomes = { open: "open", shut: "shut", passed: "passed over" } as const;

function step({ outcome, says, where }: ReportedStep): string {
  const place = where === "" ? "" : `<span class="place">${escaped(where)}</span>`;
  return `<li><span class="${outcome}" role="img" aria-label="${outcomes[outcome]}">${marks[outcome]}</span><span>${escaped(says)}</span>${place}</li>`;
}

function possibilities({ possibilities: cases }: ReportedWorkload): string {
  const items = cases.map(({ when, verdict, revision }) => {
    const state = when.includes("=") ? `has ${when}` : `is ${when}`;
    const by = revision === null ? "" : ` (revision ${revision})`;
    return `<li><span class="badge ${verdict}">${verdictWords[verdict]}</span> ${escaped(`where the namespace ${state}${by}`)}</li>`;
  });
  return `<p class="remedy">It would be</p>\n<ol class="trace">\n${items.join("\n")}\n</ol>`;
}

function missingPart({ summary }: Report): string {
  if (summary.missing.length === 0) return "";
  const decided = summary.missing.reduce((sum, fact) => sum + fact.decides, 0);
  return `<section><h2>Missing facts</h2>
<p>${count(summary.missing.length, "fact")} would decide ${count(decided, "workload")}${withLabels(summary.missing)}. In sidelint.yaml, with your values:</p>
<pre tabindex="0">${summary.configuration.trimEnd().split("\n").map(escaped).join("\n")}</pre>
</section>`;
}

function suppressedPart({ suppressed }: Report): string {
  if (suppressed.length === 0) return "";
  const items = suppressed.slice(0, MOST_FINDINGS).map((one) => {
    const { rule, message, location } = one.finding;
    const place = `${location.file}:${location.line}:${location.column}`;
    return `<article class="finding" data-thing=""><div class="head"><span class="badge suppressed">suppressed</span> <span class="place">${escaped(place)}</span> <span>${escaped(rule)}</span></div>
<p>${escaped(message)}</p>
<p class="soft">${escaped(suppressedText(one))}</p></article>`;
  });
  return `<section data-group><h2>Suppressed</h2>\n${items.join("\n")}\n</section>`;
}

function ruleAnchor(rule: string): string {
  return `rule-${rule.replace(/[^\w-]/g, "_")}`;
}

function rulesPart(findings: readonly Finding[], { ruleOf }: Presentation): string {
  const ids = [...new Set(findings.map(({ rule }) => rule))].sort();
  const entries = ids.flatMap((id) => {
    const rule = ruleOf?.(id);
    if (!rule) return [];
    return [
      `<div class="rule" id="${ruleAnchor(id)}"><h3>${escaped(id)}</h3>
<p>${escaped(rule.summary)}</p>
<p>${paragraphs(rule.why)}</p>
<p><strong>Fix</strong>
${paragraphs(rule.fix)}</p></div>`,
    ];
  });
  return entries.length === 0 ? "" : `<section><h2>Rules</h2>\n${entries.join("\n")}\n</section>`;
}

/** Markdown as it is written, its lines joined where they flow, code in its own type. */
function paragraphs(markdown: string): string {
  const flowing = markdown.trim().replace(/([^\n])\n(?=[^\n\s*-])/g, "$1 ");
  return flowing
    .split("\n")
    .map((line) => escaped(line).replace(/`([^`]+)`/g, "<code>$1</code>"))
    .join("\n");
}

function footer({ version, summary }: Report): string {
  const made = version === "" ? "sidelint" : `sidelint ${version}`;
  return `<footer>${escaped(made)} read ${count(summary.files.read, "file")}, ${count(summary.documents, "document")}</footer>`;
}
