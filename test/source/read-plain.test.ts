import { suite } from "uvu";
import * as assert from "uvu/assert";
import { toValue } from "../../src/source/node.ts";
import { readYaml } from "../../src/source/read.ts";
import { readPlain, readSimple } from "../../src/source/read-plain.ts";

const sure = suite("what is read in one pass");

const manifest = `# a shop
---
apiVersion: apps/v1
kind: Deployment # of a shop
metadata:
  name: web
  labels: {app: web, "tier": 'front', version: "1.20",
    port: 8080, }
  annotations:

    proxy.istio.io/config: |
      concurrency: 2
      # comment inside
        indented: yes

    kept: |+
      a

    stripped: |-
      b: c
      d
    "quoted key": "tab\\tand \\"quotes\\""
    'it''s': 'it''s'
    empty:
    none: ~
spec:
  ports:
  - 80
  - 0x50
  - 1e3
  - name: http
    args: ["--port", "8080", -1, [], {}]
  -
    - nested
    - - deeper
  - key:
      - a:b
  - |
    text
  - http://example.com/#anchor # and a comment
  - -z
  last: true
`;

const simple: readonly (readonly [what: string, text: string])[] = [
  ["a manifest", manifest],
  ["a scalar", "text\n"],
  ["a number without a line end", "12"],
  ["a list of maps", "- a: 1\n  b: 2\n- c: 3\n"],
  ["the last of two equal keys", "a: 1\nb: 2\na: 3\n"],
  ["keys that JavaScript knows", "__proto__: 1\nconstructor: 2\n"],
  ["a value below its key", "a:\n  text\nb:\n  'c'\n"],
  ["letters beyond ASCII", "a: größer\n"],
  ["a literal block without a line end", "a: |\n  text\n\n  more"],
  ["a flow collection at the top", '{"a": 1, "b": [x, y]}\n'],
];
for (const [what, text] of simple) {
  sure(`gives what the full reader gives: ${what}`, () => {
    const value = readSimple(text);
    const read = readYaml(text);
    assert.ok(read.ok && read.root);
    assert.equal(value, toValue(read.root));
    assert.is(JSON.stringify(value), JSON.stringify(toValue(read.root)), "the order of keys");
  });
}
sure.run();

const unsure = suite("what is left to the full reader");

const others: readonly string[] = [
  "",
  "# nothing\n",
  "a: &x 1\nb: *x\n",
  "a: !!str 1\n",
  "<<: {a: 1}\n",
  "1: a\n",
  "yes: a\n",
  "? a\n: b\n",
  "a: >\n  folded\n",
  "a: |2\n   text\n",
  "a: |\n   \n  text\n",
  "a: first\n  second\n",
  "a: 'first\n  second'\n",
  'a: "\\u00e9"\n',
  "a: b: c\n",
  "a: .inf\n",
  "a:\n  - b\n c: d\n",
  "a: 1\n b: 2\n",
  "- a\nb: c\n",
  "a: [b: c]\n",
  "a: {b, c}\n",
  "a: [b c]\n",
  "a: {b:c}\n",
  "a: [b\n- c]\n",
  "a: [b\n",
  "a: [b]]\n",
  "a: 'b' c\n",
  "a: \tb\n",
  "a: 1\r\nb: 2\r\n",
  "a: 1\n---\nb: 2\n",
  "a: 1\n...\n",
  "%YAML 1.1\n---\na: 1\n",
  "a: - b\n",
  "a: @b\n",
  "a: \u0085\n",
  `${"[".repeat(200)}${"]".repeat(200)}\n`,
  `${"- ".repeat(200)}a\n`,
];
for (const text of others) {
  unsure(JSON.stringify(text.slice(0, 40)), () => {
    assert.is(readSimple(text), undefined);
    const [plain, full] = [readPlain(text), readYaml(text)];
    assert.is(plain.ok, full.ok);
    if (plain.ok && full.ok) assert.equal(plain.value, full.root && toValue(full.root));
    if (!plain.ok && !full.ok) assert.is(plain.message, full.error.message);
  });
}
unsure.run();

const cut = suite("a manifest cut at any place");

cut("is read as by the full reader, or left to it", () => {
  for (let from = 0; from < manifest.length; from += 3) {
    for (const to of [from + 7, from + 40, from + 150, manifest.length]) {
      const text = manifest.slice(from, to);
      const value = readSimple(text);
      if (value === undefined) continue;
      const read = readYaml(text);
      assert.ok(read.ok && read.root, JSON.stringify(text));
      assert.is(JSON.stringify(value), JSON.stringify(toValue(read.root)), JSON.stringify(text));
    }
  }
});
cut.run();
