import { suite } from "uvu";
import * as assert from "uvu/assert";
import { appliesTo, isKnownKey, knownKey, knownKeys } from "../../src/istio/catalogue.ts";
import { nearestKeys } from "../../src/istio/nearest-key.ts";

const catalogue = suite("known keys");
catalogue("a key can be a label and an annotation, each with its history", () => {
  assert.equal(
    knownKey("sidecar.istio.io/inject").map(({ kind, deprecated }) => [kind, deprecated]),
    [
      ["annotation", "1.16"],
      ["label", undefined],
    ],
  );
});
catalogue("a key applies to some kinds, or to any", () => {
  const [exportTo] = knownKey("networking.istio.io/exportTo");
  const [suppress] = knownKey("galley.istio.io/analyze-suppress");
  assert.ok(exportTo && suppress);
  assert.equal(
    [appliesTo(exportTo, "Service"), appliesTo(exportTo, "Pod"), appliesTo(suppress, "Pod")],
    [true, false, true],
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
const strangers = [
  "sidecar.istio.io/inject",
  "sidecar.opentelemetry.io/inject",
  "sidecar.jaegertracing.io/inject",
  "kiali.io/dashboards",
  "networking.istio.io/mine",
  "istio.io/owner",
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
