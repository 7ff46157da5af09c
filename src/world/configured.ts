/** The facts that sidelint.yaml and flags add to a world: namespaces, where workloads go, kinds of workloads. */
import ignore from "ignore";
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
  return ([about]) => {
    if (about === "policy" && config.istio?.policy !== undefined)
      return originIn(configuration, ["istio", "policy"]);
    if (about === "values" && config.istio?.proxy?.resources !== undefined)
      return originIn(configuration, ["istio", "proxy", "resources"]);
    return undefined;
  };
}

function originIn({ configPath, locateInConfig }: Configuration, path: Path): Origin {
  const location = locateInConfig(path);
  return { text: location ? placeText(location) : (configPath ?? "the configuration"), location };
}
