/** Where programs find the files of a tree: on disk where they are, or in a copy, where the tree is a commit. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { FileTree } from "../source/tree.ts";

export interface Ground {
  readonly tree: FileTree;
  /** The absolute path of a file or directory; with `around`, of one that may reach for others of the tree. */
  path(path: string, around?: "around"): string;
}

/** The files where they lie. */
export function diskGround(tree: FileTree): Ground {
  const isAbsolute = (path: string) => path.startsWith("/") || /^[A-Za-z]:/.test(path);
  return { tree, path: (path) => (isAbsolute(path) ? path : join(tree.root ?? ".", path)) };
}

/** Copies of them below a directory, made when they are asked for. Links are left out. */
export function copiedGround(tree: FileTree, directory: string): Ground {
  const known = new Set<string>();
  const copy = (path: string): void => {
    if (known.has(path)) return;
    known.add(path);
    if (tree.stat(path)?.type === "directory") {
      const entries = tree.list(path);
      if ("reason" in entries) return;
      mkdirSync(join(directory, path), { recursive: true });
      for (const { name, type } of entries)
        if (type === "file" || type === "directory") copy(path === "." ? name : `${path}/${name}`);
      return;
    }
    const bytes = tree.read(path);
    if ("reason" in bytes) return;
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), bytes);
  };
  return {
    tree,
    path(path, around) {
      const isInside = !path.startsWith("/") && path !== ".." && !path.startsWith("../");
      if (isInside) copy(around ? "." : path);
      return join(directory, path);
    },
  };
}
