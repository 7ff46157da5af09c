/** The sidecar of a workload of a repository: injected, refused with the place of the fault, or not known and why. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { injectionOf, sidecarOf } from "../../src/world/sidecar.ts";
import { configured, enabled, type Files, namespace, scanned } from "./scanned.ts";

const shop = namespace("shop", enabled);

/** An injector's ConfigMap of the repository. */
const injector = (templates: string, values = "{}") => `apiVersion: v1
kind: ConfigMap
metadata: {name: istio-sidecar-injector, namespace: istio-system}
data:
  config: |
    policy: enabled
    templates:
${templates}
  values: |
    ${values}
`;
const small = `      sidecar: |
        spec:
          containers:
          - name: istio-proxy
            image: {{ .ProxyImage }}
            securityContext: {runAsUser: {{ .ProxyUID }}}
      broken: "{{ .Nope }}"
      labels: "metadata: {labels: {a: b}}"`;

const pod = (annotations: string, containers = "") => `apiVersion: v1
kind: Pod
metadata:
  name: web
  namespace: shop
  annotations:
${annotations || "    a: b"}
spec:
  containers:
    - {name: web, image: shop/web:1}
${containers}`;

function readingOf(files: Files, config = "") {
  const { world } = scanned(files, { config: configured(config) });
  const [workload] = world.workloads;
  if (!workload) throw new Error("no workload");
  return sidecarOf(world, workload);
}

function refusalsOf(files: Files) {
  const reading = readingOf(files);
  if (reading.state !== "refused") throw new Error(reading.state);
  return reading.refusals.map(({ by, message, origin }) => `${origin.text} ${by}: ${message}`);
}

const sidecars = suite("sidecars of workloads");

sidecars("as a stock install of the release makes them", () => {
  const reading = readingOf({ "ns.yaml": shop, "web.yaml": pod("") }, 'istio: {version: "1.24"}');
  assert.is(reading.state, "injected");
  if (reading.state !== "injected") return;
  assert.match(reading.sidecar?.image ?? "", /proxyv2:1\.24\.\d+$/);
  assert.equal(reading.sidecar?.templates, ["sidecar"]);
  assert.is(reading.sidecar?.capture?.by, "istio-init");
});

sidecars("none where the gates are shut, though what would be injected is known", () => {
  const { world } = scanned({ "ns.yaml": namespace("shop"), "web.yaml": pod("") });
  const [workload] = world.workloads;
  assert.is(workload && sidecarOf(world, workload).state, "none");
  assert.is(workload && injectionOf(world, workload).state, "injected");
});

sidecars("of an unknown verdict: what it would be", () => {
  assert.is(readingOf({ "web.yaml": pod("") }).state, "injected");
});

sidecars("by the repository's own templates and values", () => {
  const own = injector(small, '{"global": {"hub": "h", "tag": "1"}}');
  const reading = readingOf({ "istio.yaml": own, "ns.yaml": shop, "web.yaml": pod("") });
  assert.is(reading.state === "injected" && reading.sidecar?.image, "h/proxyv2:1");
});

sidecars("templates without a proxy leave the pod without sidecar", () => {
  const reading = readingOf({
    "istio.yaml": injector(small),
    "ns.yaml": shop,
    "web.yaml": pod("    inject.istio.io/templates: labels"),
  });
  assert.is(reading.state === "injected" && reading.sidecar, undefined);
});

sidecars("an invalid annotation refuses the pod, at its place", () => {
  assert.equal(refusalsOf({ "ns.yaml": shop, "web.yaml": pod("    status.sidecar.istio.io/port: http") }), [
    'web.yaml:7:5 injector: status.sidecar.istio.io/port must be a port from 0 to 65535, is "http"',
  ]);
});

sidecars("an invalid field of the proxy's configuration, at its place inside the text", () => {
  const annotation = "    proxy.istio.io/config: |\n      drainDuration: 45s\n      concurrency: two";
  assert.equal(refusalsOf({ "ns.yaml": shop, "web.yaml": pod(annotation) }), [
    'web.yaml:9:7 injector: proxy.istio.io/config concurrency must be a whole number, is "two"',
  ]);
});

sidecars("a template that the pod asks for and nobody has, at the pod", () => {
  const files = { "istio.yaml": injector(small), "ns.yaml": shop };
  const [refusal = ""] = refusalsOf({ ...files, "web.yaml": pod("    inject.istio.io/templates: vm") });
  assert.match(refusal, /^web.yaml:7:5 injector: .*"vm".*broken, labels, sidecar/);
});

sidecars("a template that fails, at the template where it is a default one", () => {
  const own = injector('      sidecar: "{{ .Nope }}"');
  const [refusal = ""] = refusalsOf({ "istio.yaml": own, "ns.yaml": shop, "web.yaml": pod("") });
  assert.match(refusal, /^istio.yaml:8:7 injector: .*Nope/);
});

sidecars("a request above its limit is refused by the API server, after the injection", () => {
  const own = "    - {name: istio-proxy, image: auto, resources: {limits: {cpu: 50m}}}\n";
  const reading = readingOf({ "ns.yaml": shop, "web.yaml": pod("", own) });
  assert.is(reading.state, "injected");
  assert.equal(
    reading.state === "injected" && reading.refusals.map(({ by, message }) => `${by}: ${message}`),
    ["api-server: the sidecar requests CPU 100m and is limited to 50m"],
  );
});

sidecars("not known where the injector cannot be read, with the place", () => {
  const own = injector("      sidecar: 5", "[]");
  const reading = readingOf({ "istio.yaml": own, "ns.yaml": shop, "web.yaml": pod("") });
  assert.is(reading.state, "unknown");
  assert.match(reading.state === "unknown" ? reading.why : "", /^istio.yaml:\d+/);
});

sidecars("not known where the template is no pod", () => {
  const own = `    - {name: app, image: a, ports: [{containerPort: http}]}\n`;
  const reading = readingOf({ "ns.yaml": shop, "web.yaml": pod("", own) });
  assert.match(reading.state === "unknown" ? reading.why : "", "its pod template cannot be read");
});

sidecars("the user of OpenShift comes from the namespace's annotations", () => {
  const own = injector(small, '{"global": {"platform": "openshift", "hub": "h", "tag": "1"}}');
  const annotated = `${shop.trimEnd().replace("}}", "}, annotations: {openshift.io/sa.scc.uid-range: 1000/100}}")}\n`;
  const reading = readingOf({ "istio.yaml": own, "ns.yaml": annotated, "web.yaml": pod("") });
  assert.is(reading.state === "injected" && reading.sidecar?.user, 1099);
});

sidecars("workloads that ask the same share one injection", () => {
  const kustomization = "resources: [../web.yaml]\n";
  const { world } = scanned({
    "web.yaml": pod(""),
    "a/kustomization.yaml": kustomization,
    "b/kustomization.yaml": kustomization,
  });
  const [one, two] = world.workloads.map((workload) => injectionOf(world, workload));
  assert.is(world.workloads.length, 2);
  assert.ok(one?.state === "injected" && two?.state === "injected" && one.pod === two.pod);
});

sidecars.run();
