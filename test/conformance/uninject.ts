/** Conformance family uninject: what the cases of injection and releases came from comes back, but for what is named as not recorded. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { isInjectable } from "../../src/istio/inject/kinds.ts";
import { knownSpec } from "../../src/istio/inject/known-fields.ts";
import { objectOf, objectsOf, textOf } from "../../src/istio/inject/pod.ts";
import { type Unrecorded, uninject } from "../../src/istio/inject/uninject.ts";
import { nearestFacts } from "../../src/istio/releases.ts";
import { decode } from "../../src/kube/decode.ts";
import { at, isObject, type Json, type JsonObject } from "../../src/kube/json.ts";
import { type Path, podTemplatesOf } from "../../src/kube/workload.ts";
import { yamlReaderChunks } from "../../src/source/kubernetes-split.ts";
import { difference } from "./canonical.ts";
import { type Case, type Data, jsonLines } from "./family.ts";
import { parse } from "./injection-configs.ts";

interface Line {
  readonly id: string;
  readonly mode?: "webhook" | "manual";
  readonly release?: string;
  readonly error: boolean;
  readonly input: Json;
  readonly output?: Json;
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

export async function* family({ directory }: Data): AsyncGenerator<Case> {
  for (const group of files) {
    const file = join(dirname(directory), `${group}.jsonl`);
    if (!existsSync(file)) continue;
    for await (const line of jsonLines<Line>(file)) {
      if (line.error || line.injected === false) continue;
      yield { id: line.id, group, failure: judge(line) };
    }
  }
}

function judge({ mode, release = "1.30.3", input, output }: Line): string | undefined {
  if (mode === "webhook") return judgeObject(podOf(input), podOf(output), release);
  const outputs = documentsOf(String(input), String(output ?? ""));
  for (const [index, [before, after]] of outputs.entries()) {
    const failure = judgeObject(before, after, release);
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

function judgeObject(before: Json, after: Json, release: string): string | undefined {
  if (!isObject(before) || !isObject(after)) return "is no object";
  const original = uninject(before);
  const back = uninject(after);
  if (!back.ok) return `cannot be taken back: ${back.errors[0]?.message}`;
  const was = original.ok ? original.object : before;
  const unknown = [back, original].flatMap((each) =>
    each.ok ? each.unrecorded.map((one) => placeOf(one, each.object)) : [],
  );
  return difference(comparable(back.object, unknown, release), comparable(was, unknown, release));
}

/** What is not recorded; of a container by its name, as it may stand elsewhere. */
interface Unknown {
  readonly path: Path;
  /** The container whose place, or whose part at the rest of the path, is unknown. */
  readonly container?: { readonly name: string; readonly rest: Path };
}

function placeOf({ path }: Unrecorded, object: JsonObject): Unknown {
  const list = path.findIndex((step) => step === "containers" || step === "initContainers");
  if (list === -1 || path.length === list + 1) return { path };
  const name = textOf(objectOf(at(object, path.slice(0, list + 2))).name);
  return { path: path.slice(0, list), container: { name, rest: path.slice(list + 2) } };
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

const lists = ["containers", "initContainers"] as const;

/** The object without what is unknown; a container whose place is unknown stands beside the lists. */
function forgotten(object: JsonObject, { path, container }: Unknown): JsonObject {
  if (!container) return changed(object, path, () => undefined);
  const { name, rest } = container;
  return changed(object, path, (value) => {
    const spec: Record<string, Json> = { ...objectOf(value) };
    for (const list of lists) {
      const all = objectsOf(spec[list]);
      const found = all.find((each) => each.name === name);
      if (!found) continue;
      if (rest.length > 0) {
        const less = changed(found, rest, () => undefined);
        spec[list] = all.map((each) => (each === found ? less : each));
      } else {
        spec[list] = all.filter((each) => each !== found);
        spec[`container ${name}`] = found;
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
