/** The patch that turns an object into another, in a form that a kustomization takes: strategic where that is exact, else RFC 6902. */
import { isObject, type Json, type JsonObject } from "./json.ts";
import { isDistinct, type JsonOperation, jsonPatch, sameJson } from "./json-patch.ts";
import { type Field, structType, type Type } from "./schema.ts";
import { strategicMerge } from "./strategic-merge.ts";

export type StrategicPatch =
  | { readonly ok: true; readonly patch: JsonObject }
  | {
      readonly ok: false;
      /** Why no strategic merge patch gives the object exactly, as the end of a sentence: "spec.x is …". */
      readonly reason: string;
    };

export type ObjectPatch =
  /** Nothing differs. */
  | { readonly form: "none" }
  /** A document for a file that `patches` of a kustomization names. */
  | { readonly form: "strategic"; readonly document: JsonObject }
  /** An entry of `patches`: its target, and the operations that are its patch. */
  | {
      readonly form: "json";
      readonly target: JsonObject;
      readonly operations: readonly JsonOperation[];
      /** Why it is no strategic merge patch. */
      readonly reason: string;
    }
  /** No kustomization finds the object. */
  | { readonly form: "impossible"; readonly reason: string };

/**
 * The patch for an object, whose identity is that of `before`. Strategic merge patches are for kinds that kustomize has a schema
 * of; for the others, such as an Argo Rollout, it would replace whole lists, and the API server takes none.
 */
export function patchFor(before: JsonObject, after: JsonObject): ObjectPatch {
  if (sameJson(before, after)) return { form: "none" };
  const { apiVersion, kind } = before;
  const { name, namespace } = isObject(before.metadata) ? before.metadata : {};
  if (typeof apiVersion !== "string" || typeof kind !== "string" || typeof name !== "string" || name === "") {
    return { form: "impossible", reason: "it has no metadata.name, by which a kustomization finds it" };
  }
  const made = mergedByKustomize.get(kind)?.includes(apiVersion)
    ? strategicMergePatch(kind, before, after)
    : ({ ok: false, reason: `kustomize has no schema of ${kind} of ${apiVersion}` } as const);
  if (!made.ok) {
    const target = targetOf(apiVersion, kind, name, namespace);
    return { form: "json", target, operations: jsonPatch(before, after), reason: made.reason };
  }
  const { metadata, ...rest } = made.patch;
  if (Object.keys(made.patch).length === 0) return { form: "none" };
  const identity = { name, ...(namespace === undefined ? {} : { namespace }) };
  return {
    form: "strategic",
    document: {
      apiVersion,
      kind,
      metadata: { ...identity, ...(isObject(metadata) ? metadata : {}) },
      ...rest,
    },
  };
}

/** Kinds by whose lists' keys kustomize 5.8 merges, with the versions for which it does. */
const mergedByKustomize: ReadonlyMap<string, readonly string[]> = new Map([
  ["Pod", ["v1"]],
  ["PodTemplate", ["v1"]],
  ["ReplicationController", ["v1"]],
  ["Deployment", ["apps/v1"]],
  ["ReplicaSet", ["apps/v1"]],
  ["DaemonSet", ["apps/v1"]],
  ["StatefulSet", ["apps/v1"]],
  ["Job", ["batch/v1"]],
  ["CronJob", ["batch/v1", "batch/v1beta1"]],
]);

/** The target of an entry of `patches`; its texts are regular expressions for the whole name. */
function targetOf(apiVersion: string, kind: string, name: string, namespace: Json | undefined): JsonObject {
  const slash = apiVersion.indexOf("/");
  const literal = (text: string) => text.replaceAll(".", "\\.");
  return {
    ...(slash < 0 ? {} : { group: apiVersion.slice(0, slash) }),
    version: apiVersion.slice(slash + 1),
    kind,
    name: literal(name),
    ...(typeof namespace === "string" ? { namespace: literal(namespace) } : {}),
  };
}

/**
 * The strategic merge patch that turns an object of a type ("Deployment", "PodTemplateSpec", …) into another, for the API server
 * (strategicpatch of apimachinery 0.35) and for kustomize (5.8.1) alike. kustomize keeps `$setElementOrder` as if it were a
 * field and puts the items of a patch before all others; so a list whose order changes has every item named up to the last
 * that is new or changes. Where no patch is exact in both, it is refused; entries that are null count as absent. Throws for a
 * type that the schema does not hold.
 */
export function strategicMergePatch(type: string, before: JsonObject, after: JsonObject): StrategicPatch {
  const patching: Patching = { here: [], reason: undefined };
  const struct: Type = { is: "struct", name: type };
  const [from, to] = [withoutNulls(before), withoutNulls(after)];
  checkLists(patching, from, struct);
  checkLists(patching, to, struct);
  const patch = patchMap(patching, from, to, struct);
  if (patching.reason !== undefined) return { ok: false, reason: patching.reason };
  const merged = strategicMerge(type, before, patch);
  if (merged.ok && sameJson(withoutNulls(merged.value), to)) return { ok: true, patch };
  return { ok: false, reason: "the API server would make something else of a strategic merge patch" };
}

function withoutNulls(object: JsonObject): JsonObject {
  const kept = Object.entries(object).filter(([, value]) => value !== null);
  return Object.fromEntries(kept.map(([key, value]) => [key, withNoNullsBelow(value)]));
}

function withNoNullsBelow(value: Json): Json {
  if (Array.isArray(value)) return value.map(withNoNullsBelow);
  return isObject(value) ? withoutNulls(value) : value;
}

interface Patching {
  /** Names of the fields on the way. */
  readonly here: string[];
  reason: string | undefined;
}

function refuse(patching: Patching, what: string): undefined {
  patching.reason ??= `${patching.here.join(".") || "the object"} ${what}`;
}

function below<T>(patching: Patching, name: string, act: () => T): T {
  patching.here.push(name);
  const result = act();
  patching.here.pop();
  return result;
}

function patchMap(patching: Patching, before: JsonObject, after: JsonObject, type: Type): JsonObject {
  const patch: Record<string, Json> = {};
  for (const key of Object.keys(before)) if (!Object.hasOwn(after, key)) patch[key] = null;
  for (const [key, value] of Object.entries(after)) {
    const old = Object.hasOwn(before, key) ? before[key] : undefined;
    if (sameJson(old, value)) continue;
    const change = below(patching, key, () => patchEntry(patching, old, value, type, key));
    if (change !== undefined) patch[key] = change;
  }
  return patch;
}

/** What the patch says for an entry that is new or changes. */
function patchEntry(
  patching: Patching,
  before: Json | undefined,
  after: Json,
  type: Type,
  key: string,
): Json | undefined {
  if (key.startsWith("$")) return refuse(patching, "would be read as a directive");
  if (before === undefined) return whole(patching, after);
  if (isOtherKind(before, after)) {
    return refuse(patching, `becomes ${kindOf(after)}, having been ${kindOf(before)}`);
  }
  if (typeof after !== "object" || after === null) return after;
  const field = type.is === "struct" ? structType(type.name)?.byName.get(key) : undefined;
  if (!field) return refuse(patching, "is no field that Kubernetes knows");
  if (Array.isArray(before) && Array.isArray(after)) {
    return field.mergeKey === undefined ? whole(patching, after) : patchList(patching, before, after, field);
  }
  if (!isObject(before) || !isObject(after)) return undefined;
  const mustReplace = Object.entries(after).some(([name, value]) => losesQuotes(before[name], value));
  if (!mustReplace) return patchMap(patching, before, after, field.type);
  const replacement = whole(patching, after);
  return isObject(replacement) ? { ...replacement, $patch: "replace" } : undefined;
}

function kindOf(value: Json): string {
  if (Array.isArray(value)) return "a list";
  if (isObject(value)) return "a map";
  return typeof value === "string" ? "a text" : "a number or boolean";
}

/** Whether kustomize refuses the change, or may write something else. */
function isOtherKind(before: Json, after: Json): boolean {
  const isPlain = typeof before !== "object" && typeof after !== "object";
  return isPlain ? losesQuotes(before, after) : kindOf(before) !== kindOf(after);
}

/** What takes the place of a text that has quotes gets them too in kustomize, and with them becomes a text. */
function losesQuotes(before: Json | undefined, after: Json): boolean {
  return typeof before === "string" && (typeof after === "boolean" || isNumber(after));
}

const isNumber = (value: Json): boolean => typeof value === "number" || typeof value === "bigint";

/** A value as it is put where nothing was, or in the place of another. */
function whole(patching: Patching, value: Json): Json | undefined {
  return hasMeaning(value) ? refuse(patching, "holds null or a key that a patch gives a meaning") : value;
}

/** Whether there is anything in a value that a patch would not set but follow. */
function hasMeaning(value: Json): boolean {
  if (typeof value !== "object") return false;
  if (value === null) return true;
  return Object.entries(value).some(([key, item]) => key.startsWith("$") || hasMeaning(item));
}

/** Lists that kustomize merges by key as the API server does, and the second key by which it tells items apart. */
const sharedLists: ReadonlyMap<string, string | undefined> = new Map([
  ["containers", undefined],
  ["initContainers", undefined],
  ["ephemeralContainers", undefined],
  ["env", undefined],
  ["ports", "protocol"],
  ["volumeMounts", undefined],
  ["volumeDevices", undefined],
  ["volumes", undefined],
  ["imagePullSecrets", undefined],
  ["hostAliases", undefined],
  ["topologySpreadConstraints", "whenUnsatisfiable"],
  ["ownerReferences", undefined],
]);

interface ItemPatch {
  /** undefined for an item that stays as it is. */
  readonly change: JsonObject | undefined;
  /** Where it was; -1 for a new one. */
  readonly place: number;
  /** What names it. */
  readonly identity: JsonObject;
}

function patchList(
  patching: Patching,
  before: readonly Json[],
  after: readonly Json[],
  { name, type, mergeKey = "" }: Field,
): Json | undefined {
  if (type.is !== "list" || !sharedLists.has(name)) {
    return refuse(patching, "is a list that kustomize and Kubernetes merge in different ways");
  }
  const second = sharedLists.get(name);
  const isKeyed = isDistinct(before, mergeKey) && isDistinct(after, mergeKey);
  if (!isKeyed || (second !== undefined && isMixed([...before, ...after], second))) {
    return refuse(patching, `has items that ${mergeKey} does not tell apart`);
  }
  const places = new Map(before.map((item, index) => [textBelow(item, mergeKey), index]));
  const items = after.filter(isObject).map((item): ItemPatch => {
    const place = places.get(textBelow(item, mergeKey)) ?? -1;
    const old = before[place];
    const identity: JsonObject = {
      [mergeKey]: item[mergeKey] ?? null,
      ...(second !== undefined && item[second] !== undefined ? { [second]: item[second] ?? null } : {}),
    };
    if (!isObject(old)) return { change: isObject(whole(patching, item)) ? item : {}, place: -1, identity };
    if (sameJson(old, item)) return { change: undefined, place, identity };
    if (second !== undefined && old[second] !== item[second])
      refuse(patching, `has an item whose ${second} changes`);
    return { change: patchMap(patching, old, item, type.of), place, identity };
  });
  const kept = new Set(items.map(({ place }) => place));
  const deleted = before.filter((_, index) => !kept.has(index));
  return [
    ...items.slice(0, namedUpTo(items)).map(({ change, identity }) => ({ ...identity, ...change })),
    ...deleted.map((item) => ({ ...identityOf(item, mergeKey, second), $patch: "delete" })),
  ];
}

const textBelow = (item: Json, key: string): string => String(isObject(item) ? item[key] : "");

function identityOf(item: Json, key: string, second: string | undefined): JsonObject {
  if (!isObject(item)) return {};
  const more = second === undefined ? undefined : item[second];
  return {
    [key]: item[key] ?? null,
    ...(second === undefined || more === undefined ? {} : { [second]: more }),
  };
}

/** Whether only some items have a key. */
function isMixed(items: readonly Json[], key: string): boolean {
  const having = items.filter((item) => isObject(item) && Object.hasOwn(item, key)).length;
  return having > 0 && having < items.length;
}

/**
 * How many items the patch has to name. Those behind them stay as they are and in their order: both put them last, the API
 * server only if all that are named stood before them.
 */
function namedUpTo(items: readonly ItemPatch[]): number {
  let end = items.length;
  let next = Infinity;
  for (let index = end - 1; index >= 0; index--) {
    const item = items[index];
    if (!item || item.change !== undefined || item.place < 0 || item.place > next) break;
    next = item.place;
    end = index;
  }
  const last = Math.max(...items.slice(0, end).map(({ place }) => place), -1);
  while (end < items.length && (items[end]?.place ?? 0) < last) end++;
  return end;
}

/** kustomize walks through all lists of an object, and loses items of those that its keys do not tell apart. */
function checkLists(patching: Patching, value: Json, type: Type): void {
  if (type.is === "map" || type.is === "list") {
    const inside = typeof value === "object" && value !== null ? Object.values(value) : [];
    if (type.of.is === "struct") for (const item of inside) checkLists(patching, item, type.of);
  }
  if (type.is !== "struct" || !isObject(value)) return;
  const fields = structType(type.name)?.byName;
  for (const [key, inner] of Object.entries(value)) {
    const field = fields?.get(key);
    if (!field || typeof inner !== "object") continue;
    below(patching, key, () => {
      if (field.mergeKey && Array.isArray(inner)) checkItems(patching, inner, field.mergeKey, key);
      checkLists(patching, inner, field.type);
    });
  }
}

function checkItems(patching: Patching, items: readonly Json[], mergeKey: string, name: string): void {
  if (isDistinct(items, mergeKey)) return;
  const second = sharedLists.get(name);
  const pair = (item: Json) => ({ pair: `${textBelow(item, mergeKey)} ${textBelow(item, second ?? "")}` });
  const isTold =
    second !== undefined && items.every((item) => isObject(item) && typeof item[second] === "string");
  if (!isTold || !isDistinct(items.map(pair), "pair")) {
    refuse(patching, `has items that ${mergeKey} does not tell apart, of which kustomize would lose some`);
  }
}
