/** The end of `check` where facts are missing: what to put into sidelint.yaml, ready to be pasted, and the shorter ways. */
import type { MissingFact } from "../world/world.ts";
import { columns, count, grouped, padEnd, plain, wrap } from "./cells.ts";
import { compare } from "./findings.ts";
import type { Paint } from "./paint.ts";
import type { Presentation, Report } from "./report.ts";

const NAMED_FACTS = 8;
const GAP = 2;

/** The facts that would decide the unknown workloads, those that decide most first; undefined when none is missing. */
export function missingFacts(report: Report, presentation: Presentation, paint: Paint): string | undefined {
  const facts = report.summary.missing.toSorted(
    (a, b) => b.decides - a.decides || compare(a.subject, b.subject),
  );
  if (facts.length === 0) return undefined;
  const decided = facts.reduce((sum, fact) => sum + fact.decides, 0);
  const decides = `${grouped(facts.length)} would decide ${count(decided, "workload")}${withLabels(facts)}.`;
  const elsewhere = presentation.isPart
    ? " The rest of the repository was not looked at, and may hold them."
    : "";
  const says = `${decides}${elsewhere} In sidelint.yaml, with your values:`;
  return [
    headed("Missing facts:", says, presentation.width, paint),
    pasted(facts, presentation.width, paint),
    ...shortcuts(
      facts,
      report.workloads.some(({ cluster }) => cluster !== null),
      paint,
    ),
  ].join("\n\n");
}

/** That the name of a namespace does not decide alone; empty where no fact is one. */
export function withLabels(facts: readonly MissingFact[]): string {
  return facts.some(({ what }) => what === "namespace") ? ", a namespace together with its labels" : "";
}

function headed(label: string, says: string, width: number, paint: Paint): string {
  const [first = "", ...more] = wrap(`${label} ${says}`, width);
  return [paint.heading(label) + first.slice(label.length), ...more].join("\n");
}

interface Row {
  readonly text: string;
  /** What a comment at its right says; empty: nothing. */
  readonly comment: string;
  /** Whether it is a comment itself. */
  readonly isRemark?: boolean;
}

/** The block at the left edge, so that it can be pasted as it is; a comment says what each fact decides. */
function pasted(facts: readonly MissingFact[], width: number, paint: Paint): string {
  const named = facts.slice(0, facts.length > NAMED_FACTS + 1 ? NAMED_FACTS : NAMED_FACTS + 1);
  const rest = facts.length - named.length;
  const all = rowsOf(named, width);
  const commented = Math.max(...all.map(({ text, comment }) => (comment === "" ? 0 : columns(text)))) + GAP;
  const lines = all.map(({ text, comment, isRemark }) =>
    isRemark
      ? paint.faint(text)
      : comment === ""
        ? paint.typed(text)
        : paint.typed(padEnd(text, commented)) + paint.faint(comment),
  );
  if (rest > 0) lines.push(paint.faint(`# and ${grouped(rest)} more: --format json has all of them`));
  return lines.join("\n");
}

/** Facts as one text for sidelint.yaml. */
export function factsText(facts: readonly MissingFact[]): string {
  return rowsOf(facts, Number.POSITIVE_INFINITY)
    .map(({ text, comment }) => `${text}${comment === "" ? "" : `  ${comment}`}\n`)
    .join("");
}

/** What holds for all clusters, and then each cluster's own. */
function rowsOf(facts: readonly MissingFact[], width: number): readonly Row[] {
  const digits = Math.max(...facts.map((fact) => grouped(fact.decides).length));
  const room = width - GAP - "# decides ".length - digits;
  const clusters = [...new Set(facts.flatMap(({ cluster }) => cluster ?? []))];
  const below = (rows: readonly Row[], depth: number): readonly Row[] =>
    rows.map((row) => ({ ...row, text: " ".repeat(depth) + row.text }));
  const own = (name: string | undefined, left: number) =>
    sectionRows(
      facts.filter(({ cluster }) => cluster === name),
      left,
      digits,
    );
  return [
    ...own(undefined, room),
    ...(clusters.length > 0 ? [{ text: "clusters:", comment: "" }] : []),
    ...clusters.flatMap((name) => [
      { text: `  ${clusterKey(name)}:`, comment: "" },
      ...below(own(name, room - 4), 4),
    ]),
  ];
}

/** The name of a cluster as YAML reads it back as a text. */
export function clusterKey(name: string): string {
  return /^[a-z][-\w]{3,}$/i.test(name) && !/^(?:true|false|null)$/i.test(name) ? name : JSON.stringify(name);
}

const NAMED_PLACES = 3;

/** Where a namespace is labelled that is labelled in several ways, which is why it is asked for. */
function remarks({ subject, places = [] }: MissingFact, width: number): readonly Row[] {
  if (places.length === 0) return [];
  const named = places.slice(0, places.length > NAMED_PLACES + 1 ? NAMED_PLACES : NAMED_PLACES + 1);
  const rest = places.length - named.length;
  const more = rest > 0 ? ` and ${rest} more` : "";
  const says = plain(`${subject} is labelled differently in ${named.join(", ")}${more}`);
  return wrap(says, Math.min(width, 80) - 4).map((line) => ({
    text: `  # ${line}`,
    comment: "",
    isRemark: true,
  }));
}

function sectionRows(facts: readonly MissingFact[], room: number, digits: number): readonly Row[] {
  const groups = new Map<string, readonly Row[]>();
  const revisions = facts.filter(({ what }) => what === "revision");
  if (revisions.length > 0) {
    const decides = revisions.reduce((sum, fact) => sum + fact.decides, 0);
    const comment = `# decides ${grouped(decides).padStart(digits)}`;
    groups.set("istio", [{ text: `  revisions: [${revisionList(revisions)}]`, comment }]);
  }
  for (const fact of facts) {
    if (fact.what === "revision") continue;
    const { section, key, value } = partsOf(fact);
    const comment = `# decides ${grouped(fact.decides).padStart(digits)}`;
    const whole = `  ${key}: {${value}}`;
    const rows: readonly Row[] =
      columns(whole) <= room
        ? [{ text: whole, comment }]
        : [
            { text: `  ${key}:`, comment: "" },
            { text: `    ${value}`, comment },
          ];
    groups.set(section, [
      ...(groups.get(section) ?? []),
      ...remarks(fact, room + GAP + "# decides ".length + digits),
      ...rows,
    ]);
  }
  return [...groups].flatMap(([section, rows]) => [{ text: `${section}:`, comment: "" }, ...rows]);
}

/** The revisions of several facts in one list, each as its line `istio: {revisions: [{name: default}, {name: …}]}` has it. */
function revisionList(facts: readonly MissingFact[]): string {
  const written = facts.flatMap(({ line }) => plain(line).match(/\{name: [^{}]*\}/g) ?? []);
  return [...new Set(written)].join(", ");
}

/** The parts of a fact's line: `paths`, `travels/**` and `namespace: …` of `paths: {travels/**: {namespace: …}}`. */
export function partsOf(fact: MissingFact): {
  readonly section: string;
  readonly key: string;
  readonly value: string;
} {
  const whole = plain(fact.line);
  const line =
    fact.cluster === undefined
      ? whole
      : whole.slice(`clusters: {${clusterKey(fact.cluster)}: {`.length, -"}}".length);
  const opening = line.indexOf(": {");
  const inner = line.slice(opening + 3, -1);
  const value = inner.lastIndexOf(fact.what === "namespace" ? ": {namespace:" : ": {labels:");
  return {
    section: line.slice(0, opening),
    key: inner.slice(0, value),
    value: inner.slice(value + 3, -1),
  };
}

/** The shorter ways as one block; none where there is no shorter way. Where clusters are named, it is their dumps that tell labels. */
function shortcuts(facts: readonly MissingFact[], hasClusters: boolean, paint: Paint): readonly string[] {
  const lines: string[] = [];
  if (facts.filter(({ what }) => what === "namespace").length > 1) {
    lines.push(
      "Or name one namespace for all workloads that name none (defaultNamespace):",
      `  ${paint.typed("sidelint check --namespace NAME")}`,
    );
  }
  if (facts.some(({ what }) => what === "namespace-labels")) {
    if (!hasClusters) {
      lines.push(
        "Or take the labels of all namespaces from a cluster:",
        `  ${paint.typed("mkdir -p .sidelint && kubectl get ns -o yaml > .sidelint/namespaces.yaml")}`,
      );
    }
    lines.push(
      "Or assume the same of every namespace that is not known:",
      `  ${paint.typed("sidelint check --assume istio-injection=enabled")}`,
    );
  }
  return lines.length > 0 ? [lines.join("\n")] : [];
}
