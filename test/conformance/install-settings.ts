/**
 * Settings of the recorded configurations, through installs and our own profile: how many give the same values and mesh, and how many
 * recorded injections come out the same. A check for developers: `npx tsx test/conformance/install-settings.ts DIR RELEASE [HUB TAG]`,
 * DIR a folder of configurations, beside which the injections lie; HUB and TAG what their charts had for defaults.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { readInjector } from "../../src/istio/inject/injector.ts";
import { readInstall } from "../../src/istio/install.ts";
import { layOver, nestAt } from "../../src/istio/lay-over.ts";
import { applyMeshConfig, meshDefaultsOf } from "../../src/istio/mesh-config.ts";
import { type Profile, profileOf } from "../../src/istio/profile.ts";
import { nearestFacts } from "../../src/istio/releases.ts";
import { readValues } from "../../src/istio/values.ts";
import { isObject, type Json, type JsonObject } from "../../src/kube/json.ts";
import { jsonLines } from "./family.ts";
import { type Config, parse } from "./injection-configs.ts";
import { type InjectionCase, judgeInjection } from "./injection-whole.ts";

interface Settings {
  readonly profile: string;
  readonly setFlags: readonly string[];
  readonly operator: string;
  readonly meshPatch: string;
  readonly compliancePolicy?: string;
}

interface Verdict {
  readonly name: string;
  readonly failures: readonly string[];
}

/** An install as its settings describe it, with the parts of the mesh that were merged in afterwards. */
function profileFor(folder: string, release: string, stock: JsonObject): Profile & { readonly fips: string } {
  const settings = JSON.parse(readFileSync(join(folder, "settings.json"), "utf8")) as Settings;
  const reading = readInstall(operatorOf(settings, stock), release);
  if (!reading.ok) throw new Error(`${folder}: ${JSON.stringify(reading.problems)}`);
  const profile = profileOf({ release, ...reading.install.options });
  const mesh = layOver(profile.mesh, mapOf(settings.meshPatch));
  return { ...profile, mesh, fips: settings.compliancePolicy ?? "" };
}

/** Judges the configurations of a directory that were rendered by a release. */
function judgeInstalls(directory: string, release: string, stock: JsonObject): readonly Verdict[] {
  return readdirSync(directory).map((name) => {
    const recorded = (file: string) => mapOf(readFileSync(join(directory, name, file), "utf8"));
    const { values, mesh } = profileFor(join(directory, name), release, stock);
    const failures = [
      ...differences("values", values, recorded("values.json")),
      ...differences("mesh", mesh, recorded("mesh.yaml")),
    ];
    return { name, failures };
  });
}

function configFor(folder: string, release: string, stock: JsonObject): Config {
  const { config, values, mesh, fips } = profileFor(folder, release, stock);
  const injector = readInjector(config, release);
  const read = readValues(values);
  const applied = applyMeshConfig(mesh, meshDefaultsOf(nearestFacts(release)));
  if (!injector.ok || !read.ok || !applied.ok) throw new Error(`${folder} gives what istiod does not read`);
  return { injector: injector.injector, values: read.values, mesh: applied.value, compliancePolicy: fips };
}

/** Judges recorded injections by what the installs of their configurations give. */
async function judgeInjections(
  files: readonly string[],
  directory: string,
  release: string,
  stock: JsonObject,
): Promise<readonly Verdict[]> {
  const configs = new Map<string, Config>();
  const verdicts: Verdict[] = [];
  for (const file of files) {
    for await (const given of jsonLines<InjectionCase>(file)) {
      const { config: name } = given;
      const config = configs.get(name) ?? configFor(join(directory, name), release, stock);
      configs.set(name, config);
      const failure = judgeInjection(given, config);
      verdicts.push({ name: given.id, failures: failure === undefined ? [] : [failure] });
    }
  }
  return verdicts;
}

function operatorOf({ profile, setFlags, operator }: Settings, stock: JsonObject): JsonObject {
  const named = { ...(profile === "" ? {} : { profile }), components: { pilot: { enabled: true } } };
  const base: JsonObject = {
    apiVersion: "install.istio.io/v1alpha1",
    kind: "IstioOperator",
    spec: layOver(stock, named),
  };
  const flags = setFlags.map((flag) => {
    const [path = "", ...value] = flag.split("=");
    return nestAt(["spec", ...path.split(".")], flagValue(value.join("=")));
  });
  return [mapOf(operator), ...flags].reduce(layOver, base);
}

function flagValue(text: string): Json {
  if (text === "true" || text === "false") return text === "true";
  return /^\d+$/.test(text) ? Number(text) : text;
}

function mapOf(text: string): JsonObject {
  const read = parse(text);
  if (!read.ok) throw new Error(read.message);
  return isObject(read.value) ? read.value : {};
}

function differences(path: string, ours: Json | undefined, theirs: Json | undefined): readonly string[] {
  if (isObject(ours) && isObject(theirs)) {
    const keys = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
    return [...keys].flatMap((key) => differences(`${path}.${key}`, ours[key], theirs[key]));
  }
  const [a, b] = [shown(ours), shown(theirs)];
  return a === b ? [] : [`${path}: ${a} instead of ${b}`];
}

function shown(value: Json | undefined): string {
  return JSON.stringify(value, (_, each) => (isObject(each) ? sorted(each) : plain(each))) ?? "nothing";
}

function sorted(map: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function plain(value: unknown): unknown {
  return typeof value === "bigint" ? Number(value) : value;
}

function tell(what: string, verdicts: readonly Verdict[]): void {
  for (const { name, failures } of verdicts)
    for (const failure of failures) console.log(`${name} ${failure}`.slice(0, 220));
  const same = verdicts.filter(({ failures }) => failures.length === 0).length;
  console.log(`${what}: ${same} of ${verdicts.length} the same`);
}

const [, , directory = ".", release = "1.30.3", hub = "", tag = ""] = process.argv;
const stock: JsonObject = hub === "" ? {} : { hub, tag };
tell("configurations", judgeInstalls(directory, release, stock));
const files = ["goldens", "generated", "generated-random", "generated-reinject", "generated-manual"]
  .map((name) => join(dirname(directory), `${name}.jsonl`))
  .filter((file) => existsSync(file));
if (files.length > 0) tell("injections", await judgeInjections(files, directory, release, stock));
