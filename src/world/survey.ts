/** What a repository shows of its mesh, and where: releases, revisions and tags, the layout, and where things are deployed. */
import type { Webhook } from "../istio/facts.ts";
import { istiodRelease } from "../istio/injector-config.ts";
import { releaseFacts, releaseName } from "../istio/releases.ts";
import { defaultRevision, revisionKey } from "../istio/webhook.ts";
import { at } from "../kube/json.ts";
import { dnsLabelErrors } from "../kube/names.ts";
import type { Location } from "../source/locate.ts";
import type { FileTree } from "../source/tree.ts";
import { placedInstalls, type RepositoryInstall } from "./installs.ts";
import { type Layout, layoutOf, type Seen } from "./layout.ts";
import { embeddedMap } from "./mesh.ts";
import { startOf } from "./resource.ts";
import type { Placed, World } from "./world.ts";

/** A release of Istio that something of the repository names. */
export interface SeenRelease extends Seen<string> {
  /** What names it. */
  readonly by: "injector" | "install" | "istiod" | "chart";
}

/** A revision that runs, as far as the repository shows. */
export interface SeenRevision extends Seen<string> {
  readonly tags: readonly string[];
}

export interface Survey {
  /** The release that the repository is judged by as it is. */
  readonly judgedBy: string;
  /** Whether that is what the repository says, and not what is taken for granted. */
  readonly isReleaseRead: boolean;
  /** Each release of the first thing of every kind that names it, the surest kind first. */
  readonly releases: readonly SeenRelease[];
  readonly revisions: readonly SeenRevision[];
  /** What labels `istio.io/rev` ask for and nothing shows, as a revision or a tag. */
  readonly asked: readonly Seen<string>[];
  /** That stock webhooks of the revision `default` are taken for granted, so that a list of revisions has to name it. */
  readonly assumesDefault: boolean;
  readonly layout: Layout;
}

/** Looks at a repository that was read. Pure but for reading files of the tree again, which may hold orders of Argo CD or Flux. */
export function survey(world: World, tree: FileTree, files: readonly string[]): Survey {
  const layout = layoutOf(tree, files);
  const revisions = revisionsIn(world);
  const known = new Set(revisions.flatMap(({ value, tags }) => [value, ...tags]));
  const assumesDefault = world.webhooks === "stock";
  if (assumesDefault) known.add(defaultRevision);
  return {
    judgedBy: world.mesh.release,
    isReleaseRead: isReleaseRead(world),
    releases: releasesIn(world, layout),
    revisions,
    asked: firstOfEach(askedIn(world)).filter(({ value }) => !known.has(value)),
    assumesDefault,
    layout,
  };
}

function placed<T>(value: T, { file, line }: Location): Seen<T> {
  return { value, file, line };
}

function locationIn(object: Placed, ...path: string[]): Location {
  return object.locate(path) ?? startOf(object.resource);
}

/** What installs an istiod, as far as that can be read. */
function installsIn(world: World): readonly RepositoryInstall[] {
  return world.installs
    .flatMap((one) => placedInstalls(one))
    .flatMap((reading) => (reading.ok && reading.install.hasIstiod ? [reading.install] : []));
}

function isReleaseRead(world: World): boolean {
  const ofInjectors = world.mesh.injectors.filter(({ configMap }) => configMap !== null);
  return [...ofInjectors, ...installsIn(world)].some(
    ({ release = "" }) => release !== "" && releaseName(release) === world.mesh.release,
  );
}

function releasesIn(world: World, layout: Layout): readonly SeenRelease[] {
  const maps = new Map(
    world.injectorConfigMaps.map((one) => [`${one.namespace ?? "istio-system"}/${one.name}`, one]),
  );
  const injectors = world.mesh.injectors.flatMap(({ configMap, release }): readonly SeenRelease[] => {
    const map = configMap === null ? undefined : maps.get(configMap);
    if (!map) return [];
    const tag = at(embeddedMap(map, "values").value, ["global", "tag"]);
    return typeof tag === "string" && release !== "" && releaseName(tag) === release
      ? [{ ...placed(release, locationIn(map, "data", "values")), by: "injector" }]
      : [];
  });
  const withCharts = new Set(layout.istiodCharts.map(({ file }) => file));
  const installs = installsIn(world).flatMap(({ release, placed: one, origin }): readonly SeenRelease[] => {
    if (release === undefined || withCharts.has(one.resource.document.file.path)) return [];
    const place = ["tag", "version"].map((key) => one.locate(["spec", key])).find((found) => found);
    return [{ ...placed(release, place ?? origin.location ?? startOf(one.resource)), by: "install" }];
  });
  const images = world.workloads.flatMap((workload): readonly SeenRelease[] => {
    const discovery = workload.pod.containers.find(({ name }) => name === "discovery");
    const release = istiodRelease(discovery?.image ?? "");
    return release === undefined ? [] : [{ ...placed(release, workload.start()), by: "istiod" }];
  });
  const charts = layout.istiodCharts.map((one): SeenRelease => ({ ...one, by: "chart" }));
  const all = [...injectors, ...installs, ...images, ...charts]
    .map((one) => ({ ...one, value: releaseName(one.value) }))
    .filter(({ value }) => !("unknown" in releaseFacts(value)));
  return firstOfEach(all, ({ by, value }) => `${by} ${value}`);
}

/** The revisions that webhooks call, injectors belong to and installs bring, with the tags that point at them. */
function revisionsIn(world: World): readonly SeenRevision[] {
  const configurations = new Map(world.webhookConfigurations.map((one) => [one.name, one]));
  const maps = new Map(
    world.injectorConfigMaps.map((one) => [`${one.namespace ?? "istio-system"}/${one.name}`, one]),
  );
  const found: SeenRevision[] = [];
  for (const webhook of world.mesh.webhooks) {
    const object = webhook.written ? configurations.get(webhook.configuration) : undefined;
    const place = object && locationIn(object, "metadata", "name");
    if (place) found.push({ ...placed(webhook.revision, place), tags: tagOf(webhook) });
  }
  for (const { revision, configMap } of world.mesh.injectors) {
    const map = configMap === null ? undefined : maps.get(configMap);
    if (map) found.push({ ...placed(revision, locationIn(map, "metadata", "name")), tags: [] });
  }
  for (const { revision, origin, placed: object } of installsIn(world)) {
    if (revision === undefined) continue;
    // Webhooks that no file holds are there because of the installs, tags and all.
    const tags = world.mesh.webhooks.filter((one) => !one.written && one.revision === revision).map(tagOf);
    found.push({ ...placed(revision, origin.location ?? startOf(object.resource)), tags: tags.flat() });
  }
  const byName = new Map<string, SeenRevision>();
  const taken = new Set<string>();
  for (const one of found.filter(({ value }) => dnsLabelErrors(value).length === 0)) {
    const { tags: before = [] } = byName.get(one.value) ?? {};
    const tags = [...new Set(one.tags)].filter((tag) => !taken.has(tag));
    for (const tag of tags) taken.add(tag);
    byName.set(one.value, { ...(byName.get(one.value) ?? one), tags: [...before, ...tags] });
  }
  return [...byName.values()].sort((a, b) => (a.value < b.value ? -1 : 1));
}

/** The tag that a webhook answers to; none where that is its revision. */
function tagOf({ answersTo, revision }: Webhook): readonly string[] {
  return answersTo === "" || answersTo === revision ? [] : [answersTo];
}

function askedIn(world: World): readonly Seen<string>[] {
  const ofNamespaces = world.namespaces.flatMap(({ labels, origin: { location }, placed: object }) => {
    const revision = labels[revisionKey];
    const place = object?.locate(["metadata", "labels", revisionKey]) ?? location;
    return revision === undefined || !place ? [] : [placed(revision, place)];
  });
  const ofPods = world.workloads.flatMap(({ pod, template, locate, start }) => {
    const revision = pod.labels[revisionKey];
    if (revision === undefined) return [];
    return [placed(revision, locate([...template, "metadata", "labels", revisionKey]) ?? start())];
  });
  return [...ofNamespaces, ...ofPods].filter(({ value }) => dnsLabelErrors(value).length === 0);
}

function firstOfEach<T extends Seen<string>>(all: readonly T[], key = ({ value }: T) => value): readonly T[] {
  const first = new Map<string, T>();
  for (const one of all) if (!first.has(key(one))) first.set(key(one), one);
  return [...first.values()];
}
