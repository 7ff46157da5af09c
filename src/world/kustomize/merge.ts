/** Strategic merge patches as kustomize applies them (v5.8.1, kyaml merge2): nulls, `$patch` directives, lists by key. */

import { at, isObject, type Json, type JsonObject } from "../../kube/json.ts";
import { groupOf } from "../../kube/workload.ts";
import type { Path } from "../../source/node.ts";
import { scalarText } from "../resource.ts";
import { type Draft, opened, removeAt, reorderAt, setAt } from "./draft.ts";
import type { PatchEntry, Source } from "./kustomization.ts";

/** From a path inside the patch to where that stands. */
export type PatchSource = (path: Path) => Source;

/**
 * The draft with a strategic merge patch applied, open for further ones; undefined when the patch deletes the object.
 * The object keeps its kind and namespace, and its name unless `allowNameChange`.
 */
export function mergePatch(
  draft: Draft,
  patch: JsonObject,
  sourceOf: PatchSource,
  options: Pick<PatchEntry, "allowNameChange" | "allowKindChange" | "textMetadata">,
): Draft | undefined {
  if (patch.$patch === "delete") return undefined;
  const { apiVersion: _, kind, ...rest } = patch;
  const { name, namespace: __, ...metadata } = isObject(patch.metadata) ? patch.metadata : {};
  const own = options.textMetadata ? asText(metadata) : metadata;
  const kept = options.allowNameChange && name !== undefined ? { ...own, name } : own;
  const body: JsonObject = {
    ...rest,
    ...(options.allowKindChange && kind !== undefined ? { kind } : undefined),
    ...(patch.metadata === undefined ? undefined : { metadata: kept }),
  };
  const merge: Merge = { sourceOf, keyed: hasListKeys(draft.value) };
  return mergeMap(opened(draft), [], body, [], merge);
}

function asText({ labels, annotations, ...rest }: JsonObject): JsonObject {
  return {
    ...rest,
    ...(isObject(labels) ? { labels: textMap(labels) } : undefined),
    ...(isObject(annotations) ? { annotations: textMap(annotations) } : undefined),
  };
}

function textMap(map: JsonObject): JsonObject {
  const entries = Object.entries(map);
  return Object.fromEntries(
    entries.map(([key, value]) => [key, value === null ? "null" : (scalarText(value) ?? "")]),
  );
}

interface Merge {
  readonly sourceOf: PatchSource;
  /** Whether lists merge by key: kinds that Kubernetes defines; lists of others are replaced. */
  readonly keyed: boolean;
}

function mergeAt(draft: Draft, path: Path, patch: Json, from: Path, merge: Merge): Draft {
  if (patch === null) return removeAt(draft, path, merge.sourceOf(from));
  if (isObject(patch)) return mergeMap(draft, path, patch, from, merge);
  if (Array.isArray(patch)) return mergeList(draft, path, patch, from, merge);
  return setAt(draft, path, patch, merge.sourceOf(from));
}

function mergeMap(draft: Draft, path: Path, patch: JsonObject, from: Path, merge: Merge): Draft {
  const { $patch: directive, ...rest } = patch;
  if (directive === "delete") return removeAt(draft, path, merge.sourceOf([...from, "$patch"]));
  if (directive === "replace" || !isObject(at(draft.value, path))) {
    return setAt(draft, path, added(rest, "", merge.keyed), merge.sourceOf(from));
  }
  let next = draft;
  for (const key of Object.keys(rest).sort()) {
    next = mergeAt(next, [...path, key], rest[key] ?? null, [...from, key], merge);
  }
  return next;
}

function mergeList(draft: Draft, path: Path, patch: readonly Json[], from: Path, merge: Merge): Draft {
  const here = at(draft.value, path);
  const field = String(path.at(-1));
  const keys = merge.keyed ? listKeys.get(field) : undefined;
  const alone = patch.find((item) => isObject(item) && "$patch" in item && Object.keys(item).length === 1);
  const directive = isObject(alone) ? alone.$patch : undefined;
  if (!keys || !Array.isArray(here) || directive === "replace") {
    const items = keys ? patch.filter((item) => item !== alone) : patch;
    return setAt(draft, path, added(items, field, merge.keyed), merge.sourceOf(from));
  }
  if (directive === "delete") return removeAt(draft, path);
  return mergeByKey(draft, path, here, patch, from, keys, merge);
}

/** Items of the patch come first, in its order, merged with the items they match; then the others. */
function mergeByKey(
  draft: Draft,
  path: Path,
  here: readonly Json[],
  patch: readonly Json[],
  from: Path,
  keys: readonly string[],
  merge: Merge,
): Draft {
  const taken = new Set<number>();
  const placed: { readonly match: number | undefined; readonly index: number }[] = [];
  const positions = positionsByKey(here, keys[0] ?? "");
  patch.forEach((item, index) => {
    if (!isObject(item)) return;
    const alike = positions.get(scalarText(item[keys[0] ?? ""])) ?? [];
    const match = alike.find((position) => !taken.has(position) && sameItem(item, here[position], keys));
    if (match !== undefined) taken.add(match);
    if (item.$patch !== "delete") placed.push({ match, index });
  });
  const others = here.map((_, position) => position).filter((position) => !taken.has(position));
  let next = reorderAt(draft, path, [...placed.map(({ match }) => match), ...others]);
  placed.forEach(({ match, index }, position) => {
    const item = patch[index];
    // What is to replace an item that is there is lost in kustomize: the old item comes back.
    if (match !== undefined && isObject(item) && item.$patch === "replace") return;
    next = mergeAt(next, [...path, position], item ?? null, [...from, index], merge);
  });
  return next;
}

function positionsByKey(
  items: readonly Json[],
  key: string,
): ReadonlyMap<string | undefined, readonly number[]> {
  const positions = new Map<string | undefined, number[]>();
  items.forEach((item, position) => {
    const text = isObject(item) ? scalarText(item[key]) : undefined;
    const known = positions.get(text);
    if (known) known.push(position);
    else positions.set(text, [position]);
  });
  return positions;
}

/** Whether two items have the same key; of several keys, one that only one of them gives does not tell them apart. */
function sameItem(item: JsonObject, other: Json | undefined, keys: readonly string[]): boolean {
  if (!isObject(other)) return false;
  return keys.every((key, index) => {
    const [a, b] = [scalarText(item[key]), scalarText(other[key])];
    return a === b ? index > 0 || a !== undefined : index > 0 && (a === undefined || b === undefined);
  });
}

/**
 * A part of a patch as it is added where there was nothing: without entries set to null, directives, and items to delete.
 * Lists without keys are taken as they are.
 */
function added(value: Json, field: string, keyed: boolean): Json {
  if (Array.isArray(value)) {
    if (!keyed || !listKeys.has(field)) return value;
    const items = value.filter((item: Json) => !(isObject(item) && item.$patch === "delete"));
    return items.map((item: Json) => added(item, "", keyed));
  }
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(
    ([key, item]) => key !== "$patch" && item !== null && !(isObject(item) && item.$patch === "delete"),
  );
  return Object.fromEntries(entries.map(([key, item]) => [key, added(item, key, keyed)]));
}

/** Merge keys of the lists in pod templates and webhook configurations, by field. */
const listKeys: ReadonlyMap<string, readonly string[]> = new Map([
  ["containers", ["name"]],
  ["initContainers", ["name"]],
  ["ephemeralContainers", ["name"]],
  ["env", ["name"]],
  ["ports", ["containerPort", "protocol"]],
  ["volumeMounts", ["mountPath"]],
  ["volumeDevices", ["devicePath"]],
  ["volumes", ["name"]],
  ["imagePullSecrets", ["name"]],
  ["hostAliases", ["ip"]],
  ["topologySpreadConstraints", ["topologyKey", "whenUnsatisfiable"]],
  ["ownerReferences", ["uid"]],
  ["webhooks", ["name"]],
]);

function hasListKeys({ apiVersion }: JsonObject): boolean {
  const group = groupOf(scalarText(apiVersion) ?? "");
  return !group.includes(".") || group.endsWith(".k8s.io");
}
