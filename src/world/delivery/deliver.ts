/** Follows the objects of Argo CD and Flux to what they bring into clusters, also to those that bring each other. */
import { isObject, type Json } from "../../kube/json.ts";
import { once } from "../../source/once.ts";
import { type Collected, directoryOf } from "../collect.ts";
import type { Delivery } from "../delivery.ts";
import { type Fault, guarded } from "../guard.ts";
import { contains } from "../kustomize/path.ts";
import type { Builds } from "../kustomize.ts";
import { placedAlone } from "../placed.ts";
import { placeText } from "../resource.ts";
import type { NamespaceRecord, Placed, Resource, Skipped } from "../world.ts";
import { applicationsOf } from "./application-set.ts";
import { applicationPlans } from "./argo.ts";
import { arriving } from "./arrival.ts";
import { dataIndex } from "./data.ts";
import { type FluxSurroundings, fluxPlans, releasePlans } from "./flux.ts";
import { isArgo, isFlux, isFluxSource } from "./kinds.ts";
import { type Order, orderOf, type PlainFiles, type Plan, type Plans, textAt, unfollowed } from "./order.ts";
import { nameOf, repositoryOf } from "./repository.ts";

/** What there is without deliveries. */
export interface Given {
  readonly collected: Collected;
  readonly builds: Builds;
  readonly placed: readonly Placed[];
}

export interface Delivered {
  /** What arrives, besides what nothing brings. */
  readonly placed: readonly Placed[];
  readonly deliveries: readonly Delivery[];
  /** Namespaces with labels that deliveries say, of which no object needs to be there. */
  readonly namespaces: readonly NamespaceRecord[];
  readonly skipped: readonly Skipped[];
  /** Orders that sidelint itself failed at. */
  readonly faults: readonly Fault[];
}

/** More than any repository has; they keep orders that make each other over and over in bounds. */
const mostDeliveries = 5000;
const mostLevels = 20;
const mostObjects = 200_000;

/** What arrives in clusters: as before for what nothing brings, and once a delivery for everything else. */
export function deliver(given: Given, isAsked: boolean): Delivered {
  const { placed: before } = given;
  const orders = !isAsked
    ? []
    : before.filter(
        ({ resource: { apiVersion, kind } }) => isArgo(apiVersion, kind) || isFlux(apiVersion, kind),
      );
  if (orders.length === 0) return { placed: before, deliveries: [], namespaces: [], skipped: [], faults: [] };
  const follower = followerOf(given);
  for (const top of topsOf(orders, follower)) follower.follow(top, null, 0);
  const { arrived, deliveries, files, roots, faults } = follower;
  const rest = before.filter(({ root, resource }) =>
    root === null ? !files.has(resource.document.file.path) : !roots.has(root),
  );
  return {
    placed: [...rest, ...arrived],
    deliveries,
    namespaces: deliveries.flatMap(managedNamespace),
    skipped: distinct(follower.untold),
    faults,
  };
}

/** What a plan brings, before it is the delivery's. */
interface Load {
  readonly plan: Plan;
  readonly objects: readonly Placed[];
  readonly files: readonly string[];
  readonly roots: readonly string[];
}

interface Follower {
  readonly arrived: Placed[];
  readonly deliveries: Delivery[];
  /** Files and kustomizations that are brought by something. */
  readonly files: Set<string>;
  readonly roots: Set<string>;
  readonly untold: Skipped[];
  readonly faults: Fault[];
  loadsOf(order: Placed): readonly Load[];
  follow(order: Placed, cluster: string | null, depth: number): void;
}

function followerOf(given: Given): Follower {
  const paths = pathsOf(given);
  const around = surroundingsOf(given, paths);
  const known = new Map<string, readonly Load[]>();
  const seen = new Set<string>();
  const follower: Follower = {
    arrived: [],
    deliveries: [],
    files: new Set(),
    roots: new Set(),
    untold: [],
    faults: [],
    loadsOf(order) {
      const key = placeKey(order.resource) + JSON.stringify([order.namespace, order.value]);
      const { file } = order.resource.document;
      const make = () => loadsOf(order, given.builds, around, paths, follower.untold);
      const loads = known.get(key) ?? guarded(file, follower.faults, make) ?? [];
      known.set(key, loads);
      return loads;
    },
    follow(order, cluster, depth) {
      const { resource, name, value } = order;
      const inherited = isArgo(resource.apiVersion, resource.kind) ? null : cluster;
      const key = JSON.stringify([placeKey(resource), name, value.spec ?? null, inherited]);
      if (seen.has(key) || depth > mostLevels) return;
      seen.add(key);
      for (const load of follower.loadsOf(order)) {
        if (follower.deliveries.length >= mostDeliveries || follower.arrived.length >= mostObjects) {
          follower.untold.push(unfollowed(orderOf(order), "too much is delivered before it"));
          return;
        }
        const delivery = deliveryOf(load.plan, order, cluster, follower.deliveries.length);
        follower.deliveries.push(delivery);
        for (const file of load.files) follower.files.add(file);
        for (const root of load.roots) follower.roots.add(root);
        const doubt = delivery.presumed && around.repository.isDisputed ? doubtOf(delivery) : undefined;
        const arrive = () => load.objects.map((one) => arriving(one, delivery, load.plan, doubt));
        const objects = guarded(resource.document.file, follower.faults, arrive) ?? [];
        for (const one of objects) follower.arrived.push(one);
        for (const one of objects)
          if (isOrder(one.resource)) follower.follow(one, delivery.cluster, depth + 1);
      }
    },
  };
  return follower;
}

function deliveryOf({ delivery }: Plan, placed: Placed, cluster: string | null, index: number): Delivery {
  const inherited = delivery.by === "flux" ? (cluster ?? clusterAt(placed, delivery)) : null;
  return { ...delivery, placed, cluster: delivery.cluster ?? inherited, id: `${delivery.id} ${index}` };
}

/** Why what a delivery brings may not be this: URLs of several repositories are named, and there is no remote. */
function doubtOf({ label }: Delivery): string {
  return `Nothing says whether ${label} means this repository, which has no remote, or another one`;
}

/** A name for the cluster that what nothing brings is for: the directory that holds everything for it, else that of the object. */
function clusterAt({ resource }: Placed, { directory }: Delivery): string {
  const { path } = resource.document.file;
  return directory !== null && contains(directory, path) ? directory : directoryOf(path);
}

function isOrder({ apiVersion, kind }: Resource): boolean {
  return isArgo(apiVersion, kind) || isFlux(apiVersion, kind);
}

/** The orders that nothing else brings; of those that only bring each other, the first. */
function topsOf(orders: readonly Placed[], { loadsOf }: Follower): readonly Placed[] {
  const brings = new Map<string, Set<string>>();
  for (const order of orders) {
    const key = placeKey(order.resource);
    const all = brings.get(key) ?? new Set();
    brings.set(key, all);
    for (const { objects } of loadsOf(order))
      for (const { resource } of objects) if (isOrder(resource)) all.add(placeKey(resource));
  }
  const brought = new Set([...brings].flatMap(([key, all]) => [...all].filter((other) => other !== key)));
  const reached = new Set<string>();
  const reach = (start: string) => {
    const open = [start];
    for (let key = open.pop(); key !== undefined; key = open.pop()) {
      if (reached.has(key)) continue;
      reached.add(key);
      open.push(...(brings.get(key) ?? []));
    }
  };
  const tops = orders.filter(({ resource }) => !brought.has(placeKey(resource)));
  for (const { resource } of tops) reach(placeKey(resource));
  for (const order of orders) {
    if (reached.has(placeKey(order.resource))) continue;
    tops.push(order);
    reach(placeKey(order.resource));
  }
  return tops;
}

function placeKey({ document, path }: Resource): string {
  return [document.file.path, document.index, ...path].join("/");
}

function surroundingsOf({ collected, builds, placed }: Given, paths: Paths): FluxSurroundings {
  const sources = placed.filter(({ resource }) => isFluxSource(resource.apiVersion, resource.kind));
  // What flux bootstrap makes of the repository that it is run for.
  const bootstrapped = sources.filter(
    ({ name, resource }) => name === "flux-system" && resource.kind === "GitRepository",
  );
  const argo = urlsIn(placed);
  const urls = [...argo, ...sources.flatMap(({ value }) => textAt(value, ["spec", "url"]) ?? [])];
  const own = bootstrapped.flatMap(({ value }) => textAt(value, ["spec", "url"]) ?? []);
  return {
    repository: repositoryOf(collected, own.length > 0 ? own : onlyOne(argo), urls),
    kustomizationAt: (directory) => builds.kustomizationAt(directory),
    sources,
    manifestsBelow: (directory) => manifestsBelow(directory, paths),
    dataOf: dataIndex(collected),
  };
}

/** The URL that all objects name; none where they name several repositories. */
function onlyOne(urls: readonly string[]): readonly string[] {
  const names = new Map(
    urls.flatMap((url) => (nameOf(url) === undefined ? [] : [[nameOf(url), url] as const])),
  );
  return names.size === 1 ? [...names.values()] : [];
}

/** The URLs of repositories that objects of Argo CD name. */
function urlsIn(placed: readonly Placed[]): readonly string[] {
  const urls: string[] = [];
  const open: Json[] = placed.flatMap(({ value, resource: { apiVersion, kind } }) =>
    isArgo(apiVersion, kind) ? [value] : [],
  );
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (Array.isArray(value)) open.push(...value);
    if (!isObject(value)) continue;
    const url = value.chart === undefined ? textAt(value, ["repoURL"]) : undefined;
    if (url !== undefined) urls.push(url);
    for (const item of Object.values(value)) if (typeof item === "object" && item !== null) open.push(item);
  }
  return urls;
}

/** The files with objects below a directory; a directory with a kustomization stands for all that is below it. */
function manifestsBelow(directory: string, { filesBelow, kustomizationsBelow }: Paths): readonly string[] {
  const outermost: string[] = [];
  for (const one of kustomizationsBelow(directory)) {
    const last = outermost.at(-1);
    if (one !== directory && (last === undefined || !contains(last, one))) outermost.push(one);
  }
  const built = new Set(outermost);
  const isBuilt = (file: string) => {
    for (let above = directoryOf(file); above !== directory && above !== "."; above = directoryOf(above))
      if (built.has(above)) return true;
    return false;
  };
  const files = filesBelow(directory).filter((file) => /\.ya?ml$/.test(file) && !isBuilt(file));
  return [...files, ...outermost].sort();
}

/** What lies below directories, each looked up without a look at everything. */
interface Paths {
  /** Files that hold objects. */
  filesBelow(directory: string): readonly string[];
  kustomizationsBelow(directory: string): readonly string[];
  /** The objects of a file as they stand there. */
  plainIn(file: string): readonly Placed[];
}

function pathsOf({ collected, placed, builds }: Given): Paths {
  const plain = new Map<string, Placed[]>();
  for (const one of placed) {
    if (one.root !== null) continue;
    const { path } = one.resource.document.file;
    const known = plain.get(path);
    if (known) known.push(one);
    else plain.set(path, [one]);
  }
  const parts = once(
    () =>
      new Set(
        [...collected.kustomizations.keys()].flatMap(
          (directory) => builds.kustomizationAt(directory)?.reads ?? [],
        ),
      ),
  );
  return {
    filesBelow: below([...collected.resources.keys()]),
    kustomizationsBelow: below([...collected.kustomizations.keys()]),
    plainIn(file) {
      const known = plain.get(file);
      if (known) return known;
      // Patches and the like are no objects of their own.
      return parts().has(file) ? [] : (collected.resources.get(file) ?? []).map(placedAlone);
    },
  };
}

/** A lookup of the paths below a directory, in order. */
function below(paths: string[]): (directory: string) => readonly string[] {
  const sorted = paths.sort();
  return (directory) => {
    if (directory === ".") return sorted.filter((path) => contains(directory, path));
    const prefix = `${directory}/`;
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sorted[middle] ?? "") < prefix) low = middle + 1;
      else high = middle;
    }
    let end = low;
    while (sorted[end]?.startsWith(prefix)) end++;
    return sorted.slice(low, end);
  };
}

function loadsOf(
  placed: Placed,
  builds: Builds,
  around: FluxSurroundings,
  paths: Paths,
  untold: Skipped[],
): readonly Load[] {
  const { plans, untold: left } = plansOf(orderOf(placed), around);
  untold.push(...left);
  return plans.map((plan) => loadOf(plan, builds, paths, untold));
}

function plansOf(order: Order, around: FluxSurroundings): Plans {
  const { kind } = order.placed.resource;
  if (kind === "Kustomization") return fluxPlans(order, around);
  if (kind === "HelmRelease") return releasePlans(order, around);
  if (kind === "Application") return applicationPlans(order, around);
  const set = applicationsOf(order, around.repository);
  const all = set.orders.map((one) => applicationPlans(one, around));
  return {
    plans: all.flatMap(({ plans }) => plans),
    untold: [...set.untold, ...all.flatMap((one) => one.untold)],
  };
}

function loadOf(plan: Plan, builds: Builds, paths: Paths, untold: Skipped[]): Load {
  const { content, delivery } = plan;
  if (!content || delivery.directory === null) return { plan, objects: [], files: [], roots: [] };
  if ("recurse" in content) return plainLoad(plan, content, delivery.directory, paths);
  const build = builds.buildOf(content);
  if (build) untold.push(...build.skipped);
  const isOwn = builds.kustomizationAt(content.directory) !== undefined;
  const parts = isOwn ? [] : content.resources.map(({ path }) => path);
  const isKustomization = (path: string) => builds.kustomizationAt(path) !== undefined;
  const components = content.components.map(({ path }) => path);
  return {
    plan,
    objects: build?.resources ?? [],
    files: parts.filter((path) => !isKustomization(path)),
    roots: [...(isOwn ? [content.directory] : parts.filter(isKustomization)), ...components],
  };
}

function plainLoad(plan: Plan, wanted: PlainFiles, directory: string, paths: Paths): Load {
  const files = paths.filesBelow(directory).filter((file) => {
    const inside = directory === "." ? file : file.slice(directory.length + 1);
    return (
      /\.(?:ya?ml|json)$/.test(file) && (wanted.recurse || !inside.includes("/")) && wanted.includes(inside)
    );
  });
  const rendered = files.filter((file) => !isPassedOver(paths.plainIn(file)));
  return { plan, objects: rendered.flatMap((file) => paths.plainIn(file)), files: rendered, roots: [] };
}

/** Whether a comment in the file tells Argo CD to pass it over. */
function isPassedOver([first]: readonly Placed[]): boolean {
  return first?.resource.document.file.text.includes("+argocd:skip-file-rendering") ?? false;
}

function managedNamespace(delivery: Delivery): readonly NamespaceRecord[] {
  const { makes } = delivery;
  if (makes?.labels === undefined) return [];
  const { name, labels, origin } = makes;
  const { location } = origin;
  const text = location ? placeText(location) : origin.text;
  return [{ name, labels, origin: { text, location }, placed: undefined, root: null, delivery }];
}

function distinct(untold: readonly Skipped[]): readonly Skipped[] {
  return [...new Map(untold.map((one) => [`${one.reason}\n${one.path}\n${one.detail}`, one])).values()];
}
