/** What a kustomization does to the objects it has gathered: namespace, name prefix and suffix, labels and annotations. */

import { at, isObject, type Json, type JsonObject } from "../../kube/json.ts";
import { groupOf } from "../../kube/workload.ts";
import type { Path } from "../../source/node.ts";
import { scalarText } from "../resource.ts";
import { type Draft, editing, identityOf, isClusterScoped, setAt, setTied, withIdentity } from "./draft.ts";
import type {
  Affix,
  FieldSpec,
  Labelling,
  NamespaceSetting,
  Setting,
  Transformation,
} from "./kustomization.ts";
import { mergedFields, type Rules } from "./rules.ts";

/**
 * The transformations of a kustomization (v5.8.1) in its own order, without patches:
 * namespace, prefix, suffix, labels, annotations. `rules` are those of its `configurations` and of those below it.
 */
export function transformer(transformation: Transformation, rules: Rules): (draft: Draft) => Draft {
  const { namespace, namePrefix, nameSuffix, labels, annotations } = transformation;
  if (!namespace && !namePrefix && !nameSuffix && labels.length === 0 && !annotations)
    return (draft) => draft;
  const labellings = labels.map((one) => ({ one, fields: labelFields(one, rules) }));
  if (annotations) labellings.push({ one: annotations, fields: annotationFields(annotations, rules) });
  const [prefixed, suffixed] = [
    nameFields(namePrefix, rules.namePrefix),
    nameFields(nameSuffix, rules.nameSuffix),
  ];
  return (draft) =>
    editing(draft, (edited) => {
      let next = edited;
      if (namespace) next = inNamespace(next, namespace);
      if (namePrefix) next = affixed(next, namePrefix, prefixed, "before");
      if (nameSuffix) next = affixed(next, nameSuffix, suffixed, "after");
      for (const { one, fields } of labellings) next = labelled(next, one, fields);
      return next;
    });
}

/** Cluster-scoped kinds keep none, kinds that Kubernetes does not know count as namespaced, Namespaces are renamed. */
function inNamespace(draft: Draft, { value, source, unsetOnly, fields }: NamespaceSetting): Draft {
  const { apiVersion, kind, name } = identityOf(draft);
  const old = at(draft.value, ["metadata", "namespace"]);
  const isKept = unsetOnly && old !== undefined && old !== null && old !== "";
  const next =
    isClusterScoped(apiVersion, kind) || isKept
      ? draft
      : setAt(withIdentity(draft), ["metadata", "namespace"], value, source);
  if (apiVersion !== "v1" || name === value || (unsetOnly && name !== "")) return next;
  const renames = fields
    ? fields.some((spec) => spec.path === "metadata/name" && selects(spec, apiVersion, kind))
    : kind === "Namespace";
  return renames ? setAt(withIdentity(next), ["metadata", "name"], value, source) : next;
}

function affixed(
  draft: Draft,
  { value, source }: Setting,
  fields: readonly FieldSpec[],
  side: "before" | "after",
): Draft {
  const { apiVersion, kind } = draft.earlier[0] ?? identityOf(draft);
  const skipped =
    kind === "CustomResourceDefinition" ||
    kind === "Namespace" ||
    (kind === "APIService" && groupOf(apiVersion) === "apiregistration.k8s.io") ||
    !fields.some((spec) => selects(spec, apiVersion, kind));
  const name = scalarText(at(draft.value, ["metadata", "name"]));
  if (skipped || name === undefined) return draft;
  return setAt(
    withIdentity(draft),
    ["metadata", "name"],
    side === "before" ? value + name : name + value,
    source,
  );
}

/** Selectors change no verdict and are left out. `StatefulSet` labels ask for the group, its annotations do not. */
function templateFields(map: "labels" | "annotations"): readonly FieldSpec[] {
  const template = { path: `spec/template/metadata/${map}`, create: true };
  return [
    { ...template, version: "v1", kind: "ReplicationController" },
    { ...template, kind: "Deployment" },
    { ...template, kind: "ReplicaSet" },
    { ...template, kind: "DaemonSet" },
    { ...template, kind: "StatefulSet", group: map === "labels" ? "apps" : undefined },
    { ...template, kind: "Job", group: "batch" },
    { path: `spec/jobTemplate/metadata/${map}`, create: true, kind: "CronJob", group: "batch" },
    { path: `spec/jobTemplate/spec/template/metadata/${map}`, create: true, kind: "CronJob", group: "batch" },
  ];
}

const ownLabels: readonly FieldSpec[] = [{ path: "metadata/labels", create: true }];
const allLabels: readonly FieldSpec[] = [...ownLabels, ...templateFields("labels")];
const allAnnotations: readonly FieldSpec[] = [
  { path: "metadata/annotations", create: true },
  ...templateFields("annotations"),
];

function labelFields({ where, fields }: Labelling, rules: Rules): readonly FieldSpec[] {
  const all = () => mergedFields(rules.commonLabels, allLabels);
  switch (where) {
    case "fields":
      return fields;
    case "common":
      return all();
    case "selectors":
      return mergedFields(mergedFields(fields, rules.labels), all());
    case "templates":
      return mergedFields(mergedFields(fields, rules.labels), mergedFields(rules.templateLabels, allLabels));
    case "metadata":
      return mergedFields(mergedFields(fields, rules.labels), ownLabels);
  }
}

function annotationFields({ where, fields }: Labelling, rules: Rules): readonly FieldSpec[] {
  return where === "fields" ? fields : mergedFields(rules.commonAnnotations, allAnnotations);
}

/** The fields that a prefix or suffix is for. */
function nameFields(affix: Affix | undefined, rules: readonly FieldSpec[]): readonly FieldSpec[] {
  const fields = affix?.fields ?? mergedFields(rules, ownName);
  return fields.filter(({ path }) => path === "metadata/name");
}

const ownName: readonly FieldSpec[] = [{ path: "metadata/name", create: false }];

function labelled(draft: Draft, { pairs }: Labelling, fields: readonly FieldSpec[]): Draft {
  const { apiVersion, kind } = identityOf(draft);
  const maps = new Map<string, Path>();
  for (const spec of fields) {
    if (!selects(spec, apiVersion, kind)) continue;
    for (const path of pathsOf(draft.value, spec)) maps.set(path.join("/"), path);
  }
  const paths = [...maps.values()];
  let next = draft;
  for (const { key, value, source } of pairs) {
    const places = paths.map((path) => [...path, key]);
    next = setTied(next, places, value, source);
  }
  return next;
}

/** Whether a field specification is for objects of a kind. */
export function selects(spec: FieldSpec, apiVersion: string, kind: string): boolean {
  const group = groupOf(apiVersion);
  const version = apiVersion.slice(group === "" ? 0 : group.length + 1);
  return (
    (!spec.kind || spec.kind === kind) &&
    (!spec.group || spec.group === group) &&
    (!spec.version || spec.version === version)
  );
}

/** The paths a field specification means in an object: list items are all visited, what is absent is made if asked for. */
export function pathsOf(value: JsonObject, { path, create }: FieldSpec): readonly Path[] {
  let found: readonly Path[] = [[]];
  for (const segment of path.split("/")) {
    const step = segment.endsWith("[]") ? segment.slice(0, -2) : segment;
    const next: Path[] = [];
    for (const head of found) {
      const here = at(value, head);
      if (!Array.isArray(here)) {
        if (leadsOn(here, step, create && step === segment)) next.push([...head, step]);
        continue;
      }
      here.forEach((item: Json, index) => {
        if (leadsOn(item, step, create && step === segment)) next.push([...head, index, step]);
      });
    }
    found = next;
  }
  return found;
}

function leadsOn(here: Json | undefined, step: string, create: boolean): boolean {
  if (isObject(here)) return create || Object.hasOwn(here, step);
  return create && (here === undefined || here === null);
}
