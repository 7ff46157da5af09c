/** Keys that users choose are data: none acts as a property of the objects that carry them. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { memoryTree, scan } from "../../src/index.ts";
import type { Check } from "../../src/lint/rule.ts";
import { lint } from "../../src/lint/run.ts";

const keys = suite("keys of users");
const names = [...Object.getOwnPropertyNames(Object.prototype), "prototype", "then"];

const manifest = (name: string) => `apiVersion: v1
kind: Namespace
metadata:
  name: shop
  labels: {istio-injection: enabled, ${name}: x}
  annotations: {${name}: x}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
  labels: {${name}: x}
  annotations: {${name}: x}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata:
      labels: {app: web, ${name}: x}
      annotations: {${name}: x, sidecar.istio.io/proxyCPU: 100m}
    spec:
      nodeSelector: {${name}: x}
      containers: [{name: web, image: "shop/web:1", ${name}: x}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata:
  name: istio-sidecar-injector
  labels: {istio.io/rev: default}
webhooks:
  - name: namespace.sidecar-injector.istio.io
    clientConfig: {service: {name: istiod, namespace: istio-system, path: /inject}}
    namespaceSelector: {matchLabels: {istio-injection: enabled}, ${name}: x}
    rules: [{operations: [CREATE], apiGroups: [""], apiVersions: [v1], resources: [pods]}]
    sideEffects: None
    admissionReviewVersions: [v1]
`;

const usual = scan(memoryTree({ "a.yaml": manifest("usual") })).findings.map(({ rule }) => rule);

keys("the usual key lets rules find what is there", () => {
  assert.equal(usual, ["proxy-cpu-limit-missing", "proxy-resources-dropped"]);
});

for (const name of names) {
  keys(`${name} as a key changes no finding`, () => {
    const { findings } = scan(memoryTree({ "a.yaml": manifest(name) }));
    assert.equal(
      findings.map(({ rule, message }) => (rule === "rule-failed" ? message : rule)),
      usual,
    );
  });

  keys(`${name} is a key like any other to expressions`, () => {
    const { world } = scan(memoryTree({ "a.yaml": manifest(name) }));
    const key = JSON.stringify(name);
    const asked = (on: Check["on"], when: string) => {
      const rule = { id: "r", severity: "info", aliases: [], since: undefined, until: undefined } as const;
      const checks: readonly Check[] = [{ on, when, message: "found" }];
      return lint(world, [], { rules: [{ ...rule, summary: "r", checks }] }).map(({ message }) => message);
    };
    for (const held of [
      "pod.labels",
      "pod.annotations",
      "workload.labels",
      "workload.annotations",
      "ns.labels",
    ]) {
      assert.equal(asked("workload", `${held}[${key}] == "x" && !("none" in ${held})`), ["found"], held);
    }
    assert.equal(asked("workload", `pod.spec.nodeSelector[${key}] == "x"`), ["found"]);
    assert.equal(asked("workload", `pod.containers[0].spec[${key}] == "x"`), ["found"]);
    assert.equal(asked("namespace", `ns.labels[${key}] == "x"`), ["found"]);
    const selector = "configuration.webhooks[0].namespaceSelector";
    assert.equal(asked("webhook-configuration", `${selector}[${key}] == "x"`), ["found"]);
    assert.equal(asked("webhook-configuration", `selectorError(${selector}) == ""`), ["found"]);
  });

  keys(`no rule expects ${name} of an absent key`, () => {
    const { world } = scan(memoryTree({ "a.yaml": manifest("usual") }));
    const rule = { id: "r", severity: "info", aliases: [], since: undefined, until: undefined } as const;
    const when = `${JSON.stringify(name)} in pod.labels || ${JSON.stringify(name)} in ns.labels`;
    const checks: readonly Check[] = [{ on: "workload", when, message: "found" }];
    assert.equal(lint(world, [], { rules: [{ ...rule, summary: "r", checks }] }), []);
  });
}

keys.run();
