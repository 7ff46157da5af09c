/** Settings of the recorded configurations, through installs and our own profile: how many give the same values and mesh. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readInstall } from "../../src/istio/install.ts";
import { layOver, nestAt } from "../../src/istio/lay-over.ts";
import { profileOf } from "../../src/istio/profile.ts";
import { isObject, type Json, type JsonObject } from "../../src/kube/json.ts";
import { parse } from "./injection-configs.ts";

interface Settings {
  readonly profile: string;
  readonly setFlags: readonly string[];
  readonly operator: string;
  readonly meshPatch: string;
}

interface Verdict {
  readonly name: string;
  readonly failures: readonly string[];
}

/** Judges the configurations of a directory that were rendered by a release. */
export function judgeInstalls(directory: string, release: string, stock: JsonObject): readonly Verdict[] {
  return readdirSync(directory).map((name) => {
    const text = (file: string) => readFileSync(join(directory, name, file), "utf8");
    const settings = JSON.parse(text("settings.json")) as Settings;
    const object = operatorOf(settings, stock);
    const reading = readInstall(object, release);
    if (!reading.ok) return { name, failures: [JSON.stringify(reading.problems)] };
    const profile = profileOf({ release, ...reading.install.options });
    const mesh = layOver(profile.mesh, mapOf(settings.meshPatch));
    return {
      name,
      failures: [
        ...differences("values", profile.values, mapOf(text("values.json"))),
        ...differences("mesh", mesh, mapOf(text("mesh.yaml"))),
      ],
    };
  });
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

if (process.argv[1]?.endsWith("install-settings.ts")) {
  const [, , directory = ".", release = "1.30.3", hub = "", tag = ""] = process.argv;
  const verdicts = judgeInstalls(directory, release, hub === "" ? {} : { hub, tag });
  for (const { name, failures } of verdicts) {
    for (const failure of failures) console.log(`${name} ${failure}`.slice(0, 220));
  }
  const same = verdicts.filter(({ failures }) => failures.length === 0).length;
  console.log(`${same} of ${verdicts.length} the same`);
}
