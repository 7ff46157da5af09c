/** Random small trees of kustomizations: bases, components, overlays, with everything that changes a verdict. */
import type { Random } from "./target.ts";

export type Files = Readonly<Record<string, string>>;

const kinds = [
  ["apps/v1", "Deployment"],
  ["apps/v1", "StatefulSet"],
  ["apps/v1", "DaemonSet"],
  ["batch/v1", "Job"],
  ["batch/v1", "CronJob"],
  ["v1", "Pod"],
  ["argoproj.io/v1alpha1", "Rollout"],
  ["serving.knative.dev/v1", "Service"],
] as const;
const names = ["web", "db", "job"];
const namespaces = ["shop", "pay", "default"];
const labelKeys = ["app", "sidecar.istio.io/inject", "istio.io/rev", "tier"];
const values = ['"true"', '"false"', "web", "stable", '""', '"1.10"'];
const annotationKeys = ["sidecar.istio.io/inject", "sidecar.istio.io/proxyCPU", "note"];

interface Object {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string | undefined;
}

function maybe(random: Random, times: number, text: () => string): string {
  return random.once(times) ? text() : "";
}

function flow(random: Random, keys: readonly string[], most = 2): string {
  const chosen = new Set(Array.from({ length: random.below(most) + 1 }, () => random.pick(keys)));
  return `{${[...chosen].map((key) => `${key}: ${random.pick(values)}`).join(", ")}}`;
}

function manifest(random: Random, { apiVersion, kind, name, namespace }: Object): string {
  if (kind === "Namespace") {
    const labels = maybe(random, 2, () => "\n  labels: {istio-injection: enabled}");
    return `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: ${name}${labels}\n`;
  }
  const head =
    `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: ${name}\n` +
    (namespace === undefined ? "" : `  namespace: ${namespace}\n`) +
    maybe(random, 3, () => `  labels: ${flow(random, labelKeys)}\n`) +
    maybe(random, 4, () => `  annotations: ${flow(random, annotationKeys)}\n`);
  const spec = (pad: string) =>
    `${pad}spec:\n` +
    maybe(random, 6, () => `${pad}  hostNetwork: ${random.pick(["true", "false"])}\n`) +
    maybe(random, 5, () => `${pad}  initContainers:\n${pad}  - {name: setup, image: setup:1}\n`) +
    `${pad}  containers:\n${pad}  - {name: main, image: main:1}\n` +
    maybe(random, 3, () => `${pad}  - {name: side, image: side:1}\n`);
  if (kind === "Pod") return head + spec("");
  const template = (pad: string) =>
    `${pad}template:\n` +
    maybe(
      random,
      2,
      () =>
        `${pad}  metadata:\n` +
        `${pad}    labels: ${flow(random, labelKeys)}\n` +
        maybe(random, 2, () => `${pad}    annotations: ${flow(random, annotationKeys)}\n`),
    ) +
    spec(`${pad}  `);
  if (kind === "CronJob") return `${head}spec:\n  jobTemplate:\n    spec:\n${template("      ")}`;
  return `${head}spec:\n${template("  ")}`;
}

function templatePath(kind: string): readonly string[] {
  if (kind === "Pod") return [];
  return kind === "CronJob" ? ["spec", "jobTemplate", "spec", "template"] : ["spec", "template"];
}

/** A value at a path as flow YAML. */
function nested(path: readonly string[], value: string): string {
  return path.reduceRight((inner, step) => `{${step}: ${inner}}`, value);
}

function mergePatch(random: Random, object: Object): string {
  const { apiVersion, kind, name, namespace } = object;
  const head = `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: ${name}\n${namespace === undefined ? "" : `  namespace: ${namespace}\n`}`;
  if (random.once(12)) return `${head}$patch: delete\n`;
  if (kind === "Namespace") return `${head}  labels: ${flow(random, ["istio-injection", "istio.io/rev"])}\n`;
  const body = random.pick([
    () => nested(["metadata", "labels"], flow(random, labelKeys)),
    () => nested(["metadata", "annotations"], flow(random, annotationKeys)),
    () => nested(["metadata", "labels"], `{${random.pick(labelKeys)}: null}`),
    () => nested(["metadata", "labels"], `{$patch: ${random.pick(["delete", "replace"])}, app: x}`),
    () => nested(["metadata"], "null"),
    () => nested(["spec", "hostNetwork"], random.pick(["true", "null"])),
    () =>
      nested(
        ["spec", "containers"],
        "[{name: main, env: [{name: A, value: b}]}, {name: more, image: more:1}]",
      ),
    () => nested(["spec", "containers"], "[{name: side, $patch: delete}]"),
    () => nested(["spec", "containers"], "[{$patch: replace}, {name: only, image: only:1}]"),
    () => nested(["spec", "initContainers"], "[{name: wait, image: wait:1}]"),
    () => nested(["spec"], "{$patch: replace, containers: [{name: fresh, image: fresh:1}]}"),
  ])();
  const path = templatePath(kind);
  if (path.length > 0) return `${head}${path[0]}: ${nested(path.slice(1), body)}\n`;
  const inner = body.slice(1, -1);
  if (!inner.startsWith("metadata")) return `${head}${inner}\n`;
  const metadata = inner.slice("metadata: ".length);
  return metadata === "null" ? head : `${head}  ${metadata.slice(1, -1)}\n`;
}

function jsonPatch(random: Random, kind: string): string {
  const base = ["", ...templatePath(kind)].join("/");
  return random.pick([
    `- {op: add, path: ${base}/metadata/labels/sidecar.istio.io~1inject, value: "false"}\n`,
    `- {op: add, path: ${base}/metadata/labels, value: {sidecar.istio.io/inject: "true"}}\n`,
    `- {op: remove, path: ${base}/metadata/labels/app}\n`,
    `- {op: replace, path: ${base}/metadata/labels/app, value: other}\n`,
    `- {op: add, path: ${base}/spec/hostNetwork, value: true}\n`,
    `- {op: add, path: ${base}/spec/containers/-, value: {name: last, image: last:1}}\n`,
    `- {op: add, path: ${base}/spec/containers/0, value: {name: first, image: first:1}}\n`,
    `- {op: remove, path: ${base}/spec/containers/1}\n`,
    `- {op: copy, from: /metadata/name, path: ${base}/metadata/labels/app}\n`,
    `- {op: move, from: ${base}/metadata/labels/app, path: ${base}/metadata/labels/tier}\n`,
    `- {op: test, path: ${base}/metadata/labels/app, value: web}\n- {op: add, path: ${base}/metadata/labels/tier, value: tested}\n`,
    `- {op: replace, path: /metadata/name, value: renamed}\n`,
    `- {op: replace, path: /metadata/namespace, value: moved}\n`,
  ]);
}

function target(random: Random, { apiVersion, kind, name }: Object): string {
  const [group, version] = apiVersion.includes("/") ? apiVersion.split("/") : ["", apiVersion];
  return random.pick([
    `{kind: ${kind}, name: ${name}}`,
    `{kind: ${kind}}`,
    `{kind: "${kind.slice(0, 3)}.*"}`,
    `{name: "${name.slice(0, 1)}.*"}`,
    `{group: "${group}", version: ${version}, kind: ${kind}}`,
    `{labelSelector: "app=web"}`,
    `{labelSelector: "tier,app!=x"}`,
    `{annotationSelector: "note"}`,
    `{kind: ${kind}, namespace: ${random.pick(namespaces)}}`,
    `{kind: "Deployment|StatefulSet"}`,
  ]);
}

function indent(text: string, pad: string): string {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => pad + line)
    .join("\n");
}

function replacement(random: Random, objects: readonly Object[]): string {
  const from = random.pick(objects);
  const to = random.pick(objects);
  const path = templatePath(to.kind);
  const field = random.pick([
    [...path, "metadata", "labels", "app"].join("."),
    [...path, "metadata", "labels", "[sidecar.istio.io/inject]"].join("."),
    [...path, "metadata", "annotations", "note"].join("."),
    [...path, "spec", "containers", "[name=main]", "image"].join("."),
    [...path, "spec", "containers", "*", "name"].join("."),
    "metadata.namespace",
  ]);
  const options = maybe(random, 2, () =>
    random.pick(["\n    options: {create: true}", '\n    options: {delimiter: "-", index: 0, create: true}']),
  );
  return `- source: {kind: ${from.kind}, name: ${from.name}${maybe(random, 3, () => ", fieldPath: metadata.name")}}
  targets:
  - select: ${target(random, to)}${maybe(random, 4, () => `\n    reject: [${target(random, to)}]`)}
    fieldPaths: ["${field}"]${options}\n`;
}

function transformerObject(random: Random, objects: readonly Object[], count: number): string {
  const head = (kind: string, more = "") =>
    `apiVersion: builtin\nkind: ${kind}\nmetadata:\n  name: t${count}\n${more}`;
  const one = random.pick(objects);
  const labels =
    "fieldSpecs:\n- {path: metadata/labels, create: true}\n- {path: spec/template/metadata/labels, create: true, kind: Deployment}\n";
  const patch = random.once(2)
    ? `patch: |\n${indent(mergePatch(random, one), "  ")}\n${maybe(random, 2, () => `target: ${target(random, one)}\n`)}`
    : `patch: |\n${indent(jsonPatch(random, one.kind), "  ")}\ntarget: ${target(random, one)}\n`;
  return random.pick([
    head("LabelTransformer", `labels: ${flow(random, labelKeys)}\n${labels}`),
    head(
      "AnnotationsTransformer",
      `annotations: ${flow(random, annotationKeys)}\n${labels.replaceAll("labels", "annotations")}`,
    ),
    head(
      "NamespaceTransformer",
      `  namespace: ${random.pick(namespaces)}\n${maybe(random, 2, () => "unsetOnly: true\n")}fieldSpecs:\n- {path: metadata/name, kind: Namespace, create: true}\n`,
    ),
    head("PrefixTransformer", "prefix: pt-\nfieldSpecs:\n- {path: metadata/name}\n"),
    head("SuffixTransformer", "suffix: -st\nfieldSpecs:\n- {path: metadata/name, kind: Deployment}\n"),
    head("PatchTransformer", patch),
    head("ReplacementTransformer", `replacements:\n${replacement(random, objects)}`),
  ]);
}

/** The settings of one kustomization; files that it needs are added to `files`. */
function settings(
  random: Random,
  directory: string,
  objects: readonly Object[],
  files: Record<string, string>,
): string {
  let text = "";
  const add = (times: number, more: () => string) => {
    text += maybe(random, times, more);
  };
  const count = Object.keys(files).length;
  add(4, () => `namespace: ${random.pick(namespaces)}\n`);
  add(5, () => `namePrefix: ${random.pick(["a-", "b-"])}\n`);
  add(6, () => `nameSuffix: ${random.pick(["-x", "-y"])}\n`);
  add(6, () => `commonLabels: ${flow(random, labelKeys)}\n`);
  add(6, () => `commonAnnotations: ${flow(random, annotationKeys)}\n`);
  add(4, () => {
    const where = random.pick(["", "  includeTemplates: true\n", "  includeSelectors: true\n"]);
    const fields = maybe(
      random,
      4,
      () =>
        `  fields: [{path: ${random.pick(["spec/template/metadata/labels", "metadata/labels", "spec/jobTemplate/spec/template/metadata/labels"])}, kind: ${random.pick(["Deployment", "Rollout", "CronJob"])}, create: true}]\n`,
    );
    return `labels:\n- pairs: ${flow(random, labelKeys)}\n${where}${fields}`;
  });
  add(2, () => {
    const list = Array.from({ length: random.below(3) + 1 }, (_, index) => {
      const one = random.pick(objects);
      const options = maybe(
        random,
        5,
        () => `\n  options: {${random.pick(["allowNameChange", "allowKindChange"])}: true}`,
      );
      if (random.once(2))
        return `- patch: |-\n${indent(jsonPatch(random, one.kind), "    ")}\n  target: ${target(random, one)}\n`;
      const patch = mergePatch(random, one);
      const aim = maybe(random, 3, () => `\n  target: ${target(random, one)}`);
      if (random.once(2)) return `- patch: |-\n${indent(patch, "    ")}${aim}${options}\n`;
      const name = `patch-${count}-${index}.yaml`;
      files[`${directory}/${name}`] =
        aim === "" && random.once(3) ? `${patch}---\n${mergePatch(random, random.pick(objects))}` : patch;
      return `- path: ${name}${aim}${options}\n`;
    });
    return `patches:\n${list.join("")}`;
  });
  add(8, () => {
    const one = random.pick(objects);
    return `patchesStrategicMerge:\n- |-\n${indent(mergePatch(random, one), "  ")}\n`;
  });
  add(8, () => {
    const one = random.pick(objects);
    return `patchesJson6902:\n- patch: |-\n${indent(jsonPatch(random, one.kind), "    ")}\n  target: {version: ${one.apiVersion.replace(/.*\//, "")}, kind: ${one.kind}, name: ${one.name}}\n`;
  });
  add(6, () => `replacements:\n${replacement(random, objects)}`);
  add(8, () => {
    files[`${directory}/transformer-${count}.yaml`] = Array.from(
      { length: random.below(2) + 1 },
      (_, index) => transformerObject(random, objects, index),
    ).join("---\n");
    return `transformers: [transformer-${count}.yaml]\n`;
  });
  add(10, () => {
    const field = random.pick(["commonLabels", "templateLabels", "labels", "commonAnnotations"]);
    const map = field === "commonAnnotations" ? "annotations" : "labels";
    files[`${directory}/rules-${count}.yaml`] =
      `${field}:\n- {path: spec/template/metadata/${map}, kind: ${random.pick(["Rollout", "Service", "Deployment"])}, create: true}\n`;
    return `configurations: [rules-${count}.yaml]\n`;
  });
  return text;
}

/** A tree by chance. */
export function randomTree(random: Random): Files {
  const files: Record<string, string> = {};
  const objects: Object[] = [];
  const bases = random.below(2) + 1;
  const known = new Set<string>();
  for (let base = 0; base < bases; base++) {
    const directory = `base${base}`;
    const own: Object[] = [];
    for (let index = random.below(3) + 1; index > 0; index--) {
      const [apiVersion, kind] = random.once(8) ? (["v1", "Namespace"] as const) : random.pick(kinds);
      const name = kind === "Namespace" ? random.pick(namespaces) : random.pick(names);
      const namespace = kind !== "Namespace" && random.once(3) ? random.pick(namespaces) : undefined;
      const key = `${apiVersion} ${kind} ${name} ${namespace}`;
      if (known.has(key)) continue;
      known.add(key);
      own.push({ apiVersion, kind, name, namespace });
    }
    if (own.length === 0)
      own.push({ apiVersion: "apps/v1", kind: "Deployment", name: `only${base}`, namespace: undefined });
    objects.push(...own);
    files[`${directory}/all.yaml`] = own.map((one) => manifest(random, one)).join("---\n");
    const text = settings(random, directory, own, files);
    files[`${directory}/kustomization.yaml`] = `resources: [all.yaml]\n${text}`;
  }
  const isComponent = random.once(3);
  if (isComponent) {
    const text = settings(random, "component", objects, files);
    files["component/kustomization.yaml"] =
      `apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n${text}`;
  }
  const resources = Array.from({ length: bases }, (_, base) => `../base${base}`);
  const text = settings(random, "overlay", objects, files);
  files["overlay/kustomization.yaml"] =
    `resources: [${resources.join(", ")}]\n${isComponent ? "components: [../component]\n" : ""}${text}`;
  return files;
}
