/** What a kustomization does to the objects it has gathered: namespace, name prefix and suffix, labels and annotations. */
import { at, isObject, type Json, type JsonObject } from "../kube/json.ts";
import type { Path } from "../source/node.ts";
import type { FieldSpec, Kustomization, Labelling, Setting, Source } from "./kustomization.ts";
import { scalarText } from "./resource.ts";
import type { Resource } from "./world.ts";

/** A part of an object that a kustomization or a patch set: what stands at `path` comes from `source`. */
export interface Change {
  readonly path: Path;
  readonly source: Source;
}

/** What tells objects apart in a build: API group and version, kind, namespace, name. */
export interface Identity {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** An object on its way through a build. Never changed in place: overlays share what their bases made. */
export interface Draft {
  readonly resource: Resource;
  readonly value: JsonObject;
  /** In the order in which they were made; later ones win. */
  readonly changes: readonly Change[];
  /** The identities it had before, the first as written; patches may still use them. */
  readonly earlier: readonly Identity[];
}

/** A resource as it stands in its file, ready to be built. */
export function draftOf(resource: Resource): Draft {
  return { resource, value: resource.value, changes: [], earlier: [] };
}

/** The identity that an object has now; no namespace and "default" are the same. */
export function identityOf({ value }: Draft): Identity {
  const [apiVersion, kind, namespace, name] = [
    value.apiVersion,
    value.kind,
    at(value, ["metadata", "namespace"]),
    at(value, ["metadata", "name"]),
  ].map((part) => scalarText(part) ?? "");
  return {
    apiVersion: apiVersion ?? "",
    kind: kind ?? "",
    namespace: isClusterScoped(apiVersion ?? "", kind ?? "") ? "" : namespace || "default",
    name: name ?? "",
  };
}

/** An identity as text, for use as a key. */
export function identityKey({ apiVersion, kind, namespace, name }: Identity): string {
  return `${apiVersion}\n${kind}\n${namespace}\n${name}`;
}

/** The draft with a value set at a path (maps on the way are made), and where that came from. */
export function withValue(draft: Draft, path: Path, value: Json, source: Source): Draft {
  const root = setIn(draft.value, path, value);
  return isObject(root) ? { ...draft, value: root, changes: [...draft.changes, { path, source }] } : draft;
}

function setIn(here: Json | undefined, path: Path, value: Json): Json {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (typeof step === "number") {
    return Array.isArray(here)
      ? here.map((item, index) => (index === step ? setIn(item, rest, value) : item))
      : [];
  }
  const map = isObject(here) ? here : undefined;
  return { ...map, [step]: setIn(map && Object.hasOwn(map, step) ? map[step] : undefined, rest, value) };
}

function renamed(draft: Draft, path: Path, value: string, source: Source): Draft {
  const next = withValue(draft, path, value, source);
  return { ...next, earlier: [...draft.earlier, identityOf(draft)] };
}

/**
 * The transformations of a kustomization (v5.8.1) in its own order, without patches:
 * namespace, prefix, suffix, labels, annotations.
 */
export function transform(draft: Draft, kustomization: Kustomization): Draft {
  let next = draft;
  if (kustomization.namespace) next = inNamespace(next, kustomization.namespace);
  if (kustomization.namePrefix) next = affixed(next, kustomization.namePrefix, "before");
  if (kustomization.nameSuffix) next = affixed(next, kustomization.nameSuffix, "after");
  for (const labelling of kustomization.labels) next = labelled(next, labelling, labelFields(labelling));
  if (kustomization.annotations) next = labelled(next, kustomization.annotations, annotationFields);
  return next;
}

/** Cluster-scoped kinds keep none, kinds that Kubernetes does not know count as namespaced, Namespaces are renamed. */
function inNamespace(draft: Draft, { value, source }: Setting): Draft {
  const { apiVersion, kind, name } = identityOf(draft);
  if (kind === "Namespace" && apiVersion === "v1") {
    return name === value ? draft : renamed(draft, ["metadata", "name"], value, source);
  }
  if (isClusterScoped(apiVersion, kind)) return draft;
  return renamed(draft, ["metadata", "namespace"], value, source);
}

function affixed(draft: Draft, { value, source }: Setting, side: "before" | "after"): Draft {
  const { apiVersion, kind } = draft.earlier[0] ?? identityOf(draft);
  const skipped =
    kind === "CustomResourceDefinition" ||
    kind === "Namespace" ||
    (kind === "APIService" && groupOf(apiVersion) === "apiregistration.k8s.io");
  const name = scalarText(at(draft.value, ["metadata", "name"]));
  if (skipped || name === undefined) return draft;
  return renamed(draft, ["metadata", "name"], side === "before" ? value + name : name + value, source);
}

const metadataLabels: FieldSpec = { path: "metadata/labels", create: true };

function labelFields({ where, fields }: Labelling): readonly FieldSpec[] {
  return where === "metadata"
    ? [...fields, metadataLabels]
    : [...fields, metadataLabels, ...templateFields("labels")];
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

const annotationFields: readonly FieldSpec[] = [
  { path: "metadata/annotations", create: true },
  ...templateFields("annotations"),
];

function labelled(draft: Draft, { pairs }: Labelling, fields: readonly FieldSpec[]): Draft {
  const { apiVersion, kind } = identityOf(draft);
  let next = draft;
  for (const spec of fields) {
    if (!selects(spec, apiVersion, kind)) continue;
    for (const path of pathsOf(next.value, spec)) {
      for (const { key, value, source } of pairs) next = withValue(next, [...path, key], value, source);
    }
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
    found = found
      .flatMap((head): readonly Path[] => {
        const here = at(value, head);
        return Array.isArray(here) ? here.map((_, index) => [...head, index]) : [head];
      })
      .filter((head) => {
        const here = at(value, head);
        if (isObject(here) && Object.hasOwn(here, step)) return true;
        return create && (here === undefined || here === null || isObject(here)) && !segment.endsWith("[]");
      })
      .map((head) => [...head, step]);
  }
  return found;
}

function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf("/");
  return slash < 0 ? "" : apiVersion.slice(0, slash);
}

/** Kinds without a namespace, as kustomize v5.8.1 knows them (its built-in OpenAPI data); all others have one. */
const clusterScoped: Readonly<Record<string, readonly string[]>> = {
  "": ["ComponentStatus", "Namespace", "Node", "NodeProxyOptions", "PersistentVolume"],
  "admissionregistration.k8s.io": ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"],
  "apiextensions.k8s.io": ["CustomResourceDefinition"],
  "apiregistration.k8s.io": ["APIService"],
  "certificates.k8s.io": ["CertificateSigningRequest"],
  "flowcontrol.apiserver.k8s.io": ["FlowSchema", "PriorityLevelConfiguration"],
  "networking.k8s.io": ["IngressClass"],
  "node.k8s.io": ["RuntimeClass"],
  policy: ["PodSecurityPolicy"],
  "rbac.authorization.k8s.io": ["ClusterRole", "ClusterRoleBinding"],
  "scheduling.k8s.io": ["PriorityClass"],
  "storage.k8s.io": ["CSIDriver", "CSINode", "StorageClass", "VolumeAttachment"],
};

function isClusterScoped(apiVersion: string, kind: string): boolean {
  return clusterScoped[groupOf(apiVersion)]?.includes(kind) ?? false;
}
