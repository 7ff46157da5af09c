/** Helm values as what they become: the maps of values that hold labels and annotations of Istio's, each a pod of which only these are known. */
import { isKnownKey } from "../istio/catalogue.ts";
import { decide } from "../istio/decide.ts";
import type { Mesh } from "../istio/facts.ts";
import { placeOf } from "../istio/key-place.ts";
import { nearestKeys } from "../istio/nearest-key.ts";
import { resourceAnnotations } from "../istio/proxy-resources.ts";
import { isUnknownKey } from "../istio/unknown-key.ts";
import { emptyMap } from "../kube/json.ts";
import { type Document, readEmbedded } from "../source/document.ts";
import { locationOf, type Part, rangeAt } from "../source/locate.ts";
import { type MapNode, type Node, nodeAt, type Path } from "../source/node.ts";
import { placeText, scalarText } from "./resource.ts";
import { podFacts } from "./workload.ts";
import type { Workload } from "./world.ts";

/** Values of Helm: a document, and where in it they begin. */
export interface ValuesSource {
  readonly document: Document;
  readonly path: Path;
  /** Whether a template that these values go to names a key. */
  isInTemplates(key: string): boolean;
  /** Whether other values of the same chart may name it. */
  isInOtherValues(key: string): boolean;
}

type MapName = "labels" | "annotations";

/** A label or annotation among values, and what it counts as. */
interface Entry {
  readonly map: MapName;
  readonly key: string;
  readonly value: string;
  readonly path: Path;
}

/**
 * The pods that values tell something of, one for each map of labels and annotations that holds a key of Istio's; `podLabels` and
 * `podAnnotations` side by side are one. Their verdict is unknown: what a template makes of them is.
 */
export function podsOfValues(source: ValuesSource, mesh: Mesh): readonly Workload[] {
  const reading = source.document.read();
  const root = reading.ok ? nodeAt(reading.root, source.path) : undefined;
  if (root?.type !== "map") return [];
  const pods = new Map<string, Entry[]>();
  const maps: Entry[][] = [];
  for (const { path, node } of mapsBelow(root, source.path)) {
    const known = entriesOf(path, node);
    if (known.length === 0) continue;
    const pod = podNamedBy(path);
    const together = pod === undefined ? [] : (pods.get(pod) ?? []);
    if (pod !== undefined) pods.set(pod, together);
    if (together.length === 0) maps.push(together);
    together.push(...known);
  }
  return maps
    .filter((entries) => entries.some(({ key }) => isOfIstio(key)))
    .map((entries) => podOf(source, entries, elsewhereOf(source, entries, maps), mesh));
}

/** Every map below a node, with its path; anchors are looked at where they stand. */
function* mapsBelow(root: MapNode, at: Path): Iterable<{ readonly path: Path; readonly node: MapNode }> {
  const todo: { readonly path: Path; readonly node: Node }[] = [{ path: at, node: root }];
  const seen = new Set<Node>();
  for (const { path, node } of todo) {
    if (node.type === "scalar" || seen.has(node)) continue;
    seen.add(node);
    if (node.type === "map") {
      yield { path, node };
      for (const { key, value } of node.entries)
        if (value.type !== "scalar") todo.push({ path: [...path, key], node: value });
    } else {
      for (const [index, item] of node.items.entries())
        if (item.type !== "scalar") todo.push({ path: [...path, index], node: item });
    }
  }
}

/** What the name of a map says that it holds: `podAnnotations`, `commonLabels`, `labels`. */
function mapName(path: Path): MapName | undefined {
  const [, word] = /(annotations|labels)$/i.exec(String(path.at(-1) ?? "")) ?? [];
  return word && !/^(match|selector|node)/i.test(String(path.at(-1)))
    ? (word.toLowerCase() as MapName)
    : undefined;
}

/** Names the pod whose metadata a map surely is, by its own name or by that of what it stands in; undefined where neither says so. */
function podNamedBy(path: Path): string | undefined {
  if (mapName(path) === undefined) return undefined;
  const name = String(path.at(-1));
  if (/^pod_?(annotations|labels)$/i.test(name)) return JSON.stringify(path.slice(0, -1));
  const parent = String(path.at(-2) ?? "");
  const isPods = /^pod_?(metadata|template|options)?$|^defaultPodOptions$/i.test(parent);
  return isPods && /^(annotations|labels)$/i.test(name) ? JSON.stringify(path.slice(0, -1)) : undefined;
}

/** A version of an API, which maps of capabilities have as keys. */
const apiVersion = /\/v\d+((alpha|beta)\d+)?$/;

/** Whether a key is Istio's, or was meant to be. */
function isOfIstio(key: string): boolean {
  return !apiVersion.test(key) && (isKnownKey(key) || isUnknownKey(key) || nearestKeys(key).length > 0);
}

/**
 * The entries of a map that may be metadata. In one whose name does not say so a key has to be Istio's own and have a prefix; where no
 * name tells of pods each entry counts as what it is on a pod, so that nothing is said of its place.
 */
function entriesOf(path: Path, { entries }: MapNode): readonly Entry[] {
  const name = mapName(path);
  if (name === undefined && !entries.some(({ key }) => key.includes("/"))) return [];
  const isPods = podNamedBy(path) !== undefined;
  return entries.flatMap(({ key, value }): readonly Entry[] => {
    if (name === undefined && !(key.includes("/") && isKnownKey(key))) return [];
    if (apiVersion.test(key)) return [];
    const text = value.type === "scalar" && value.value !== null ? scalarText(value.value) : undefined;
    if (text === undefined) return [];
    const counts = placeOf(key)?.map;
    const map = (isPods ? name : counts) ?? name ?? "annotations";
    if (!isPods && isNotOfPods(key)) return [];
    return [{ map, key, value: text, path: [...path, key] }];
  });
}

/** Whether a key is one of Namespaces, Services or Gateways, or was meant to be: that says nothing of a pod. */
function isNotOfPods(key: string): boolean {
  const meant = isKnownKey(key) ? [key] : nearestKeys(key);
  return meant.some((one) => placeOf(one)?.of.every((kind) => kind !== "pods" && kind !== "Anys"));
}

const injectKey = "sidecar.istio.io/inject";

/** Settings of a sidecar that are judged together. */
const resourceKeys = Object.values(resourceAnnotations).flatMap((one) => Object.values(one));

/** What settings are judged together with and stands elsewhere, or may: it counts as a value that is not known. */
function elsewhereOf(
  source: ValuesSource,
  own: readonly Entry[],
  all: readonly (readonly Entry[])[],
): readonly string[] {
  const isOwn = (key: string, map: MapName) => own.some((one) => one.key === key && one.map === map);
  const others = all.filter((entries) => entries !== own).flat();
  const isLacking = (key: string, map: MapName) =>
    !isOwn(key, map) &&
    (others.some((one) => one.key === key && one.map === map) || source.isInTemplates(key));
  const resources = resourceKeys.some((key) => isOwn(key, "annotations"))
    ? resourceKeys.filter(
        (key) => isLacking(key, "annotations") || (!isOwn(key, "annotations") && source.isInOtherValues(key)),
      )
    : [];
  const inject = isOwn(injectKey, "annotations") && isLacking(injectKey, "labels");
  return inject ? [...resources, injectKey] : resources;
}

function podOf(
  { document, path: top }: ValuesSource,
  entries: readonly Entry[],
  elsewhere: readonly string[],
  mesh: Mesh,
): Workload {
  const metadata = { labels: emptyMap(), annotations: emptyMap() };
  const places = new Map<string, Path>();
  for (const { map, key, value, path } of entries) {
    metadata[map][key] = value;
    places.set(`${map}/${key}`, path);
  }
  for (const key of elsewhere) metadata[placeOf(key)?.map ?? "annotations"][key] = notKnown;
  const value = { apiVersion: "v1", kind: "Pod", metadata };
  const own = entries.find(({ key }) => isOfIstio(key)) ?? entries[0];
  const base = own?.path.slice(0, -1) ?? top;
  const resource = { apiVersion: "v1", kind: "Pod", name: "", namespace: null, value, document, path: base };
  const namespace = { name: null, labels: null };
  const pod = podFacts(value);
  const placeOfEntry = (path: Path): Path | undefined => {
    const [first, map, key, ...rest] = path;
    const found = first === "metadata" ? places.get(`${map}/${key}`) : undefined;
    return found && [...found, ...rest];
  };
  const locate: Workload["locate"] = (path, part) => {
    const found = placeOfEntry(path);
    return found && locateValue(document, found, part);
  };
  const start = () =>
    locateValue(document, base, "key") ??
    locationOf(document.file, { start: document.start, end: document.start });
  return {
    resource,
    value,
    id: [document.file.path, document.index, ...base].join("/"),
    label: base.join("."),
    name: "",
    template: [],
    root: null,
    namespace,
    namespaceOrigin: undefined,
    namespaceLabelOrigins: [],
    pod,
    decision: { ...decide(pod, namespace, mesh), verdict: "unknown" },
    isValues: true,
    start,
    locate,
    sourceOf: (path) => ({ document, path: placeOfEntry(path) ?? base }),
    originOf() {
      const location = start();
      return { text: placeText(location), location };
    },
  };
}

/** Stands for a value that something else gives; rules take it for one. */
const notKnown = "{{ }}";

/** Where a value stands, also below a string that is YAML itself. */
export function locateValue(document: Document, path: Path, part?: Part) {
  const reading = document.read();
  if (!reading.ok) return undefined;
  const range = rangeAt(reading.root, path, part);
  if (range) return locationOf(document.file, range);
  for (let length = path.length - 1; length > 0; length--) {
    const node = nodeAt(reading.root, path.slice(0, length));
    if (!node) continue;
    const inner = node.type === "scalar" ? readEmbedded(document.file, node) : undefined;
    const below = inner?.ok ? rangeAt(inner.root, path.slice(length), part) : undefined;
    return below && locationOf(document.file, below);
  }
  return undefined;
}
