/** What one kustomization file says: the fields that decide on workloads and namespaces, each with its place. */

import type { Document } from "../../source/document.ts";
import type { Location } from "../../source/locate.ts";
import type { Node, Path } from "../../source/node.ts";
import type { Source } from "../world.ts";
import { entries, field, fieldsOf, items, type Reader, setting, settings, text } from "./fields.ts";
import { filesOf, isNeeded } from "./named-files.ts";
import { isRemote, joinPath } from "./path.ts";
import { problemsOf, refusalOf, unknownFields } from "./refusable.ts";

export type { Source } from "../world.ts";
export { locationOfSource } from "./locate.ts";

/** A value of a kustomization with its place. */
export interface Setting {
  readonly value: string;
  readonly source: Source;
}

/** An entry that names a file, a directory or something remote. */
export interface Entry extends Setting {
  /** The path it means when it is not remote, in the tree. */
  readonly path: string;
}

/** A field that a set of labels or annotations is written to (types.FieldSpec of kustomize). */
export interface FieldSpec {
  readonly path: string;
  readonly group?: string | undefined;
  readonly version?: string | undefined;
  readonly kind?: string | undefined;
  readonly create: boolean;
}

/** A prefix or suffix of names. */
export interface Affix extends Setting {
  /** The only fields it is for; by default every name. */
  readonly fields?: readonly FieldSpec[];
}

export interface NamespaceSetting extends Setting {
  /** Whether objects that have a namespace keep it. */
  readonly unsetOnly?: boolean;
  /** The fields besides `metadata.namespace`; by default the name of a Namespace. */
  readonly fields?: readonly FieldSpec[];
}

/** Labels to add; `where` says how far they reach: `common` are those of `commonLabels`, `fields` reach no further than those. */
export interface Labelling {
  readonly pairs: readonly { readonly key: string; readonly value: string; readonly source: Source }[];
  readonly where: "metadata" | "templates" | "selectors" | "common" | "fields";
  readonly fields: readonly FieldSpec[];
}

/** Something of a kustomization that is beyond what can be known or is modelled here. */
export interface BuildProblem {
  readonly kind:
    | "remote"
    | "outside"
    | "missing"
    | "cycle"
    | "conflict"
    | "helm"
    | "plugin"
    | "invalid"
    | "refused"
    | "patch"
    | "replacement"
    | "schema";
  /** The URL, path, chart or field. */
  readonly subject: string;
  /** For people: what is the matter. */
  readonly detail: string;
  readonly location: Location;
  /** Whether kustomize refuses the build for it: always, or when all that the build is made of is known. */
  readonly refused?: "always" | "when-complete";
}

/** A patch as listed in `patches`, `patchesStrategicMerge` or `patchesJson6902`. */
export interface PatchEntry {
  /** A file, relative to the tree; undefined for an inline patch. */
  readonly file: string | undefined;
  /** A file that is fetched, as it is written. */
  readonly url: string | undefined;
  readonly text: string | undefined;
  readonly target: Readonly<Record<string, string>> | undefined;
  readonly allowNameChange: boolean;
  readonly allowKindChange: boolean;
  /** Whether what it names otherwise forgets its former name. */
  readonly forgetsName?: boolean;
  /** Whether labels and annotations are read as text first: null is then the value "null" and removes nothing. */
  readonly textMetadata: boolean;
  readonly source: Source;
}

/** An entry of `replacements`, read when an object may be meant by it. */
export interface ReplacementEntry {
  /** A file, relative to the tree; undefined for an inline replacement. */
  readonly file: string | undefined;
  readonly source: Source;
}

/** What a kustomization does to the objects it has gathered. */
export interface Transformation {
  readonly namespace: NamespaceSetting | undefined;
  readonly namePrefix: Affix | undefined;
  readonly nameSuffix: Affix | undefined;
  readonly labels: readonly Labelling[];
  readonly annotations: Labelling | undefined;
  /** `patchesStrategicMerge`, then `patches`: the order in which kustomize applies them. */
  readonly patches: readonly PatchEntry[];
  /** `patchesJson6902`, applied after labels and annotations. */
  readonly patchesJson6902: readonly PatchEntry[];
  /** Applied after everything else. */
  readonly replacements: readonly ReplacementEntry[];
}

export const noTransformation: Transformation = {
  namespace: undefined,
  namePrefix: undefined,
  nameSuffix: undefined,
  labels: [],
  annotations: undefined,
  patches: [],
  patchesJson6902: [],
  replacements: [],
};

/** An entry of `generators` or `transformers`: what it names holds objects, or it holds them itself. */
export interface PluginEntry extends Entry {
  readonly field: "generators" | "transformers" | "validators";
  readonly inline: boolean;
}

/** A variable: a name for a value of an object. */
export interface Variable {
  readonly name: string;
  readonly kind: string;
  readonly object: Readonly<Record<string, string>>;
  readonly fieldPath: string;
  readonly source: Source;
}

export interface Kustomization extends Transformation {
  readonly directory: string;
  readonly document: Document;
  readonly component: boolean;
  /** As written, `bases` after `resources`. */
  readonly resources: readonly Entry[];
  readonly components: readonly Entry[];
  readonly plugins: readonly PluginEntry[];
  readonly configurations: readonly Entry[];
  readonly variables: readonly Variable[];
  /** Files that have to be there although nothing that is built here comes of them: of generators, rules and schemas. */
  readonly needs: readonly Entry[];
  /** Whether it generates ConfigMaps or Secrets. */
  readonly generates: boolean;
  /** Whether it brings rules of its own for names, labels and merges, which are not modelled. */
  readonly configures: boolean;
  /** Files it reads besides `resources`: patches, generator data, configurations and the like. */
  readonly reads: readonly string[];
  readonly problems: readonly BuildProblem[];
}

/**
 * Reads a kustomization (kustomize v5.8.1, types.Kustomization) that stands in `directory`.
 * Fields of the wrong type are taken as absent; undefined when the document cannot be read or is no map.
 */
export function readKustomization(document: Document, directory: string): Kustomization | undefined {
  const reading = document.read();
  if (!reading.ok || reading.root?.type !== "map") return undefined;
  const reader: Reader = {
    document,
    directory,
    fields: fieldsOf(reading.root),
    unknown: unknownFields(reading.root),
    refusal: refusalOf(reading.root),
  };
  const patches = [...strategicMergePatches(reader), ...patchEntries(reader, "patches")];
  const patchesJson6902 = patchEntries(reader, "patchesJson6902");
  const files = filesOf(reader);
  return {
    directory,
    document,
    component: text(reader.fields.get("kind")) === "Component",
    resources: [...entries(reader, "resources"), ...entries(reader, "bases")],
    components: entries(reader, "components"),
    plugins: (["generators", "transformers", "validators"] as const).flatMap((field) =>
      entries(reader, field).map((entry) => ({ ...entry, field, inline: isInline(entry.value) })),
    ),
    configurations: entries(reader, "configurations"),
    variables: variablesOf(reader),
    needs: files.filter(({ source }) => isNeeded(source)),
    namespace: setting(reader, "namespace"),
    namePrefix: setting(reader, "namePrefix"),
    nameSuffix: setting(reader, "nameSuffix"),
    labels: labellings(reader),
    annotations: pairsOf(reader, "commonAnnotations"),
    patches,
    patchesJson6902,
    replacements: replacementEntries(reader),
    generates: hasGenerators(reader),
    configures: ["configurations", "crds", "openapi"].some((name) => reader.fields.has(name)),
    reads: [
      ...files.flatMap(({ value, path }) => (isRemote(value) ? [] : path)),
      ...[...patches, ...patchesJson6902].flatMap(({ file }) => file ?? []),
    ],
    problems: problemsOf(reader),
  };
}

/** The paths of the files and directories that bring objects. */
export function partsOf({ resources, components, plugins }: Kustomization): readonly string[] {
  const named = plugins.filter(({ inline }) => !inline);
  return [...resources, ...components, ...named].map(({ path }) => path);
}

/** Whether an entry that may be a path holds YAML instead. */
export function isInline(value: string): boolean {
  return value.includes("\n") || value.includes(": ") || value.startsWith("{");
}

function labellings(reader: Reader): readonly Labelling[] {
  const labels = items(reader.fields.get("labels")).map((item, index): Labelling => {
    const flag = (name: string) => text(field(item, name)) === "true";
    const where = flag("includeSelectors")
      ? "selectors"
      : flag("includeTemplates")
        ? "templates"
        : "metadata";
    const pairs = pairsAt(reader, field(item, "pairs"), ["labels", index, "pairs"]);
    return { pairs, where, fields: items(field(item, "fields")).flatMap(fieldSpec) };
  });
  const common = pairsOf(reader, "commonLabels");
  return common ? [...labels, common] : labels;
}

function fieldSpec(node: Node): readonly FieldSpec[] {
  const path = text(field(node, "path"));
  if (!path) return [];
  const [group, version, kind] = ["group", "version", "kind"].map((name) => text(field(node, name)));
  return [{ path, group, version, kind, create: text(field(node, "create")) === "true" }];
}

function pairsOf(reader: Reader, name: string): Labelling | undefined {
  const pairs = pairsAt(reader, reader.fields.get(name), [name]);
  return pairs.length > 0 ? { pairs, where: "common", fields: [] } : undefined;
}

function pairsAt(reader: Reader, node: Node | undefined, path: Path): Labelling["pairs"] {
  if (node?.type !== "map") return [];
  return node.entries.map(({ key, value }) => ({
    key,
    value: text(value) ?? "",
    source: { document: reader.document, path: [...path, key] },
  }));
}

function strategicMergePatches(reader: Reader): readonly PatchEntry[] {
  return settings(reader, "patchesStrategicMerge").map(({ value, source }) => ({
    ...(isInline(value) ? { file: undefined, url: undefined } : fileOrUrl(reader.directory, value)),
    text: isInline(value) ? value : undefined,
    target: undefined,
    allowNameChange: false,
    allowKindChange: false,
    textMetadata: true,
    source,
  }));
}

/** What an entry names: a file of the tree, or something remote. */
export function fileOrUrl(directory: string, path: string | undefined): Pick<PatchEntry, "file" | "url"> {
  if (!path) return { file: undefined, url: undefined };
  return isRemote(path)
    ? { file: undefined, url: path }
    : { file: joinPath(directory, path), url: undefined };
}

function patchEntries(reader: Reader, name: string): readonly PatchEntry[] {
  return items(reader.fields.get(name)).map((item, index) => {
    const path = text(field(item, "path"));
    const target = field(item, "target");
    const options = field(item, "options");
    return {
      ...fileOrUrl(reader.directory, path),
      text: text(field(item, "patch")),
      target: target && strings(target),
      allowNameChange: text(field(options, "allowNameChange")) === "true",
      allowKindChange: text(field(options, "allowKindChange")) === "true",
      textMetadata: target !== undefined,
      forgetsName: name === "patchesJson6902",
      source: { document: reader.document, path: [name, index, path ? "path" : "patch"] },
    };
  });
}

function replacementEntries(reader: Reader): readonly ReplacementEntry[] {
  return items(reader.fields.get("replacements")).map((item, index) => {
    const path = text(field(item, "path"));
    return {
      file: path && joinPath(reader.directory, path),
      source: { document: reader.document, path: ["replacements", index] },
    };
  });
}

function variablesOf({ fields, document }: Reader): readonly Variable[] {
  return items(fields.get("vars")).flatMap((item, index): readonly Variable[] => {
    const name = text(field(item, "name"));
    const ref = field(item, "objref");
    if (!name || ref?.type !== "map") return [];
    const object = Object.fromEntries(
      ref.entries.map(({ key, value }) => [key.toLowerCase(), text(value) ?? ""]),
    );
    const { apiversion, group, version, kind = "" } = object;
    const apiVersion = apiversion || (group && version ? `${group}/${version}` : "");
    const fieldPath = text(field(field(item, "fieldref"), "fieldpath")) || "metadata.name";
    const source = { document, path: ["vars", index] };
    return [{ name, kind, object: { ...object, apiVersion }, fieldPath, source }];
  });
}

function hasGenerators({ fields }: Reader): boolean {
  return fields.has("configMapGenerator") || fields.has("secretGenerator");
}

function strings(node: Node): Readonly<Record<string, string>> {
  if (node.type !== "map") return {};
  return Object.fromEntries(node.entries.map(({ key, value }) => [key, text(value) ?? ""]));
}
