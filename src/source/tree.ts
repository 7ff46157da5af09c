/** Where bytes come from: one small interface, so that a disk, a git commit and a map in memory are the same pipeline. */

export interface TreeEntry {
  readonly name: string;
  readonly type: "file" | "directory" | "link" | "other";
}

/** A read failure as a value: what was asked for and why it could not be had. */
export interface ReadFailure {
  readonly path: string;
  readonly reason: string;
  /** It is there and may be read, but is larger than anything that is read. */
  readonly tooLarge?: true;
}

/**
 * Paths use `/`, are relative to the tree's root (or absolute), and never end in `/`; "." is the root.
 * Methods are synchronous and return failures instead of throwing.
 */
export interface FileTree {
  /** Absolute path of the root where it has one; then paths that lead above it with `..` work as well. */
  readonly root?: string;
  /** What a path is after following links; undefined when there is nothing. `identity` is equal for two paths of one directory. */
  stat(
    path: string,
  ):
    | { readonly type: "file" | "directory" | "other"; readonly size: number; readonly identity: string }
    | undefined;
  /** Why `stat` found nothing, for people; without it nothing is there. */
  whyAbsent?(path: string): string;
  /** The entries of a directory, in any order. */
  list(path: string): readonly TreeEntry[] | ReadFailure;
  /** The bytes of a file. */
  read(path: string): Uint8Array | ReadFailure;
}

/** A tree over a map of path → text, for tests, browsers, standard input and functions. */
export function memoryTree(files: Readonly<Record<string, string | Uint8Array>>): FileTree {
  const bytes = new Map<string, Uint8Array>();
  const directories = new Map<string, Map<string, TreeEntry>>([[".", new Map()]]);
  for (const [path, content] of Object.entries(files)) {
    bytes.set(path, typeof content === "string" ? new TextEncoder().encode(content) : content);
    const parts = path.split("/");
    let parent = ".";
    parts.forEach((name, index) => {
      const here = parent === "." ? name : `${parent}/${name}`;
      const isFile = index === parts.length - 1;
      directories.get(parent)?.set(name, { name, type: isFile ? "file" : "directory" });
      if (!isFile && !directories.has(here)) directories.set(here, new Map());
      parent = here;
    });
  }
  return {
    stat(path) {
      const file = bytes.get(path);
      if (file) return { type: "file", size: file.length, identity: path };
      return directories.has(path) ? { type: "directory", size: 0, identity: path } : undefined;
    },
    list(path) {
      const entries = directories.get(path);
      return entries ? [...entries.values()] : { path, reason: "no such directory" };
    },
    read: (path) => bytes.get(path) ?? { path, reason: "no such file" },
  };
}

/** A tree in which some files have other bytes. */
export function overlayTree(tree: FileTree, files: ReadonlyMap<string, Uint8Array>): FileTree {
  return {
    ...tree,
    stat(path) {
      const found = tree.stat(path);
      const bytes = files.get(path);
      return found && bytes ? { ...found, size: bytes.length } : found;
    },
    read: (path) => files.get(path) ?? tree.read(path),
  };
}
