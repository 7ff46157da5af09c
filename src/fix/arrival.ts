/** Whether fixes arrive: what a kustomization builds after them is what was proposed for each object, and nothing else changes. */

import { at } from "../kube/json.ts";
import type { Change, Holder } from "../lint/edits.ts";
import type { Finding } from "../lint/finding.ts";
import { nodeAt, type Path, toValue, type Value } from "../source/node.ts";
import { locationOfSource } from "../world/kustomize/kustomization.ts";
import { placeText } from "../world/resource.ts";
import type { World } from "../world/world.ts";
import { changedValue, valueAt } from "./apply-changes.ts";
import { anchorOf, type DocumentChange, formOf, nameOf } from "./resolve.ts";
import { isList, isMap, isSame, type ValueMap } from "./same.ts";

/** An object as it is built, and its name for people. */
type Built = Holder & { readonly label?: string; readonly name: string; readonly template?: Path };

interface Wish {
  readonly finding: Finding;
  readonly holder: Holder;
  readonly changes: readonly Change[];
}

/**
 * The fixes by which a built object does not become what is proposed for it, or changes where nothing is, each with the reason. The
 * edited files cannot tell: another patch may set the place otherwise, or bring what was added to a build that it is not for.
 * @param fixed the findings of `before` whose fixes made `after`
 */
export function strayFixes(
  before: World,
  after: World,
  fixed: readonly Finding[],
): ReadonlyMap<Finding, string> {
  const wishes = fixed.flatMap(wishesOf);
  const stray = new Map<Finding, string>();
  if (wishes.length === 0) return stray;
  const byHolder = new Map<Holder, readonly Wish[]>();
  for (const wish of wishes) byHolder.set(wish.holder, [...(byHolder.get(wish.holder) ?? []), wish]);
  const now = builtIn(after);
  const spread = spreadKeys(wishes);
  for (const [key, object] of builtIn(before)) {
    const own = byHolder.get(object) ?? [];
    const changes = own.flatMap((wish) => wish.changes);
    if (changes.some(isBeyondTelling) || becomes(object, changes, now.get(key), spread.get(object.root)))
      continue;
    const where = `${object.label ?? object.name} in ${object.root}`;
    const reason =
      own.length > 0
        ? `it does not arrive in ${where} as it is meant${obstacleTo(changes, now.get(key))}`
        : `it would change ${where} as well`;
    for (const { finding } of suspects(wishes, own, object)) stray.set(finding, reason);
  }
  return stray;
}

function wishesOf(finding: Finding): readonly Wish[] {
  const fix = finding.fix?.();
  if (!fix?.ok) return [];
  return fix.proposals.flatMap(({ holder, changes }) =>
    holder.root === null ? [] : [{ finding, holder, changes }],
  );
}

/** The objects that kustomizations build, by what tells them apart. */
function builtIn({ workloads, namespaces }: World): ReadonlyMap<string, Built> {
  const built = new Map<string, Built>();
  const objects: readonly Built[] = [...workloads, ...namespaces.flatMap(({ placed }) => placed ?? [])];
  for (const object of objects) {
    if (object.root === null) continue;
    const { kind, metadata } = object.value as ValueMap;
    const { name = null, namespace = null } = isMap(metadata) ? metadata : {};
    let key = JSON.stringify([object.root, kind, name, namespace].map(String));
    while (built.has(key)) key += "+";
    built.set(key, object);
  }
  return built;
}

/** An operation on all of an object is checked by itself; and what has another name is another object. */
function isBeyondTelling(change: Change): boolean {
  return change.is === "run" || (change.path.length === 2 && change.path[0] === "metadata");
}

function becomes(
  object: Built,
  changes: readonly Change[],
  now: Built | undefined,
  spread: readonly string[] = [],
): boolean {
  if (!now) return false;
  const is = now.value as Value;
  const { document } = object.resource;
  const wanted = changes.flatMap((change): readonly DocumentChange[] => {
    switch (change.is) {
      case "run":
        return [];
      case "quote":
        return [{ document, is: "set", path: change.path, value: valueAt(is, change.path) ?? null }];
      case "set":
        return [{ document, is: "set", path: change.path, value: change.value as Value }];
      case "move": {
        const value =
          (change.value as Value | undefined) ?? valueAt(object.value as Value, change.path) ?? null;
        return [{ document, is: "move", path: change.path, to: change.to, value }];
      }
      default:
        return [{ document, ...change }];
    }
  });
  const expected = changedValue(object.value as Value, wanted);
  if (expected === undefined) return false;
  if (isSame(expected, is)) return true;
  return isSame(tidy(expected, object, spread), tidy(is, object, spread));
}

/** What takes out, or sets otherwise, what was to arrive: after a colon, where that can be told. */
function obstacleTo(changes: readonly Change[], now: Built | undefined): string {
  if (!now) return "";
  for (const change of changes) {
    if (change.is !== "set" && change.is !== "move") continue;
    const path = change.is === "move" ? change.to : change.path;
    const is = at(now.value, path);
    if (is !== undefined && isSame(is as Value, (change.value ?? null) as Value)) continue;
    const source = now.sourceOf(path);
    const reading = source.document.read();
    const node = reading.ok ? nodeAt(reading.root, source.path) : undefined;
    if (!node || (is === undefined && !takesOut(source.path, toValue(node)))) continue;
    const by = placeText(locationOfSource(source));
    return is === undefined
      ? `: ${by} takes ${nameOf(path)} out again`
      : change.is === "set"
        ? `: ${by} sets ${nameOf(path)} otherwise`
        : "";
  }
  return "";
}

/** Whether what stands at a path of a patch takes something out of objects. */
function takesOut(path: Path, value: Value): boolean {
  const isOperation = path.at(-1) === "path" && typeof path.at(-2) === "number";
  return value === null || isOperation || (path.at(-1) === "$patch" && value === "delete");
}

/** By build, the keys of labels and annotations that changes give to all that is built, and to all metadata in it. */
function spreadKeys(wishes: readonly Wish[]): ReadonlyMap<string | null, readonly string[]> {
  const spread = new Map<string | null, string[]>();
  for (const { holder, changes } of wishes) {
    const known = spread.get(holder.root) ?? [];
    spread.set(holder.root, known);
    for (const change of changes) {
      if (change.is !== "set" && change.is !== "rename") continue;
      if (formOf(holder.sourceOf(anchorOf(holder, change)).document) !== "kustomization") continue;
      known.push(String(change.path.at(-1)), ...(change.is === "rename" ? [change.key] : []));
    }
  }
  return spread;
}

const metadataMaps: ReadonlySet<string> = new Set(["labels", "annotations", "metadata"]);

/** A value without metadata in which nothing is, and without keys that are spread where they mean nothing to a pod or a Namespace. */
function tidy(value: Value, object: Built, spread: readonly string[], path: Path = []): Value {
  if (isList(value)) return value.map((item, index) => tidy(item, object, spread, [...path, index]));
  if (!isMap(value)) return value;
  const passesOver = isIdle(path, object);
  const entries = Object.entries(value)
    .filter(([key]) => !passesOver || !spread.includes(key))
    .map(([key, inner]): [string, Value] => [key, tidy(inner, object, spread, [...path, key])]);
  return Object.fromEntries(entries.filter(([key, inner]) => !metadataMaps.has(key) || !isEmpty(inner)));
}

/** Whether labels or annotations are not those of the pods, nor the labels of a Namespace. */
function isIdle(path: Path, { template }: Built): boolean {
  const map = path.at(-1);
  if (map === "annotations" && !template) return true;
  const pods = [...(template ?? []), "metadata"].join("/");
  return (map === "labels" || map === "annotations") && path.slice(0, -1).join("/") !== pods;
}

function isEmpty(value: Value): boolean {
  return value === null || (isMap(value) && Object.keys(value).length === 0);
}

/** Whose fix it may be: that of the object itself, else one for the same build or from the same document, else anyone's. */
function suspects(wishes: readonly Wish[], own: readonly Wish[], { resource, root }: Built): readonly Wish[] {
  if (own.length > 0) return own;
  const { file, start } = resource.document;
  const related = wishes.filter(({ holder }) => {
    const { document } = holder.resource;
    return holder.root === root || (document.file.path === file.path && document.start === start);
  });
  return related.length > 0 ? related : wishes;
}
