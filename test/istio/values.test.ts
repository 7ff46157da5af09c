/** The injector's values: what the engine reads of them. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readValues, type Values } from "../../src/istio/values.ts";
import type { Json } from "../../src/kube/json.ts";

const values = suite("values");

const cases: readonly (readonly [json: Json | undefined, key: keyof Values, expected: unknown])[] = [
  [undefined, "hub", ""],
  [{ global: { hub: "h" } }, "hub", "h"],
  [{ global: { hub: null } }, "hub", ""],
  [{ global: { tag: 1.5 } }, "tag", "1.5"],
  [{ global: { tag: true } }, "tag", "true"],
  [{ global: { proxy: { image: "i" } } }, "image", "i"],
  [{ global: { multiCluster: { clusterName: "c" } } }, "clusterName", "c"],
  [{ sidecarInjectorWebhook: { rewriteAppHTTPProbe: true } }, "rewriteAppHTTPProbe", true],
  [{}, "holdApplicationUntilProxyStarts", false],
];
for (const [json, key, expected] of cases) {
  values(`${JSON.stringify(json)}: ${key}`, () => {
    const read = readValues(json);
    assert.is(read.ok && read.values[key], expected);
  });
}
values("whole numbers are floats for templates", () => {
  const read = readValues({ n: 5n, list: [{ m: 6n }] });
  assert.equal(read.ok && JSON.parse(JSON.stringify(read.values.all)), { n: 5, list: [{ m: 6 }] });
});
for (const [json, path] of [
  [["x"], ""],
  [{ global: "x" }, "global"],
  [{ global: { hub: 5 } }, "global.hub"],
  [{ sidecarInjectorWebhook: { rewriteAppHTTPProbe: "true" } }, "sidecarInjectorWebhook.rewriteAppHTTPProbe"],
] as const) {
  values(`${JSON.stringify(json)} is refused`, () => {
    const read = readValues(json);
    assert.ok(!read.ok && read.errors.some((error) => error.path.join(".") === path));
  });
}

values.run();
