/** Applications of Argo CD (argoproj.io/v1alpha1, Argo CD 3.2): which directories they bring where. */
import { at, isObject, type Json } from "../../kube/json.ts";
import type { Path } from "../../source/node.ts";
import type { ChartDelivery, ChartParameter, Delivery, MadeNamespace, TargetNamespace } from "../delivery.ts";
import type { Kustomization } from "../kustomize/kustomization.ts";
import { joinPath } from "../kustomize/path.ts";
import { scalarText, stringMap } from "../resource.ts";
import type { Skipped } from "../world.ts";
import { argoFields, sourcesOf, type ValuesPlaces, valuesFileOf } from "./chart.ts";
import { fitsAnywhere } from "./glob.ts";
import {
  listAt,
  notFollowed,
  type Order,
  originAt,
  type PlainFiles,
  type Plan,
  type Plans,
  textAt,
  unfollowed,
} from "./order.ts";
import { overlaid } from "./overlay.ts";
import type { Repository } from "./repository.ts";

/** What reading orders needs. */
export interface Surroundings {
  readonly repository: Repository;
  kustomizationAt(directory: string): Kustomization | undefined;
}

/** What an Application brings: one plan for each of its sources that lies in this repository. */
export function applicationPlans(order: Order, around: Surroundings): Plans {
  const all = sourcesOf(order.value, ["spec"]).map((path) => sourcePlan(order, path, around));
  return { plans: all.flatMap(({ plans }) => plans), untold: all.flatMap((one) => one.untold) };
}

const nothing: Plans = { plans: [], untold: [] };

function sourcePlan(order: Order, path: Path, around: Surroundings): Plans {
  const source = at(order.value, path);
  if (!isObject(source)) return nothing;
  const { repository } = around;
  const url = textAt(source, ["repoURL"]);
  const shared = sharedParts(order);
  const deliver = (directory: string | null, presumed: boolean, chart?: ChartDelivery): Delivery => ({
    ...shared,
    id: `${order.label} ${path.join(".")}`,
    directory,
    presumed,
    chart,
  });
  if (textAt(source, ["chart"]) !== undefined) {
    const delivery = deliver(null, false, chartOf(order, path, null, around));
    return { plans: [planOf(delivery, undefined)], untold: [] };
  }
  const written = textAt(source, ["path"]);
  if (url === undefined || written === undefined || repository.isAnother(url)) return nothing;
  if (isTemplated(written)) return notFollowed(order, `its path ${written} is a template`);
  const { file } = order.placed.resource.document;
  const found = repository.find(url, written, file.path);
  if (!found) return nothing;
  if (at(source, ["plugin"]) !== undefined) return notFollowed(order, "its source is rendered by a plugin");
  const { directory, presumed } = found;
  const base = around.kustomizationAt(directory);
  const type = typeOf(source, base, around.repository, directory);
  if (type === "helm") {
    const delivery = deliver(directory, presumed, chartOf(order, path, directory, around));
    return { plans: [planOf(delivery, undefined)], untold: [] };
  }
  const delivery = deliver(directory, presumed);
  if (type === "directory")
    return { plans: [planOf(delivery, filesOf(at(source, ["directory"])))], untold: [] };
  if (!base) return notFollowed(order, `there is no kustomization in ${directory}`);
  const overlay = overlaid(base, order, {
    path: [...path, "kustomize"],
    namespace: "namespace",
    isThere: (component) => around.kustomizationAt(component) !== undefined,
  });
  const forced = targetAt(order, [...path, "kustomize", "namespace"], "overrides");
  const plan = planOf(forced ? { ...delivery, namespace: forced } : delivery, overlay);
  return { plans: [plan], untold: remoteLabels(order, source) };
}

function planOf(delivery: Delivery, content: Plan["content"]): Plan {
  return { delivery, content, metadata: undefined, substitute: undefined };
}

/** Labels with variables of the build's environment have no values here. */
function remoteLabels(order: Order, source: Json): readonly Skipped[] {
  const uses = textAt(source, ["kustomize", "commonAnnotationsEnvsubst"]) === "true";
  return uses ? [unfollowed(order, "variables in its commonAnnotations are not filled in")] : [];
}

function isTemplated(text: string): boolean {
  return text.includes("{{");
}

/** The tool that renders a source: the one it has settings of, else what the directory holds. */
function typeOf(
  source: Json,
  base: Kustomization | undefined,
  { files }: Repository,
  directory: string,
): "kustomize" | "helm" | "directory" {
  for (const type of ["helm", "kustomize", "directory"] as const) {
    const settings = at(source, [type]);
    if (isObject(settings) && Object.values(settings).some(isSet)) return type;
  }
  if (base) return "kustomize";
  return files.isFile(joinPath(directory, "Chart.yaml")) ? "helm" : "directory";
}

function isSet(value: Json): boolean {
  if (typeof value === "object" && value !== null) return Object.keys(value).length > 0;
  return value !== null && value !== false && value !== "";
}

function filesOf(settings: Json | undefined): PlainFiles {
  const include = textAt(settings, ["include"]);
  const exclude = textAt(settings, ["exclude"]);
  return {
    recurse: textAt(settings, ["recurse"]) === "true",
    includes: (path) =>
      (exclude === undefined || !fitsAnywhere(exclude, path)) &&
      (include === undefined || fitsAnywhere(include, path)),
  };
}

function sharedParts(order: Order): Omit<Delivery, "id" | "directory" | "presumed" | "chart"> {
  return {
    label: order.label,
    by: "argo-cd",
    placed: order.placed,
    origin: originAt(order, ["metadata", "name"]),
    cluster: clusterOf(order),
    namespace: targetOf(order),
    makes: madeBy(order),
    suspended: false,
  };
}

function clusterOf({ value }: Order): string | null {
  const name =
    textAt(value, ["spec", "destination", "name"]) ?? textAt(value, ["spec", "destination", "server"]);
  if (name === undefined || isTemplated(name)) return null;
  return /^https:\/\/kubernetes\.default\.svc(?:[:/.]|$)/.test(name) ? "in-cluster" : name;
}

function targetAt(order: Order, path: Path, how: TargetNamespace["how"]): TargetNamespace | undefined {
  const name = textAt(order.value, path);
  if (name === undefined || isTemplated(name)) return undefined;
  const { text, location } = originAt(order, path);
  return { name, how, origin: { text: `${order.label} (${text})`, location } };
}

function targetOf(order: Order): TargetNamespace | undefined {
  return targetAt(order, ["spec", "destination", "namespace"], "fills-in");
}

function madeBy(order: Order): MadeNamespace | undefined {
  const name = targetOf(order)?.name;
  const options = listAt(order.value, ["spec", "syncPolicy", "syncOptions"]);
  const index = options.findIndex((option) => scalarText(option) === "CreateNamespace=true");
  if (name === undefined || index < 0) return undefined;
  const path = ["spec", "syncPolicy", "managedNamespaceMetadata", "labels"];
  const labels = at(order.value, path);
  if (!isObject(labels))
    return { name, labels: undefined, origin: originAt(order, ["spec", "syncPolicy", "syncOptions", index]) };
  return { name, labels: stringMap(labels), origin: originAt(order, path) };
}

function chartOf(order: Order, path: Path, directory: string | null, around: Surroundings): ChartDelivery {
  const helm = at(order.value, [...path, "helm"]);
  const { values, text: textPath = [], files } = argoFields(order.value, path);
  const object = at(order.value, values);
  const text = textAt(order.value, textPath);
  const { repository } = around;
  const places: ValuesPlaces = {
    inTree: (file) => repository.inTree(file),
    isOwn(ref) {
      const source = listAt(order.value, ["spec", "sources"]).find((one) => textAt(one, ["ref"]) === ref);
      const url = textAt(source, ["repoURL"]);
      return url !== undefined && !repository.isAnother(url);
    },
  };
  const valueFiles = files.flatMap((file) => valuesFileOf(file, directory, places) ?? []);
  const ignoresMissing = textAt(helm, ["ignoreMissingValueFiles"]) === "true";
  const parameters = parametersOf(order, [...path, "helm", "parameters"]);
  return {
    release: textAt(helm, ["releaseName"]) ?? order.name,
    values: isObject(object) ? object : undefined,
    sourceOf: (below) => order.sourceOf([...values, ...below]),
    valuesText: text === undefined ? undefined : { text, source: order.sourceOf(textPath) },
    valueFiles: valueFiles.filter((file) => !ignoresMissing || around.repository.files.isFile(file)),
    name: textAt(order.value, [...path, "chart"])?.replace(/^.*\//, ""),
    version: textAt(order.value, [...path, "targetRevision"]),
    namespace: textAt(helm, ["namespace"]),
    replacesValues: false,
    isPostRendered: false,
    valuesFrom: [],
    parameters,
    hasOtherValues:
      valueFiles.length < files.length ||
      listAt(helm, ["fileParameters"]).length > 0 ||
      parameters.some(({ name, value }) => /\$(?:\{|[A-Z])/.test(name + value)),
  };
}

/** Parameters of a chart; Argo CD escapes commas for helm, but in lists. */
function parametersOf(order: Order, path: Path): readonly ChartParameter[] {
  return listAt(order.value, path).flatMap((one, index): readonly ChartParameter[] => {
    const name = textAt(one, ["name"]);
    const value = textAt(one, ["value"]) ?? "";
    if (name === undefined) return [];
    return [
      {
        name,
        value: value.startsWith("{") ? value : value.replace(/(?<!\\),/g, "\\,"),
        isText: textAt(one, ["forceString"]) === "true",
        source: order.sourceOf([...path, index]),
      },
    ];
  });
}
