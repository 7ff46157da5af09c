/** `sidelint diff`: what happened to sidecars between two states of a repository. */
import { type FailOn, hasAny, type MeshChanges } from "../compare/changes.ts";
import { compareWorlds } from "../compare/compare.ts";
import { plain } from "../report/cells.ts";
import { diskTree, largestFileSize, withSlashes } from "../source/disk.ts";
import { locationOf } from "../source/locate.ts";
import { findDumps } from "../world/dumps.ts";
import { type EarlierReading, type FullReading, readWorld } from "../world/read.ts";
import { type FoundConfig, readConfig } from "./config.ts";
import type { Context } from "./context.ts";
import { missing } from "./input.ts";
import type { Io } from "./io.ts";
import type { ScanFlags } from "./options.ts";
import { notRead, optionsOf, presentationFor } from "./session.ts";
import { openStates, pathFor, type State, withDiskFiles } from "./states.ts";
import { oneOf, UsageError } from "./usage.ts";

export interface DiffFlags extends ScanFlags {
  readonly failOn?: readonly string[];
  readonly mergeBase?: boolean;
}

/** A state as it was read. */
interface Read {
  readonly state: State;
  readonly reading: FullReading;
  readonly config: FoundConfig;
}

/** Prints what differs for the mesh between two states. Throws a UsageError. */
export async function compared(
  args: readonly string[],
  flags: DiffFlags,
  { io, exit }: Context,
): Promise<void> {
  oneOf("--format", flags.format, ["text", "markdown", "json"]);
  const failOn = asked(flags.failOn ?? []);
  const options = optionsOf(flags, io);
  const states = openStates(args, flags.mergeBase ?? false, io.cwd);
  for (const line of [...options.remarks, ...states.remarks]) tell(io, line);
  const named = namedFiles(flags, io);
  const before = await read(states.before, named, flags, io);
  const after = await read(states.after, named, flags, io, {
    reading: before.reading,
    isSame: states.isSame,
  });
  const unread = [before, after].flatMap(({ state, reading }) =>
    notRead(reading).map((line) => `${state.name}: ${line}`),
  );
  for (const line of [...configRemarks(before, after), ...brokenOnOneSide(before, after), ...unread])
    tell(io, line);
  const changes = compareWorlds(before.reading.world, after.reading.world);
  await io.stdout(formatted(changes));
  exit(unread.length > 0 ? 2 : hasAny(changes, failOn) ? 1 : 0);
}

/** Reads a state by its own configuration, unless one is named; it holds for both then, as it is on disk. */
async function read(
  state: State,
  named: NamedFiles,
  flags: DiffFlags,
  io: Io,
  earlier?: EarlierReading,
): Promise<Read> {
  const style = presentationFor(flags, io);
  const { config, tree } =
    named.config === undefined ? { config: undefined, tree: state.tree } : named.config;
  const found = await readConfig(flags.config === false ? false : config, tree, ["."], style, false);
  for (const line of found.remarks) tell(io, `${state.name}: ${line}`);
  const dumps = dumpsOf(state, named, found.path, io.cwd);
  const reading = readWorld(
    withDiskFiles(state.tree, dumps.onDisk),
    { ...optionsOf(flags, io).optionsFor(found), namespaceDumps: dumps.all },
    earlier,
  );
  return { state, reading, config: found };
}

/** Files that flags name: they are those of the disk, whatever a state has at their paths. */
interface NamedFiles {
  readonly config: { readonly config: string; readonly tree: State["tree"] } | undefined;
  readonly namespaces: readonly string[];
}

function namedFiles({ config, namespaces = [] }: DiffFlags, { cwd }: Io): NamedFiles {
  const disk = diskTree(cwd, largestFileSize, [
    ...namespaces,
    ...(typeof config === "string" ? [config] : []),
  ]);
  for (const file of namespaces)
    if (disk.stat(withSlashes(file))?.type !== "file") throw missing(`--namespaces ${file}`, file, disk);
  return { config: typeof config === "string" ? { config, tree: disk } : undefined, namespaces };
}

interface Dumps {
  readonly all: readonly string[];
  readonly onDisk: readonly string[];
}

/** Namespaces of the cluster: those that flags name, and those beside the configuration; where git does not keep these, as they are here. */
function dumpsOf({ tree }: State, named: NamedFiles, configPath: string | undefined, cwd: string): Dumps {
  const given = named.namespaces.map((file) => pathFor(tree, cwd, file));
  const own = findDumps(tree, ["."], configPath);
  const here = own.length > 0 ? [] : findDumps(diskTree(cwd), ["."]).map((file) => pathFor(tree, cwd, file));
  return { all: [...given, ...own, ...here], onDisk: [...given, ...here] };
}

function configRemarks(before: Read, after: Read): readonly string[] {
  const [one, other] = [before, after].map(({ config }) => JSON.stringify(config.config));
  const path = after.config.path ?? before.config.path;
  if (one === other || path === undefined) return [];
  return [`${path} differs: each state is judged by its own (--config ${path} judges both by the one here)`];
}

/** What cannot be read in one state alone: its workloads are missing there, and that is no change. */
function brokenOnOneSide(before: Read, after: Read): readonly string[] {
  const broken = ({ reading }: Read) => new Set(reading.unreadable.map(({ file }) => file.path));
  const [one, other] = [broken(before), broken(after)];
  const lines = ({ state, reading }: Read, beside: ReadonlySet<string>) =>
    reading.unreadable.flatMap(({ file, error }) => {
      if (beside.has(file.path)) return [];
      const { line } = locationOf(file, { start: error.offset, end: error.offset });
      return [`${state.name}: ${file.path}:${line}: ${error.message}; what it holds is missing here`];
    });
  return [...lines(before, other), ...lines(after, one)];
}

function tell(io: Io, line: string): void {
  io.stderr(`sidelint: ${plain(line)}\n`);
}

const failures = ["lost", "gained", "changed", "never"] as const;

/** The kinds of --fail-on, which may be repeated and listed. Throws a UsageError. */
function asked(values: readonly string[]): readonly FailOn[] {
  const kinds = values
    .flatMap((value) => value.split(","))
    .map((value) => oneOf("--fail-on", value.trim(), failures));
  if (kinds.includes("never") && kinds.length > 1)
    throw new UsageError("--fail-on never is for nothing: drop it, or the other --fail-on");
  return kinds.flatMap((kind) => (kind === "never" ? [] : [kind]));
}

function formatted(changes: MeshChanges): string {
  const told = changes.changes.map(({ kind, before, after, aspects, causes }) => ({
    kind,
    workload: (after ?? before)?.label,
    namespace: (after ?? before)?.namespace.name,
    aspects,
    causes: causes.map((c) => ({
      about: c.about,
      before: c.before?.origin.text,
      after: c.after?.origin.text,
    })),
  }));
  return `${JSON.stringify({ ...changes, changes: told }, null, 1)}\n`;
}
