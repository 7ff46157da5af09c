/** How far reading may go when files name other files: no further than the repository. */
import { absolutePath, isInside, relativePath } from "./path.ts";
import type { FileTree } from "./tree.ts";

/** Whether a path is beyond reach, by name or by what its links lead to. */
export type IsOutside = (path: string) => boolean;

/**
 * What lies outside of the repositories of the working directory and of the given paths: the directories with `.git` at or
 * above them; without one, the directory itself, and that of a given file. What goes through one of `refusedLinks` is
 * outside too.
 */
export function outsideOf(
  tree: FileTree,
  paths: readonly string[],
  refusedLinks: readonly string[],
): IsOutside {
  const cwd = (tree.root ?? "").replace(/\/$/, "");
  const tops = [cwd, ...paths.map((path) => directoryAt(tree, cwd, absolutePath(cwd, path)))].map(
    (directory) => repositoryAbove(tree, cwd, directory) ?? directory,
  );
  const real = (absolute: string) => tree.stat(relativePath(cwd, absolute))?.identity;
  const roots = new Set([...tops, ...tops.flatMap((top) => real(top) ?? [])]);
  const isBelow = (path: string) => [...roots].some((root) => isInside(root, path));
  const refused = refusedLinks.map((link) => absolutePath(cwd, link));
  const decide = (path: string) => {
    const absolute = absolutePath(cwd, path);
    if (!isBelow(absolute) || refused.some((link) => isInside(link, absolute))) return true;
    const identity = real(absolute);
    return identity !== undefined && !isBelow(identity);
  };
  const known = new Map<string, boolean>();
  return (path) => {
    const before = known.get(path);
    if (before !== undefined) return before;
    const outside = decide(path);
    known.set(path, outside);
    return outside;
  };
}

/** Whether the working directory or one of the given paths lies in a repository. */
export function hasRepository(tree: FileTree, paths: readonly string[]): boolean {
  const cwd = (tree.root ?? "").replace(/\/$/, "");
  const tops = [cwd, ...paths.map((path) => directoryAt(tree, cwd, absolutePath(cwd, path)))];
  return tops.some((directory) => repositoryAbove(tree, cwd, directory) !== undefined);
}

function directoryAt(tree: FileTree, cwd: string, absolute: string): string {
  if (tree.stat(relativePath(cwd, absolute))?.type === "directory") return absolute;
  return absolute.slice(0, Math.max(absolute.lastIndexOf("/"), 0));
}

/** The directory with `.git` at or above another. */
export function repositoryAbove(tree: FileTree, cwd: string, start: string): string | undefined {
  for (let directory = start; ; directory = directory.slice(0, directory.lastIndexOf("/"))) {
    const path = relativePath(cwd, directory);
    const git = path === "." ? ".git" : path.endsWith("/") ? `${path}.git` : `${path}/.git`;
    if (tree.stat(git)) return directory;
    if (!directory.includes("/")) return undefined;
  }
}
