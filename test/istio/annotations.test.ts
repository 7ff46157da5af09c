import { suite } from "uvu";
import * as assert from "uvu/assert";
import { annotationErrors, invalidAnnotations, type ReadYaml } from "../../src/istio/annotations.ts";
import { nearestFacts } from "../../src/istio/releases.ts";
import type { Json } from "../../src/kube/json.ts";

/** JSON is YAML enough for these cases. */
const readYaml: ReadYaml = (text) => {
  try {
    return { ok: true, value: text === "" ? undefined : (JSON.parse(text) as Json) };
  } catch {
    return { ok: false, message: "not JSON" };
  }
};
const errors = (annotation: string, value: string, release = "1.30") =>
  annotationErrors(annotation, value, nearestFacts(release), readYaml);

const values = suite("annotation values");
const table: readonly (readonly [
  annotation: string,
  valid: readonly string[],
  invalid: readonly string[],
])[] = [
  ["sidecar.istio.io/interceptionMode", ["REDIRECT", "TPROXY", "NONE"], ["", "tproxy", "NONE "]],
  [
    "status.sidecar.istio.io/port",
    ["0", " 15020 ", "080", "\u008580"],
    ["", "65536", "-1", "+1", "0x50", "８０", "\u200b80"],
  ],
  [
    "readiness.status.sidecar.istio.io/periodSeconds",
    ["0", "4294967295", "01"],
    ["", " 1", "4294967296", "1s", "1.0"],
  ],
  ["prometheus.istio.io/merge-metrics", ["1", "t", "TRUE", "false"], ["", "yes", "tRUE", "true "]],
  [
    "traffic.sidecar.istio.io/includeOutboundIPRanges",
    ["*", "", "10.0.0.0/8", "10.0.0.1/8,2001:db8::/32", "::ffff:10.0.0.0/104", "1:2:3:4:5:6:7::/112"],
    [
      " ",
      "*,10.0.0.0/8",
      "10.0.0.0/8, 10.1.0.0/16",
      "10.0.0.0",
      "10.0.0.0/33",
      "10.0.0.0/08",
      "010.0.0.0/8",
      "fe80::1%eth0/64",
      "1:2:3:4:5:6:7:8:9/32",
      "::1::/8",
    ],
  ],
  ["traffic.sidecar.istio.io/excludeOutboundIPRanges", ["", "10.0.0.0/8"], ["*", "10.0.0.0/8,"]],
  [
    "traffic.sidecar.istio.io/includeInboundPorts",
    ["*", "", " ", "80, 443", "00443"],
    ["* ", "80,", "80-90", "65536", "http"],
  ],
  ["traffic.sidecar.istio.io/excludeInboundPorts", ["", "80"], ["*", ",80"]],
  [
    "traffic.sidecar.istio.io/excludeInterfaces",
    ["", "eth0, eth1", "a23456789012345"],
    [" ", "0eth", "eth0,", "a234567890123456", "eth:0"],
  ],
  ["sidecar.istio.io/proxyCPU", ["100m", "0.1", "1E3"], ["", "1K", "100m ", "100m\n", "1\u0085"]],
  ["sidecar.istio.io/proxyMemoryLimit", ["1Gi"], ["1gi", "128 Mi", "1GB"]],
];
for (const [annotation, valid, invalid] of table) {
  for (const value of valid) {
    values(`${annotation} takes ${JSON.stringify(value)}`, () => {
      assert.equal(errors(annotation, value), []);
    });
  }
  for (const value of invalid) {
    values(`${annotation} refuses ${JSON.stringify(value)}`, () => {
      assert.is(errors(annotation, value).length, 1);
    });
  }
}
values("a release that does not check an annotation takes anything", () => {
  assert.equal(errors("sidecar.istio.io/proxyCPU", "lots", "1.26"), []);
  assert.equal(errors("example.com/x", "lots"), []);
  assert.equal(errors("toString", "lots"), []);
});
values("prefix lengths may start with a zero before 1.16", () => {
  assert.equal(errors("traffic.sidecar.istio.io/excludeOutboundIPRanges", "10.0.0.0/08", "1.15"), []);
});
values("a message names the part that is wrong and what is allowed", () => {
  const [error] = errors("traffic.sidecar.istio.io/includeOutboundIPRanges", "10.0.0.0/8,10.0.0.300/8");
  assert.is(
    error?.message,
    'must be "*" or ranges such as 10.0.0.0/8,192.168.0.0/16 without blanks; in "10.0.0.300/8" "10.0.0.300" is not an IP address',
  );
});
values("a map's errors come sorted by annotation", () => {
  const found = invalidAnnotations(
    {
      "sidecar.istio.io/proxyCPU": "x",
      "prometheus.istio.io/merge-metrics": "on",
      "sidecar.istio.io/inject": "x",
    },
    nearestFacts("1.30"),
    readYaml,
  );
  assert.equal(
    found.map(({ annotation }) => annotation),
    ["prometheus.istio.io/merge-metrics", "sidecar.istio.io/proxyCPU"],
  );
});
values.run();

const config = suite("proxy.istio.io/config");
const taken: readonly Json[] = [
  null,
  {},
  { concurrency: 2 },
  { concurrency: "2" },
  { Concurrency: [] },
  { hold_application_until_proxy_starts: true },
  { drainDuration: "1m" },
  { drainDuration: null },
  { terminationDrainDuration: "-5s" },
  { interceptionMode: 9 },
  { proxyMetadata: { A: "b", C: null } },
  { discoveryAddress: "[::1]:15012" },
  { tracing: { sampling: "10", zipkin: { address: "$(HOST_IP):9411" }, customTags: { a: null } } },
  { privateKeyProvider: { cryptomb: { pollDelay: "2ms" } } },
  { tracingServiceName: "CANONICAL_NAME_ONLY", serviceCluster: "" },
];
for (const value of taken) {
  config(`takes ${JSON.stringify(value)}`, () => {
    assert.equal(errors("proxy.istio.io/config", JSON.stringify(value)), []);
  });
}
const refused: readonly (readonly [value: Json, path: string, says: RegExp])[] = [
  [[], "", /must be a map of ProxyConfig fields, is a list/],
  [{ concurrency: 2.5 }, "concurrency", /a whole number, is 2\.5/],
  [{ concurrency: 4294967296 }, "concurrency", /whole number/],
  [
    { holdApplicationUntilProxyStarts: "true" },
    "holdApplicationUntilProxyStarts",
    /true or false without quotes/,
  ],
  [{ proxyMetadata: { A: 1 } }, "proxyMetadata.A", /must be text, is 1/],
  [{ drainDuration: 45 }, "drainDuration", /a duration such as/],
  [{ drainDuration: "1.5s" }, "drainDuration", /whole seconds/],
  [{ drainDuration: "315576000001s" }, "drainDuration", /a duration/],
  [{ drainDuration: "" }, "drainDuration", /a duration/],
  [{ statusPort: 0 }, "statusPort", /1 to 65535/],
  [{ interceptionMode: "tproxy" }, "interceptionMode", /REDIRECT, TPROXY, NONE/],
  [{ controlPlaneAuthPolicy: 7 }, "controlPlaneAuthPolicy", /NONE or MUTUAL_TLS/],
  [{ discoveryAddress: "istiod" }, "discoveryAddress", /has no port/],
  [{ discoveryAddress: "::1:15012" }, "discoveryAddress", /too many colons/],
  [{ discoveryAddress: "a.1:1" }, "discoveryAddress", /neither a host name/],
  [{ extraStatTags: "a" }, "extraStatTags", /must be a list/],
  [{ tracing: { zipkin: {} } }, "tracing.zipkin.address", /has no port/],
  [
    { tracing: { tlsSettings: { mode: "MUTUAL", clientCertificate: "/x" } } },
    "tracing.tlsSettings",
    /requires privateKey/,
  ],
  [{ privateKeyProvider: {} }, "privateKeyProvider", /cryptomb or qat/],
  [{ gatewayTopology: { numTrustedProxies: -2 } }, "gatewayTopology.numTrustedProxies", /0 to 4294967295/],
];
for (const [value, path, says] of refused) {
  config(`refuses ${JSON.stringify(value)}`, () => {
    const [error, ...others] = errors("proxy.istio.io/config", JSON.stringify(value));
    assert.is(others.length, 0);
    assert.is(error?.path.join("."), path);
    assert.match(error?.message ?? "", says);
  });
}
config("says when it is no YAML", () => {
  assert.match(errors("proxy.istio.io/config", "{")[0]?.message ?? "", /^is not YAML: /);
});
config("values are checked only where all types are right, then all of them", () => {
  assert.is(errors("proxy.istio.io/config", '{"statusPort": 0, "proxyAdminPort": 0}').length, 2);
  assert.is(errors("proxy.istio.io/config", '{"statusPort": 0, "concurrency": "x"}').length, 1);
});
config.run();
