/** Markers: texts that stand for slots while an item is injected, and the watch over what templates do with them. */
import { Typed } from "../gotemplate/values.ts";
import type { TemplateWatch } from "../istio/inject/render.ts";
import { isObject, type Json } from "../kube/json.ts";

/** What every marker begins with; a list that has it is injected item by item. */
export const markerStem = "zz7slot";
const markers = /zz7slot([0-9]+)zz/g;
const marker = /^zz7slot([0-9]+)zz$/;

export function markerOf(slot: number): string {
  return `${markerStem}${slot}zz`;
}

/** A text with markers in its parts: before, between and behind them; and the slots that they stand for. */
export function partsOf(text: string): {
  readonly parts: readonly string[];
  readonly slots: readonly number[];
} {
  const split = text.split(markers);
  return {
    parts: split.filter((_, index) => index % 2 === 0),
    slots: split.filter((_, index) => index % 2 === 1).map(Number),
  };
}

export interface Watched {
  readonly watch: TemplateWatch;
  /** Slots that decide on something, so that another text could lead to another sidecar. */
  readonly decisive: Set<number>;
  /** Texts that slots were compared with, and which they did not equal. */
  readonly unequal: Set<string>;
}

/** A watch over templates that are executed with markers. */
export function watchMarkers(): Watched {
  const decisive = new Set<number>();
  const unequal = new Set<string>();
  const decides = (value: unknown) => {
    for (const slot of slotsIn(value)) decisive.add(slot);
  };
  return {
    decisive,
    unequal,
    watch: {
      called: (name, args, result) => {
        const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
        const looked = rule ? rule(args, result) : args;
        if (typeof looked === "string") unequal.add(looked);
        else for (const value of looked) decides(value);
      },
      rendered: (value) => noteRendered(value, "", decides),
    },
  };
}

/** The arguments that a function looks into, or the text that it found a marker unequal to. */
type Rule = (args: readonly unknown[], result: unknown) => readonly unknown[] | string;

const copies: Rule = () => [];
const keyed: Rule = ([, ...keys]) => keys;
/** Go compares the first with each of the others; of more than two we say nothing. */
const compares: Rule = (args) => {
  const [a, b] = args;
  if (args.length !== 2 || typeof a !== "string" || typeof b !== "string") return args;
  if (marker.test(a) && !b.includes(markerStem)) return b;
  return marker.test(b) && !a.includes(markerStem) ? a : args;
};

/**
 * Functions that put texts into others or hand them on, whatever the texts are, as long as none is empty and none needs quotes or
 * escapes. Every other function counts as looking at all it is given.
 */
const rules: Readonly<Record<string, Rule>> = {
  and: copies,
  or: copies,
  not: copies,
  default: copies,
  print: copies,
  quote: copies,
  valueOrDefault: copies,
  structToJSON: copies,
  toJSON: copies,
  toJsonMap: copies,
  mergeMaps: copies,
  includeInboundPorts: copies,
  kubevirtInterfaces: copies,
  excludeInterfaces: copies,
  annotation: ([, key]) => [key],
  index: keyed,
  isset: keyed,
  omit: keyed,
  eq: compares,
  ne: compares,
  // Texts of slots have 62 characters at most, and end in a letter or a digit.
  trunc: (args) => (Number(args[0]) >= 62 && isMarker(args[1]) ? [] : args),
  trimSuffix: (args) => (args[0] === "-" && isMarker(args[1]) ? [] : args),
  // Empty where no provider asks for it, whatever the pod is.
  otelResourceAttributes: (args, result) => (result === "" ? [] : args),
};

function isMarker(value: unknown): boolean {
  return typeof value === "string" && marker.test(value);
}

/** The slots whose markers are somewhere in a value. */
function slotsIn(value: unknown): readonly number[] {
  if (typeof value === "string") return partsOf(value).slots;
  if (value instanceof Typed) return slotsIn(value.raw);
  if (Array.isArray(value)) return value.flatMap(slotsIn);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [...slotsIn(key), ...slotsIn(inner)]);
}

/** Where rendered texts may hold what is in a slot; nothing is asked of what stands there, by the injection or by a merge. */
const places =
  /^\/metadata\/(?:labels|annotations)\/|^\/spec\/(?:containers|initContainers)\/#\/(?:env\/#\/value|args\/#|command\/#)$/;
/** Labels and annotations that the injection asks for. */
const asked = /\/metadata\/\w+\/(?!service\.istio\.io\/)(?:.*istio|prometheus|.*openshift)/;
/** Characters that no number, boolean or time has, and no null. */
const textual = /[^\w.+: -]/;

function noteRendered(value: Json, path: string, decides: (value: unknown) => void) {
  if (typeof value === "string") {
    if (!value.includes(markerStem)) return;
    const isCopy = marker.test(value) || partsOf(value).parts.some((part) => textual.test(part));
    if (!isCopy || !places.test(path) || asked.test(path)) decides(value);
  } else if (Array.isArray(value)) {
    for (const item of value) noteRendered(item as Json, `${path}/#`, decides);
  } else if (isObject(value))
    for (const [key, inner] of Object.entries(value)) {
      decides(key);
      noteRendered(inner, `${path}/${key}`, decides);
    }
}
