/** Injects into every file it is given, in one process, and prints the milliseconds a workload took: reading, injecting, writing. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { injectStream, streamYaml } from "../src/fix/stream.ts";
import type { Command } from "../src/istio/inject/command.ts";
import { readInjector } from "../src/istio/inject/injector.ts";
import { applyMeshConfig, meshDefaultsOf } from "../src/istio/mesh-config.ts";
import { nearestFacts } from "../src/istio/releases.ts";
import { readValues } from "../src/istio/values.ts";
import type { Json } from "../src/kube/json.ts";
import { readPlain } from "../src/source/read-plain.ts";

const release = "1.30";

/** What istiod of a folder with config.yaml, values.json and mesh.yaml is configured with. */
function commandOf(directory: string): Command {
  const facts = nearestFacts(release);
  const parsed = (name: string): Json | undefined => {
    const read = readPlain(readFileSync(join(directory, name), "utf8"));
    if (!read.ok) throw new Error(`${name}: ${read.message}`);
    return read.value;
  };
  const injector = readInjector(parsed("config.yaml"), release);
  const mesh = applyMeshConfig(parsed("mesh.yaml"), meshDefaultsOf(facts));
  const values = readValues(parsed("values.json"));
  if (!injector.ok || !mesh.ok || !values.ok) throw new Error(`${directory} is no injector's configuration`);
  return {
    injector: injector.injector,
    mesh: mesh.value,
    values: values.values,
    native: false,
    revision: "",
    compliancePolicy: "",
    facts,
    readYaml: readPlain,
  };
}

const [config = "", list = ""] = process.argv.slice(2);
const command = commandOf(config);
const texts = readFileSync(list, "utf8")
  .split("\n")
  .map((path) => readFileSync(path, "utf8"));
const start = performance.now();
let length = 0;
for (const text of texts) {
  const stream = injectStream(command, text, { keepsSettled: true });
  if (!stream.ok) throw new Error(stream.problems.map(({ says }) => says).join("\n"));
  length += streamYaml(stream.parts).length;
}
if (length === 0) throw new Error("nothing was written");
console.log((performance.now() - start) / texts.length);
