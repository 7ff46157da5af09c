/** How a repository is laid out: kustomizations, charts, and what Argo CD and Flux are told to deploy where. */
import { releaseFacts } from "../istio/releases.ts";
import { at, isObject, type Json } from "../kube/json.ts";
import { type Document, readDocuments } from "../source/document.ts";
import { locationOf, rangeAt } from "../source/locate.ts";
import { type Path, toValue } from "../source/node.ts";
import { decodeText } from "../source/text.ts";
import type { FileTree } from "../source/tree.ts";
import { directoryOf, isKustomizationFile } from "./collect.ts";
import { isArgo, isFlux } from "./delivery/kinds.ts";
import { listAt, textAt } from "./delivery/order.ts";

/** Something that was seen in a file. */
export interface Seen<T> {
  readonly value: T;
  readonly file: string;
  readonly line: number;
}

export interface Layout {
  /** Directories with a kustomization. */
  readonly kustomizations: readonly string[];
  /** Directories of Helm charts. */
  readonly charts: readonly string[];
  /** Directories that hold charts which other charts bring along. */
  readonly vendored: readonly string[];
  /** How many Applications and ApplicationSets of Argo CD there are. */
  readonly argo: number;
  /** How many Kustomizations and HelmReleases of Flux there are. */
  readonly flux: number;
  /** Releases of Istio of which the chart istiod is installed. */
  readonly istiodCharts: readonly Seen<string>[];
  /** Directories, from the top of the repository, that Argo CD or Flux deploys, and the namespace that objects without one go to. */
  readonly destinations: readonly Seen<Destination>[];
}

export interface Destination {
  readonly directory: string;
  readonly namespace: string;
}

/**
 * Reads the layout off the names of files and the documents that Argo CD, Flux, Helm and kustomize take their orders from. What cannot
 * be read is left out: a check tells of it.
 */
export function layoutOf(tree: FileTree, files: readonly string[]): Layout {
  const charts = files.filter((file) => /(?:^|\/)Chart\.yaml$/.test(file)).map(directoryOf);
  const told = files.flatMap((file) => ordersIn(tree, file));
  const of = (group: string) => told.filter(({ apiVersion }) => apiVersion.includes(group)).length;
  return {
    kustomizations: files.filter(isKustomizationFile).map(directoryOf),
    charts,
    vendored: vendoredIn(charts),
    argo: of("argoproj.io/"),
    flux: of("fluxcd.io/"),
    istiodCharts: told.flatMap(istiodCharts),
    destinations: told.flatMap(destinationsOf),
  };
}

/** The directories `charts` of other charts, and those of directories for what others made. */
function vendoredIn(charts: readonly string[]): readonly string[] {
  const known = new Set(charts);
  const found = charts.flatMap((chart) => {
    const vendor = /^(?:.*\/)?(?:vendor|vendored|third[-_]party)(?=\/)/.exec(chart);
    if (vendor) return [vendor[0]];
    const parent = /^(.+?)\/charts\/[^/]+$/.exec(chart);
    return parent?.[1] !== undefined && known.has(parent[1]) ? [`${parent[1]}/charts`] : [];
  });
  return [...new Set(found)].sort();
}

/** A document that says what is deployed. */
interface Order {
  readonly document: Document;
  readonly apiVersion: string;
  readonly kind: string;
  readonly value: Json;
}

function ordersIn(tree: FileTree, path: string): readonly Order[] {
  const isChart = /(?:^|\/)Chart\.yaml$/.test(path);
  const mayOrder = isChart || isKustomizationFile(path);
  const bytes = tree.read(path);
  if ("reason" in bytes) return [];
  const decoded = decodeText(bytes);
  if (!("text" in decoded)) return [];
  const { text } = decoded;
  if (!(mayOrder ? text.includes("istiod") : /argoproj\.io\/|fluxcd\.io\//.test(text))) return [];
  return readDocuments({ path, text }).flatMap((document): readonly Order[] => {
    const { kind = "", apiVersion = "" } = document.peek;
    if (!mayOrder && !isArgo(apiVersion, kind) && !isFlux(apiVersion, kind)) return [];
    const reading = document.read();
    if (!reading.ok || !reading.root) return [];
    return [{ document, kind, apiVersion, value: toValue(reading.root) }];
  });
}

function seen<T>({ document }: Order, path: Path, value: T): Seen<T> {
  const reading = document.read();
  const range = (reading.ok ? rangeAt(reading.root, path) : undefined) ?? document;
  const { file, line } = locationOf(document.file, range);
  return { value, file, line };
}

/** Where an order names the chart istiod with a release that sidelint knows: in sources of Argo CD, releases of Flux, dependencies. */
function istiodCharts(order: Order): readonly Seen<string>[] {
  return chartsBelow(order.value, []).flatMap(({ version, path }) => {
    const release = releaseIn(version);
    return release === undefined || "unknown" in releaseFacts(release) ? [] : [seen(order, path, release)];
  });
}

/** The release that a version or a range of patches names: "1.26.3", "1.26" of "1.26.x" and "~1.26.0"; undefined for wider ranges. */
function releaseIn(version: string): string | undefined {
  const [, minor, patch = ""] = /^[~=]?v?(\d+\.\d+)(?:\.[x*]|(\.\d+))?(?:-[\w.]+)?$/.exec(version) ?? [];
  return minor === undefined || version.startsWith("~") ? minor : minor + patch;
}

function chartsBelow(value: Json, path: Path): readonly { readonly version: string; readonly path: Path }[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => chartsBelow(item, [...path, index]));
  if (!isObject(value)) return [];
  const isIstiod = value.chart === "istiod" || value.name === "istiod";
  const key = value.targetRevision === undefined ? "version" : "targetRevision";
  const version = value[key];
  if (isIstiod && typeof version === "string") return [{ version, path: [...path, key] }];
  return Object.entries(value).flatMap(([name, inner]) => chartsBelow(inner, [...path, name]));
}

function destinationsOf(order: Order): readonly Seen<Destination>[] {
  const { kind, value } = order;
  const isKustomization = kind === "Kustomization";
  if (!isKustomization && kind !== "Application") return [];
  const place: Path = isKustomization ? ["spec", "targetNamespace"] : ["spec", "destination", "namespace"];
  const namespace = textAt(value, place);
  if (namespace === undefined || !/^[a-z0-9][-a-z0-9]*$/.test(namespace)) return [];
  const several = listAt(value, ["spec", "sources"]);
  const sources = isKustomization ? [at(value, ["spec"])] : [at(value, ["spec", "source"]), ...several];
  return sources.flatMap((source) => {
    const path = textAt(source, ["path"]);
    if (path === undefined) return [];
    const directory = path.replace(/^(?:\.?\/)+|\/+$/g, "");
    if (directory === "" || directory === ".") return [];
    return [seen(order, place, { directory, namespace })];
  });
}
