/** The clusters that a repository is judged for: what is dumped of each, and what the configuration says of it alone. */
import { at } from "../kube/json.ts";
import { type Location, locationOf } from "../source/locate.ts";
import type { Path } from "../source/node.ts";
import type { FileTree } from "../source/tree.ts";
import type { WalkFailure } from "../source/walk.ts";
import { type Collected, collect } from "./collect.ts";
import type { Config } from "./config.ts";

/** A cluster that is asked for: its name where there are several, and the files and directories that were dumped of it. */
export interface ClusterSource {
  readonly name: string | null;
  readonly dumps: readonly string[];
}

/** One cluster as far as it is known before the repository is. */
export interface Cluster {
  readonly name: string | null;
  /** What was dumped of it; undefined where nothing was. */
  readonly live: Collected | undefined;
  /** The configuration as it holds for this cluster. */
  readonly config: Config;
  readonly locateInConfig: (path: Path) => Location | undefined;
  readonly failures: readonly WalkFailure[];
}

export interface ClusterOptions {
  /** Those that a command line names; default: those of the configuration. */
  readonly asked: readonly ClusterSource[] | undefined;
  readonly config: Config;
  readonly locateInConfig: (path: Path) => Location | undefined;
  /** A path that the configuration names, as one of the tree. */
  readonly fromConfig: (path: string) => string;
}

/** The clusters, each with its dump read; one without a name where nobody tells of any. */
export function readClusters(tree: FileTree, options: ClusterOptions): readonly Cluster[] {
  const { config, asked } = options;
  const named = Object.entries(config.clusters ?? {}).map(
    ([name, { dump }]): ClusterSource => ({
      name,
      dumps: dump === undefined ? [] : [options.fromConfig(dump)],
    }),
  );
  const wanted = (asked && asked.length > 0 ? asked : named).map((one) => ({
    ...one,
    dumps: one.dumps.map((path) => path.replace(/^(?:\.\/+)+(?=.)|(?<=.)\/+$/g, "")),
  }));
  if (wanted.length === 0) return [withFacts(null, undefined, [], options)];
  return wanted.map(({ name, dumps }) => {
    const own = dumps.length > 0 ? dumps : (named.find((one) => one.name === name)?.dumps ?? []);
    if (own.length === 0) return withFacts(name, undefined, [], options);
    const files = own.flatMap((path) => filesBelow(tree, path));
    const live = collect(tree, files, { kinds: [nodeKind] });
    return withFacts(name, live, dumpFault(own, files, live), options);
  });
}

/** Everything that is named as a dump, also of clusters that are not asked for. */
export function dumpPathsOf({ asked = [], config, fromConfig }: ClusterOptions): readonly string[] {
  const named = Object.values(config.clusters ?? {}).flatMap(({ dump }) => dump ?? []);
  return [...asked.flatMap(({ dumps }) => dumps), ...named.map(fromConfig)];
}

/** Nodes carry no pods; they are read for the release of their kubelets. */
const nodeKind = { group: "", kind: "Node", templates: [] };

function withFacts(
  name: string | null,
  live: Collected | undefined,
  failures: readonly WalkFailure[],
  { config, locateInConfig }: ClusterOptions,
): Cluster {
  const { clusters, ...common } = config;
  const own = name === null ? undefined : clusters?.[name];
  const kubernetes = own?.kubernetes ?? common.kubernetes ?? kubeletsOf(live);
  const below = ["clusters", name ?? ""];
  return {
    name,
    live,
    failures,
    config: {
      ...common,
      ...(own?.namespaces && { namespaces: { ...common.namespaces, ...own.namespaces } }),
      ...(own?.istio && { istio: { ...common.istio, ...own.istio } }),
      ...(kubernetes && { kubernetes }),
    },
    locateInConfig: own
      ? (path) => locateInConfig([...below, ...path]) ?? locateInConfig(path)
      : locateInConfig,
  };
}

/** Every file below a directory that may hold objects, in order; a file is itself. */
function filesBelow(tree: FileTree, path: string): readonly string[] {
  if (tree.stat(path)?.type !== "directory") return [path];
  const entries = tree.list(path);
  if ("reason" in entries) return [];
  return [...entries]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(({ name, type }) => {
      const below = path === "." ? name : `${path}/${name}`;
      if (type === "directory") return filesBelow(tree, below);
      return /\.(?:ya?ml|json)$/.test(name) ? [below] : [];
    });
}

const telling = new Set(["Namespace", "MutatingWebhookConfiguration", "ConfigMap", "Node"]);
const wanted = "kubectl get ns,mutatingwebhookconfigurations,cm -A -o yaml";

/** Why a dump cannot be counted on: its first fault, or that it tells nothing. */
function dumpFault(
  paths: readonly string[],
  files: readonly string[],
  { skipped, problems, resources }: Collected,
): readonly WalkFailure[] {
  const unread = skipped.find(({ reason }) => reason === "unreadable");
  if (unread) return [{ path: unread.path, reason: unread.detail }];
  const [broken] = problems;
  if (broken) {
    const { file, error } = broken;
    const { line, column } = locationOf(file, { start: error.offset, end: error.offset });
    return [{ path: `${file.path}:${line}:${column}`, reason: `cannot be read as a dump: ${error.message}` }];
  }
  const tells = [...resources.values()].some((found) => found.some(({ kind }) => telling.has(kind)));
  if (tells) return [];
  const [path = ""] = paths;
  const reason =
    files.length === 0
      ? "no *.yaml, *.yml or *.json file is there"
      : `holds nothing of a cluster (${wanted} writes a dump)`;
  return [{ path, reason }];
}

/** The oldest release that a kubelet of the dump runs; undefined where it holds no node. */
function kubeletsOf(live: Collected | undefined): Config["kubernetes"] {
  const versions = [...(live?.resources.values() ?? [])].flat().flatMap(({ kind, value }) => {
    const version = kind === "Node" ? at(value, ["status", "nodeInfo", "kubeletVersion"]) : undefined;
    return typeof version === "string" && /^v?\d+\.\d+/.test(version) ? [version] : [];
  });
  const [oldest] = versions.sort((a, b) => ageOf(a) - ageOf(b));
  return oldest === undefined ? undefined : { version: oldest };
}

function ageOf(version: string): number {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(version) ?? [];
  return Number(major) * 1e4 + Number(minor);
}
