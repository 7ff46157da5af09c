/** What a kustomization does to the objects it has gathered: namespace, name prefix and suffix, labels and annotations. */

import { at, isObject, type Json, type JsonObject } from "../../kube/json.ts";
import { groupOf } from "../../kube/workload.ts";
import type { Path } from "../../source/node.ts";
import { scalarText } from "../resource.ts";
import { type Draft, editing, identityOf, isClusterScoped, setAt, setTied, withIdentity } from "./draft.ts";
import type { FieldSpec, Kustomization, Labelling, Setting } from "./kustomization.ts";

/**
 * The transformations of a kustomization (v5.8.1) in its own order, without patches:
 * namespace, prefix, suffix, labels, annotations.
 */
export function transform(draft: Draft, kustomization: Kustomization): Draft {
  const { namespace, namePrefix, nameSuffix, labels, annotations } = kustomization;
  if (!namespace && !namePrefix && !nameSuffix && labels.length === 0 && !annotations) return draft;
  return editing(draft, (edited) => {
    let next = edited;
    if (namespace) next = inNamespace(next, namespace);
    if (namePrefix) next = affixed(next, namePrefix, "before");
    if (nameSuffix) next = affixed(next, nameSuffix, "after");
    for (const labelling of labels) next = labelled(next, labelling, labelFields(labelling));
    return annotations ? labelled(next, annotations, allAnnotations) : next;
  });
}

/** Cluster-scoped kinds keep none, kinds that Kubernetes does not know count as namespaced, Namespaces are renamed. */
function inNamespace(draft: Draft, { value, source }: Setting): Draft {
  const { apiVersion, kind, name } = identityOf(draft);
  if (kind === "Namespace" && apiVersion === "v1") {
    return name === value ? draft : setAt(withIdentity(draft), ["metadata", "name"], value, source);
  }
  if (isClusterScoped(apiVersion, kind)) return draft;
  return setAt(withIdentity(draft), ["metadata", "namespace"], value, source);
}

function affixed(draft: Draft, { value, source }: Setting, side: "before" | "after"): Draft {
  const { apiVersion, kind } = draft.earlier[0] ?? identityOf(draft);
  const skipped =
    kind === "CustomResourceDefinition" ||
    kind === "Namespace" ||
    (kind === "APIService" && groupOf(apiVersion) === "apiregistration.k8s.io");
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

function labelFields({ where, fields }: Labelling): readonly FieldSpec[] {
  const usual = where === "metadata" ? ownLabels : allLabels;
  return fields.length > 0 ? [...fields, ...usual] : usual;
}

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

function selects(spec: FieldSpec, apiVersion: string, kind: string): boolean {
  const group = groupOf(apiVersion);
  const version = apiVersion.slice(group === "" ? 0 : group.length + 1);
  return (
    (!spec.kind || spec.kind === kind) &&
    (!spec.group || spec.group === group) &&
    (!spec.version || spec.version === version)
  );
}

/** The paths a field specification means in an object: list items are all visited, what is absent is made if asked for. */
function pathsOf(value: JsonObject, { path, create }: FieldSpec): readonly Path[] {
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
