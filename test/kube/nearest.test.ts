/** Guesses at what was meant. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { meantBy, nearest } from "../../src/kube/nearest.ts";

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

guessing("of names that begin alike, what follows says whether one was meant", () => {
  assert.equal(nearest("IST0999", ["IST0139", "IST0135"]), []);
  assert.equal(nearest("IST0153", ["IST0139", "IST0135"]), ["IST0135"]);
  assert.equal(nearest("sidelint:nope", ["sidelint:all", "sidelint:strict"]), []);
  assert.equal(nearest("sidelint:stirct", ["sidelint:all", "sidelint:strict"]), ["sidelint:strict"]);
});

const rules = ["proxy-cpu-limit-missing", "proxy-cpu-limit-missing-here", "verdict-unknown"];
const parts: readonly (readonly [given: string, expected: string | undefined])[] = [
  ["proxy-cpu-limit", "proxy-cpu-limit-missing"],
  ["CPU", "proxy-cpu-limit-missing"],
  ["verdict-unknwon", "verdict-unknown"],
  ["unknown", "verdict-unknown"],
  ["un", undefined],
  ["nothing-of-this", undefined],
];
for (const [given, expected] of parts) {
  guessing(`means ${expected} by ${given}`, () => assert.is(meantBy(given, rules), expected));
}

guessing.run();
