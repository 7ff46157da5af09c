/** The injectors that the cases of families injection and releases name, read once. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ReadYaml } from "../../src/istio/annotations.ts";
import type { Labels } from "../../src/istio/facts.ts";
import { type Injector, readInjector } from "../../src/istio/inject/injector.ts";
import { applyMeshConfig, meshDefaultsOf } from "../../src/istio/mesh-config.ts";
import type { Message } from "../../src/istio/message.ts";
import { nearestFacts } from "../../src/istio/releases.ts";
import { readValues, type Values } from "../../src/istio/values.ts";
import { readPlain } from "../../src/source/read-plain.ts";

export interface Config {
  readonly injector: Injector;
  readonly mesh: Message;
  readonly values: Values;
  readonly compliancePolicy: string;
}

/** A YAML text as the engine is given it. */
export const parse: ReadYaml = (text) => readPlain(text);

const known = new Map<string, Config>();

/** The configuration of a name, with the templates of `default` where it has none; throws when it cannot be read. */
export function configOf(
  directory: string,
  name: string,
  release = "1.30.3",
  environment: Labels = {},
): Config {
  const key = join(directory, "configs", name);
  const id = JSON.stringify([key, environment]);
  const found = known.get(id);
  if (found) return found;
  const text = (file: string) => {
    const own = join(key, file);
    return readFileSync(existsSync(own) ? own : join(key, "..", "default", file), "utf8");
  };
  const yaml = (file: string) => {
    const read = parse(text(file));
    if (!read.ok) throw new Error(`${key}/${file}: ${read.message}`);
    return read.value;
  };
  const injector = readInjector(yaml("config.yaml"), release, environment);
  const mesh = applyMeshConfig(
    yaml("mesh.yaml"),
    meshDefaultsOf(nearestFacts(release)),
    nearestFacts(release),
  );
  const values = readValues(yaml("values.json"));
  if (!injector.ok || !mesh.ok || !values.ok) {
    throw new Error(
      `${key}: ${JSON.stringify([injector, mesh, values].filter(({ ok }) => !ok)).slice(0, 500)}`,
    );
  }
  const { compliancePolicy } = JSON.parse(text("settings.json")) as { compliancePolicy: string };
  const config = { injector: injector.injector, mesh: mesh.value, values: values.values, compliancePolicy };
  known.set(id, config);
  return config;
}
