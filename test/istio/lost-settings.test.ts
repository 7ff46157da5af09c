/** Fields of a ProxyConfig that are lost by a slip are told; those that nobody knows are not. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { lostSettings } from "../../src/istio/lost-settings.ts";
import type { Json } from "../../src/kube/json.ts";

const lost = suite("settings of the proxy that are lost");

const cases: readonly (readonly [name: string, config: Json, lost: readonly string[]])[] = [
  ["another case", { Concurrency: 2 }, ["Concurrency → concurrency"]],
  [
    "a letter less",
    { holdApplicationUntilProxyStart: true },
    ["holdApplicationUntilProxyStart → holdApplicationUntilProxyStarts"],
  ],
  ["inside a message", { tracing: { zipkin: { addres: "z:9411" } } }, ["tracing.zipkin.addres → address"]],
  ["both spellings are known", { drain_duration: "45s", drainDuration: "45s" }, []],
  ["a name that is nothing like a field", { someFutureField: 1 }, []],
  ["keys of a map are the user's", { proxyMetadata: { concurency: "2" } }, []],
  ["no map at all", "text", []],
  ["nothing", null, []],
];

for (const [name, config, expected] of cases) {
  lost(name, () => {
    const found = lostSettings(config).map(({ path, meant }) => `${path.join(".")} → ${meant}`);
    assert.equal(found, expected);
  });
}

lost.run();
