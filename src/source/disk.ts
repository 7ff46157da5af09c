/** The disk as a tree of files: the only place that reads it. */
import {
  closeSync,
  constants,
  type Dirent,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  statSync,
} from "node:fs";
import { dirname, resolve, sep } from "node:path";
import type { FileTree, ReadFailure, TreeEntry } from "./tree.ts";

/** Files above this many bytes are not manifests that anybody reviews; etcd takes objects up to 1.5 MiB. */
export const largestFileSize = 32 * 1024 * 1024;

/**
 * The files below a directory of the disk; paths that are absolute or lead out of it with `..` work as well. Pipes and
 * devices are read only when they are among those `named` by a person: a file that names one could make us wait for ever.
 */
export function diskTree(
  root: string,
  largest: number = largestFileSize,
  named: readonly string[] = [],
): FileTree {
  const streams = new Set(named.map((path) => resolve(root, path)));
  return {
    root: withSlashes(resolve(root)),
    stat(path) {
      const full = resolve(root, path);
      try {
        const shared = sharedConfig(full);
        const found = statSync(shared ?? full, { throwIfNoEntry: false });
        if (!found) return undefined;
        const type = found.isFile() ? "file" : found.isDirectory() ? "directory" : "other";
        return { type, size: found.size, identity: withSlashes(shared ? full : realpathSync.native(full)) };
      } catch {
        return undefined;
      }
    },
    whyAbsent: (path) => whyAbsent(path, resolve(root, path)),
    list(path) {
      try {
        return readdirSync(resolve(root, path), { withFileTypes: true }).map(entryOf);
      } catch (error) {
        return failure(path, error);
      }
    },
    read(path) {
      try {
        const full = resolve(root, path);
        return readBytes(path, sharedConfig(full) ?? full, largest, streams.has(full));
      } catch (error) {
        return failure(path, error);
      }
    },
  };
}

/** A path of this system with `/` between its parts. */
export function withSlashes(path: string): string {
  return sep === "/" ? path : path.replaceAll(sep, "/");
}

/** Whether an argument has the marks of a glob, so that it may be one when no such path exists. */
export function hasGlobMagic(argument: string): boolean {
  return /[*?[\]{}]|[!@+]\(/.test(argument);
}

/**
 * The files that globs match, relative to `cwd`, in code unit order; what .gitignore and .sidelintignore name is left out.
 * A pattern that matches nothing gives nothing.
 */
export async function expandGlobs(patterns: readonly string[], cwd: string): Promise<readonly string[]> {
  const { globby } = await import("globby");
  const found = await globby(patterns, {
    cwd,
    expandDirectories: false,
    followSymbolicLinks: false,
    gitignore: true,
    ignoreFiles: ["**/.sidelintignore"],
    ignore: ["**/node_modules/**"],
  });
  return found.sort();
}

const ownConfig = `${sep}.git${sep}config`;

/**
 * The configuration of a repository, for the path where it would stand in a further work tree (`git worktree`): there `.git` is a file that
 * leads to the repository's own. Undefined for every other path.
 */
function sharedConfig(full: string): string | undefined {
  if (!full.endsWith(ownConfig)) return undefined;
  const link = full.slice(0, -"/config".length);
  if (!statSync(link, { throwIfNoEntry: false })?.isFile()) return undefined;
  const [, named] = /^gitdir: (.+)/.exec(textOf(link)) ?? [];
  if (named === undefined) return undefined;
  const directory = resolve(dirname(link), named);
  const common = resolve(directory, "commondir");
  const isFurther = statSync(common, { throwIfNoEntry: false })?.isFile() === true;
  return resolve(directory, isFurther ? textOf(common).trim() : ".", "config");
}

/** The text of one of git's own small files; empty where it is none. */
function textOf(path: string): string {
  const bytes = readBytes(path, path, 4096, false);
  return "reason" in bytes ? "" : new TextDecoder().decode(bytes);
}

function entryOf(entry: Dirent): TreeEntry {
  const { name } = entry;
  if (entry.isFile()) return { name, type: "file" };
  if (entry.isDirectory()) return { name, type: "directory" };
  return { name, type: entry.isSymbolicLink() ? "link" : "other" };
}

function whyAbsent(path: string, full: string): string {
  try {
    if (statSync(full, { throwIfNoEntry: false })) return failure(path, "it was not there just now").reason;
    const link = lstatSync(full, { throwIfNoEntry: false })?.isSymbolicLink();
    return link ? "a link that leads nowhere" : nothingThere;
  } catch (error) {
    return failure(path, error).reason;
  }
}

function readBytes(path: string, full: string, largest: number, isNamed: boolean): Uint8Array | ReadFailure {
  // Without O_NONBLOCK, opening a pipe waits for somebody to write to it.
  const descriptor = openSync(full, isNamed ? "r" : constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const found = fstatSync(descriptor);
    if (found.isDirectory()) return { path, reason: "is a directory" };
    if (isNamed && !found.isFile()) return readStream(path, descriptor, largest);
    if (!found.isFile()) return { path, reason: "is no regular file" };
    if (found.size > largest) return { path, reason: tooLarge(found.size, largest), tooLarge: true };
    return readAll(descriptor, found.size);
  } finally {
    closeSync(descriptor);
  }
}

/** Reads to the end of what has no size, but no further than any file is read. */
function readStream(path: string, descriptor: number, largest: number): Uint8Array | ReadFailure {
  const chunks: Buffer[] = [];
  let length = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(65_536);
    const got = readSync(descriptor, chunk, 0, chunk.length, null);
    if (got === 0) return Buffer.concat(chunks);
    length += got;
    if (length > largest) return { path, reason: endless(largest), tooLarge: true };
    chunks.push(chunk.subarray(0, got));
  }
}

function readAll(descriptor: number, size: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(size);
  let length = 0;
  while (length < size) {
    const got = readSync(descriptor, bytes, length, size - length, length);
    if (got === 0) break;
    length += got;
  }
  return bytes.subarray(0, length);
}

/** What is said of a stream that goes on after so many bytes. */
export function endless(largest: number): string {
  return `it has more than ${megabytes(largest)} MiB, and files above that are not read`;
}

/** What is said of a file that is not read. */
export function tooLarge(size: number, largest: number): string {
  return `it has ${megabytes(size)} MiB, and files above ${megabytes(largest)} MiB are not read`;
}

function megabytes(bytes: number): number {
  return Math.ceil((bytes / 1024 / 1024) * 10) / 10;
}

function failure(path: string, error: unknown): ReadFailure {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return { path, reason: reasons[code] ?? (code || String(error)) };
}

/** What is said of a path where there is nothing. */
export const nothingThere = "no such file or directory";

const reasons: Readonly<Record<string, string>> = {
  ENOENT: nothingThere,
  ENOTDIR: "a part of the path is no directory",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EISDIR: "is a directory",
  ELOOP: "a link that leads in circles",
  ENAMETOOLONG: "the name is too long",
  EMFILE: "too many open files",
};
