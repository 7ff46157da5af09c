/** The functions that the injector adds to those of its templates, of which some take the place of sprig's (istio/istio 1.30). */
import type { Functions, GoFunction } from "../../gotemplate/function.ts";
import { fn, fnIn, withSignature } from "../../gotemplate/function.ts";
import { parseJson, toJson } from "../../gotemplate/functions/json.ts";
import { type Context, Failure, LimitReached } from "../../gotemplate/limits.ts";
import { sprintValue } from "../../gotemplate/printf.ts";
import type { GoType } from "../../gotemplate/types.ts";
import { anyType, pointerTo, sliceOf, stringMap, stringSlice, stringType } from "../../gotemplate/types.ts";
import { isDict, newDict, Typed, type Value } from "../../gotemplate/values.ts";
import { isObject, type Json, type JsonObject } from "../../kube/json.ts";
import { goDurationText } from "../duration.ts";
import type { Labels } from "../facts.ts";
import { goJson, keysSorted, sortedKeys } from "../go-json.ts";
import { type Message, printMessage } from "../message.ts";
import { proxyDefaultsOf, withoutDefaults } from "../proxy-config.ts";
import { nearestFacts, newestRelease, type ReleaseFacts } from "../releases.ts";
import { durationType, messageGoType, messageNameOf, nanosecondsOf } from "./message-types.ts";
import { appendMultusNetwork } from "./multus.ts";
import { omitNil } from "./omit-nil.ts";
import { otelResourceAttributes } from "./otel.ts";
import { type Container, objectOf, objectsOf, proxyName, textOf } from "./pod.ts";
import { kubernetesType } from "./pod-types.ts";
import { yamlText } from "./yaml-text.ts";

type Texts = Labels | undefined;

function typed(
  parameters: readonly GoType[],
  out: GoType,
  call: GoFunction["call"],
  variadic = false,
): GoFunction {
  return withSignature({ in: parameters, out, variadic }, call);
}

const containerSlice = sliceOf(kubernetesType("Container"));
const protoMessage: GoType = {
  kind: "interface",
  name: "protoreflect.ProtoMessage",
  implementedBy: (type) =>
    type.kind === "ptr" &&
    type.elem !== undefined &&
    (type.elem === durationType || messageNameOf(type.elem) !== undefined),
};

/** The port added to a list of ports that must not be captured; empty and zero ports add nothing. */
function excludePort(context: Context, port: Value, excluded: string): string {
  const text = sprintValue(port, context).trim();
  const ports = excluded.split(",");
  if (text === "" || text === "0" || ports.includes(text)) return excluded;
  return [...ports.map((each) => each.trim()).filter((each) => each !== ""), text].join(",");
}

/** The ports that a proxy captures by itself: those of containers that speak TCP. */
export function tcpPorts(containers: readonly Container[]): string {
  return containers
    .flatMap(({ ports }) => objectsOf(ports))
    .filter(({ protocol }) => protocol !== "UDP" && protocol !== "SCTP")
    .map(({ containerPort }) => String(containerPort ?? 0))
    .join(",");
}

function containersIn(raw: unknown): readonly Container[] {
  return objectsOf(raw as Json | undefined);
}

/** JSON as Go writes any value, or the fallback where it cannot. */
function structJson(context: Context, value: Value, fallback: string): string {
  if (value === null || value === undefined) return "{}";
  return orElse(fallback, () => toJson(value, { context, escapeHtml: true, pretty: false }));
}

function orElse<T>(fallback: T, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof LimitReached || !(error instanceof Failure)) throw error;
    return fallback;
  }
}

function toYaml(context: Context, value: Value): string {
  const json =
    value === undefined
      ? "null"
      : orElse("", () => toJson(value, { context, escapeHtml: false, pretty: false }));
  if (json === "") return "";
  const text = yamlText(JSON.parse(json) as Json);
  context.makeText(text.length);
  return text;
}

function protoJson(value: Value, printed: (name: string, message: Message) => string): string {
  if (!(value instanceof Typed)) return "{}";
  if (value.type.elem === durationType && typeof value.raw === "string") return JSON.stringify(value.raw);
  const name = value.type.elem && messageNameOf(value.type.elem);
  if (name === undefined || value.raw === undefined || value.raw === null) return "{}";
  return printed(name, value.raw as Message);
}

/** Prints messages, a ProxyConfig without its defaults; the same message, which many pods share, once. */
function messagePrinter(
  defaults: Message,
  { plainConcurrency }: ReleaseFacts,
): (name: string, message: Message) => string {
  const known = new WeakMap<Message, string>();
  return (name, message) => {
    if (name !== "ProxyConfig") return printMessage(name, message);
    const { concurrency, ...rest } = message;
    const told = plainConcurrency && Number(concurrency) === 0 ? rest : message;
    const text = known.get(message) ?? printMessage(name, withoutDefaults(told, defaults));
    known.set(message, text);
    return text;
  };
}

/** All lines but the first moved to the right. */
function indented(context: Context, spaces: number, text: string): string {
  if (spaces < 0) throw new Failure("a negative number of spaces");
  const lines = text.split("\n");
  context.makeText(text.length + spaces * (lines.length - 1));
  return lines.join(`\n${" ".repeat(spaces)}`);
}

function jsonOf(texts: Texts): string {
  return texts === undefined || texts === null ? "{}" : goJson(keysSorted(texts));
}

function merged(maps: readonly Texts[]): Labels {
  return Object.assign(newDict(), ...maps) as Labels;
}

function omitKeys(texts: Texts, keys: readonly string[]): Labels {
  const omitted = new Set(keys);
  const kept = newDict();
  for (const key of sortedKeys(texts ?? {})) if (!omitted.has(key)) kept[key] = texts?.[key];
  return kept as Labels;
}

function pairs(texts: readonly string[]): Labels {
  const map = newDict();
  for (let i = 0; i < texts.length; i += 2) map[texts[i] ?? ""] = texts[i + 1] ?? "";
  return map as Labels;
}

/**
 * The functions of a release; where the table has a name of sprig's, it takes its place.
 * @param environment the environment of the injector, as far as it is known
 */
export function injectionFunctions(
  facts: ReleaseFacts = nearestFacts(newestRelease),
  environment: Labels = {},
): Functions {
  const printed = messagePrinter(proxyDefaultsOf(facts), facts);
  const present = Object.entries(unchanging).filter(([name]) => facts.templateFunctions[name] !== false);
  return {
    ...Object.fromEntries(present),
    protoToJSON: typed([protoMessage], stringType, (_, [value]) => protoJson(value as Value, printed)),
    appendMultusNetwork: fn("string, string", "string", (existing, network) =>
      appendMultusNetwork(existing, network, facts),
    ),
    env: fn("string, string", "string", (name, fallback) => environment[name] || fallback),
  };
}

/** Those that do the same in all releases that have them. */
const unchanging: Functions = {
  annotation: typed([kubernetesType("ObjectMeta"), stringType, anyType], stringType, (context, args) => {
    const annotations = objectOf(objectOf(args[0] as JsonObject).annotations);
    const name = args[1] as string;
    return Object.hasOwn(annotations, name)
      ? textOf(annotations[name])
      : sprintValue(args[2] as Value, context);
  }),
  isset: fn("stringMap, string", "bool", (map, key) => map !== undefined && Object.hasOwn(map, key)),
  valueOrDefault: fn("any, any", "any", (value, other) =>
    value === "" || value === null || value === undefined ? other : value,
  ),
  excludeInboundPort: fnIn("any, string", "string", excludePort),
  includeInboundPorts: typed([containerSlice], stringType, (_, [raw]) => tcpPorts(containersIn(raw))),
  applicationPorts: typed([containerSlice], stringType, (_, [raw]) =>
    tcpPorts(containersIn(raw).filter(({ name }) => name !== proxyName)),
  ),
  kubevirtInterfaces: fn("string", "string", (text) => text),
  excludeInterfaces: fn("string", "string", (text) => text),
  formatDuration: typed([pointerTo(durationType)], stringType, (_, [raw]) =>
    goDurationText(nanosecondsOf(raw)),
  ),
  toJSON: fn("stringMap", "string", jsonOf),
  toJsonMap: typed(
    [sliceOf(stringMap)],
    stringType,
    (_, maps) => {
      const all = maps as readonly Texts[];
      return all.length === 0 ? "null" : jsonOf(merged(all));
    },
    true,
  ),
  mergeMaps: typed(
    [sliceOf(stringMap)],
    stringMap,
    (_, maps) => (maps.length === 0 ? undefined : merged(maps as readonly Texts[])),
    true,
  ),
  fromJSON: fn("string", "any", (text) => orElse<Value>("{}", () => parseJson(text))),
  structToJSON: fnIn("any", "string", (context, value) => structJson(context, value, "{}")),
  toYaml: fnIn("any", "string", toYaml),
  indent: fnIn("int, string", "string", indented),
  directory: fn("string", "string", (path) => path.slice(0, path.lastIndexOf("/") + 1)),
  contains: fn("string, string", "bool", (needle, text) => text.includes(needle)),
  toLower: fn("string", "string", (text) => text.toLowerCase()),
  omit: typed(
    [stringMap, stringSlice],
    stringMap,
    (_, [map, ...keys]) => omitKeys(map as Texts, keys as string[]),
    true,
  ),
  omitNil: fn("any", "any", (value) =>
    Array.isArray(value) || isDict(value) ? (omitNil(value as Json) as Value) : (value ?? null),
  ),
  strdict: typed([stringSlice], stringMap, (_, texts) => pairs(texts as readonly string[]), true),
  otelResourceAttributes: typed(
    [pointerTo(messageGoType("MeshConfig")), stringMap, stringMap, stringType, containerSlice],
    stringType,
    (_, [mesh, annotations, labels, namespace, containers]) =>
      otelResourceAttributes(
        isObject(mesh as Json) ? (mesh as Message) : {},
        (annotations as Texts) ?? {},
        (labels as Texts) ?? {},
        namespace as string,
        containersIn(containers),
      ),
  ),
};
