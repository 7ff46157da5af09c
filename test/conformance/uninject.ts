/** Conformance family uninject: what the cases of injection, releases and legacy came from comes back, but for what is named as not recorded. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { isInjectable } from "../../src/istio/inject/kinds.ts";
import { knownSpec } from "../../src/istio/inject/known-fields.ts";
import { objectOf, objectsOf, textOf } from "../../src/istio/inject/pod.ts";
import { type Uninjected, type Unrecorded, uninject } from "../../src/istio/inject/uninject.ts";
import { uninjectChecked } from "../../src/istio/inject/uninject-checked.ts";
import type { Istiod } from "../../src/istio/inject/webhook.ts";
import { nearestFacts } from "../../src/istio/releases.ts";
import { decode } from "../../src/kube/decode.ts";
import { at, isObject, type Json, type JsonObject } from "../../src/kube/json.ts";
import { type Path, podTemplatesOf } from "../../src/kube/workload.ts";
import { yamlReaderChunks } from "../../src/source/kubernetes-split.ts";
import { difference } from "./canonical.ts";
import { type Case, type Data, jsonLines } from "./family.ts";
import { configOf, parse } from "./injection-configs.ts";

interface Line {
  readonly id: string;
  readonly mode?: "webhook" | "manual";
  readonly release?: string;
  readonly error: boolean;
  readonly input: Json;
  readonly output?: Json;
  /** Of what an old uninject was given: the manifest before injection, where it is known. */
  readonly original?: Json;
  readonly config: string;
  readonly env?: { readonly [name: string]: string };
  readonly args?: readonly string[];
  readonly platform?: "" | "openshift";
  readonly nativeSidecars?: boolean;
  readonly revision?: string;
  /** In webhook mode whether the policy wanted it. */
  readonly injected?: boolean;
}

const releases = ["1.30.3", "1.28.10", "1.26.8", "1.24.6", "1.20.8", "1.16.7"];
const files = [
  ...["goldens", "generated", "generated-random", "generated-reinject", "generated-manual"].map(
    (name) => `injection/${name}`,
  ),
  ...releases.flatMap((release) => [`releases/cases-${release}`, `releases/goldens-${release}`]),
];

/** Of injectors up to 1.8, which nothing here injects again: manifests, and what the uninject of that time was given. */
const legacy = ["1.6.5", "1.6.14", "1.8.6", "1.16.7"].flatMap((release) => [
  `legacy/generated-${release}`,
  `legacy/goldens-${release}`,
  `legacy/uninject-${release}`,
]);

export async function* family({ directory }: Data): AsyncGenerator<Case> {
  for (const group of files) {
    const file = join(dirname(directory), `${group}.jsonl`);
    if (!existsSync(file)) continue;
    for await (const line of jsonLines<Line>(file)) {
      if (line.error || line.injected === false) continue;
      const istiod = istiodOf(line, dirname(file));
      if (isStock(istiod)) yield { id: line.id, group, failure: judge(line, uninject) };
      const checked = (object: JsonObject) => uninjectChecked(istiod, object);
      yield { id: line.id, group: `${group}, with the injector`, failure: judge(line, checked) };
    }
  }
  yield* legacyCases(directory);
}

async function* legacyCases(directory: string): AsyncGenerator<Case> {
  for (const group of [...legacy, "legacy/seed", "legacy/uninject-1.30.3-by-1.16.7"]) {
    const file = join(dirname(directory), `${group}.jsonl`);
    if (!existsSync(file)) continue;
    for await (const { original, ...line } of jsonLines<Line>(file)) {
      const [input, output] = original === undefined ? [line.input, line.output] : [original, line.input];
      if (input === null || (original === undefined && line.error)) continue;
      yield { id: line.id, group, failure: judge({ ...line, input, output: output ?? "" }, uninject) };
    }
  }
}

function istiodOf(line: Line, directory: string): Istiod {
  const { release, config, env = {}, args = [] } = line;
  const asked = args[args.indexOf("--revision") + 1] ?? line.revision ?? "";
  const name = release === undefined ? config : join(release, config);
  return {
    ...configOf(directory, name, release, env),
    native: line.nativeSidecars ?? env.ENABLE_NATIVE_SIDECARS === "true",
    revision: asked === "default" ? "" : asked,
    platform: line.platform ?? "",
    facts: nearestFacts(release ?? "1.30.3"),
    readYaml: parse,
  };
}

const stock = new Set("sidecar gateway grpc-agent grpc-simple waypoint kube-gateway agentgateway".split(" "));

/** Whether an injector has nothing but Istio's templates; what others write is recorded nowhere, and known with the injector alone. */
function isStock({ injector: { templates, injectedAnnotations } }: Istiod): boolean {
  const names = [...templates.keys()];
  const isOwn = names.some((name) => !stock.has(name)) || !templates.has("grpc-agent");
  return !isOwn && Object.keys(injectedAnnotations).length === 0;
}

type Uninject = (object: JsonObject) => Uninjected;

function judge({ mode, release = "1.30.3", input, output }: Line, back: Uninject): string | undefined {
  if (mode === "webhook") return judgeObject(podOf(input), podOf(output), release, back);
  const outputs = documentsOf(String(input), String(output ?? ""));
  for (const [index, [before, after]] of outputs.entries()) {
    const failure = judgeObject(before, after, release, back);
    if (failure) return `document ${index}: ${failure}`;
  }
  return undefined;
}

function podOf(json: Json | undefined): JsonObject {
  return { apiVersion: "v1", kind: "Pod", ...objectOf(json) };
}

/** The documents that kube-inject handled, before and after; all others it prints as they are. */
function documentsOf(input: string, output: string): readonly (readonly [Json, Json])[] {
  let rest = output;
  return yamlReaderChunks(input).chunks.flatMap((chunk) => {
    const read = parse(chunk);
    const before = read.ok ? (read.value ?? null) : null;
    if (!isObject(before) || !isInjectable(textOf(before.kind))) {
      rest = rest.slice(chunk.length + 4);
      return [];
    }
    const end = rest.startsWith("---\n") ? 0 : rest.indexOf("\n---\n") + 1;
    const written = parse(rest.slice(0, end));
    rest = rest.slice(end + 4);
    return [[before, (written.ok ? written.value : null) ?? null] as const];
  });
}

function judgeObject(before: Json, after: Json, release: string, uninjected: Uninject): string | undefined {
  if (!isObject(before) || !isObject(after)) return "is no object";
  const original = uninject(objectOf(inRecord(before, after)));
  const back = uninjected(after);
  if (!original.ok) return `the original is taken for injected: ${original.errors[0]?.message}`;
  if (!back.ok) return hasStatus(after) ? `cannot be taken back: ${back.errors[0]?.message}` : undefined;
  const unknown = [back, original].flatMap(({ unrecorded, object }) =>
    unrecorded.map((one) => placeOf(one, object)),
  );
  return difference(
    spelt(comparable(back.object, unknown, release)),
    spelt(comparable(original.object, unknown, release)),
  );
}

const status = "sidecar.istio.io/status";
const record = "proxy.istio.io/overrides";

/** Whether the status is injection's: an injector can be told to write something else there, and then nothing is recorded. */
function hasStatus(object: JsonObject): boolean {
  return JSON.stringify(object).includes(`"${status}":"{`);
}

/**
 * The original in the words of the record: a status that is none, which every injection replaces, is left out, and recorded containers
 * that nobody injected count as what they record.
 */
function inRecord(before: Json, after: Json | undefined): Json {
  if (Array.isArray(before)) return before.map((item: Json, index) => inRecord(item, at(after, [index])));
  if (!isObject(before)) return before;
  const entries = Object.entries(before).map(([key, value]): [string, Json] => {
    const other = at(after, [key]);
    const isMarked = key === "annotations" && isObject(value) && at(other, [status]) !== undefined;
    return [key, isMarked ? annotationsInRecord(value, objectOf(other)) : inRecord(value, other)];
  });
  return Object.fromEntries(entries);
}

function annotationsInRecord({ [status]: was, ...annotations }: JsonObject, after: JsonObject): JsonObject {
  if (textOf(was).startsWith("{")) return { [status]: textOf(was), ...annotations };
  if (annotations[record] === undefined) return annotations;
  const { [record]: text, ...others } = annotations;
  const [own, recorded] = [recordIn(text), recordIn(after[record])];
  const kept: Record<string, readonly JsonObject[]> = {};
  for (const list of ["containers", "initContainers"]) {
    const names = objectsOf(recorded[list]).map(({ name }) => name);
    kept[list] = objectsOf(own[list]).filter(({ name = "" }) => names.includes(name));
  }
  const names = Object.entries(kept).map(([list, containers]) => [
    list,
    containers.map(({ name = "" }) => name),
  ]);
  return {
    ...others,
    [status]: JSON.stringify(Object.fromEntries(names)),
    [record]: JSON.stringify(kept),
  };
}

function recordIn(text: Json | undefined): JsonObject {
  return objectOf(JSON.parse(textOf(text) || "{}") as Json);
}

/** The settings of Prometheus spelt in one way of the many that mean the same. */
function spelt(json: Json): Json {
  if (Array.isArray(json)) return json.map(spelt);
  if (!isObject(json)) return json;
  const entries = Object.entries(json).map(([key, value]): [string, Json] => {
    const setting = /^prometheus[^a-z0-9]io[^a-z0-9](scrape|path|port)$/.exec(key)?.[1];
    return [setting ? `prometheus.io/${setting}` : key, spelt(value)];
  });
  return Object.fromEntries(entries);
}

/** What is not recorded; of a container or a volume by its name, as it may stand elsewhere. */
interface Unknown {
  readonly path: Path;
  /** The item whose place, or whose part at the rest of the path, is unknown. */
  readonly item?: { readonly lists: readonly string[]; readonly name: string; readonly rest: Path };
}

const lists = [["containers", "initContainers"], ["volumes"]];

function placeOf({ path }: Unrecorded, object: JsonObject): Unknown {
  const where = path.findIndex((step) => lists.flat().includes(String(step)));
  if (where === -1 || path.length === where + 1) return { path };
  const name = textOf(objectOf(at(object, path.slice(0, where + 2))).name);
  const own = lists.find((each) => each.includes(String(path[where]))) ?? [];
  return { path: path.slice(0, where), item: { lists: own, name, rest: path.slice(where + 2) } };
}

/** The object as the injector reads it, without what is unknown. */
function comparable(object: JsonObject, unknown: readonly Unknown[], release: string): JsonObject {
  const { items } = object;
  if (object.kind === "List" && Array.isArray(items)) {
    const compared = items.map((item: Json, index) => {
      const own = unknown.flatMap(({ path, ...rest }) =>
        path[1] === index ? [{ ...rest, path: path.slice(2) }] : [],
      );
      return isObject(item) ? comparable(item, own, release) : item;
    });
    return { ...object, items: compared };
  }
  const kind = textOf(object.kind);
  const typed = isInjectable(kind) ? decode(kind, object, { via: "unmarshal" }) : undefined;
  if (!typed?.ok) return object;
  const [template = []] = podTemplatesOf(textOf(object.apiVersion), kind) ?? [["spec", "template"]];
  const known = changed(typed.value, [...template, "spec"], (spec) =>
    knownSpec(objectOf(spec), nearestFacts(release)),
  );
  return unknown.reduce(forgotten, known);
}

/** The object without what is unknown; an item whose place is unknown stands beside the lists, a volume not at all. */
function forgotten(object: JsonObject, { path, item }: Unknown): JsonObject {
  if (!item) return changed(object, path, () => undefined);
  const { name, rest } = item;
  return changed(object, path, (value) => {
    const spec: Record<string, Json> = { ...objectOf(value) };
    const apart = spec[`container ${name}`];
    if (apart && rest.length > 0) spec[`container ${name}`] = changed(objectOf(apart), rest, () => undefined);
    for (const list of item.lists) {
      const all = objectsOf(spec[list]);
      const found = all.find((each) => each.name === name);
      if (!found) continue;
      if (rest.length > 0) {
        const less = changed(found, rest, () => undefined);
        spec[list] = all.map((each) => (each === found ? less : each));
      } else {
        spec[list] = all.filter((each) => each !== found);
        if (list !== "volumes") spec[`container ${name}`] = found;
      }
    }
    return spec;
  });
}

/** The object with the value at a path changed, or taken away; one without the path stays as it is. */
function changed(
  json: JsonObject,
  [step, ...rest]: Path,
  change: (value: Json | undefined) => Json | undefined,
): JsonObject {
  if (step === undefined) return objectOf(change(json));
  const value = at(json, [step]);
  if (value === undefined) return json;
  const becomes = rest.length === 0 ? change(value) : inner(value, rest, change);
  const { [step]: _, ...others } = json;
  return becomes === undefined ? others : { ...others, [step]: becomes };
}

function inner(value: Json, path: Path, change: (value: Json | undefined) => Json | undefined): Json {
  if (isObject(value)) return changed(value, path, change);
  const [index, ...rest] = path;
  if (!Array.isArray(value)) return value;
  return value.flatMap((item: Json, here): readonly Json[] => {
    if (here !== index) return [item];
    const becomes = rest.length === 0 ? change(item) : inner(item, rest, change);
    return becomes === undefined ? [] : [becomes];
  });
}
