/** What Argo CD and Flux write into the kustomization of a directory before it is built, with their places in the object that says so. */
import { at, isObject, type Json } from "../../kube/json.ts";
import { readDocuments } from "../../source/document.ts";
import type { Path } from "../../source/node.ts";
import {
  type Entry,
  type Kustomization,
  type Labelling,
  type PatchEntry,
  readKustomization,
  type Setting,
} from "../kustomize/kustomization.ts";
import { joinPath } from "../kustomize/path.ts";
import { scalarText, stringMap } from "../resource.ts";
import { listAt, type Order, textAt } from "./order.ts";

/** Fields of an order that go into a kustomization, below `path`. */
export interface OverlayFields {
  readonly path: Path;
  /** The field with the namespace for everything. */
  readonly namespace: string;
  /** Whether a directory with no kustomization is left out of the components. */
  isThere(directory: string): boolean;
}

/**
 * The kustomization of a directory as it is built for an order: as both tools do, in the place of the one that is there; that one itself
 * where nothing is added.
 */
export function overlaid(base: Kustomization, order: Order, fields: OverlayFields): Kustomization {
  const { path } = fields;
  const value = at(order.value, path);
  const setting = (name: string): Setting | undefined => {
    const text = textAt(value, [name]);
    return text === undefined ? undefined : { value: text, source: order.sourceOf([...path, name]) };
  };
  const patches = patchesIn(value, order, path, base.directory);
  const made: Kustomization = {
    ...base,
    namespace: setting(fields.namespace) ?? base.namespace,
    namePrefix: setting("namePrefix") ?? base.namePrefix,
    nameSuffix: setting("nameSuffix") ?? base.nameSuffix,
    labels: withAll(base.labels, labelsIn(value, order, path)),
    annotations: annotationsIn(base.annotations, value, order, path),
    patches: withAll(base.patches, patches.patches),
    patchesJson6902: withAll(base.patchesJson6902, patches.json),
    components: withAll(base.components, componentsIn(value, order, base.directory, fields)),
  };
  return isSame(made, base) ? base : made;
}

function withAll<T>(all: readonly T[], more: readonly T[]): readonly T[] {
  return more.length === 0 ? all : [...all, ...more];
}

function isSame(one: Kustomization, other: Kustomization): boolean {
  return (Object.keys(one) as (keyof Kustomization)[]).every((key) => one[key] === other[key]);
}

/** The kustomization that Flux makes of a directory without one. */
export function generated(
  order: Order,
  directory: string,
  resources: readonly string[],
  path: Path,
): Kustomization | undefined {
  const source = order.sourceOf(path);
  const [document] = readDocuments({ path: "", text: "{}" });
  const empty = document && readKustomization(document, directory);
  return (
    empty && {
      ...empty,
      problems: [],
      document: source.document,
      resources: resources.map((one): Entry => ({ value: one, path: one, source })),
    }
  );
}

function pairsIn(value: Json | undefined, order: Order, path: Path): Labelling["pairs"] {
  return Object.entries(stringMap(value)).map(([key, text]) => ({
    key,
    value: text,
    source: order.sourceOf([...path, key]),
  }));
}

function labelsIn(value: Json | undefined, order: Order, path: Path): readonly Labelling[] {
  const pairs = pairsIn(at(value, ["commonLabels"]), order, [...path, "commonLabels"]);
  if (pairs.length === 0) return [];
  const flag = (name: string) => textAt(value, [name]) === "true";
  const without = flag("labelIncludeTemplates") ? "templates" : "metadata";
  return [{ pairs, where: flag("labelWithoutSelector") ? without : "common", fields: [] }];
}

function annotationsIn(
  base: Labelling | undefined,
  value: Json | undefined,
  order: Order,
  path: Path,
): Labelling | undefined {
  const pairs = pairsIn(at(value, ["commonAnnotations"]), order, [...path, "commonAnnotations"]);
  if (pairs.length === 0) return base;
  return { where: "common", fields: [], ...base, pairs: [...(base?.pairs ?? []), ...pairs] };
}

function componentsIn(
  value: Json | undefined,
  order: Order,
  directory: string,
  { path, isThere }: OverlayFields,
): readonly Entry[] {
  const ignoresMissing = textAt(value, ["ignoreMissingComponents"]) === "true";
  return listAt(value, ["components"]).flatMap((item, index): readonly Entry[] => {
    const text = scalarText(item);
    if (!text) return [];
    const component = joinPath(directory, text);
    if (ignoresMissing && !isThere(component)) return [];
    return [{ value: text, path: component, source: order.sourceOf([...path, "components", index]) }];
  });
}

/** Patches by text, by file, and those that Flux took as objects. */
function patchesIn(
  value: Json | undefined,
  order: Order,
  path: Path,
  directory: string,
): { readonly patches: readonly PatchEntry[]; readonly json: readonly PatchEntry[] } {
  const entries = (name: string) =>
    listAt(value, [name]).map((item, index): PatchEntry => {
      const file = textAt(item, ["path"]);
      const patch = at(item, ["patch"]);
      const target = at(item, ["target"]);
      const options = at(item, ["options"]);
      const source = order.sourceOf([...path, name, index, file === undefined ? "patch" : "path"]);
      return {
        file: file === undefined ? undefined : joinPath(directory, file),
        url: undefined,
        text: typeof patch === "string" ? patch : patch === undefined ? undefined : JSON.stringify(patch),
        target: isObject(target) ? stringMap(target) : undefined,
        allowNameChange: textAt(options, ["allowNameChange"]) === "true",
        allowKindChange: textAt(options, ["allowKindChange"]) === "true",
        textMetadata: target !== undefined,
        source,
      };
    });
  const merges = listAt(value, ["patchesStrategicMerge"]).map(
    (item, index): PatchEntry => ({
      file: undefined,
      url: undefined,
      text: typeof item === "string" ? item : JSON.stringify(item),
      target: undefined,
      allowNameChange: false,
      allowKindChange: false,
      textMetadata: true,
      source: order.sourceOf([...path, "patchesStrategicMerge", index]),
    }),
  );
  return { patches: [...merges, ...entries("patches")], json: entries("patchesJson6902") };
}
