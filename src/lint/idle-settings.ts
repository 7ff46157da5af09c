/** What a configuration says of workloads, namespaces and paths that are nowhere in the repository: mostly slips of the pen. */
import ignore from "ignore";
import { meantBy } from "../kube/nearest.ts";
import type { Location } from "../source/locate.ts";
import type { Path } from "../source/node.ts";
import type { Config } from "../world/config.ts";
import { placeText } from "../world/resource.ts";
import type { Workload, World } from "../world/world.ts";
import { namesMatching } from "./names.ts";
import { coversWorkload } from "./policies.ts";

/** A setting that has no effect, in words for people, and where it stands. */
export interface IdleSetting {
  /** "sidelint.yaml:12:5". */
  readonly place: string;
  /** "require[0] fits no workload: there is no namespace shoop; did you mean shop?" */
  readonly says: string;
}

/** What there is to fit. */
interface Repository {
  readonly world: World;
  readonly namespaces: ReadonlySet<string>;
  /** Paths of files below the configuration's directory. */
  readonly files: readonly string[];
}

/**
 * The settings of the configuration's own file that fit nothing of the files that were read, which should be all there are. What
 * it takes from other configurations is meant for several repositories. Nothing is said where there is no workload at all.
 */
export function idleSettings(world: World, files: readonly string[]): readonly IdleSetting[] {
  const { configuration, workloads } = world;
  if (workloads.length === 0) return [];
  const paths = new Set([...files, ...workloads.map(({ resource }) => resource.document.file.path)]);
  const inNamespaces = workloads.flatMap(({ namespace }) => namespace.name ?? []);
  const described = world.namespaces.flatMap(({ name, placed }) => (placed ? [name] : []));
  const repository: Repository = {
    world,
    namespaces: new Set([...inNamespaces, ...described]),
    files: [...paths].flatMap((path) => configuration.belowConfig(path) ?? []),
  };
  const { config, configPath, locateInConfig } = configuration;
  return [
    ...idleNamespaces(config, repository),
    ...idlePaths(config, repository),
    ...idlePolicies(config, "require", repository),
    ...idlePolicies(config, "forbid", repository),
    ...idleOverrides(config, repository),
  ].flatMap(({ path, says }) => {
    const location: Location | undefined = locateInConfig(path);
    return location && location.file === configPath ? [{ place: placeText(location), says }] : [];
  });
}

interface Idle {
  readonly path: Path;
  readonly says: string;
}

function idleNamespaces({ namespaces = {} }: Config, { namespaces: known }: Repository): readonly Idle[] {
  return Object.keys(namespaces).flatMap((name): readonly Idle[] =>
    known.has(name)
      ? []
      : [
          {
            path: ["namespaces", name],
            says: `no workload is in the namespace ${name}${guess(name, known)}`,
          },
        ],
  );
}

function idlePaths({ paths = {} }: Config, { files }: Repository): readonly Idle[] {
  return Object.keys(paths).flatMap((pattern): readonly Idle[] =>
    fitsFile([pattern], files)
      ? []
      : [{ path: ["paths", pattern], says: `paths: ${noFile([pattern], files)}` }],
  );
}

type Policy = NonNullable<Config["require"]>[number];

function idlePolicies(config: Config, key: "require" | "forbid", repository: Repository): readonly Idle[] {
  const { workloads, configuration } = repository.world;
  return (config[key] ?? []).flatMap((policy, index): readonly Idle[] => {
    const covers = coversWorkload(policy, configuration.belowConfig);
    if (workloads.some(covers)) return [];
    const why = whyNone(policy, repository);
    return [{ path: [key, index], says: `${key}[${index}] fits no workload${why && `: ${why}`}` }];
  });
}

/** The first part of a policy that no workload fits; empty when there is a workload for each, and none for all of them. */
function whyNone({ namespaces, paths, kinds, names }: Policy, repository: Repository): string {
  const { workloads } = repository.world;
  const named = (patterns: readonly string[] | undefined, of: (workload: Workload) => string) => {
    const known = new Set(workloads.map(of));
    return patterns && !fitsName(patterns, known) ? { patterns, known } : undefined;
  };
  if (namespaces && !fitsName(namespaces, repository.namespaces))
    return noName("namespace", namespaces, repository.namespaces);
  const kind = named(kinds, ({ resource }) => resource.kind);
  if (kind) return noName("workload of kind", kind.patterns, kind.known);
  const name = named(names, (workload) => workload.name);
  if (name) return noName("workload called", name.patterns, name.known);
  return paths && !fitsFile(paths, repository.files) ? noFile(paths, repository.files) : "";
}

function idleOverrides({ overrides = [], namespaces = {} }: Config, repository: Repository): readonly Idle[] {
  const { files } = repository;
  const known = new Set([...repository.namespaces, ...Object.keys(namespaces)]);
  return overrides.flatMap((override, index): readonly Idle[] => {
    const says =
      override.namespaces && !fitsName(override.namespaces, known)
        ? noName("namespace", override.namespaces, known)
        : override.paths && !fitsFile(override.paths, files)
          ? noFile(override.paths, files)
          : "";
    if (says === "") return [];
    return [{ path: ["overrides", index], says: `overrides[${index}] fits nothing: ${says}` }];
  });
}

function fitsName(patterns: readonly string[], known: ReadonlySet<string>): boolean {
  const isNamed = namesMatching(patterns);
  return [...known].some(isNamed);
}

function fitsFile(patterns: readonly string[], files: readonly string[]): boolean {
  const matcher = ignore().add([...patterns]);
  return files.some((file) => matcher.ignores(file));
}

function noName(what: string, patterns: readonly string[], known: ReadonlySet<string>): string {
  const [first = ""] = patterns;
  return `there is no ${what} ${patterns.join(" or ")}${patterns.length === 1 ? guess(first, known) : ""}`;
}

function noFile(patterns: readonly string[], files: readonly string[]): string {
  const [first = ""] = patterns;
  const says = `${patterns.map((one) => JSON.stringify(one)).join(", ")} fits no file`;
  if (patterns.length > 1) return says;
  const directory = /^\/?(.*?)\/(?:\*\*)?$/.exec(first)?.[1];
  const known = new Set(files.flatMap(directoriesOf));
  const meant = directory === undefined ? undefined : meantBy(directory, known);
  return meant === undefined ? says : `${says}; did you mean ${JSON.stringify(`${meant}/**`)}?`;
}

function directoriesOf(file: string): readonly string[] {
  const parts = file.split("/").slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}

function guess(name: string, known: Iterable<string>): string {
  const meant = meantBy(name, known);
  return meant === undefined ? "" : `; did you mean ${meant}?`;
}
