/** Where a path leads in a commit, links followed. */
import { absolutePath, pathBelow } from "../source/path.ts";
import type { TreeEntry } from "../source/tree.ts";
import type { BlobReader, Entry } from "./git-blobs.ts";

/** The files of a commit. */
export interface Listing {
  /** By their paths from the top. */
  readonly entries: ReadonlyMap<string, Entry>;
  readonly directories: ReadonlyMap<string, readonly TreeEntry[]>;
}

/** Links behind links, as Linux counts them. */
const mostLinks = 40;

export type Found =
  | { readonly is: "file"; readonly path: string; readonly entry: Entry }
  | { readonly is: "directory"; readonly path: string }
  /** Below `.git`; the path is from there. */
  | { readonly is: "repository"; readonly path: string }
  /** It lies outside of what the commit holds: in a submodule, or beyond the repository. */
  | { readonly is: "elsewhere"; readonly absolute: string };

/** Finds what an absolute path is in a commit whose top lies at `top`; undefined where nothing is there. */
export type Finder = (absolute: string) => Found | undefined;

/** A finder that reads links by a reader. */
export function pathFinder({ entries, directories }: Listing, top: string, blobs: BlobReader): Finder {
  const targets = new Map<string, string | undefined>();
  const targetOf = (link: string): string | undefined => {
    if (!targets.has(link)) {
      const bytes = blobs.read(link);
      targets.set(link, "reason" in bytes ? undefined : new TextDecoder().decode(bytes));
    }
    return targets.get(link);
  };
  const find = (absolute: string, links: number): Found | undefined => {
    const below = absolute === top ? "" : pathBelow(top, absolute);
    if (below === undefined) return { is: "elsewhere", absolute };
    // Of the repository itself a commit holds nothing; it is the same for all of them.
    if (below === ".git" || below.startsWith(".git/")) return { is: "repository", path: below.slice(5) };
    const parts = below === "" ? [] : below.split("/");
    let here = "";
    for (const [index, part] of parts.entries()) {
      here = here === "" ? part : `${here}/${part}`;
      const entry = entries.get(here);
      if (!entry) {
        if (directories.has(here)) continue;
        return undefined;
      }
      const rest = parts.slice(index + 1);
      if (entry.mode === "160000") return { is: "elsewhere", absolute: [top, here, ...rest].join("/") };
      if (entry.mode !== "120000") return rest.length === 0 ? { is: "file", path: here, entry } : undefined;
      const target = links < mostLinks ? targetOf(here) : undefined;
      if (target === undefined) return undefined;
      const from = `${top}/${here}`.replace(/\/[^/]*$/, "");
      return find(absolutePath(from, [target, ...rest].join("/")), links + 1);
    }
    return { is: "directory", path: below };
  };
  return (absolute) => find(absolute, 0);
}

/** The directories of files, with what each lists. */
export function directoriesOf(
  entries: ReadonlyMap<string, Entry>,
): ReadonlyMap<string, readonly TreeEntry[]> {
  const directories = new Map<string, TreeEntry[]>([["", []]]);
  const inside = (path: string): TreeEntry[] => {
    const known = directories.get(path);
    if (known) return known;
    const made: TreeEntry[] = [];
    directories.set(path, made);
    const slash = path.lastIndexOf("/");
    inside(slash < 0 ? "" : path.slice(0, slash)).push({ name: path.slice(slash + 1), type: "directory" });
    return made;
  };
  for (const [path, { mode }] of entries) {
    const slash = path.lastIndexOf("/");
    const type = mode === "120000" ? "link" : mode === "160000" ? "directory" : "file";
    inside(slash < 0 ? "" : path.slice(0, slash)).push({ name: path.slice(slash + 1), type });
  }
  return directories;
}
