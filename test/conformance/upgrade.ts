/**
 * Conformance family upgrade: the same input as two successive releases have it. Each is a world of one file, with the recorded
 * configuration in ConfigMaps beside it or as a stock install of the release; what comparing the two worlds tells of each workload, kinds,
 * aspects and values, has to be what differs between the two recorded outputs, told apart by a comparison of its own.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { WorkloadChange } from "../../src/compare/changes.ts";
import { compareWorlds } from "../../src/compare/compare.ts";
import { injectStream } from "../../src/fix/stream.ts";
import { memoryTree } from "../../src/index.ts";
import { metadataOf, objectOf, objectsOf, type Pod, textOf } from "../../src/istio/inject/pod.ts";
import { nearestFacts } from "../../src/istio/releases.ts";
import { decode } from "../../src/kube/decode.ts";
import { at, isObject, type Json, jsonTextOf } from "../../src/kube/json.ts";
import { podTemplatesOf } from "../../src/kube/workload.ts";
import { type ReadOptions, readWorld } from "../../src/world/read.ts";
import type { Workload, World } from "../../src/world/world.ts";
import { type Case, type Data, jsonLines } from "./family.ts";
import { configOf, parse } from "./injection-configs.ts";
import { canonicalText, type Difference, recordedDifferences } from "./upgrade-recorded.ts";

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
/** What a stock install is, which the repository need not show; older releases have no profile of their own. */
const stock: ReadonlySet<string> = new Set(["default", "native-on"]);

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
      const id = `${before}..${line.id}`;
      yield { id, group: `${before}..${release}`, failure: judge(folder, other, line, false) };
      if (stock.has(line.config) && before !== "1.16.7")
        yield { id, group: `stock/${before}..${release}`, failure: judge(folder, other, line, true) };
    }
    earlier = lines;
    before = release;
  }
}

/** What was recorded of a pod template. */
interface Recorded {
  readonly key: string;
  readonly isInjected: boolean;
  readonly pod: Pod;
}

function judge(folder: string, left: Line, right: Line, isStock: boolean): string | undefined {
  const [before, after] = [worldOf(folder, left, isStock), worldOf(folder, right, isStock)];
  const { changes } = compareWorlds(before, after);
  const kinds = new Set(changes.map(({ kind }) => kind));
  // The program refuses a text as a whole; which workload it was, it does not say.
  if (left.error && right.error)
    return changes.some(({ kind }) => kind === "refused") ? "refused before as well" : undefined;
  if (right.error)
    return kinds.has("refused") || !hasWorkloads(after) ? undefined : "recorded as refused, not told";
  if (left.error)
    return kinds.has("gained") || !hasWorkloads(before)
      ? undefined
      : "recorded as not refused any more, not told";
  const [one, other] = [recordedOf(folder, left), recordedOf(folder, right)];
  const told = new Map(changes.map((change) => [keyOf(change.after ?? change.before), change]));
  const known = new Map(other.map((each) => [each.key, each]));
  for (const each of one) {
    const counterpart = known.get(each.key);
    const failure = counterpart && differenceOf(told.get(each.key), each, counterpart);
    told.delete(each.key);
    if (failure !== undefined) return `${each.key.replace("\n", " ")}: ${failure}`;
  }
  const [rest] = told.keys();
  return rest === undefined ? undefined : `${rest}: told and not recorded`;
}

function hasWorkloads({ workloads }: World): boolean {
  return workloads.some(({ decision }) => decision.verdict === "injected");
}

/** What is told of a workload against what was recorded of it; undefined where that is the same. */
function differenceOf(
  change: WorkloadChange | undefined,
  one: Recorded,
  other: Recorded,
): string | undefined {
  const kind = one.isInjected === other.isInjected ? "changed" : one.isInjected ? "lost" : "gained";
  if (kind !== "changed")
    return change?.kind === kind ? undefined : `told ${change?.kind ?? "nothing"}, recorded ${kind}`;
  if (!one.isInjected) return change === undefined ? undefined : `told ${change.kind}, recorded nothing`;
  if (change && change.kind !== "changed") return `told ${change.kind}, recorded changed`;
  const said = (change?.aspects ?? []).map(({ what, path = "", before, after }) =>
    what === "other" && path !== "order of containers"
      ? { what, path, before: canonicalText(before), after: canonicalText(after) }
      : { what, path, before, after },
  );
  const truth = recordedDifferences(one.pod, other.pod);
  const [ours, theirs] = [linesOf(said.filter(({ path }) => !isMisplaced(one, path))), linesOf(truth)];
  const extra = ours.find((line) => !theirs.includes(line));
  const missing = theirs.find((line) => !ours.includes(line));
  if (extra === undefined && missing === undefined) return undefined;
  return `told ${extra ?? "all of it"}; recorded besides ${missing ?? "nothing"}`;
}

/** The command writes the revision on the template of a CronJob's job, which no pod has. */
function isMisplaced({ key }: Recorded, path: string): boolean {
  return key.startsWith("CronJob/") && path === "annotations istio.io/rev";
}

function linesOf(differences: readonly Difference[]): readonly string[] {
  return differences.map(({ what, path, before, after }) => `${what} ${path}: ${before} -> ${after}`);
}

function keyOf(workload: Workload | undefined): string {
  return workload ? `${workload.resource.kind}/${workload.name}\n${workload.template.join(".")}` : "";
}

/** The world of a line: its input in a namespace that asks for sidecars, and the injector. */
function worldOf(folder: string, line: Line, isStock: boolean): World {
  const { release, config, env, args } = line;
  const revision = args[args.indexOf("--revision") + 1] ?? "";
  const suffix = revision === "" || revision === "default" ? "" : `-${revision}`;
  const options: ReadOptions = {
    istioVersion: release,
    assume: suffix === "" ? { "istio-injection": "enabled" } : { "istio.io/rev": revision },
    defaultNamespace: "default",
    config: {
      istio: {
        nativeSidecars: env.ENABLE_NATIVE_SIDECARS === "true",
        ...(suffix === "" ? {} : { revisions: [{ name: revision }] }),
      },
    },
  };
  const files = {
    "input.yaml": line.input,
    ...(isStock ? {} : configMaps(join(folder, "configs", release, config), suffix)),
  };
  return readWorld(memoryTree(files), options).world;
}

/** The recorded configuration as a cluster keeps it. */
function configMaps(directory: string, suffix: string): { readonly [file: string]: string } {
  const text = (file: string) => {
    const own = join(directory, file);
    return readFileSync(existsSync(own) ? own : join(directory, "..", "default", file), "utf8");
  };
  const map = (name: string, data: object) =>
    JSON.stringify({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: {
        name: `${name}${suffix}`,
        namespace: "istio-system",
        labels: { "istio.io/rev": suffix === "" ? "default" : suffix.slice(1), release: "istio" },
      },
      data,
    });
  return {
    "istio/injector.json": map("istio-sidecar-injector", {
      config: text("config.yaml"),
      values: text("values.json"),
    }),
    "istio/mesh.json": map("istio", { mesh: text("mesh.yaml") }),
  };
}

/** The pod templates of a recorded output. Documents are told apart as injecting ourselves does it; nothing else is taken from that. */
function recordedOf(folder: string, line: Line): readonly Recorded[] {
  const { release, config, env, args } = line;
  const read = configOf(folder, join(release, config), release, env);
  const asked = args[args.indexOf("--revision") + 1] ?? "";
  const stream = injectStream(
    {
      ...read,
      native: env.ENABLE_NATIVE_SIDECARS === "true",
      revision: asked === "default" ? "" : asked,
      facts: nearestFacts(release),
      readYaml: parse,
    },
    line.input,
  );
  if (!stream.ok) return [];
  let rest = line.output;
  return stream.parts.flatMap((part): readonly Recorded[] => {
    if (part.is === "as-written") {
      rest = rest.slice(part.text.length + 4);
      return [];
    }
    const end = rest.startsWith("---\n") ? 0 : rest.indexOf("\n---\n") + 1;
    const truth = parse(rest.slice(0, end));
    rest = rest.slice(end + 4);
    const written = new Map(podsIn(part.before).map((one) => [one.key, jsonTextOf(one.pod)]));
    return podsIn((truth.ok ? truth.value : null) ?? null).map((one) => ({
      ...one,
      isInjected: written.get(one.key) !== jsonTextOf(one.pod),
    }));
  });
}

/** The pod templates of an object, and of the items of a list, as Kubernetes reads them. */
function podsIn(object: Json): readonly Omit<Recorded, "isInjected">[] {
  if (!isObject(object)) return [];
  if (object.kind === "List") return objectsOf(object.items).flatMap(podsIn);
  const templates = podTemplatesOf(textOf(object.apiVersion), textOf(object.kind), []) ?? [];
  return templates.flatMap((path) => {
    const typed = decode("Pod", at(object, path) ?? null, { via: "json" });
    const { name, generateName } = objectOf(object.metadata);
    const key = `${textOf(object.kind)}/${textOf(name ?? generateName ?? "")}\n${path.join(".")}`;
    return typed.ok
      ? [{ key, pod: { metadata: metadataOf(typed.value), spec: objectOf(typed.value.spec) } }]
      : [];
  });
}
