/** What explain and rules read of an injected pod, with a small injector of our own. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readInjector } from "../../src/istio/inject/injector.ts";
import type { Injection } from "../../src/istio/inject/pipeline.ts";
import type { Istiod } from "../../src/istio/inject/webhook.ts";
import { injectTemplate } from "../../src/istio/inject/workload.ts";
import { defaultMeshConfig } from "../../src/istio/mesh-config.ts";
import { nearestFacts } from "../../src/istio/releases.ts";
import { readSidecar, requestAboveLimit, type Sidecar } from "../../src/istio/sidecar.ts";
import { readValues } from "../../src/istio/values.ts";
import type { Json, JsonObject } from "../../src/kube/json.ts";
import { toValue } from "../../src/source/node.ts";
import { readYaml } from "../../src/source/read.ts";

const sidecar = `
spec:
  initContainers:
  - name: {{ if .Values.cni }}istio-validation{{ else }}istio-init{{ end }}
    args: [istio-iptables, -p, "15001", -u, "1337", -m, REDIRECT, -i, "*", -x, "10.0.0.0/8", -b, "*", -d, "15090,15021"]
  {{ if not .NativeSidecars }}containers:{{ end }}
  - name: istio-proxy
    image: {{ annotation .ObjectMeta "sidecar.istio.io/proxyImage" .ProxyImage }}
    {{ if .NativeSidecars }}restartPolicy: Always{{ end }}
    ports: [{containerPort: 15090, name: http-envoy-prom}]
    readinessProbe: {httpGet: {path: /healthz/ready, port: 15021}}
    env: [{name: ISTIO_META_DNS_CAPTURE, value: "true"}, {name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]
    securityContext: {runAsUser: 1337, runAsGroup: 1338}
    resources:
      requests: {cpu: {{ index .ObjectMeta.Annotations "sidecar.istio.io/proxyCPU" | default .Values.global.proxy.resources.requests.cpu }}}
      limits: {memory: 1Gi}
  volumes:
  - {name: istio-data, emptyDir: {}}
`;

function parse(text: string) {
  const read = readYaml(text);
  return read.ok
    ? ({ ok: true, value: read.root && toValue(read.root) } as const)
    : ({ ok: false, message: read.error.message } as const);
}

function istiodOf(changes: Partial<Istiod> = {}, more: JsonObject = {}): Istiod {
  const values = readValues({
    global: { hub: "h", tag: "1", proxy: { resources: { requests: { cpu: "100m" } } } },
    sidecarInjectorWebhook: { rewriteAppHTTPProbe: true },
    ...more,
  });
  const templates = { sidecar, labels: "metadata: {labels: {a: b}}" };
  const injector = readInjector({ policy: "enabled", templates }, "1.30");
  if (!values.ok || !injector.ok) throw new Error("injector");
  return {
    injector: injector.injector,
    mesh: defaultMeshConfig,
    values: values.values,
    revision: "default",
    native: false,
    platform: "",
    compliancePolicy: "",
    facts: nearestFacts("1.30"),
    readYaml: parse,
    ...changes,
  };
}

const app = {
  name: "web",
  image: "shop/web:1",
  ports: [{ name: "http", containerPort: 8080 }],
  readinessProbe: { httpGet: { port: "http", path: "/ready" } },
  livenessProbe: { tcpSocket: { port: "admin" } },
};

function sidecarOf(
  annotations: JsonObject = {},
  own: readonly JsonObject[] = [],
  istiod = istiodOf(),
): Sidecar | undefined {
  const template: Json = { metadata: { annotations }, spec: { containers: [app, ...own] } };
  const owner = { kind: "Deployment", apiVersion: "apps/v1", name: "web", namespace: "shop" };
  const injected = injectTemplate(istiod, { owner, template });
  if (!injected.ok) throw new Error((injected as Injection & { ok: false }).errors[0]?.message);
  return readSidecar(istiod, injected);
}

const reading = suite("the sidecar of an injected pod");

reading("everything that was added, and where it stands", () => {
  const read = sidecarOf();
  assert.is(read?.image, "h/proxyv2:1");
  assert.equal(read?.imageOrigin, { from: "values", path: ["global", "tag"] });
  assert.equal([read?.list, read?.index, read?.native], ["containers", 1, false]);
  assert.equal([read?.user, read?.group], [1337, 1338]);
  assert.equal(
    [read?.templates, read?.containers, read?.initContainers, read?.volumes],
    [["sidecar"], [], ["istio-init"], ["istio-data"]],
  );
  assert.equal(read?.env.slice(0, 1), [{ name: "ISTIO_META_DNS_CAPTURE", value: "true" }]);
});

reading("each request and limit with who set it", () => {
  const origins = (read: Sidecar | undefined) =>
    read &&
    [
      read.resources.requests.cpu,
      read.resources.limits.cpu,
      read.resources.requests.memory,
      read.resources.limits.memory,
    ].map(({ from, value }) => `${from} ${value}`);
  assert.equal(origins(sidecarOf()), ["mesh 100m", "none undefined", "limit 1Gi", "template 1Gi"]);
  assert.equal(origins(sidecarOf({ "sidecar.istio.io/proxyCPU": "1000m" })), [
    "annotation 1000m",
    "none undefined",
    "limit 1Gi",
    "template 1Gi",
  ]);
  const own = { name: "istio-proxy", image: "auto", resources: { limits: { cpu: "1", memory: "64Mi" } } };
  assert.equal(origins(sidecarOf({}, [own])), ["mesh 100m", "container 1", "limit 64Mi", "container 64Mi"]);
});

reading("who chose the image", () => {
  const annotated = sidecarOf({ "sidecar.istio.io/proxyImage": "x/y:2" });
  assert.equal(annotated?.imageOrigin, { from: "annotation", annotation: "sidecar.istio.io/proxyImage" });
  const typed = sidecarOf({ "sidecar.istio.io/proxyImageType": "debug" });
  assert.is(typed?.image, "h/proxyv2:1-debug");
  assert.equal(typed?.imageOrigin, { from: "annotation", annotation: "sidecar.istio.io/proxyImageType" });
  const own = sidecarOf({}, [{ name: "istio-proxy", image: "mine:1" }]);
  assert.equal(own?.imageOrigin, { from: "container", list: "containers", index: 1 });
});

reading("the ports that it listens on, as the mesh and the pod configure them", () => {
  const ports = (read: Sidecar | undefined) => read?.ports.map(({ number }) => number);
  assert.equal(ports(sidecarOf()), [15000, 15001, 15006, 15020, 15021, 15053, 15090]);
  const moved = sidecarOf({
    "status.sidecar.istio.io/port": "15099",
    "proxy.istio.io/config": "proxyAdminPort: 15005",
  });
  assert.equal(ports(moved), [15001, 15005, 15006, 15021, 15053, 15090, 15099]);
});

reading("what is captured, by the arguments or for the CNI plugin by the annotations", () => {
  const { capture } = sidecarOf() ?? {};
  assert.equal(
    [capture?.by, capture?.mode, capture?.includedRanges, capture?.excludedRanges, capture?.user],
    ["istio-init", "REDIRECT", "*", "10.0.0.0/8", 1337],
  );
  const cni = sidecarOf(
    { "traffic.sidecar.istio.io/excludeOutboundPorts": "9000" },
    [],
    istiodOf({}, { cni: true }),
  );
  assert.equal([cni?.capture?.by, cni?.capture?.excludedOutboundPorts], ["cni", "9000"]);
});

reading("probes that the agent answers, and those it cannot", () => {
  assert.equal(
    sidecarOf()?.probes.map(({ path, from, to, port, unresolved }) => [
      path.join("."),
      from,
      to,
      port,
      unresolved,
    ]),
    [
      ["readinessProbe", "HTTP :http/ready", "/app-health/web/readyz", 15020, undefined],
      ["livenessProbe", "TCP :admin", "/app-health/web/livez", 15020, "admin"],
    ],
  );
  assert.equal(sidecarOf({ "sidecar.istio.io/rewriteAppHTTPProbers": "false" })?.probes, []);
});

reading("a native sidecar is an init container that keeps running", () => {
  const read = sidecarOf({}, [], istiodOf({ native: true }));
  assert.equal([read?.list, read?.native], ["initContainers", true]);
});

reading("templates without a proxy make no sidecar", () => {
  assert.is(sidecarOf({ "inject.istio.io/templates": "labels" }), undefined);
});

reading("a request above its limit, wherever each of them comes from", () => {
  assert.is(requestAboveLimit(sidecarOf() as Sidecar), undefined);
  const own = { name: "istio-proxy", image: "auto", resources: { limits: { cpu: "50m" } } };
  const { resource, request, limit } = requestAboveLimit(sidecarOf({}, [own]) as Sidecar) ?? {};
  assert.equal([resource, request?.value, limit?.value], ["cpu", "100m", "50m"]);
});

reading.run();
