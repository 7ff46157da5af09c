/** Kustomizations and HelmReleases of Flux (kustomize-controller 1.7, helm-controller 1.4): which directories they bring where. */
import { at, isObject } from "../../kube/json.ts";
import type { Path } from "../../source/node.ts";
import type { ChartDelivery, Delivery, MadeNamespace, TargetNamespace, ValuesFrom } from "../delivery.ts";
import { joinPath } from "../kustomize/path.ts";
import { stringMap } from "../resource.ts";
import type { Placed } from "../world.ts";
import type { Surroundings } from "./argo.ts";
import { fluxFields } from "./chart.ts";
import {
  type CommonMetadata,
  listAt,
  type Order,
  orderOf,
  originAt,
  type Plan,
  type Plans,
  textAt,
} from "./order.ts";
import { generated, overlaid } from "./overlay.ts";
import type { Found } from "./repository.ts";
import { substitution, type Variables } from "./substitute.ts";

/** What reading orders of Flux needs besides. */
export interface FluxSurroundings extends Surroundings {
  /** The sources of Flux, GitRepository/OCIRepository and the like, and ArtifactGenerators. */
  readonly sources: readonly Placed[];
  /** The files below a directory that hold objects, and the kustomizations, whichever is met first on the way down. */
  manifestsBelow(directory: string): readonly string[];
  /** The data of a ConfigMap or Secret that the repository holds; undefined when it holds none, or several that differ. */
  dataOf(
    kind: string,
    name: string,
    namespace: string | null,
    near: string,
  ): Readonly<Record<string, string>> | undefined;
}

const nothing: Plans = { plans: [], untold: [] };

/** What a Kustomization of Flux brings. */
export function fluxPlans(order: Order, around: FluxSurroundings): Plans {
  const { value } = order;
  const found = directoryOfSource(
    order,
    ["spec", "sourceRef"],
    textAt(value, ["spec", "path"]) ?? ".",
    around,
  );
  if (!found) return nothing;
  const { directory, presumed } = found;
  const isThere = (one: string) => around.kustomizationAt(one) !== undefined;
  const base =
    around.kustomizationAt(directory) ??
    generated(order, directory, around.manifestsBelow(directory), ["spec", "path"]);
  if (!base) return nothing;
  const content = overlaid(base, order, { path: ["spec"], namespace: "targetNamespace", isThere });
  const delivery: Delivery = {
    ...fluxDelivery(order, targetOf(order, ["spec", "targetNamespace"], "overrides")),
    directory,
    presumed,
    makes: undefined,
    chart: undefined,
  };
  const variables = variablesOf(order, around);
  const plan: Plan = {
    delivery,
    content,
    metadata: metadataOf(order),
    substitute: variables && substitution(variables),
  };
  return { plans: [plan], untold: [] };
}

function fluxDelivery(
  order: Order,
  namespace: TargetNamespace | undefined,
): Omit<Delivery, "directory" | "presumed" | "chart" | "makes"> {
  const remote =
    textAt(order.value, ["spec", "kubeConfig", "secretRef", "name"]) ??
    textAt(order.value, ["spec", "kubeConfig", "configMapRef", "name"]);
  return {
    id: `${order.label} ${order.namespace ?? ""}`,
    label: order.label,
    by: "flux",
    placed: order.placed,
    origin: originAt(order, ["metadata", "name"]),
    cluster: remote ?? null,
    namespace,
    suspended: textAt(order.value, ["spec", "suspend"]) === "true",
  };
}

function targetOf(order: Order, path: Path, how: TargetNamespace["how"]): TargetNamespace | undefined {
  const name = textAt(order.value, path);
  if (name === undefined) return undefined;
  const { text, location } = originAt(order, path);
  return { name, how, origin: { text: `${order.label} (${text})`, location } };
}

/** The directory that a path below a source means: that of a repository, or of an artifact made of its parts. */
function directoryOfSource(
  order: Order,
  ref: Path,
  path: string,
  around: FluxSurroundings,
): Found | undefined {
  const kind = textAt(order.value, [...ref, "kind"]);
  const name = textAt(order.value, [...ref, "name"]);
  const namespace = textAt(order.value, [...ref, "namespace"]) ?? order.namespace;
  const { file } = order.placed.resource.document;
  if (path.includes("${")) return undefined;
  if (kind === "ExternalArtifact") {
    const inRepository = artifactPath(name, namespace, path, around);
    return inRepository === undefined
      ? undefined
      : around.repository.find(undefined, inRepository, file.path);
  }
  if (kind !== "GitRepository" && kind !== "OCIRepository" && kind !== "Bucket") return undefined;
  const source = around.sources.find((one) => isSource(one, kind, name, namespace));
  const url = source && textAt(source.value, ["spec", "url"]);
  if (kind === "GitRepository") {
    // A source that is not in sight was made beside the repository: flux bootstrap makes this one.
    const found = around.repository.find(url, path, file.path);
    return found && { ...found, presumed: url === undefined ? name !== "flux-system" : found.presumed };
  }
  // What is pushed as an artifact has a name of its own: only a path that is there shows that it is of this repository.
  const inside = joinPath(".", path);
  const isOwn = name === "flux-system";
  const found = inside === "." && !isOwn ? undefined : around.repository.find(undefined, path, file.path);
  return found && { ...found, presumed: !isOwn };
}

function isSource(
  one: Placed,
  kind: string | undefined,
  name: string | undefined,
  namespace: string | null,
): boolean {
  if (one.resource.kind !== kind || one.name !== name) return false;
  return one.namespace === null || namespace === null || one.namespace === namespace;
}

/** The path of the repository that a path of an artifact is copied from. */
function artifactPath(
  name: string | undefined,
  namespace: string | null,
  path: string,
  { sources, repository }: FluxSurroundings,
): string | undefined {
  for (const generator of sources) {
    if (generator.resource.kind !== "ArtifactGenerator") continue;
    if (generator.namespace !== null && namespace !== null && generator.namespace !== namespace) continue;
    const artifact = listAt(generator.value, ["spec", "artifacts"]).find(
      (one) => textAt(one, ["name"]) === name,
    );
    if (artifact === undefined) continue;
    const wanted = joinPath(".", path);
    for (const copy of listAt(artifact, ["copy"])) {
      const [, alias, from = ""] = /^@([^/]+)\/(.*)$/.exec(textAt(copy, ["from"]) ?? "") ?? [];
      const [, to = ""] = /^@artifact\/(.*)$/.exec(textAt(copy, ["to"]) ?? "") ?? [];
      const source = listAt(generator.value, ["spec", "sources"]).find(
        (one) => textAt(one, ["alias"]) === alias,
      );
      const repositoryName = textAt(source, ["name"]);
      const url = textAt(
        sources.find((one) => one.name === repositoryName && one.resource.kind === textAt(source, ["kind"]))
          ?.value,
        ["spec", "url"],
      );
      if (url !== undefined && repository.isAnother(url)) continue;
      const target = joinPath(".", to);
      const origin = joinPath(".", from.replace(/\*\*?.*$/, ""));
      if (target === wanted) return origin;
      if (target === ".") return joinPath(origin, wanted);
      if (wanted.startsWith(`${target}/`)) return joinPath(origin, wanted.slice(target.length + 1));
    }
  }
  return undefined;
}

function metadataOf(order: Order): CommonMetadata | undefined {
  const path: Path = ["spec", "commonMetadata"];
  const value = at(order.value, path);
  if (!isObject(value)) return undefined;
  return {
    labels: stringMap(value.labels),
    annotations: stringMap(value.annotations),
    source: order.sourceOf(path),
  };
}

/** The variables that are filled in after the build; undefined when none are. Those of the order itself win. */
function variablesOf(order: Order, { dataOf }: FluxSurroundings): Variables | undefined {
  const build = at(order.value, ["spec", "postBuild"]);
  if (!isObject(build)) return undefined;
  const known = new Map<string, string | undefined>();
  let isComplete = true;
  const { file } = order.placed.resource.document;
  for (const from of listAt(build, ["substituteFrom"])) {
    const kind = textAt(from, ["kind"]) ?? "";
    const data = dataOf(kind, textAt(from, ["name"]) ?? "", order.namespace, file.path);
    if (!data) isComplete = false;
    for (const [key, text] of Object.entries(data ?? {}))
      known.set(key, /^ENC\[/.test(text) ? undefined : text.replaceAll("\n", ""));
  }
  for (const [key, text] of Object.entries(stringMap(build.substitute)))
    known.set(key, text.includes("${") ? undefined : text.replaceAll("\n", ""));
  return known.size === 0 && isComplete ? undefined : { known, isComplete };
}

/** What a HelmRelease brings: a chart, of this repository or from elsewhere. */
export function releasePlans(order: Order, around: FluxSurroundings): Plans {
  const named = chartNamed(order, around);
  const { chart } = named;
  const found =
    chart === undefined || named.isWhole
      ? undefined
      : directoryOfSource(named.order, [...named.path, "sourceRef"], chart, around);
  const namespace =
    targetOf(order, ["spec", "targetNamespace"], "fills-in") ??
    (order.namespace === null ? undefined : ownNamespace(order, order.namespace));
  const delivery: Delivery = {
    ...fluxDelivery(order, namespace),
    directory: found?.directory ?? null,
    presumed: found?.presumed ?? false,
    makes: madeBy(order, namespace),
    chart: chartOf(order, named, found?.directory, around),
  };
  return {
    plans: [{ delivery, content: undefined, metadata: undefined, substitute: undefined }],
    untold: [],
  };
}

/** Where the chart of a release is named. */
interface NamedChart {
  readonly order: Order;
  readonly path: Path;
  readonly chart: string | undefined;
  readonly version: string | undefined;
  /** Whether it is an artifact that holds nothing but the chart. */
  readonly isWhole: boolean;
}

/** The chart of a release: named in itself, or by the HelmChart or the OCIRepository that it refers to. */
function chartNamed(order: Order, { sources }: FluxSurroundings): NamedChart {
  const kind = textAt(order.value, ["spec", "chartRef", "kind"]);
  const name = textAt(order.value, ["spec", "chartRef", "name"]);
  const inside = (one: Order, path: Path): NamedChart => ({
    order: one,
    path,
    chart: textAt(one.value, [...path, "chart"]),
    version: textAt(one.value, [...path, "version"]),
    isWhole: false,
  });
  if (name === undefined) return inside(order, ["spec", "chart", "spec"]);
  const namespace = textAt(order.value, ["spec", "chartRef", "namespace"]) ?? order.namespace;
  const source = sources.find((one) => isSource(one, kind, name, namespace));
  if (source && kind === "HelmChart") return inside(orderOf(source), ["spec"]);
  const version =
    textAt(source?.value, ["spec", "ref", "tag"]) ?? textAt(source?.value, ["spec", "ref", "semver"]);
  const chart = textAt(source?.value, ["spec", "url"]) ?? name;
  return { order, path: ["spec", "chartRef"], chart, version, isWhole: true };
}

function ownNamespace(order: Order, name: string): TargetNamespace {
  const { text, location } = order.placed.namespaceOrigin ?? originAt(order, ["metadata", "name"]);
  return { name, how: "fills-in", origin: { text: `${order.label} (${text})`, location } };
}

function madeBy(order: Order, target: TargetNamespace | undefined): MadeNamespace | undefined {
  const path: Path = ["spec", "install", "createNamespace"];
  if (target === undefined || textAt(order.value, path) !== "true") return undefined;
  return { name: target.name, labels: undefined, origin: originAt(order, path) };
}

function chartOf(
  order: Order,
  named: NamedChart,
  directory: string | undefined,
  around: FluxSurroundings,
): ChartDelivery {
  const { value } = order;
  const { repository } = around;
  const from = valuesFromOf(order, around);
  const { files } = fluxFields(named.order.value, named.path);
  const values = at(value, ["spec", "values"]);
  const ignoresMissing = textAt(named.order.value, [...named.path, "ignoreMissingValuesFiles"]) === "true";
  const inTree = directory === undefined ? [] : files.map((file) => repository.inTree(file));
  const target = textAt(value, ["spec", "targetNamespace"]);
  return {
    release:
      textAt(value, ["spec", "releaseName"]) ??
      (target === undefined ? order.name : `${target}-${order.name}`),
    values: isObject(values) ? values : undefined,
    sourceOf: (below) => order.sourceOf(["spec", "values", ...below]),
    valuesText: undefined,
    valueFiles: inTree.filter((file) => !ignoresMissing || repository.files.isFile(file)),
    namespace: undefined,
    replacesValues: files.length > 0,
    isPostRendered: listAt(value, ["spec", "postRenderers"]).length > 0,
    name: named.chart?.replace(/^.*\//, ""),
    version: named.version,
    valuesFrom: from.flatMap((one) => one ?? []),
    parameters: [],
    hasOtherValues: from.some((one) => one === undefined) || (directory === undefined && files.length > 0),
  };
}

/** The values that a release takes out of ConfigMaps and Secrets; undefined for those that the repository does not show. */
function valuesFromOf(order: Order, { dataOf }: FluxSurroundings): readonly (ValuesFrom | undefined)[] {
  return listAt(order.value, ["spec", "valuesFrom"]).map((one, index) => {
    const { file } = order.placed.resource.document;
    const data = dataOf(textAt(one, ["kind"]) ?? "", textAt(one, ["name"]) ?? "", order.namespace, file.path);
    const text = data?.[textAt(one, ["valuesKey"]) ?? "values.yaml"];
    if (text === undefined || /^ENC\[|\$\{/.test(text)) return undefined;
    const targetPath = textAt(one, ["targetPath"]);
    return { text, targetPath, source: order.sourceOf(["spec", "valuesFrom", index]) };
  });
}
