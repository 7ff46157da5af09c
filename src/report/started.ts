/** What `sidelint init` says when it is done: what was found, what was written, what to do next. */
import type { Survey } from "../world/survey.ts";
import { count, grouped, padEnd, plain, wrap } from "./cells.ts";
import { withLabels } from "./missing.ts";
import type { Report } from "./report.ts";

/** What was done. */
export interface Started {
  /** The configuration. */
  readonly path: string;
  /** That it was there before and is left alone. */
  readonly kept: boolean;
  /** That it was there before. */
  readonly replaced: boolean;
  /** What was seen; undefined where nothing was looked at. */
  readonly found: Found | undefined;
  readonly snippets: readonly PlacedSnippet[];
}

interface Found {
  readonly report: Report;
  readonly survey: Survey;
  /** How many settings the file has. */
  readonly settings: number;
  /** How many of them hold from the start. */
  readonly facts: number;
  /** How many missing facts are not in the file. */
  readonly leftOut: number;
  /** Whether just a part of the repository was looked at. */
  readonly isPart: boolean;
  /** Whether the package is installed where the file looks for its schema. */
  readonly hasSchema: boolean;
}

/** A file that runs sidelint: written, or what somebody has to add to it. */
export interface PlacedSnippet {
  readonly path: string;
  readonly add: { readonly text: string; readonly place: string } | undefined;
}

const label = "Workloads  ".length;

/** The message, with its line end. */
export function startedMessage(started: Started, width: number): string {
  const { path, kept, replaced, found, snippets } = started;
  const done = kept
    ? `${plain(path)} is there and stays as it is.`
    : `${replaced ? "Replaced" : "Wrote"} ${plain(path)}${found ? holding(found) : ""}.`;
  const blocks = [
    wrap(done, width),
    ...(found ? [rows(found, width)] : []),
    ...snippets.map((snippet) => snippetLines(snippet, width)),
    ...(snippets.length > 0 ? [wrap(published, width)] : []),
    next(started, width),
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join("\n"))
    .join("\n\n")}\n`;
}

function holding({ settings, facts }: Found): string {
  const comments = settings - facts;
  const holds = facts === 0 ? [] : [`${count(facts, "setting")} that ${facts === 1 ? "holds" : "hold"}`];
  const open =
    comments === 0
      ? []
      : [`${count(comments, "suggestion")} as ${comments === 1 ? "a comment" : "comments"}`];
  return `: ${[...holds, ...open].join(", ")}`;
}

function rows({ report, survey, leftOut, isPart }: Found, width: number): readonly string[] {
  const { summary } = report;
  const { total, injected, notInjected, refused, unknown } = summary.workloads;
  const verdicts = [
    [injected, "injected"],
    [notInjected, "not injected"],
    [refused, "refused"],
    [unknown, "unknown"],
  ] as const;
  const each = verdicts
    .filter(([number]) => number > 0)
    .map(([number, word]) => `${grouped(number)} ${word}`);
  const decided = summary.missing.reduce((sum, { decides }) => sum + decides, 0);
  const missing = `${count(summary.missing.length, "fact")} would decide ${count(decided, "workload")}${withLabels(summary.missing)}`;
  const elsewhere = isPart ? ". The rest of the repository was not looked at, and may hold them" : "";
  const rest = leftOut > 0 ? `; all but ${count(leftOut, "fact")} are in the file` : "";
  const all: readonly (readonly [string, string])[] = [
    [
      "Workloads",
      `${total === 0 ? "none" : grouped(total)} in ${count(summary.files.read, "file")}${total > 0 ? `: ${each.join(", ")}` : ""}`,
    ],
    ["Istio", istio(survey)],
    ["Layout", layout(survey)],
    ["Missing", summary.missing.length > 0 ? `${missing}${rest}${elsewhere}` : ""],
  ];
  return all
    .filter(([, says]) => says !== "")
    .flatMap(([name, says]) =>
      wrap(says, width - label).map((line, index) => padEnd(index === 0 ? name : "", label) + line),
    );
}

function istio({ releases, revisions, asked, judgedBy }: Survey): string {
  const names = [...new Set(releases.map(({ value }) => value))];
  const seen = names.length > 0 ? `${names.join(", ")} seen` : "no release seen";
  const judged = names.length === 1 && names[0] === judgedBy ? "" : `, judged by ${judgedBy}`;
  const known = revisions.flatMap(({ value, tags }) => [value, ...tags.map((tag) => `${tag} (a tag)`)]);
  const shown = known.length > 0 ? `; revisions: ${known.join(", ")}` : "";
  const wanted = asked.map(({ value }) => value).join(", ");
  return `${seen}${judged}${shown}${wanted === "" ? "" : `; labels ask for ${wanted}`}`;
}

function layout({ layout: { kustomizations, charts, argo, flux } }: Survey): string {
  const parts = [
    [kustomizations.length, "kustomization"],
    [charts.length, "Helm chart"],
    [argo, "application of Argo CD", "applications of Argo CD"],
    [flux, "object of Flux", "objects of Flux"],
  ] as const;
  return parts
    .filter(([number]) => number > 0)
    .map(([number, one, many]) => count(number, one, many))
    .join(", ");
}

const published =
  "These files install sidelint with npm. Look first that your registry holds it; they say what to write if it does not.";

function snippetLines({ path, add }: PlacedSnippet, width: number): readonly string[] {
  if (!add) return wrap(`Wrote ${plain(path)}; commit it.`, width);
  const says = `${plain(path)} is there and stays as it is. ${add.place}:`;
  return [...wrap(says, width), "", ...add.text.trimEnd().split("\n")];
}

/** The steps from here, the one that decides most first. */
function next({ path, found, snippets }: Started, width: number): readonly string[] {
  if (!found) return [];
  const inFiles = snippets.length > 0 ? ", in the files above too" : "";
  const { report, survey } = found;
  const { workloads, findings, missing } = report.summary;
  const chart = survey.layout.charts[0];
  const steps: (readonly [string, string])[] = [];
  if (missing.length > 0) steps.push(["Uncomment what you know, with your values, in", plain(path)]);
  if (missing.some(({ what }) => what === "namespace-labels")) {
    const dump = "mkdir -p .sidelint && kubectl get ns -o yaml > .sidelint/namespaces.yaml";
    steps.push(["Or take the labels of all namespaces from a cluster:", dump]);
  }
  if (workloads.total > 0) steps.push(["See what is found:", "sidelint check"]);
  if (findings.error + findings.warning > 0)
    steps.push(
      ["To be told of new findings only, write down today's:", "sidelint baseline"],
      [`and from then on check against them${inFiles}:`, "sidelint check --baseline"],
    );
  if (chart !== undefined) {
    const render = `helm template ${plain(chart)} | sidelint check -`;
    steps.push(["Helm charts are not rendered. To check what one prints:", render]);
  }
  if (!found.hasSchema)
    steps.push([
      "For completion in editors, which takes the schema from the package, where your registry holds it:",
      "npm install --save-dev sidelint",
    ]);
  return [
    "Next:",
    ...steps.flatMap(([says, typed]) => [
      ...wrap(says, width - 2).map((line) => `  ${line}`),
      `    ${typed}`,
    ]),
  ];
}
