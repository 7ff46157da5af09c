/** The injectors of the cases as our own profile makes them, from what their installs were told and nothing else. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Labels } from "../../src/istio/facts.ts";
import { readInjector } from "../../src/istio/inject/injector.ts";
import { layOver, nestAt } from "../../src/istio/lay-over.ts";
import { applyMeshConfig, meshDefaultsOf } from "../../src/istio/mesh-config.ts";
import { type ProfileOptions, profileOf } from "../../src/istio/profile.ts";
import { nearestFacts } from "../../src/istio/releases.ts";
import { readValues } from "../../src/istio/values.ts";
import { at, isObject, type Json, type JsonObject } from "../../src/kube/json.ts";
import { type Config, parse } from "./injection-configs.ts";

/** How an install was made: flags as `--set` takes them, the text of an IstioOperator, what was merged into the mesh text. */
export interface Settings {
  readonly setFlags: readonly string[];
  readonly operator: string;
  readonly meshPatch: string;
  readonly compliancePolicy?: string;
}

const known = new Map<string, Config>();

/**
 * The configuration of a name, of our own templates; throws when it cannot be read.
 * @param base what the chart of the cases has for defaults besides the release's, such as the hub of a checkout
 */
export function profileConfigOf(
  directory: string,
  name: string,
  release: string,
  base: JsonObject = {},
  environment: Labels = {},
): Config {
  const id = JSON.stringify([directory, name, release, environment]);
  const found = known.get(id);
  if (found) return found;
  const settings = settingsOf(join(directory, "configs", name));
  const profile = profileOf(optionsOf(settings, release, base));
  const injector = readInjector(profile.config, release, environment);
  const mesh = applyMeshConfig(profile.mesh, meshDefaultsOf(nearestFacts(release)));
  const values = readValues(profile.values);
  if (!injector.ok || !mesh.ok || !values.ok) {
    const wrong = [injector, mesh, values].filter(({ ok }) => !ok);
    throw new Error(`${name}: ${JSON.stringify(wrong).slice(0, 500)}`);
  }
  const { compliancePolicy = "" } = settings;
  const config = { injector: injector.injector, mesh: mesh.value, values: values.values, compliancePolicy };
  known.set(id, config);
  return config;
}

/** The settings of a folder; those of `default` beside it where it has none. */
function settingsOf(folder: string): Settings {
  const own = join(folder, "settings.json");
  const file = existsSync(own) ? own : join(folder, "..", "default", "settings.json");
  return JSON.parse(readFileSync(file, "utf8")) as Settings;
}

/** What an install was told, as our profile is told it. */
export function optionsOf(settings: Settings, release: string, base: JsonObject = {}): ProfileOptions {
  const spec = objectOf(at(yaml(settings.operator), ["spec"]));
  const flags = settings.setFlags.reduce(withFlag, {});
  const { components, revision, hub, tag, meshConfig, values } = flags;
  const image = { ...(hub !== undefined && { hub }), ...(tag !== undefined && { tag }) };
  return {
    release,
    ...(typeof revision === "string" && { revision }),
    ...(at(components, ["cni", "enabled"]) === true && { cni: true }),
    values: [objectOf(spec.values), objectOf(values), { global: image }].reduce(layOver, base),
    mesh: [objectOf(meshConfig), yaml(settings.meshPatch)].reduce(layOver, objectOf(spec.meshConfig)),
  };
}

/** With a flag such as `values.global.hub=here`. */
function withFlag(all: JsonObject, flag: string): JsonObject {
  const equals = flag.indexOf("=");
  const read = parse(flag.slice(equals + 1));
  const isText = /^(?:hub|tag)=/.test(flag);
  const value: Json = isText ? flag.slice(equals + 1) : ((read.ok ? read.value : null) ?? null);
  const path = flag.slice(0, equals).split(".");
  return layOver(all, nestAt(path, value));
}

function yaml(text: string): JsonObject {
  const read = parse(text);
  return read.ok ? objectOf(read.value) : {};
}

function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}
