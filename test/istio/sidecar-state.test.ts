import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { PodFacts } from "../../src/istio/facts.ts";
import { nearestFacts } from "../../src/istio/releases.ts";
import { isNative, nativeKey, sidecarState, statusKey } from "../../src/istio/sidecar-state.ts";
import type { JsonObject } from "../../src/kube/json.ts";

const state = suite("sidecars already there");
const pod = (given: Partial<PodFacts>): PodFacts => ({
  labels: {},
  annotations: {},
  hostNetwork: false,
  containers: [],
  initContainers: [],
  ...given,
});
const proxy = (image: string, spec: JsonObject = {}) => ({ name: "istio-proxy", image, spec });
const status = JSON.stringify({
  initContainers: ["istio-init"],
  containers: ["istio-proxy"],
  volumes: null,
  revision: "default",
});

state("an ordinary pod has none", () => {
  assert.equal(sidecarState(pod({ containers: [{ name: "app", image: "x", spec: {} }] })), { is: "absent" });
});
state("image auto and no image wait for injection", () => {
  for (const image of ["auto", ""]) {
    assert.is(sidecarState(pod({ containers: [proxy(image)] })).is, "placeholder");
  }
});
state("a real image is a sidecar committed with the manifest", () => {
  const found = sidecarState(pod({ containers: [proxy("docker.io/istio/proxyv2:1.20.0")] }));
  assert.ok(found.is === "present");
  assert.equal([found.by, found.container?.native], ["container", false]);
});
state("the status annotation says what was added", () => {
  const found = sidecarState(pod({ annotations: { [statusKey]: status } }));
  assert.ok(found.is === "present");
  assert.equal(found.status, {
    initContainers: ["istio-init"],
    containers: ["istio-proxy"],
    volumes: [],
    imagePullSecrets: [],
    revision: "default",
  });
});
state("a status that is no JSON object counts for nothing", () => {
  for (const text of ["", "injected", "[]", "1"]) {
    assert.is(sidecarState(pod({ annotations: { [statusKey]: text } })).is, "absent");
  }
});
state("a native sidecar is an init container that keeps running", () => {
  const found = sidecarState(
    pod({ initContainers: [proxy("istio/proxyv2:1.30.0", { restartPolicy: "Always" })] }),
  );
  assert.ok(found.is === "present");
  assert.is(found.container?.native, true);
});

const natives: readonly (readonly [
  release: string,
  written: string | undefined,
  nodes: boolean | undefined,
  is: boolean | undefined,
])[] = [
  ["1.18", undefined, true, false],
  ["1.26", undefined, true, false],
  ["1.26", "true", false, true],
  ["1.23", "true", false, false],
  ["1.30", undefined, true, true],
  ["1.30", undefined, undefined, undefined],
  ["1.30", "false", true, false],
  ["1.30", "yes", undefined, undefined],
];
for (const [release, written, nodes, is] of natives) {
  state(`${release}, annotation ${written}, nodes ${nodes}: native ${is}`, () => {
    const annotations = written === undefined ? {} : { [nativeKey]: written };
    assert.is(isNative(pod({ annotations }), nearestFacts(release), nodes), is);
  });
}
state.run();
