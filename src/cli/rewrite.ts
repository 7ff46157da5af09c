/** What commands that change manifests share: in place, as a diff, or only asked whether anything would change. */
import { relative, resolve } from "node:path";
import type { EditedFile } from "../fix/edited.ts";
import { type FileChange, obstacles, writeFiles } from "../fix/files.ts";
import type { LeftAsIs } from "../fix/inject.ts";
import type { Part } from "../fix/stream.ts";
import { objectsOf } from "../fix/whole.ts";
import { count, plain } from "../report/cells.ts";
import { fileDiff } from "../report/unified-diff.ts";
import { largestFileSize, withSlashes } from "../source/disk.ts";
import type { SourceFile } from "../source/reading.ts";
import { decodeText, encodeLike } from "../source/text.ts";
import type { FileTree } from "../source/tree.ts";
import type { Input } from "./input.ts";
import type { Io } from "./io.ts";
import { writeOutput } from "./output.ts";
import type { WorldSession } from "./session.ts";
import { textsOf } from "./unreadable.ts";
import { UsageError } from "./usage.ts";

/** Options of commands that change manifests. */
export interface RewriteFlags {
  readonly inPlace?: boolean;
  readonly diff?: boolean;
  readonly check?: boolean;
}

/** Throws a UsageError for flags that exclude one another. */
export function mustAgree(flags: RewriteFlags & { readonly output?: string }, readsStdin: boolean): void {
  const { inPlace, diff, check, output } = flags;
  if (inPlace && (diff || check))
    throw new UsageError(`--in-place writes, and ${diff ? "--diff" : "--check"} does not; take one of them`);
  if (inPlace && readsStdin) throw new UsageError("--in-place cannot write to standard input (-)");
  if (output !== undefined && (inPlace || diff || check))
    throw new UsageError(
      `--output names a file for the whole result; it does not go with ${inPlace ? "--in-place" : diff ? "--diff" : "--check"}`,
    );
}

/** Throws a UsageError for an output that is among the files that are read: the next run would read its own result. */
export function mustNotBeRead(output: string | undefined, { scan, input }: WorldSession, { cwd }: Io): void {
  if (output === undefined) return;
  const path = withSlashes(relative(cwd, resolve(cwd, output)));
  const named = input.paths.includes(path) && input.tree.stat(path)?.type === "file";
  if (named || scan.files.includes(path))
    throw new UsageError(
      plain(`--output ${output} is among the files that are read; write elsewhere, or use --in-place`),
    );
}

/** Whether the changed files are wanted, rather than a stream on standard output. */
export function wantsFiles({ inPlace, diff, check }: RewriteFlags): boolean {
  return inPlace === true || diff === true || check === true;
}

/** Where things are delivered. */
export interface Delivery {
  readonly io: Io;
  readonly tree: FileTree;
  readonly colour: boolean;
  /** Whether a path lies beyond what may be written. */
  readonly isOutside: (path: string) => boolean;
}

/** Where the result of a session goes. */
export function deliveryOf({ scan, input, presentation }: WorldSession, io: Io): Delivery {
  return { io, tree: input.tree, colour: presentation.colour, isOutside: (path) => scan.isOutside(path) };
}

/**
 * Delivers changed files as the flags ask.
 * @returns the exit status: 0, 1 where --check finds changes, 2 where a file could not be written
 */
export async function deliverFiles(
  edited: readonly EditedFile[],
  flags: RewriteFlags,
  { io, tree, colour, isOutside }: Delivery,
): Promise<0 | 1 | 2> {
  const changed = edited.filter(({ file, after }) => file.text !== after);
  if (flags.diff) {
    for (const { file, after } of changed) {
      tellIfNoPatch(file, tree, io);
      await io.stdout(fileDiff(file, after, { colour }));
    }
  } else if (flags.check) {
    for (const { file } of changed) await io.stdout(`${plain(file.path)}\n`);
  }
  if (!flags.inPlace) return flags.check && changed.length > 0 ? 1 : 0;
  const { changes, failures } = changesOf(changed, tree);
  const options = { root: io.cwd, isOutside };
  for (const outcome of obstacles(changes, options))
    if ("reason" in outcome) failures.push(`${outcome.path}: ${outcome.reason}`);
  if (failures.length > 0) {
    for (const failure of failures) io.stderr(`sidelint: ${plain(failure)}\n`);
    io.stderr("sidelint: nothing has been written\n");
    return 2;
  }
  const outcomes = writeFiles(changes, options);
  const unwritten = outcomes.filter((outcome) => "reason" in outcome);
  for (const outcome of unwritten)
    if (outcome.outcome === "failed") io.stderr(`sidelint: ${plain(`${outcome.path}: ${outcome.reason}`)}\n`);
  if (unwritten.length === 0) return 0;
  const written = outcomes.length - unwritten.length;
  io.stderr(
    `sidelint: ${count(written, "file")} written, ${count(unwritten.length, "file")} left as before\n`,
  );
  return 2;
}

/** Tells that a diff, which is UTF-8, cannot be applied to a file that is not. */
function tellIfNoPatch({ path, text, hasMark }: SourceFile, tree: FileTree, { stderr }: Io): void {
  const bytes = tree.read(path);
  if ("reason" in bytes || Buffer.compare(Buffer.from(`${hasMark ? "\uFEFF" : ""}${text}`), bytes) === 0)
    return;
  stderr(`sidelint: ${plain(path)}: it is not UTF-8, so its diff is for reading; git cannot apply it\n`);
}

/** The bytes of changed files, and why some cannot be changed. */
function changesOf(
  changed: readonly EditedFile[],
  tree: FileTree,
): { readonly changes: FileChange[]; readonly failures: string[] } {
  const changes: FileChange[] = [];
  const failures: string[] = [];
  for (const { file, after } of changed) {
    const before = tree.read(file.path);
    if ("reason" in before) {
      failures.push(`${file.path}: ${before.reason}`);
      continue;
    }
    const decoded = decodeText(before);
    const bytes = encodeLike(before, after);
    if (!("text" in decoded) || decoded.text !== file.text)
      failures.push(`${file.path}: it has changed since it was read; run the command again`);
    else if (bytes.length > largestFileSize) failures.push(`${file.path}: ${grownTooLarge(bytes.length)}`);
    else changes.push({ path: file.path, before, after: bytes });
  }
  return { changes, failures };
}

function grownTooLarge(bytes: number): string {
  const mebibytes = (size: number) => Math.ceil(size / 2 ** 20);
  return `it would have ${mebibytes(bytes)} MiB, and files above ${mebibytes(largestFileSize)} MiB are not read; split it first`;
}

/** Everything that was read, with the edits: of files that were named themselves all of it, of others their Kubernetes objects. */
export function wholeParts(
  paths: readonly string[],
  { tree, named }: Input,
  edited: readonly EditedFile[],
): readonly Part[] {
  return textsOf(paths, tree).flatMap((file): readonly Part[] => {
    if (!named.includes(file.path)) return objectsOf(file, edited);
    const text = edited.find((one) => one.file.path === file.path)?.after ?? file.text;
    if (text.trim() === "") return [];
    return [{ is: "as-written", text: text.endsWith("\n") ? text : `${text}\n` }];
  });
}

/** Prints the result, or writes it to the file that --output names. */
export async function deliverWhole(text: string, output: string | undefined, io: Io): Promise<0 | 2> {
  if (output === undefined || output === "-") {
    await io.stdout(text);
    return 0;
  }
  const failure = writeOutput(output, text, io.cwd);
  if (failure === undefined) return 0;
  io.stderr(`sidelint: --output ${plain(`${output}: ${failure}`)}\n`);
  return 2;
}

/** Shown of a long list. */
const SHOWN = 10;

/** Says what is left as it is although a sidecar may be missing: each reason once, with the workloads it holds for. */
export function tellLeft(left: readonly LeftAsIs[], { stderr }: Io): void {
  const reasons = new Map<string, LeftAsIs[]>();
  for (const one of left) {
    if (!one.matters) continue;
    const known = reasons.get(one.says);
    if (known) known.push(one);
    else reasons.set(one.says, [one]);
  }
  for (const [says, workloads] of reasons) {
    const stays = workloads.length === 1 ? "stays as it is" : "stay as they are";
    stderr(`sidelint: ${count(workloads.length, "workload")} ${stays}: ${plain(says)}\n`);
    for (const { location, label, about } of workloads.slice(0, SHOWN)) {
      const more = about === undefined ? "" : `  (${about})`;
      stderr(`${plain(`  ${location.file}:${location.line}  ${label}${more}`)}\n`);
    }
    if (workloads.length > SHOWN) stderr(`  and ${workloads.length - SHOWN} more\n`);
  }
}

/** Remarks on workloads, one a line on standard error, after their places. */
export function tellPlaces(
  remarks: readonly LeftAsIs[],
  words: (remark: LeftAsIs) => string,
  { stderr }: Io,
): void {
  for (const remark of remarks.slice(0, SHOWN)) {
    const { file, line } = remark.location;
    stderr(`sidelint: ${plain(`${file}:${line}: ${words(remark)}`)}\n`);
  }
  if (remarks.length > SHOWN) stderr(`  and ${remarks.length - SHOWN} more\n`);
}
