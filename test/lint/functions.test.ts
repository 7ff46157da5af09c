/** The named functions of the environment. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { isPlaceholder } from "../../src/kube/placeholder.ts";
import {
  compareQuantityTexts,
  counted,
  meantWord,
  quantityError,
  releaseAtLeast,
  selectorError,
  suspicion,
  yamlString,
} from "../../src/lint/functions.ts";

const functions = suite("functions of the environment");

for (const [text, expected] of [
  ["${X}", true],
  ["a-{{ .Values.x }}", true],
  ["$(NAMESPACE)", true],
  ["%{env}", true],
  ["<%= x %>", true],
  ["<namespace>", true],
  ["MYSQL_PORT_PLACEHOLDER", true],
  ["REDIRECT", false],
  ["mysql_port", false],
  ["true", false],
  ["", false],
  ["a < b", false],
  ["{a}", false],
] as const) {
  functions(`placeholder ${text}: ${expected}`, () => assert.is(isPlaceholder(text), expected));
}

for (const [release, wanted, expected] of [
  ["1.30.3", "1.12", true],
  ["1.9", "1.12", false],
  ["1.12.0", "1.12", true],
  ["v1.27", "1.27", true],
  ["2.0", "1.30", true],
] as const) {
  functions(`${release} is at least ${wanted}: ${expected}`, () =>
    assert.is(releaseAtLeast(release, wanted), expected),
  );
}

for (const [resource, text, suspicious] of [
  ["memory", "128m", true],
  ["memory", "128", true],
  ["memory", "128Mi", false],
  ["memory", "1G", false],
  ["memory", "0", true],
  ["memory", "2Ti", true],
  ["cpu", "100", true],
  ["cpu", "2Gi", true],
  ["cpu", "100m", false],
  ["cpu", "64", false],
  ["cpu", "0", true],
  ["cpu", "nonsense", false],
] as const) {
  functions(`${resource} ${text} is ${suspicious ? "" : "not "}suspicious`, () =>
    assert.is(suspicion("requests", resource, text) !== "", suspicious),
  );
}

for (const [text, words, meant] of [
  ["enable", ["enabled", "disabled"], "enabled"],
  ["Enabled", ["enabled", "disabled"], "enabled"],
  [" disable ", ["enabled", "disabled"], "disabled"],
  ["enabledd", ["enabled", "disabled"], "enabled"],
  ["able", ["enabled", "disabled"], ""],
  ["true", ["enabled", "disabled"], ""],
  ["TRUE", ["true"], "true"],
  ["treu", ["true"], "true"],
  ["tue", ["true"], "true"],
  ["yes", ["true"], ""],
  ["cat", ["bat", "hat"], ""],
  ["", ["a"], ""],
] as const) {
  functions(`${JSON.stringify(text)} means ${JSON.stringify(meant)} of ${words.join()}`, () =>
    assert.is(meantWord(text, words), meant),
  );
}

functions("zero is said as what it does", () => {
  assert.is(suspicion("requests", "cpu", "0"), "that sets nothing aside for the sidecar");
  assert.is(suspicion("limits", "memory", "0m"), "a limit of zero is no limit");
});

functions("quantities are checked and compared by value", () => {
  assert.is(quantityError("100m"), "");
  assert.ok(quantityError("128MB").includes("128MB"));
  assert.ok(quantityError("-1").includes("negative"));
  assert.is(compareQuantityTexts("1", "1000m"), 0);
  assert.is(compareQuantityTexts("1Gi", "1G"), 1);
  assert.is(compareQuantityTexts("x", "1"), 0);
});

functions("selectors are judged as the API server does", () => {
  assert.is(selectorError(null), "");
  assert.is(selectorError({ matchLabels: { a: "b" } }), "");
  assert.ok(selectorError({ matchExpressions: [{ key: "a", operator: "in", values: ["b"] }] }) !== "");
  assert.ok(selectorError("a") !== "");
});

for (const [text, expected] of [
  ["enabled", "enabled"],
  ["true", '"true"'],
  ["Yes", '"Yes"'],
  ["1.30", '"1.30"'],
  ["100m", "100m"],
  ["1e3", '"1e3"'],
  ["0x1F", '"0x1F"'],
  ["", '""'],
  ["a: b", '"a: b"'],
] as const) {
  functions(`yaml ${JSON.stringify(text)} is ${expected}`, () => assert.is(yamlString(text), expected));
}

functions("things are counted with their noun", () => {
  assert.is(counted(1n, "workload"), "1 workload");
  assert.is(counted(0n, "workload"), "0 workloads");
});

functions.run();
