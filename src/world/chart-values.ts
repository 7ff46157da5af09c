/** The values that a chart is rendered with, as its delivery lays them together, with their places. */
import { layOver, nestAt } from "../istio/lay-over.ts";
import { at, isObject, type Json, type JsonObject } from "../kube/json.ts";
import { type Document, readDocuments } from "../source/document.ts";
import { type Path, toValue } from "../source/node.ts";
import { readYaml } from "../source/read.ts";
import type { Collected } from "./collect.ts";
import type { ChartDelivery, ChartParameter } from "./delivery.ts";
import { locateValue } from "./helm-values.ts";
import { locationOfSource } from "./kustomize/kustomization.ts";
import { placeText } from "./resource.ts";
import type { Origin, Source } from "./world.ts";

/** The values of a chart. */
export interface ChartValues {
  readonly values: JsonObject;
  /** Where a value stands; undefined where none of them says it. */
  originOf(path: Path): Origin | undefined;
}

interface Layer {
  readonly value: JsonObject;
  originOf(path: Path): Origin;
}

/**
 * Lays the values of a chart together as Argo CD 3.2 and helm-controller 1.4 give them to Helm: files, then ConfigMaps and Secrets, then
 * those of the delivery, then parameters; undefined where some of them are not in the repository, or cannot be read.
 */
export function chartValues(
  chart: ChartDelivery,
  documentsOf: Collected["documentsOf"],
): ChartValues | undefined {
  if (chart.hasOtherValues) return undefined;
  const layers: (Layer | undefined)[] = chart.valueFiles.map((path) => fileLayer(documentsOf(path)));
  for (const { text, targetPath, source } of chart.valuesFrom) {
    const isOne = targetPath !== undefined;
    const value = isOne ? setBy({ name: targetPath, value: text, isText: false }) : mapIn(text);
    layers.push(value && { value, originOf: () => originOfSource(source) });
  }
  const { valuesText, values } = chart;
  // Argo CD takes the text where there is no map, and does not lay one over the other.
  if (values) layers.push({ value: values, originOf: (path) => originOfSource(chart.sourceOf(path)) });
  else if (valuesText) {
    const { document, path } = valuesText.source;
    const value = mapIn(valuesText.text);
    layers.push(value && { value, originOf: (below) => originInDocument(document, [...path, ...below]) });
  }
  for (const one of [...chart.parameters].sort((a, b) => Number(a.isText) - Number(b.isText))) {
    const value = setBy(one);
    layers.push(value && { value, originOf: () => originOfSource(one.source) });
  }
  const known = layers.flatMap((layer) => layer ?? []);
  if (known.length < layers.length) return undefined;
  return {
    values: known.reduce<JsonObject>((all, { value }) => layOver(all, value), {}),
    originOf: (path) => known.findLast(({ value }) => at(value, path) !== undefined)?.originOf(path),
  };
}

function fileLayer(documents: readonly Document[] | undefined): Layer | undefined {
  const [document] = documents ?? [];
  if (!document) return documents && { value: {}, originOf: () => ({ text: "", location: undefined }) };
  const reading = document.read();
  const value = reading.ok ? (reading.root ? toValue(reading.root) : {}) : undefined;
  return isObject(value) ? { value, originOf: (path) => originInDocument(document, path) } : undefined;
}

/** The map that a text of YAML is; undefined where it is none. */
function mapIn(text: string): JsonObject | undefined {
  const [document] = readDocuments({ path: "", text });
  if (!document) return {};
  const reading = document.read();
  const value = reading.ok ? (reading.root ? toValue(reading.root) : {}) : undefined;
  return isObject(value) ? value : undefined;
}

/** The values that `--set name=value` makes; undefined for items of lists by their number, which are not followed. */
export function setBy({
  name,
  value,
  isText,
}: Pick<ChartParameter, "name" | "value" | "isText">): JsonObject | undefined {
  const path = (name.match(/(?:\\.|[^.\\])+/g) ?? []).map((step) => step.replace(/\\(.)/g, "$1"));
  if (path.length === 0 || /(?<!\\)[[\]=,]/.test(name)) return undefined;
  return nestAt(path, settingOf(value, isText));
}

function settingOf(value: string, isText: boolean): Json {
  const [, list] = /^\{([\s\S]*)\}$/.exec(value) ?? [];
  if (list !== undefined)
    return list === "" ? [] : list.split(/(?<!\\),/).map((item) => typed(item.trim(), isText));
  return typed(value, isText);
}

/** A number, a boolean or null where the text is one as helm reads it; no number starts with a zero. */
function typed(escaped: string, isText: boolean): Json {
  const text = escaped.replace(/\\(.)/g, "$1");
  if (isText || !/^(?:true|false|null|0|-?[1-9]\d{0,14})$/i.test(text)) return text;
  const reading = readYaml(text.toLowerCase(), 0, text.length);
  return reading.ok && reading.root ? toValue(reading.root) : text;
}

function originOfSource(source: Source): Origin {
  const location = locationOfSource(source);
  return { text: placeText(location), location };
}

/** The deepest written part of a path, also below a text that is YAML itself. */
function originInDocument(document: Document, path: Path): Origin {
  for (let length = path.length; length > 0; length--) {
    const location = locateValue(document, path.slice(0, length));
    if (location) return { text: placeText(location), location };
  }
  return originOfSource({ document, path: [] });
}
