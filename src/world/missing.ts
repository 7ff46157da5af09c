/** Which facts the repository lacks, ranked by how many verdicts each would decide. */
import { directoryOf } from "./collect.ts";
import type { MissingFact, Workload } from "./world.ts";

/** A path of the tree relative to the configuration's directory; undefined when it lies elsewhere. */
type BelowConfig = (path: string) => string | undefined;

/** The missing facts behind all unknown verdicts, the one that decides most first. */
export function missingFacts(
  workloads: readonly Workload[],
  belowConfig: BelowConfig,
): readonly MissingFact[] {
  const counts = new Map<string, MissingFact>();
  for (const workload of workloads) {
    if (workload.decision.verdict !== "unknown") continue;
    const fact = factFor(workload, belowConfig);
    const key = `${fact.what} ${fact.subject}`;
    counts.set(key, { ...fact, decides: (counts.get(key)?.decides ?? 0) + 1 });
  }
  return [...counts.values()].sort(
    (a, b) => b.decides - a.decides || (a.subject < b.subject ? -1 : a.subject > b.subject ? 1 : 0),
  );
}

/** The namespace whose labels a workload's verdict hinges on, or the files whose namespace nothing names. */
export function missingSubject(workload: Workload): string {
  return workload.namespace.name ?? filesLike(workload).shown;
}

function factFor(workload: Workload, belowConfig: BelowConfig): MissingFact {
  const subject = missingSubject(workload);
  if (workload.namespace.name !== null) {
    const line = `namespaces: {${scalar(subject)}: {labels: {istio-injection: enabled}}}`;
    return { what: "namespace-labels", subject, decides: 0, line };
  }
  const { directory, rest } = filesLike(workload);
  const pattern = patternOf(directory, rest, belowConfig);
  return { what: "namespace", subject, decides: 0, line: `paths: {${scalar(pattern)}: {namespace: …}}` };
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

/** The pattern as `.gitignore` would have it; one that names no directory begins with `/`, or it would match at any depth. */
function patternOf(directory: string, rest: string, belowConfig: BelowConfig): string {
  const below = belowConfig(directory === "." ? rest : `${directory}/${rest}`) ?? `${directory}/${rest}`;
  const inside = below.slice(0, below.length - rest.length);
  return `${inside === "" ? "/" : ""}${inside.replace(/[\\*?[\]!# ]/g, escaped)}${rest}`;
}

function escaped(sign: string): string {
  return sign === " " ? sign : `\\${sign}`;
}

/** A key as YAML in flow style takes it. */
function scalar(text: string): string {
  const plain = /^[A-Za-z/][\w./*-]*$/.test(text) && !/^(?:y|n|yes|no|on|off|true|false|null)$/i.test(text);
  return plain ? text : JSON.stringify(text);
}
