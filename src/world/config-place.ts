/** Where the configuration lies that holds for some paths, and what belongs to the same repository. */
import { absolutePath, isInside, relativePath } from "../source/path.ts";
import type { FileTree } from "../source/tree.ts";

const fileNames = ["sidelint.yaml", ".sidelint.yaml", "sidelint.yml"];

/**
 * The path of the configuration that holds for the given paths: the nearest one at or above the deepest directory that
 * contains them all, up to the top of the repository (where `.git` is). Undefined when there is none.
 */
export function findConfig(tree: FileTree, paths: readonly string[] = ["."]): string | undefined {
  return searchedDirectories(tree, paths)
    .flatMap((directory) => fileNames.map((name) => (directory === "." ? name : `${directory}/${name}`)))
    .find((path) => tree.stat(path)?.type === "file");
}

/**
 * Where something that holds for the given paths may lie: the deepest directory that contains them all and those above it, up
 * to the top of the repository; outside of one, up to where the command runs.
 */
export function searchedDirectories(tree: FileTree, paths: readonly string[]): readonly string[] {
  const top = absolutePath("", tree.root ?? "");
  const all = upwards(commonDirectory(tree, top, paths));
  const repository = all.findIndex((directory) => tree.stat(relativePath(top, `${directory}/.git`)));
  const searched =
    repository < 0 ? all.filter((directory) => isInside(top, directory)) : all.slice(0, repository + 1);
  return searched.map((directory) => relativePath(top, directory));
}

/** Whether there is more of the repository than the paths hold; false for files that are in none. */
export function isPart(tree: FileTree, paths: readonly string[]): boolean {
  const top = searchedDirectories(tree, paths).at(-1);
  if (top === undefined) return false;
  const root = absolutePath("", tree.root ?? "");
  const whole = absolutePath(root, top);
  return !paths.some((path) => isInside(absolutePath(root, path), whole));
}

function upwards(directory: string): readonly string[] {
  const parts = directory.split("/");
  return parts.map((_, index) => parts.slice(0, parts.length - index).join("/"));
}

/** The deepest directory that holds all paths, absolute. */
function commonDirectory(tree: FileTree, top: string, paths: readonly string[]): string {
  const directories = paths.map((path) => {
    const absolute = absolutePath(top, path).split("/");
    return tree.stat(path)?.type === "file" ? absolute.slice(0, -1) : absolute;
  });
  const [first = top.split("/"), ...others] = directories;
  const length = first.findIndex((part, index) => others.some((other) => other[index] !== part));
  return (length < 0 ? first : first.slice(0, length)).join("/");
}
