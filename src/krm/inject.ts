/** SidecarInject: the sidecar in the items, as edits of the list's text. */
import { injectResources, replaced } from "../fix/inject.ts";
import { editsOfDocument } from "../fix/value-edits.ts";
import { injectionWay } from "../fix/way.ts";
import { at, emptyMap, isObject, type Json, type JsonObject } from "../kube/json.ts";
import { type Node, type Path, toValue, type Value } from "../source/node.ts";
import type { Edit } from "../source/splice.ts";
import type { FileProblem } from "../world/injector-files.ts";
import type { Reading } from "../world/read.ts";
import type { Resource, Workload } from "../world/world.ts";
import { alikeItems } from "./alike.ts";
import { wordsFor } from "./check.ts";
import type { FunctionSettings } from "./function-config.ts";
import { itemEdit } from "./item-text.ts";
import { aboutItem, isTransient, listPath, placeAt, type ResourceList } from "./resource-list.ts";
import type { Result } from "./results.ts";

export interface Injected {
  /** Of the list's text; none where there are errors. */
  readonly edits: readonly Edit[];
  readonly results: readonly Result[];
}

interface ChangedItem {
  readonly path: Path;
  readonly after: JsonObject;
}

/** Injects into the items of a scanned list. Where one workload cannot be injected none is, and the results say why. */
export function injectItems(scan: Reading, list: ResourceList, settings: FunctionSettings): Injected {
  const { only, revision, files, config } = settings;
  const by = only === "all" ? "command" : "gates";
  const reading = injectionWay(scan.world, { by, files, revision, release: config.istio?.version });
  const told = problemResults(list);
  if (!reading.ok) return { edits: [], results: reading.problems.map(told) };
  const { text } = list.document.file;
  const edits: Edit[] = [];
  const others: ChangedItem[] = [];
  const results: Result[] = [];
  let injected = 0;
  const injectAlike = alikeItems(text, reading.way);
  for (const group of groupsOf(scan.world.workloads)) {
    const [only] = group;
    const item = group.length === 1 && only && itemOf(list, only.resource);
    const alike = item && injectAlike(only, item);
    if (alike) {
      injected++;
      edits.push(alike);
      continue;
    }
    const { objects, left, problems } = injectResources(group.map(withoutTransient), reading.way);
    results.push(...problems.map(told));
    for (const one of left)
      if (one.matters) results.push(leftResult(list, one.location.start, `gets no sidecar: ${one.says}`));
    for (const { resource, after } of objects) {
      injected++;
      const whole = withTransient(group[0]?.resource.value, after);
      const item = itemOf(list, resource);
      const edit = item && itemEdit(text, item, whole, list.root.flow);
      if (edit) edits.push(edit);
      else others.push({ path: resource.path, after: whole });
    }
  }
  if (others.length > 0) {
    const rest = editsOfDocument(list.document, withObjects(list, others));
    if (rest.ok) edits.push(...rest.edits);
    else results.push({ message: rest.reason, severity: "error", tags: { rule: "item-not-editable" } });
  }
  if (results.some(({ severity }) => severity === "error")) return { edits: [], results };
  const done = `injected ${injected} ${injected === 1 ? "workload" : "workloads"}`;
  return { edits, results: injected === 0 ? results : [...results, { message: done, severity: "info" }] };
}

/** The item that is an object; undefined for one that stands elsewhere in the list. */
function itemOf({ items }: ResourceList, { path }: Resource): Node | undefined {
  const [, index] = path;
  return path.length === 2 && typeof index === "number" ? items[index] : undefined;
}

/** The workloads of a list by the object that carries them. */
function groupsOf(workloads: readonly Workload[]): Iterable<readonly Workload[]> {
  const groups = new Map<JsonObject, Workload[]>();
  for (const workload of workloads) {
    const group = groups.get(workload.resource.value);
    if (group) group.push(workload);
    else groups.set(workload.resource.value, [workload]);
  }
  return groups.values();
}

/** What the list says with other objects at some paths. The items are copied once: there may be very many. */
function withObjects({ root }: ResourceList, changed: readonly ChangedItem[]): Value {
  const value = toValue(root) as { readonly [key: string]: Json };
  const items = Array.isArray(value.items) ? [...(value.items as readonly Json[])] : [];
  for (const { path, after } of changed) {
    const [, index, ...below] = path;
    if (typeof index === "number") items[index] = replaced(items[index] ?? null, below, after);
  }
  return { ...value, items };
}

/** A pod as its author wrote it: what the annotations of whoever runs functions say must not get into the sidecar. */
function withoutTransient(workload: Workload): Workload {
  if (workload.template.length > 0) return workload;
  const { value } = workload.resource;
  const annotations = at(value, ["metadata", "annotations"]);
  if (!isObject(annotations) || !Object.keys(annotations).some(isTransient)) return workload;
  const kept = Object.entries(annotations).filter(([key]) => !isTransient(key));
  const { annotations: _, ...metadata } = value.metadata as JsonObject;
  const own = kept.length > 0 ? { annotations: Object.fromEntries(kept), ...metadata } : metadata;
  const pod = { ...value, metadata: own };
  return { ...workload, value: pod, resource: { ...workload.resource, value: pod } };
}

/** An injected object with the annotations that were taken away from it, where they stood. */
function withTransient(before: JsonObject | undefined, after: JsonObject): JsonObject {
  const were = at(before, ["metadata", "annotations"]);
  if (!isObject(were) || !Object.keys(were).some(isTransient)) return after;
  const metadata = isObject(after.metadata) ? after.metadata : {};
  const are = isObject(metadata.annotations) ? metadata.annotations : {};
  const annotations: Record<string, Json> = emptyMap();
  for (const [key, value] of Object.entries(were)) {
    const now = are[key] ?? (isTransient(key) ? value : undefined);
    if (now !== undefined) annotations[key] = now;
  }
  return { ...after, metadata: { ...metadata, annotations: { ...annotations, ...are } } };
}

function problemResults(list: ResourceList): (problem: FileProblem) => Result {
  const words = wordsFor(list);
  return ({ location, where, says }) => {
    const place = location?.file === listPath ? placeAt(list, location.start) : undefined;
    const tags = { rule: "not-injectable" };
    if (place) {
      const about = aboutItem(place.item);
      const label = about.resourceRef && `${about.resourceRef.kind}/${about.resourceRef.name}: `;
      const message = label && says.startsWith(label) ? says.slice(label.length) : says;
      return { message: words(message), severity: "error", ...about, tags };
    }
    const at = location ? `${location.file}:${location.line}:${location.column}` : where;
    return { message: words(at === undefined ? says : `${at}: ${says}`), severity: "error", tags };
  };
}

function leftResult(list: ResourceList, offset: number, message: string): Result {
  const place = placeAt(list, offset);
  const tags = { rule: "left-as-is" };
  return { message: wordsFor(list)(message), severity: "warning", ...(place && aboutItem(place.item)), tags };
}
