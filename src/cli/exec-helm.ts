/** Renders the charts of a repository with the user's helm: those that something delivers, and the others with their own values. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { isObject, type JsonObject } from "../kube/json.ts";
import { readDocuments } from "../source/document.ts";
import { toValue, type Value } from "../source/node.ts";
import { decodeText } from "../source/text.ts";
import type { FileTree } from "../source/tree.ts";
import { writeYaml } from "../source/write-yaml.ts";
import type { Delivery } from "../world/delivery.ts";
import { remembered } from "../world/kustomize/workshop.ts";
import { type Rendered, unknownNamespace } from "../world/rendered.ts";
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
  let copies = 0;
  const chartOf = remembered((directory: string): Copy => {
    const path = join(workshop.directory, `chart-${++copies}`);
    const failure = ground.copy(directory, path);
    return failure === undefined ? { path } : { failure };
  });
  for (const release of releasesOf(world, ground.tree)) {
    const { directory, delivery, namespace } = release;
    const key = inputsOf(release);
    const ran = known.get(key) ?? renderedBy(release, chartOf, { ground, workshop, kubeVersion });
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
    const doubts = doubtsOf(release);
    for (const doubt of doubts) remarks.push(`${directory}: ${named(release)} ${doubt}`);
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

/** What may make a release different from what was rendered. */
function doubtsOf({ delivery }: Release): readonly string[] {
  const { chart } = delivery ?? {};
  return chart?.hasOtherValues
    ? ["has values that the repository does not show; it is rendered without them"]
    : [];
}

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

/** A chart as helm sees it: a copy in which nothing leads out of the repository. */
type Copy = { readonly path: string } | { readonly failure: string };

interface Kitchen {
  readonly ground: Ground;
  readonly workshop: Workshop;
  readonly kubeVersion: string | undefined;
}

function renderedBy(release: Release, chartOf: (directory: string) => Copy, kitchen: Kitchen): Ran {
  const refused = (says: string): Ran => ({ ok: false, isMissing: false, says: `it is not run: ${says}` });
  if (!isName(release.name)) return refused(`${JSON.stringify(release.name)} is no name for a release`);
  const chart = chartOf(release.directory);
  if ("failure" in chart) return refused(chart.failure);
  const values = valuesOf(release, kitchen);
  if ("failure" in values) return refused(values.failure);
  const { workshop, kubeVersion } = kitchen;
  const [, kubernetes] = /^v?(\d+\.\d+(?:\.\d+)?)/.exec(kubeVersion ?? "") ?? [];
  const args = [
    "template",
    "--skip-tests",
    "--namespace",
    release.namespace ?? unknownNamespace,
    ...values.files.flatMap((path) => ["--values", path]),
    ...(kubernetes === undefined ? [] : ["--kube-version", kubernetes]),
    // What the repository says is never taken for an option.
    "--",
    release.name,
    chart.path,
  ];
  return workshop.run("helm", args, workshop.directory);
}

/** The values of a release as files of ours: their names are nothing that helm splits at commas, and they are read as everything else. */
function valuesOf(
  { delivery }: Release,
  { ground: { tree, isOutside }, workshop }: Kitchen,
): { readonly files: readonly string[] } | { readonly failure: string } {
  const { valueFiles = [], valuesText, values } = delivery?.chart ?? {};
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
  if (valuesText) add(valuesText.text);
  if (values) add(writeYaml(values as Value));
  return { files };
}

/** Tells renderings apart: several clusters may get the same one. */
function inputsOf({ directory, name, namespace, delivery }: Release): string {
  const { valueFiles, valuesText, values } = delivery?.chart ?? {};
  const inputs = [directory, name, namespace, valueFiles, valuesText?.text, values];
  return JSON.stringify(inputs, (_, value: unknown) => (typeof value === "bigint" ? `${value}n` : value));
}
