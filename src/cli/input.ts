/** From arguments to the files, the configuration and the options of a scan. */
import { relative, resolve } from "node:path";
import { nearest } from "../kube/nearest.ts";
import { plain } from "../report/cells.ts";
import {
  diskTree,
  expandGlobs,
  hasGlobMagic,
  largestFileSize,
  nothingThere,
  withSlashes,
} from "../source/disk.ts";
import type { FileTree } from "../source/tree.ts";
import type { ClusterSource } from "../world/clusters.ts";
import { clusterFlag, clusterSources } from "./clusters.ts";
import type { Io } from "./io.ts";
import type { ScanFlags } from "./options.ts";
import { UsageError } from "./usage.ts";

/** What a command reads. */
export interface Input {
  readonly tree: FileTree;
  readonly paths: readonly string[];
  /** The files among the paths that were named themselves. */
  readonly named: readonly string[];
  /** The name of what was read from standard input, where it was. */
  readonly stdin?: string;
  /** Dumps of namespaces that flags name. */
  readonly namespaceDumps: readonly string[];
  /** Clusters that flags name, with what was dumped of them. */
  readonly clusters: readonly ClusterSource[];
}

const STDIN_NAME = "stdin.yaml";

/**
 * Resolves the paths of a command line: files and directories as they are, globs expanded, `-` as a file of its own.
 * Throws a UsageError for a path that does not exist and a glob that matches nothing.
 */
export async function openInput(
  args: readonly string[],
  flags: Pick<ScanFlags, "stdinName" | "namespaces" | "cluster" | "config">,
  io: Io,
): Promise<Input> {
  const disk = diskTree(io.cwd, largestFileSize, [
    ...args,
    ...(flags.namespaces ?? []),
    ...(flags.cluster ?? []).map((value) => clusterFlag(value).path),
    ...(typeof flags.config === "string" ? [flags.config] : []),
  ]);
  const stdinName = withSlashes(relative(io.cwd, resolve(io.cwd, flags.stdinName ?? STDIN_NAME)));
  if (args.includes("")) throw new UsageError("a path is empty; the directory here is .");
  const tree = args.includes("-") ? withFile(disk, stdinName, await standardInput(io)) : disk;
  if (flags.stdinName !== undefined && tree === disk) {
    throw new UsageError("--stdin-name names what is read from standard input; add - to the paths");
  }
  const paths: string[] = [];
  const named: string[] = [];
  for (const arg of args) {
    const path = arg === "-" ? stdinName : withSlashes(arg);
    const found = tree.stat(path);
    if (found?.type === "file") named.push(path);
    if (found) paths.push(path);
    else paths.push(...(await globbed(arg, disk, io)));
  }
  for (const file of flags.namespaces ?? []) {
    const found = disk.stat(withSlashes(file));
    if (!found) throw missing(`--namespaces ${file}`, file, disk);
    if (found.type === "directory")
      throw new UsageError(
        plain(`--namespaces ${file}: that is a directory; name the file that kubectl get ns -o yaml wrote`),
      );
  }
  return {
    tree,
    paths: args.length > 0 ? paths : ["."],
    named,
    ...(tree === disk ? {} : { stdin: stdinName }),
    namespaceDumps: (flags.namespaces ?? []).map(withSlashes),
    clusters: clusterSources(flags.cluster ?? [], disk),
  };
}

async function standardInput(io: Io): Promise<Uint8Array> {
  const bytes = await io.readStdin();
  if (bytes.length === 0) {
    throw new UsageError("standard input (-) is empty; did the command before it fail?");
  }
  return bytes;
}

async function globbed(arg: string, disk: FileTree, io: Io): Promise<readonly string[]> {
  if (!hasGlobMagic(arg)) throw missing(arg, arg, disk);
  const files = await expandGlobs([withSlashes(arg)], io.cwd);
  if (files.length === 0) throw new UsageError(plain(`${arg} matches no file`));
  return files;
}

/** The error for a path that is not there, with the nearest name in its directory, or that cannot be reached. */
export function missing(asked: string, path: string, disk: FileTree): UsageError {
  const reason = disk.whyAbsent?.(withSlashes(path)) ?? nothingThere;
  if (reason !== nothingThere) return new UsageError(plain(`${asked}: ${reason}`));
  const clean = withSlashes(path).replace(/\/+$/, "");
  const slash = clean.lastIndexOf("/");
  const directory = slash < 0 ? "." : clean.slice(0, slash) || "/";
  const entries = disk.list(directory);
  const here = clean.slice(0, slash + 1);
  const stems = new Map("reason" in entries ? [] : entries.map(({ name }) => [stem(name), here + name]));
  const [meant] = nearest(stem(clean.slice(slash + 1)), stems.keys());
  const hint = meant === undefined ? "" : ` (did you mean ${stems.get(meant)}?)`;
  return new UsageError(plain(`${asked}: ${reason}${hint}`));
}

/** A name without its ending, which is no part of what people mistype. */
function stem(name: string): string {
  const dot = name.lastIndexOf(".");
  return dot > 0 ? name.slice(0, dot) : name;
}

/** A tree with one more file, which hides what the disk has under that name. */
function withFile(tree: FileTree, path: string, bytes: Uint8Array): FileTree {
  return {
    ...tree,
    stat: (asked) =>
      asked === path ? { type: "file", size: bytes.length, identity: `-:${path}` } : tree.stat(asked),
    read: (asked) => (asked === path ? bytes : tree.read(asked)),
  };
}
