/** Messages of the mesh's configuration: read as protobuf reads JSON, printed as it prints it. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Message, printMessage, readMessage } from "../../src/istio/message.ts";
import type { Json } from "../../src/kube/json.ts";

const reading = suite("messages: what is read");

const read: readonly (readonly [what: string, name: string, json: Json, expected: string])[] = [
  [
    "fields come in the order of the declaration",
    "ProxyConfig",
    { statusPort: 1, binaryPath: "b" },
    '{"binaryPath":"b","statusPort":1}',
  ],
  [
    "both spellings of a name",
    "ProxyConfig",
    { status_port: 7, binaryPath: "b" },
    '{"binaryPath":"b","statusPort":7}',
  ],
  [
    "an odd original name",
    "MeshConfig",
    { mesh_mTLS: { ecdhCurves: ["x"] } },
    '{"meshMTLS":{"ecdhCurves":["x"]}}',
  ],
  ["zero is absent", "ProxyConfig", { statusPort: 0, configPath: "", extraStatTags: [] }, "{}"],
  [
    "but not in a wrapper",
    "ProxyConfig",
    { concurrency: 0, holdApplicationUntilProxyStarts: false },
    '{"concurrency":0,"holdApplicationUntilProxyStarts":false}',
  ],
  ["nor in a choice", "ProxyConfig", { serviceCluster: "" }, '{"serviceCluster":""}'],
  ["nor as a message", "ProxyConfig", { tracing: {} }, '{"tracing":{}}'],
  [
    "the last of a choice is chosen",
    "Tracing",
    { datadog: { address: "d" }, zipkin: { address: "z" } },
    '{"datadog":{"address":"d"}}',
  ],
  ["enumerations by number", "ProxyConfig", { interceptionMode: 1 }, '{"interceptionMode":"TPROXY"}'],
  ["and by a number nobody named", "ProxyConfig", { interceptionMode: 9 }, '{"interceptionMode":9}'],
  ["durations of Go", "ProxyConfig", { drainDuration: "1m0.5s" }, '{"drainDuration":"60.500s"}'],
  ["quoted numbers", "ProxyConfig", { statusPort: "15021" }, '{"statusPort":15021}'],
  ["64 bits are quoted", "Stackdriver", { maxNumberOfAttributes: 5 }, '{"maxNumberOfAttributes":"5"}'],
  [
    "keys of a map are sorted",
    "ProxyConfig",
    { proxyMetadata: { b: "1", 10: "2", 9: "3" } },
    '{"proxyMetadata":{"10":"2","9":"3","b":"1"}}',
  ],
  ["null is nothing", "ProxyConfig", { tracing: null }, "{}"],
  [
    "null in a list is a zero value",
    "ProxyConfig",
    { extraStatTags: [null, "a"] },
    '{"extraStatTags":["","a"]}',
  ],
  ["HTML characters are escaped", "ProxyConfig", { meshId: "<&>" }, '{"meshId":"\\u003c\\u0026\\u003e"}'],
  [
    "any object of a struct",
    "LogFormat",
    { labels: { z: [1, null], a: { b: true } } },
    '{"labels":{"a":{"b":true},"z":[1,null]}}',
  ],
];
for (const [what, name, json, expected] of read) {
  reading(what, () => {
    const { value, errors } = readMessage(name, json);
    assert.equal(errors, []);
    assert.is(printMessage(name, value), expected);
  });
}

const over = suite("messages: over a base");
const base: Message = { binaryPath: "b", statusPort: 1, tracing: { sampling: 3, zipkin: { address: "z" } } };
const applied: readonly (readonly [what: string, json: Json, expected: Json])[] = [
  ["null keeps all", null, base],
  ["null keeps a field", { tracing: null, statusPort: 2 }, { ...base, statusPort: 2 }],
  ["a message is replaced whole", { tracing: { sampling: 9 } }, { ...base, tracing: { sampling: 9 } }],
  ["zero takes a field away", { statusPort: 0 }, { binaryPath: "b", tracing: base.tracing ?? null }],
];
for (const [what, json, expected] of applied) {
  over(what, () => {
    const before = JSON.stringify(base);
    assert.equal(readMessage("ProxyConfig", json, base).value, expected);
    assert.is(JSON.stringify(base), before, "the base stays as it is");
  });
}

const refusing = suite("messages: what is refused");
const refused: readonly (readonly [json: Json, path: string, message: string])[] = [
  [3, "", "must be a map of ProxyConfig fields, is 3"],
  [{ tracing: 3 }, "tracing", "must be a map, is 3"],
  [{ statusPort: 1.5 }, "statusPort", "must be a whole number, is 1.5"],
  [{ statusPort: "1x" }, "statusPort", 'must be a whole number, is "1x"'],
  [
    { interceptionMode: "HAIRPIN" },
    "interceptionMode",
    'must be one of REDIRECT, TPROXY, NONE, is "HAIRPIN"',
  ],
  [{ drainDuration: 10 }, "drainDuration", 'must be a duration such as "45s", is 10'],
  [{ proxyMetadata: { a: 1 } }, "proxyMetadata.a", "must be text, is 1"],
  [{ extraStatTags: "a" }, "extraStatTags", 'must be a list, is "a"'],
  [{ image: { imageType: true } }, "image.imageType", "must be text, is true"],
];
for (const [json, path, message] of refused) {
  refusing(`${JSON.stringify(json)}`, () => {
    const { errors } = readMessage("ProxyConfig", json);
    assert.equal(
      errors.map((error) => [error.path.join("."), error.message]),
      [[path, message]],
    );
  });
}
refusing("unknown fields are named, not refused", () => {
  const { errors, unknown } = readMessage("ProxyConfig", { Concurrency: 2, tracing: { zipkn: {} } });
  assert.equal(errors, []);
  assert.equal(unknown, [["tracing", "zipkn"], ["Concurrency"]]);
});
refusing("a message nobody knows is a mistake of ours", () => {
  assert.throws(() => readMessage("Nothing", {}), /no message Nothing/);
});

reading.run();
over.run();
refusing.run();
