/** `sidelint init`: looks at the repository and writes a sidelint.yaml to start from, and what runs sidelint in commits and pull requests. */
import { mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { type Scan, type ScanOptions, scan } from "../index.ts";
import { defaultRules } from "../lint/run.ts";
import { plain } from "../report/cells.ts";
import { type Started, startedMessage } from "../report/started.ts";
import { type Setting, type StartingPoint, schemaPath, startingPoint } from "../report/starting-point.ts";
import { decodeText } from "../source/text.ts";
import type { FileTree } from "../source/tree.ts";
import { directoryOf } from "../world/collect.ts";
import { loadConfig } from "../world/config.ts";
import { findConfig, isPart, searchedDirectories } from "../world/config-place.ts";
import { findDumps } from "../world/dumps.ts";
import { type Survey, survey } from "../world/survey.ts";
import type { Context } from "./context.ts";
import { openInput } from "./input.ts";
import { writeOutput } from "./output.ts";
import { progressOn } from "./progress.ts";
import { githubSnippet, preCommitSnippet, type Snippet } from "./snippets.ts";
import { UsageError } from "./usage.ts";

export interface InitFlags {
  readonly force?: boolean;
  readonly dryRun?: boolean;
  readonly preCommit?: boolean;
  readonly github?: boolean;
}

/** Writes the configuration and what else is asked for. Throws a UsageError. */
export async function init(asked: readonly string[], flags: InitFlags, context: Context): Promise<void> {
  const { io, version } = context;
  if (asked.includes("-")) throw new UsageError("init looks at files, not at standard input (-)");
  const { tree, paths: given } = await openInput(asked, {}, io);
  const top = topOf(tree, given);
  const existing = findConfig(tree, given);
  const snippets = [
    ...(flags.preCommit ? [preCommitSnippet(version)] : []),
    ...(flags.github ? [githubSnippet(version)] : []),
  ];
  const keeps = existing !== undefined && !flags.force && !flags.dryRun;
  if (keeps && snippets.length === 0) {
    throw new UsageError(
      `${plain(existing)} is there and stays as it is; --force writes over it, --dry-run prints`,
    );
  }
  const path = existing ?? inside(top, "sidelint.yaml");
  const found = keeps ? undefined : lookAt(tree, asked.length > 0 ? given : [top], path, context);
  if (flags.dryRun) {
    await io.stdout(printed([...(found ? [{ path, whole: found.text }] : []), ...snippets]));
    return;
  }
  if (found) write(path, found.text, io.cwd);
  const started: Started = {
    path,
    kept: keeps,
    replaced: existing !== undefined,
    found: found && {
      settings: found.point.settings.length,
      facts: found.holding.length,
      leftOut: found.point.leftOut,
      report: found.scan.report,
      survey: found.survey,
      isPart: found.isPart,
      hasSchema: tree.stat(inside(directoryOf(path), schemaPath)) !== undefined,
    },
    snippets: snippets.map((snippet) => placed(snippet, tree, top, io.cwd)),
  };
  await io.stdout(startedMessage(started, io.columns ?? 80));
  if (found && found.unread.length > 0) {
    for (const line of found.unread) io.stderr(`sidelint: ${plain(line)}\n`);
    context.exit(2);
  }
}

/** Where a configuration of the repository belongs: the uppermost directory in which it would be looked for. */
function topOf(tree: FileTree, paths: readonly string[]): string {
  const top = searchedDirectories(tree, paths).at(-1);
  if (top !== undefined) return top;
  throw new UsageError(
    `${plain(paths.join(" "))}: not below this directory, nor in a git repository; run init there`,
  );
}

function inside(directory: string, name: string): string {
  return directory === "." ? name : `${directory}/${name}`;
}

interface Found {
  readonly scan: Scan;
  readonly survey: Survey;
  readonly isPart: boolean;
  readonly point: StartingPoint;
  readonly text: string;
  /** The settings that hold in the text. */
  readonly holding: readonly Setting[];
  /** What could not be read. */
  readonly unread: readonly string[];
}

/** Scans as if there were no configuration, and makes a text with which exactly the same is found. */
function lookAt(tree: FileTree, paths: readonly string[], path: string, { io, version }: Context): Found {
  const progress = progressOn(io);
  const options: ScanOptions = {
    paths,
    configPath: path,
    namespaceDumps: findDumps(tree, paths, path),
    ...(io.today === undefined ? {} : { today: io.today }),
    onProgress: progress.update,
    version,
  };
  const first = scan(tree, options);
  const looked = survey(first.world, tree, first.files);
  const part = isPart(tree, paths);
  const point = startingPoint({
    world: first.world,
    survey: looked,
    findings: first.findings,
    rules: defaultRules(),
    isPart: part,
  });
  const holding = harmless(point, (text) => findsTheSame(first, text, tree, options));
  progress.end();
  return {
    scan: first,
    survey: looked,
    isPart: part,
    point,
    text: point.textWith(holding),
    holding,
    unread: unreadIn(first),
  };
}

function unreadIn({ failures, world }: Scan): readonly string[] {
  const files = world.skipped.filter(({ reason }) => reason === "unreadable");
  return [
    ...failures.map(({ path, reason }) => `${path}: ${reason}`),
    ...files.map(({ path, detail }) => `${path}: ${detail}`),
  ];
}

/** The known facts with which the same is found: all of them, else those of one key of the file. */
function harmless(
  { settings, textWith }: StartingPoint,
  isSame: (text: string) => boolean,
): readonly Setting[] {
  const facts = settings.filter(({ isFact }) => isFact);
  const keys = [...new Set(facts.map(({ section }) => section))];
  const groups = [facts, ...keys.map((key) => facts.filter(({ section }) => section === key))];
  return groups.find((group) => group.length > 0 && isSame(textWith(group))) ?? [];
}

/** Whether a configuration changes neither what is found nor any verdict. */
function findsTheSame(before: Scan, text: string, tree: FileTree, options: ScanOptions): boolean {
  const reading = loadConfig(text, options.configPath ?? "");
  if (!reading.ok) return false;
  const after = scan(tree, { ...options, config: reading.config, locateInConfig: reading.locate });
  return told(before) === told(after);
}

function told({ findings, world }: Scan): string {
  const verdicts = world.workloads.map(({ id, decision }) => [id, decision.verdict, decision.revision]);
  const found = findings.map(({ rule, severity, message, location, workloads }) => [
    rule,
    severity,
    message,
    location,
    workloads,
  ]);
  return JSON.stringify([verdicts, found]);
}

function printed(files: readonly { readonly path: string; readonly whole: string }[]): string {
  const [only] = files;
  if (only && files.length === 1) return only.whole;
  return files.map(({ path, whole }) => `==> ${plain(path)} <==\n${whole}`).join("\n");
}

function write(path: string, text: string, cwd: string): void {
  const failure = writeOutput(path, text, cwd);
  if (failure !== undefined) throw new UsageError(`${plain(path)}: ${failure}`);
}

/** What to add to a file, indented as its own list is. */
function partFor({ part }: Snippet, tree: FileTree, path: string): string {
  const bytes = tree.read(path);
  const decoded = "reason" in bytes ? undefined : decodeText(bytes);
  const isFlush = decoded !== undefined && "text" in decoded && /^- /m.test(decoded.text);
  return isFlush && part.startsWith("  ") ? part.replace(/^ {2}/gm, "") : part;
}

/** Writes the file of a snippet where there is none yet; else says what to add to it. */
function placed(snippet: Snippet, tree: FileTree, top: string, cwd: string): Started["snippets"][number] {
  const path = inside(top, snippet.path);
  if (tree.stat(path)) return { path, add: { text: partFor(snippet, tree, path), place: snippet.place } };
  try {
    mkdirSync(dirname(resolve(cwd, path)), { recursive: true });
  } catch {
    // That the directory is not there is told when the file cannot be written.
  }
  write(path, snippet.whole, cwd);
  return { path, add: undefined };
}
