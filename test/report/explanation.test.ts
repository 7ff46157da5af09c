/** What `explain` gives to programs: the sidecar of a workload as data, each value with its place. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Explanation, explanationOf } from "../../src/report/explanation.ts";
import { configured, enabled, namespace, scanned } from "../world/scanned.ts";

const pod = (metadata: string, container = "") => `apiVersion: v1
kind: Pod
metadata:
  name: web
  namespace: shop
${metadata}spec:
  containers:
    - name: web
      image: shop/web:1
${container}`;

function explained(manifest: string, config = "", labels = enabled): Explanation {
  const files = { "ns.yaml": namespace("shop", labels), "web.yaml": manifest };
  const { world, report } = scanned(files, { config: configured(config) });
  const [workload] = report.workloads;
  if (!workload) throw new Error("no workload");
  return explanationOf(world, workload);
}

function injected(manifest: string, config = "") {
  const { sidecar } = explained(manifest, config);
  if (sidecar?.state !== "injected") throw new Error(sidecar?.state ?? "none");
  return sidecar;
}

const data = suite("explanations as data");

data("no sidecar, no word of one", () => {
  const { sidecar, resources } = explained(pod(""), "", "istio-injection: disabled");
  assert.equal([sidecar, resources], [undefined, undefined]);
});

data("the release, the template and the image, with their places", () => {
  const own = 'istio: {version: "1.26", hub: example.com/istio, tag: 1.26.9}';
  const { release, templates, image } = injected(pod(""), own);
  assert.is(release, "1.26");
  assert.equal(templates, [{ name: "sidecar", where: "default of Istio 1.26" }]);
  assert.is(image.value, "example.com/istio/proxyv2:1.26.9");
});

data("an image and resources of annotations stand there", () => {
  const annotations = `  annotations:
    sidecar.istio.io/proxyImage: example.com/proxy:2
    sidecar.istio.io/proxyCPU: 10m
`;
  const { sidecar, resources } = explained(pod(annotations));
  assert.equal(sidecar?.state === "injected" && sidecar.image, {
    value: "example.com/proxy:2",
    where: "web.yaml:7:5",
  });
  assert.equal(resources?.[0], { resource: "cpu", bound: "request", value: "10m", where: "web.yaml:8:5" });
});

data("whether it is a native sidecar: known, or null where it depends on nodes", () => {
  const asked = pod('  annotations: {sidecar.istio.io/nativeSidecar: "true"}\n');
  assert.equal([injected(asked).native, injected(asked).list], [true, "initContainers"]);
  assert.is(injected(pod("")).native, null);
  assert.is(injected(pod(""), 'istio: {version: "1.24"}').native, false);
  assert.is(injected(pod(""), 'kubernetes: {version: "1.33"}').native, true);
  assert.is(injected(pod("  annotations: {inject.istio.io/templates: gateway}\n")).native, false);
});

data("capture: by whom and what, or null", () => {
  const range = pod("  annotations: {traffic.sidecar.istio.io/excludeOutboundIPRanges: 10.0.0.0/8}\n");
  const { capture } = injected(range);
  assert.equal(
    [capture?.by, capture?.mode, capture?.excludedRanges],
    ["istio-init", "REDIRECT", "10.0.0.0/8"],
  );
  const cni = injected(range, "istio: {cni: true}").capture;
  assert.equal([cni?.by, cni?.excludedRanges], ["cni", "10.0.0.0/8"]);
  assert.is(injected(pod("  annotations: {sidecar.istio.io/interceptionMode: NONE}\n")).capture, null);
});

data("probes that were rewritten, and those that nobody can answer", () => {
  const { probes } = injected(
    pod(
      "",
      "      livenessProbe: {httpGet: {path: /live, port: 8080}}\n      startupProbe: {tcpSocket: {port: x}}\n",
    ),
  );
  assert.equal(
    probes.map(({ probe, from, to, unresolved }) => [probe, from, to, unresolved]),
    [
      ["livenessProbe", "HTTP :8080/live", "/app-health/web/livez", null],
      ["startupProbe", "TCP :x", "/app-health/web/startupz", "x"],
    ],
  );
});

data("refused by the injector: no sidecar, why and where", () => {
  const { sidecar, resources } = explained(pod("  annotations: {status.sidecar.istio.io/port: x}\n"));
  assert.is(sidecar?.state, "refused");
  assert.is(resources, undefined);
  assert.equal(sidecar?.state === "refused" && sidecar.refusals.map(({ by, where }) => [by, where]), [
    ["injector", "web.yaml:6:17"],
  ]);
});

data("an annotation that breaks the template is at fault, not the template", () => {
  const { sidecar } = explained(pod(`  annotations:\n    sidecar.istio.io/logLevel: "a\\n- : ["\n`));
  assert.equal(sidecar?.state === "refused" && sidecar.refusals.map(({ where }) => where), ["web.yaml:7:5"]);
});

data.run();
