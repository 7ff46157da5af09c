/** An object on its way through a build: its value so far, and where each part of that was set. */
import { at, isObject, type Json, type JsonObject } from "../../kube/json.ts";
import { groupOf } from "../../kube/workload.ts";
import type { Path } from "../../source/node.ts";
import { scalarText } from "../resource.ts";
import type { Resource } from "../world.ts";
import type { Source } from "./kustomization.ts";
import {
  nearestValue,
  type Own,
  type PathTree,
  placedItems,
  treeAt,
  treeOf,
  withTree,
  writable,
} from "./path-tree.ts";

/** Who set the parts that do not come from the object's own file. */
export type Changes = PathTree<Source>;

/** Of a path, those whose values are one and the same. */
export type Ties = PathTree<readonly Path[]>;

export const noChanges: Changes = treeOf();
export const noTies: Ties = treeOf();

/** What tells objects apart in a build. "default" stands for no namespace, "" for kinds that have none. */
export interface Identity {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** Never changed in place: overlays share what their bases made. */
export interface Draft {
  readonly resource: Resource;
  readonly value: JsonObject;
  /** Of changes that cover a path the longest counts; setting a part forgets the changes below it. */
  readonly changes: Changes;
  /** The identities it had before, the first as written; patches may still use them. */
  readonly earlier: readonly Identity[];
  /**
   * Paths whose values are one and the same: kustomize adds a label to several places as one shared node, so that whatever
   * sets one of them later sets all.
   */
  readonly ties: Ties;
  /** Why anything of it may be different, as a sentence: a transformer that is not run is for it. */
  readonly changedBy?: string;
  /** During an edit: the maps and lists made for it, which nothing else holds, so that they may be written to again. */
  readonly own?: Own;
}

/** A resource as it stands in its file, ready to be built. */
export function draftOf(resource: Resource): Draft {
  return { resource, value: resource.value, changes: noChanges, earlier: [], ties: noTies };
}

const identities = new WeakMap<object, Identity>();

/** The identity that an object has now; asked often, so remembered with the object. */
export function identityOf(object: { readonly value: JsonObject }): Identity {
  const known = identities.get(object);
  if (known) return known;
  const identity = readIdentity(object.value);
  identities.set(object, identity);
  return identity;
}

function readIdentity(value: JsonObject): Identity {
  const apiVersion = scalarText(value.apiVersion) ?? "";
  const kind = scalarText(value.kind) ?? "";
  const namespace = scalarText(at(value, ["metadata", "namespace"])) || "default";
  return {
    apiVersion,
    kind,
    namespace: isClusterScoped(apiVersion, kind) ? "" : namespace,
    name: scalarText(at(value, ["metadata", "name"])) ?? "",
  };
}

/** Whether two identities are the same. */
export function sameIdentity(a: Identity, b: Identity): boolean {
  return (
    a.name === b.name && a.kind === b.kind && a.namespace === b.namespace && a.apiVersion === b.apiVersion
  );
}

/** An identity as text, for use as a key. */
export function identityKey({ apiVersion, kind, namespace, name }: Identity): string {
  return `${apiVersion}\n${kind}\n${namespace}\n${name}`;
}

/** The draft with its present identity remembered, before something changes it. */
export function withIdentity(draft: Draft): Draft {
  return { ...draft, earlier: [...draft.earlier, identityOf(draft)] };
}

/** Where the part at a path was set: the innermost change that covers it, else the object's own file. */
export function sourceAt({ resource, changes }: Pick<Draft, "resource" | "changes">, path: Path): Source {
  const best = nearestValue(changes, path);
  if (!best) return { document: resource.document, path: [...resource.path, ...path] };
  const { document, path: above } = best.value;
  return { document, path: [...above, ...path.slice(best.length)] };
}

/** The outcome of several changes to a draft, that copies what it changes only once; what they take over must be new or frozen. */
export function editing(draft: Draft, change: (draft: Draft) => Draft): Draft {
  return edited(change(opened(draft)));
}

/** A draft to which changes may write what they made before. */
export function opened(draft: Draft): Draft {
  return draft.own ? draft : { ...draft, own: new Set() };
}

/** The draft at the end of an edit. */
export function edited(draft: Draft): Draft {
  if (!draft.own) return draft;
  const { own: _, ...rest } = draft;
  return rest;
}

/** The draft with a part set, and what is tied to it; maps on the way are made, `source` says who set it. */
export function setAt(draft: Draft, path: Path, value: Json, source: Source): Draft {
  let next = draft;
  for (const one of [path, ...tiedTo(draft.ties, path)]) {
    const root = setIn(next.value, one, value, next.own);
    const changes = withTree(next.changes, one, treeOf(source), next.own);
    next = withRoot(next, root, changes, untiedBelow(next, one));
  }
  return next;
}

/** The other paths that are tied to one; those that were set as a whole or moved since are not any more. */
function tiedTo(ties: Ties, path: Path): readonly Path[] {
  const group = treeAt(ties, path)?.value;
  return group?.filter((one) => !samePath(one, path) && treeAt(ties, one)?.value === group) ?? [];
}

/** The draft with the same value set at several paths, tied together where there was none before. */
export function setTied(draft: Draft, paths: readonly Path[], value: Json, source: Source): Draft {
  const fresh = paths.filter((path) => at(draft.value, path) === undefined);
  let next = draft;
  for (const path of paths) next = setAt(next, path, value, source);
  if (fresh.length < 2) return next;
  let { ties } = next;
  for (const path of fresh) ties = withTree(ties, path, treeOf<readonly Path[]>(fresh), next.own) ?? noTies;
  return { ...next, ties };
}

function untiedBelow({ ties, own }: Draft, path: Path): Ties {
  const here = treeAt(ties, path);
  return here?.entries || here?.items ? (withTree(ties, path, treeOf(here.value), own) ?? noTies) : ties;
}

function untiedAt({ ties, own }: Draft, path: Path): Ties {
  return treeAt(ties, path) ? (withTree(ties, path, undefined, own) ?? noTies) : ties;
}

function samePath(path: Path, other: Path): boolean {
  return path.length === other.length && path.every((step, index) => step === other[index]);
}

/** The draft without a map's entry or a list's item; who took an entry out is remembered, where `source` says it. */
export function removeAt(draft: Draft, path: Path, source?: Source): Draft {
  const parent = path.slice(0, -1);
  const last = path.at(-1);
  const here = at(draft.value, parent);
  if (typeof last === "number") {
    return Array.isArray(here) && last < here.length ? splice(draft, parent, last, 1) : draft;
  }
  if (last === undefined || !isObject(here) || !Object.hasOwn(here, last)) return draft;
  const map = writable<JsonObject, Record<string, Json>>(here, draft.own, (entries) => ({ ...entries }));
  delete map[last];
  const changes = withTree(draft.changes, path, source && treeOf(source), draft.own);
  return withRoot(draft, setIn(draft.value, parent, map, draft.own), changes, untiedAt(draft, path));
}

/** The draft with room for a new item of a list, which is to be set next. */
export function makeRoomAt(draft: Draft, path: Path): Draft {
  const parent = path.slice(0, -1);
  const here = at(draft.value, parent);
  const index = Number(path.at(-1));
  return Array.isArray(here) && index < here.length ? splice(draft, parent, index, 0) : draft;
}

/** The draft without an item of a list, or with null before it. */
function splice(draft: Draft, path: Path, index: number, removed: 0 | 1): Draft {
  const here = at(draft.value, path);
  if (!Array.isArray(here)) return draft;
  const changes = placedIn(draft, path, here.length);
  const items = writable<Changes["items"] & object, (Changes | undefined)[]>(
    changes.items,
    draft.own,
    copied,
  );
  const value = writable<readonly Json[], Json[]>(here, draft.own, copied);
  if (removed === 1) {
    items.splice(index, 1);
    value.splice(index, 1);
  } else {
    items.splice(index, 0, undefined);
    value.splice(index, 0, null);
  }
  return withList(draft, path, value, { ...changes, items });
}

function copied<T>(list: readonly T[]): T[] {
  return [...list];
}

/** The draft with the items of a list in another order: indices of the items that stay, undefined for new ones to be set. */
export function reorderAt(draft: Draft, path: Path, order: readonly (number | undefined)[]): Draft {
  const here = at(draft.value, path);
  const old: readonly Json[] = Array.isArray(here) ? here : [];
  const changes = placedIn(draft, path, old.length);
  const value = order.map((index) => (index === undefined ? null : (old[index] ?? null)));
  const items = order.map((index) => (index === undefined ? undefined : changes.items[index]));
  return withList(draft, path, value, { ...changes, items });
}

function placedIn(draft: Draft, path: Path, length: number) {
  const list = sourceAt(draft, path);
  return placedItems(treeAt(draft.changes, path), length, (index) => ({
    document: list.document,
    path: [...list.path, index],
  }));
}

function withList(draft: Draft, path: Path, value: Json, list: Changes): Draft {
  const root = setIn(draft.value, path, value, draft.own);
  const changes = withTree(draft.changes, path, list, draft.own);
  return withRoot(draft, root, changes, untiedAt(draft, path));
}

function withRoot(draft: Draft, value: Json, changes: Changes | undefined, ties: Draft["ties"]): Draft {
  return isObject(value) ? { ...draft, value, changes: changes ?? noChanges, ties } : draft;
}

function setIn(here: Json | undefined, path: Path, value: Json, own: Own, depth = 0): Json {
  const step = path[depth];
  if (step === undefined) return value;
  const isOwn = typeof here === "object" && here !== null && (own?.has(here) ?? false);
  if (typeof step === "number") {
    const items: Json[] = !Array.isArray(here) ? [] : isOwn ? here : [...here];
    if (step <= items.length) items[step] = setIn(items[step], path, value, own, depth + 1);
    own?.add(items);
    return items;
  }
  const map = isObject(here) ? here : {};
  const below = Object.hasOwn(map, step) ? map[step] : undefined;
  const made = setIn(below, path, value, own, depth + 1);
  // Assigned, this key would not become an entry.
  if (isOwn && step !== "__proto__") {
    const next: Record<string, Json> = map;
    next[step] = made;
    return next;
  }
  const next = { ...map, [step]: made };
  own?.add(next);
  return next;
}

/** Kinds without a namespace, as kustomize v5.8.1 knows them (its built-in OpenAPI data); all others have one. */
const clusterScoped: ReadonlyMap<string, readonly string[]> = new Map([
  ["", ["ComponentStatus", "Namespace", "Node", "NodeProxyOptions", "PersistentVolume"]],
  ["admissionregistration.k8s.io", ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"]],
  ["apiextensions.k8s.io", ["CustomResourceDefinition"]],
  ["apiregistration.k8s.io", ["APIService"]],
  ["certificates.k8s.io", ["CertificateSigningRequest"]],
  ["flowcontrol.apiserver.k8s.io", ["FlowSchema", "PriorityLevelConfiguration"]],
  ["networking.k8s.io", ["IngressClass"]],
  ["node.k8s.io", ["RuntimeClass"]],
  ["policy", ["PodSecurityPolicy"]],
  ["rbac.authorization.k8s.io", ["ClusterRole", "ClusterRoleBinding"]],
  ["scheduling.k8s.io", ["PriorityClass"]],
  ["storage.k8s.io", ["CSIDriver", "CSINode", "StorageClass", "VolumeAttachment"]],
]);

/** Whether objects of a kind belong to no namespace; of a kind that Kubernetes itself does not have the answer is no. */
export function isClusterScoped(apiVersion: string, kind: string): boolean {
  return clusterScoped.get(groupOf(apiVersion))?.includes(kind) ?? false;
}
