/** Renders the charts of a repository with the user's helm: those that something delivers, and the others with their own values. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { isObject, type JsonObject, jsonTextOf } from "../kube/json.ts";
import { readDocuments } from "../source/document.ts";
import { toValue, type Value } from "../source/node.ts";
import { decodeText } from "../source/text.ts";
import type { FileTree } from "../source/tree.ts";
import { writeYaml } from "../source/write-yaml.ts";
import { setBy } from "../world/chart-values.ts";
import type { Delivery } from "../world/delivery.ts";
import { joinPath } from "../world/kustomize/path.ts";
import { remembered } from "../world/kustomize/workshop.ts";
import { doubtsOf, type Rendered, unknownNamespace } from "../world/rendered.ts";
import type { World } from "../world/world.ts";
import type { Ground } from "./exec-ground.ts";
import type { Ran, Workshop } from "./exec-program.ts";
import type { Unrendered } from "./gaps.ts";

/** What is rendered of a chart. */
interface Release {
  readonly directory: string;
  readonly name: string;
  readonly namespace: string | undefined;
  readonly delivery: Delivery | undefined;
}

export interface Renderings {
  readonly rendered: readonly Rendered[];
  readonly unrendered: readonly Unrendered[];
  /** What is to be known of the others, for people. */
  readonly remarks: readonly string[];
}

/** Renders all charts of a world. Charts that cannot be rendered stay as they are, and are told. */
export function renderCharts(world: World, ground: Ground, workshop: Workshop): Renderings {
  const kubeVersion = world.configuration.config.kubernetes?.version;
  const rendered: Rendered[] = [];
  const unrendered: Unrendered[] = [];
  const remarks: string[] = [];
  const known = new Map<string, Ran>();
  const copyOf = copier(ground, workshop);
  for (const release of releasesOf(world, ground.tree)) {
    const { directory, delivery, namespace } = release;
    const key = inputsOf(release);
    const ran = known.get(key) ?? renderedBy(release, copyOf, { ground, workshop, kubeVersion });
    known.set(key, ran);
    if (!ran.ok && ran.isMissing) {
      unrendered.push(
        ...releasesOf(world, ground.tree).map((one) => ({ directory: one.directory, says: missing })),
      );
      return { rendered: [], unrendered, remarks };
    }
    if (!ran.ok) {
      const says = `${directory}: helm does not render ${named(release)}: ${complaintOf(ran.says)}`;
      unrendered.push({ directory, says });
      continue;
    }
    for (const doubt of delivery ? doubtsOf(delivery) : [])
      remarks.push(`${directory}: ${doubt}; whether its pods get a sidecar is not known`);
    rendered.push({
      kind: "helm",
      directory,
      text: ran.text,
      ...(namespace === undefined ? {} : { namespace }),
      ...(delivery && { delivery: delivery.id, valuesFiles: delivery.chart?.valueFiles ?? [] }),
    });
  }
  return { rendered, unrendered, remarks };
}

const missing =
  "--helm=exec: helm is not on PATH; install it (https://helm.sh/docs/intro/install) or leave the option out";

const longestName = 53;

/** Whether helm takes a name for a release (chartutil.ValidateReleaseName of Helm 3.19). */
function isName(name: string): boolean {
  return name.length <= longestName && /^[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?$/.test(name);
}

/** What helm complains of, and what helps. */
function complaintOf(says: string): string {
  const complaint = says.replace(/^Error: /, "").replace(/ Use --debug flag .*$/, "");
  const isVersion = complaint.includes("kubeVersion");
  return isVersion ? `${complaint} (--kube-version says which release your nodes run)` : complaint;
}

function named({ name, delivery }: Release): string {
  return delivery ? `${name} of ${delivery.label}` : "it";
}

/** The releases that are delivered, and one with its own values of each chart that nothing delivers and no other chart holds. */
function releasesOf({ deliveries, skipped }: World, tree: FileTree): readonly Release[] {
  const delivered = deliveries.flatMap((delivery): readonly Release[] => {
    const { chart, directory, namespace } = delivery;
    if (!chart || directory === null || !chartAt(tree, directory)) return [];
    return [{ directory, name: chart.release, namespace: namespace?.name, delivery }];
  });
  const known = new Set(delivered.map(({ directory }) => directory));
  const rest = skipped.flatMap(({ reason, path }): readonly Release[] => {
    if (
      reason !== "helm-template" ||
      known.has(path) ||
      (/(?:^|\/)charts\/[^/]+$/.test(path) && isVendored(path, tree))
    )
      return [];
    known.add(path);
    const chart = chartAt(tree, path);
    if (!chart || chart.type === "library" || typeof chart.name !== "string") return [];
    return [{ directory: path, name: chart.name, namespace: undefined, delivery: undefined }];
  });
  return [...delivered, ...rest];
}

/** Whether a chart lies in the `charts/` of another one, which renders it. */
function isVendored(path: string, tree: FileTree): boolean {
  const above = path.replace(/\/?charts\/[^/]+$/, "");
  return chartAt(tree, above === "" ? "." : above) !== undefined;
}

function chartAt(tree: FileTree, directory: string): JsonObject | undefined {
  const path = directory === "." ? "Chart.yaml" : `${directory}/Chart.yaml`;
  const bytes = tree.read(path);
  const decoded = "reason" in bytes ? undefined : decodeText(bytes);
  const reading =
    decoded && "text" in decoded ? readDocuments({ path, text: decoded.text })[0]?.read() : undefined;
  const value = reading?.ok && reading.root ? toValue(reading.root) : undefined;
  return isObject(value) ? value : undefined;
}

/** A chart as helm sees it: a copy in which nothing leads out of the repository, and whether it holds charts in archives. */
type Copy = { readonly path: string; readonly isPacked: boolean } | { readonly failure: string };

type Copier = (release: Release) => Copy;

/** Copies charts, each once with its values and once without them. Schemas of values stay behind: what they refer to helm would fetch. */
function copier(ground: Ground, workshop: Workshop): Copier {
  let copies = 0;
  const made = remembered((wanted: string): Copy => {
    const path = join(workshop.directory, `chart-${++copies}`);
    const [how, directory] = [wanted.slice(0, 1), wanted.slice(1)];
    let isPacked = false;
    const failure = ground.copy(directory, path, (file) => {
      isPacked ||= file.endsWith(".tgz");
      const isOwnValues = how === "-" && file === joinPath(directory, "values.yaml");
      return !isOwnValues && !/(?:^|\/)values\.schema\.json$/.test(file);
    });
    return failure === undefined ? { path, isPacked } : { failure };
  });
  return ({ directory, delivery }) => made(`${delivery?.chart?.replacesValues ? "-" : "+"}${directory}`);
}

interface Kitchen {
  readonly ground: Ground;
  readonly workshop: Workshop;
  readonly kubeVersion: string | undefined;
}

function renderedBy(release: Release, copyOf: Copier, kitchen: Kitchen): Ran {
  const refused = (says: string): Ran => ({ ok: false, isMissing: false, says: `it is not run: ${says}` });
  if (!isName(release.name)) return refused(`${JSON.stringify(release.name)} is no name for a release`);
  const chart = copyOf(release);
  if ("failure" in chart) return refused(chart.failure);
  const values = valuesOf(release, kitchen);
  if ("failure" in values) return refused(values.failure);
  const { workshop, kubeVersion } = kitchen;
  const [, kubernetes] = /^v?(\d+\.\d+(?:\.\d+)?)/.exec(kubeVersion ?? "") ?? [];
  const args = [
    "template",
    "--skip-tests",
    "--namespace",
    release.delivery?.chart?.namespace ?? release.namespace ?? unknownNamespace,
    ...(chart.isPacked ? ["--skip-schema-validation"] : []),
    ...values.files.flatMap((path) => ["--values", path]),
    ...values.flags,
    ...(kubernetes === undefined ? [] : ["--kube-version", kubernetes]),
    // What the repository says is never taken for an option.
    "--",
    release.name,
    chart.path,
  ];
  return workshop.run("helm", args, workshop.directory);
}

/**
 * The values of a release as files of ours, laid over each other as Argo CD and Flux do, and those that are set one by one. Names of the
 * repository's files never reach helm, which splits them at commas.
 */
function valuesOf(
  { delivery }: Release,
  { ground: { tree, isOutside }, workshop }: Kitchen,
): { readonly files: readonly string[]; readonly flags: readonly string[] } | { readonly failure: string } {
  const { valueFiles = [], valuesFrom = [], valuesText, values, parameters = [] } = delivery?.chart ?? {};
  const files: string[] = [];
  const add = (content: string | Uint8Array): void => {
    const path = join(workshop.directory, `values-${files.length}.yaml`);
    writeFileSync(path, content);
    files.push(path);
  };
  for (const path of valueFiles) {
    if (isOutside(path)) return { failure: `its values file ${path} is outside of the repository` };
    const bytes = tree.read(path);
    if ("reason" in bytes) return { failure: `its values file ${path}: ${bytes.reason}` };
    add(bytes);
  }
  for (const { text, targetPath } of valuesFrom) {
    const one =
      targetPath === undefined ? undefined : setBy({ name: targetPath, value: text, isText: false });
    if (targetPath !== undefined && !one) return { failure: `its values have no place ${targetPath}` };
    add(one ? writeYaml(one as Value) : text);
  }
  // Argo CD takes the text where there is no map.
  if (values) add(writeYaml(values as Value));
  else if (valuesText) add(valuesText.text);
  const flags = parameters.flatMap(({ name, value, isText }) => [
    isText ? "--set-string" : "--set",
    `${name}=${value}`,
  ]);
  return { files, flags };
}

/** Tells renderings apart: several clusters may get the same one. */
function inputsOf({ directory, name, namespace, delivery }: Release): string {
  const { chart } = delivery ?? {};
  const inputs = [
    ...[directory, name, namespace, chart?.namespace, chart?.replacesValues],
    ...[chart?.valueFiles, chart?.valuesText?.text, chart?.values],
    chart?.valuesFrom.map(({ text, targetPath }) => [text, targetPath]),
    chart?.parameters.map(({ source: _, ...one }) => one),
  ];
  return jsonTextOf(inputs);
}
