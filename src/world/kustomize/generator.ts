/** The ConfigMaps and Secrets that a kustomization generates (kustomize v5.8.1), for replacements that read them. */
import { at, isObject, type Json, type JsonObject } from "../../kube/json.ts";
import { nodeAt, toValue } from "../../source/node.ts";
import { scalarText, stringMap } from "../resource.ts";
import { type Draft, draftOf, identityOf, sameIdentity } from "./draft.ts";
import type { Kustomization, Source } from "./kustomization.ts";
import { joinPath } from "./path.ts";

/** The text of a file of the tree; undefined when there is none, or it is no text. */
export type TextOf = (path: string) => string | undefined;

const generators = [
  { kind: "ConfigMap", field: "configMapGenerator" },
  { kind: "Secret", field: "secretGenerator" },
];

/**
 * The objects after the generators of a kustomization for one kind ("" for all): new ones at the end, those with the
 * behaviours `merge` and `replace` in the place of the object they name. Files that cannot be read give no entries.
 */
export function generate(
  drafts: readonly Draft[],
  kustomization: Kustomization,
  kind: string,
  textOf: TextOf,
): readonly Draft[] {
  const { document } = kustomization;
  const reading = document.read();
  let next = drafts;
  for (const generator of generators) {
    if (kind !== "" && kind !== generator.kind) continue;
    const node = reading.ok ? nodeAt(reading.root, [generator.field]) : undefined;
    const entries = node && toValue(node);
    if (!Array.isArray(entries)) continue;
    entries.forEach((entry: Json, index) => {
      if (!isObject(entry)) return;
      const source = { document, path: [generator.field, index] };
      next = generateOne(next, { entry, kind: generator.kind, source }, kustomization.directory, textOf);
    });
  }
  return next;
}

/** What is to be generated: the arguments of a ConfigMap or Secret, and where they stand. */
export interface Generation {
  readonly entry: JsonObject;
  readonly kind: string;
  readonly source: Source;
}

/** The objects after one generation. */
export function generateOne(
  drafts: readonly Draft[],
  { entry, kind, source }: Generation,
  directory: string,
  textOf: TextOf,
): readonly Draft[] {
  const draft = draftOf({
    apiVersion: "v1",
    kind,
    name: scalarText(entry.name) ?? "",
    namespace: scalarText(entry.namespace) || null,
    value: generated(entry, kind, directory, textOf),
    ...source,
  });
  return absorbed(drafts, draft, scalarText(entry.behavior) ?? "create");
}

/** The kind that an object among `generators` generates, when that is known. */
export function generationOf({ value, resource }: Draft): Generation | undefined {
  const one = generators.find(
    ({ kind }) => value.apiVersion === "builtin" && value.kind === `${kind}Generator`,
  );
  const { document, path } = resource;
  const entry = isObject(value.metadata) ? { ...value.metadata, ...value } : value;
  return one && { entry, kind: one.kind, source: { document, path } };
}

function generated(entry: JsonObject, kind: string, directory: string, textOf: TextOf): JsonObject {
  const data: Record<string, string> = Object.create(null);
  const add = (key: string, value: string) => {
    data[key] = kind === "Secret" ? base64(value) : value;
  };
  for (const path of [...texts(entry.envs), ...texts([entry.env ?? null])]) {
    for (const [key, value] of linesOf(textOf(joinPath(directory, path)) ?? "")) add(key, value);
  }
  for (const literal of texts(entry.literals)) {
    const equals = literal.indexOf("=");
    if (equals > 0) add(literal.slice(0, equals), unquoted(literal.slice(equals + 1)));
  }
  for (const file of texts(entry.files)) {
    const path = file.slice(file.indexOf("=") + 1);
    const key = path === file ? path.slice(path.lastIndexOf("/") + 1) : file.slice(0, file.indexOf("="));
    const text = textOf(joinPath(directory, path));
    if (text !== undefined) add(key, text);
  }
  const { name = null, namespace } = entry;
  const labels = stringMap(at(entry, ["options", "labels"]));
  const annotations = stringMap(at(entry, ["options", "annotations"]));
  return {
    apiVersion: "v1",
    kind,
    metadata: { name, ...(namespace === undefined ? undefined : { namespace }), labels, annotations },
    data,
  };
}

function texts(list: Json | undefined): readonly string[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: Json) => scalarText(item) || []);
}

/** The entries of an env file: `key=value` lines; empty lines and those that begin with # are passed over. */
function linesOf(text: string): readonly (readonly [string, string])[] {
  return text.split(/\r?\n/).flatMap((full): readonly (readonly [string, string])[] => {
    const line = full.trimStart();
    if (line === "" || line.startsWith("#")) return [];
    const equals = line.indexOf("=");
    return [equals < 0 ? [line, ""] : [line.slice(0, equals), line.slice(equals + 1)]];
  });
}

function unquoted(text: string): string {
  const first = text[0];
  const isQuoted = text.length > 1 && (first === '"' || first === "'") && text.endsWith(first);
  return isQuoted ? text.slice(1, -1) : text;
}

function base64(text: string): string {
  return btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(""));
}

function absorbed(drafts: readonly Draft[], draft: Draft, behavior: string): readonly Draft[] {
  const wanted = identityOf(draft);
  const isSame = (one: Draft) => [...one.earlier, identityOf(one)].some((id) => sameIdentity(id, wanted));
  const old = drafts.find(isSame);
  if (!old) return [...drafts, draft];
  if (behavior !== "merge" && behavior !== "replace") return drafts;
  const { data: before } = old.value;
  const { data: now } = draft.value;
  const data = {
    ...(behavior === "merge" && isObject(before) ? before : undefined),
    ...(isObject(now) ? now : undefined),
  };
  const merged = { ...old, value: { ...old.value, data } };
  return drafts.map((one) => (one === old ? merged : one));
}
