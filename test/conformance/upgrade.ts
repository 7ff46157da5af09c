/**
 * Conformance family upgrade: of the same input under two successive releases, what compare says of our two injections is what differs
 * between the two recorded outputs, told apart by a comparison of its own.
 */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { type InjectedSide, sidecarAspects } from "../../src/compare/sidecar-aspects.ts";
import { injectStream } from "../../src/fix/stream.ts";
import { metadataOf, objectOf, objectsOf, type Pod, textOf } from "../../src/istio/inject/pod.ts";
import type { Istiod } from "../../src/istio/inject/webhook.ts";
import { nearestFacts } from "../../src/istio/releases.ts";
import { readSidecar } from "../../src/istio/sidecar.ts";
import { decode } from "../../src/kube/decode.ts";
import { at, isObject, type Json, type JsonObject } from "../../src/kube/json.ts";
import { podTemplatesOf } from "../../src/kube/workload.ts";
import { type Case, type Data, jsonLines } from "./family.ts";
import { type Config, configOf, parse } from "./injection-configs.ts";
import { profileConfigOf } from "./injection-profile.ts";

interface Line {
  readonly id: string;
  readonly release: string;
  readonly config: string;
  readonly env: { readonly [name: string]: string };
  readonly args: readonly string[];
  readonly input: string;
  readonly error: boolean;
  readonly output: string;
}

const releases = ["1.16.7", "1.20.8", "1.24.6", "1.26.8", "1.28.10", "1.30.3"];

export async function* family({ directory }: Data): AsyncGenerator<Case> {
  const folder = join(dirname(directory), "releases");
  let earlier = new Map<string, Line>();
  let before = "";
  for (const release of releases) {
    const file = join(folder, `cases-${release}.jsonl`);
    if (!existsSync(file)) continue;
    const lines = new Map<string, Line>();
    for await (const line of jsonLines<Line>(file)) {
      const suffix = line.id.slice(line.id.indexOf("/") + 1);
      lines.set(suffix, line);
      const other = earlier.get(suffix);
      if (!other) continue;
      yield {
        id: `${before}..${line.id}`,
        group: `${before}..${release}`,
        failure: judge(folder, other, line),
      };
    }
    earlier = lines;
    before = release;
  }
}

/** An input injected: by us, and as it was recorded. */
type Injected =
  | { readonly ok: true; readonly pods: readonly { readonly ours: InjectedSide; readonly theirs: Pod }[] }
  | { readonly ok: false };

function judge(folder: string, left: Line, right: Line): string | undefined {
  const [one, other] = [injected(folder, left), injected(folder, right)];
  if (one.ok !== !left.error || other.ok !== !right.error) return "refused on another side than recorded";
  if (!one.ok || !other.ok) return undefined;
  if (one.pods.length !== other.pods.length) return "another number of pods";
  for (const [index, { ours, theirs }] of one.pods.entries()) {
    const counterpart = other.pods[index];
    if (!counterpart) continue;
    const told = sidecarAspects(ours, counterpart.ours).map(({ what, path = "" }) =>
      what === "other" ? `other ${path}` : what,
    );
    const wanted = recorded(theirs, counterpart.theirs);
    const [said, truth] = [told, wanted].map((names) => [...new Set(names)].sort().join("; "));
    if (said !== truth) return `pod ${index}: told ${said || "nothing"}, recorded ${truth || "nothing"}`;
  }
  return undefined;
}

function injected(folder: string, line: Line): Injected {
  const { release, config, env, args } = line;
  const asked = args[args.indexOf("--revision") + 1] ?? "";
  const name = join(release, config);
  // Before 1.20 there is no profile of our own.
  const read: Config =
    release === "1.16.7"
      ? configOf(folder, name, release, env)
      : profileConfigOf(folder, name, release, {}, env);
  const istiod: Istiod = {
    ...read,
    native: env.ENABLE_NATIVE_SIDECARS === "true",
    revision: asked === "default" ? "" : asked,
    platform: "",
    facts: nearestFacts(release),
    readYaml: parse,
  };
  const stream = injectStream(istiod, line.input);
  if (!stream.ok) return { ok: false };
  let rest = line.output;
  const pods: { ours: InjectedSide; theirs: Pod }[] = [];
  for (const part of stream.parts) {
    if (part.is === "as-written") {
      rest = rest.slice(part.text.length + 4);
      continue;
    }
    const end = rest.startsWith("---\n") ? 0 : rest.indexOf("\n---\n") + 1;
    const truth = parse(rest.slice(0, end));
    rest = rest.slice(end + 4);
    const theirs = podsIn((truth.ok ? truth.value : null) ?? null);
    const after = podsIn(part.object);
    podsIn(part.before).forEach((written, index) => {
      const [pod, their] = [after[index], theirs[index]];
      if (pod && their) pods.push({ ours: side(istiod, written, pod), theirs: their });
    });
  }
  return { ok: true, pods };
}

function side(istiod: Istiod, written: Pod, pod: Pod): InjectedSide {
  const annotations = objectOf(metadataOf(written).annotations);
  const templates = textOf(annotations["inject.istio.io/templates"]) || "sidecar";
  const sidecar = readSidecar(istiod, { before: written, after: pod, rendered: pod, templates: [templates] });
  return { sidecar, before: written, pod, native: sidecar?.native };
}

/** The pod templates of an object, and of the items of a list, as Kubernetes reads them. */
function podsIn(object: Json): readonly Pod[] {
  if (!isObject(object)) return [];
  if (object.kind === "List") return objectsOf(object.items).flatMap(podsIn);
  const templates = podTemplatesOf(textOf(object.apiVersion), textOf(object.kind), []) ?? [];
  return templates.flatMap((path) => {
    const typed = decode("Pod", at(object, path) ?? null, { via: "json" });
    return typed.ok ? [{ metadata: metadataOf(typed.value), spec: objectOf(typed.value.spec) }] : [];
  });
}

const proxies = ["istio-proxy", "istio-init", "istio-validation"];
const captureFlags = ["-m", "-i", "-x", "-q", "-o", "-b", "-d", "-u"];
const probes = ["readinessProbe", "livenessProbe", "startupProbe", "lifecycle"];

/** What differs between two recorded pods, by aspects; equal in meaning is equal (differences.md). */
function recorded(left: Pod, right: Pod): readonly string[] {
  const [one, other] = [leaves(left), leaves(right)];
  const paths = topmost(
    [...new Set([...one.keys(), ...other.keys()])].filter((path) => one.get(path) !== other.get(path)),
    one,
    other,
  );
  const isProxied = (name: string) =>
    [left, right].every((pod) => imageIn(pod, name) === imageIn(pod, "istio-proxy"));
  const found = paths.map((path): string => {
    const [container = "", part = "", third = ""] = path;
    if (container === "istio-proxy" && part === "image") return "image";
    if (container === "istio-proxy" && part === "resources") return "resources";
    if (container === "istio-proxy" && part === "env" && third === "ISTIO_KUBE_APP_PROBERS") return "probers";
    if (proxies.includes(container) && part === "image" && isProxied(container)) return "image";
    if (proxies.includes(container) && part === "args" && captureFlags.includes(third)) return "capture";
    const isAsked = part !== "lifecycle" || path[3] !== "sleep";
    if (!proxies.includes(container) && probes.includes(part) && isAsked) return "probes";
    return `other ${path.join(" ")}`;
  });
  const listOf = (pod: Pod) => (nameList(pod, "initContainers").includes("istio-proxy") ? "init" : "other");
  const isMoved = listOf(left) !== listOf(right);
  const order = (pod: Pod, with_: Pod) =>
    [...nameList(pod, "initContainers"), ...nameList(pod, "containers")].filter(
      (name) =>
        [...nameList(with_, "initContainers"), ...nameList(with_, "containers")].includes(name) &&
        !(isMoved && name === "istio-proxy"),
    );
  const userPart = (name: string) =>
    /^other istio-(?:init|validation) securityContext runAs(?:User|Group)$/.test(name);
  const hasProbes = found.includes("probes");
  return [
    ...found
      .filter((name) => !(name === "probers" && hasProbes) && !(userPart(name) && found.includes("capture")))
      .map((name) => (name === "probers" ? "other istio-proxy env ISTIO_KUBE_APP_PROBERS" : name)),
    ...(isMoved ? ["native"] : []),
    ...(order(left, right).join() === order(right, left).join() ? [] : ["other order of containers"]),
  ];
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
  const add = (path: string, value: Json): void => {
    if (value === null || /divisor$|\nemptyDir$/.test(path)) return;
    if (Array.isArray(value)) {
      const names = value.map((item: Json) =>
        isObject(item) ? (item.mountPath ?? item.containerPort ?? item.name) : undefined,
      );
      if (value.length === 0 || names.includes(undefined)) found.set(path, JSON.stringify(value));
      else for (const [index, item] of value.entries()) addItem(`${path}\n${names[index]}`, item);
    } else if (isObject(value)) {
      if (Object.keys(value).length === 0 && !path.includes("\nlifecycle")) found.set(path, "{}");
      for (const [key, inner] of Object.entries(value)) add(`${path}\n${key}`, inner);
    } else found.set(path, JSON.stringify(value));
  };
  const addItem = (path: string, item: Json): void => {
    const { name, value, valueFrom, ...others } = objectOf(item);
    if (typeof value !== "string") add(path, item);
    else if (path.endsWith("\nPROXY_CONFIG")) add(path, JSON.parse(value) as JsonObject);
    else found.set(path, JSON.stringify([value, others]));
  };
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
        found.set(`${path}\nargs\n${flag}`, value);
    }
  }
  return found;
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
