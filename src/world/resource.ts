/** Documents become resources: one Kubernetes object each, the items of a List included. */
import { at, isObject, type Json, type JsonObject } from "../kube/json.ts";
import { isListKind } from "../kube/workload.ts";
import type { Document } from "../source/document.ts";
import { type Location, locationOf, type Part, rangeAt } from "../source/locate.ts";
import { type Node, type Path, toValue } from "../source/node.ts";
import type { Resource } from "./world.ts";

/** The text a scalar has for Kubernetes' typed readers, where a string is wanted; undefined for collections. */
export function scalarText(value: Json | undefined): string | undefined {
  if (typeof value === "string") return value;
  if (value === null) return "";
  if (value === undefined || typeof value === "object") return undefined;
  return String(value);
}

/** A map of strings as kube-inject reads it: scalars of other types become their text, collections are left out. */
export function stringMap(value: Json | undefined): { readonly [key: string]: string } {
  const result: Record<string, string> = Object.create(null);
  if (!isObject(value)) return result;
  for (const [key, item] of Object.entries(value)) {
    const text = scalarText(item);
    if (text !== undefined) result[key] = text;
  }
  return result;
}

/** The resources of a parsed document: the object itself, or the items of a List (also of Lists inside Lists). */
export function resourcesOf(document: Document, root: Node | undefined): readonly Resource[] {
  if (root === undefined || root.type !== "map") return [];
  const value = toValue(root);
  return isObject(value) ? expand(document, value, []) : [];
}

function expand(document: Document, value: JsonObject, path: Path): readonly Resource[] {
  const { apiVersion, kind } = value;
  if (typeof kind !== "string" || typeof apiVersion !== "string") return [];
  const items = isListKind(apiVersion, kind) && value.items;
  if (Array.isArray(items)) {
    const itemKind = kind === "List" ? undefined : { apiVersion, kind: kind.slice(0, -"List".length) };
    return items.flatMap((item: Json, index) =>
      isObject(item) ? expand(document, { ...itemKind, ...item }, [...path, "items", index]) : [],
    );
  }
  const name =
    scalarText(at(value, ["metadata", "name"])) || scalarText(at(value, ["metadata", "generateName"]));
  return [
    {
      apiVersion,
      kind,
      name: name ?? "",
      namespace: scalarText(at(value, ["metadata", "namespace"])) || null,
      value,
      document,
      path,
    },
  ];
}

/** Where something of a resource stands in its file; undefined when it is not written there. */
export function locateIn(resource: Resource, path: Path, part?: Part): Location | undefined {
  const reading = resource.document.read();
  if (!reading.ok) return undefined;
  const range = rangeAt(reading.root, [...resource.path, ...path], part);
  return range && locationOf(resource.document.file, range);
}

/** The place that stands for the whole resource: its name, else its kind, else its start. */
export function locateResource(resource: Resource): Location {
  return (
    locateIn(resource, ["metadata", "name"]) ??
    locateIn(resource, ["kind"]) ??
    locationOf(resource.document.file, { start: resource.document.start, end: resource.document.start })
  );
}

/** Where a resource's object begins: its first key. */
export function startOf(resource: Resource): Location {
  const reading = resource.document.read();
  const range = reading.ok ? rangeAt(reading.root, resource.path) : undefined;
  const start = range?.start ?? resource.document.start;
  return locationOf(resource.document.file, { start, end: range?.end ?? start });
}

/** "apps/web.yaml:14:9", the way places are written for people. */
export function placeText(location: Location): string {
  return `${location.file}:${location.line}:${location.column}`;
}
