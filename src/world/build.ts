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
import { type Placed, workloadsOf } from "./workload.ts";
import type { NamespaceRecord, Origin, Resource, Skipped, World } from "./world.ts";

export interface WorldOptions {
  readonly config: Config;
  /** Where the configuration was read, for origins; undefined when there is none. */
  readonly configPath: string | undefined;
  readonly istioVersion: string | undefined;
  /** Namespaces read from dumps of the cluster. */
  readonly dumps: readonly Resource[];
  /** Labels of every namespace that nothing describes (`--assume`). */
  readonly assume: Labels | undefined;
  /** For workloads whose namespace nothing names (`--namespace`); wins over the configuration's. */
  readonly defaultNamespace: string | undefined;
}

/** Puts the world together. Pure: the same input gives the same world. */
export function buildWorld(collected: Collected, options: WorldOptions): World {
  const { config } = options;
  const { builds, pulledIn } = buildKustomizations(collected);
  const plain = [...collected.resources]
    .filter(([file]) => !pulledIn.has(file))
    .flatMap(([, found]) => found);
  const placed = [
    ...plain.map(placePlain),
    ...builds.flatMap((build) => build.resources.map((one) => ({ ...one, root: build.directory }))),
  ];

  const namespaces = namespaceSources(placed, options);
  const webhookResources = ofKind(placed, "MutatingWebhookConfiguration");
  const injectorResources = ofKind(placed, "ConfigMap");
  const { mesh, webhooks } = readMesh({
    webhookConfigurations: webhookResources,
    injectorConfigMaps: injectorResources,
    config,
    istioVersion: options.istioVersion,
  });
  const defaults = namespaceDefaults(options);
  const context = {
    mesh,
    kinds: workloadKinds(config),
    namespaceOf: namespaceLookup(namespaces),
    webhookResource: indexed(webhookResources, ({ name }) => name),
    injectorResource: injectorLookup(injectorResources, mesh.injectors),
  };
  const workloads = placed.flatMap((one) =>
    workloadsOf(one.namespace === null ? defaults(one) : one, context),
  );
  return {
    mesh,
    webhooks,
    webhookResources,
    injectorResources,
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

function placePlain(resource: Resource): Placed {
  const location = resource.namespace === null ? undefined : locateIn(resource, ["metadata", "namespace"]);
  return {
    resource,
    name: resource.name,
    root: null,
    namespace: resource.namespace,
    namespaceOrigin: location && { text: placeText(location), location },
  };
}

function ofKind(placed: readonly Placed[], kind: string): readonly Resource[] {
  return [
    ...new Set(placed.filter(({ resource }) => resource.kind === kind).map(({ resource }) => resource)),
  ];
}

function namespaceSources(placed: readonly Placed[], options: WorldOptions): NamespaceSources {
  const { config, configPath } = options;
  const origin: Origin = { text: configPath ?? "the configuration", location: undefined };
  const configured = Object.entries(config.namespaces ?? {}).flatMap(
    ([name, entry]): readonly NamespaceRecord[] =>
      entry.labels ? [{ name, labels: entry.labels, origin, resource: undefined, root: null }] : [],
  );
  return {
    configured,
    repository: placed.filter(isNamespace).map((one) => namespaceRecord(one.resource, one.root, one)),
    dumped: options.dumps.filter(({ kind }) => kind === "Namespace").map((one) => namespaceRecord(one, null)),
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
  resources: readonly Resource[],
  key: (one: Resource) => string,
): (asked: string) => Resource | undefined {
  const index = new Map([...resources].reverse().map((one) => [key(one), one]));
  return (asked) => index.get(asked);
}

function injectorLookup(
  resources: readonly Resource[],
  injectors: readonly Injector[],
): (revision: string) => Resource | undefined {
  const byMap = indexed(resources, ({ namespace, name }) => `${namespace ?? "istio-system"}/${name}`);
  return (revision) => {
    const configMap = injectors.find((one) => one.revision === revision)?.configMap;
    return configMap ? byMap(configMap) : undefined;
  };
}
