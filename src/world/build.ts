/** The world of a repository: everything that was read, put together and decided. */
import type { Injector, Labels } from "../istio/facts.ts";
import { isInjectorName } from "../istio/injector-config.ts";
import { showsInstall } from "../istio/install-gates.ts";
import { defaultRevision } from "../istio/webhook.ts";
import { at } from "../kube/json.ts";
import { type Collected, isMembership } from "./collect.ts";
import {
  type Configuration,
  configuredInjector,
  configuredNamespaces,
  namespaceDefaults,
  workloadKinds,
} from "./configured.ts";
import { deliver } from "./delivery/deliver.ts";
import { type Fault, guarded } from "./guard.ts";
import { valuesPods } from "./helm-sources.ts";
import { buildKustomizations } from "./kustomize.ts";
import { isMeshConfigMap, readMesh } from "./mesh.ts";
import { installedRevisions } from "./mesh-installs.ts";
import { missingFacts } from "./missing.ts";
import { type NamespaceSources, namespaceLookup, namespaceRecord } from "./namespaces.ts";
import { locateIn, placeText } from "./resource.ts";
import { workloadsOf } from "./workload.ts";
import type { NamespaceRecord, Placed, Resource, Skipped, World } from "./world.ts";

export interface WorldOptions extends Configuration {
  readonly istioVersion: string | undefined;
  /** What dumps of the cluster hold. */
  readonly dumps: Collected;
  /** Labels of every namespace that nothing describes (`--assume`). */
  readonly assume: Labels | undefined;
  /** Whether the repository's own configurations of injectors are left aside. */
  readonly stockInjectors?: boolean | undefined;
}

/** Puts the world together. Pure: the same input gives the same world. */
export function buildWorld(collected: Collected, options: WorldOptions): World {
  const { config } = options;
  const built = buildKustomizations(collected);
  const { builds, pulledIn, faults: failedBuilds, refused } = built;
  const faults: Fault[] = [...failedBuilds];
  const alone = [...placePlain(collected, pulledIn), ...builds.flatMap(({ resources }) => resources)];
  const delivered = deliver({ collected, builds: built, placed: alone }, config.gitops !== "ignore");
  const { placed } = delivered;

  const namespaces = namespaceSources(placed, delivered.namespaces, options);
  const webhookConfigurations = ofKind(placed, "MutatingWebhookConfiguration");
  const injectorConfigMaps = ofKind(placed, "ConfigMap").filter(
    ({ name }) => !options.stockInjectors || !isInjectorName(name),
  );
  const shown = placed.filter(({ value }) => showsInstall(value));
  const installed = installedRevisions(shown);
  const { mesh, webhooks, unreadable, installOrigin } = readMesh({
    webhookConfigurations,
    injectorConfigMaps,
    installed,
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
    configuredInjector: configuredInjector(options),
    installOrigin,
  };
  const decided = (one: Placed) => workloadsOf(one.namespace === null ? defaults(one) : one, context);
  const workloads = placed.flatMap(
    (one) => guarded(one.resource.document.file, faults, () => decided(one)) ?? [],
  );
  const running = webhooks === "install" ? installed.map(({ revision }) => revision) : [defaultRevision];
  const taken = webhooks === "install" || webhooks === "stock" ? running : [];
  const missing = missingFacts(workloads, options.belowConfig, taken);
  return {
    mesh,
    webhooks,
    webhookConfigurations,
    injectorConfigMaps,
    meshConfigMaps: injectorConfigMaps.filter(isMeshConfigMap),
    installs: shown.filter(({ resource }) => resource.kind !== "IstioRevisionTag"),
    configuration: options,
    namespaces: [
      ...namespaces.configured,
      ...namespaces.repository,
      ...delivered.namespaces,
      ...namespaces.dumped,
    ],
    memberNamespaces: memberNamespaces(placed),
    workloads,
    deliveries: delivered.deliveries,
    valuesPods: valuesPods(collected, mesh),
    missing: missing.facts,
    missingConfiguration: missing.configuration,
    unreadable,
    refused: refused.filter(
      ({ file, error }) =>
        !collected.problems.some(
          (known) => known.file.path === file.path && known.error.offset === error.offset,
        ),
    ),
    faults,
    skipped: [
      ...collected.skipped,
      ...builds.flatMap((build): readonly Skipped[] => build.skipped),
      ...delivered.skipped,
    ],
  };
}

function placePlain(collected: Collected, pulledIn: ReadonlySet<string>): readonly Placed[] {
  return [...collected.resources]
    .filter(([file]) => !pulledIn.has(file))
    .flatMap(([, found]) => found.map(placedAlone));
}

function placedAlone(resource: Resource): Placed {
  const locate: Placed["locate"] = (path, part) => locateIn(resource, path, part);
  const { value, name, namespace } = resource;
  return {
    resource,
    value,
    name,
    root: null,
    namespace,
    get namespaceOrigin() {
      const location = namespace === null ? undefined : locate(["metadata", "namespace"]);
      return location && { text: placeText(location), location };
    },
    locate,
    sourceOf: (path) => ({ document: resource.document, path: [...resource.path, ...path] }),
  };
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

/** The namespaces that ServiceMeshMemberRolls list, and those of ServiceMeshMembers. */
function memberNamespaces(placed: readonly Placed[]): readonly string[] {
  return placed
    .filter(({ resource }) => isMembership(resource))
    .flatMap(({ resource, value, namespace }) => {
      if (resource.kind === "ServiceMeshMember") return namespace === null ? [] : [namespace];
      const members = at(value, ["spec", "members"]);
      return Array.isArray(members) ? members.filter((member) => typeof member === "string") : [];
    });
}

function namespaceSources(
  placed: readonly Placed[],
  managed: readonly NamespaceRecord[],
  options: WorldOptions,
): NamespaceSources {
  return {
    configured: configuredNamespaces(options),
    repository: placed.filter(isNamespace).map(namespaceRecord),
    managed,
    dumped: placePlain(options.dumps, new Set()).filter(isNamespace).map(namespaceRecord),
    assumed: options.assume,
    absentMeansUnlabelled: options.config.assumptions?.namespaceLabels === "absent",
  };
}

function isNamespace({ resource }: Placed): boolean {
  return resource.kind === "Namespace" && resource.apiVersion === "v1";
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
