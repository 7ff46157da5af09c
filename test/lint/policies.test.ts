/** What `require` and `forbid` cover, what the findings say, and where they say it was asked for. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { loadConfig, memoryTree, scan } from "../../src/index.ts";

const pod = (name: string, more = "") => `apiVersion: v1
kind: Pod
metadata:
  name: ${name}
  namespace: shop${more}
spec:
  containers:
    - name: web
      image: shop/web:1
`;

function findings(config: string, files: Readonly<Record<string, string>>) {
  const reading = loadConfig(config, "sidelint.yaml");
  assert.ok(reading.ok, reading.ok ? "" : reading.problems[0]?.message);
  return scan(memoryTree(files), {
    config: reading.config,
    configPath: "sidelint.yaml",
    locateInConfig: reading.locate,
  })
    .findings.filter(({ rule }) => rule.startsWith("sidecar-"))
    .map(({ rule, severity, message, location }) => `${location.file} ${severity} ${rule} ${message}`);
}

const files = {
  "apps/a.yaml": pod("a", "\n  labels: {tier: gold}"),
  "other/b.yaml": pod("b"),
};
const unlabelled = "namespaces: {shop: {labels: {}}}\n";

const policies = suite("require and forbid");

for (const [selector, covered] of [
  ["", ["a", "b"]],
  ["namespaces: [s*]", ["a", "b"]],
  ["namespaces: [pay]", []],
  ["paths: [apps/**]", ["a"]],
  ["paths: ['*.yaml', '!other/b.yaml']", ["a"]],
  ["kinds: [Pod]", ["a", "b"]],
  ["kinds: [Job]", []],
  ["names: [b]", ["b"]],
  ["labels: {matchLabels: {tier: gold}}", ["a"]],
  ["labels: {matchExpressions: [{key: tier, operator: DoesNotExist}]}", ["b"]],
  ["names: [a], paths: [other]", []],
] as const) {
  policies(`{${selector}} covers ${covered.join(" and ") || "none"}`, () => {
    const entry = selector === "" ? "reason: why" : `reason: why, ${selector}`;
    const found = findings(`${unlabelled}require: [{${entry}}]`, files);
    assert.equal(
      found.map((text) => /Pod\/(\w+)/.exec(text)?.[1]),
      covered,
    );
  });
}

policies("a workload whose namespace is not known fits no namespace", () => {
  const nowhere = { "a.yaml": pod("a").replace("  namespace: shop\n", "") };
  assert.equal(findings("require: [{namespaces: ['*'], reason: why}]", nowhere), []);
  assert.is(findings("require: [{reason: why}]", nowhere).length, 1);
});

policies("the finding says why, where it was asked for, and what decides", () => {
  assert.equal(findings(`${unlabelled}require:\n  - {names: [a], reason: PCI scope}\n`, files), [
    "apps/a.yaml error sidecar-required Pod/a must have a sidecar (PCI scope; sidelint.yaml:3:5) and gets none: " +
      "namespace shop has neither istio-injection nor istio.io/rev (sidelint.yaml:1:21)",
  ]);
});

policies("what is not known is a warning, also when the rule is an error", () => {
  const config = "require: [{names: [a], reason: why}]\nrules: {sidecar-required: error}";
  assert.match(findings(config, files).join(), /^apps\/a\.yaml warning sidecar-required .* may get none/);
  assert.match(findings(config.replace("error", "info"), files).join(), /^apps\/a\.yaml info /);
  assert.equal(findings(config.replace("error", "off"), files), []);
});

policies("a sidecar in the manifest counts as one", () => {
  const byHand = {
    "a.yaml": `${pod("a", '\n  annotations: {sidecar.istio.io/status: "{}"}')}    - name: istio-proxy\n      image: istio/proxyv2:1.30.0\n`,
  };
  assert.equal(findings(`${unlabelled}require: [{reason: why}]`, byHand), []);
  assert.match(
    findings(`${unlabelled}forbid: [{reason: why}]`, byHand).join(),
    /has one that is written in its manifest/,
  );
});

policies("a selector that Kubernetes would refuse is a mistake of the configuration", () => {
  const reading = loadConfig(
    "require: [{reason: why, labels: {matchExpressions: [{key: a, operator: In}]}}]",
    "c",
  );
  assert.not(reading.ok);
  assert.match(
    reading.ok ? "" : (reading.problems[0]?.message ?? ""),
    /^require\[0\]\.labels is no selector: /,
  );
});

policies.run();
