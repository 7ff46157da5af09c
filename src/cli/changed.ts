/** `check --changed`: the paths are files that changed, and the repository around them is read. */
import type { ChangedFiles } from "../report/changed.ts";
import { diskTree, withSlashes } from "../source/disk.ts";
import { absolutePath, isInside, relativePath } from "../source/path.ts";

import { searchedDirectories } from "../world/config-place.ts";
import type { Io } from "./io.ts";
import { UsageError } from "./usage.ts";

/** What changed, and what has to be read to judge it. */
export interface Changed extends ChangedFiles {
  /** The top of the repository. */
  readonly top: string;
}

/**
 * Finds the repository of the files that changed. They need not be there any more, nor be manifests; a directory stands for all that is
 * in it. Throws a UsageError for standard input, and for files outside of the repository in which the command runs.
 */
export function changedFiles(args: readonly string[], { cwd, stderr }: Io): Changed {
  if (args.includes("-"))
    throw new UsageError("--changed takes names of files, and standard input (-) has none");
  if (args.includes("")) throw new UsageError("a path is empty; the directory here is .");
  if (args.length === 0) stderr("sidelint: --changed: no file is named, so there is nothing to report\n");
  const tree = diskTree(cwd);
  const root = (tree.root ?? "").replace(/\/$/, "");
  const changed = args.map((arg) => absolutePath(root, withSlashes(arg)));
  const top = searchedDirectories(tree, ["."]).at(-1) ?? ".";
  const absoluteTop = absolutePath(root, top);
  const stray = args.find((_, index) => !isInside(absoluteTop, changed[index] ?? ""));
  if (stray !== undefined)
    throw new UsageError(
      `--changed ${stray}: it lies outside of ${relativePath(root, absoluteTop)}, the repository here`,
    );
  const files = new Set(changed);
  const beside = new Set(changed.map((path) => path.slice(0, path.lastIndexOf("/"))));
  const directories = changed.filter((path) => tree.stat(relativePath(root, path))?.type === "directory");
  return {
    top,
    isChanged(file) {
      const absolute = absolutePath(root, file);
      return files.has(absolute) || directories.some((directory) => isInside(directory, absolute));
    },
    isChangedIn: (directory) => beside.has(absolutePath(root, directory)),
  };
}
