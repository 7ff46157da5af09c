/** Replacements: values that a kustomization copies from one object into others. */

import { at, isObject, type Json, type JsonObject } from "../../kube/json.ts";
import { groupOf } from "../../kube/workload.ts";
import type { Document } from "../../source/document.ts";
import { nodeAt, type Path, toValue } from "../../source/node.ts";
import { deepestDocument, readYaml } from "../../source/read.ts";
import { resolvePlain } from "../../source/scalar.ts";
import { scalarText } from "../resource.ts";
import {
  type Draft,
  type Identity,
  identityOf,
  isClusterScoped,
  noChanges,
  noTies,
  setAt,
  sourceAt,
} from "./draft.ts";
import { findTargets, lookUp, splitFieldPath } from "./field-path.ts";
import type { ReplacementEntry, Source } from "./kustomization.ts";
import { replacementMatcher } from "./target.ts";

/** One replacement of a kustomization, or of a file that it names. */
export interface Replacement {
  /** The kind of the source; "" when any kind will do, undefined when the value stands in the replacement itself. */
  readonly kind: string | undefined;
  readonly value: JsonObject;
  readonly sourceOf: (path: Path) => Source;
}

/** What to write: a value with its text, unknown when its source cannot be known, or why there is none. */
type Found =
  | { readonly type: "known"; readonly value: Json; readonly text: string }
  | { readonly type: "unknown"; readonly text: string }
  | { readonly type: "none"; readonly reason: string };

/** Reads an entry of `replacements`: inline, or the file it names. A string says why it cannot be read. */
export function readReplacements(
  entry: ReplacementEntry,
  documentsOf: (path: string) => readonly Document[] | undefined,
): readonly Replacement[] | string {
  const document = entry.file === undefined ? entry.source.document : documentsOf(entry.file)?.[0];
  if (!document) return `${entry.file} does not exist`;
  const reading = document.read();
  if (!reading.ok) return `the replacements cannot be read: ${reading.error.message}`;
  const path = entry.file === undefined ? entry.source.path : [];
  const node = nodeAt(reading.root, path);
  const value: Json = node ? toValue(node) : null;
  if (!Array.isArray(value)) return [replacementOf(value, document, path)];
  return value.map((one: Json, index) => replacementOf(one, document, [...path, index]));
}

function replacementOf(value: Json, document: Document, path: Path): Replacement {
  const map = isObject(value) ? value : {};
  return {
    kind: map.sourceValue === undefined ? (scalarText(at(map, ["source", "kind"])) ?? "") : undefined,
    value: map,
    sourceOf: (below) => ({ document, path: [...path, ...below] }),
  };
}

/**
 * The objects after a replacement (kustomize v5.8.1), or why it does not apply; then nothing of it is.
 * `candidates` gives the objects among which its source is, `complete` says whether those are all that the build has:
 * if not, a source that is not among them leaves a text in its targets that nobody takes for a value.
 */
export function applyReplacement(
  drafts: readonly Draft[],
  replacement: Replacement,
  candidates: (kind: string) => readonly Draft[],
  complete: boolean,
): readonly Draft[] | string {
  const { targets } = replacement.value;
  if (!Array.isArray(targets)) return "a replacement needs a source and targets";
  let found: Found | undefined;
  let next = drafts;
  for (const [index, target] of targets.entries()) {
    const matcher = replacementMatcher(at(target, ["select"]), at(target, ["reject"]));
    if (typeof matcher === "string") return matcher;
    if (!next.some(matcher)) continue;
    found ??= sourceValue(replacement, candidates, complete);
    if (found.type === "none") return found.reason;
    const written: Draft[] = [];
    for (const draft of next) {
      const result = matcher(draft)
        ? write(draft, target, found, (path) => replacement.sourceOf(["targets", index, ...path]))
        : draft;
      if (typeof result === "string") return result;
      written.push(result);
    }
    next = written;
  }
  return next;
}

function sourceValue(
  { kind, value }: Replacement,
  candidates: (kind: string) => readonly Draft[],
  complete: boolean,
): Found {
  if (kind === undefined) {
    const text = scalarText(value.sourceValue) ?? "";
    return { type: "known", value: text, text };
  }
  const { source } = value;
  if (!isObject(source)) return { type: "none", reason: "a replacement needs a source and targets" };
  const fieldPath = scalarText(source.fieldPath) || "metadata.name";
  const [draft, ...others] = candidates(kind).filter((one) => isSource(one, source));
  const subject = `${kind}/${scalarText(source.name) ?? ""}`;
  if (others.length > 0) return { type: "none", reason: `several objects are ${subject}, the source` };
  const path = draft && lookUp(draft.value, splitFieldPath(fieldPath));
  const found = path && at(draft.value, path);
  if (!draft || !path || isEmpty(found)) {
    if (!complete) return { type: "unknown", text: `$(${fieldPath} of ${subject})` };
    const reason = draft
      ? `${subject}, the source, has no ${fieldPath}`
      : `there is no ${subject}, the source`;
    return { type: "none", reason };
  }
  return refined(found, textAt(draft, path, found), source.options);
}

/** Kustomize takes nulls, empty maps and empty lists for missing. */
function isEmpty(value: Json | undefined): value is undefined {
  if (value === undefined || value === null) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

/** The text as written: 0x50 is no 80 where a text is wanted. */
function textAt(draft: Draft, path: Path, value: Json): string {
  const text = scalarText(value) ?? "";
  if (typeof value === "string") return text;
  const source = sourceAt(draft, path);
  const reading = source.document.read();
  const node = reading.ok ? nodeAt(reading.root, source.path) : undefined;
  if (node?.type !== "scalar" || node.style !== "plain" || node.value !== value) return text;
  return source.document.file.text.slice(node.start, node.end);
}

function refined(value: Json, text: string, options: Json | undefined): Found {
  const delimiter = scalarText(at(options, ["delimiter"])) ?? "";
  if (delimiter === "") return { type: "known", value, text };
  if (typeof value === "object") return { type: "none", reason: "only texts can be split" };
  const part = text.split(delimiter)[indexOf(options)];
  if (part === undefined) return { type: "none", reason: `${text} has no part ${indexOf(options)}` };
  return { type: "known", value: retyped(value, part) ?? part, text: part };
}

function indexOf(options: Json | undefined): number {
  const index = at(options, ["index"]);
  return typeof index === "number" ? index : 0;
}

type Placing = (path: Path) => Source;

/** One object with a target's fields set, or why that does not work. */
function write(
  draft: Draft,
  target: Json,
  found: Exclude<Found, { type: "none" }>,
  sourceOf: Placing,
): Draft | string {
  const options = at(target, ["options"]);
  const create = at(options, ["create"]) === true;
  const listed = at(target, ["fieldPaths"]);
  const fieldPaths: readonly Json[] = Array.isArray(listed) && listed.length > 0 ? listed : ["metadata.name"];
  let next = draft;
  for (const [index, one] of fieldPaths.entries()) {
    const fieldPath = scalarText(one) ?? "";
    const steps = splitFieldPath(fieldPath);
    const source = sourceOf(Array.isArray(listed) && listed.length > 0 ? ["fieldPaths", index] : []);
    const inside = writeInside(next, steps, create, found, source);
    if (inside) {
      next = inside;
      continue;
    }
    const targets = findTargets(next.value, steps, create);
    if (typeof targets === "string") return `${fieldPath} cannot be set: ${targets}`;
    for (const { path, text } of targets.made) next = setAt(next, path, resolved(text), source);
    for (const path of targets.paths) {
      const value = fitted(at(next.value, path), found, options, path);
      if (value === undefined) return `${found.text} does not fit where ${fieldPath} stands`;
      next = setAt(next, path, value, source);
    }
  }
  return next;
}

/** What comes to stand in a place; undefined when it is not of the type that stands there. */
function fitted(
  old: Json | undefined,
  found: Exclude<Found, { type: "none" }>,
  options: Json | undefined,
  path: Path,
): Json | undefined {
  const delimiter = scalarText(at(options, ["delimiter"])) ?? "";
  if (typeof old === "object" && old !== null) {
    if (delimiter !== "") return undefined;
    return found.type === "known" ? found.value : old;
  }
  if (found.type === "unknown" && old !== undefined && typeof old !== "string") return old;
  if (found.type === "known" && typeof found.value === "object" && old === undefined) return found.value;
  const text = delimiter === "" ? found.text : joined(scalarText(old) ?? "", found.text, delimiter, options);
  if (old === undefined) return isText(path) ? text : resolved(text);
  return retyped(old, text);
}

/** Kustomize makes texts of an object's own annotations, and leaves what it creates elsewhere to be resolved. */
function isText(path: Path): boolean {
  return path[0] === "metadata" && path[1] === "annotations";
}

/** What a text means without quotes; kustomize knows the booleans of YAML 1.2 alone. */
function resolved(text: string): Json {
  const { kind, value } = resolvePlain(text);
  return kind === "bool" && !/^(?:true|false)$/i.test(text) ? text : value;
}

/** A text as a scalar of the type that another has; undefined when it is none of that type. */
function retyped(like: Json, text: string): Json | undefined {
  if (typeof like === "string") return text;
  const value = resolved(text);
  const isNumber = (one: Json) => typeof one === "number" || typeof one === "bigint";
  return like !== null && (typeof value === typeof like || (isNumber(value) && isNumber(like)))
    ? value
    : undefined;
}

function joined(old: string, text: string, delimiter: string, options: Json | undefined): string {
  const parts = old.split(delimiter);
  const index = indexOf(options);
  if (index < 0) parts.unshift(text);
  else if (index >= parts.length) parts.push(text);
  else parts[index] = text;
  return parts.join(delimiter);
}

/**
 * Sets a value inside YAML or JSON that a scalar holds; undefined when the field path leads into none. The scalar's new text
 * is JSON: it means what kustomize writes.
 */
function writeInside(
  draft: Draft,
  steps: readonly string[],
  create: boolean,
  found: Exclude<Found, { type: "none" }>,
  source: Source,
): Draft | undefined {
  for (let length = 1; length < steps.length; length++) {
    const path = lookUp(draft.value, steps.slice(0, length));
    const here = path && at(draft.value, path);
    if (here === undefined) return undefined;
    if (typeof here !== "string") continue;
    const reading = readYaml(here, 0, here.length, { maxDepth: deepestDocument });
    const value: Json = reading.ok && reading.root ? toValue(reading.root) : null;
    if (!isObject(value) && !Array.isArray(value)) return undefined;
    const targets = findTargets(value, steps.slice(length), create);
    if (typeof targets === "string") return undefined;
    let inner: Draft = { ...draft, value: { value }, changes: noChanges, ties: noTies };
    for (const one of targets.made) inner = setAt(inner, ["value", ...one.path], one.text, source);
    for (const one of targets.paths) {
      const fit = fitted(at(value, one), found, undefined, one) ?? found.text;
      inner = setAt(inner, ["value", ...one], fit, source);
    }
    return path && setAt(draft, path, JSON.stringify(inner.value.value, bigAsNumber), source);
  }
  return undefined;
}

function bigAsNumber(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? Number(value) : value;
}

/** The source of a replacement is named by its whole identity, past ones included; what is not given is not asked for. */
function isSource(draft: Draft, source: JsonObject): boolean {
  const [group, version, kind, name, namespace] = ["group", "version", "kind", "name", "namespace"].map(
    (field) => scalarText(source[field]) || undefined,
  );
  const fits = (one: Identity) => {
    const own = groupOf(one.apiVersion);
    return (
      (name === undefined || name === one.name) &&
      (kind === undefined || kind === one.kind) &&
      (group === undefined || group === own) &&
      (version === undefined || version === one.apiVersion.slice(own === "" ? 0 : own.length + 1)) &&
      (namespace === undefined || namespace === one.namespace || isClusterScoped(one.apiVersion, one.kind))
    );
  };
  return draft.earlier.some(fits) || fits(identityOf(draft));
}
