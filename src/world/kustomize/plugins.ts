/** Transformers that are given as objects, of the kinds that kustomize (v5.8.1) brings itself, as what a kustomization does. */
import { at, isObject, type Json } from "../../kube/json.ts";
import type { Path } from "../../source/node.ts";
import { scalarText, stringMap } from "../resource.ts";
import { type Draft, sourceAt } from "./draft.ts";
import {
  fileOrUrl,
  isInline,
  type Labelling,
  noTransformation,
  type PatchEntry,
  type Setting,
  type Transformation,
} from "./kustomization.ts";
import { fieldSpecs } from "./rules.ts";

/** Kinds that change nothing that matters here: images, numbers of replicas, names of generated objects, their order. */
const withoutEffect: ReadonlySet<string> = new Set([
  "ReplicaCountTransformer",
  "ImageTagTransformer",
  "HashTransformer",
  "SortOrderTransformer",
]);

/** What an object among `transformers` does; undefined when it is of a kind that is not modelled. `directory` is that of the kustomization. */
export function transformationOf(draft: Draft, directory: string): Transformation | undefined {
  const { apiVersion, kind } = draft.value;
  if (apiVersion !== "builtin") return undefined;
  const made = partOf({ draft, directory }, scalarText(kind) ?? "");
  return made && { ...noTransformation, ...made };
}

interface Plugin {
  readonly draft: Draft;
  readonly directory: string;
}

function partOf(plugin: Plugin, kind: string): Partial<Transformation> | undefined {
  switch (kind) {
    case "NamespaceTransformer":
      return { namespace: namespaceOf(plugin) };
    case "PrefixTransformer":
      return { namePrefix: affix(plugin, "prefix") };
    case "SuffixTransformer":
      return { nameSuffix: affix(plugin, "suffix") };
    case "PrefixSuffixTransformer":
      return { namePrefix: affix(plugin, "prefix"), nameSuffix: affix(plugin, "suffix") };
    case "LabelTransformer":
      return { labels: [labelling(plugin, "labels")] };
    case "AnnotationsTransformer":
      return { annotations: labelling(plugin, "annotations") };
    case "PatchTransformer":
      return { patches: [patchOf(plugin, "patch")] };
    case "PatchJson6902Transformer":
      return { patches: [patchOf(plugin, "jsonOp")] };
    case "PatchStrategicMergeTransformer":
      return { patches: strategicMerges(plugin) };
    case "ReplacementTransformer":
      return { replacements: replacementsOf(plugin) };
    default:
      return withoutEffect.has(kind) ? {} : undefined;
  }
}

function setting({ draft }: Plugin, path: Path): Setting | undefined {
  const value = scalarText(at(draft.value, path));
  return value ? { value, source: sourceAt(draft, path) } : undefined;
}

function namespaceOf(plugin: Plugin): Transformation["namespace"] {
  const namespace = setting(plugin, ["metadata", "namespace"]);
  const { unsetOnly, fieldSpecs: fields } = plugin.draft.value;
  return namespace && { ...namespace, unsetOnly: unsetOnly === true, fields: fieldSpecs(fields) };
}

function affix(plugin: Plugin, field: "prefix" | "suffix"): Transformation["namePrefix"] {
  const found = setting(plugin, [field]);
  return found && { ...found, fields: fieldSpecs(plugin.draft.value.fieldSpecs) };
}

function labelling({ draft }: Plugin, field: "labels" | "annotations"): Labelling {
  const pairs = Object.entries(stringMap(draft.value[field])).map(([key, value]) => ({
    key,
    value,
    source: sourceAt(draft, [field, key]),
  }));
  return { pairs, where: "fields", fields: fieldSpecs(draft.value.fieldSpecs) };
}

function patchOf(plugin: Plugin, field: "patch" | "jsonOp"): PatchEntry {
  const { draft, directory } = plugin;
  const { target, options } = draft.value;
  const path = scalarText(draft.value.path);
  return {
    ...noPatch,
    ...fileOrUrl(directory, path),
    text: scalarText(draft.value[field]),
    target: isObject(target) ? stringMap(target) : undefined,
    allowNameChange: at(options, ["allowNameChange"]) === true,
    allowKindChange: at(options, ["allowKindChange"]) === true,
    textMetadata: target !== undefined,
    forgetsName: field === "jsonOp",
    source: sourceAt(draft, [path ? "path" : field]),
  };
}

const noPatch = {
  file: undefined,
  url: undefined,
  text: undefined,
  target: undefined,
  allowNameChange: false,
  allowKindChange: false,
  textMetadata: true,
};

function strategicMerges({ draft, directory }: Plugin): readonly PatchEntry[] {
  const { paths, patches } = draft.value;
  const listed = (Array.isArray(paths) ? paths : []).map((one: Json, index): PatchEntry => {
    const value = scalarText(one) ?? "";
    const source = sourceAt(draft, ["paths", index]);
    return isInline(value)
      ? { ...noPatch, text: value, source }
      : { ...noPatch, ...fileOrUrl(directory, value), source };
  });
  const text = scalarText(patches);
  return text ? [...listed, { ...noPatch, text, source: sourceAt(draft, ["patches"]) }] : listed;
}

function replacementsOf({ draft, directory }: Plugin): Transformation["replacements"] {
  const { replacements } = draft.value;
  return (Array.isArray(replacements) ? replacements : []).map((one: Json, index) => ({
    file: fileOrUrl(directory, scalarText(at(one, ["path"]))).file,
    source: sourceAt(draft, ["replacements", index]),
  }));
}
