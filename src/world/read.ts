/** From a tree of files to the world that they describe: all that commands need which do not lint. */
import type { Labels } from "../istio/facts.ts";
import type { Document } from "../source/document.ts";
import type { Location } from "../source/locate.ts";
import type { Path } from "../source/node.ts";
import { absolutePath, isInside, pathBelow } from "../source/path.ts";
import { hasRepository, outsideOf } from "../source/reach.ts";
import type { FileTree } from "../source/tree.ts";
import { type WalkFailure, walk } from "../source/walk.ts";
import { broughtBy, buildWorld } from "./build.ts";
import {
  type Cluster,
  type ClusterOptions,
  type ClusterSource,
  dumpPathsOf,
  readClusters,
} from "./clusters.ts";
import { type Collected, collect, directoryOf, type Problem } from "./collect.ts";
import type { Config } from "./config.ts";
import { workloadKinds } from "./configured.ts";
import { dumpFailures } from "./dumps.ts";
import { guarded } from "./guard.ts";
import type { Rendered } from "./rendered.ts";
import type { Skipped, World } from "./world.ts";

/** What is read, and what is known besides. */
export interface ReadOptions {
  /** Files and directories of the tree; default: all of it. */
  readonly paths?: readonly string[];
  readonly config?: Config;
  /** The path of the configuration file: its patterns are relative to its directory. */
  readonly configPath?: string;
  /** Where something of the configuration stands; `loadConfig` gives it. */
  readonly locateInConfig?: (path: Path) => Location | undefined;
  /** Judge by this release, such as "1.30" or "1.26.8"; wins over the configuration and the repository. */
  readonly istioVersion?: string;
  /** Labels for every namespace that nothing describes. */
  readonly assume?: Labels;
  /** For workloads whose namespace nothing names. */
  readonly defaultNamespace?: string;
  /** Files with namespaces dumped from a cluster (`kubectl get ns -o yaml`), read besides the paths. */
  readonly namespaceDumps?: readonly string[];
  /** Whether the repository's own configurations of injectors are left aside, for those of stock installs. */
  readonly stockInjectors?: boolean;
  /** The clusters that are judged, with files and directories dumped of each; default: those of the configuration. */
  readonly clusters?: readonly ClusterSource[];
  /** The tree that dumps of clusters are read from, where that is another. */
  readonly dumpTree?: FileTree;
  /** What helm and kustomize made of charts and kustomizations of the tree, where somebody ran them. */
  readonly rendered?: readonly Rendered[];
  /** Kinds of objects that decide on nothing, and are wanted in `World.besides`. */
  readonly besides?: readonly string[];
  readonly onProgress?: (done: number, total: number) => void;
}

export interface Reading {
  /** The first of the worlds, and the only one of most repositories. */
  readonly world: World;
  /** What each cluster is; the files are read once. */
  readonly worlds: readonly World[];
  /** What could not be read at all: paths that do not exist or may not be opened, and dumps without a namespace. */
  readonly failures: readonly WalkFailure[];
  /** Documents that look like manifests and could not be read. */
  readonly unreadable: readonly Problem[];
  /** The files that were read, in order. */
  readonly files: readonly string[];
  /** Whether a path lies beyond the repository of what was asked for. */
  isOutside(path: string): boolean;
  /** The documents of a file that the scan read and kept, or of any other that may be read. */
  documentsOf(file: string): readonly Document[] | undefined;
  /** The text of a file that the scan read and kept, for code frames. */
  textOf(file: string): string | undefined;
}

/** A reading with what rules and reports look at besides. */
export interface FullReading extends Reading {
  readonly collected: Collected;
  /** Everything that is wrong with files and builds. */
  readonly problems: readonly Problem[];
  /** Whether the directory of a file is among what was asked for, and not just the file. */
  isWhole(file: string): boolean;
}

/** Another state of a tree that was read, and what is known to be the same in it. */
export interface EarlierReading {
  readonly reading: FullReading;
  /** Whether a file is the same in both, for certain; of others the texts are compared. */
  isSame(path: string): boolean;
}

/**
 * Reads manifests from a tree and decides for every pod template. Pure but for the tree; never throws for anything the files say.
 * @param earlier another state of the tree: what is the same in both is neither read nor parsed nor built again
 */
export function readWorld(tree: FileTree, options: ReadOptions = {}, earlier?: EarlierReading): FullReading {
  const root = (tree.root ?? "").replace(/\/$/, "");
  const { config = {}, configPath, paths = ["."] } = options;
  const known = clusterOptions(options, config);
  const { collected, walked, isOutside } = readFiles(tree, options, dumpPathsOf(known), earlier);
  const dumpPaths = [...new Set(options.namespaceDumps ?? [])];
  const dumps = collect(tree, dumpPaths, { kinds: [] });
  const untold = dumpFailures(dumps, dumpPaths);
  const clusters = readClusters(options.dumpTree ?? tree, known);
  const build = builderOf(root, { collected, dumps, clusters }, options);
  const worlds = clusters.map(build);
  const world =
    worlds[0] ??
    build({ name: null, live: undefined, config, locateInConfig: () => undefined, failures: [] });
  const told = ({ file }: Problem) => !untold.some(({ path }) => path === file.path);
  const configText = (file: string) => (file === configPath ? collected.textOf(file) : undefined);
  return {
    world,
    worlds,
    collected,
    problems: [
      ...collected.problems,
      ...dumps.problems.filter(told),
      ...ofAll(worlds, (one) => [...one.unreadable, ...one.refused, ...one.faults]),
    ],
    failures: [...walked.failures, ...untold, ...clusters.flatMap((one) => one.failures)],
    unreadable: collected.problems,
    files: walked.files,
    isOutside,
    isWhole: wholeBelow(tree, root, paths),
    documentsOf: (path) => guarded({ path, text: "" }, [], () => collected.documentsOf(path)),
    textOf: (file) =>
      [collected, dumps, ...clusters.flatMap(({ live }) => live ?? [])]
        .map((one) => one.fileOf(file)?.text)
        .find((text) => text !== undefined) ?? configText(file),
  };
}

/** The directory of the configuration, which its paths are relative to. */
function configBaseOf({ configPath }: ReadOptions): string {
  return configPath === undefined ? "." : directoryOf(configPath);
}

function clusterOptions(options: ReadOptions, config: Config): ClusterOptions {
  const base = configBaseOf(options);
  return {
    asked: options.clusters,
    config,
    locateInConfig: options.locateInConfig ?? (() => undefined),
    fromConfig: (path) => (base === "." || path.startsWith("/") ? path : `${base}/${path}`),
  };
}

/** The files that were asked for, without those of dumps, and what they hold. */
function readFiles(
  tree: FileTree,
  options: ReadOptions,
  dumps: readonly string[],
  earlier: EarlierReading | undefined,
) {
  const { config = {}, paths = ["."] } = options;
  const found = walk(tree, paths, { ignore: unreadPaths(config), ignoreBase: configBaseOf(options) });
  const root = (tree.root ?? "").replace(/\/$/, "");
  const walked = { ...found, files: withoutDumps(found.files, root, dumps) };
  const isOutside = outsideOf(tree, paths, walked.outsideLinks);
  const read = collect(tree, walked.files, {
    kinds: workloadKinds(config),
    onProgress: options.onProgress,
    besides: options.besides,
    isOutside,
    isRepository: hasRepository(tree, paths),
    earlier: earlier && { collected: earlier.reading.collected, isSame: earlier.isSame },
  });
  const collected = { ...read, skipped: [...read.skipped, ...walked.outsideLinks.map(outsideLink)] };
  return { collected, walked, isOutside };
}

interface Read {
  readonly collected: Collected;
  readonly dumps: Collected;
  readonly clusters: readonly Cluster[];
}

/** Builds the world of a cluster; what the repository brings is worked out once for all. */
function builderOf(
  root: string,
  { collected, dumps, clusters }: Read,
  options: ReadOptions,
): (cluster: Cluster) => World {
  const { config = {}, configPath } = options;
  const brought = broughtBy(collected, config, options.rendered);
  const base = absolutePath(root, configBaseOf(options));
  const names = [...clusters.flatMap(({ name }) => name ?? []), ...Object.keys(config.clusters ?? {})];
  return (cluster) =>
    buildWorld(
      collected,
      {
        config: cluster.config,
        configPath,
        locateInConfig: cluster.locateInConfig,
        belowConfig: (path) => pathBelow(base, absolutePath(root, path)),
        istioVersion: options.istioVersion,
        dumps,
        cluster,
        clusters: names,
        isOneOfSeveral: clusters.length > 1,
        assume: options.assume,
        defaultNamespace: options.defaultNamespace,
        stockInjectors: options.stockInjectors,
        besides: options.besides,
      },
      brought,
    );
}

/** What all clusters hold as one world, for those who look for objects and not for what becomes of them. */
export function worldOfAll({ world, worlds }: Pick<Reading, "world" | "worlds">): World {
  if (worlds.length < 2) return world;
  return {
    ...world,
    workloads: worlds.flatMap(({ workloads }) => workloads),
    namespaces: worlds.flatMap(({ namespaces }) => namespaces),
  };
}

/** The world of a cluster. */
export function worldOf({ world, worlds }: Pick<Reading, "world" | "worlds">, name: string | null): World {
  return worlds.find(({ cluster }) => cluster === name) ?? world;
}

/** What is wrong in any of several worlds, each thing once. */
function ofAll(worlds: readonly World[], of: (world: World) => readonly Problem[]): readonly Problem[] {
  const all = worlds.flatMap(of);
  if (worlds.length === 1) return all;
  const known = new Map(
    all.map((one) => [`${one.file.path}\n${one.error.offset}\n${one.error.message}`, one]),
  );
  return [...known.values()];
}

/** The files that are none of a dump: what a cluster has is nothing that the repository brings. */
function withoutDumps(files: readonly string[], root: string, dumps: readonly string[]): readonly string[] {
  if (dumps.length === 0) return files;
  const whole = dumps.map((path) => absolutePath(root, path));
  return files.filter((file) => !whole.some((dump) => isInside(dump, absolutePath(root, file))));
}

/** The patterns among what the configuration ignores; the rest is about findings. */
function unreadPaths({ ignore = [] }: Config): readonly string[] {
  return ignore.filter((entry) => typeof entry === "string");
}

/** Whether the directory of a file is among what was asked for, and not just the file. */
function wholeBelow(tree: FileTree, root: string, paths: readonly string[]): (file: string) => boolean {
  const directories = paths
    .filter((path) => tree.stat(path)?.type === "directory")
    .map((path) => absolutePath(root, path));
  return (file) => {
    const absolute = absolutePath(root, file);
    return directories.some((directory) => isInside(directory, absolute));
  };
}

function outsideLink(path: string): Skipped {
  return { reason: "outside-link", path, files: 1, detail: "" };
}
