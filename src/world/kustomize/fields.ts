/** The fields of a kustomization file, as kustomize finds them: by their names without regard to case. */
import type { Document } from "../../source/document.ts";
import { entryOf, type MapNode, type Node } from "../../source/node.ts";
import { scalarText } from "../resource.ts";
import type { Entry, Setting } from "./kustomization.ts";
import { joinPath } from "./path.ts";

/** What a kustomization is read from. */
export interface Reader {
  readonly document: Document;
  readonly directory: string;
  readonly fields: ReadonlyMap<string, Node>;
  readonly unknown: readonly string[];
  /** Why kustomize does not take it for a kustomization, where the reason is known. */
  readonly refusal: { readonly field: string; readonly detail: string } | undefined;
}

export const fieldNames = [
  "kind",
  "resources",
  "bases",
  "components",
  "generators",
  "transformers",
  "validators",
  "namespace",
  "namePrefix",
  "nameSuffix",
  "labels",
  "commonLabels",
  "commonAnnotations",
  "patches",
  "patchesStrategicMerge",
  "patchesJson6902",
  "replacements",
  "configMapGenerator",
  "secretGenerator",
  "configurations",
  "crds",
  "helmCharts",
  "helmChartInflationGenerator",
  "openapi",
  "vars",
];
const fieldByLower = new Map(fieldNames.map((name) => [name.toLowerCase(), name]));

/** The fields of a kustomization by their names; kustomize reads names without regard to case, the exact spelling first. */
export function fieldsOf(root: MapNode): ReadonlyMap<string, Node> {
  const fields = new Map<string, Node>();
  for (const { key, value } of root.entries) {
    const name = fieldByLower.get(key.toLowerCase());
    if (name !== undefined && (name === key || !fields.has(name))) fields.set(name, value);
  }
  return fields;
}

/** The value of a field; kustomize reads field names without regard to case, the exact spelling first. */
export function field(map: Node | undefined, name: string): Node | undefined {
  if (map?.type !== "map") return undefined;
  const exact = entryOf(map, name);
  if (exact) return exact.value;
  const lower = name.toLowerCase();
  return map.entries.find(({ key }) => key.length === name.length && key.toLowerCase() === lower)?.value;
}

export function text(node: Node | undefined): string | undefined {
  return node?.type === "scalar" && node.value !== null ? scalarText(node.value) : undefined;
}

export function items(node: Node | undefined): readonly Node[] {
  return node?.type === "list" ? node.items : [];
}

export function setting(reader: Reader, name: string): Setting | undefined {
  const value = text(reader.fields.get(name));
  return value ? { value, source: { document: reader.document, path: [name] } } : undefined;
}

export function settings(reader: Reader, name: string): readonly Setting[] {
  return items(reader.fields.get(name)).flatMap((item, index) => {
    const value = text(item);
    return value ? [{ value, source: { document: reader.document, path: [name, index] } }] : [];
  });
}

export function entries(reader: Reader, name: string): readonly Entry[] {
  return settings(reader, name).map((one) => ({ ...one, path: joinPath(reader.directory, one.value) }));
}
