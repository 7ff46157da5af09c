/** `sidelint baseline`: writes the findings of today, and what `check --baseline` compares with. */
import type { Scan } from "../index.ts";
import {
  type Baseline,
  type BaselineSources,
  baselineOf,
  type Comparison,
  compareWith,
  pruned,
} from "../lint/baseline.ts";
import { baselineText, readBaseline } from "../lint/baseline-file.ts";
import { baselineName } from "../lint/baseline-name.ts";
import { count, grouped, plain } from "../report/cells.ts";
import { frame } from "../report/frame.ts";
import { paintOf } from "../report/paint.ts";
import { withSlashes } from "../source/disk.ts";
import { absolutePath, relativePath } from "../source/path.ts";
import { decodeText } from "../source/text.ts";
import type { FileTree } from "../source/tree.ts";
import { directoryOf } from "../world/collect.ts";
import { searchedDirectories } from "../world/config-place.ts";
import type { Context } from "./context.ts";
import type { Io } from "./io.ts";
import type { ScanFlags } from "./options.ts";
import { writeOutput } from "./output.ts";
import { openSession, type Session } from "./session.ts";
import { UsageError } from "./usage.ts";

export interface BaselineFlags extends ScanFlags {
  readonly output?: string;
  readonly prune?: boolean;
}

/** Writes or prunes the baseline, and says what was done. Throws a UsageError. */
export async function baseline(
  paths: readonly string[],
  flags: BaselineFlags,
  context: Context,
): Promise<void> {
  const session = await openSession(paths, flags, context.io, context.version);
  if (session.exit !== 0) throw new UsageError("no baseline is written, as not everything could be read");
  await context.io.stdout(`${plain(write(session, flags, context.io))}\n`);
}

/** Writes or prunes the file; what comes back says what was done. */
function write(session: Session, flags: BaselineFlags, io: Io): string {
  const { scan, input } = session;
  const path = flags.output === undefined ? placeOf(session) : withSlashes(flags.output);
  const exists = input.tree.stat(path) !== undefined;
  if (flags.prune && !exists) throw missing(path);
  const holds = exists && (flags.prune || !isEmpty(input.tree, path));
  const before = holds ? read(input.tree, path, session) : { findings: [] };
  const sources = sourcesOf(scan, input.tree, path, io);
  const { known, gone, fresh } = compareWith(scan.findings, before, sources);
  const after = flags.prune ? pruned(before, gone) : baselineOf(scan.findings, sources, before);
  const failure = writeOutput(path, baselineText(after), io.cwd);
  if (failure !== undefined) throw new UsageError(`${plain(path)}: ${failure}`);
  const dropped = total(gone);
  const left = total(after.findings);
  if (flags.prune) {
    return `${path}: ${dropped === 0 ? "nothing is gone" : `${count(dropped, "finding")} gone and dropped`}, ${grouped(left)} left`;
  }
  const news = exists
    ? ` (${grouped(fresh.length)} new, ${grouped(known.length)} known, ${grouped(dropped)} gone)`
    : "";
  return `${path}: ${count(left, "finding")}${news}`;
}

/** Whether a file holds nothing that writing it anew would lose. */
function isEmpty(tree: FileTree, path: string): boolean {
  const bytes = tree.read(path);
  return !("reason" in bytes) && new TextDecoder().decode(bytes).trim() === "";
}

function total(entries: Baseline["findings"]): number {
  return entries.reduce((sum, one) => sum + one.count, 0);
}

/** What a baseline makes of the findings of a session, and its file. Throws a UsageError when it is not there or broken. */
export function comparedWith(
  session: Session,
  named: string | true,
  io: Io,
): { readonly comparison: Comparison; readonly file: string } {
  const { scan, input } = session;
  const file = named === true ? placeOf(session) : withSlashes(named);
  const found = input.tree.stat(file);
  if (!found) throw missing(file);
  if (found.type === "directory") {
    throw new UsageError(
      `--baseline ${plain(file)}: that is a directory; write --baseline behind the paths, or --baseline=FILE`,
    );
  }
  const baseline = read(input.tree, file, session);
  return { comparison: compareWith(scan.findings, baseline, sourcesOf(scan, input.tree, file, io)), file };
}

function missing(path: string): UsageError {
  return new UsageError(`${plain(path)}: there is no baseline; sidelint baseline writes one`);
}

/** The baseline that is there for the paths, else where it would be: beside the configuration, or here. */
function placeOf({ scan, input }: Session): string {
  const { configPath } = scan.world.configuration;
  const beside = configPath === undefined ? "." : directoryOf(configPath);
  const searched = [beside, ...searchedDirectories(input.tree, input.paths)];
  const places = searched.map((directory) =>
    directory === "." ? baselineName : `${directory}/${baselineName}`,
  );
  return places.find((path) => input.tree.stat(path)?.type === "file") ?? places[0] ?? baselineName;
}

function sourcesOf(scan: Scan, tree: FileTree, path: string, io: Io): BaselineSources {
  const root = (tree.root ?? "").replace(/\/$/, "");
  const base = absolutePath(root, directoryOf(path));
  const looked = new Set(scan.files);
  return {
    documentsOf: (file) => scan.documentsOf(file),
    pathFor: (file) => relativePath(base, absolutePath(root, file)),
    isBeyond(file) {
      const here = relativePath(root, absolutePath(base, file));
      return !looked.has(here) && tree.stat(here) !== undefined;
    },
    today: io.today,
  };
}

function read(tree: FileTree, path: string, { presentation }: Session): Baseline {
  const bytes = tree.read(path);
  if ("reason" in bytes) throw new UsageError(`${plain(path)}: ${bytes.reason}`);
  const decoded = decodeText(bytes);
  if ("error" in decoded) throw new UsageError(`${plain(path)}: ${decoded.error}`);
  const { text } = decoded;
  const reading = readBaseline({ path, text });
  if (reading.ok) return reading.baseline;
  const { location, message } = reading;
  const way = `restore the file from git, or remove it and run sidelint baseline, which writes today's findings`;
  const paint = paintOf(presentation.colour);
  const style = { width: presentation.width - 2, gutter: paint.faint, carets: paint.severity.error };
  const drawn = frame(text, location, style).map((line) => `\n  ${line}`);
  throw new UsageError(
    `${plain(path)}:${location.line}:${location.column}: ${plain(message)}${drawn.join("")}${/sidelint baseline/.test(message) ? "" : `\n  ${way}`}`,
  );
}
