/** What is found in several clusters, told once with the clusters that it is found in. */
import type { Finding } from "./finding.ts";
import { inOrder } from "./run.ts";

/** What is found in one cluster. */
export interface FoundInCluster {
  readonly cluster: string | null;
  readonly findings: readonly Finding[];
}

/**
 * The findings of all clusters, in order: those that say the same of the same place are one, about the workloads of all of them, and
 * name the clusters. The findings of one cluster are left as they are.
 */
export function inClusters(all: readonly FoundInCluster[]): readonly Finding[] {
  const [only, ...others] = all;
  if (others.length === 0) return only?.findings ?? [];
  const told = new Map<string, Finding>();
  for (const { cluster, findings } of all) {
    for (const finding of findings) {
      const key = keyOf(finding);
      const known = told.get(key) ?? { ...finding, clusters: [] };
      told.set(key, {
        ...known,
        workloads: [...new Set([...known.workloads, ...finding.workloads])],
        clusters: [...(known.clusters ?? []), cluster ?? ""],
      });
    }
  }
  return [...told.values()].sort(inOrder);
}

function keyOf({ rule, severity, message, help, location, group, count }: Finding): string {
  return [rule, severity, location.file, location.start, location.end, message, help, group, count].join(
    "\n",
  );
}
