/** Splitting into documents, and the peek at what they are. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readDocuments } from "../../src/source/document.ts";
import { toGoJson } from "../../src/source/go-json.ts";
import { splitDocuments } from "../../src/source/split.ts";

const splitting = suite("splitDocuments: ranges");
const splitCases: readonly (readonly [text: string, documents: readonly string[]])[] = [
  ["", []],
  ["\n\n# comment\n", []],
  ["---\n---\n# c\n---\n", []],
  ["a: 1\n", ["a: 1\n"]],
  ["a: 1\n---\nb: 2\n", ["a: 1\n", "---\nb: 2\n"]],
  ["a: 1\r\n---\r\nb: 2\r\n", ["a: 1\r\n", "---\r\nb: 2\r\n"]],
  ["a: 1\r---\rb: 2", ["a: 1\r", "---\rb: 2"]],
  ["---\na: 1\n---", ["---\na: 1\n"]],
  ["# head\n---\na: 1\n", ["# head\n---\na: 1\n"]],
  ["%YAML 1.1\n---\na: 1\n", ["%YAML 1.1\n---\na: 1\n"]],
  ["a: 1\n...\n%YAML 1.1\n---\nb: 2\n", ["a: 1\n...\n", "%YAML 1.1\n---\nb: 2\n"]],
  ["a: 1\n---\n# of b\nb: 2\n", ["a: 1\n", "---\n# of b\nb: 2\n"]],
  ["a: 1\n--- # c\nb: 2\n", ["a: 1\n", "--- # c\nb: 2\n"]],
  ["a: 1\n--- {b: 2}\n--- |\n  c\n", ["a: 1\n", "--- {b: 2}\n", "--- |\n  c\n"]],
  ["a: 1\n---b: 2\n ---\nc: 3\n", ["a: 1\n---b: 2\n ---\nc: 3\n"]],
  ["a: |\n  ---\n  x\n", ["a: |\n  ---\n  x\n"]],
  ["a: 1\n--- \t\nb: 2", ["a: 1\n", "--- \t\nb: 2"]],
  ['{"a": 1}\n{"b": 2}\n', ['{"a": 1}', '{"b": 2}']],
  ['{"a": "}{"} {"b": [{}]}', ['{"a": "}{"}', '{"b": [{}]}']],
  ['{"a": 1}\n', ['{"a": 1}\n']],
  ['{"a": 1}\n---\n{"b": 2}\n', ['{"a": 1}\n', '---\n{"b": 2}\n']],
];
for (const [text, documents] of splitCases) {
  splitting(`${JSON.stringify(text)} has ${documents.length} documents`, () => {
    assert.equal(
      splitDocuments(text).map(({ start, end }) => text.slice(start, end)),
      documents,
    );
  });
}
splitting.run();

const peeking = suite("splitDocuments: peek");
const peekCases: readonly (readonly [
  text: string,
  kind: string | undefined,
  apiVersion: string | undefined,
])[] = [
  ["apiVersion: v1\nkind: Pod\n", "Pod", "v1"],
  ["kind: Deployment # c\napiVersion: apps/v1\r\n", "Deployment", "apps/v1"],
  ["kind: \"Pod\"\napiVersion: 'v1'\n", "Pod", "v1"],
  ["kind : Pod\n", "Pod", undefined],
  ["metadata:\n  kind: Inner\nkind: Pod\nspec: {kind: X}\n", "Pod", undefined],
  ["kinds: a\nkindness: b\n", undefined, undefined],
  ["- kind: Pod\n- b\n", undefined, undefined],
  ["kind: Pod\n\n# c\n  # d\nspec:\n  a: b\n", "Pod", undefined],
  ["--- # first\nkind: Pod", "Pod", undefined],
];
for (const [text, kind, apiVersion] of peekCases) {
  peeking(`is sure that ${JSON.stringify(text)} is ${kind}`, () => {
    assert.equal(splitDocuments(text)[0]?.peek, { kind, apiVersion, sure: true });
  });
}
const unsureCases: readonly string[] = [
  '{"kind": "Pod"}\n',
  '"kind": Pod\n',
  "'kind': Pod\n",
  "&a kind: Pod\n",
  "!!str kind: Pod\n",
  "? kind\n: Pod\n",
  "*k : Pod\n",
  "<<: *x\nkind: Pod\n",
  "  kind: Pod\n",
  "kind: Pod\nkind: Job\n",
  "kind: Pod\n  Template\n",
  "kind: Pod\n\n  Template\n",
  "kind:\n  Pod\n",
  "kind: &a Pod\n",
  "kind: !!str Pod\n",
  "kind: |\n  Pod\n",
  'kind: "Po\\x64"\n',
  "kind: yes\n",
  "kind: 1\n",
  "kind: Pod extra\n",
  "--- {kind: Pod}\n",
  "a: b\rkind: Pod\n",
  "a: b\u2028kind: Pod\n",
  "\tkind: Pod\n",
  "{{- if x }}\nkind: Pod\n{{- end }}\n",
];
for (const text of unsureCases) {
  peeking(`is not sure of ${JSON.stringify(text)}`, () => {
    assert.is(splitDocuments(text)[0]?.peek.sure, false);
  });
}
peeking.run();

const documents = suite("readDocuments");
documents("documents are numbered without the empty ones", () => {
  const found = readDocuments({ path: "a.yaml", text: "---\n# nothing\n---\na: 1\n---\nb: 2\n" });
  assert.equal(
    found.map(({ index, start }) => [index, start]),
    [
      [0, 14],
      [1, 23],
    ],
  );
});
documents("a document is parsed once", () => {
  const [document] = readDocuments({ path: "a.yaml", text: "a: 1\n" });
  const first = document?.read();
  assert.ok(first);
  assert.is(document?.read(), first);
});
documents("a broken document hides no other, and its error points into the file", () => {
  const text = "a: 1\n---\nb: 'x\n---\nc: 3\n";
  const readings = readDocuments({ path: "a.yaml", text }).map((document) => document.read());
  assert.equal(
    readings.map(({ ok }) => ok),
    [true, false, true],
  );
  const [, broken] = readings;
  assert.is(broken && !broken.ok && broken.error.offset, 12);
});
documents("invalid UTF-8 breaks only its own document", () => {
  const readings = readDocuments({ path: "a.yaml", text: "a: \udcff\n---\nb: 1\n" }).map(
    (each) => each.read().ok,
  );
  assert.equal(readings, [false, true]);
});
documents("a byte order mark behind a marker does not become part of a key, as kubectl reads it", () => {
  const [, second] = readDocuments({ path: "a.yaml", text: "a: 1\n---\n\ufeffb: 2\n" });
  const reading = second?.read();
  assert.is(reading?.ok && reading.root?.type === "map" && reading.root.entries[0]?.key, "b");
});
documents("a last line without line end counts as ended, as for kubectl", () => {
  const reading = readDocuments({ path: "a.yaml", text: "a: |\n  text" })[0]?.read();
  assert.is(reading?.ok && toGoJson(reading.root), '{"a":"text\\n"}');
});
const jsonCases: readonly (readonly [text: string, json: string])[] = [
  ['{"a": "\\/b"}', '{"a":"/b"}'],
  ['{"a": "\\ud83d\\ude00 \\ud83d"}', '{"a":"😀 \ufffd"}'],
  ['{"a"\n:\n1}', '{"a":1}'],
  [`{"${"k".repeat(2000)}": {"a": [1, "x"]}}`, `{"${"k".repeat(2000)}":{"a":[1,"x"]}}`],
  ['{\n\t"a":\t1\n}', '{"a":1}'],
];
for (const [text, json] of jsonCases) {
  documents(`JSON that YAML does not cover is read: ${text.slice(0, 30)}`, () => {
    const reading = readDocuments({ path: "a.json", text })[0]?.read();
    assert.is(reading?.ok && toGoJson(reading.root), json);
  });
}
documents.run();
