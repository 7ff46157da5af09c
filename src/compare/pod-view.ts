/** A pod as a map of maps, so that two of them can be compared by name instead of by position. */
import {
  annotationsOf,
  type Container,
  containersOf,
  initName,
  labelsOf,
  objectOf,
  type Pod,
  proxyName,
  textOf,
  validationName,
} from "../istio/inject/pod.ts";
import { at, isObject, type Json, type JsonObject } from "../kube/json.ts";

/** The containers that injection adds whatever the pod is. */
export const injectedNames: ReadonlySet<string> = new Set([proxyName, initName, validationName]);

/** What an injection writes down of itself. */
const records: ReadonlySet<string> = new Set(["sidecar.istio.io/status", "proxy.istio.io/overrides"]);

/**
 * The pod as maps: `labels`, `annotations`, each container of either list by its name, and every other part of its spec by its own. Lists whose
 * items have a name are maps of these; the order of containers and the list that the proxy stands in are not told.
 */
export function podView(pod: Pod): JsonObject {
  const { containers: _, initContainers: __, ...spec } = objectOf(pod.spec);
  const annotations = Object.entries(annotationsOf(pod)).filter(([key]) => !records.has(key));
  const view: Record<string, Json> = {
    labels: labelsOf(pod),
    annotations: Object.fromEntries(annotations),
  };
  for (const [key, value] of Object.entries(spec)) view[key] = byName(value);
  for (const list of ["initContainers", "containers"] as const)
    for (const container of containersOf(pod, list)) view[textOf(container.name)] = containerView(container);
  return view;
}

/** The names of a pod's containers as they are listed, init containers first. */
export function containerOrder(pod: Pod): readonly string[] {
  return (["initContainers", "containers"] as const).flatMap((list) =>
    containersOf(pod, list).map(({ name }) => textOf(name)),
  );
}

function containerView(container: Container): JsonObject {
  const { name, restartPolicy, args, ...rest } = container;
  const isInjected = injectedNames.has(textOf(name));
  const view = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, byName(value)]));
  return {
    ...view,
    ...(args === undefined ? {} : { args: isInjected ? byFlag(args) : args }),
    // Where the proxy stands, and so whether it is started again, is told as such.
    ...(restartPolicy === undefined || isInjected ? {} : { restartPolicy }),
  };
}

/** Lists of named items as maps of them, on every level. */
function byName(value: Json): Json {
  if (Array.isArray(value)) {
    const keys = value.map(nameOf);
    if (value.length === 0 || keys.some((key) => key === undefined)) return value;
    const view: Record<string, Json> = {};
    value.forEach((item: Json, index) => {
      const key = keys[index] ?? "";
      const own = Object.hasOwn(view, key) ? `${key} #${index}` : key;
      view[own] = itemView(item);
    });
    return view;
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, byName(inner)]));
}

/** A volume may be mounted twice; a port need not have a name. */
function nameOf(item: Json): string | undefined {
  if (!isObject(item)) return undefined;
  const name = item.mountPath ?? item.containerPort ?? item.name;
  return typeof name === "string" || typeof name === "number" ? String(name) : undefined;
}

function itemView(item: Json): Json {
  if (!isObject(item)) return item;
  const { name, value, ...others } = item;
  const isVariable = typeof value === "string" && Object.keys(others).length === 0;
  return isVariable ? parsed(textOf(name), value) : byName(withoutDefaults(item));
}

/** What Kubernetes takes for the same: a divisor of 0 and of 1, a volume without a source and an empty directory. */
function withoutDefaults(item: JsonObject): JsonObject {
  const { emptyDir, ...volume } = item;
  if (isObject(emptyDir) && Object.keys(emptyDir).length === 0) return volume;
  const { divisor, ...field } = objectOf(at(item, ["valueFrom", "resourceFieldRef"]));
  if (divisor !== "0" && divisor !== "1") return item;
  return { ...item, valueFrom: { resourceFieldRef: field } };
}

/** The variable that holds the proxy's configuration as JSON is that; any other its text. */
function parsed(name: string, text: string): Json {
  if (name !== "PROXY_CONFIG") return text;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

/** Arguments by their flags, each with what follows it up to the next. */
function byFlag(args: Json): Json {
  if (!Array.isArray(args)) return args;
  const view: Record<string, string> = {};
  let flag = "";
  for (const given of args) {
    const text = textOf(given);
    if (/^--?[a-zA-Z]/.test(text)) {
      flag = text;
      view[flag] ??= "";
    } else view[flag] = view[flag] ? `${view[flag]} ${text}` : text;
  }
  return view;
}
