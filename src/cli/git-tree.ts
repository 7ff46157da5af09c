/** The files of a commit as a tree, read from git's objects; what lies outside of the repository is read from the disk. */
import { largestFileSize, nothingThere, tooLarge } from "../source/disk.ts";
import { once } from "../source/once.ts";
import { absolutePath, pathBelow } from "../source/path.ts";
import type { FileTree, TreeEntry } from "../source/tree.ts";
import type { Commit, Git, Repository } from "./git.ts";

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

interface Entry {
  readonly mode: string;
  readonly id: string;
  /** Undefined for a submodule, and for what a partial clone has not fetched. */
  readonly size: number | undefined;
}

/** Bytes that are asked for in one go. */
const batchSize = 32 * 1024 * 1024;
/** Bytes that are kept for whoever asks again. */
const mostKept = 256 * 1024 * 1024;
/** Links behind links, as Linux counts them. */
const mostLinks = 40;

/** The tree of a commit; undefined where its objects are not all here, with what git says of it. */
export function commitTree(
  { git, top }: Repository,
  { id: commit }: Commit,
  options: CommitTreeOptions,
): CommitTree | { readonly reason: string } {
  const list = ["ls-tree", "-r", "-z", "--full-tree", commit];
  const sized = git(["ls-tree", "-l", ...list.slice(1)]);
  // Of what a partial clone lacks git knows no size.
  const listed = sized.ok ? sized : git(list);
  if (!listed.ok) return { reason: listed.says };
  const entries = entriesOf(listed.bytes.toString());
  return treeOver(entries, top.replace(/\/$/, ""), git, options);
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

type Found =
  | { readonly is: "file"; readonly path: string; readonly entry: Entry }
  | { readonly is: "directory"; readonly path: string }
  /** It lies outside of what the commit holds: in a submodule, or beyond the repository. */
  | { readonly is: "elsewhere"; readonly absolute: string };

function treeOver(
  entries: ReadonlyMap<string, Entry>,
  top: string,
  git: Git,
  { disk, isOnDisk = () => false, isKnown = () => false, largest = largestFileSize }: CommitTreeOptions,
): CommitTree {
  const root = (disk.root ?? top).replace(/\/$/, "");
  const directories = directoriesOf(entries);
  const submodules = new Map(
    [...entries].filter(([, { mode }]) => mode === "160000").map(([path, { id }]) => [path, id]),
  );
  // What is known elsewhere is asked for by nobody, or by somebody who asks for all of it.
  const blobs = blobReader(entries, git, largest, (path, id) => {
    if (pathBelow(root, `${top}/${path}`) === undefined) return "";
    return isOnDisk(path) || isKnown(given(path), id) ? "known:" : "new:";
  });
  const gitDirectory = `${top}/.git`;

  function given(path: string): string {
    return pathBelow(root, `${top}/${path}`) ?? `${top}/${path}`;
  }

  const targets = new Map<string, string | undefined>();
  function targetOf(link: string): string | undefined {
    if (!targets.has(link)) {
      const bytes = blobs.read(link);
      targets.set(link, "reason" in bytes ? undefined : new TextDecoder().decode(bytes));
    }
    return targets.get(link);
  }

  /** Follows the links on the way to a path, and at its end. */
  function find(absolute: string, links = 0): Found | undefined {
    const below = absolute === top ? "" : pathBelow(top, absolute);
    if (below === undefined) return { is: "elsewhere", absolute };
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
  }

  const absoluteOf = (path: string) => absolutePath(root, path);
  return {
    root,
    submodules,
    idOf(path) {
      const below = pathBelow(top, absoluteOf(path));
      const entry = below === undefined ? undefined : entries.get(below);
      return entry?.mode.startsWith("100") ? entry.id : undefined;
    },
    stat(path) {
      const absolute = absoluteOf(path);
      // The commit's own repository ends here, also where its objects lie elsewhere.
      if (absolute === gitDirectory) return { type: "directory", size: 0, identity: absolute };
      if (absolute === root) return { type: "directory", size: 0, identity: root };
      const found = find(absolute);
      if (!found) return undefined;
      if (found.is === "elsewhere") return disk.stat(found.absolute);
      const identity = found.path === "" ? top : `${top}/${found.path}`;
      return found.is === "file"
        ? { type: "file", size: found.entry.size ?? 0, identity }
        : { type: "directory", size: 0, identity };
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
      if (found.is === "directory") return { path, reason: "is a directory" };
      if (isOnDisk(found.path)) {
        const bytes = disk.read(`${top}/${found.path}`);
        if (!("reason" in bytes)) return bytes;
      }
      const bytes = blobs.read(found.path);
      return "reason" in bytes ? { ...bytes, path } : bytes;
    },
  };
}

function directoriesOf(entries: ReadonlyMap<string, Entry>): ReadonlyMap<string, readonly TreeEntry[]> {
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

interface BlobReader {
  read(
    path: string,
  ): Uint8Array | { readonly path: string; readonly reason: string; readonly tooLarge?: true };
}

/** Files whose content a scan asks for, one after the other, in the order of their paths. */
const manifest = /(?:\.ya?ml|\.json|(?:^|\/)Kustomization|(?:^|\/)\.(?:git|sidelint)ignore)$/;

/**
 * Reads objects by the batch: whoever asks for a manifest of the directory that is scanned will ask for those that follow it; of anything
 * else, for what lies beside it. What was read is kept as long as that is not much.
 */
function blobReader(
  entries: ReadonlyMap<string, Entry>,
  git: Git,
  largest: number,
  /** Which files are asked for together. */
  groupOf: (path: string, id: string) => string,
): BlobReader {
  const contents = new Map<string, Uint8Array>();
  const asked = new Set<string>();
  let loaded = 0;
  const groups = once(() => {
    const known = new Map<string, string[]>();
    for (const [path, { id, mode, size }] of entries) {
      if (mode === "160000" || (size ?? 0) > largest) continue;
      const group = groupIn(path, groupOf(path, id));
      const files = known.get(group);
      if (files) files.push(path);
      else known.set(group, [path]);
    }
    return known;
  });
  const load = (path: string, { id }: Entry): void => {
    const group = asked.has(path) ? [] : (groups().get(groupIn(path, groupOf(path, id))) ?? []);
    const batch = new Set([path]);
    let size = 0;
    for (let index = group.indexOf(path) + 1; index < group.length && size < batchSize; index++) {
      const one = group[index] ?? path;
      if (asked.has(one)) continue;
      size += entries.get(one)?.size ?? 0;
      batch.add(one);
    }
    const ids = [...batch].flatMap((one) => entries.get(one)?.id ?? []);
    const read = contentsOf(git, new Set(ids));
    for (const one of batch) {
      asked.add(one);
      const bytes = read.get(entries.get(one)?.id ?? "");
      if (bytes) contents.set(one, bytes);
      loaded += bytes?.length ?? 0;
    }
  };
  return {
    read(path) {
      const entry = entries.get(path);
      if (!entry) return { path, reason: nothingThere };
      const { size = 0 } = entry;
      if (size > largest) return { path, reason: tooLarge(size, largest), tooLarge: true };
      if (!contents.has(path)) load(path, entry);
      const bytes = contents.get(path);
      if (loaded > mostKept) contents.delete(path);
      if (bytes && bytes.length > largest)
        return { path, reason: tooLarge(bytes.length, largest), tooLarge: true };
      return bytes ?? { path, reason: notHere };
    },
  };
}

const notHere =
  "its content is not in this clone, which is a partial one (git fetch --refetch --no-filter brings it)";

/** Manifests by the group, in the order in which they are listed; other files by the directory. */
function groupIn(path: string, group: string): string {
  return manifest.test(path) && group !== "" ? group : path.slice(0, path.lastIndexOf("/") + 1);
}

/** The contents of objects by their ids, without those that are not here. `id SP type SP size LF content LF`, or `id SP missing LF`. */
function contentsOf(git: Git, ids: ReadonlySet<string>): ReadonlyMap<string, Uint8Array> {
  const contents = new Map<string, Uint8Array>();
  const { bytes } = git(["cat-file", "--batch"], [...ids, ""].join("\n"));
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(10, start);
    const [id = "", type, size] = bytes.toString("latin1", start, end).split(" ");
    if (end < 0) break;
    start = end + 1;
    if (type !== "blob") continue;
    contents.set(id, bytes.subarray(start, start + Number(size)));
    start += Number(size) + 1;
  }
  return contents;
}
