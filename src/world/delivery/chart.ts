/** The fields by which objects of Argo CD and Flux tell of a chart: where its values stand, and which files they are. */
import { at, type Json } from "../../kube/json.ts";
import type { Path } from "../../source/node.ts";
import { joinPath } from "../kustomize/path.ts";
import { scalarText } from "../resource.ts";

/** Where an object says what a chart is rendered with. */
export interface ChartFields {
  /** A map of values. */
  readonly values: Path;
  /** A text of YAML with values, in Argo CD alone. */
  readonly text?: Path;
  /** The files of values. */
  readonly files: readonly string[];
  /** Of Argo CD the directory that files are relative to; undefined: the top of the repository. */
  readonly directory?: string | undefined;
}

/** The sources of an Application with its `spec` at a path: several, the one that is hydrated, or one. */
export function sourcesOf(value: Json | undefined, spec: Path): readonly Path[] {
  const several = at(value, [...spec, "sources"]);
  if (Array.isArray(several) && several.length > 0)
    return several.map((_: Json, index): Path => [...spec, "sources", index]);
  const dry: Path = [...spec, "sourceHydrator", "drySource"];
  return [at(value, dry) === undefined ? [...spec, "source"] : dry];
}

/** The charts that an object of a kind tells of: an Application, an ApplicationSet with its template, a HelmRelease or a HelmChart. */
export function chartFieldsOf(kind: string, value: Json): readonly ChartFields[] {
  if (kind === "HelmRelease" || kind === "HelmChart") {
    const path: Path = kind === "HelmChart" ? ["spec"] : ["spec", "chart", "spec"];
    return [fluxFields(value, path)];
  }
  const spec = kind === "Application" ? ["spec"] : ["spec", "template", "spec"];
  return sourcesOf(value, spec).map((source) => argoFields(value, source));
}

/** What a source of an Application says of its chart. */
export function argoFields(value: Json, source: Path): ChartFields {
  const helm: Path = [...source, "helm"];
  return {
    values: [...helm, "valuesObject"],
    text: [...helm, "values"],
    files: textsAt(value, [...helm, "valueFiles"]),
    directory: scalarText(at(value, [...source, "path"])),
  };
}

/** What a release of Flux says of its chart; that is described at a path. */
export function fluxFields(value: Json, chart: Path): ChartFields {
  return { values: ["spec", "values"], files: textsAt(value, [...chart, "valuesFiles"]) };
}

/** Where the paths of values files lead. */
export interface ValuesPlaces {
  /** The path in the tree of one in the repository. */
  inTree(path: string): string;
  /** Whether the source of a name may be this repository; default: it may. */
  isOwn?(ref: string): boolean;
}

/**
 * A values file of Argo CD 3.2: in the chart, from the top of the repository, or of another source by its name (`$values/…`); undefined
 * where it is not in this repository, or is a pattern.
 */
export function valuesFileOf(
  file: string,
  directory: string | null | undefined,
  { inTree, isOwn = () => true }: ValuesPlaces,
): string | undefined {
  if (file.includes("{{") || file.includes("://") || /[*?[]/.test(file)) return undefined;
  const [, ref, rest = ""] = /^\$([^/]+)\/(.*)$/.exec(file) ?? [];
  if (ref !== undefined) return isOwn(ref) ? inTree(rest) : undefined;
  if (directory === null) return undefined;
  return file.startsWith("/") ? inTree(file.slice(1)) : joinPath(directory ?? ".", file);
}

function textsAt(value: Json, path: Path): readonly string[] {
  const list = at(value, path);
  return Array.isArray(list) ? list.flatMap((one: Json) => scalarText(one) || []) : [];
}
