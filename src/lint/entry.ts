/** Labels and annotations as rules see them: key, value, and what YAML made of the value. */
import { nearestKeys } from "../istio/nearest-key.ts";
import { at, isObject, type Json } from "../kube/json.ts";
import type { Location, Part } from "../source/locate.ts";
import type { Path } from "../source/node.ts";
import { enumeration } from "./template.ts";

/** An object that has metadata, or a template inside it. */
export interface Holder {
  readonly value: Json;
  readonly resource: {
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
  readonly #spelled: () => string | undefined;

  constructor(holder: Holder, path: Path, map: string, key: string, value: Json) {
    this.map = map;
    this.key = key;
    this.type = typeOf(value);
    this.value = typeof value === "object" && value !== null ? "" : String(value);
    this.within = path[1] === "jobTemplate" && path.length === 3 ? "jobTemplate" : "metadata";
    this.#spelled = () => spelledAt(holder, [...path, map, key]);
  }

  get written(): string {
    return this.#spelled() ?? this.value;
  }

  get intended(): string {
    return enumeration(meantBy(this.key), "or");
  }
}

/** The text of a scalar as it stands in the holder's own file, when it is short and stands there. */
function spelledAt(holder: Holder, path: Path): string | undefined {
  const location = holder.locate(path, "value");
  const { file } = holder.resource.document;
  if (location?.file !== file.path || location.endLine !== location.line) return undefined;
  return file.text.slice(location.start, location.end);
}

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

/** Whether a key is a known Istio key with a slip in it. */
export function isMisspelled(key: string): boolean {
  return meantBy(key).length > 0;
}

const meant = new Map<string, readonly string[]>();
const mostRemembered = 10_000;

/** The known keys that a key may stand for; remembered, as a repository has few different keys. */
function meantBy(key: string): readonly string[] {
  let known = meant.get(key);
  if (!known) {
    known = nearestKeys(key);
    if (meant.size < mostRemembered) meant.set(key, known);
  }
  return known;
}
