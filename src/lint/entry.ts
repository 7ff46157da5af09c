/** Labels and annotations as rules see them: key, value, and what YAML made of the value. */
import { isStray, type KeyHolder, placeOf } from "../istio/key-place.ts";
import { nearestKeys } from "../istio/nearest-key.ts";
import { at, isObject, type Json } from "../kube/json.ts";
import type { Location, Part } from "../source/locate.ts";
import type { Path } from "../source/node.ts";
import { enumeration } from "./template.ts";

/** An object that has metadata, or a template inside it. */
export interface Holder {
  readonly value: Json;
  readonly resource: {
    readonly kind: string;
    readonly document: { readonly file: { readonly path: string; readonly text: string } };
  };
  locate(path: Path, part?: Part): Location | undefined;
}

/** A label or annotation. */
export class EntryView {
  readonly map: string;
  readonly key: string;
  readonly value: string;
  readonly type: string;
  readonly within: string;
  readonly #holder: Holder;
  readonly #path: Path;

  /** `path` leads to the metadata; the map is `metadata` for what stands there itself. */
  constructor(holder: Holder, path: Path, map: string, key: string, value: Json) {
    this.map = map;
    this.key = key;
    this.type = typeOf(value);
    this.value = typeof value === "object" && value !== null ? "" : String(value);
    this.within = path[1] === "jobTemplate" && path.length === 3 ? "jobTemplate" : "metadata";
    this.#holder = holder;
    this.#path = map === "metadata" ? [...path, key] : [...path, map, key];
  }

  get written(): string {
    return spelledAt(this.#holder, this.#path) ?? "";
  }

  get intended(): string {
    return enumeration(meantBy(this.key, holderOf(this.#holder)), "or");
  }

  get candidates(): readonly string[] {
    return meantBy(this.key, holderOf(this.#holder));
  }

  /** Where the key counts: "labels" or "annotations". */
  get belongsIn(): string {
    return placeOf(this.key)?.map ?? this.map;
  }

  /** What it counts on: "pods", "pods or Namespaces". */
  get belongsTo(): string {
    return enumeration(placeOf(this.key)?.of ?? ["pods"], "or");
  }

  get inKustomization(): boolean {
    const file = this.#holder.locate(this.#path)?.file;
    if (file === undefined || file === this.#holder.resource.document.file.path) return false;
    return kustomizationNames.has(file.slice(file.lastIndexOf("/") + 1));
  }
}

const kustomizationNames = new Set(["kustomization.yaml", "kustomization.yml", "Kustomization"]);

/** What a holder's metadata counts as: a Namespace's, or a pod's. */
function holderOf({ resource }: Holder): "Namespace" | "Pod" {
  return resource.kind === "Namespace" ? "Namespace" : "Pod";
}

/** The text of a scalar as it stands in the holder's own file, when it is short, plain and stands there. */
function spelledAt(holder: Holder, path: Path): string | undefined {
  const location = holder.locate(path, "value");
  const { file } = holder.resource.document;
  if (location?.file !== file.path || location.endLine !== location.line) return undefined;
  const text = file.text.slice(location.start, location.end);
  return aliasOrTag.test(text) ? undefined : text;
}

const aliasOrTag = /^[*&!]/;

function typeOf(value: Json): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "list";
  if (typeof value === "object") return "map";
  return typeof value === "bigint" ? "number" : typeof value;
}

const none: readonly EntryView[] = [];
const maps = ["labels", "annotations"] as const;

/** The labels and annotations below a path (`metadata`) that a test picks; allocates nothing where it picks none. */
export function entriesOf(
  holder: Holder,
  path: Path,
  wanted: (key: string, value: Json, map: string) => boolean,
): readonly EntryView[] {
  const metadata = at(holder.value, path);
  let found: EntryView[] | undefined;
  for (const map of maps) {
    const entries = isObject(metadata) ? metadata[map] : undefined;
    if (!isObject(entries)) continue;
    for (const key in entries) {
      const value = entries[key];
      if (value === undefined || !wanted(key, value, map)) continue;
      found ??= [];
      found.push(new EntryView(holder, path, map, key, value));
    }
  }
  return found ?? none;
}

/** Whether a value is no string. A null is stored as an empty string, which only matters where the key means something. */
export function isNoString(key: string, value: Json): boolean {
  return typeof value !== "string" && (value !== null || key.includes("istio"));
}

/** What the API server wants as strings besides labels and annotations. */
const namedBy = ["name", "generateName", "namespace"];

/** Labels, annotations and names below a path (`metadata`) that are no strings, and `labels` and `annotations` that are no maps; what has no value is none. */
export function nonStringsOf(holder: Holder, path: Path): readonly EntryView[] {
  const metadata = at(holder.value, path);
  const entries = entriesOf(holder, path, isNoString);
  if (!isObject(metadata)) return entries;
  const names = [
    ...namedBy.filter((key) => isNoName(metadata[key])),
    ...maps.filter((key) => !isObject(metadata[key] ?? {})),
  ];
  if (names.length === 0) return entries;
  return [
    ...names.map((key) => new EntryView(holder, path, "metadata", key, metadata[key] ?? null)),
    ...entries,
  ];
}

function isNoName(value: Json | undefined): boolean {
  return value !== undefined && value !== null && typeof value !== "string";
}

/** Whether a key is a known Istio key with a slip in it. */
export function isMisspelled(key: string): boolean {
  return meantBy(key, "Pod").length > 0;
}

/** The settings below a path (`metadata`) that have no effect there. */
export function straysOf(
  holder: Holder,
  path: Path,
  on: KeyHolder,
  counted: (key: string, map: string) => boolean,
): readonly EntryView[] {
  return entriesOf(holder, path, (key, _value, map) => isStray(key, map, on) && !counted(key, map));
}

const meant = {
  Pod: new Map<string, readonly string[]>(),
  Namespace: new Map<string, readonly string[]>(),
};
const mostRemembered = 10_000;

/** The known keys that a key may stand for; remembered, as a repository has few different keys. */
function meantBy(key: string, on: "Namespace" | "Pod"): readonly string[] {
  const remembered = meant[on];
  let known = remembered.get(key);
  if (!known) {
    known = nearestKeys(key, on);
    if (remembered.size < mostRemembered) remembered.set(key, known);
  }
  return known;
}
