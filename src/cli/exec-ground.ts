/** Copies of what programs may see of a tree: directories without links, in which nothing leads out of the repository. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { absolutePath } from "../source/path.ts";
import type { FileTree } from "../source/tree.ts";

/** Where programs find files of a tree. */
export interface Ground {
  readonly tree: FileTree;
  isOutside(path: string): boolean;
  /**
   * Copies a directory to an absolute path, but for files that are not kept; what comes back says why it cannot be. Links that lead out of the
   * repository are refused.
   */
  copy(directory: string, to: string, isKept: (path: string) => boolean): string | undefined;
  /** Copies directories side by side, each where the others expect it, and gives the absolute path of one. Links that lead out are left out. */
  lay(directories: readonly string[]): { path(directory: string): string } | { readonly failure: string };
}

/** More than charts and kustomizations have. */
const mostFiles = 50_000;
const tooMany = `it has more than ${mostFiles} files`;
const mostBytes = 512 * 1024 * 1024;

/** What is copied with one call, and what was copied before. */
interface Copying {
  readonly tree: FileTree;
  readonly isOutside: (path: string) => boolean;
  /** Whether nothing may be left out. */
  readonly isWhole: boolean;
  readonly isKept: (path: string) => boolean;
  readonly done: Set<string>;
  files: number;
  bytes: number;
}

/** Copies of a tree below a directory of ours. */
export function copiedGround(
  tree: FileTree,
  isOutside: (path: string) => boolean,
  directory: string,
): Ground {
  const root = (tree.root ?? "").replace(/\/$/, "");
  const isKept = () => true;
  const laid: Copying = { isKept, tree, isOutside, isWhole: false, done: new Set(), files: 0, bytes: 0 };
  const place = (path: string) => join(directory, absolutePath(root, path).replace(/^([A-Za-z]):/, "$1"));
  return {
    tree,
    isOutside,
    copy: (from, to, isKept) => copied(from, to, { ...laid, isKept, isWhole: true, done: new Set() }, []),
    lay(directories) {
      for (const one of directories) {
        const failure = copied(one, place(one), laid, []);
        if (failure !== undefined) return { failure };
      }
      return { path: place };
    },
  };
}

/** `above`: what the directories above it are, links followed. */
function copied(from: string, to: string, copying: Copying, above: readonly string[]): string | undefined {
  const { tree, isOutside, isWhole, done } = copying;
  if (done.has(to)) return undefined;
  done.add(to);
  if (above.length === 0 && isOutside(from)) return `${from} is outside of the repository`;
  const { identity = from } = tree.stat(from) ?? {};
  if (above.includes(identity)) return `${from} is a link that leads in circles`;
  if (++copying.files > mostFiles) return tooMany;
  const entries = tree.list(from);
  if ("reason" in entries) return `${from}: ${entries.reason}`;
  mkdirSync(to, { recursive: true });
  for (const { name, type } of entries) {
    const path = from === "." ? name : `${from}/${name}`;
    // What git holds was not always made by git.
    if (name === "" || name === "." || name === ".." || /[/\\]/.test(name)) return `${path} has an odd name`;
    if (name === ".git" || type === "other") continue;
    if (type === "link" && isOutside(path)) {
      if (isWhole) return `${path} is a link that leads out of the repository`;
      continue;
    }
    const real = type === "link" ? tree.stat(path)?.type : type;
    const failure =
      real === "directory"
        ? copied(path, join(to, name), copying, [...above, identity])
        : real === "file"
          ? copiedFile(path, join(to, name), copying)
          : undefined;
    if (failure !== undefined) return failure;
  }
  return undefined;
}

function copiedFile(from: string, to: string, copying: Copying): string | undefined {
  if (!copying.isKept(from)) return undefined;
  const bytes = copying.tree.read(from);
  // What is missing of a kustomization kustomize misses itself, if it asks for it.
  if ("reason" in bytes) return copying.isWhole ? `${from}: ${bytes.reason}` : undefined;
  copying.bytes += bytes.length;
  if (++copying.files > mostFiles) return tooMany;
  if (copying.bytes > mostBytes) return `it has more than ${mostBytes / 1024 / 1024} MB`;
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to, bytes);
  return undefined;
}
