/** JSON text as Go writes it. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compareKeys, goFloat32, goQuote, goScalar } from "../../src/source/go-json.ts";
import type { Scalar } from "../../src/source/node.ts";

const scalars = suite("goScalar");
const scalarCases: readonly (readonly [value: Scalar, json: string])[] = [
  [null, "null"],
  [true, "true"],
  [1, "1"],
  [-0, "-0"],
  [0.1, "0.1"],
  [1e20, "100000000000000000000"],
  [1e21, "1e+21"],
  [1e-6, "0.000001"],
  [1e-7, "1e-7"],
  [18446744073709551615n, "18446744073709551615"],
  ["<&>", '"\\u003c\\u0026\\u003e"'],
  ['"\\\b\f\n\u0001\u007f', '"\\"\\\\\\b\\f\\n\\u0001\u007f"'],
  ["\u2028\u2029", '"\\u2028\\u2029"'],
  ["\udcff", '"\\ufffd"'],
  ["\ufffd<", '"\ufffd\\u003c"'],
  ["\\ud800<", '"\\\\ud800\\u003c"'],
  ["😀<", '"😀\\u003c"'],
];
for (const [value, json] of scalarCases) {
  scalars(`${String(value)} is ${json}`, () => assert.is(goScalar(value), json));
}
scalars.run();

const floats = suite("goFloat32");
const floatCases: readonly (readonly [value: number, text: string])[] = [
  [1, "1"],
  [0.1, "0.1"],
  [1.5, "1.5"],
  [100000, "100000"],
  [1e6, "1e+06"],
  [123456789.5, "1.2345679e+08"],
  [0.0001, "0.0001"],
  [0.00001, "1e-05"],
  [-2.5, "-2.5"],
  [1236567.25, "1.2365672e+06"],
  [1236567.75, "1.2365678e+06"],
  [-0, "-0"],
  [1e300, ".inf"],
  [Number.NEGATIVE_INFINITY, "-.inf"],
  [Number.NaN, ".nan"],
];
for (const [value, text] of floatCases) {
  floats(`${value} is ${text}`, () => assert.is(goFloat32(value), text));
}
floats.run();

const order = suite("compareKeys");
order("keys are in the order of their UTF-8 bytes", () => {
  assert.equal(["b", "😀", "\ue000", "a", "", "aa", "\uffff", "é"].toSorted(compareKeys), [
    "",
    "a",
    "aa",
    "b",
    "é",
    "\ue000",
    "\uffff",
    "😀",
  ]);
});
order("quoting keeps what is simple", () => assert.is(goQuote("a.b/c"), '"a.b/c"'));
order.run();
