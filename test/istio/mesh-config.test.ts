/** The mesh's configuration over the defaults, and a pod's own over the mesh's. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  applyMeshConfig,
  defaultMeshConfig,
  effectiveProxyConfig,
  inboundTrafficPolicyMode,
  mergeProxyConfig,
  meshProxyConfig,
  statusPortOf,
  withProxyConfig,
} from "../../src/istio/mesh-config.ts";
import type { Message } from "../../src/istio/message.ts";
import { defaultProxyConfig, withoutDefaults } from "../../src/istio/proxy-config.ts";
import { at, type Json } from "../../src/kube/json.ts";

const mesh = suite("mesh configuration");

function applied(json: Json | undefined): Message {
  const read = applyMeshConfig(json);
  if (!read.ok) throw new Error(JSON.stringify(read.errors));
  return read.value;
}

const fields: readonly (readonly [
  what: string,
  json: Json | undefined,
  path: string,
  expected: Json | undefined,
])[] = [
  ["an empty text is the default", undefined, "trustDomain", "cluster.local"],
  ["a field is replaced", { trustDomain: "a.b" }, "trustDomain", "a.b"],
  [
    "the proxy's configuration is merged",
    { defaultConfig: { statusPort: 15021 } },
    "defaultConfig.binaryPath",
    "/usr/local/bin/envoy",
  ],
  ["and its own fields count", { defaultConfig: { statusPort: 15021 } }, "defaultConfig.statusPort", 15021],
  [
    "the default providers are merged",
    { defaultProviders: { tracing: ["t"] } },
    "defaultProviders.tracing",
    ["t"],
  ],
  [
    "a provider of a known name takes its place",
    { extensionProviders: [{ name: "envoy", zipkin: { service: "z" } }] },
    "extensionProviders.2",
    { name: "envoy", zipkin: { service: "z" } },
  ],
  [
    "another one is added",
    { extensionProviders: [{ name: "own", zipkin: {} }] },
    "extensionProviders.3",
    { name: "own", zipkin: {} },
  ],
  [
    "aliases are sorted and told once",
    { trustDomainAliases: ["b", "a", "b"] },
    "trustDomainAliases",
    ["a", "b"],
  ],
  ["unknown fields pass", { nobody: 1 }, "nobody", undefined],
];
for (const [what, json, path, expected] of fields) {
  mesh(what, () => {
    const steps = path.split(".").map((step) => (/^[0-9]+$/.test(step) ? Number(step) : step));
    assert.equal(at(applied(json), steps), expected);
  });
}

const wrong: readonly (readonly [json: Json, path: string])[] = [
  [["list"], ""],
  [{ trustDomain: "" }, "trustDomain"],
  [{ trustDomainAliases: ["under_score"] }, "trustDomainAliases.0"],
  [{ proxyListenPort: 0 }, "proxyListenPort"],
  [{ connectTimeout: "0s" }, "connectTimeout"],
  [{ connectTimeout: "1.0001s" }, "connectTimeout"],
  [{ protocolDetectionTimeout: "1us" }, "protocolDetectionTimeout"],
  [{ defaultConfig: { discoveryAddress: "x" } }, "defaultConfig.discoveryAddress"],
  [{ defaultConfig: 3 }, "defaultConfig"],
  [{ localityLbSetting: { distribute: [{ from: "a", to: { b: 60 } }] } }, "localityLbSetting"],
  [{ meshMTLS: { ecdhCurves: ["P-256"] } }, "meshMTLS.ecdhCurves"],
];
for (const [json, path] of wrong) {
  mesh(`${JSON.stringify(json)} is refused`, () => {
    const read = applyMeshConfig(json);
    assert.equal(read.ok ? [] : read.errors.map((error) => error.path.join(".")), [path]);
  });
}
mesh("the default is not changed", () => {
  applied({
    defaultConfig: { proxyMetadata: { A: "1" } },
    extensionProviders: [{ name: "envoy", zipkin: {} }],
  });
  assert.is(meshProxyConfig(defaultMeshConfig), defaultProxyConfig);
  assert.equal(at(defaultMeshConfig, ["extensionProviders", 2, "zipkin"]), undefined);
});
mesh("inbound traffic", () => {
  assert.is(inboundTrafficPolicyMode(applied({})), "passthrough");
  assert.is(inboundTrafficPolicyMode(applied({ inboundTrafficPolicy: { mode: "LOCALHOST" } })), "localhost");
});

const proxy = suite("proxy configuration");

const merges: readonly (readonly [what: string, base: Message, json: Json, expected: Message])[] = [
  [
    "metadata by key",
    { proxyMetadata: { A: "1", B: "2" } },
    { proxyMetadata: { B: "3" } },
    { proxyMetadata: { A: "1", B: "3" } },
  ],
  [
    "tracing whole",
    { tracing: { sampling: 1, zipkin: {} } },
    { tracing: { sampling: 2 } },
    { tracing: { sampling: 2 } },
  ],
  ["lists whole", { extraStatTags: ["a"] }, { extraStatTags: ["b"] }, { extraStatTags: ["b"] }],
  [
    "some headers by field",
    { proxyHeaders: { requestId: { disabled: true }, xForwardedHost: {} } },
    { proxyHeaders: { server: { value: "s" } } },
    { proxyHeaders: { requestId: { disabled: true }, server: { value: "s" } } },
  ],
];
for (const [what, base, json, expected] of merges) {
  proxy(`merged: ${what}`, () => {
    const merged = mergeProxyConfig(json, base);
    assert.equal(merged.ok && JSON.parse(JSON.stringify(merged.value)), expected);
  });
}
proxy("kube-inject takes zero values, the webhook does not", () => {
  const base = applied({ defaultConfig: { statusPort: 15021 } });
  const manual = withProxyConfig(base, { statusPort: 0 });
  assert.is(manual.ok && statusPortOf(manual.value), 0);
  assert.is(effectiveProxyConfig(base, { statusPort: 0 }).statusPort, 15021);
});
proxy("the webhook passes over what it cannot read, kube-inject does not", () => {
  const base = applied({});
  assert.equal(effectiveProxyConfig(base, { statusPort: "x" }), defaultProxyConfig);
  assert.is(withProxyConfig(base, { statusPort: "x" }).ok, false);
});
proxy("the proxy is told what differs from the defaults", () => {
  assert.equal(withoutDefaults(effectiveProxyConfig(applied({}), { statusPort: 15020, concurrency: 0 })), {
    concurrency: 0,
  });
});

mesh.run();
proxy.run();
