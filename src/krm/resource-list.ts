/** The ResourceList that a function is given: its items, where they stand in the text, and whose they are. */
import { type Document, readDocuments } from "../source/document.ts";
import { locationOf } from "../source/locate.ts";
import {
  entryOf,
  type MapEntry,
  type MapNode,
  type Node,
  nodeAt,
  type Path,
  type Scalar,
} from "../source/node.ts";
import type { SourceFile } from "../source/reading.ts";
import type { ResourceRef, Result } from "./results.ts";

/** The name under which the list is scanned; places in it never reach results. */
export const listPath = "resource-list.yaml";

export interface ResourceList {
  readonly document: Document;
  readonly root: MapNode;
  readonly items: readonly Node[];
}

export type ListReading =
  | { readonly ok: true; readonly list: ResourceList }
  /** What is wrong, as text: there is no list that results could be added to. */
  | { readonly ok: false; readonly says: string };

const group = "config.kubernetes.io/";
const versions = ["v1", "v1beta1", "v1alpha1"];

/** The one document of a text; what is there instead is said for people. */
export function onlyDocument(file: SourceFile): Document | { readonly says: string } {
  const [document, second] = readDocuments(file);
  if (!document) return { says: "nothing comes on standard input; a ResourceList is expected there" };
  if (!second) return document;
  const reading = second.read();
  const start = reading.ok && reading.root ? reading.root.start : second.start;
  const { line } = locationOf(file, { start, end: start });
  return {
    says: `a second document begins in line ${line} of standard input; a function is given one ResourceList`,
  };
}

/** Reads a document as a ResourceList of the group config.kubernetes.io (KRM functions specification v1, and the versions before it). */
export function readList(document: Document): ListReading {
  const reading = document.read();
  if (!reading.ok) {
    const { offset, message } = reading.error;
    const { line, column } = locationOf(document.file, { start: offset, end: offset });
    return refused(`line ${line}, column ${column} of standard input: ${message}`);
  }
  const { root } = reading;
  if (root?.type !== "map") return refused("standard input is no ResourceList");
  const kind = textAt(root, "kind");
  const apiVersion = textAt(root, "apiVersion");
  if (kind !== "ResourceList")
    return refused(
      `standard input is ${kind === undefined ? "an object without a kind" : `a ${kind}`}, and not the ResourceList of a KRM function`,
    );
  if (!apiVersion?.startsWith(group) || !versions.includes(apiVersion.slice(group.length)))
    return refused(
      `the ResourceList has the apiVersion ${apiVersion ?? "(none)"}; known are ${versions.map((version) => group + version).join(", ")}`,
    );
  const items = entryOf(root, "items")?.value;
  if (items && items.type !== "list" && !(items.type === "scalar" && items.value === null))
    return refused("the items of the ResourceList are no list");
  return { ok: true, list: { document, root, items: items?.type === "list" ? items.items : [] } };
}

function refused(says: string): ListReading {
  return { ok: false, says };
}

function textAt(node: Node | undefined, key: string): string | undefined {
  const value = entryOf(node, key)?.value;
  return value?.type === "scalar" && typeof value.value === "string" ? value.value : undefined;
}

/** A place of an item: whose it is, and the path below it. */
export interface ItemPlace {
  readonly index: number;
  readonly item: Node;
  readonly path: Path;
}

/** The item in which something stands, and its path there, by the offset in the text. */
export function placeAt({ items }: ResourceList, offset: number): ItemPlace | undefined {
  const index = lastBefore(items, offset);
  const item = items[index];
  return item && offset <= item.end ? { index, item, path: pathTo(item, offset) } : undefined;
}

/** The last of some nodes, in the order of the text, that begins at or before an offset; -1 where none does. */
function lastBefore(nodes: readonly Node[], offset: number): number {
  let low = -1;
  let high = nodes.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((nodes[middle]?.start ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The path of the innermost key or value that covers an offset. */
export function pathTo(root: Node, offset: number): Path {
  const path: (string | number)[] = [];
  for (let node: Node | undefined = root; node; ) {
    if (node.type === "scalar") return path;
    if (node.type === "list") {
      const index = lastBefore(node.items, offset);
      const item: Node | undefined = node.items[index];
      if (!item || offset > item.end) return path;
      path.push(index);
      node = item;
      continue;
    }
    const entry: MapEntry | undefined = node.entries.findLast(({ keyRange }) => keyRange.start <= offset);
    if (!entry || offset > Math.max(entry.value.end, entry.keyRange.end)) return path;
    path.push(entry.key);
    node = offset < entry.keyRange.end || entry.alias ? undefined : entry.value;
  }
  return path;
}

/** What results say of an item: its reference, and the file and the place in it that it was read from. */
export function aboutItem(item: Node): Pick<Result, "resourceRef" | "file"> {
  const resourceRef = referenceTo(item);
  const file = fileOf(item);
  return { ...(resourceRef && { resourceRef }), ...(file && { file }) };
}

/** The reference to an object; undefined for what is none. */
export function referenceTo(item: Node): ResourceRef | undefined {
  const kind = textAt(item, "kind");
  const apiVersion = textAt(item, "apiVersion");
  if (kind === undefined || apiVersion === undefined) return undefined;
  const metadata = entryOf(item, "metadata")?.value;
  const namespace = textAt(metadata, "namespace");
  const name = textAt(metadata, "name") ?? textAt(metadata, "generateName") ?? "";
  return { apiVersion, kind, name, ...(namespace !== undefined && { namespace }) };
}

function fileOf(item: Node): Result["file"] {
  const annotations = nodeAt(item, ["metadata", "annotations"]);
  const annotation = (name: string): Scalar | undefined => {
    const node = entryOf(annotations, name)?.value;
    return node?.type === "scalar" ? node.value : undefined;
  };
  const path = annotation("internal.config.kubernetes.io/path") ?? annotation("config.kubernetes.io/path");
  if (typeof path !== "string" || path === "") return undefined;
  const index = annotation("internal.config.kubernetes.io/index") ?? annotation("config.kubernetes.io/index");
  const number = Number(index);
  return { path, ...(index !== undefined && Number.isInteger(number) && { index: number }) };
}

const transient = new Set([
  "config.kubernetes.io/path",
  "config.kubernetes.io/index",
  "config.kubernetes.io/id",
  "config.k8s.io/path",
  "config.k8s.io/index",
  "config.k8s.io/id",
  "kustomize.config.k8s.io/id",
  "kustomize.config.k8s.io/needs-hash",
  "kustomize.config.k8s.io/behavior",
]);

/** Whether an annotation is one of whoever runs functions, and gone when all of them have run (kustomize 5.8, kpt 1.0). */
export function isTransient(annotation: string): boolean {
  return annotation.startsWith("internal.config.kubernetes.io/") || transient.has(annotation);
}

/** Objects that are among the items more than once, as results: each of them is looked at for itself. */
export function duplicateResults({ items }: ResourceList): readonly Result[] {
  const first = new Map<string, number>();
  return items.flatMap((item, index): readonly Result[] => {
    const reference = referenceTo(item);
    if (!reference || reference.name === "") return [];
    const { apiVersion, kind, name, namespace = "" } = reference;
    const slash = apiVersion.indexOf("/");
    const key = JSON.stringify([slash < 0 ? "" : apiVersion.slice(0, slash), kind, namespace, name]);
    const before = first.get(key);
    if (before === undefined) {
      first.set(key, index);
      return [];
    }
    const message = `the same object is item ${before + 1} of the list, and this is item ${index + 1}; each is looked at for itself`;
    return [{ message, severity: "warning", ...aboutItem(item), tags: { rule: "duplicate-item" } }];
  });
}

/** Items that are no Kubernetes objects, as results: nothing is said of them otherwise, and they stay as they are. */
export function oddItems({ items }: ResourceList): readonly Result[] {
  return items.flatMap((item, index): readonly Result[] => {
    if (referenceTo(item)) return [];
    const lacks =
      item.type !== "map"
        ? "is no object"
        : `has no ${textAt(item, "kind") === undefined ? "kind" : "apiVersion"}`;
    const message = `item ${index + 1} of the list ${lacks}: it is passed on as it is`;
    return [{ message, severity: "info", tags: { rule: "odd-item" } }];
  });
}
