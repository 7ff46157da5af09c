/** `sidelint diff`: what happened to sidecars between two states of a repository. */
import { hasAny } from "../compare/changes.ts";
import { compareClusters } from "../compare/compare.ts";
import { plain } from "../report/cells.ts";
import type { ChangesFrame } from "../report/mesh-changes.ts";
import { diskTree, largestFileSize, withSlashes } from "../source/disk.ts";
import type { FileTree } from "../source/tree.ts";
import type { ClusterSource } from "../world/clusters.ts";
import { findDumps } from "../world/dumps.ts";
import { type EarlierReading, type FullReading, type ReadOptions, readWorld } from "../world/read.ts";
import { clusterFlag, clusterSources, knownClusters } from "./clusters.ts";
import { type FoundConfig, readConfig } from "./config.ts";
import type { Context } from "./context.ts";
import type { Renderings } from "./exec-helm.ts";
import { onOneSide, type StateGaps, stateGaps } from "./gaps.ts";
import { missing } from "./input.ts";
import type { Io } from "./io.ts";
import { changesFormat, changesText, failKinds } from "./mesh-changes.ts";
import type { ScanFlags } from "./options.ts";
import { notRead, optionsOf, presentationFor } from "./session.ts";
import { openStates, pathFor, type State, withDiskFiles } from "./states.ts";

export interface DiffFlags extends ScanFlags {
  readonly failOn?: readonly string[];
  readonly mergeBase?: boolean;
  readonly verbose?: boolean;
}

/** A state as it was read. */
interface Read {
  readonly state: State;
  readonly reading: FullReading;
  readonly config: FoundConfig;
  /** What programs were asked for; undefined where none was. */
  readonly renderings: Renderings | undefined;
}

/** Prints what differs for the mesh between two states. Throws a UsageError. */
export async function compared(
  args: readonly string[],
  flags: DiffFlags,
  { io, exit, version }: Context,
): Promise<void> {
  const format = changesFormat(flags.format);
  const failOn = failKinds(flags.failOn);
  const options = optionsOf(flags, io);
  const states = openStates(args, flags.mergeBase ?? false, io);
  for (const line of options.remarks) tell(io, line);
  const named = namedFiles(flags, io);
  const before = await read(states.before, named, flags, io);
  const after = await read(states.after, named, flags, io, {
    reading: before.reading,
    isSame: states.isSame,
  });
  const unread = [before, after].flatMap(({ state, reading }) =>
    notRead(reading).map((line) => `${state.name}: ${line}`),
  );
  for (const line of unread) tell(io, line);
  const [left, right] = [gapsOf(before), gapsOf(after)];
  const changes = compareClusters(before.reading.worlds, after.reading.worlds, {
    before: left.hiding,
    after: right.hiding,
  });
  const missing = onOneSide(left, right);
  const frame: ChangesFrame = {
    before: states.before.name,
    after: states.after.name,
    version,
    notes: [...states.remarks, ...configRemarks(before, after), ...missing, ...remarksOf(before, after)],
  };
  const style = { ...presentationFor(flags, io), verbose: flags.verbose ?? false };
  await io.stdout(changesText(format, changes, frame, style));
  const isUnread = [...unread, ...missing, ...left.unrendered, ...right.unrendered].length > 0;
  exit(isUnread ? 2 : hasAny(changes, failOn) ? 1 : 0);
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
  const files = withDiskFiles(state.tree, dumps.onDisk);
  const options: ReadOptions = {
    ...optionsOf(flags, io).optionsFor(found),
    namespaceDumps: dumps.all,
    clusters: knownClusters(named.clusters, found.config),
    ...(named.clusters.length > 0 && { dumpTree: named.disk }),
  };
  const first = readWorld(files, options, earlier);
  if (!flags.helm && !flags.kustomize) return { state, reading: first, config: found, renderings: undefined };
  const { rendering } = await import("./exec.ts");
  const renderings = rendering(first, state.tree, flags, io, state.name);
  const { rendered } = renderings;
  return { state, reading: readWorld(files, { ...options, rendered }, earlier), config: found, renderings };
}

/** Files that flags name: they are those of the disk, whatever a state has at their paths. */
interface NamedFiles {
  readonly config: { readonly config: string; readonly tree: State["tree"] } | undefined;
  readonly namespaces: readonly string[];
  readonly clusters: readonly ClusterSource[];
  readonly disk: FileTree;
}

function namedFiles({ config, namespaces = [], cluster = [] }: DiffFlags, { cwd }: Io): NamedFiles {
  const disk = diskTree(cwd, largestFileSize, [
    ...namespaces,
    ...cluster.map((value) => clusterFlag(value).path),
    ...(typeof config === "string" ? [config] : []),
  ]);
  for (const file of namespaces)
    if (disk.stat(withSlashes(file))?.type !== "file") throw missing(`--namespaces ${file}`, file, disk);
  return {
    config: typeof config === "string" ? { config, tree: disk } : undefined,
    namespaces,
    clusters: clusterSources(cluster, disk),
    disk,
  };
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

function gapsOf({ state, reading, renderings }: Read): StateGaps {
  return stateGaps(state.name, reading, renderings?.unrendered ?? []);
}

/** What programs were run without, in one state alone. */
function remarksOf(...[before, after]: readonly [Read, Read]): readonly string[] {
  const lines = ({ state, renderings }: Read, other: Read) =>
    (renderings?.remarks ?? [])
      .filter((line) => !other.renderings?.remarks.includes(line))
      .map((line) => `${state.name}: ${line}`);
  return [...lines(before, after), ...lines(after, before)];
}

function tell(io: Io, line: string): void {
  io.stderr(`sidelint: ${plain(line)}\n`);
}
