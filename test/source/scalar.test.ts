/** What the text of a scalar means. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { mayBeOther, resolvePlain, resolveTagged, type ScalarKind } from "../../src/source/scalar.ts";

const plain = suite("resolvePlain");
const plainCases: readonly (readonly [kind: ScalarKind, value: unknown, texts: readonly string[]])[] = [
  ["bool", true, ["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"]],
  ["bool", false, ["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"]],
  ["null", null, ["", "~", "null", "Null", "NULL"]],
  ["int", 0, ["0", "-0", "+0", "00", "0x0", "0b0", "0o0"]],
  ["int", 10, ["10", "+10", "0xA", "0Xa", "012", "0o12", "0O12", "0b1010", "0B1010", "1_0", "0b+1010"]],
  ["int", -10, ["-10", "-0xa", "-012", "0b-1010", "-0b1010"]],
  ["int", -9223372036854775808n, ["-9223372036854775808"]],
  ["unsigned", 18446744073709551615n, ["18446744073709551615", "0xFFFFFFFFFFFFFFFF"]],
  ["float", 18446744073709552000, ["18446744073709551616", "+18446744073709551615"]],
  ["float", 8, ["08", "8.", "8.0", "8e0", "0.8e1", "+8.0"]],
  ["float", 0.5, [".5", "0.5", "5e-1", ".5_0", "0_.5"]],
  ["float", 0, ["1e-400"]],
  ["float", Number.POSITIVE_INFINITY, [".inf", ".Inf", ".INF", "+.inf"]],
  ["float", Number.NEGATIVE_INFINITY, ["-.inf"]],
];
for (const [kind, value, texts] of plainCases) {
  for (const text of texts) {
    plain(`${JSON.stringify(text)} is the ${kind} ${value}`, () =>
      assert.equal(resolvePlain(text), { kind, value }),
    );
  }
}
const strings = [
  "tRUE",
  "nULL",
  "<<",
  "1:30",
  "1e400",
  "0x",
  "0xG",
  "--1",
  "1e",
  "e1",
  ".",
  "._5",
  ".5_",
  "2024-01-02",
  "1 2",
  "inf",
  "nan",
  "é",
  "-",
  "+",
  "0o8",
];
for (const text of strings) {
  plain(`${JSON.stringify(text)} is a string`, () =>
    assert.equal(resolvePlain(text), { kind: "string", value: text }),
  );
}
plain("not-a-number is a number", () => assert.ok(Number.isNaN(resolvePlain(".NaN").value)));
plain("negative zero with a point keeps its sign, an integer has none", () => {
  assert.ok(Object.is(resolvePlain("-0.0").value, -0));
  assert.ok(Object.is(resolvePlain("-0").value, 0));
});
plain("a look at the first character never misses what is no string", () => {
  for (const [, , texts] of plainCases) for (const text of texts) assert.ok(mayBeOther(text), text);
});
plain.run();

const tagged = suite("resolveTagged");
const prefix = "tag:yaml.org,2002:";
const taggedCases: readonly (readonly [tag: string, text: string, value: unknown])[] = [
  [`${prefix}str`, "1", "1"],
  [`${prefix}int`, "0x10", 16],
  [`${prefix}float`, "3", 3],
  [`${prefix}bool`, "yes", true],
  [`${prefix}null`, "", null],
  [`${prefix}binary`, "aGVs\nbG8=", "hello"],
  [`${prefix}binary`, "/w==", "\udcff"],
  [`${prefix}timestamp`, "2024-2-29", "2024-2-29"],
  [`${prefix}timestamp`, "2024-01-02T03:04:05.5Z", "2024-01-02T03:04:05.5Z"],
  [`${prefix}timestamp`, "2024-01-02 03:04:05", "2024-01-02 03:04:05"],
  [`${prefix}timestamp`, "2024-01-02   3:4:5", "2024-01-02   3:4:5"],
  [`${prefix}set`, "x", "x"],
  ["!local", "1", "1"],
];
for (const [tag, text, value] of taggedCases) {
  tagged(`${tag} ${JSON.stringify(text)} is ${JSON.stringify(value)}`, () => {
    const resolved = resolveTagged(tag, text);
    assert.is("value" in resolved ? resolved.value : resolved.reason, value);
  });
}
const refused: readonly (readonly [tag: string, text: string])[] = [
  [`${prefix}int`, "x"],
  [`${prefix}int`, "1.0"],
  [`${prefix}int`, ""],
  [`${prefix}float`, "18446744073709551615"],
  [`${prefix}bool`, "1"],
  [`${prefix}null`, "x"],
  [`${prefix}binary`, "a"],
  [`${prefix}binary`, "a=bc"],
  [`${prefix}timestamp`, "2023-02-29"],
  [`${prefix}timestamp`, "2024-01-02 24:00:00"],
  [`${prefix}timestamp`, "2024-01-02T03:04:05+25:00"],
  [`${prefix}timestamp`, "today"],
];
for (const [tag, text] of refused) {
  tagged(`${tag} does not fit ${JSON.stringify(text)}`, () =>
    assert.ok("reason" in resolveTagged(tag, text)),
  );
}
tagged.run();
