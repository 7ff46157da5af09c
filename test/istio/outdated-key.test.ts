import { suite } from "uvu";
import * as assert from "uvu/assert";
import { outdatedKey } from "../../src/istio/outdated-key.ts";
import { isUnknownKey } from "../../src/istio/unknown-key.ts";

const outdated = suite("annotations that are out of date");

const cases: readonly (readonly [key: string, minor: number, said: string | undefined])[] = [
  ["sidecar.istio.io/discoveryAddress", 8, undefined],
  ["sidecar.istio.io/discoveryAddress", 9, "deprecated since 1.9"],
  ["sidecar.istio.io/controlPlaneAuthPolicy", 23, "deprecated since 1.9"],
  ["sidecar.istio.io/controlPlaneAuthPolicy", 24, "gone since 1.24"],
  ["sidecar.istio.io/enableCoreDump", 24, undefined],
  ["sidecar.istio.io/enableCoreDump", 25, "gone since 1.25"],
  ["sidecar.istio.io/statsCompression", 29, "deprecated since 1.29"],
  ["policy.istio.io/check", 8, "gone since 1.8"],
  ["policy.istio.io/check", 7, undefined],
  // Its label is the way to say it, which another rule tells.
  ["sidecar.istio.io/inject", 30, undefined],
  // Not of pods, and written by the operator.
  ["install.operator.istio.io/version", 30, undefined],
  ["alpha.istio.io/canonical-serviceaccounts", 30, undefined],
  ["sidecar.istio.io/proxyCPU", 30, undefined],
  ["team", 30, undefined],
];
for (const [key, minor, said] of cases) {
  outdated(`${key} in 1.${minor}: ${said ?? "fine"}`, () => {
    const found = outdatedKey(key, (wanted) => minor >= Number(wanted.slice(2)));
    assert.is(found && `${found.gone ? "gone" : "deprecated"} since ${found.since}`, said);
  });
}
outdated.run();

const unknown = suite("keys in Istio's domain that nothing knows");
for (const key of [
  "sidecar.istio.io/gracePeriod",
  "istio.io/tier",
  "envoy.istio.io/filters",
  "traffic.sidecar.istio.io/mode",
]) {
  unknown(`${key} is one`, () => assert.ok(isUnknownKey(key)));
}
for (const key of [
  "sidecar.istio.io/inject",
  "cni.istio.io/uninitialized",
  "policy.istio.io/lang",
  // What istioctl analyze once called unknown, wrongly.
  "ambient.istio.io/redirection",
  "gateway.istio.io/controller-version",
  "install.operator.istio.io/chart-owner",
  "istio.io/for-service-account",
  "networking.istio.io/service-type",
  "sidecar.istio.io/statsCompression",
  "traffic.sidecar.istio.io/includeOutboundPorts",
  "internal.istio.io/gateway-service",
  "operator.istio.io/anything",
  "istio.example.com/inject",
  "gloo.solo.io/inject",
  "notistio.io/inject",
  "sidecar.istio.io/{{ .Values.key }}",
  "$" + "{PREFIX}.istio.io/inject",
  "istio-injection",
]) {
  unknown(`${key} is none`, () => assert.not(isUnknownKey(key)));
}
unknown.run();
