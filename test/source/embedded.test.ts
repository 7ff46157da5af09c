/** YAML inside scalars: positions are those of the file. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readEmbedded } from "../../src/source/document.ts";
import { rangeAt } from "../../src/source/locate.ts";
import { entryOf, type Path } from "../../src/source/node.ts";
import { readYaml } from "../../src/source/read.ts";

function embedded(text: string) {
  const reading = readYaml(text);
  const scalar = reading.ok ? entryOf(reading.root, "data")?.value : undefined;
  if (scalar?.type !== "scalar") throw new Error("no scalar under data");
  return readEmbedded({ path: "a.yaml", text }, scalar);
}

const ranges = suite("readEmbedded: ranges");
const cases: readonly (readonly [name: string, text: string, path: Path, expected: string])[] = [
  ["literal", "data: |\n  a: one\n  b:\n  - two\n", ["a"], "one"],
  ["literal, further down", "data: |-\n    a: one\n\n    b:\n      - two # c\n", ["b", 0], "two"],
  ["literal with an indentation given", "data: |2\n    a: one\n    b: two\n", ["b"], "two"],
  ["literal after empty lines", "data: |\n\n\n  a: one\n", ["a"], "one"],
  ["literal with CR LF", "x: 1\r\ndata: |\r\n  a: one\r\n  b: two\r\n", ["b"], "two"],
  ["folded", "data: >\n  a: one\n\n  b: two\n", ["b"], "two"],
  ["folded flow", "data: >-\n  {a: one,\n  b: two}\n", ["b"], "two"],
  ["plain", "data: '{a: one}'\n", ["a"], "one"],
  ["single-quoted", "data: '{a: ''one'', b: two}'\n", ["b"], "two"],
  ["double-quoted", 'data: "a: one\\nb: two"\n', ["b"], "two"],
  ["double-quoted with escaped quotes", 'data: "{\\"a\\": \\"one\\", \\"b\\": two}"\n', ["b"], "two"],
  ["double-quoted with long escapes", 'data: "x: \\u00e9\\nb: two"\n', ["b"], "two"],
];
for (const [name, text, path, expected] of cases) {
  ranges(`${name}: ${path.join(".")} is found`, () => {
    const reading = embedded(text);
    const range = reading.ok ? rangeAt(reading.root, path, "value") : undefined;
    assert.is(range && text.slice(range.start, range.end), expected);
  });
}
ranges("a range never leaves its scalar", () => {
  const text = 'data: "a: {b: \\"c\\"}"\nnext: 1\n';
  const reading = embedded(text);
  assert.ok(reading.ok && reading.root && reading.root.end <= text.indexOf("\nnext"));
});
ranges("shared nodes stay shared", () => {
  const reading = embedded("data: |\n  a: &x {k: v}\n  b: *x\n");
  assert.ok(reading.ok);
  if (reading.ok) assert.is(entryOf(reading.root, "a")?.value, entryOf(reading.root, "b")?.value);
});
ranges.run();

const errors = suite("readEmbedded: errors");
errors("point into the file", () => {
  const text = "data: |\n  a: 1\n  b: c: d\n";
  const reading = embedded(text);
  assert.is(!reading.ok && reading.error.offset, text.indexOf(": d"));
});
errors("duplicates point into the file", () => {
  const text = "data: |\n  a: 1\n  a: 2\n";
  const reading = embedded(text);
  assert.is(reading.ok && reading.duplicates?.[0]?.again.start, text.lastIndexOf("a:"));
});
errors("a scalar that is no string is an empty document", () => {
  const reading = embedded("data: 1\n");
  assert.ok(reading.ok && reading.root === undefined);
});
errors.run();
