/** Written YAML is read back as what was written, with quotes and blocks only where they belong. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { isSame } from "../../src/fix/same.ts";
import { toValue, type Value } from "../../src/source/node.ts";
import { readYaml } from "../../src/source/read.ts";
import { writeFlow } from "../../src/source/write-flow.ts";
import { writeYaml, type YamlStyle } from "../../src/source/write-yaml.ts";
import { type Random, randomOf } from "../fix/random-manifest.ts";

function read(text: string): Value {
  const reading = readYaml(text);
  if (!reading.ok) return `unreadable: ${reading.error.message}`;
  return reading.root ? toValue(reading.root) : null;
}

const scalars = suite("write YAML: scalars");
const texts: readonly (readonly [value: Value, written: string])[] = [
  ["web", "web"],
  ["docker.io/istio/proxyv2:1.30.0", "docker.io/istio/proxyv2:1.30.0"],
  ["--flag=$(A)", "--flag=$(A)"],
  ["a: b", '"a: b"'],
  ["a #b", '"a #b"'],
  ["a#b:c", "a#b:c"],
  ["", '""'],
  [" a", '" a"'],
  ['{"a": 1}', `'{"a": 1}'`],
  ['it\'s "it"', `it's "it"`],
  ["'a' \"b\"", `'''a'' "b"'`],
  ["yes", '"yes"'],
  ["y", '"y"'],
  ["On", '"On"'],
  ["~", '"~"'],
  ["null", '"null"'],
  ["nul", "nul"],
  ["1", '"1"'],
  ["1.20", '"1.20"'],
  ["1.20.3", "1.20.3"],
  ["1e3", '"1e3"'],
  ["0o17", '"0o17"'],
  ["0x1f", '"0x1f"'],
  ["1_000", '"1_000"'],
  ["1:30", '"1:30"'],
  ["1:75", "1:75"],
  ["2001-01-01", '"2001-01-01"'],
  ["2001-13-01", "2001-13-01"],
  [".5", '".5"'],
  [".inf", '".inf"'],
  ["<<", '"<<"'],
  ["=", '"="'],
  ["=a", "=a"],
  ["-", '"-"'],
  ["-a", "-a"],
  ["- a", '"- a"'],
  ["---", '"---"'],
  ["...", '"..."'],
  ["?a", "?a"],
  ["*", '"*"'],
  ["a\tb", '"a\\tb"'],
  ["a\u0000b", '"a\\u0000b"'],
  ["a\u0085b", '"a\\u0085b"'],
  ["a\u2028b", '"a\\u2028b"'],
  ["\ufeffa", '"\\ufeffa"'],
  ["a\ud800b", '"a\\ufffdb"'],
  ["héé 😀", "héé 😀"],
  ["a\r\nb", '"a\\r\\nb"'],
  ["\n", '"\\n"'],
  [1, "1"],
  [-0, "-0.0"],
  [1.5, "1.5"],
  [2 ** 60, "1.152921504606847e+18"],
  [9223372036854775807n, "9223372036854775807"],
  [true, "true"],
  [null, "null"],
  [[], "[]"],
  [{}, "{}"],
];
for (const [value, written] of texts) {
  scalars(`${typeof value} ${String(value)}`, () => assert.is(writeYaml({ k: value }), `k: ${written}\n`));
}

const layout = suite("write YAML: layout");
const layouts: readonly (readonly [what: string, value: Value, style: YamlStyle, written: string])[] = [
  ["lists at the column of their key", { a: [1, { b: 2, c: [3] }] }, {}, "a:\n- 1\n- b: 2\n  c:\n  - 3\n"],
  ["lists indented", { a: [{ b: [1] }] }, { listIndent: 2 }, "a:\n  - b:\n      - 1\n"],
  ["wide", { a: { b: [{ c: 1, d: 2 }] } }, { indent: 4, gap: 3 }, "a:\n    b:\n    -   c: 1\n        d: 2\n"],
  ["lists in lists", [[1, [2]], [[]]], {}, "- - 1\n  - - 2\n- - []\n"],
  ["at a column", { a: { b: 1 } }, { column: 2 }, "  a:\n    b: 1\n"],
  ["a text of lines", { a: "x\n  y\n" }, {}, "a: |\n  x\n    y\n"],
  ["without a last line end", { a: ["x\ny"] }, {}, "a:\n- |-\n  x\n  y\n"],
  ["with empty lines", { a: "x\n\ny\n" }, {}, "a: |\n  x\n\n  y\n"],
  ["with empty lines at the end", { a: "x\n\n\n", b: 1 }, {}, "a: |+\n  x\n\n\nb: 1\n"],
  ["with empty lines that may not be kept", { a: "x\n\n" }, { literals: "clipped" }, 'a: "x\\n\\n"\n'],
  ["that begins with a space", { a: " x\ny\n" }, { indent: 4 }, "a: |4\n     x\n    y\n"],
  ["that begins with a tab", { a: "\tx\n" }, {}, "a: |2\n  \tx\n"],
  ["with a line of spaces", { a: "x\n \ny" }, {}, 'a: "x\\n \\ny"\n'],
  ["no blocks", { a: "x\ny\n" }, { literals: "none" }, 'a: "x\\ny\\n"\n'],
  ["keys", { y: 1, "a b": 2, "1": 3, "": 4 }, {}, '"1": 3\n"y": 1\na b: 2\n"": 4\n'],
];
for (const [what, value, style, written] of layouts) {
  layout(what, () => {
    assert.is(writeYaml(value, style), written);
    assert.ok(isSame(read(written), value));
  });
}
layout("a key that is too long for a reader to find its colon", () => {
  const value = { ["k".repeat(1200)]: { a: [1] }, ["l".repeat(1200)]: 1 };
  assert.ok(isSame(read(writeYaml(value)), value));
});

const flow = suite("write flow");
const lines = { pad: "", unit: "  ", newline: "\n" };
const flows: readonly (readonly [
  value: Value,
  json: boolean,
  tight: boolean,
  inLines: boolean,
  written: string,
])[] = [
  [{ a: [1, "b", "c,d"], e: {} }, false, false, false, '{a: [1, b, "c,d"], e: {}}'],
  [{ a: [1, "b"], e: {} }, true, false, false, '{"a": [1, "b"], "e": {}}'],
  [{ a: [1, "b"] }, true, true, false, '{"a":[1,"b"]}'],
  [{ a: [1], e: [] }, true, false, true, '{\n  "a": [\n    1\n  ],\n  "e": []\n}'],
  [["-", "a:", "x y", "[", "\n", "?"], false, false, false, '["-", "a:", x y, "[", "\\n", "?"]'],
];
for (const [value, json, tight, inLines, written] of flows) {
  flow(written, () => {
    assert.is(writeFlow(value, { json, tight, lines: inLines ? lines : undefined }), written);
    assert.ok(isSame(read(written), value));
    if (json) assert.equal(JSON.parse(written), value);
  });
}

const property = suite("write YAML: random values");
property("are read back the same, in every style", () => {
  for (let seed = 1; seed <= 3000; seed++) {
    const random = randomOf(seed);
    const value = randomData(random, 0);
    const style = { indent: 1 + random(4), listIndent: random(3), gap: 1 + random(3) };
    const text = writeYaml(value, style);
    assert.ok(isSame(read(text), value), `seed ${seed}:\n${text}`);
    const json = random(2) === 0;
    const written = writeFlow(value, {
      json,
      tight: json && random(2) === 0,
      lines: random(2) === 0 ? lines : undefined,
    });
    assert.ok(isSame(read(written), value), `seed ${seed}:\n${written}`);
    if (json && !/\d{16}/.test(written)) assert.ok(isSame(JSON.parse(written), value), `seed ${seed}: JSON`);
  }
});

const pieces = [
  ..."ab1-?:,[]{}#&*!|>'\"%@`\\ \n\t\r.~=<é",
  ..."\u0000\u0007\u007f\u0085\u00a0\u2028\u2029\ufeff\uffff",
  ..."yes no on null 0o17 1_000 1:30 2001-01-01 .5 1e3 --- ... .inf 0x1f 0b1 😀 \n\n".split(" "),
  ": ",
  " #",
  "- ",
];

function randomText(random: Random): string {
  let text = "";
  for (let i = random(5); i >= 0; i--) text += pieces[random(pieces.length)];
  return random(12) === 0 ? "" : text;
}

function randomData(random: Random, depth: number): Value {
  switch (random(depth > 3 ? 5 : 8)) {
    case 0:
      return [null, true, false, 0, 80, 1.5, -2.25, 1e-7, 0.1][random(9)] ?? null;
    case 1:
      return (
        [9223372036854775807n, -9223372036854775808n, 18446744073709551615n, 9007199254740993n][random(4)] ??
        0
      );
    case 2:
    case 3:
    case 4:
      return randomText(random);
    case 5:
      return Array.from({ length: random(4) }, () => randomData(random, depth + 1));
    default: {
      const map: Record<string, Value> = {};
      for (let i = random(4); i > 0; i--) map[randomText(random)] = randomData(random, depth + 1);
      return map;
    }
  }
}

for (const each of [scalars, layout, flow, property]) each.run();
