/** Quantities as Kubernetes reads, prints, compares and adds them. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Quantity } from "../../src/kube/quantity.ts";
import {
  addQuantities,
  asInt64,
  compareQuantities,
  equalQuantities,
  formatQuantity,
  integerValueOf,
  marshalQuantity,
  milliValueOf,
  parseQuantity,
  signOf,
  subtractQuantities,
  unmarshalQuantity,
} from "../../src/kube/quantity.ts";

function quantity(text: string): Quantity {
  const parsed = parseQuantity(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.quantity;
}

const reading = suite("quantity: reading and printing");

const canonical: readonly (readonly [text: string, canonical: string])[] = [
  ["0", "0"],
  ["00", "0"],
  ["-0", "0"],
  ["0Ki", "0"],
  ["0.0001n", "1n"],
  ["100m", "100m"],
  ["0.1", "100m"],
  ["1000m", "1"],
  ["1500m", "1500m"],
  ["1000", "1k"],
  ["1.50", "1500m"],
  ["1.", "1."],
  [".5", "500m"],
  ["-.5", "-500m"],
  ["2000k", "2M"],
  ["1E", "1E"],
  ["1e3", "1e3"],
  ["1E3", "1E3"],
  ["12e2", "1200"],
  ["100e1", "1e3"],
  ["1e-3", "1e-3"],
  ["1e4294967299", "1e4294967299"],
  ["1Ki", "1Ki"],
  ["1024Ki", "1Mi"],
  ["1536Mi", "1536Mi"],
  ["1.5Gi", "1536Mi"],
  ["0.5Ki", "512"],
  ["0.5Gi", "512Mi"],
  ["1.1Gi", "1181116006400m"],
  ["0.0001Ki", "102400u"],
  ["16Ei", "9223372036854775807"],
  ["-16Ei", "-9223372036854775807"],
  ["1.000000001", "1.000000001"],
  ["123456789012345678901234567890", "123456789012345678901234567890"],
];

reading("prints the canonical form", () => {
  for (const [text, expected] of canonical) assert.is(formatQuantity(quantity(text)), expected, text);
});

reading("keeps what is canonical already as it was written, signs and zeros included", () => {
  for (const text of ["+1", "1", "3Gi", "01Ki", "5M", "+2e3", "2.500e3"])
    assert.is(formatQuantity(quantity(text)), text, text);
});

reading("rounds what is finer than a billionth away from zero", () => {
  assert.is(formatQuantity(quantity("0.1n")), "1n");
  assert.is(formatQuantity(quantity("-0.1n")), "-1n");
  assert.is(formatQuantity(quantity("1.0000000001")), "1000000001n");
  assert.is(formatQuantity(quantity("1e-5000")), "1e-9");
});

reading("reads signs, points and suffixes without digits as Kubernetes does", () => {
  for (const text of ["+", "-", ".", "Ki", "-.M"]) assert.is(signOf(quantity(text)), 0, text);
  assert.is(parseQuantity("Ei").ok, false);
});

reading("refuses what Kubernetes refuses, and says what it was", () => {
  for (const text of [
    "",
    " 1",
    "1 Gi",
    "1gi",
    "1K",
    "1GiB",
    "1,5",
    "one",
    "1ki",
    "1mi",
    "0x1",
    "1e",
    "1e+",
    "--1",
    "1.2.3",
    "1e9223372036854775808",
  ]) {
    const parsed = parseQuantity(text);
    assert.is(parsed.ok, false, text);
    if (!parsed.ok) assert.ok(parsed.error.includes(JSON.stringify(text)), parsed.error);
  }
});

reading("refuses absurd exponents at once", () => {
  const start = performance.now();
  for (const text of ["1e999999999", "1e-2147483647", `1e${"9".repeat(15)}`])
    assert.is(parseQuantity(text).ok, false, text);
  assert.ok(performance.now() - start < 200);
});

reading("reads long digits in reasonable time and without loss", () => {
  const text = `1${"0".repeat(20_000)}1`;
  const start = performance.now();
  assert.is(formatQuantity(quantity(text)), text);
  assert.ok(performance.now() - start < 1000);
});

reading("reads JSON tokens: strings with outer space, numbers, null", () => {
  const tokens: readonly (readonly [string, string | undefined])[] = [
    ['"1Gi"', '"1Gi"'],
    ['" 100m "', '"100m"'],
    ['"\\t1"', undefined],
    ['"\\u0031"', undefined],
    ["1", '"1"'],
    ["1.5", '"1500m"'],
    ["1e+21", '"1e+21"'],
    ["null", '"0"'],
    ["true", undefined],
    ['""', undefined],
  ];
  for (const [token, expected] of tokens) {
    const read = unmarshalQuantity(token);
    assert.is(read.ok ? marshalQuantity(read.quantity) : undefined, expected, token);
  }
});

reading.run();

const arithmetic = suite("quantity: arithmetic");

arithmetic("compares numbers, not texts", () => {
  const ascending = [
    "-1Gi",
    "-1",
    "-1n",
    "0",
    "1n",
    "1m",
    "0.5",
    "1",
    "1.0000001",
    "1k",
    "1Ki",
    "1M",
    "1Mi",
    "2e9",
    "2Gi",
    "1E",
    "1Ei",
    "1e30",
  ];
  ascending.forEach((a, i) => {
    ascending.forEach((b, j) => {
      assert.is(compareQuantities(quantity(a), quantity(b)), Math.sign(i - j), `${a} and ${b}`);
    });
  });
  assert.ok(equalQuantities(quantity("1"), quantity("1000m")));
  assert.not.ok(equalQuantities(quantity("1"), quantity("1001m")));
});

arithmetic("adds in the format of the first that is not zero", () => {
  const sums: readonly (readonly [string, string, string])[] = [
    ["1Gi", "512M", "1548576Ki"],
    ["512M", "1Gi", "1585741824"],
    ["0", "1Gi", "1Gi"],
    ["1Gi", "0", "1Gi"],
    ["100m", "900m", "1"],
    ["1", "-1", "0"],
    ["9223372036854775807", "1", "9223372036854775808"],
  ];
  for (const [a, b, sum] of sums)
    assert.is(formatQuantity(addQuantities(quantity(a), quantity(b))), sum, `${a} + ${b}`);
  assert.is(formatQuantity(subtractQuantities(quantity("1Gi"), quantity("1Mi"))), "1023Mi");
  assert.is(formatQuantity(subtractQuantities(quantity("1"), quantity("1500m"))), "-500m");
});

arithmetic("gives integers rounded up, and exact ones only where Kubernetes has them", () => {
  assert.is(integerValueOf(quantity("1100m")), 2n);
  assert.is(integerValueOf(quantity("-1100m")), -2n);
  assert.is(milliValueOf(quantity("1.0001")), 1001n);
  assert.is(integerValueOf(quantity("1e30")), 10n ** 30n);
  assert.is(asInt64(quantity("5k")), 5000n);
  assert.is(asInt64(quantity("500m")), undefined);
  assert.is(asInt64(quantity("1000m")), undefined);
  assert.is(asInt64(quantity("10E")), undefined);
  assert.is(asInt64(quantity("1Ei")), undefined);
  assert.is(asInt64(quantity("1Ki")), 1024n);
});

arithmetic.run();
