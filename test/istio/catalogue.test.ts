import { suite } from "uvu";
import * as assert from "uvu/assert";
import { isKnownKey, knownKey, knownKeys } from "../../src/istio/catalogue.ts";
import { nearestKeys } from "../../src/istio/nearest-key.ts";

const catalogue = suite("known keys");
catalogue("a key can be a label and an annotation, each with its history", () => {
  assert.equal(
    knownKey("sidecar.istio.io/inject").map(({ kind, deprecated }) => [kind, deprecated]),
    [
      ["annotation", "1.15"],
      ["label", undefined],
    ],
  );
});
catalogue("keys that are gone say since when", () => {
  assert.is(knownKey("sidecar.istio.io/controlPlaneAuthPolicy")[0]?.until, "1.24");
});
catalogue("every line of the table is whole", () => {
  for (const key of knownKeys()) {
    for (const { since, meaning, resources } of knownKey(key)) {
      assert.match(since, /^1\.\d+$/, key);
      assert.ok(meaning !== "" && resources.every((kind) => /^[A-Z]/.test(kind)), key);
    }
  }
});
catalogue("other people's keys are not known", () => {
  for (const key of ["app", "constructor", "sidecar.opentelemetry.io/inject"]) assert.not(isKnownKey(key));
});
catalogue.run();

const nearest = suite("misspelled keys");
const slips: readonly (readonly [given: string, meant: string])[] = [
  ["sidecar.istio.io.inject", "sidecar.istio.io/inject"],
  ["sidecar.istio.io/injection", "sidecar.istio.io/inject"],
  ["Sidecar.Istio.io/Inject", "sidecar.istio.io/inject"],
  ["sidecar.istio/inject", "sidecar.istio.io/inject"],
  ["sidecar.isito.io/inject", "sidecar.istio.io/inject"],
  ["sidecars.istio.io/inject", "sidecar.istio.io/inject"],
  ["sidecar.istio.io/proxyCpu", "sidecar.istio.io/proxyCPU"],
  ["sidecar.istio.io/proxyCPULimits", "sidecar.istio.io/proxyCPULimit"],
  ["istio_injection", "istio-injection"],
  ["istio-injecton", "istio-injection"],
  ["istio.io/data-plane-mode", "istio.io/dataplane-mode"],
  ["istio.io/rv", "istio.io/rev"],
];
for (const [given, meant] of slips) {
  nearest(`${given} means ${meant}`, () => {
    assert.equal(nearestKeys(given), [meant]);
  });
}
const elsewhere: readonly (readonly [given: string, on: "Namespace" | "Pod", meant: string])[] = [
  ["istio.io/inject", "Pod", "sidecar.istio.io/inject"],
  ["istio.io/inject", "Namespace", "istio-injection"],
  ["istio-inject", "Namespace", "istio-injection"],
  ["istio-inject", "Pod", "sidecar.istio.io/inject"],
  ["istio-injecton", "Pod", "sidecar.istio.io/inject"],
  ["istio.io/revision", "Namespace", "istio.io/rev"],
  ["istio.io/revision", "Pod", "istio.io/rev"],
  ["istio.io/proxyCPU", "Pod", "sidecar.istio.io/proxyCPU"],
  ["sidecar.istio.io/cpuLimit", "Pod", "sidecar.istio.io/proxyCPULimit"],
  ["sidecar.istio.io/excludeOutboundPorts", "Pod", "traffic.sidecar.istio.io/excludeOutboundPorts"],
  ["traffic.istio.io/includeInboundPorts", "Pod", "traffic.sidecar.istio.io/includeInboundPorts"],
];
for (const [given, on, meant] of elsewhere) {
  nearest(`${given} on a ${on} means ${meant}`, () => assert.equal(nearestKeys(given, on), [meant]));
}
const strangers = [
  "sidecar.istio.io/inject",
  "sidecar.opentelemetry.io/inject",
  "sidecar.jaegertracing.io/inject",
  "kiali.io/dashboards",
  "networking.istio.io/mine",
  "istio.io/owner",
  "istio.io/status",
  "istio-revision",
  "istio-sidecar",
  "shop.io/inject",
  "app.kubernetes.io/name",
  "experimental.istio.io/disable-gateway-port-translation",
  "x",
];
for (const key of strangers) {
  nearest(`${key} misspells nothing`, () => {
    assert.equal(nearestKeys(key), []);
  });
}
nearest.run();
