/** Where Helm values stand: in files of charts, in files that Argo CD and Flux name for a release, and in their objects themselves. */
import type { Mesh } from "../istio/facts.ts";
import { at, isObject } from "../kube/json.ts";
import { readEmbedded } from "../source/document.ts";
import { nodeAt, type Path } from "../source/node.ts";
import { once } from "../source/once.ts";
import { type Collected, carriesCharts, chartAbove, directoryOf } from "./collect.ts";
import { chartFieldsOf, valuesFileOf } from "./delivery/chart.ts";
import type { Delivery } from "./delivery.ts";
import { podsOfValues, type ValuesSource } from "./helm-values.ts";
import { contains, joinPath } from "./kustomize/path.ts";
import type { Resource, Workload } from "./world.ts";

/** What Helm values of a repository say of pods: every map of labels and annotations in which a key of Istio's stands. */
export function valuesPods(
  collected: Collected,
  mesh: Mesh,
  deliveries: readonly Delivery[],
): readonly Workload[] {
  const ofCharts = deliveries.filter(({ chart }) => chart !== undefined);
  const files = new Set(collected.valuesFiles);
  for (const { chart } of ofCharts) for (const path of chart?.valueFiles ?? []) files.add(path);
  const byObject = new Map<Resource, Delivery[]>();
  for (const one of ofCharts) {
    const { resource } = one.placed;
    byObject.set(resource, [...(byObject.get(resource) ?? []), one]);
  }
  const inline: ValuesSource[] = [];
  for (const resources of collected.resources.values()) {
    for (const resource of resources) {
      if (!carriesCharts(resource.apiVersion, resource.kind)) continue;
      inline.push(...inlineValues(resource, aroundOf(byObject.get(resource) ?? [], undefined, collected)));
      for (const path of valuesFilesOf(resource)) files.add(path);
    }
  }
  const inFiles = [...files].flatMap((path): readonly ValuesSource[] => {
    const document = collected.hasRead(path) ? collected.documentsOf(path)?.[0] : undefined;
    if (!document || !ofIstio.test(document.file.text)) return [];
    const by = ofCharts.filter(({ chart }) => chart?.valueFiles.includes(path));
    return [{ document, path: [], ...aroundOf(by, chartAbove(path, collected.charts), collected) }];
  });
  return [...inFiles, ...inline].flatMap((source) => podsOfValues(source, mesh));
}

/** What else goes into releases that values are for: the chart that they lie in, and the charts and values of their deliveries. */
function aroundOf(by: readonly Delivery[], chart: string | undefined, collected: Collected): Around {
  const charts = new Set(
    [chart, ...by.map(({ directory }) => directory)].filter((one) => typeof one === "string"),
  );
  const around = [...charts].map((one) => textsOfChart(one, collected));
  const besides = once(() =>
    by
      .flatMap(({ chart, placed }) => [
        placed.resource.document.file.text,
        ...(chart?.valueFiles ?? []).map((path) => collected.textOf(path) ?? ""),
      ])
      .join("\n"),
  );
  return {
    isInTemplates: (key) => around.some((one) => one.isInTemplates(key)),
    isInOtherValues: (key) => besides().includes(key) || around.some((one) => one.isInOtherValues(key)),
  };
}

const ofIstio = /istio|itsio|isito|istoi/i;

type Around = Pick<ValuesSource, "isInTemplates" | "isInOtherValues">;

const texts = new WeakMap<Collected, Map<string, Around>>();

/** What the templates and values of a chart name, of one it is part of and of those below it; they are read when somebody asks. */
function textsOfChart(chart: string, collected: Collected): Around {
  const known = texts.get(collected) ?? new Map<string, Around>();
  texts.set(collected, known);
  const templates = once(() => templatesOf(chart, collected));
  const values = once(() => valuesOf(chart, collected));
  const around = known.get(chart) ?? {
    isInTemplates: (key) => templates().includes(key),
    isInOtherValues: (key) => values().includes(key),
  };
  known.set(chart, around);
  return around;
}

function templatesOf(chart: string, { charts, textOf, textBelow }: Collected): string {
  const related = [...charts].filter((one) => contains(one, chart) || contains(chart, one));
  const local = localDependencies(textOf(joinPath(chart, "Chart.yaml")) ?? "", chart);
  return [...related, ...local].map((one) => textBelow(joinPath(one, "templates"))).join("\n");
}

function valuesOf(chart: string, { valuesFiles, textOf }: Collected): string {
  const files = valuesFiles.filter((path) => contains(chart, directoryOf(path)));
  return files.map((path) => textOf(path) ?? "").join("\n");
}

/** The directories of charts that a chart takes from beside it. */
function localDependencies(text: string, chart: string): readonly string[] {
  return [...text.matchAll(/repository:[ \t]*["']?file:\/\/([^"'\s#]+)/g)].map(([, path = "."]) =>
    joinPath(chart, path),
  );
}

/** The values in an object of Flux or Argo CD. Those that are a text with YAML in it are read with their places. */
function inlineValues({ kind, value, document, path }: Resource, around: Around): readonly ValuesSource[] {
  const whole = (below: Path): readonly ValuesSource[] =>
    isObject(at(value, below)) ? [{ document, path: [...path, ...below], ...around }] : [];
  return chartFieldsOf(kind, value).flatMap(({ values, text }) => [
    ...whole(values),
    ...(text ? embedded(text) : []),
  ]);
  function embedded(below: Path): readonly ValuesSource[] {
    const own = document.read();
    const node = own.ok ? nodeAt(own.root, [...path, ...below]) : undefined;
    if (node?.type !== "scalar" || typeof node.value !== "string" || !ofIstio.test(node.value)) return [];
    const reading = readEmbedded(document.file, node);
    return [{ document: { ...document, read: () => reading }, path: [], ...around }];
  }
}

/** The files of values that an object names, where these may be files of this repository. */
function valuesFilesOf({ kind, value }: Resource): readonly string[] {
  const inTree = (path: string) => joinPath(".", path);
  return chartFieldsOf(kind, value).flatMap(({ files, directory, text }) =>
    files.flatMap((file) => (text ? (valuesFileOf(file, directory, { inTree }) ?? []) : [inTree(file)])),
  );
}
