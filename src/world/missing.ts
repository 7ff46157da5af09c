/** Which facts the repository lacks, ranked by how many verdicts each would decide. */
import { directoryOf } from "./collect.ts";
import type { MissingFact, Workload } from "./world.ts";

/**
 * The missing facts behind all unknown verdicts, the one that decides most first. `belowConfig` makes a path of the tree
 * relative to the configuration's directory, which patterns are relative to; undefined for paths elsewhere.
 */
export function missingFacts(
  workloads: readonly Workload[],
  belowConfig: (path: string) => string | undefined,
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

/** The namespace whose labels a workload's verdict hinges on, or the pattern of the files whose namespace nothing names. */
export function missingSubject({ namespace, root, resource }: Workload): string {
  if (namespace.name !== null) return namespace.name;
  const directory = root ?? directoryOf(resource.document.file.path);
  return directory === "." ? "*" : `${directory}/**`;
}

function factFor(workload: Workload): MissingFact {
  const subject = missingSubject(workload);
  const key = scalar(subject);
  return workload.namespace.name === null
    ? { what: "namespace", subject, decides: 0, line: `paths: {${key}: {namespace: …}}` }
    : {
        what: "namespace-labels",
        subject,
        decides: 0,
        line: `namespaces: {${key}: {labels: {istio-injection: enabled}}}`,
      };
}

function scalar(text: string): string {
  const plain = /^[A-Za-z/][\w./*-]*$/.test(text) && !/^(?:y|n|yes|no|on|off|true|false|null)$/i.test(text);
  return plain ? text : JSON.stringify(text);
}
