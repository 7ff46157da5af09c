/** Which facts the repository lacks, ranked by how many verdicts each would decide. */
import { dnsLabelErrors } from "../kube/names.ts";
import { directoryOf } from "./collect.ts";
import type { MissingFact, Workload } from "./world.ts";

/** A path of the tree relative to the configuration's directory; undefined when it lies elsewhere. */
type BelowConfig = (path: string) => string | undefined;

/** What a repository lacks. */
export interface Lacking {
  /** The missing facts behind all unknown verdicts, the one that decides most first. */
  readonly facts: readonly MissingFact[];
  /** All of them as one text for sidelint.yaml; empty when nothing is missing. */
  readonly configuration: string;
}

/** A fact with the part of the configuration that it goes to. */
interface Entry {
  readonly fact: MissingFact;
  readonly section: "istio" | "paths" | "namespaces";
  readonly key: string;
  readonly value: string;
}

/**
 * What the unknown verdicts hinge on. What cannot be written into a configuration, such as labels of `${NAMESPACE}`, is left
 * out. `assumed` are the revisions that a list of revisions has to name as well to leave them as they are taken to be.
 */
export function missingFacts(
  workloads: readonly Workload[],
  belowConfig: BelowConfig,
  assumed: readonly string[],
): Lacking {
  const entries = new Map<string, Entry>();
  for (const workload of workloads) {
    if (workload.decision.verdict !== "unknown") continue;
    const lack = lackOf(workload);
    if (!lack) continue;
    const key = `${lack.what} ${lack.subject}`;
    const entry = entries.get(key) ?? entryFor(lack, workload, belowConfig, assumed);
    if (!entry) continue;
    const places = entry.fact.places ?? placesOf(lack, workload);
    const fact = { ...entry.fact, decides: entry.fact.decides + 1, ...(places && { places }) };
    entries.set(key, { ...entry, fact });
  }
  const ranked = [...entries.values()].sort(
    ({ fact: a }, { fact: b }) =>
      b.decides - a.decides || (a.subject < b.subject ? -1 : a.subject > b.subject ? 1 : 0),
  );
  return { facts: ranked.map(({ fact }) => fact), configuration: configurationOf(ranked, assumed) };
}

/** Where a namespace is labelled that is labelled in several ways. */
function placesOf(
  { what }: Lack,
  { decision, namespaceLabelOrigins }: Workload,
): readonly string[] | undefined {
  if (what !== "namespace-labels" || decision.reason !== "namespace-labels-differ") return undefined;
  return [...new Set(namespaceLabelOrigins.map(({ text }) => text))];
}

type Lack = Pick<MissingFact, "what" | "subject">;

/**
 * What an unknown verdict hinges on: the labels of a namespace, the namespace of files that name none, or whether a revision
 * is installed; undefined where it hinges on what is written and not understood.
 */
export function lackOf(workload: Workload): Lack | undefined {
  const { reason } = workload.decision;
  if (reason === "conditions-unknown" || reason === "injector-unreadable" || reason === "pod-unknown")
    return undefined;
  const [revision] = workload.decision.revisionsInDoubt;
  if (revision !== undefined) return { what: "revision", subject: revision };
  const { name } = workload.namespace;
  if (name !== null) return { what: "namespace-labels", subject: name };
  return { what: "namespace", subject: filesLike(workload).shown };
}

function entryFor(
  { what, subject }: Lack,
  workload: Workload,
  belowConfig: BelowConfig,
  assumed: readonly string[],
): Entry | undefined {
  switch (what) {
    case "revision": {
      const value = revisionEntry(subject);
      const line = `istio: {revisions: [${[...assumed.map(revisionEntry), value].join(", ")}]}`;
      return { fact: { what, subject, decides: 0, line }, section: "istio", key: subject, value };
    }
    case "namespace-labels": {
      if (dnsLabelErrors(subject).length > 0) return undefined;
      return mapped(what, subject, "namespaces", scalar(subject), "{labels: {istio-injection: enabled}}");
    }
    case "namespace": {
      const { directory, rest } = filesLike(workload);
      // Patterns reach nothing outside of the configuration's directory.
      if (belowConfig(inDirectory(directory, rest)) === undefined) return undefined;
      const pattern = scalar(patternOf(directory, rest, belowConfig));
      return mapped(what, subject, "paths", pattern, `{namespace: ${placeholder}}`);
    }
  }
}

function mapped(
  what: MissingFact["what"],
  subject: string,
  section: Entry["section"],
  key: string,
  value: string,
): Entry {
  const line = `${section}: {${key}: ${value}}`;
  return { fact: { what, subject, decides: 0, line }, section, key, value };
}

function revisionEntry(name: string): string {
  return `{name: ${scalar(name)}}`;
}

/** What people have to replace; the configuration's schema refuses it. */
const placeholder = "<namespace>";

/** Every section once, each fact on a line of its own with the number of workloads that it decides. */
function configurationOf(entries: readonly Entry[], assumed: readonly string[]): string {
  const of = (section: Entry["section"]) => entries.filter((entry) => entry.section === section);
  const lines: string[] = [];
  const revisions = of("istio");
  if (revisions.length > 0) {
    const list = [...assumed.map(revisionEntry), ...revisions.map(({ value }) => value)].join(", ");
    lines.push("istio:", `  revisions: [${list}]  # decides ${decided(revisions)}`);
  }
  const paths = of("paths");
  if (paths.length > 1) {
    const all = `# or one namespace for all of these paths, which decides ${decided(paths)} with its labels:`;
    lines.push(all, `# defaultNamespace: ${placeholder}`);
  }
  for (const section of ["paths", "namespaces"] as const) {
    const listed = of(section);
    if (listed.length > 0) lines.push(`${section}:`);
    const by = section === "paths" ? " with its labels" : "";
    for (const { key, value, fact } of listed)
      lines.push(`  ${key}: ${value}  # decides ${fact.decides}${by}`);
  }
  return lines.map((line) => `${line}\n`).join("");
}

function decided(entries: readonly Entry[]): number {
  return entries.reduce((sum, { fact }) => sum + fact.decides, 0);
}

interface Files {
  readonly directory: string;
  /** What follows the directory. */
  readonly rest: string;
  readonly shown: string;
}

/** The files that a workload shares its fate with: those of its directory or build; at the top only those beside it. */
function filesLike({ root, resource }: Workload): Files {
  const file = resource.document.file.path;
  const directory = root ?? directoryOf(file);
  if (directory !== ".") return { directory, rest: "**", shown: `${directory}/**` };
  const rest = root === null ? `*${file.slice(file.lastIndexOf("."))}` : "kustomization.yaml";
  return { directory, rest, shown: rest };
}

function inDirectory(directory: string, rest: string): string {
  return directory === "." ? rest : `${directory}/${rest}`;
}

/** The pattern as `.gitignore` would have it; one that names no directory begins with `/`, or it would match at any depth. */
function patternOf(directory: string, rest: string, belowConfig: BelowConfig): string {
  const whole = inDirectory(directory, rest);
  const below = belowConfig(whole) ?? whole;
  const inside = below.slice(0, below.length - rest.length);
  return `${inside === "" ? "/" : ""}${inside.replace(/[\\*?[\]!# ]/g, escaped)}${rest}`;
}

function escaped(sign: string): string {
  return sign === " " ? sign : `\\${sign}`;
}

/** A scalar as YAML in flow style takes it; `1-30` is plain, what could be a number or a date is not. */
function scalar(text: string): string {
  const plain =
    /^(?:[A-Za-z/][\w./*-]*|\d{1,3}(?:-\d{1,3})+)$/.test(text) &&
    !/^(?:y|n|yes|no|on|off|true|false|null)$/i.test(text);
  return plain ? text : JSON.stringify(text);
}
