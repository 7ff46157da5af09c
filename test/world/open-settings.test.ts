/** Placeholders that would be refused as they stand: the same verdict everywhere, and what is known is still rendered and compared. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compareWorlds } from "../../src/compare/compare.ts";
import { sidecarOf } from "../../src/world/sidecar.ts";
import { trafficOf } from "../../src/world/traffic.ts";
import { configured, enabled, namespace, scanned } from "./scanned.ts";

const pod = (annotation: string, container = "") => `apiVersion: v1
kind: Pod
metadata:
  name: web
  namespace: shop
  annotations:
    ${annotation}
spec:
  containers:
    - {name: web, image: shop/web:1${container}}
`;

function worldOf(annotation: string, container = "", version = "1.30") {
  const files = { "ns.yaml": namespace("shop", enabled), "web.yaml": pod(annotation, container) };
  return scanned(files, { config: configured(`istio: {version: "${version}"}`) }).world;
}

function read(annotation: string, container = "") {
  const world = worldOf(annotation, container);
  const [workload] = world.workloads;
  if (!workload) throw new Error("no workload");
  return { world, workload, made: sidecarOf(world, workload) };
}

const open = suite("placeholders that would be refused");

for (const text of ["${mem:-64Mi}", "{{ .memory }}", "$(MEMORY)"]) {
  open(`a quantity that is ${text} goes through as it is written`, () => {
    const { made } = read(`sidecar.istio.io/proxyMemory: "${text}"`);
    assert.is(made.state, "injected");
    if (made.state !== "injected") return;
    assert.is(made.sidecar?.resources.requests.memory.value, text);
    assert.is(made.sidecar?.resources.requests.memory.from, "annotation");
    assert.equal(made.refusals, []);
  });
}

const leftOut: readonly (readonly [name: string, annotation: string, container: string, path: string])[] = [
  [
    "an annotation",
    'sidecar.istio.io/interceptionMode: "${mode}"',
    "",
    "metadata.annotations.sidecar.istio.io/interceptionMode",
  ],
  ["what templates put into YAML", 'sidecar.istio.io/logLevel: "{{ level }}: ${x}"', "", ""],
  [
    "a number of the pod",
    "a: b",
    ', ports: [{containerPort: "${PORT}"}]',
    "spec.containers.0.ports.0.containerPort",
  ],
];
for (const [name, annotation, container, path] of leftOut) {
  open(`${name} is left open, and the sidecar is rendered`, () => {
    const { made } = read(annotation, container);
    assert.is(made.state, "injected");
    if (made.state !== "injected") return;
    if (path !== "")
      assert.equal(
        made.open.map((one) => one.path.join(".")),
        [path],
      );
  });
}

open("what would be refused besides is refused all the same", () => {
  const { made } = read(
    'sidecar.istio.io/proxyMemory: "${mem}"\n    sidecar.istio.io/interceptionMode: nope',
  );
  assert.is(made.state, "refused");
});

open("no traffic is told where a placeholder says which is captured", () => {
  const { world, workload } = read('sidecar.istio.io/interceptionMode: "${mode}"');
  const traffic = trafficOf(world, workload, { addresses: [], nameservers: [] });
  assert.is(traffic.state, "unknown");
  assert.match(
    traffic.state === "unknown" ? traffic.why : "",
    /^web\.yaml:7:\d+: sidecar\.istio\.io\/interceptionMode is still/,
  );
});

open("an upgrade still tells what it changes, and nothing of the placeholders", () => {
  const annotation =
    'sidecar.istio.io/proxyMemory: "${mem}"\n    sidecar.istio.io/proxyMemoryLimit: "${most}"';
  const { changes } = compareWorlds(worldOf(annotation, "", "1.26"), worldOf(annotation, "", "1.30"));
  const aspects = changes.flatMap((change) => change.aspects.map(({ what }) => what));
  assert.ok(aspects.includes("image"), aspects.join());
  assert.not.ok(aspects.includes("resources"), aspects.join());
});

open(
  "a template that a stock install lacks may be there where nothing shows the injector's, a slip may not",
  () => {
    assert.is(read("inject.istio.io/templates: spire").made.state, "unknown");
    assert.is(read("inject.istio.io/templates: sidecr").made.state, "refused");
  },
);

open.run();
