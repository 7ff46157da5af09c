/** Follows the objects of Argo CD and Flux to what they bring into clusters, also to those that bring each other. */
import type { Collected } from "../collect.ts";
import type { Delivery } from "../delivery.ts";
import { contains } from "../kustomize/path.ts";
import type { Builds } from "../kustomize.ts";
import { placeText } from "../resource.ts";
import type { NamespaceRecord, Placed, Resource, Skipped } from "../world.ts";
import { applicationsOf } from "./application-set.ts";
import { applicationPlans } from "./argo.ts";
import { arriving } from "./arrival.ts";
import { dataIndex } from "./data.ts";
import { type FluxSurroundings, fluxPlans, releasePlans } from "./flux.ts";
import { isArgo, isFlux, isFluxSource } from "./kinds.ts";
import { type Order, orderOf, type PlainFiles, type Plan, type Plans, textAt } from "./order.ts";
import { repositoryOf } from "./repository.ts";

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
}

/** More than any repository has; they keep orders that make each other over and over in bounds. */
const mostDeliveries = 5000;
const mostLevels = 20;

/** What arrives in clusters: as before for what nothing brings, and once a delivery for everything else. */
export function deliver(given: Given, isAsked: boolean): Delivered {
  const { placed: before } = given;
  const orders = !isAsked
    ? []
    : before.filter(
        ({ resource: { apiVersion, kind } }) => isArgo(apiVersion, kind) || isFlux(apiVersion, kind),
      );
  if (orders.length === 0) return { placed: before, deliveries: [], namespaces: [], skipped: [] };
  const follower = followerOf(given);
  for (const top of topsOf(orders, follower)) follower.follow(top, null, 0);
  const { arrived, deliveries, files, roots, untold } = follower;
  const rest = before.filter(({ root, resource }) =>
    root === null ? !files.has(resource.document.file.path) : !roots.has(root),
  );
  return {
    placed: [...rest, ...arrived],
    deliveries,
    namespaces: deliveries.flatMap(managedNamespace),
    skipped: distinct(untold),
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
  loadsOf(order: Placed): readonly Load[];
  follow(order: Placed, cluster: string | null, depth: number): void;
}

function followerOf(given: Given): Follower {
  const around = surroundingsOf(given);
  const known = new Map<string, readonly Load[]>();
  const seen = new Set<string>();
  const follower: Follower = {
    arrived: [],
    deliveries: [],
    files: new Set(),
    roots: new Set(),
    untold: [],
    loadsOf(order) {
      const key = placeKey(order.resource) + JSON.stringify([order.namespace, order.value]);
      const loads = known.get(key) ?? loadsOf(order, given, around, follower.untold);
      known.set(key, loads);
      return loads;
    },
    follow(order, cluster, depth) {
      const key = JSON.stringify([placeKey(order.resource), order.name, order.value.spec ?? null, cluster]);
      if (seen.has(key) || depth > mostLevels) return;
      seen.add(key);
      for (const load of follower.loadsOf(order)) {
        if (follower.deliveries.length >= mostDeliveries) return;
        const delivery = deliveryOf(load.plan, order, cluster, follower.deliveries.length);
        follower.deliveries.push(delivery);
        for (const file of load.files) follower.files.add(file);
        for (const root of load.roots) follower.roots.add(root);
        const objects = load.objects.map((one) => arriving(one, delivery, load.plan));
        for (const one of objects) follower.arrived.push(one);
        for (const one of objects)
          if (isOrder(one.resource)) follower.follow(one, delivery.cluster, depth + 1);
      }
    },
  };
  return follower;
}

function deliveryOf({ delivery }: Plan, placed: Placed, cluster: string | null, index: number): Delivery {
  const inherited = delivery.by === "flux" ? (cluster ?? delivery.directory) : null;
  return {
    ...delivery,
    placed,
    cluster: delivery.cluster ?? inherited,
    id: `${delivery.id} ${index}`,
  };
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

function surroundingsOf({ collected, builds, placed }: Given): FluxSurroundings {
  const sources = placed.filter(({ resource }) => isFluxSource(resource.apiVersion, resource.kind));
  // What flux bootstrap makes of the repository that it is run for.
  const own = sources.filter(
    ({ name, resource }) => name === "flux-system" && resource.kind === "GitRepository",
  );
  return {
    repository: repositoryOf(
      collected,
      own.flatMap(({ value }) => textAt(value, ["spec", "url"]) ?? []),
    ),
    kustomizationAt: (directory) => builds.kustomizationAt(directory),
    sources,
    manifestsBelow: (directory) => manifestsBelow(directory, collected),
    dataOf: dataIndex(collected),
  };
}

/** The files with objects below a directory; a directory with a kustomization stands for all that is below it. */
function manifestsBelow(directory: string, { resources, kustomizations }: Collected): readonly string[] {
  const built = [...kustomizations.keys()].filter((one) => one !== directory && contains(directory, one));
  const outermost = built.filter((one) => !built.some((other) => other !== one && contains(other, one)));
  const files = [...resources.keys()].filter(
    (file) =>
      /\.ya?ml$/.test(file) && contains(directory, file) && !outermost.some((other) => contains(other, file)),
  );
  return [...files, ...outermost].sort();
}

function loadsOf(placed: Placed, given: Given, around: FluxSurroundings, untold: Skipped[]): readonly Load[] {
  const { plans, untold: left } = plansOf(orderOf(placed), around);
  untold.push(...left);
  return plans.map((plan) => loadOf(plan, given, untold));
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

function loadOf(plan: Plan, given: Given, untold: Skipped[]): Load {
  const { content, delivery } = plan;
  if (!content || delivery.directory === null) return { plan, objects: [], files: [], roots: [] };
  if ("recurse" in content) return plainLoad(plan, content, delivery.directory, given);
  const build = given.builds.buildOf(content);
  if (build) untold.push(...build.skipped);
  const isOwn = given.builds.kustomizationAt(content.directory) !== undefined;
  const parts = isOwn ? [] : content.resources.map(({ path }) => path);
  const isKustomization = (path: string) => given.builds.kustomizationAt(path) !== undefined;
  const components = content.components.map(({ path }) => path);
  return {
    plan,
    objects: build?.resources ?? [],
    files: parts.filter((path) => !isKustomization(path)),
    roots: [...(isOwn ? [content.directory] : parts.filter(isKustomization)), ...components],
  };
}

function plainLoad(plan: Plan, files: PlainFiles, directory: string, { collected, placed }: Given): Load {
  const found = [...collected.resources.keys()].filter((file) => {
    if (!/\.(?:ya?ml|json)$/.test(file) || !contains(directory, file)) return false;
    const inside = directory === "." ? file : file.slice(directory.length + 1);
    return (files.recurse || !inside.includes("/")) && files.includes(inside);
  });
  const wanted = new Set(found);
  const objects = placed.filter(
    ({ root, resource }) => root === null && wanted.has(resource.document.file.path),
  );
  return { plan, objects, files: found, roots: [] };
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
