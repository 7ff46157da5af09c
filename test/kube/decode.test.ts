/** Plain data as typed objects: what Go accepts, how it prints. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type DecodeOptions, decode, type Via } from "../../src/kube/decode.ts";
import type { Json } from "../../src/kube/json.ts";

const vias: readonly Via[] = ["scheme", "unmarshal"];

/** The printed object, or "refused: paths of the errors". */
function printed(type: string, json: Json, options: DecodeOptions): unknown {
  const result = decode(type, json, options);
  if (!result.ok) return `refused: ${result.errors.map(({ path }) => path.join(".")).join(" ")}`;
  return JSON.parse(
    JSON.stringify(result.value, (_, value) => (typeof value === "bigint" ? `${value}n` : value)),
  );
}

function container(fields: Json, extra: object = {}): unknown {
  return { metadata: {}, spec: { containers: [fields], ...extra }, status: {} };
}

const both = suite("decode: either way");

const same: readonly (readonly [what: string, pod: Json, expected: unknown])[] = [
  ["nothing", null, { metadata: {}, spec: { containers: null }, status: {} }],
  ["an empty list", { spec: { containers: [] } }, { metadata: {}, spec: { containers: [] }, status: {} }],
  ["a null item", { spec: { containers: [null] } }, container({ name: "", resources: {} })],
  [
    "zero values",
    {
      metadata: { name: "", labels: {}, generation: 0, creationTimestamp: null },
      spec: { hostNetwork: false },
    },
    { metadata: {}, spec: { containers: null }, status: {} },
  ],
  [
    "pointers to zero values",
    { spec: { automountServiceAccountToken: false, securityContext: {}, terminationGracePeriodSeconds: 0 } },
    {
      metadata: {},
      spec: {
        containers: null,
        automountServiceAccountToken: false,
        securityContext: {},
        terminationGracePeriodSeconds: 0,
      },
      status: {},
    },
  ],
  [
    "quantities",
    { spec: { containers: [{ name: "a", resources: { limits: { cpu: 0.5, memory: "1024Mi", x: null } } }] } },
    container({ name: "a", resources: { limits: { cpu: "500m", memory: "1Gi", x: "0" } } }),
  ],
  [
    "ports",
    {
      spec: {
        containers: [{ name: "a", livenessProbe: { httpGet: { port: "http" }, tcpSocket: { port: 80 } } }],
      },
    },
    container({
      name: "a",
      resources: {},
      livenessProbe: { httpGet: { port: "http" }, tcpSocket: { port: 80 } },
    }),
  ],
  [
    "times, in UTC and whole seconds",
    {
      metadata: {
        creationTimestamp: "2024-02-29T1:30:00.5+02:00",
        deletionTimestamp: "0001-01-01T00:00:00Z",
      },
    },
    {
      metadata: { creationTimestamp: "2024-02-28T23:30:00Z", deletionTimestamp: null },
      spec: { containers: null },
      status: {},
    },
  ],
  [
    "null labels",
    { metadata: { labels: { a: null } } },
    { metadata: { labels: { a: "" } }, spec: { containers: null }, status: {} },
  ],
  [
    "large integers",
    { metadata: { generation: 9223372036854775807n } },
    { metadata: { generation: "9223372036854775807n" }, spec: { containers: null }, status: {} },
  ],
  [
    "keys that JavaScript knows",
    { metadata: { labels: JSON.parse('{"__proto__": "a", "constructor": "b"}') } },
    {
      metadata: { labels: JSON.parse('{"__proto__": "a", "constructor": "b"}') },
      spec: { containers: null },
      status: {},
    },
  ],
  ["a list for a map", { metadata: { labels: [] } }, "refused: metadata.labels"],
  ["a map for a list", { spec: { containers: {} } }, "refused: spec.containers"],
  ["a string for a map", { spec: "x" }, "refused: spec"],
  ["a string for a boolean", { spec: { hostNetwork: "true" } }, "refused: spec.hostNetwork"],
  ["a fraction for an integer", { spec: { priority: 1.5 } }, "refused: spec.priority"],
  ["too large an integer", { spec: { priority: 2147483648 } }, "refused: spec.priority"],
  [
    "no quantity",
    { spec: { overhead: { cpu: true, memory: "1 Gi" } } },
    "refused: spec.overhead.cpu spec.overhead.memory",
  ],
  [
    "no time",
    { metadata: { creationTimestamp: "2023-02-29T00:00:00Z" } },
    "refused: metadata.creationTimestamp",
  ],
  ["infinity in an unknown field", { foo: [{ a: Number.POSITIVE_INFINITY }] }, "refused: foo"],
  ["a scalar document", "a", "refused: "],
];

for (const via of vias) {
  for (const [what, pod, expected] of same) {
    both(`${via}: ${what}`, () => assert.equal(printed("Pod", pod, { via }), expected));
  }
}

both("unknown fields are dropped and named, or refused when strict", () => {
  const pod = { spec: { foo: 1, containers: [{ name: "a", limits: { cpu: 1 } }] } };
  for (const via of vias) {
    const result = decode("Pod", pod, { via });
    assert.ok(result.ok);
    if (result.ok)
      assert.equal(result.unknown, [
        ["spec", "foo"],
        ["spec", "containers", 0, "limits"],
      ]);
    assert.is(printed("Pod", pod, { via, strict: true }), "refused: spec.foo spec.containers.0.limits");
  }
});

both("duplicates that the reader saw are refused when strict", () => {
  const options = { via: "scheme", duplicates: [["metadata", "name"]] } as const;
  assert.is(printed("Namespace", {}, { ...options, strict: true }), "refused: metadata.name");
  assert.equal(printed("Namespace", {}, options), { metadata: {}, spec: {}, status: {} });
});

both.run();

const scheme = suite("decode: as API clients");

scheme("names of fields are exact and nothing becomes a string", () => {
  const options = { via: "scheme" } as const;
  assert.equal(printed("PodTemplateSpec", { Metadata: { name: "a" } }, options), {
    metadata: {},
    spec: { containers: null },
  });
  assert.is(printed("Pod", { metadata: { labels: { a: true } } }, options), "refused: metadata.labels.a");
  assert.is(printed("Pod", { metadata: { name: 1 } }, options), "refused: metadata.name");
});

scheme("the kind must be the one asked for, or absent", () => {
  const kinds: readonly (readonly [string, Json, boolean])[] = [
    ["Pod", { kind: "Pod" }, true],
    ["Pod", { apiVersion: "v1" }, true],
    ["Pod", { Kind: "Pod", apiVersion: "v1" }, true],
    ["Pod", { kind: "pod" }, false],
    ["Pod", { kind: "Namespace", apiVersion: "v1" }, false],
    ["Pod", { kind: "Pod", apiVersion: "apps/v1" }, false],
    ["Pod", { kind: "Pod", apiVersion: "a/b/c" }, false],
    ["Pod", { kind: 1 }, false],
    ["Deployment", { kind: "Deployment", apiVersion: "apps/v1" }, true],
    ["Deployment", { kind: "Deployment", apiVersion: "apps/" }, true],
    ["Deployment", { kind: "Deployment", apiVersion: "apps/v1beta1" }, false],
  ];
  for (const [type, json, ok] of kinds) {
    assert.is(decode(type, json, { via: "scheme" }).ok, ok, JSON.stringify(json));
  }
});

scheme.run();

const unmarshal = suite("decode: as sigs.k8s.io/yaml");
const yaml = { via: "unmarshal" } as const;

unmarshal("numbers and booleans become strings where strings are wanted", () => {
  const labels = {
    a: true,
    b: 1,
    c: 1.5,
    d: 1e21,
    e: 12345678901234567890n,
    f: Number.NaN,
    g: 0.00001,
    h: 16777217.5,
  };
  assert.equal(printed("Namespace", { metadata: { labels } }, yaml), {
    metadata: {
      labels: {
        a: "true",
        b: "1",
        c: "1.5",
        d: "1e+21",
        e: "12345678901234567890",
        f: "NaN",
        g: "1e-05",
        h: "1.6777218e+07",
      },
    },
    spec: {},
    status: {},
  });
});

unmarshal("a whole number keeps its digits unless it was written as a floating-point number", () => {
  const json = { spec: { nodeName: 1000000, hostname: 1000000 } };
  const isFloat = (path: readonly (string | number)[]): boolean => path.at(-1) === "hostname";
  assert.equal(printed("Pod", json, { ...yaml, isFloat }), {
    metadata: {},
    spec: { containers: null, nodeName: "1000000", hostname: "1e+06" },
    status: {},
  });
});

unmarshal("what Go embeds is left as it is, and so refused", () => {
  assert.is(printed("Pod", { kind: 1 }, yaml), "refused: kind");
  const volume = (source: Json): Json => ({ spec: { volumes: [{ name: 1, ...(source as object) }] } });
  assert.is(printed("Pod", volume({ hostPath: { path: 1 } }), yaml), "refused: spec.volumes.0.hostPath.path");
  assert.equal(printed("Pod", volume({ emptyDir: {} }), yaml), {
    metadata: {},
    spec: { volumes: [{ name: "1", emptyDir: {} }], containers: null },
    status: {},
  });
});

unmarshal("case is ignored; spellings of one field are merged in the order of their bytes", () => {
  const json = {
    METADATA: { Labels: { a: "1" }, labels: { b: "2" } },
    spec: { Containers: [{ Image: "x" }], containers: [{ name: "a" }], ho\u017FtNetwork: true },
  };
  assert.equal(printed("Pod", json, yaml), {
    metadata: { labels: { a: "1", b: "2" } },
    spec: { containers: [{ name: "a", image: "x", resources: {} }], hostNetwork: true },
    status: {},
  });
  const switched = { spec: { hostnetwork: true, hostNetwork: false } };
  assert.is((printed("Pod", switched, yaml) as { spec: { hostNetwork?: boolean } }).spec.hostNetwork, true);
});

unmarshal("the kind does not matter", () => {
  assert.ok(decode("Pod", { kind: "Nope", apiVersion: "a/b/c" }, yaml).ok);
});

unmarshal.run();

const sharing = suite("decode: what it shares");

const canonical = JSON.stringify({
  metadata: {},
  spec: {
    volumes: [{ name: "v", emptyDir: {} }],
    containers: [{ name: "a", env: [{ name: "X", value: "1" }], resources: { limits: { cpu: "100m" } } }],
  },
  status: {},
});

sharing("an object that is printed already is given back, but for maps with a prototype", () => {
  const pod = JSON.parse(canonical) as { spec: { volumes: Json; containers: readonly Json[] } };
  const read = decode("Pod", pod as unknown as Json, { via: "json" });
  assert.ok(read.ok);
  const spec = read.value.spec as { volumes: Json; containers: readonly Json[] };
  assert.is(spec.volumes, pod.spec.volumes);
  assert.is.not(spec.containers[0], pod.spec.containers[0]);
  const again = decode("Pod", read.value, { via: "json" });
  assert.ok(again.ok);
  assert.is(again.value, read.value);
  assert.is(JSON.stringify(again.value), canonical);
});

for (const [what, change] of [
  ["another order", '{"env":[],"name":"a","resources":{}}'],
  ["a zero value", '{"name":"a","image":"","resources":{}}'],
  ["an absent one", '{"name":"a"}'],
  ["a quantity", '{"name":"a","resources":{"limits":{"cpu":"1000m"}}}'],
  ["a negative zero", '{"name":"a","ports":[{"containerPort":-0}],"resources":{}}'],
  ["the order of keys", '{"name":"a","resources":{"limits":{"memory":"1","cpu":"1"}}}'],
] as const) {
  sharing(`${what} is printed anew, and the object given is left as it is`, () => {
    const given = JSON.parse(change) as Json;
    const read = decode("Container", given, { via: "json" });
    assert.ok(read.ok);
    assert.is.not(read.value, given);
    assert.is(JSON.stringify(given), JSON.stringify(JSON.parse(change)));
    const again = decode("Container", read.value, { via: "json" });
    assert.ok(again.ok && again.value === read.value);
  });
}
sharing.run();
