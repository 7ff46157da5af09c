/** The two states that `sidelint diff` compares: what an argument names, and the files of it. */
import { meantBy } from "../kube/nearest.ts";
import { plain } from "../report/cells.ts";
import { diskTree, largestFileSize, withSlashes } from "../source/disk.ts";
import { absolutePath, pathBelow, relativePath } from "../source/path.ts";
import type { FileTree, TreeEntry } from "../source/tree.ts";
import {
  type Commit,
  changedOnDisk,
  commitOf,
  type Environment,
  isShallow,
  isSparse,
  mergeBase,
  type Repository,
  refNames,
  repositoryOf,
} from "./git.ts";
import { type CommitTree, commitTree } from "./git-tree.ts";
import type { Io } from "./io.ts";
import { UsageError } from "./usage.ts";

/** One state of the repository. */
export interface State {
  /** What people call it: "main", "working tree", "build/before". */
  readonly name: string;
  readonly tree: FileTree;
}

export interface States {
  readonly before: State;
  readonly after: State;
  /** Whether a file is the same in both, for certain, so that it need not be read twice. */
  isSame(path: string): boolean;
  /** What people should know of the comparison. */
  readonly remarks: readonly string[];
}

/** What an argument names. */
type Named =
  | { readonly is: "commit"; readonly name: string; readonly commit: Commit }
  | { readonly is: "disk"; readonly name: string; readonly directory: string };

/** The files here, as they are now. */
const workingTree = "working tree";

/**
 * Finds what one or two arguments name: a directory, a commit, or a range (`A..B`; `A...B` from where they parted). Without a second one
 * it is the working tree. Throws a UsageError for whatever is neither or could be both.
 */
export function openStates(
  args: readonly string[],
  fromMergeBase: boolean,
  { cwd, env }: Pick<Io, "cwd" | "env">,
): States {
  const here = diskTree(cwd);
  const root = withSlashes(here.root ?? cwd).replace(/\/$/, "");
  const finder = finderIn(root, here, env);
  const [one, other] = namedBy(args, fromMergeBase, finder, root);
  return statesOf(one, other, finder, root);
}

interface Finder {
  readonly here: FileTree;
  /** Throws a UsageError where there is none. */
  repository(argument: string): Repository;
  find(argument: string): Named;
  commit(argument: string): Commit;
}

function namedBy(
  args: readonly string[],
  fromMergeBase: boolean,
  finder: Finder,
  root: string,
): readonly [Named, Named] {
  const [first = "", second] = args;
  const range = second === undefined && !isPathLike(first) ? /^(.*?)(\.\.\.?)(.*)$/.exec(first) : null;
  if (range && finder.here.stat(first) === undefined) {
    const [, from = "", dots, to = ""] = range;
    const [a, b] = [finder.commit(from || "HEAD"), finder.commit(to || "HEAD")];
    return [asNamed(dots === "..." || fromMergeBase ? parting(a, b, finder) : a), asNamed(b)];
  }
  const before = finder.find(first);
  const after: Named =
    second === undefined ? { is: "disk", name: workingTree, directory: root } : finder.find(second);
  if (second === undefined && before.is === "commit" && !finder.repository(first).hasWorkTree)
    throw new UsageError(
      `this repository is bare: name a second commit, as in sidelint diff ${plain(first)} HEAD`,
    );
  if (!fromMergeBase) return [before, after];
  if (before.is !== "commit" || (second !== undefined && after.is !== "commit"))
    throw new UsageError("--merge-base is where two commits parted, and a directory is none");
  const tip = after.is === "commit" ? after.commit : finder.commit("HEAD");
  return [asNamed(parting(before.commit, tip, finder)), after];
}

function asNamed(commit: Commit): Named {
  return { is: "commit", name: commit.name, commit };
}

/** The last commit that two have in common. */
function parting(one: Commit, other: Commit, { repository }: Finder): Commit {
  const found = mergeBase(repository(one.name), one, other);
  if (found) return { ...found, name: `${one.name}...` };
  const hint = isShallow(repository(one.name)) ? `; ${deepen("")}` : "";
  throw new UsageError(plain(`${one.name} and ${other.name} have no commit in common here${hint}`));
}

function deepen(name: string): string {
  const fetch =
    name === "" ? "git fetch --unshallow" : `git fetch --depth=1 origin ${name.replace(/^origin\//, "")}`;
  return `the history is not all here (a shallow clone): ${fetch}, or fetch-depth: 0 for actions/checkout`;
}

function isPathLike(argument: string): boolean {
  return /^(?:\.{1,2}(?:[/\\]|$)|[/\\]|[A-Za-z]:[/\\])/.test(argument);
}

function finderIn(root: string, here: FileTree, env: Environment): Finder {
  let known: Repository | { readonly none: string } | undefined;
  const look = () => {
    known ??= repositoryOf(root || "/", env);
    return known;
  };
  const repository = (argument: string): Repository => {
    const found = look();
    if (!("none" in found)) return found;
    throw new UsageError(
      plain(`${argument}: no such directory, and no commit of a repository here (git: ${found.none})`),
    );
  };
  const directoryOf = (argument: string): Named | undefined => {
    const path = withSlashes(argument);
    if (here.stat(path)?.type !== "directory") return undefined;
    const directory = absolutePath(root, path);
    return {
      is: "disk",
      name: directory === root ? workingTree : argument.replace(/(.)\/+$/, "$1"),
      directory,
    };
  };
  const commit = (argument: string): Commit => {
    const found = commitOf(repository(argument), argument);
    if (found) return found;
    throw unknownCommit(argument, repository(argument), here);
  };
  return {
    here,
    repository,
    commit,
    find(argument) {
      if (argument === "") throw new UsageError("an argument is empty; the directory here is .");
      if (argument === "-")
        throw new UsageError("standard input (-) is no state: name a commit or a directory");
      const directory = directoryOf(argument);
      if (isPathLike(argument) && directory) return directory;
      const places = look();
      const found = "none" in places ? undefined : commitOf(places, argument);
      if (found && directory)
        throw new UsageError(
          plain(
            `${argument} is a directory and a name in git: write ./${argument} or refs/heads/${argument}`,
          ),
        );
      return directory ?? asNamed(commit(argument));
    },
  };
}

function unknownCommit(name: string, repository: Repository, here: FileTree): UsageError {
  if (name.startsWith("-")) return new UsageError(plain(`${name} begins with a dash, so it names no commit`));
  const file = here.stat(withSlashes(name));
  if (file) return new UsageError(plain(`${name} is a file: a state is a commit or a directory`));
  if (isShallow(repository)) return new UsageError(plain(`${name}: no such commit here; ${deepen(name)}`));
  const meant = meantBy(name, refNames(repository));
  const hint = meant === undefined ? "" : ` (did you mean ${meant}?)`;
  return new UsageError(plain(`${name}: no such commit or directory${hint}`));
}

function statesOf(one: Named, other: Named, { here, repository }: Finder, root: string): States {
  const onDisk = [one, other].find((named) => named.is === "disk" && named.directory === root);
  const open = (named: Named, earlier?: CommitTree): Opened => {
    if (named.is === "disk") {
      const tree = named.directory === root ? here : diskTree(named.directory);
      return { name: named.name, tree };
    }
    const opened = repository(named.name);
    const changed = onDisk && opened.hasWorkTree ? changedOnDisk(opened, named.commit) : undefined;
    const isOnDisk = (path: string) => changed !== undefined && !changed.has(path);
    const tree = commitTree(opened, named.commit, {
      disk: here,
      isOnDisk,
      ...(earlier && { isKnown: (path: string, id: string) => earlier.idOf(path) === id }),
    });
    if ("reason" in tree) throw new UsageError(plain(`${named.name}: git cannot read it: ${tree.reason}`));
    return { name: named.name, tree, commit: tree, repository: opened, isOnDisk };
  };
  const before = open(one);
  const after = open(other, before.commit);
  return {
    before: withSparse(before, after, here),
    after: withSparse(after, before, here),
    isSame: samenessOf(before, after, root),
    remarks: submoduleRemarks(before, after),
  };
}

interface Opened extends State {
  readonly commit?: CommitTree;
  readonly repository?: Repository;
  /** Whether a file, by its path from the top, is on disk as the commit has it. */
  readonly isOnDisk?: (path: string) => boolean;
}

function samenessOf(before: Opened, after: Opened, root: string): States["isSame"] {
  const { commit: one } = before;
  const { commit: other } = after;
  if (one && other)
    return (path) => {
      const id = one.idOf(path);
      return id !== undefined && id === other.idOf(path);
    };
  const { commit, repository, isOnDisk } = one ? before : after;
  if (!commit || !repository || !isOnDisk) return () => false;
  return (path) => {
    const below = pathBelow(repository.top, absolutePath(root, path));
    return below !== undefined && commit.idOf(path) !== undefined && isOnDisk(below);
  };
}

/** In a sparse checkout the disk lacks files that git counts as there and unchanged; they are taken from the other side's commit. */
function withSparse(state: Opened, { commit, repository, isOnDisk }: Opened, here: FileTree): State {
  if (state.tree !== here || !commit || !repository || !isOnDisk || !isSparse(repository)) return state;
  const { top } = repository;
  const root = (here.root ?? "").replace(/\/$/, "");
  const isThere = (path: string) => {
    const below = pathBelow(top, absolutePath(root, path));
    return below !== undefined && commit.stat(path) !== undefined && isOnDisk(below);
  };
  const tree: FileTree = {
    ...here,
    stat: (path) => here.stat(path) ?? (isThere(path) ? commit.stat(path) : undefined),
    list(path) {
      const listed = here.list(path);
      const more = commit.stat(path)?.type === "directory" ? commit.list(path) : [];
      if ("reason" in more || more.length === 0) return listed;
      const known: readonly TreeEntry[] = "reason" in listed ? [] : listed;
      const names = new Set(known.map(({ name }) => name));
      return [...known, ...more.filter(({ name }) => !names.has(name) && isThere(`${path}/${name}`))];
    },
    read(path) {
      const bytes = here.read(path);
      return "reason" in bytes && here.stat(path) === undefined && isThere(path) ? commit.read(path) : bytes;
    },
  };
  return { name: state.name, tree };
}

/** Submodules are read as they are checked out, in both states. */
function submoduleRemarks({ commit: one }: Opened, { commit: other }: Opened): readonly string[] {
  if (!one || !other) return [];
  return [...one.submodules].flatMap(([path, id]) =>
    other.submodules.get(path) === id
      ? []
      : [`${path} is a submodule whose commit differs: what is checked out of it counts for both states`],
  );
}

/** A tree in which some files are those of the disk, whatever the tree has there. Paths are relative to the tree's root. */
export function withDiskFiles(tree: FileTree, paths: readonly string[]): FileTree {
  const root = (tree.root ?? "").replace(/\/$/, "");
  const disk = diskTree(root || "/", largestFileSize, paths);
  const fromDisk = new Set(paths);
  return paths.length === 0
    ? tree
    : {
        ...tree,
        stat: (path) => (fromDisk.has(path) ? disk.stat(path) : tree.stat(path)),
        read: (path) => (fromDisk.has(path) ? disk.read(path) : tree.read(path)),
      };
}

/** A path of the command line as a tree's path. */
export function pathFor(tree: FileTree, cwd: string, path: string): string {
  const root = (tree.root ?? "").replace(/\/$/, "");
  return relativePath(root, absolutePath(withSlashes(cwd), withSlashes(path)));
}
