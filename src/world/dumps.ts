/** Namespaces dumped from a cluster: where the files lie, and which of them tell nothing. */
import { locationOf } from "../source/locate.ts";
import type { FileTree } from "../source/tree.ts";
import type { WalkFailure } from "../source/walk.ts";
import { type Collected, directoryOf } from "./collect.ts";
import { searchedDirectories } from "./config-place.ts";

const dumpDirectory = ".sidelint";

/**
 * The dumps that `kubectl get ns -o yaml > .sidelint/namespaces.yaml` leaves behind: those beside the configuration, else in
 * the nearest directory where a configuration would be looked for, else where the command runs.
 */
export function findDumps(
  tree: FileTree,
  paths: readonly string[] = ["."],
  configPath?: string,
): readonly string[] {
  const beside = configPath === undefined ? [] : [directoryOf(configPath)];
  for (const directory of [...beside, ...searchedDirectories(tree, paths), "."]) {
    const found = dumpsIn(tree, directory);
    if (found.length > 0) return found;
  }
  return [];
}

function dumpsIn(tree: FileTree, directory: string): readonly string[] {
  const here = directory === "." ? dumpDirectory : `${directory}/${dumpDirectory}`;
  if (tree.stat(here)?.type !== "directory") return [];
  const entries = tree.list(here);
  if ("reason" in entries) return [];
  return entries
    .filter(({ name }) => /\.(?:ya?ml|json)$/.test(name))
    .map(({ name }) => `${here}/${name}`)
    .sort();
}

/** The dumps that tell of no namespace, with the reason: whoever names one, or lays it there, counts on it. */
export function dumpFailures(dumps: Collected, paths: readonly string[]): readonly WalkFailure[] {
  return paths.flatMap((path): readonly WalkFailure[] => {
    const isNamespace = ({ kind }: { readonly kind: string }) => kind === "Namespace";
    if (dumps.resources.get(path)?.some(isNamespace)) return [];
    return [{ path, reason: reasonFor(path, dumps) }];
  });
}

function reasonFor(path: string, { skipped, problems }: Collected): string {
  const unread = skipped.find((one) => one.path === path && one.reason === "unreadable");
  if (unread) return unread.detail;
  const broken = problems.find(({ file }) => file.path === path);
  if (!broken) return "holds no Namespace (was it written by kubectl get ns -o yaml?)";
  const { file, error } = broken;
  const { line } = locationOf(file, { start: error.offset, end: error.offset });
  return `cannot be read as namespaces: ${error.message} (line ${line})`;
}
