/** Where settings of Istio's count, and what is a stray. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { isReadFromPods, isStray, type KeyHolder, placeOf } from "../../src/istio/key-place.ts";

const places = suite("places of keys");

for (const [key, map, expected] of [
  ["sidecar.istio.io/inject", "labels", true],
  ["sidecar.istio.io/inject", "annotations", true],
  ["istio.io/rev", "labels", true],
  ["istio.io/rev", "annotations", false],
  ["sidecar.istio.io/proxyCPU", "annotations", true],
  ["sidecar.istio.io/proxyCPU", "labels", true],
  ["proxy.istio.io/config", "annotations", true],
  ["traffic.sidecar.istio.io/excludeInboundPorts", "annotations", true],
  ["app", "labels", false],
] as const) {
  places(`${map} ${key} ${expected ? "is" : "is not"} read from pods only`, () =>
    assert.is(isReadFromPods(key, map), expected),
  );
}

for (const [key, expected] of [
  ["istio-injection", "labels of Namespaces"],
  ["istio.io/rev", "labels of Namespaces, Gateways, pods"],
  ["sidecar.istio.io/inject", "labels of pods"],
  ["sidecar.istio.io/proxyCPU", "annotations of pods"],
  ["example.com/none", "nothing"],
] as const) {
  places(`${key}: ${expected}`, () => {
    const place = placeOf(key);
    assert.is(place ? `${place.map} of ${place.of.join(", ")}` : "nothing", expected);
  });
}

const strays: readonly (readonly [key: string, map: string, holder: KeyHolder, stray: boolean])[] = [
  ["istio-injection", "labels", "Namespace", false],
  ["istio-injection", "annotations", "Namespace", true],
  ["istio-injection", "labels", "Pod", true],
  ["istio-injection", "labels", "Workload", true],
  ["istio.io/rev", "labels", "Pod", false],
  ["istio.io/rev", "labels", "Namespace", false],
  ["istio.io/rev", "annotations", "Namespace", true],
  ["istio.io/rev", "annotations", "Pod", true],
  ["sidecar.istio.io/inject", "labels", "Namespace", true],
  ["sidecar.istio.io/inject", "annotations", "Pod", false],
  ["sidecar.istio.io/proxyCPU", "annotations", "Namespace", true],
  ["sidecar.istio.io/proxyCPU", "labels", "Pod", true],
  ["sidecar.istio.io/proxyCPU", "annotations", "Pod", false],
  ["traffic.sidecar.istio.io/excludeOutboundPorts", "labels", "Pod", true],
  ["sidecar.istio.io/status", "labels", "Namespace", false],
  ["istio.io/dataplane-mode", "labels", "Pod", false],
  ["istio.io/dataplane-mode", "labels", "Namespace", false],
  ["istio.io/dataplane-mode", "annotations", "Namespace", true],
  ["istio.io/use-waypoint", "labels", "Pod", false],
  ["networking.istio.io/exportTo", "annotations", "Pod", false],
  ["operator.istio.io/component", "labels", "Namespace", false],
  ["sidecar.istio.io/unheardOf", "labels", "Pod", false],
  ["example.com/own", "labels", "Pod", false],
];
for (const [key, map, holder, stray] of strays) {
  places(`${key} in the ${map} of a ${holder} is ${stray ? "a stray" : "none"}`, () =>
    assert.is(isStray(key, map, holder), stray),
  );
}

places.run();
