/** An object on its way through a build: its value so far, and where each part of that was set. */
import { at, isObject, type Json, type JsonObject } from "../../kube/json.ts";
import type { Path } from "../../source/node.ts";
import { scalarText } from "../resource.ts";
import type { Resource } from "../world.ts";
import type { Source } from "./kustomization.ts";

/** A part of an object that does not come from its own file: what stands at `path` was set by `source`. */
export interface Change {
  readonly path: Path;
  readonly source: Source;
}

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
  readonly changes: readonly Change[];
  /** The identities it had before, the first as written; patches may still use them. */
  readonly earlier: readonly Identity[];
  /**
   * Paths whose values are one and the same: kustomize adds a label to several places as one shared node, so that whatever
   * sets one of them later sets all.
   */
  readonly ties: readonly (readonly Path[])[];
  /** During an edit: the maps and lists made for it, which nothing else holds, so that they may be written to again. */
  readonly own?: Set<Json> | undefined;
}

/** A resource as it stands in its file, ready to be built. */
export function draftOf(resource: Resource): Draft {
  return { resource, value: resource.value, changes: [], earlier: [], ties: [] };
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
  let best: Change | undefined;
  for (const change of changes) {
    if (covers(change.path, path) && change.path.length >= (best?.path.length ?? 0)) best = change;
  }
  if (!best) return { document: resource.document, path: [...resource.path, ...path] };
  return { document: best.source.document, path: [...best.source.path, ...path.slice(best.path.length)] };
}

/** The outcome of several changes to a draft, that copies what it changes only once; what they take over must be new or frozen. */
export function editing(draft: Draft, change: (draft: Draft) => Draft): Draft {
  const { own: _, ...edited } = change({ ...draft, own: new Set() });
  return edited;
}

/** The draft with a part set, and what is tied to it; maps on the way are made, `source` says who set it. */
export function setAt(draft: Draft, path: Path, value: Json, source: Source): Draft {
  const tied = draft.ties.find((group) => group.some((one) => samePath(one, path))) ?? [path];
  let next = draft;
  for (const one of tied) {
    const changes = next.changes.filter((change) => !covers(one, change.path));
    const root = setIn(next.value, one, value, next.own);
    next = withRoot(next, root, [...changes, { path: one, source }], untied(next.ties, one, "below"));
  }
  return next;
}

/** The draft with the same value set at several paths, tied together where there was none before. */
export function setTied(draft: Draft, paths: readonly Path[], value: Json, source: Source): Draft {
  const fresh = paths.filter((path) => at(draft.value, path) === undefined);
  let next = draft;
  for (const path of paths) next = setAt(next, path, value, source);
  return fresh.length > 1 ? { ...next, ties: [...next.ties, fresh] } : next;
}

function untied(ties: Draft["ties"], path: Path, reach: "at" | "below"): Draft["ties"] {
  if (ties.length === 0) return ties;
  const stays = (one: Path) => !covers(path, one) || (reach === "below" && one.length === path.length);
  return ties.map((group) => group.filter(stays)).filter((group) => group.length > 1);
}

function samePath(path: Path, other: Path): boolean {
  return path.length === other.length && covers(path, other);
}

/** The draft without a map's entry or a list's item. */
export function removeAt(draft: Draft, path: Path): Draft {
  const parent = path.slice(0, -1);
  const last = path.at(-1);
  const here = at(draft.value, parent);
  if (typeof last === "number") {
    const order = Array.isArray(here) ? here.map((_, index) => index).filter((index) => index !== last) : [];
    return reorderAt(draft, parent, order);
  }
  if (last === undefined || !isObject(here) || !Object.hasOwn(here, last)) return draft;
  const { [last]: _, ...rest } = here;
  const changes = draft.changes.filter((change) => !covers(path, change.path));
  return withRoot(
    draft,
    setIn(draft.value, parent, rest, draft.own),
    changes,
    untied(draft.ties, path, "at"),
  );
}

/** The draft with the items of a list in another order: indices of the items that stay, undefined for new ones to be set. */
export function reorderAt(draft: Draft, path: Path, order: readonly (number | undefined)[]): Draft {
  const here = at(draft.value, path);
  const items: readonly Json[] = Array.isArray(here) ? here : [];
  const value = order.map((index) => (index === undefined ? null : (items[index] ?? null)));
  const moved = order.flatMap((from, to): readonly Change[] => {
    if (from === undefined) return [];
    const old = [...path, from];
    const below = draft.changes.filter(
      (change) => change.path.length > old.length && covers(old, change.path),
    );
    return [
      { path: [...path, to], source: sourceAt(draft, old) },
      ...below.map((change) => ({ ...change, path: [...path, to, ...change.path.slice(old.length)] })),
    ];
  });
  const others = draft.changes.filter(
    (change) => change.path.length <= path.length || !covers(path, change.path),
  );
  const root = setIn(draft.value, path, value, draft.own);
  return withRoot(draft, root, [...others, ...moved], untied(draft.ties, path, "at"));
}

function withRoot(draft: Draft, value: Json, changes: readonly Change[], ties: Draft["ties"]): Draft {
  return isObject(value) ? { ...draft, value, changes, ties } : draft;
}

function covers(path: Path, other: Path): boolean {
  return path.length <= other.length && path.every((step, index) => step === other[index]);
}

function setIn(here: Json | undefined, path: Path, value: Json, own: Set<Json> | undefined, depth = 0): Json {
  const step = path[depth];
  if (step === undefined) return value;
  const isOwn = here !== undefined && (own?.has(here) ?? false);
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

/** The API group of an apiVersion; "" for the core group. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf("/");
  return slash < 0 ? "" : apiVersion.slice(0, slash);
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

export function isClusterScoped(apiVersion: string, kind: string): boolean {
  return clusterScoped.get(groupOf(apiVersion))?.includes(kind) ?? false;
}
