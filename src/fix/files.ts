/** Writes changed files in place, each of them wholly or not at all: the only place that writes to the disk. */
import * as node from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { withSlashes } from "../source/disk.ts";

export interface FileChange {
  /** Relative to `WriteOptions.root`, or absolute. */
  readonly path: string;
  /** What the file held when it was read. */
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

/** What became of one file; a reason says what is wrong and what to do, and reads well after the path and a colon. */
export type FileOutcome =
  | { readonly path: string; readonly outcome: "written" | "unchanged" }
  | { readonly path: string; readonly outcome: "failed" | "not-tried"; readonly reason: string };

export interface WriteOptions {
  /** The directory that paths are relative to. */
  readonly root: string;
  /** Whether a path lies where nothing may be written; asked of the path given and of where its links lead. */
  readonly isOutside?: (path: string) => boolean;
  /** The calls to the disk, for tests in which they fail. */
  readonly disk?: Disk;
}

export type Disk = Pick<
  typeof node,
  | "accessSync"
  | "closeSync"
  | "fchmodSync"
  | "fchownSync"
  | "fstatSync"
  | "fsyncSync"
  | "lstatSync"
  | "openSync"
  | "readdirSync"
  | "readFileSync"
  | "realpathSync"
  | "renameSync"
  | "unlinkSync"
  | "writeFileSync"
>;

/**
 * Writes files in the order given and says of each what became of it; throws nothing. A file is written aside, in its own
 * directory, flushed, and put in the place of the old one with its mode and, where that is allowed, its owner: whoever reads
 * it, and whatever ends the process, finds the old bytes or the new ones. A link stays a link, and what it leads to is
 * written. A file that does not hold `before` any more is left alone. What concerns one file does not stop the others; a
 * full disk does. Extended attributes and access control lists beyond the mode become those of a new file.
 */
export function writeFiles(changes: readonly FileChange[], options: WriteOptions): readonly FileOutcome[] {
  const writer: Writer = { ...options, disk: options.disk ?? node, directories: new Map() };
  const outcomes: FileOutcome[] = [];
  let stopped: Fault | undefined;
  for (const change of changes) {
    const { path } = change;
    if (stopped) {
      outcomes.push({ path, outcome: "not-tried", reason: `not tried: ${stopped.reason}` });
      continue;
    }
    if (sameBytes(change.before, change.after)) {
      outcomes.push({ path, outcome: "unchanged" });
      continue;
    }
    const fault = replace(writer, change);
    if (fault?.hitsAll) stopped = fault;
    outcomes.push(fault ? { path, outcome: "failed", reason: fault.reason } : { path, outcome: "written" });
  }
  for (const [directory, { written }] of writer.directories) if (written) flushDirectory(writer, directory);
  return outcomes;
}

/**
 * What keeps files from being replaced, as far as that can be told before anything is written: so that a caller can leave all of them alone
 * where one of them cannot be changed.
 */
export function obstacles(changes: readonly FileChange[], options: WriteOptions): readonly FileOutcome[] {
  const writer: Writer = { ...options, disk: options.disk ?? node, directories: new Map() };
  return changes.flatMap((change): readonly FileOutcome[] => {
    const found = attempt("read", () => find(writer, change));
    const fault = "reason" in found ? found : attempt("write", () => mustTakeFiles(writer, found));
    return fault ? [{ path: change.path, outcome: "failed", reason: fault.reason }] : [];
  });
}

function mustTakeFiles({ disk }: Writer, { real }: Found): undefined {
  disk.accessSync(dirname(real), node.constants.W_OK);
}

interface Writer extends WriteOptions {
  readonly disk: Disk;
  /** The directories seen, by their real paths. */
  readonly directories: Map<string, Directory>;
}

interface Directory {
  /** Names of files that killed runs, or other runs, wrote aside. */
  readonly aside: readonly string[];
  written: boolean;
}

interface Fault {
  readonly reason: string;
  /** Whether other files would fail for it as well. */
  readonly hitsAll?: boolean;
}

/** A file as it is found before it is replaced. */
interface Found {
  /** Where it really is, all links followed. */
  readonly real: string;
  readonly directory: Directory;
  readonly stats: node.BigIntStats;
}

function replace(writer: Writer, change: FileChange): Fault | undefined {
  const found = attempt("read", () => find(writer, change));
  if ("reason" in found) return found;
  removeLeftovers(writer, found);
  const aside = join(dirname(found.real), `${asidePrefix(found.real)}${process.pid}${asideEnding}`);
  const fault =
    attempt("write", () => writeAside(writer, aside, found.stats, change.after)) ??
    attempt("move", () => putInPlace(writer, aside, found));
  if (fault) discard(writer, aside);
  else found.directory.written = true;
  return fault;
}

/** Follows links to the file and makes sure that it may be replaced and holds what was read. */
function find(writer: Writer, { path, before }: FileChange): Found | Fault {
  const { disk, root, isOutside } = writer;
  const real = disk.realpathSync.native(resolve(root, path));
  if (isOutside?.(path) || isOutside?.(withSlashes(real))) return { reason: reasons.outside };
  const descriptor = disk.openSync(real, readFlags);
  try {
    const stats = disk.fstatSync(descriptor, { bigint: true });
    if (!stats.isFile()) return { reason: "it is no regular file" };
    if (stats.nlink > 1n) return { reason: hardLinked(stats.nlink) };
    // Root may write to anything, but a file that nobody may write to is meant so for root as well.
    if ((stats.mode & 0o222n) === 0n) return { reason: reasons.readOnly };
    if (!sameBytes(disk.readFileSync(descriptor), before)) return { reason: reasons.changed };
    if (!mayWrite(disk, real)) return { reason: reasons.denied };
    return { real, directory: directoryOf(writer, dirname(real)), stats };
  } finally {
    disk.closeSync(descriptor);
  }
}

// What has become a pipe would make opening wait. Windows has neither flag.
const readFlags =
  node.constants.O_RDONLY | (node.constants.O_NOFOLLOW ?? 0) | (node.constants.O_NONBLOCK ?? 0);

function mayWrite(disk: Disk, real: string): boolean {
  try {
    disk.accessSync(real, node.constants.W_OK);
    return true;
  } catch (error) {
    if (codeOf(error) === "EACCES") return false;
    throw error;
  }
}

function writeAside({ disk }: Writer, aside: string, like: node.BigIntStats, bytes: Uint8Array): undefined {
  const descriptor = disk.openSync(aside, "wx", 0o600);
  try {
    const kept = keepOwner(disk, descriptor, like);
    disk.writeFileSync(descriptor, bytes);
    disk.fchmodSync(descriptor, Number(like.mode) & (kept ? 0o7777 : 0o777));
    disk.fsyncSync(descriptor);
  } finally {
    disk.closeSync(descriptor);
  }
}

/** Gives a file the owner and group of another, or at least the group; whether it has both. */
function keepOwner(disk: Disk, descriptor: number, { uid, gid }: node.BigIntStats): boolean {
  const mine = disk.fstatSync(descriptor, { bigint: true });
  if (mine.uid === uid && mine.gid === gid) return true;
  for (const owner of [uid, mine.uid]) {
    try {
      disk.fchownSync(descriptor, Number(owner), Number(gid));
      return owner === uid;
    } catch {
      // Only root may give files away.
    }
  }
  return false;
}

/** The last look at the old file and the renaming follow each other at once: what is written in between would be lost. */
function putInPlace({ disk }: Writer, aside: string, { real, stats }: Found): Fault | undefined {
  const now = disk.lstatSync(real, { bigint: true });
  const same =
    now.ino === stats.ino &&
    now.dev === stats.dev &&
    now.size === stats.size &&
    now.mtimeNs === stats.mtimeNs &&
    now.ctimeNs === stats.ctimeNs;
  if (!same) return { reason: reasons.changed };
  disk.renameSync(aside, real);
  return undefined;
}

function discard({ disk }: Writer, aside: string): void {
  try {
    disk.unlinkSync(aside);
  } catch {
    // It was never made, or the next run on this file removes it.
  }
}

/** That files have new contents is sure to outlive a loss of power only once their directory is on the disk. */
function flushDirectory({ disk }: Writer, directory: string): void {
  try {
    const descriptor = disk.openSync(directory, "r");
    try {
      disk.fsyncSync(descriptor);
    } finally {
      disk.closeSync(descriptor);
    }
  } catch {
    // Windows and some network file systems cannot; the files are in their places all the same.
  }
}

/** No manifest's name ends like this, so that what a killed run leaves behind is never read as one. */
const asideEnding = ".sidelint-tmp";

/** How the names of what is written aside for a file begin, short enough for every file system. */
function asidePrefix(real: string): string {
  let name = basename(real);
  while (Buffer.byteLength(name) > 200) name = name.slice(0, -10);
  return `.${name}.`;
}

function directoryOf({ disk, directories }: Writer, path: string): Directory {
  const known = directories.get(path);
  if (known) return known;
  const aside = disk.readdirSync(path).filter((name) => name.endsWith(asideEnding));
  const directory: Directory = { aside, written: false };
  directories.set(path, directory);
  return directory;
}

/** Removes what killed runs wrote aside for a file. */
function removeLeftovers({ disk }: Writer, { real, directory }: Found): void {
  const prefix = asidePrefix(real);
  for (const name of directory.aside) {
    if (!name.startsWith(prefix)) continue;
    const writer = name.slice(prefix.length, -asideEnding.length);
    const path = join(dirname(real), name);
    try {
      if (/^\d+$/.test(writer) && isAbandoned(disk, path, Number(writer))) disk.unlinkSync(path);
    } catch {
      // It is gone already, or belongs to somebody else.
    }
  }
}

/** Whether the process that wrote a file aside is gone. Its number may be another's by now, so an hour is enough too. */
function isAbandoned(disk: Disk, path: string, writer: number): boolean {
  if (writer === process.pid || Date.now() - disk.lstatSync(path).mtimeMs > 3_600_000) return true;
  try {
    process.kill(writer, 0);
    return false;
  } catch (error) {
    return codeOf(error) === "ESRCH";
  }
}

function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && Buffer.compare(one, other) === 0;
}

type Step = "read" | "write" | "move";

function attempt<T>(step: Step, act: () => T): T | Fault {
  try {
    return act();
  } catch (error) {
    const code = codeOf(error);
    const known = atStep[step][code] ?? anywhere[code];
    const reason = known ?? (error instanceof Error ? error.message : String(error));
    return hitAll.has(code) ? { reason, hitsAll: true } : { reason };
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

const reasons = {
  outside: "it lies outside of the repository, or leads there, and nothing is written there",
  readOnly: "it is read-only; allow writing first (chmod u+w)",
  changed: "it has changed since it was read, and stays as it is now; run the command again",
  gone: "it is gone since it was read; run the command again",
  denied: "you may not write to it; run the command as its owner, or change its permissions (chmod, chown)",
  directory:
    "its directory takes no new file, and a new file is put in its place; allow writing there first (chmod u+w)",
} as const;

const hardLinked = (names: bigint) =>
  `it has ${names} names (hard links), and the others would keep the old text; make it a file of its own first`;

/** What is wrong, by the system's code, where that depends on the step. */
const atStep: Readonly<Record<Step, Readonly<Record<string, string>>>> = {
  read: {
    ENOENT: reasons.gone,
    EACCES: "you may not read it, or its directory, any more; change the permissions (chmod, chown)",
    ELOOP: "it is a link that leads in circles",
  },
  write: { ENOENT: "its directory is gone", EACCES: reasons.directory, EPERM: reasons.directory },
  move: {
    ENOENT: reasons.gone,
    EACCES: reasons.directory,
    EPERM: "the system does not let it be replaced (is it immutable, or its directory sticky and not yours?)",
    EBUSY: "it is in use, or a mount of its own, and cannot be replaced; run the command where it is not",
  },
};

const anywhere: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full; free some space and run the command again",
  EDQUOT: "your share of the disk (quota) is used up; free some space and run the command again",
  EROFS: "the file system is mounted read-only; mount it for writing and run the command again",
  EIO: "the disk fails (input/output error)",
  EMFILE: "too many files are open; raise the limit (ulimit -n) and run the command again",
  ENFILE: "too many files are open in the whole system; run the command again later",
  EFBIG: "it would become larger than files may be here; raise the limit (ulimit -f)",
  ENOTDIR: "a part of its path is no directory any more",
  ENAMETOOLONG: "its name is too long",
};

const hitAll: ReadonlySet<string> = new Set(["ENOSPC", "EDQUOT", "EROFS", "EIO", "EMFILE", "ENFILE"]);
