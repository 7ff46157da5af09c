/** Old Istio: kube-inject of 1.6, 1.8 and 1.16, and what their injectors decide (its README). */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { injectStream, streamYaml } from "../../src/fix/stream.ts";
import { sha256Hex } from "../../src/gotemplate/functions/hashes.ts";
import type { Command } from "../../src/istio/inject/command.ts";
import { readInjector } from "../../src/istio/inject/injector.ts";
import { layOver } from "../../src/istio/lay-over.ts";
import { applyMeshConfig, meshDefaultsOf } from "../../src/istio/mesh-config.ts";
import { askPolicy } from "../../src/istio/policy.ts";
import { type ProfileOptions, profileOf } from "../../src/istio/profile.ts";
import { nearestFacts } from "../../src/istio/releases.ts";
import { readValues } from "../../src/istio/values.ts";
import { at, isObject, type JsonObject } from "../../src/kube/json.ts";
import { istiodFromFiles } from "../../src/world/injector-files.ts";
import { podFacts } from "../../src/world/workload.ts";
import { type Case, type Data, type Family, jsonLines } from "./family.ts";
import { type Config, parse } from "./injection-configs.ts";
import { judgeManual } from "./injection-whole.ts";
import { asPrinted, inTheirQuotes } from "./printed.ts";
import { strictDifference } from "./strict.ts";

interface InjectionCase {
  readonly id: string;
  readonly release: string;
  readonly config: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly input: string;
  readonly error: boolean;
  readonly messages: readonly string[];
  readonly output: string;
}

interface DecisionCase {
  readonly id: string;
  readonly release: string;
  readonly config: string;
  readonly pod: string;
  readonly error: boolean;
  readonly inject: boolean;
}

const releases = ["1.6.5", "1.6.14", "1.8.6", "1.16.7"];

export const family: Family = async function* ({ directory }: Data): AsyncGenerator<Case> {
  const known = new Map<string, Config>();
  const groups = ["seed", ...releases.flatMap((release) => [`goldens-${release}`, `generated-${release}`])];
  for (const group of groups) {
    const file = join(directory, `${group}.jsonl`);
    if (!existsSync(file)) continue;
    for await (const given of jsonLines<InjectionCase>(file)) {
      const config = configOf(directory, given, known);
      yield { id: given.id, group, failure: judgeInjection(given, config) };
      if (group === "seed")
        for (const asText of config.injector.bare ? [false, true] : [false])
          yield { id: given.id, group: "files/seed", failure: judgeFiles(directory, given, config, asText) };
      if (!config.injector.bare || given.config.startsWith("snapshot-")) continue;
      yield {
        id: given.id,
        group: `profile/${group}`,
        failure: judgeProfile(directory, given, config, known),
      };
    }
  }
  for await (const given of jsonLines<DecisionCase>(join(directory, "decisions.jsonl")))
    yield { id: given.id, group: "decisions", failure: judgeDecision(given) };
};

function configOf(
  directory: string,
  { release, config: name, env }: InjectionCase,
  known: Map<string, Config>,
): Config {
  const folder = join(directory, "configs", release, name);
  const key = JSON.stringify([folder, env]);
  const found = known.get(key);
  if (found) return found;
  const yaml = (file: string) => {
    const read = parse(readFileSync(join(folder, file), "utf8"));
    if (!read.ok) throw new Error(`${folder}/${file}: ${read.message}`);
    return read.value;
  };
  const injector = readInjector(yaml("inject-config.yaml"), release, env);
  const mesh = applyMeshConfig(
    yaml("mesh-config.yaml"),
    meshDefaultsOf(nearestFacts(release)),
    nearestFacts(release),
  );
  const values = readValues(yaml("inject-values.yaml"));
  if (!injector.ok || !mesh.ok || !values.ok) {
    const wrong = [injector, mesh, values].filter(({ ok }) => !ok);
    throw new Error(`${folder}: ${JSON.stringify(wrong).slice(0, 500)}`);
  }
  const config: Config = {
    injector: injector.injector,
    mesh: mesh.value,
    values: values.values,
    compliancePolicy: "",
  };
  known.set(key, config);
  return config;
}

/** The same from the files that the command line takes, or with the text of the template alone. */
function judgeFiles(
  directory: string,
  given: InjectionCase,
  { injector }: Config,
  asText: boolean,
): string | undefined {
  const folder = join(directory, "configs", given.release, given.config);
  const file = (path: string) => ({ path, text: readFileSync(join(folder, path), "utf8") });
  const injectConfig = asText
    ? { path: "template", text: injector.bare?.text ?? "" }
    : file("inject-config.yaml");
  const read = istiodFromFiles(
    { injectConfig, values: file("inject-values.yaml"), meshConfig: file("mesh-config.yaml") },
    { release: given.release, native: false },
  );
  if (!read.ok) return read.problems.map(({ says }) => says).join("; ");
  return (
    judgeManual({ ...given, warnings: given.messages }, read.istiod, strictDifference) ??
    textDifference(given, read.istiod)
  );
}

/** The first line that is another than kube-inject printed, up to what sidelint leaves out, the order of keys, and the kind of quotes. */
function textDifference({ input, output }: InjectionCase, istiod: Command): string | undefined {
  const stream = injectStream(istiod, input);
  const written = stream.ok ? parse(streamYaml(stream.parts).replace(/---\n$/, "")) : undefined;
  if (!written?.ok || !isObject(written.value ?? null)) return "is no one document";
  const ours = `${asPrinted(written.value as JsonObject)}---\n`.split("\n");
  const theirs = inTheirQuotes(output).split("\n");
  const line = ours.findIndex((text, index) => text !== theirs[index]);
  if (line < 0 && ours.length === theirs.length) return undefined;
  return `line ${line + 1} is ${ours[line]}, must be ${theirs[line]}`;
}

/** What installs were told besides the hub and the tag of their checkout; those of other names are told all values of their injector. */
const settings: Readonly<Record<string, Omit<ProfileOptions, "release">>> = {
  default: {},
  cni: { cni: true },
  "cni-not-chained": { cni: true, values: { istio_cni: { chained: false } } },
  tproxy: { mesh: { defaultConfig: { interceptionMode: "TPROXY" } } },
};
const checkout = { global: { hub: "gcr.io/istio-testing", tag: "latest" } };

/** The same with our own profile. The version in the status is the hash of the template's text, so ours stands for theirs; all else must be equal. */
function judgeProfile(
  directory: string,
  given: InjectionCase,
  theirs: Config,
  known: Map<string, Config>,
): string | undefined {
  const key = `profile ${given.release} ${given.config}`;
  const config = known.get(key) ?? profileConfig(directory, given, theirs);
  known.set(key, config);
  const [before, ours] = [theirs, config].map(({ injector }) => sha256Hex(injector.bare?.text ?? ""));
  return judgeInjection({ ...given, output: given.output.replaceAll(before ?? "", ours ?? "") }, config);
}

function profileConfig(
  directory: string,
  { release, config: name }: InjectionCase,
  { values: theirValues }: Config,
): Config {
  const folder = join(directory, "configs", release, name);
  const own = settings[name];
  const meshText = parse(readFileSync(join(folder, "mesh-config.yaml"), "utf8"));
  const theirMesh = meshText.ok && isObject(meshText.value) ? meshText.value : {};
  const told = own
    ? { ...own, values: layOver(checkout, own.values ?? {}) }
    : { values: theirValues.all, mesh: theirMesh };
  const profile = profileOf({ release, ...told });
  const injector = readInjector(profile.config, release);
  const facts = nearestFacts(release);
  const mesh = applyMeshConfig(profile.mesh, meshDefaultsOf(facts), facts);
  const values = readValues(profile.values);
  if (!injector.ok || !mesh.ok || !values.ok)
    throw new Error(`${name}: ${JSON.stringify([injector, mesh, values]).slice(0, 500)}`);
  return { injector: injector.injector, mesh: mesh.value, values: values.values, compliancePolicy: "" };
}

function judgeInjection(given: InjectionCase, config: Config): string | undefined {
  const { release, args, messages } = given;
  return judgeManual(
    { ...given, warnings: messages },
    {
      ...config,
      native: false,
      revision: args.includes("--revision") ? (args[args.indexOf("--revision") + 1] ?? "") : "",
      facts: nearestFacts(release),
      readYaml: parse,
    },
    strictDifference,
  );
}

function judgeDecision({ release, config, pod, error, inject }: DecisionCase): string | undefined {
  const [settings, object] = [parse(config), parse(pod)];
  const injector = settings.ok ? readInjector(settings.value, release) : undefined;
  if (!injector?.ok || !object.ok) return error ? undefined : "the configuration or the pod cannot be read";
  if (error) return "accepted, must be an error";
  const namespace = at(object.value ?? null, ["metadata", "namespace"]);
  const { required } = askPolicy(
    podFacts(object.value),
    typeof namespace === "string" ? namespace : "",
    injector.injector.policy,
  );
  return required === inject ? undefined : `${required} instead of ${inject}`;
}
