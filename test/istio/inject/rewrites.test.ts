/** What injection rewrites in the user's pod: metrics, probes, users, and what it undoes. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  annotationsOf,
  containersOf,
  findInPod,
  findSidecar,
  type Pod,
} from "../../../src/istio/inject/pod.ts";
import { dumpProbes, mergeProbes, rewriteProbes } from "../../../src/istio/inject/probes.ts";
import { mergePrometheus } from "../../../src/istio/inject/prometheus.ts";
import { adjustUser } from "../../../src/istio/inject/run-as.ts";
import { undoInjection } from "../../../src/istio/inject/undo.ts";
import { yamlText } from "../../../src/istio/inject/yaml-text.ts";
import { defaultMeshConfig } from "../../../src/istio/mesh-config.ts";
import { nearestFacts } from "../../../src/istio/releases.ts";
import type { Json, JsonObject } from "../../../src/kube/json.ts";

const proxy = { name: "istio-proxy" };
const agent = {
  "prometheus.io/port": "15020",
  "prometheus.io/path": "/stats/prometheus",
  "prometheus.io/scrape": "true",
};

const metrics = suite("metrics");
for (const [what, annotations, expected, told] of [
  ["none of the pod's own", {}, agent, undefined],
  [
    "its own go to the proxy",
    { "prometheus.io/port": "80", a: "b" },
    { a: "b", ...agent },
    '{"scrape":"","path":"","port":"80"}',
  ],
  ["in any spelling", { "prometheus.io.path": "/m" }, agent, '{"scrape":"","path":"/m","port":""}'],
  ["nothing to scrape", { "prometheus.io/scrape": "false" }, { "prometheus.io/scrape": "false" }, undefined],
  [
    "not merged",
    { "prometheus.istio.io/merge-metrics": "0" },
    { "prometheus.istio.io/merge-metrics": "0" },
    undefined,
  ],
  ["done before", { "prometheus.io/port": "15020" }, { "prometheus.io/port": "15020" }, undefined],
] as const) {
  metrics(what, () => {
    const pod = mergePrometheus(
      { metadata: { annotations }, spec: { containers: [proxy] } },
      defaultMeshConfig,
    );
    assert.equal(annotationsOf(pod), expected);
    const env = told === undefined ? undefined : [{ name: "ISTIO_PROMETHEUS_ANNOTATIONS", value: told }];
    assert.equal(findSidecar(pod)?.env, env);
  });
}
metrics("the mesh says no", () => {
  const pod = { metadata: {}, spec: { containers: [proxy] } };
  assert.is(mergePrometheus(pod, { ...defaultMeshConfig, enablePrometheusMerge: false }), pod);
});

const probes = suite("probes");
function app(fields: JsonObject, annotations: JsonObject = {}): Pod {
  const ports = [
    { name: "web", containerPort: 80 },
    { name: "web", containerPort: 81 },
  ];
  return { metadata: { annotations }, spec: { containers: [{ name: "a", ports, ...fields }, proxy] } };
}
const dumped: readonly (readonly [what: string, fields: JsonObject, expected: string])[] = [
  ["none", {}, ""],
  [
    "HTTP",
    { readinessProbe: { httpGet: { path: "/<r>", port: 80 }, timeoutSeconds: 3 } },
    '{"/app-health/a/readyz":{"httpGet":{"path":"/\\u003cr\\u003e","port":80},"timeoutSeconds":3}}',
  ],
  [
    "a named port, of which the last counts",
    { livenessProbe: { tcpSocket: { port: "web" } } },
    '{"/app-health/a/livez":{"tcpSocket":{"port":81}}}',
  ],
  ["a port nobody has", { livenessProbe: { tcpSocket: { port: "no" } } }, ""],
  ["the status port", { startupProbe: { httpGet: { port: 15020 } } }, ""],
  [
    "gRPC, also on the status port",
    { startupProbe: { grpc: { port: 15020, service: null } } },
    '{"/app-health/a/startupz":{"grpc":{"port":15020,"service":null}}}',
  ],
  ["a command", { livenessProbe: { exec: { command: ["x"] } } }, ""],
  [
    "handlers, without a time",
    { lifecycle: { preStop: { httpGet: { port: 1 } }, postStart: { tcpSocket: { port: 2 } } } },
    '{"/app-lifecycle/a/poststartz":{"tcpSocket":{"port":2}},"/app-lifecycle/a/prestopz":{"httpGet":{"port":1}}}',
  ],
];
for (const [what, fields, expected] of dumped) {
  probes(`recorded: ${what}`, () => assert.is(dumpProbes(app(fields), 15020), expected));
}
probes("recorded: no handlers before 1.25", () => {
  const pod = app({
    lifecycle: { preStop: { httpGet: { port: 1 } } },
    livenessProbe: { tcpSocket: { port: 2 } },
  });
  const facts = nearestFacts("1.24");
  assert.is(dumpProbes(pod, 15020, facts), '{"/app-health/a/livez":{"tcpSocket":{"port":2}}}');
  assert.equal(findInPod(rewriteProbes(pod, true, 15020, facts), "a")?.lifecycle, {
    preStop: { httpGet: { port: 1 } },
  });
});
probes("before 1.27 a status without a record gets none", () => {
  assert.equal(mergeProbes(true, [], "{}", nearestFacts("1.26")), []);
  assert.is(mergeProbes(true, [], "{}", nearestFacts("1.27")).length, 1);
  assert.is(mergeProbes(true, mergeProbes(false, [], "{}"), "{}", nearestFacts("1.16")).length, 2);
});
const rewritten: readonly (readonly [what: string, probe: JsonObject, expected: JsonObject])[] = [
  [
    "HTTPS",
    { httpGet: { path: "/", port: 1, scheme: "HTTPS", host: "h" }, periodSeconds: 2 },
    { httpGet: { path: "/app-health/a/livez", port: 15020, scheme: "HTTP", host: "h" }, periodSeconds: 2 },
  ],
  ["TCP", { tcpSocket: { port: 1 } }, { httpGet: { path: "/app-health/a/livez", port: 15020 } }],
  [
    "gRPC",
    { grpc: { port: 1 }, timeoutSeconds: 2 },
    { timeoutSeconds: 2, httpGet: { path: "/app-health/a/livez", port: 15020 } },
  ],
  ["a command", { exec: { command: ["x"] } }, { exec: { command: ["x"] } }],
];
for (const [what, livenessProbe, expected] of rewritten) {
  probes(`rewritten: ${what}`, () => {
    assert.equal(findInPod(rewriteProbes(app({ livenessProbe }), true, 15020), "a")?.livenessProbe, expected);
  });
}
for (const [annotations, setting, expected] of [
  [{}, true, 15020],
  [{}, false, 1],
  [{ "sidecar.istio.io/rewriteAppHTTPProbers": "false" }, true, 1],
  [{ "sidecar.istio.io/rewriteAppHTTPProbers": "junk" }, true, 15020],
  [{ "status.sidecar.istio.io/port": "99" }, true, 99],
  [{ "status.sidecar.istio.io/port": " 99 " }, true, 0],
] as const) {
  probes(`${JSON.stringify(annotations)} ${setting}`, () => {
    const pod = rewriteProbes(app({ livenessProbe: { httpGet: { port: 1 } } }, annotations), setting, 15020);
    const probe = findInPod(pod, "a")?.livenessProbe as { readonly httpGet: { readonly port: number } };
    assert.is(probe.httpGet.port, expected);
  });
}
const variable = "ISTIO_KUBE_APP_PROBERS";
for (const [what, injected, before, text, expected] of [
  [
    "what was recorded before wins, in the order of the fields",
    true,
    '{"a":{"timeoutSeconds":1,"tcpSocket":{"port":1}}}',
    '{"a":{"tcpSocket":{"port":2}},"b":{}}',
    ['{"a":{"tcpSocket":{"port":1},"timeoutSeconds":1},"b":{}}'],
  ],
  ["added where nothing was injected before", false, "{}", '{"b":{}}', ["{}", '{"b":{}}']],
  ["no JSON before: it stays", true, "bad", "{}", ["bad"]],
  ["no probes before: it stays", true, '{"a":{"tcpSocket":1}}', "{}", ['{"a":{"tcpSocket":1}}']],
  ["too deep to be probes", true, `{"a":${"[".repeat(50000)}${"]".repeat(50000)}}`, "{}", undefined],
] as const) {
  probes(what, () => {
    const env = [{ name: variable, value: before }];
    const found = mergeProbes(injected, env, text).map(({ value }) => value);
    assert.equal(found, expected ?? [before]);
  });
}

const users = suite("the proxy's user");
function captured(name: string): Pod {
  return {
    spec: {
      containers: [{ ...proxy, securityContext: { runAsUser: 5 } }],
      initContainers: [{ name, args: ["-u", "1337"] }],
    },
  };
}
const asked = (securityContext: JsonObject): Pod => ({
  spec: { containers: [{ ...proxy, securityContext }] },
});
for (const [what, name, context, mode, args, init, own] of [
  ["capture is told", "istio-init", { runAsUser: 5 }, "REDIRECT", "5", undefined, 5],
  [
    "validation shares it",
    "istio-validation",
    { runAsUser: 5, runAsGroup: 6 },
    "REDIRECT",
    "5",
    { runAsUser: 5, runAsGroup: 6 },
    5,
  ],
  ["root is not told", "istio-init", { runAsUser: 0 }, "REDIRECT", "1337", undefined, 5],
  ["root again in TPROXY mode", "istio-init", { runAsUser: 5 }, "TPROXY", "5", undefined, 0],
  ["only a group", "istio-validation", { runAsGroup: 6 }, "REDIRECT", "1337", { runAsGroup: 6 }, 5],
] as const) {
  users(what, () => {
    const pod = adjustUser(captured(name), asked(context), { interceptionMode: mode });
    const [capture] = containersOf(pod, "initContainers");
    assert.equal(capture?.args, ["-u", args]);
    assert.equal(capture?.securityContext, init);
    assert.equal(findSidecar(pod)?.securityContext, { runAsUser: own });
  });
}

const undo = suite("an earlier injection");
const status = '{"containers":["istio-proxy"],"initContainers":["istio-init"]}';
undo("is taken back", () => {
  const annotations = { "sidecar.istio.io/status": status, "prometheus.io/port": "15020", own: "x" };
  const pod = {
    metadata: { annotations },
    spec: { containers: [{ name: "a" }, proxy], initContainers: [{ name: "istio-init" }] },
  };
  const undone = undoInjection(pod, defaultMeshConfig);
  if (!undone.ok) throw new Error(undone.error);
  assert.equal(annotationsOf(undone.pod), { own: "x" });
  assert.equal(containersOf(undone.pod, "containers"), [{ name: "a" }]);
  assert.equal(containersOf(undone.pod, "initContainers"), []);
});
undo("the user's own containers come back", () => {
  const overrides = JSON.stringify({ containers: [{ name: "istio-proxy", image: "own" }] });
  const annotations = { "sidecar.istio.io/status": status, "proxy.istio.io/overrides": overrides };
  const undone = undoInjection(
    { metadata: { annotations }, spec: { containers: [{ name: "a" }, proxy] } },
    defaultMeshConfig,
  );
  assert.equal(undone.ok && findSidecar(undone.pod)?.image, "own");
});
undo("a pod without status stays as it is", () => {
  const pod = { spec: { containers: [proxy] } };
  assert.equal(undoInjection(pod, defaultMeshConfig), { ok: true, pod });
});
for (const text of ["{", "[]", '{"containers":{}}', '{"containers":[{"name":5}]}']) {
  undo(`overrides ${text} are refused`, () => {
    const annotations = { "proxy.istio.io/overrides": text };
    assert.is(undoInjection({ metadata: { annotations } }, defaultMeshConfig).ok, false);
  });
}

const yaml = suite("YAML for templates");
const texts: readonly (readonly [value: Json, expected: string])[] = [
  [{ b: 1, a: { d: [1, "x"], c: null } }, "a:\n  c: null\n  d:\n  - 1\n  - x\nb: 1\n"],
  [{}, "{}\n"],
  [[], "[]\n"],
  [[[1], { a: [] }], "- - 1\n- a: []\n"],
  ["", '""\n'],
  ["true", '"true"\n'],
  ["yes", '"yes"\n'],
  ["12", '"12"\n'],
  ["1_0.5e3", '"1_0.5e3"\n'],
  ["2024-01-02", '"2024-01-02"\n'],
  ["1.2.3", "1.2.3\n"],
  ["a: b", "'a: b'\n"],
  ["it's # so", "'it''s # so'\n"],
  ["- x", "'- x'\n"],
  ["-x", "-x\n"],
  [" x", "' x'\n"],
  ["a\tb", '"a\\tb"\n'],
  ["a\nb", "|-\n  a\n  b\n"],
  [{ k: "a\n\n b\n" }, "k: |\n  a\n\n   b\n"],
  [1e21, "1e+21\n"],
  [1234567.5, "1.2345675e+06\n"],
  ["<<", "<<\n"],
  ["2024-13-02", "2024-13-02\n"],
  ["0b-1", '"0b-1"\n'],
  [{ a10: 1, a9: 2, B: 3 }, "B: 3\na9: 2\na10: 1\n"],
  [{ k: `${"x".repeat(80)} y` }, `k: ${"x".repeat(80)}\n  y\n`],
  [{ k: `${"x".repeat(77)} y` }, `k: ${"x".repeat(77)} y\n`],
  [[`# ${"x".repeat(80)} y `], `- '# ${"x".repeat(80)}\n  y '\n`],
  [[`\t${"x".repeat(80)}  y`], `- "\\t${"x".repeat(80)}\n  \\ y"\n`],
  [{ ["k".repeat(129)]: [1] }, `? ${"k".repeat(129)}\n: - 1\n`],
  ["\u{1f600}", '"\\U0001F600"\n'],
  ["del\u007f", ""],
];
for (const [value, expected] of texts) {
  yaml(JSON.stringify(value), () => assert.is(yamlText(value), expected));
}

for (const each of [metrics, probes, users, undo, yaml]) each.run();
