/** Guesses at what was meant. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { nearest } from "../../src/kube/nearest.ts";

const guessing = suite("nearest");

const known = ["namespaces", "istio", "ignore", "rules", "paths", "off"];
const rows: readonly (readonly [given: string, expected: readonly string[]])[] = [
  ["istoi", ["istio"]],
  ["Istio", ["istio"]],
  ["namespace", ["namespaces"]],
  ["ruls", ["rules"]],
  ["of", ["off"]],
  ["path", ["paths"]],
  ["workloads", []],
  ["", []],
];
for (const [given, expected] of rows) {
  guessing(`takes ${JSON.stringify(given)} for ${expected.join(", ") || "nothing known"}`, () =>
    assert.equal(nearest(given, known), expected),
  );
}

guessing("puts the nearest first, and stops at as many as wanted", () => {
  assert.equal(nearest("verdict", ["verdicts", "verdict", "verdi"], 2), ["verdict", "verdicts"]);
});

guessing.run();
