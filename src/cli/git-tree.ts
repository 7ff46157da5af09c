/** The files of a commit as a tree, read from git's objects; what lies outside of the repository is read from the disk. */
import { largestFileSize, nothingThere } from "../source/disk.ts";
import { absolutePath, pathBelow } from "../source/path.ts";
import type { FileTree } from "../source/tree.ts";
import type { Commit, Repository } from "./git.ts";
import { blobReader, type Entry } from "./git-blobs.ts";
import { directoriesOf, type Found, pathFinder } from "./git-paths.ts";

/** A tree that knows which files of two commits are the same. */
export interface CommitTree extends FileTree {
  /** The object of a file, by the tree's path; undefined where there is none, and for links. */
  idOf(path: string): string | undefined;
  /** The commits of its submodules, by their paths from the top. */
  readonly submodules: ReadonlyMap<string, string>;
}

export interface CommitTreeOptions {
  /** The files on disk, with the root that this tree will have. */
  readonly disk: FileTree;
  /** Whether a file, by its path from the top, has the same content on disk, where it is read faster. */
  readonly isOnDisk?: (path: string) => boolean;
  /** Whether the content of a file, by its object and the tree's path, is known and will not be asked for. */
  readonly isKnown?: (path: string, id: string) => boolean;
  readonly largest?: number;
}

/** The tree of a commit; undefined where its objects are not all here, with what git says of it. */
export function commitTree(
  repository: Repository,
  { id: commit }: Commit,
  options: CommitTreeOptions,
): CommitTree | { readonly reason: string } {
  const { git } = repository;
  const list = ["ls-tree", "-r", "-z", "--full-tree", commit];
  const sized = git(["ls-tree", "-l", ...list.slice(1)]);
  // Of what a partial clone lacks git knows no size.
  const listed = sized.ok ? sized : git(list);
  if (!listed.ok) return { reason: listed.says };
  const entries = entriesOf(listed.bytes.toString());
  return treeOver(entries, repository, options);
}

/** `mode SP type SP id [SP size] TAB path NUL`, the size padded. */
function entriesOf(listed: string): ReadonlyMap<string, Entry> {
  const entries = new Map<string, Entry>();
  for (let start = 0; start < listed.length; ) {
    const end = listed.indexOf("\0", start);
    const tab = listed.indexOf("\t", start);
    const [mode = "", , id = "", size] = listed.slice(start, tab).split(/ +/);
    entries.set(listed.slice(tab + 1, end), {
      mode,
      id,
      size: size && /^\d+$/.test(size) ? Number(size) : undefined,
    });
    start = end + 1;
  }
  return entries;
}

/** Where a commit's files stand in a tree. */
interface Places {
  /** The top of the repository, and the root of the tree. */
  readonly top: string;
  readonly root: string;
  /** The path in the tree of a path from the top. */
  given(path: string): string;
}

function placesOf(repository: Repository, disk: FileTree): Places {
  const top = repository.top.replace(/\/$/, "");
  const root = (disk.root ?? top).replace(/\/$/, "");
  return { top, root, given: (path) => pathBelow(root, `${top}/${path}`) ?? `${top}/${path}` };
}

function treeOver(
  entries: ReadonlyMap<string, Entry>,
  repository: Repository,
  { disk, isOnDisk = () => false, isKnown = () => false, largest = largestFileSize }: CommitTreeOptions,
): CommitTree {
  const places = placesOf(repository, disk);
  const { top, root, given } = places;
  // What is known elsewhere is asked for by nobody, or by somebody who asks for all of it.
  const blobs = blobReader(entries, repository.git, largest, (path, id) => {
    if (pathBelow(root, `${top}/${path}`) === undefined) return "";
    return isOnDisk(path) || isKnown(given(path), id) ? "known:" : "new:";
  });
  const directories = directoriesOf(entries);
  const find = pathFinder({ entries, directories }, top, blobs);
  const absoluteOf = (path: string) => absolutePath(root, path);
  return {
    root,
    submodules: new Map(
      [...entries].filter(([, { mode }]) => mode === "160000").map(([path, { id }]) => [path, id]),
    ),
    idOf(path) {
      const below = pathBelow(top, absoluteOf(path));
      const entry = below === undefined ? undefined : entries.get(below);
      return entry?.mode.startsWith("100") ? entry.id : undefined;
    },
    stat(path) {
      const absolute = absoluteOf(path);
      const found = find(absolute);
      if (absolute === root) return { type: "directory", size: 0, identity: root };
      return found && statOf(found, absolute, repository, places, disk);
    },
    whyAbsent(path) {
      const found = find(absoluteOf(path));
      return found?.is === "elsewhere" ? (disk.whyAbsent?.(found.absolute) ?? nothingThere) : nothingThere;
    },
    list(path) {
      const found = find(absoluteOf(path));
      if (found?.is === "elsewhere") return disk.stat(found.absolute) ? disk.list(found.absolute) : [];
      if (found?.is === "directory") return directories.get(found.path) ?? [];
      return absoluteOf(path) === root ? [] : { path, reason: nothingThere };
    },
    read(path) {
      const found = find(absoluteOf(path));
      if (!found) return { path, reason: nothingThere };
      if (found.is === "elsewhere") return disk.read(found.absolute);
      if (found.is === "repository" && found.path === "config") return disk.read(repository.config);
      if (found.is !== "file") return { path, reason: "is a directory" };
      if (isOnDisk(found.path)) {
        const bytes = disk.read(`${top}/${found.path}`);
        if (!("reason" in bytes)) return bytes;
      }
      const bytes = blobs.read(found.path);
      return "reason" in bytes ? { ...bytes, path } : bytes;
    },
  };
}

function statOf(
  found: Found,
  absolute: string,
  { config }: Repository,
  { top }: Places,
  disk: FileTree,
): ReturnType<FileTree["stat"]> {
  if (found.is === "elsewhere") return disk.stat(found.absolute);
  if (found.is === "repository") {
    // The commit's own repository ends here, also where its objects and its configuration lie elsewhere.
    if (found.path === "") return { type: "directory", size: 0, identity: absolute };
    const stat = found.path === "config" ? disk.stat(config) : undefined;
    return stat && { ...stat, identity: absolute };
  }
  const identity = found.path === "" ? top : `${top}/${found.path}`;
  return found.is === "file"
    ? { type: "file", size: found.entry.size ?? 0, identity }
    : { type: "directory", size: 0, identity };
}
