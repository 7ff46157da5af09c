/** Which facts the repository lacks, ranked by how many verdicts each would decide. */
import { directoryOf } from "./collect.ts";
import type { MissingFact, Workload } from "./world.ts";

/** The missing facts behind all unknown verdicts, the one that decides most first. */
export function missingFacts(workloads: readonly Workload[]): readonly MissingFact[] {
  const counts = new Map<string, MissingFact>();
  for (const workload of workloads) {
    if (workload.decision.verdict !== "unknown") continue;
    const fact = factFor(workload);
    const key = `${fact.what} ${fact.subject}`;
    counts.set(key, { ...fact, decides: (counts.get(key)?.decides ?? 0) + 1 });
  }
  return [...counts.values()].sort(
    (a, b) => b.decides - a.decides || (a.subject < b.subject ? -1 : a.subject > b.subject ? 1 : 0),
  );
}

function factFor(workload: Workload): MissingFact {
  const { name } = workload.namespace;
  if (name !== null) {
    return {
      what: "namespace-labels",
      subject: name,
      decides: 0,
      line: `namespaces: {${scalar(name)}: {labels: {istio-injection: enabled}}}`,
    };
  }
  const directory = workload.root ?? directoryOf(workload.resource.document.file.path);
  const subject = directory === "." ? "*" : `${directory}/**`;
  return { what: "namespace", subject, decides: 0, line: `paths: {${scalar(subject)}: {namespace: …}}` };
}

function scalar(text: string): string {
  return /^[A-Za-z][\w./*-]*$/.test(text) && !text.includes("**/") ? text : JSON.stringify(text);
}
