/** What differs between two recorded pods, told apart by a comparison that shares nothing with the engine's. */
import { metadataOf, objectOf, objectsOf, type Pod, textOf } from "../../src/istio/inject/pod.ts";
import { at, isObject, type Json, type JsonObject } from "../../src/kube/json.ts";
import { isSameQuantity } from "../../src/kube/quantity.ts";

const proxies = ["istio-proxy", "istio-init", "istio-validation"];
const captureFlags: Readonly<Record<string, string>> = {
  "-m": "mode",
  "-i": "includedRanges",
  "-x": "excludedRanges",
  "-q": "includedOutboundPorts",
  "-o": "excludedOutboundPorts",
  "-b": "includedInboundPorts",
  "-d": "excludedInboundPorts",
  "-u": "user",
};
const probes = ["readinessProbe", "livenessProbe", "startupProbe", "lifecycle"];

/** A difference with its values, in a form in which both sides can be compared. */
export interface Difference {
  readonly what: string;
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** What differs between two recorded pods, by aspects; equal in meaning is equal (differences.md). */
export function recordedDifferences(left: Pod, right: Pod): readonly Difference[] {
  const [one, other] = [leaves(left), leaves(right)];
  const paths = topmost(
    [...new Set([...one.keys(), ...other.keys()])].filter((path) => one.get(path) !== other.get(path)),
    one,
    other,
  );
  const isProxied = (name: string) =>
    [left, right].every((pod) => imageIn(pod, name) === imageIn(pod, "istio-proxy"));
  const isMoved = listOf(left) !== listOf(right);
  const named = [...namedDifferences(left, right)];
  const has = (what: string) => named.some((one) => one.what === what);
  const others = paths.flatMap((path): readonly Difference[] => {
    const [container = "", part = "", third = ""] = path;
    if (container === "istio-proxy" && (part === "image" || part === "resources")) return [];
    const isMirror = container === "istio-proxy" && part === "env" && third === "ISTIO_KUBE_APP_PROBERS";
    if (isMirror && has("probes")) return [];
    if (proxies.includes(container)) {
      if (part === "image" && isProxied(container)) return [];
      if (part === "args" && third in captureFlags && has("capture")) return [];
      if (part === "securityContext" && /^runAs(?:User|Group)$/.test(third) && has("capture")) return [];
    } else if (probes.includes(part) && (part !== "lifecycle" || path[3] !== "sleep")) return [];
    const key = path.join("\n");
    return [{ what: "other", path: path.join(" "), before: valueAt(one, key), after: valueAt(other, key) }];
  });
  const [before, after] = [shared(left, right, isMoved), shared(right, left, isMoved)];
  return [
    ...named,
    ...others,
    ...(before === after ? [] : [{ what: "other", path: "order of containers", before, after }]),
  ];
}

function listOf(pod: Pod): string {
  return nameList(pod, "initContainers").includes("istio-proxy") ? "native sidecar" : "ordinary container";
}

/** The names of containers that another pod has as well, as they are listed; without the proxy where it is in another list. */
function shared(pod: Pod, other: Pod, isMoved: boolean): string {
  const names = (one: Pod) => [...nameList(one, "initContainers"), ...nameList(one, "containers")];
  const known = names(other);
  return names(pod)
    .filter((name) => known.includes(name) && !(isMoved && name === "istio-proxy"))
    .join(", ");
}

/** What has a name of its own: image, resources, capture, probes, and the list that the proxy stands in. */
function* namedDifferences(left: Pod, right: Pod): Generator<Difference> {
  const pair = function* (
    what: string,
    path: string,
    of: (pod: Pod) => string | null,
  ): Generator<Difference> {
    const [before, after] = [of(left), of(right)];
    if (before !== after) yield { what, path, before, after };
  };
  yield* pair("image", "", (pod) => textOf(containerOf(pod, "istio-proxy")?.image ?? ""));
  for (const kind of ["requests", "limits"]) {
    for (const name of ["cpu", "memory"]) {
      const none = kind === "limits" ? "unlimited" : "none";
      const of = (pod: Pod) => textOf(at(containerOf(pod, "istio-proxy"), ["resources", kind, name]) ?? none);
      if (!isSameQuantity(of(left), of(right))) yield* pair("resources", `${kind}.${name}`, of);
    }
  }
  for (const [flag, setting] of Object.entries(captureFlags))
    yield* pair("capture", setting, (pod) => captureFlag(pod, flag));
  for (const name of [...nameList(left, "initContainers"), ...nameList(left, "containers")]) {
    if (proxies.includes(name)) continue;
    for (const handler of [
      "readinessProbe",
      "livenessProbe",
      "startupProbe",
      "lifecycle preStop",
      "lifecycle postStart",
    ]) {
      const path = handler.split(" ");
      if ([left, right].some((pod) => at(containerOf(pod, name), path) === undefined)) continue;
      yield* pair("probes", `${name} ${handler}`, (pod) =>
        probeText(at(containerOf(pod, name), path) ?? null),
      );
    }
  }
  yield* pair("native", "", listOf);
}

/** Where a probe is asked: by the agent, or as it is written. */
function probeText(probe: Json): string {
  const { path = "", port = "" } = objectOf(at(probe, ["httpGet"]));
  return /^\/app-(?:health|lifecycle)\//.test(textOf(path)) ? `:${port}${textOf(path)}` : "as written";
}

function captureFlag(pod: Pod, flag: string): string | null {
  const init = containerOf(pod, "istio-init");
  // Without that the plugin on the node is told no user, and the container that looks after it has one of its own.
  if (!init && flag === "-u") return null;
  const { args } = init ?? containerOf(pod, "istio-validation") ?? {};
  const [, value = ""] = flags(Array.isArray(args) ? args : []).find(([name]) => name === flag) ?? [];
  return value === "" ? null : value;
}

function containerOf(pod: Pod, name: string): JsonObject | undefined {
  const { containers, initContainers } = objectOf(pod.spec);
  return [...objectsOf(containers), ...objectsOf(initContainers)].find((one) => one.name === name);
}

/** What stands at a path or below it. */
function valueAt(all: ReadonlyMap<string, string>, key: string): string | null {
  const found = [...all].filter(([path]) => path === key || path.startsWith(`${key}\n`));
  return found.length === 0
    ? null
    : found
        .flatMap(([path, text]) => linesOf(path.slice(key.length), plainOf(text)))
        .sort()
        .join("\n");
}

/** A variable is its value. */
function plainOf(text: string): Json {
  const value = JSON.parse(text) as Json;
  return Array.isArray(value) && value.length === 2 && isObject(value[1]) ? (value[0] ?? null) : value;
}

/** A value as text in the same form: a line for each part. */
export function canonicalText(text: string | null): string | null {
  return text === null ? null : linesOf("", text).toSorted().join("\n");
}

function linesOf(path: string, value: Json): readonly string[] {
  const json = typeof value === "string" && /^[{[]/.test(value) ? parsed(value) : undefined;
  if (json === undefined)
    return [
      `${path.replaceAll("\n", " ").trim()} = ${typeof value === "object" ? JSON.stringify(value) : value}`,
    ];
  const found = new Map<string, string>();
  addLeaves(found, path, json);
  return [...found].map(
    ([inner, text]) => `${inner.replaceAll("\n", " ").trim()} = ${shownLeaf(plainOf(text))}`,
  );
}

function shownLeaf(value: Json): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function nameList(pod: Pod, list: "containers" | "initContainers"): readonly string[] {
  return objectsOf(objectOf(pod.spec)[list]).map(({ name }) => textOf(name));
}

function imageIn(pod: Pod, name: string): Json | undefined {
  const { containers, initContainers } = objectOf(pod.spec);
  return [...objectsOf(containers), ...objectsOf(initContainers)].find((one) => one.name === name)?.image;
}

/** Of paths below a part that only one side has, the part. */
function topmost(
  paths: readonly string[],
  one: ReadonlyMap<string, string>,
  other: ReadonlyMap<string, string>,
): readonly (readonly string[])[] {
  const has = (leafs: ReadonlyMap<string, string>, prefix: string) =>
    [...leafs.keys()].some((key) => key === prefix || key.startsWith(`${prefix}\n`));
  const found = new Set<string>();
  for (const path of paths) {
    const steps = path.split("\n");
    // A handler that sleeps was printed as an empty one, which is there on both sides.
    const sleep = steps.indexOf("sleep");
    const depth =
      sleep > 0
        ? sleep
        : steps.findIndex((_, index) => {
            const prefix = steps.slice(0, index + 1).join("\n");
            return index > 0 || !["labels", "annotations"].includes(prefix)
              ? has(one, prefix) !== has(other, prefix)
              : false;
          });
    found.add(depth < 0 ? path : steps.slice(0, depth + 1).join("\n"));
  }
  return [...found].map((path) => path.split("\n"));
}

/** Every value of a pod by its path, steps on lines; named items by their name. */
function leaves(pod: Pod): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const { containers, initContainers, ...spec } = objectOf(pod.spec);
  const { labels, annotations } = metadataOf(pod);
  const add = (path: string, value: Json) => addLeaves(found, path, value);

  add("labels", labels ?? null);
  for (const [key, value] of Object.entries(objectOf(annotations)))
    if (key !== "sidecar.istio.io/status" && key !== "proxy.istio.io/overrides")
      add(`annotations\n${key}`, value);
  for (const [key, value] of Object.entries(spec)) add(key, value);
  for (const container of [...objectsOf(initContainers), ...objectsOf(containers)]) {
    const { name, args, restartPolicy, ...rest } = container;
    const path = textOf(name);
    for (const [key, value] of Object.entries(rest)) add(`${path}\n${key}`, value);
    if (!proxies.includes(path)) {
      if (args !== undefined) add(`${path}\nargs`, args);
      if (restartPolicy !== undefined) add(`${path}\nrestartPolicy`, restartPolicy);
    } else {
      for (const [flag, value] of flags(Array.isArray(args) ? args : []))
        found.set(`${path}\nargs\n${flag}`, JSON.stringify(value));
    }
  }
  return found;
}

function addLeaves(found: Map<string, string>, path: string, value: Json): void {
  if (value === null || /divisor$|\nemptyDir$/.test(path)) return;
  const add = (inner: string, item: Json) => addLeaves(found, inner, item);
  if (Array.isArray(value)) {
    const names = value.map((item: Json) =>
      isObject(item) ? (item.mountPath ?? item.containerPort ?? item.name) : undefined,
    );
    if (value.length === 0 || names.includes(undefined)) found.set(path, JSON.stringify(value));
    else for (const [index, item] of value.entries()) addItemTo(found, `${path}\n${names[index]}`, item);
  } else if (isObject(value)) {
    if (Object.keys(value).length === 0 && !path.includes("\nlifecycle")) found.set(path, "{}");
    for (const [key, inner] of Object.entries(value)) add(`${path}\n${key}`, inner);
  } else found.set(path, JSON.stringify(value));
}

function addItemTo(found: Map<string, string>, path: string, item: Json): void {
  const { name, value, valueFrom, ...others } = objectOf(item);
  if (typeof value !== "string") addLeaves(found, path, item);
  else if (path.endsWith("\nPROXY_CONFIG")) addLeaves(found, path, JSON.parse(value) as JsonObject);
  else found.set(path, JSON.stringify([value, others]));
}

function flags(args: readonly Json[]): readonly (readonly [string, string])[] {
  const found: [string, string][] = [];
  for (const given of args) {
    const last = found.at(-1);
    if (/^--?[a-zA-Z]/.test(textOf(given))) found.push([textOf(given), ""]);
    else if (last) last[1] = last[1] === "" ? textOf(given) : `${last[1]} ${textOf(given)}`;
    else found.push(["", textOf(given)]);
  }
  return found;
}
