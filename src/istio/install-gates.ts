/** What an install of Istio says of the gates: its webhooks and the injector's policy, as its charts read them from the values. */
import { at, isObject, type Json, type JsonObject } from "../kube/json.ts";
import type { Injector, Path } from "./facts.ts";
import { isInstall } from "./install.ts";
import type { StockInstall } from "./webhook.ts";

/** The settings of an install that decide on injection; undefined where it says nothing. */
export interface InstallGates
  extends Pick<
    StockInstall,
    | "namespace"
    | "enableNamespacesByDefault"
    | "useLegacySelectors"
    | "objectSelector"
    | "operatorManageWebhooks"
    | "resourceScope"
  > {
  readonly policy?: Injector["policy"];
  readonly neverInjectSelector?: Injector["neverInjectSelector"];
  readonly alwaysInjectSelector?: Injector["alwaysInjectSelector"];
}

/** Where each of them stands in the values of the chart istiod. */
export const gatePaths: { readonly [gate in keyof InstallGates]-?: readonly string[] } = {
  namespace: ["global", "istioNamespace"],
  enableNamespacesByDefault: ["sidecarInjectorWebhook", "enableNamespacesByDefault"],
  useLegacySelectors: ["sidecarInjectorWebhook", "useLegacySelectors"],
  objectSelector: ["sidecarInjectorWebhook", "objectSelector"],
  operatorManageWebhooks: ["global", "operatorManageWebhooks"],
  resourceScope: ["global", "resourceScope"],
  policy: ["global", "proxy", "autoInject"],
  neverInjectSelector: ["sidecarInjectorWebhook", "neverInjectSelector"],
  alwaysInjectSelector: ["sidecarInjectorWebhook", "alwaysInjectSelector"],
};

const wanted: { readonly [gate in keyof InstallGates]-?: (value: Json) => boolean } = {
  namespace: isName,
  enableNamespacesByDefault: isFlag,
  useLegacySelectors: isFlag,
  objectSelector: isObject,
  operatorManageWebhooks: isFlag,
  resourceScope: isName,
  policy: (value) => typeof value !== "object",
  neverInjectSelector: isSelectors,
  alwaysInjectSelector: isSelectors,
};

function isName(value: Json): boolean {
  return typeof value === "string" && value !== "";
}

function isFlag(value: Json): boolean {
  return typeof value === "boolean";
}

function isSelectors(value: Json): boolean {
  return Array.isArray(value) && value.every(isObject);
}

/** Reads the settings of the gates from values of the chart istiod; what has another type counts as not said. */
export function readGates(values: JsonObject): InstallGates {
  const said = Object.entries(gatePaths).flatMap(([gate, path]) => {
    const value = at(values, path) ?? null;
    return value !== null && wanted[gate as keyof InstallGates](value) ? [[gate, value] as const] : [];
  });
  return Object.fromEntries(said);
}

/** The revision tags that values of the charts istiod and revisiontags make. */
export function readTags(values: JsonObject): readonly string[] {
  const tags = at(values, ["revisionTags"]);
  return Array.isArray(tags) ? tags.filter((tag) => typeof tag === "string") : [];
}

/** A tag of the Sail operator: an IstioRevisionTag, and the Istio or IstioRevision that it points at. */
export interface SailTag {
  readonly tag: string;
  readonly kind: string;
  readonly name: string;
}

/** Reads an IstioRevisionTag; undefined for anything else, and for one that points at nothing. */
export function readSailTag(value: JsonObject): SailTag | undefined {
  const tag = at(value, ["metadata", "name"]);
  const kind = at(value, ["spec", "targetRef", "kind"]);
  const name = at(value, ["spec", "targetRef", "name"]);
  if (value.kind !== "IstioRevisionTag" || typeof tag !== "string") return undefined;
  return typeof kind === "string" && typeof name === "string" ? { tag, kind, name } : undefined;
}

/** What a chart brings, by its name. */
export interface ChartKind {
  /** The version of the chart, as far as it is one and no range of minor releases. */
  readonly version: string | undefined;
  /** Whether it brings tags alone. */
  readonly tagsOnly: boolean;
}

/** A chart of istiod that an object of Flux or Argo CD installs. */
export interface IstiodChart extends ChartKind {
  /** Where its values stand in the object: a map, or a text that is YAML. */
  readonly values: Path;
  /** Whether the object names values that do not stand in it, or sets some by name. */
  readonly hasOtherValues: boolean;
}

const charts = new Map([
  ["istiod", false],
  ["istio-discovery", false],
  ["revisiontags", true],
]);

/** The words that a text with such a chart holds. */
export const chartWords = /\b(?:istiod|istio-discovery|revisiontags)\b/;

/** The charts of istiod that a HelmRelease of Flux, an Application or an ApplicationSet of Argo CD installs; none for other objects. */
export function istiodCharts(value: JsonObject): readonly IstiodChart[] {
  const { kind } = value;
  if (kind === "HelmRelease") {
    const chart = chartKind(
      at(value, ["spec", "chart", "spec", "chart"]) ?? at(value, ["spec", "chartRef", "name"]),
      at(value, ["spec", "chart", "spec", "version"]),
    );
    const others: readonly Path[] = [
      ["spec", "valuesFrom"],
      ["spec", "chart", "spec", "valuesFiles"],
    ];
    return chart ? [{ ...chart, values: ["spec", "values"], hasOtherValues: hasAny(value, others) }] : [];
  }
  const template = kind === "ApplicationSet" ? ["spec", "template"] : [];
  if (kind !== "Application" && template.length === 0) return [];
  const several = at(value, [...template, "spec", "sources"]);
  const paths: readonly Path[] = Array.isArray(several)
    ? several.map((_, index) => [...template, "spec", "sources", index])
    : [[...template, "spec", "source"]];
  return paths.flatMap((path): readonly IstiodChart[] => {
    const source = at(value, path);
    const chart = chartKind(at(source, ["chart"]), at(source, ["targetRevision"]));
    if (!chart) return [];
    const key = isObject(at(source, ["helm", "valuesObject"]) ?? null) ? "valuesObject" : "values";
    const others = ["valueFiles", "parameters", "fileParameters"].map((name) => [...path, "helm", name]);
    const hasOtherValues = template.length > 0 || hasAny(value, others);
    return [{ ...chart, values: [...path, "helm", key], hasOtherValues }];
  });
}

function hasAny(value: JsonObject, paths: readonly Path[]): boolean {
  return paths.some((path) => {
    const list = at(value, path);
    return Array.isArray(list) && list.length > 0;
  });
}

/** What a chart of a name brings of istiod; undefined for every other chart. */
export function chartKind(name: Json | undefined, version: Json | undefined): ChartKind | undefined {
  const chart = typeof name === "string" ? name.slice(name.lastIndexOf("/") + 1) : "";
  const tagsOnly = charts.get(chart);
  if (tagsOnly === undefined) return undefined;
  const [, told] = /^[v=~ ]*(\d+\.\d+(?:\.\d+)?)(?:\.[x*])?(?:[-+].*)?$/.exec(String(version ?? "")) ?? [];
  return { version: told, tagsOnly };
}

/** Whether objects of a kind may say how Istio is installed: by `isInstall`, as a tag, or as a chart of Flux or Argo CD. */
function mayInstall(apiVersion: string, kind: string): boolean {
  if (isInstall(apiVersion, kind)) return true;
  if (kind === "IstioRevisionTag") return apiVersion.startsWith("sailoperator.io/");
  if (kind === "HelmRelease") return apiVersion.startsWith("helm.toolkit.fluxcd.io/");
  return /^Application(?:Set)?$/.test(kind) && apiVersion.startsWith("argoproj.io/");
}

/** Whether an object says how Istio is installed. */
export function showsInstall(value: JsonObject): boolean {
  const { apiVersion, kind } = value;
  if (typeof apiVersion !== "string" || typeof kind !== "string" || !mayInstall(apiVersion, kind))
    return false;
  if (isInstall(apiVersion, kind) || kind === "IstioRevisionTag") return true;
  return istiodCharts(value).length > 0;
}
