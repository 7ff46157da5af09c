/** What the user's own helm and kustomize made of charts and kustomizations, as objects of the world that know which files they come from. */
import { at, type Json, type JsonObject, jsonTextOf, withValueAt } from "../kube/json.ts";
import { type Document, readDocuments } from "../source/document.ts";
import { type Location, locationOf, type Part, rangeAt } from "../source/locate.ts";
import { type Node, nodeAt, type Path } from "../source/node.ts";
import { once } from "../source/once.ts";
import type { SourceFile } from "../source/reading.ts";
import type { Collected } from "./collect.ts";
import type { Delivery } from "./delivery.ts";
import { type Fault, guarded } from "./guard.ts";
import { locateValue } from "./helm-values.ts";
import { isClusterScoped } from "./kustomize/draft.ts";
import { contains, joinPath } from "./kustomize/path.ts";
import { type ReachSources, reachOf } from "./kustomize/reach.ts";
import type { Build, Builds } from "./kustomize.ts";
import { placeText, resourcesOf, scalarText } from "./resource.ts";
import type { Origin, Placed, Resource, Source, World } from "./world.ts";

/** What a program printed for a directory of the tree. */
export interface Rendered {
  readonly kind: "helm" | "kustomize";
  /** The directory of the chart, or of the kustomization. */
  readonly directory: string;
  readonly text: string;
  /** Of a chart: the namespace of the release; undefined where nothing says it. */
  readonly namespace?: string;
  /** Of a chart: the `id` of the delivery that it was rendered for. */
  readonly delivery?: string;
  /** Of a chart: the files of values that it was rendered with, besides its own. */
  readonly valuesFiles?: readonly string[];
}

/** The namespace of a release that goes to nobody knows where: charts have to be rendered for one. */
export const unknownNamespace = "namespace-not-known";

/** Why what is rendered for a delivery may be different in the cluster, as sentences. */
export function doubtsOf({ label, chart }: Delivery): readonly string[] {
  return [
    ...(chart?.hasOtherValues ? [`${label} has values that the repository does not show`] : []),
    ...(chart?.isPostRendered ? [`${label} has post-renderers, which are not run`] : []),
  ];
}

/** A document of values, and where in it they begin. */
type Values = Source;

/**
 * The objects of rendered charts. Places are lines of templates that stand there as they were rendered, and values that stand in the
 * values as they arrived; nothing can be edited there.
 */
export function renderedCharts(
  all: readonly Rendered[],
  collected: Collected,
  deliveries: readonly Delivery[],
  faults: Fault[],
): readonly Placed[] {
  let index = 0;
  return all
    .filter(({ kind }) => kind === "helm")
    .flatMap((rendered) => {
      const delivery = deliveries.find(({ id }) => id === rendered.delivery);
      const chart = { path: joinPath(rendered.directory, "Chart.yaml"), text: "" };
      const make = () => {
        const values = valuesOf(rendered, collected, delivery);
        const files = new Map<string, SourceFile>();
        return readDocuments({ path: rendered.directory, text: rendered.text }).flatMap((document) => {
          const reading = document.read();
          if (!reading.ok) return [];
          const file = templateOf(document, rendered, collected, files);
          return resourcesOf(document, reading.root).map((one) =>
            placedFrom(one, { rendered, file, values, delivery, index: index++ }),
          );
        });
      };
      return guarded(chart, faults, make) ?? [];
    });
}

interface Surroundings {
  readonly rendered: Rendered;
  readonly file: SourceFile;
  readonly values: readonly Values[];
  readonly delivery: Delivery | undefined;
  /** Tells objects of one template from each other. */
  readonly index: number;
}

function placedFrom(printed: Resource, { rendered, file, values, delivery, index }: Surroundings): Placed {
  const made = withoutUnknown(printed);
  const written = made.namespace;
  const isFilled = written === null && !isClusterScoped(made.apiVersion, made.kind);
  const namespace = isFilled ? (rendered.namespace ?? null) : written;
  const document = standIn(file, startIn(file.text, made.kind), index);
  const resource: Resource = { ...made, document, path: [] };
  const [changedBy] = delivery ? doubtsOf(delivery) : [];
  const locate: Placed["locate"] = (path, part) => {
    if (path.length === 0) return undefined;
    if (at(made.value, path) === undefined) return insideValue(values, made.value, path, part);
    return inTemplate(made, path, file, part) ?? inValues(values, made.value, path, part)?.location;
  };
  return {
    resource,
    value: made.value,
    name: made.name,
    root: null,
    namespace,
    isRendered: true,
    ...(delivery && { delivery }),
    ...(changedBy !== undefined && { changedBy }),
    get namespaceOrigin(): Origin | undefined {
      if (namespace === null) return undefined;
      if (isFilled) return delivery?.namespace?.origin;
      const location =
        locate(["metadata", "namespace"]) ?? locationOf(file, { start: document.start, end: document.start });
      return { text: placeText(location), location };
    },
    locate,
    sourceOf: (path) => inValues(values, made.value, path)?.source ?? { document, path },
  };
}

/** An object without the namespace that stands for none. */
function withoutUnknown(made: Resource): Resource {
  if (made.namespace !== unknownNamespace) return made;
  return { ...made, namespace: null, value: withValueAt(made.value, ["metadata", "namespace"], undefined) };
}

/** A document without content, for objects of which no file holds the text. */
function standIn(file: SourceFile, start: number, index: number): Document {
  const { length } = file.text;
  const peek = { kind: undefined, apiVersion: undefined, sure: true };
  return { file, index, start, end: length, body: start, peek, read: () => ({ ok: true, root: undefined }) };
}

/** Where a template begins with an object of a kind; its start where several lines could be it. */
function startIn(text: string, kind: string): number {
  // What was rendered is a text like any other: it is compared, and never a pattern.
  const lines = [...text.matchAll(/^kind:(.*)$/gm)].filter(
    ([, written = ""]) => written.trim().replace(/^(["'])(.*)\1$/, "$2") === kind,
  );
  const [only] = lines;
  if (!only || lines.length > 1) return 0;
  const above = text.lastIndexOf("apiVersion:", only.index);
  return above >= 0 && !text.slice(above, only.index).includes("\n---") ? above : only.index;
}

/** The template that helm names above an object; the chart where that is not among its files. */
function templateOf(
  { file, start, end }: Document,
  { directory }: Rendered,
  collected: Collected,
  known: Map<string, SourceFile>,
): SourceFile {
  const [, named = ""] = /^# Source: [^/\n]+\/(.+)$/m.exec(file.text.slice(start, end)) ?? [];
  const found = known.get(named);
  if (found) return found;
  const paths = named === "" ? [] : [joinPath(directory, named.trim())];
  for (const path of [...paths, joinPath(directory, "Chart.yaml")]) {
    const text = collected.textOf(path);
    if (text === undefined) continue;
    known.set(named, { path, text });
    return { path, text };
  }
  return { path: joinPath(directory, "Chart.yaml"), text: "" };
}

/** The one line of a template that says what was rendered, word for word. */
function inTemplate(
  made: Resource,
  path: Path,
  file: SourceFile,
  part: Part | undefined,
): Location | undefined {
  const reading = made.document.read();
  const range = reading.ok ? rangeAt(reading.root, [...made.path, ...path], part) : undefined;
  if (!range) return undefined;
  const { text } = made.document.file;
  const from = text.lastIndexOf("\n", range.start - 1) + 1;
  const to = text.indexOf("\n", from);
  const line = text.slice(from, to < 0 ? text.length : to);
  const wanted = line.trim();
  const found = onlyLine(file.text, wanted);
  if (found === undefined) return undefined;
  const shift = found - (from + line.indexOf(wanted));
  const lineEnd = found + wanted.length;
  return locationOf(file, { start: range.start + shift, end: Math.min(range.end + shift, lineEnd) });
}

/** Where a line begins behind its blanks that a text has once. */
function onlyLine(text: string, wanted: string): number | undefined {
  let found: number | undefined;
  for (let from = text.indexOf(wanted); from >= 0; from = text.indexOf(wanted, from + 1)) {
    const before = text.slice(text.lastIndexOf("\n", from - 1) + 1, from);
    const after = text.slice(from + wanted.length).search(/\S|$/);
    const rest = text.slice(from + wanted.length, from + wanted.length + after);
    const isLine =
      before.trim() === "" && (rest.includes("\n") || from + wanted.length + after === text.length);
    if (!isLine) continue;
    if (found !== undefined) return undefined;
    found = from;
  }
  return found;
}

/** The values of a release: what its delivery says, then files from the last to the first, then the chart's own. */
function valuesOf(
  { directory, valuesFiles = [] }: Rendered,
  collected: Collected,
  delivery: Delivery | undefined,
): readonly Values[] {
  const chart = delivery?.chart;
  const files = [...[...valuesFiles].reverse(), joinPath(directory, "values.yaml")];
  return [
    ...(chart?.values ? [chart.sourceOf([])] : []),
    ...(chart?.valuesText ? [chart.valuesText.source] : []),
    ...files.flatMap((path): readonly Values[] => {
      const document = collected.documentsOf(path)?.[0];
      return document ? [{ document, path: [] }] : [];
    }),
  ];
}

/** Labels and annotations that stand once in the values, with the same value; the first document that has the key decides. */
function inValues(
  values: readonly Values[],
  object: JsonObject,
  path: Path,
  part?: Part,
): { readonly source: Source; readonly location: Location } | undefined {
  const key = path.at(-1);
  const map = path.at(-2);
  const wanted = scalarText(at(object, path));
  if (typeof key !== "string" || wanted === undefined) return undefined;
  if (map !== "labels" && map !== "annotations" && key !== "hostNetwork") return undefined;
  for (const { document, path: top } of values) {
    const reading = document.read();
    const root = reading.ok ? nodeAt(reading.root, top) : undefined;
    const found = root ? [...entriesNamed(root, key, [])] : [];
    if (found.length === 0) continue;
    const same = found.filter(
      ({ node }) => node.type === "scalar" && scalarText(node.value as Json) === wanted,
    );
    const [only] = same;
    if (!only || same.length > 1 || !reading.ok) return undefined;
    const below = [...top, ...only.path];
    const range = rangeAt(reading.root, below, part);
    return range && { source: { document, path: below }, location: locationOf(document.file, range) };
  }
  return undefined;
}

/** The same below an annotation that holds YAML. */
function insideValue(
  values: readonly Values[],
  object: JsonObject,
  path: Path,
  part?: Part,
): Location | undefined {
  const end = path.indexOf("annotations") + 2;
  const source = end < path.length ? inValues(values, object, path.slice(0, end))?.source : undefined;
  return source && locateValue(source.document, [...source.path, ...path.slice(end)], part);
}

function* entriesNamed(
  node: Node,
  key: string,
  path: Path,
): Iterable<{ readonly path: Path; readonly node: Node }> {
  if (path.length > 50) return;
  if (node.type === "list")
    for (const [index, item] of node.items.entries()) yield* entriesNamed(item, key, [...path, index]);
  if (node.type !== "map") return;
  for (const entry of node.entries) {
    const below = [...path, entry.key];
    if (entry.key === key) yield { path: below, node: entry.value };
    yield* entriesNamed(entry.value, key, below);
  }
}

/** The builds with those in place that kustomize itself made. */
export function renderedBuilds(built: Builds, rendered: readonly Rendered[], collected: Collected): Builds {
  const faults = [...built.faults];
  const instead = (build: Build): Build => {
    const file = collected.kustomizations.get(build.directory)?.file ?? { path: build.directory, text: "" };
    return guarded(file, faults, () => withRendered(build, rendered, collected)) ?? build;
  };
  return {
    ...built,
    faults,
    builds: built.builds.map(instead),
    buildOf(root) {
      const build = built.buildOf(root);
      const isWhole = root === built.kustomizationAt(root.directory);
      return build && isWhole ? instead(build) : build;
    },
  };
}

/** A build that was asked for. */
interface Asked {
  readonly build: Build;
  /** Whether what delivers it adds something to the kustomization of the directory. */
  readonly isChanged: boolean;
}

/** Builds that keep what deliveries ask of them. */
export function watched(built: Builds): { readonly builds: Builds; readonly asked: readonly Asked[] } {
  const asked: Asked[] = built.builds.map((build) => ({ build, isChanged: false }));
  const buildOf: Builds["buildOf"] = (root) => {
    const build = built.buildOf(root);
    if (build) asked.push({ build, isChanged: root !== built.kustomizationAt(root.directory) });
    return build;
  };
  return { builds: { ...built, buildOf }, asked };
}

/** What only kustomize itself can make, each directory once. */
export function unmodelledOf(asked: readonly Asked[], sources: ReachSources): World["unmodelled"] {
  const known = new Map<string, World["unmodelled"][number]>();
  for (const { build, isChanged } of asked) {
    const { directory, component, problems } = build;
    if (component || !problems.some(({ kind }) => kind === "helm" || kind === "plugin")) continue;
    const before = known.get(directory);
    known.set(directory, {
      directory,
      isChanged: isChanged || (before?.isChanged ?? false),
      reach: before?.reach ?? once(() => reachOf(directory, sources)),
    });
  }
  return [...known.values()];
}

/**
 * A build with what kustomize itself made of it in place of ours. What both have alike stands where ours says; anything else at the
 * kustomization.
 */
function withRendered(build: Build, all: readonly Rendered[], collected: Collected): Build {
  const rendered = all.find(({ kind, directory }) => kind === "kustomize" && directory === build.directory);
  const kustomization = rendered && collected.kustomizations.get(build.directory);
  if (!rendered || !kustomization) return build;
  const ours = likenessOf(build.resources);
  const objects = readDocuments({ path: kustomization.file.path, text: rendered.text }).flatMap(
    (document) => {
      const reading = document.read();
      return reading.ok ? resourcesOf(document, reading.root) : [];
    },
  );
  return {
    ...build,
    resources: objects.map((made, index) =>
      placedLike(made, ours(made.value), kustomization, index, build.directory),
    ),
    problems: [],
    skipped: [],
  };
}

/** Finds the object of ours that another one is: of its name, and of its namespace too where several have the name. */
function likenessOf(resources: readonly Placed[]): (value: JsonObject) => Placed | undefined {
  const byName = new Map<string, Placed[]>();
  for (const one of resources) {
    const key = nameKey(one.value);
    byName.set(key, [...(byName.get(key) ?? []), one]);
  }
  return (value) => {
    const named = byName.get(nameKey(value)) ?? [];
    const [only] = named;
    if (named.length === 1) return only;
    const namespace = at(value, ["metadata", "namespace"]);
    return named.find((one) => at(one.value, ["metadata", "namespace"]) === namespace);
  };
}

function nameKey(value: JsonObject): string {
  return JSON.stringify([value.apiVersion, value.kind, at(value, ["metadata", "name"])].map(String));
}

function placedLike(
  made: Resource,
  ours: Placed | undefined,
  kustomization: Document,
  index: number,
  root: string,
): Placed {
  const { file, start } = kustomization;
  const resource = ours?.resource ?? { ...made, document: standIn(file, start, index), path: [] };
  const own = (path: Path) => ours !== undefined && path.length > 0 && sameAt(ours.value, made.value, path);
  const locate: Placed["locate"] = (path, part) => {
    if (path.length === 0 || at(made.value, path) === undefined) return undefined;
    return own(path) ? ours?.locate(path, part) : locationOf(file, { start, end: start });
  };
  return {
    resource,
    value: made.value,
    name: made.name,
    root,
    namespace: made.namespace,
    isRendered: true,
    get namespaceOrigin() {
      const location = made.namespace === null ? undefined : locate(["metadata", "namespace"]);
      return location && { text: placeText(location), location };
    },
    locate,
    sourceOf: (path) =>
      ours && own(path) ? ours.sourceOf(path) : { document: standIn(file, start, index), path },
  };
}

function sameAt(one: JsonObject, other: JsonObject, path: Path): boolean {
  return jsonTextOf(at(one, path)) === jsonTextOf(at(other, path));
}

/** Whether something lies in a chart that was rendered. */
export function isInRenderedChart(path: string, all: readonly Rendered[]): boolean {
  return all.some(({ kind, directory }) => kind === "helm" && contains(directory, path));
}

/** Whether values went into a rendered chart, so that its objects tell what they say. */
export function areRendered(
  file: string,
  all: readonly Rendered[],
  deliveries: readonly Delivery[],
): boolean {
  return all.some(({ kind, directory, valuesFiles = [], delivery }) => {
    if (kind !== "helm") return false;
    const inside =
      file === joinPath(directory, "values.yaml") ||
      (contains(joinPath(directory, "charts"), file) && /\/values\.yaml$/.test(file));
    return (
      inside ||
      valuesFiles.includes(file) ||
      deliveries.some(({ id, placed }) => id === delivery && placed.resource.document.file.path === file)
    );
  });
}
