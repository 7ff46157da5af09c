/** The clusters that --cluster names: each a dump, a name with a dump, or the name of one in the configuration. */
import { meantBy } from "../kube/nearest.ts";
import { plain } from "../report/cells.ts";
import { withSlashes } from "../source/disk.ts";
import type { FileTree } from "../source/tree.ts";
import type { ClusterSource } from "../world/clusters.ts";
import type { Config } from "../world/config.ts";
import type { Reading } from "../world/read.ts";
import { UsageError } from "./usage.ts";

/** The parts of a value of --cluster; without a name the path may be the name of a cluster in the configuration. */
export function clusterFlag(value: string): { readonly name: string | undefined; readonly path: string } {
  const [, name, path = value] = /^([A-Za-z0-9][-A-Za-z0-9._]*)=(.+)$/s.exec(value) ?? [];
  return { name, path: withSlashes(path) };
}

/** Reads the values of --cluster. Dumps of one name are one cluster. Throws a UsageError for a dump that is not there. */
export function clusterSources(values: readonly string[], disk: FileTree): readonly ClusterSource[] {
  const found = new Map<string, ClusterSource>();
  for (const value of values) {
    const { name, path } = clusterFlag(value);
    const isThere = disk.stat(path) !== undefined;
    if (name !== undefined && !isThere)
      throw new UsageError(plain(`--cluster ${value}: ${path} is not there; it takes a file or a directory`));
    const called = name ?? (isThere ? stemOf(path) : path);
    const before = found.get(called)?.dumps ?? [];
    found.set(called, { name: called, dumps: isThere ? [...before, path] : before });
  }
  const all = [...found.values()];
  const [only] = all;
  // One that nobody named needs no name.
  const isUnnamed = all.length === 1 && only?.dumps.length !== 0 && values.every(isNameless);
  return isUnnamed && only ? [{ ...only, name: null }] : all;
}

function isNameless(value: string): boolean {
  return clusterFlag(value).name === undefined;
}

function stemOf(path: string): string {
  const name = path.replace(/\/+$/, "").split("/").at(-1) ?? path;
  return name.replace(/\.(?:ya?ml|json)$/, "");
}

/** The clusters with those that only the configuration knows. Throws a UsageError for a name that it does not know either. */
export function knownClusters(
  asked: readonly ClusterSource[],
  { clusters = {} }: Config,
): readonly ClusterSource[] {
  for (const { name, dumps } of asked) {
    if (name === null || dumps.length > 0 || Object.hasOwn(clusters, name)) continue;
    const known = Object.keys(clusters);
    const meant = meantBy(name, known);
    const hint = meant === undefined ? "" : ` (did you mean ${meant}?)`;
    const names = known.length === 0 ? "" : ` and no cluster of the configuration (${known.join(", ")})`;
    throw new UsageError(plain(`--cluster ${name}: there is no such file or directory${names}${hint}`));
  }
  return asked;
}

/** Throws a UsageError where there are several clusters and a command is for one. */
export function mustBeOneCluster(command: string, { worlds }: Pick<Reading, "worlds">): void {
  if (worlds.length < 2) return;
  const names = worlds.map(({ cluster }) => cluster).join(", ");
  throw new UsageError(plain(`${command} is for one cluster; name it with --cluster (there are ${names})`));
}
