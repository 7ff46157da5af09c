/** The facts that sidelint.yaml and flags add to a world: namespaces, where workloads go, kinds of workloads. */
import ignore from "ignore";
import { gatePaths } from "../istio/install-gates.ts";
import { layOver, nestAt } from "../istio/lay-over.ts";
import { at, type Json, type JsonObject } from "../kube/json.ts";
import type { WorkloadKind } from "../kube/workload.ts";
import type { Location } from "../source/locate.ts";
import type { Path } from "../source/node.ts";
import type { Config } from "./config.ts";
import { placeText } from "./resource.ts";
import type { NamespaceRecord, Origin, Placed } from "./world.ts";

export interface Configuration {
  readonly config: Config;
  /** The path of its file; undefined when there is none. */
  readonly configPath: string | undefined;
  readonly locateInConfig: (path: Path) => Location | undefined;
  /** A path of the tree relative to the configuration's directory; undefined when it lies elsewhere. */
  readonly belowConfig: (path: string) => string | undefined;
  /** For workloads whose namespace nothing names (`--namespace`); wins over the configuration's. */
  readonly defaultNamespace: string | undefined;
}

/** The namespaces whose labels the configuration tells. */
export function configuredNamespaces(configuration: Configuration): readonly NamespaceRecord[] {
  return Object.entries(configuration.config.namespaces ?? {}).flatMap(
    ([name, { labels }]): readonly NamespaceRecord[] => {
      const origin = originIn(configuration, ["namespaces", name, "labels"]);
      return labels ? [{ name, labels, origin, placed: undefined, root: null }] : [];
    },
  );
}

/** The kinds of workloads that the configuration adds. */
export function workloadKinds(config: Config): readonly WorkloadKind[] {
  return (config.workloads ?? []).map(({ kind, group, podTemplate }) => ({
    kind,
    group: group ?? "",
    templates: podTemplate.map((path) => path.split(".").filter((step) => step !== "")),
  }));
}

/** Fills in the namespace of what names none: by the longest path pattern that covers it, then by default. */
export function namespaceDefaults(configuration: Configuration): (placed: Placed) => Placed {
  const { config, defaultNamespace, belowConfig } = configuration;
  const patterns = Object.entries(config.paths ?? {})
    .sort(([a], [b]) => b.length - a.length)
    .map(([pattern, { namespace }]) => ({
      covers: ignore().add(pattern),
      namespace,
      origin: originIn(configuration, ["paths", pattern]),
    }));
  const fallback = defaultNamespace ?? config.defaultNamespace;
  const fallbackOrigin =
    defaultNamespace === undefined
      ? originIn(configuration, ["defaultNamespace"])
      : { text: "--namespace", location: undefined };
  return (placed) => {
    const file = placed.resource.document.file.path;
    const asked = placed.root === null ? [file] : [file, `${placed.root}/kustomization.yaml`];
    const relative = patterns.length === 0 ? [] : asked.flatMap((path) => belowConfig(path) ?? []);
    const found = patterns.find(({ covers }) => relative.some((path) => covers.ignores(path)));
    if (found) return { ...placed, namespace: found.namespace, namespaceOrigin: found.origin };
    if (fallback === undefined) return placed;
    return { ...placed, namespace: fallback, namespaceOrigin: fallbackOrigin };
  };
}

/** Where the configuration tells something of injectors that the repository does not show; undefined where it does not. */
export function configuredInjector(configuration: Configuration): (path: Path) => Origin | undefined {
  const { config } = configuration;
  return ([about, ...rest]) => {
    const gate = Object.entries(gatePaths).find(([name]) => name === about)?.[1];
    const ofValues = gate && ["istio", "values", ...gate];
    if (about === "policy" && config.istio?.policy !== undefined)
      return originIn(configuration, ["istio", "policy"]);
    if (about === "values" && config.istio?.proxy?.resources !== undefined)
      return originIn(configuration, ["istio", "proxy", "resources"]);
    if (!ofValues || at(config as JsonObject, ofValues) === undefined) return undefined;
    return originIn(configuration, [...ofValues, ...rest]);
  };
}

/** What the configuration says of the install of one revision. */
export interface ConfiguredInstall {
  /** Helm values of istiod and the mesh's configuration, in the order in which each is laid over those before it. */
  readonly layers: readonly InstallLayer[];
  readonly cni: boolean | undefined;
  readonly nativeSidecars: boolean | undefined;
}

/** A part of an install: a value that stands below a path of the values or of the mesh's configuration. */
export interface InstallLayer {
  readonly of: "values" | "mesh";
  readonly below: readonly string[];
  readonly value: Json;
  /** Whether nothing of what was there stays, not even of a map. */
  readonly replaces: boolean;
  originOf(path: Path): Origin;
}

/** Reads what sidelint.yaml says of the mesh, and then of a revision, as an install of Istio would be told it. */
export function configuredInstall(configuration: Configuration, revision: string): ConfiguredInstall {
  const { istio } = configuration.config;
  const index = istio?.revisions?.findIndex(({ name }) => name === revision) ?? -1;
  const own = istio?.revisions?.[index];
  const layer = (of: InstallLayer["of"], below: readonly string[], from: Path): readonly InstallLayer[] => {
    const value = at(configuration.config as JsonObject, from);
    if (value === undefined) return [];
    const originOf = (path: Path) => originIn(configuration, [...from, ...path]);
    return [{ of, below, value, replaces: from[1] === "proxy", originOf }];
  };
  const settings = (from: Path) => [
    ...layer("values", ["global", "hub"], [...from, "hub"]),
    ...layer("values", ["global", "tag"], [...from, "tag"]),
    ...layer("values", [], [...from, "values"]),
    ...layer("mesh", [], [...from, "meshConfig"]),
  ];
  return {
    layers: [
      ...layer("values", ["global", "proxy", "autoInject"], ["istio", "policy"]),
      ...layer("values", ["global", "proxy", "resources"], ["istio", "proxy", "resources"]),
      ...settings(["istio"]),
      ...(index < 0 ? [] : settings(["istio", "revisions", index])),
    ],
    cni: own?.cni ?? istio?.cni,
    nativeSidecars: own?.nativeSidecars ?? istio?.nativeSidecars,
  };
}

/** The layers of one kind as one map. */
export function laidTogether(layers: readonly InstallLayer[], of: InstallLayer["of"]): JsonObject {
  return layers
    .filter((layer) => layer.of === of)
    .reduce<JsonObject>((all, { below, value }) => layOver(all, nestAt(below, value)), {});
}

/** Where the layers say what stands at a path; undefined where none does. The last that says it counts. */
export function originInLayers(
  layers: readonly InstallLayer[],
  of: InstallLayer["of"],
  path: Path,
): Origin | undefined {
  for (const layer of [...layers].reverse()) {
    if (layer.of !== of) continue;
    const { below, value, originOf } = layer;
    const shared = below.findIndex((step, depth) => step !== path[depth]);
    if (shared >= 0 && shared < path.length) continue;
    const rest = path.slice(below.length);
    if (at(value, rest) !== undefined) return originOf(rest);
  }
  return undefined;
}

function originIn({ configPath, locateInConfig }: Configuration, path: Path): Origin {
  const location = locateInConfig(path);
  return { text: location ? placeText(location) : (configPath ?? "the configuration"), location };
}

/** Whether a configuration names rules or sets them: only then does anybody need to know which there are. */
export function speaksOfRules({ rules, severities, overrides, optionalRules, ignore }: Config): boolean {
  return [rules, severities, overrides, optionalRules, ignore].some((setting) => setting !== undefined);
}
