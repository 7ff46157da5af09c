/** The ranges of nodes and keys, styles, aliases, and plain data. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { rangeAt } from "../../src/source/locate.ts";
import { entryOf, type Node, type Path, toValue } from "../../src/source/node.ts";
import { readYaml } from "../../src/source/read.ts";

const text = `apiVersion: v1
metadata: &meta
  name: "web" # c
  labels: {app: 'x', tier: front}
spec:
  list:
  - one
  - two: 2
    three: |
      text
      more

  empty:
copy: *meta
`;

function rootOf(source: string): Node {
  const reading = readYaml(source);
  if (!reading.ok || !reading.root) throw new Error(`cannot read ${source}`);
  return reading.root;
}

const ranges = suite("nodes: ranges");
const rangeCases: readonly (readonly [path: Path, part: "entry" | "key" | "value", expected: string])[] = [
  [["apiVersion"], "entry", "apiVersion: v1"],
  [["metadata", "name"], "value", '"web"'],
  [["metadata", "name"], "key", "name"],
  [["metadata", "labels"], "value", "{app: 'x', tier: front}"],
  [["metadata", "labels", "app"], "entry", "app: 'x'"],
  [["spec", "list", 0], "value", "one"],
  [["spec", "list", 1, "two"], "value", "2"],
  [["spec", "list", 1, "three"], "value", "|\n      text\n      more"],
  [["spec", "list", 1], "value", "two: 2\n    three: |\n      text\n      more"],
  [["spec", "empty"], "value", ""],
  [["copy"], "value", "*meta"],
];
for (const [path, part, expected] of rangeCases) {
  ranges(`the ${part} of ${path.join(".")} is ${JSON.stringify(expected)}`, () => {
    const range = rangeAt(rootOf(text), path, part);
    assert.is(range && text.slice(range.start, range.end), expected);
  });
}
ranges("an alias leads to the anchored node itself", () => {
  const root = rootOf(text);
  assert.is(entryOf(root, "copy")?.value, entryOf(root, "metadata")?.value);
});
ranges("an entry that a merge key brings says where the alias stands", () => {
  const source = "a: &x {b: 1}\nc:\n  <<: *x\n";
  const entry = entryOf(entryOf(rootOf(source), "c")?.value, "b");
  assert.is(entry?.alias && source.slice(entry.alias.start, entry.alias.end), "*x");
  assert.is(entry && source.slice(entry.keyRange.start, entry.keyRange.end), "b");
});
ranges("offsets are those of the file when a document further down is read", () => {
  const source = "a: 1\n---\nb: two\n";
  const reading = readYaml(source, 5);
  const range = reading.ok ? rangeAt(reading.root, ["b"], "value") : undefined;
  assert.equal(range && source.slice(range.start, range.end), "two");
});
ranges.run();

const kinds = suite("nodes: styles and kinds");
kinds("styles are told apart", () => {
  const root = rootOf("- a\n- 'a'\n- \"a\"\n- |\n  a\n- >\n  a\n");
  const styles = root.type === "list" && root.items.map((item) => item.type === "scalar" && item.style);
  assert.equal(styles, ["plain", "single", "double", "literal", "folded"]);
});
kinds("keys that YAML does not take for strings are marked", () => {
  const root = rootOf("a: 1\n1: 1\non: 1\n'2': 1\n");
  assert.equal(root.type === "map" && root.entries.map((entry) => [entry.key, entry.keyIsString]), [
    ["a", true],
    ["1", false],
    ["true", false],
    ["2", true],
  ]);
});
kinds("floating-point numbers are marked, also whole ones", () => {
  const root = rootOf("[1, 1.0, 08, 1e3, x]");
  const floats =
    root.type === "list" && root.items.map((item) => item.type === "scalar" && item.float === true);
  assert.equal(floats, [false, true, true, true, false]);
});
kinds("only integers that a double cannot hold are bigints", () => {
  assert.equal(toValue(rootOf("[9007199254740991, 9007199254740993, 1e20]")), [
    9007199254740991,
    9007199254740993n,
    1e20,
  ]);
});
kinds.run();

const plain = suite("toValue");
plain("maps inherit nothing, so that no key is special", () => {
  const value = toValue(rootOf("__proto__: {a: 1}\nconstructor: b\n")) as { readonly constructor: unknown };
  assert.is(value.constructor, "b");
  assert.not("toString" in value || "a" in value);
  assert.equal(Object.keys(value as object), ["__proto__", "constructor"]);
});
plain("aliased nodes give shared values", () => {
  const value = toValue(rootOf("a: &x [1]\nb: *x\n")) as { readonly a: unknown; readonly b: unknown };
  assert.is(value.a, value.b);
});
plain.run();
