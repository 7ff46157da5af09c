/** The world of a repository: everything that was read, put together and decided. */
import ignore from "ignore";
import type { Injector, Labels } from "../istio/facts.ts";
import type { WorkloadKind } from "../kube/workload.ts";
import type { Collected } from "./collect.ts";
import type { Config } from "./config.ts";
import { buildKustomizations } from "./kustomize.ts";
import { readMesh } from "./mesh.ts";
import { missingFacts } from "./missing.ts";
import { type NamespaceSources, namespaceLookup, namespaceRecord } from "./namespaces.ts";
import { locateIn, placeText } from "./resource.ts";
import { workloadsOf } from "./workload.ts";
import type { NamespaceRecord, Origin, Placed, Resource, Skipped, World } from "./world.ts";

export interface WorldOptions {
  readonly config: Config;
  /** Where the configuration was read, for origins; undefined when there is none. */
  readonly configPath: string | undefined;
  readonly istioVersion: string | undefined;
  /** Namespaces read from dumps of the cluster. */
  readonly dumps: Collected;
  /** Labels of every namespace that nothing describes (`--assume`). */
  readonly assume: Labels | undefined;
  /** For workloads whose namespace nothing names (`--namespace`); wins over the configuration's. */
  readonly defaultNamespace: string | undefined;
}

/** Puts the world together. Pure: the same input gives the same world. */
export function buildWorld(collected: Collected, options: WorldOptions): World {
  const { config } = options;
  const { builds, pulledIn } = buildKustomizations(collected);
  const placed = [
    ...placePlain(collected, pulledIn),
    ...builds.flatMap(({ directory, resources }) =>
      resources.map((one): Placed => ({ ...one, root: directory })),
    ),
  ];

  const namespaces = namespaceSources(placed, options);
  const webhookConfigurations = ofKind(placed, "MutatingWebhookConfiguration");
  const injectorConfigMaps = ofKind(placed, "ConfigMap");
  const { mesh, webhooks } = readMesh({
    webhookConfigurations,
    injectorConfigMaps,
    config,
    istioVersion: options.istioVersion,
  });
  const defaults = namespaceDefaults(options);
  const context = {
    mesh,
    kinds: workloadKinds(config),
    namespaceOf: namespaceLookup(namespaces),
    webhookConfiguration: indexed(webhookConfigurations, ({ name }) => name),
    injectorConfigMap: injectorLookup(injectorConfigMaps, mesh.injectors),
  };
  const workloads = placed.flatMap((one) =>
    workloadsOf(one.namespace === null ? defaults(one) : one, context),
  );
  return {
    mesh,
    webhooks,
    webhookConfigurations,
    injectorConfigMaps,
    namespaces: [...namespaces.configured, ...namespaces.repository, ...namespaces.dumped],
    workloads,
    missing: missingFacts(workloads),
    skipped: [...collected.skipped, ...builds.flatMap((build): readonly Skipped[] => build.skipped)],
  };
}

/** The workload kinds that a configuration adds. */
export function workloadKinds(config: Config): readonly WorkloadKind[] {
  return (config.workloads ?? []).map(({ kind, group, podTemplate }) => ({
    kind,
    group: group ?? "",
    templates: podTemplate.map((path) => path.split(".").filter((step) => step !== "")),
  }));
}

function placePlain(collected: Collected, pulledIn: ReadonlySet<string>): readonly Placed[] {
  return [...collected.resources]
    .filter(([file]) => !pulledIn.has(file))
    .flatMap(([, found]) => found.map(placed));
}

function placed(resource: Resource): Placed {
  const locate: Placed["locate"] = (path, part) => locateIn(resource, path, part);
  const { value, name, namespace } = resource;
  const location = namespace === null ? undefined : locate(["metadata", "namespace"]);
  const namespaceOrigin = location && { text: placeText(location), location };
  return { resource, value, name, root: null, namespace, namespaceOrigin, locate };
}

/** The objects of a kind by name; the API server holds one a name, so the first that describes it counts. */
function ofKind(placed: readonly Placed[], kind: string): readonly Placed[] {
  const seen = new Set<string>();
  return placed.filter(({ resource, name, namespace }) => {
    const key = `${namespace}/${name}`;
    if (resource.kind !== kind || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function namespaceSources(placed: readonly Placed[], options: WorldOptions): NamespaceSources {
  const { config, configPath } = options;
  const origin: Origin = { text: configPath ?? "the configuration", location: undefined };
  const configured = Object.entries(config.namespaces ?? {}).flatMap(
    ([name, entry]): readonly NamespaceRecord[] =>
      entry.labels ? [{ name, labels: entry.labels, origin, placed: undefined, root: null }] : [],
  );
  return {
    configured,
    repository: placed.filter(isNamespace).map(namespaceRecord),
    dumped: placePlain(options.dumps, new Set()).filter(isNamespace).map(namespaceRecord),
    assumed: options.assume,
    absentMeansUnlabelled: config.assumptions?.namespaceLabels === "absent",
  };
}

function isNamespace({ resource }: Placed): boolean {
  return resource.kind === "Namespace" && resource.apiVersion === "v1";
}

/** Fills in the namespace of what names none: by path pattern, then by default. */
function namespaceDefaults(options: WorldOptions): (placed: Placed) => Placed {
  const { config, configPath = "the configuration" } = options;
  const patterns = Object.entries(config.paths ?? {}).map(([pattern, { namespace }]) => ({
    covers: ignore().add(pattern),
    namespace,
    origin: { text: `${configPath}, paths: ${pattern}`, location: undefined },
  }));
  const fallback = options.defaultNamespace ?? config.defaultNamespace;
  const fallbackOrigin: Origin = {
    text: options.defaultNamespace === undefined ? `${configPath}, defaultNamespace` : "--namespace",
    location: undefined,
  };
  return (placed) => {
    const { path } = placed.resource.document.file;
    const asked = [path, placed.root === null ? undefined : `${placed.root}/kustomization.yaml`];
    const found = patterns.find(({ covers }) =>
      asked.some((one) => one !== undefined && insideTree(one) && covers.ignores(one)),
    );
    if (found) return { ...placed, namespace: found.namespace, namespaceOrigin: found.origin };
    return fallback === undefined
      ? placed
      : { ...placed, namespace: fallback, namespaceOrigin: fallbackOrigin };
  };
}

/** Patterns are relative to the top, so paths outside of it match none. */
function insideTree(path: string): boolean {
  return !path.startsWith("/") && !path.startsWith("../") && !path.startsWith("./");
}

function indexed(
  placed: readonly Placed[],
  key: (one: Placed) => string,
): (asked: string) => Placed | undefined {
  const index = new Map([...placed].reverse().map((one) => [key(one), one]));
  return (asked) => index.get(asked);
}

function injectorLookup(
  configMaps: readonly Placed[],
  injectors: readonly Injector[],
): (revision: string) => Placed | undefined {
  const byMap = indexed(configMaps, ({ namespace, name }) => `${namespace ?? "istio-system"}/${name}`);
  return (revision) => {
    const configMap = injectors.find((one) => one.revision === revision)?.configMap;
    return configMap ? byMap(configMap) : undefined;
  };
}
