/** The world of a repository: everything that was read, put together and decided. */
import type { Injector, Labels } from "../istio/facts.ts";
import { isInjectorName } from "../istio/injector-config.ts";
import { showsInstall } from "../istio/install-gates.ts";
import { prepareMesh } from "../istio/prepare.ts";
import { defaultRevision, readWebhookConfiguration } from "../istio/webhook.ts";
import { at } from "../kube/json.ts";
import { withCharts } from "./chart-installs.ts";
import type { Cluster } from "./clusters.ts";
import { type Collected, directoryOf, isMembership, type Problem } from "./collect.ts";
import type { Config } from "./config.ts";
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
import { isIstiod } from "./istiod-images.ts";
import { buildKustomizations } from "./kustomize.ts";
import { isMeshConfigMap, readMesh } from "./mesh.ts";
import { installedRevisions } from "./mesh-installs.ts";
import { missingFacts } from "./missing.ts";
import { appliedTo, type NamespaceSources, namespaceLookup, namespaceRecord } from "./namespaces.ts";
import { placedAlone } from "./placed.ts";
import {
  areRendered,
  isInRenderedChart,
  type Rendered,
  renderedBuilds,
  renderedCharts,
  unmodelledOf,
  watched,
} from "./rendered.ts";
import { withoutRivals } from "./rivals.ts";
import { type WorkloadContext, workloadsOf } from "./workload.ts";
import type { NamespaceRecord, Placed, Skipped, Workload, World } from "./world.ts";

export interface WorldOptions extends Configuration {
  readonly istioVersion: string | undefined;
  /** What dumps of the cluster hold. */
  readonly dumps: Collected;
  /** The cluster that is described; default: one without a name, of which there is no dump. */
  readonly cluster?: Pick<Cluster, "name" | "live">;
  /** The names of all clusters that are told: what is delivered to one of them is in no other. */
  readonly clusters?: readonly string[];
  /** Whether worlds of other clusters are made of the same files. */
  readonly isOneOfSeveral?: boolean;
  /** Labels of every namespace that nothing describes (`--assume`). */
  readonly assume: Labels | undefined;
  /** Whether the repository's own configurations of injectors are left aside. */
  readonly stockInjectors?: boolean | undefined;
  /** Kinds of objects that decide on nothing, and are wanted all the same. */
  readonly besides?: readonly string[] | undefined;
}

/** Everything that the repository brings into clusters, the same for all of them. */
export type Brought = ReturnType<typeof broughtBy>;

/** Places every object of a repository: plain files as they are, and what its kustomizations build. */
export function broughtBy(
  collected: Collected,
  { gitops }: Pick<Config, "gitops">,
  rendered: readonly Rendered[] = [],
) {
  const { builds: modelled, asked } = watched(buildKustomizations(collected));
  const built = rendered.length === 0 ? modelled : renderedBuilds(modelled, rendered, collected);
  const { builds, pulledIn, refused } = built;
  const alone = [...placePlain(collected, pulledIn), ...builds.flatMap(({ resources }) => resources)];
  const delivered = deliver({ collected, builds: built, placed: alone }, gitops !== "ignore");
  const told = withCharts(delivered.placed, delivered.deliveries, (path) => collected.documentsOf(path));
  const faults = [...built.faults, ...delivered.faults];
  const charts =
    rendered.length === 0 ? [] : renderedCharts(rendered, collected, delivered.deliveries, faults);
  return {
    builds,
    refused,
    rendered,
    unmodelled: unmodelledOf(asked, { ...collected, kustomizationAt: built.kustomizationAt }),
    ...delivered,
    skipped: [...delivered.skipped, ...told.skipped],
    faults,
    placed: charts.length === 0 ? told.placed : [...told.placed, ...charts],
  };
}

/** Puts the world of one cluster together. Pure: the same input gives the same world. */
export function buildWorld(
  collected: Collected,
  options: WorldOptions,
  brought: Brought = broughtBy(collected, options.config),
): World {
  const { cluster, clusters = [] } = options;
  const { refused, rendered } = brought;
  const faults: Fault[] = [...brought.faults];
  const isOurs = goesTo(cluster?.name ?? null, clusters);
  const managed = brought.namespaces.filter(isOurs);
  const { placed, skipped: rivals } = withoutRivals(brought.placed.filter(isOurs));
  const live = cluster?.live ? placePlain(cluster.live, new Set()) : [];

  const namespaces = namespaceSources(placed, managed, live, options);
  const shown = meshIn(live, placed, options);
  const { mesh, webhooks, webhookConfigurations, injectorConfigMaps, installed } = shown;
  const defaults = namespaceDefaults(options);
  const context = contextOf(shown, namespaces, options);
  const decided = (one: Placed) => workloadsOf(one.namespace === null ? defaults(one) : one, context);
  const workloads = placed
    .flatMap((one) => guarded(one.resource.document.file, faults, () => decided(one)) ?? [])
    .filter((one) => !isUnusedPatch(one, collected));
  const running = webhooks === "install" ? installed.map(({ revision }) => revision) : [defaultRevision];
  const taken = webhooks === "install" || webhooks === "stock" ? running : [];
  const missing = missingFacts(workloads, options.belowConfig, taken);
  return {
    cluster: cluster?.name ?? null,
    mesh,
    webhooks,
    webhookConfigurations,
    injectorConfigMaps,
    meshConfigMaps: injectorConfigMaps.filter(isMeshConfigMap),
    installs: shown.installs.filter(({ resource }) => resource.kind !== "IstioRevisionTag"),
    besides: placed.filter(({ resource }) => options.besides?.includes(resource.kind)),
    configuration: options,
    namespaces: [...namespaces.configured, ...namespaces.repository, ...managed, ...namespaces.dumped],
    memberNamespaces: memberNamespaces([...placed, ...live]),
    workloads,
    deliveries: brought.deliveries.filter((delivery) => isOurs({ delivery })),
    valuesPods: valuesPods(collected, mesh, brought.deliveries).filter(
      ({ resource }) => !areRendered(resource.document.file.path, rendered, brought.deliveries),
    ),
    unmodelled: brought.unmodelled,
    missing: missing.facts,
    missingConfiguration: missing.configuration,
    unreadable: shown.unreadable,
    refused: refused.filter((one) => !isTold(collected, one)),
    faults,
    skipped: [...skippedIn(collected, brought), ...rivals],
  };
}

/** A fragment beside a kustomization that does not name it, such as a patch that nobody uses any more: without an image it is no pod. */
function isUnusedPatch({ root, delivery, pod, resource }: Workload, { kustomizations }: Collected): boolean {
  if (root !== null || delivery || pod.containers.length === 0) return false;
  if (pod.containers.some(({ image }) => image !== "")) return false;
  const { path } = resource.document.file;
  return /patch/i.test(path.slice(path.lastIndexOf("/"))) && kustomizations.has(directoryOf(path));
}

function skippedIn(
  { skipped }: Collected,
  { builds, rendered, skipped: undelivered }: Brought,
): readonly Skipped[] {
  const left = skipped.filter(
    ({ reason, path }) => reason !== "helm-template" || !isInRenderedChart(path, rendered),
  );
  return [...left, ...builds.flatMap((build): readonly Skipped[] => build.skipped), ...undelivered];
}

function contextOf(
  { mesh, webhookConfigurations, injectorConfigMaps, installOrigin }: ReturnType<typeof meshIn>,
  namespaces: NamespaceSources,
  options: WorldOptions,
): WorkloadContext {
  const { config, cluster } = options;
  return {
    mesh,
    idPrefix: options.isOneOfSeveral && cluster ? `${cluster.name}: ` : "",
    kinds: workloadKinds(config),
    namespaceOf: namespaceLookup(
      namespaces,
      (labels) => Object.keys(prepareMesh(mesh).relevantLabels(labels)).length > 0,
    ),
    webhookConfiguration: indexed(webhookConfigurations, ({ name }) => name),
    injectorConfigMap: injectorLookup(injectorConfigMaps, mesh.injectors),
    configuredInjector: configuredInjector(options),
    installOrigin,
  };
}

/** Whether a refusal is of a document that cannot be read anyway. */
function isTold({ problems }: Collected, { file, error }: Problem): boolean {
  return problems.some((known) => known.file.path === file.path && known.error.offset === error.offset);
}

/** What the cluster, else the repository, shows of Istio's own configuration. */
function meshIn(
  live: readonly Placed[],
  placed: readonly Placed[],
  { config, istioVersion, stockInjectors }: WorldOptions,
) {
  const liveWebhooks = ofKind(live, "MutatingWebhookConfiguration");
  const written = ofKind(placed, "MutatingWebhookConfiguration");
  // A cluster with webhooks of others alone has none of Istio's, until the repository brings some.
  const isLive = liveWebhooks.length > 0 && (liveWebhooks.some(isOfIstio) || !written.some(isOfIstio));
  const webhookConfigurations = isLive ? liveWebhooks : written;
  const injectorConfigMaps = configMapsOf(live, placed).filter(
    ({ name }) => !stockInjectors || !isInjectorName(name),
  );
  const installs = firstThatShows([live, placed]);
  const installed = installedRevisions(installs);
  const istiods = injectorConfigMaps.some((one) => live.includes(one)) ? [] : placed.filter(isIstiod);
  const reading = readMesh({
    webhookConfigurations,
    injectorConfigMaps,
    istiods,
    installed,
    isLive,
    config,
    istioVersion,
  });
  return { ...reading, installs, installed, webhookConfigurations, injectorConfigMaps };
}

function placePlain(collected: Collected, pulledIn: ReadonlySet<string>): readonly Placed[] {
  return [...collected.resources]
    .filter(([file]) => !pulledIn.has(file))
    .flatMap(([, found]) => found.map(placedAlone));
}

/** Whether an object goes to a cluster: not where what delivers it names another of those that are told. */
function goesTo(name: string | null, clusters: readonly string[]) {
  return ({ delivery }: Pick<Placed, "delivery">) => {
    const to = delivery?.cluster ?? null;
    return to === null || name === null || to === name || !clusters.includes(to);
  };
}

/** The ConfigMaps of injectors and of meshes, each of the cluster where it has any. */
function configMapsOf(live: readonly Placed[], placed: readonly Placed[]): readonly Placed[] {
  const running = ofKind(live, "ConfigMap");
  const written = ofKind(placed, "ConfigMap");
  if (running.length === 0) return written;
  const taken = (is: (one: Placed) => boolean) => (running.some(is) ? running : written).filter(is);
  return [...taken(({ name }) => isInjectorName(name)), ...taken(isMeshConfigMap)];
}

/** What tells of installs: in the cluster, where it has any. */
function firstThatShows(all: readonly (readonly Placed[])[]): readonly Placed[] {
  return (
    all
      .map((placed) => placed.filter(({ value, charts }) => charts || showsInstall(value)))
      .find(({ length }) => length > 0) ?? []
  );
}

function isOfIstio({ value }: Placed): boolean {
  return readWebhookConfiguration(value).length > 0;
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
  live: readonly Placed[],
  options: WorldOptions,
): NamespaceSources {
  const running = live.filter(isNamespace).map(namespaceRecord);
  const written = placed.filter(isNamespace).map(namespaceRecord);
  const known = new Set(written.map(({ name }) => name));
  return {
    configured: configuredNamespaces(options),
    repository: [...appliedTo(running, written), ...running.filter(({ name }) => !known.has(name))],
    managed,
    dumped:
      running.length > 0 ? [] : placePlain(options.dumps, new Set()).filter(isNamespace).map(namespaceRecord),
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
