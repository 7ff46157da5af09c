/** How documents are written: what the outline knows beside the values. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { outlineOf, type WrittenNode } from "../../src/source/outline.ts";
import { readYaml } from "../../src/source/read.ts";
import { randomManifest, randomOf } from "../fix/random-manifest.ts";

const outline = suite("outline");

/** A node as a text: `{}` and `[]` in flow style are `<>` and `()`, with anchors, tags and what aliases lead to. */
function shapeOf(text: string, node: WrittenNode): string {
  const before = [node.anchor, node.tag]
    .map((range) => (range ? `${text.slice(range.start, range.end)} ` : ""))
    .join("");
  if (node.type === "alias") return `*${node.name}`;
  if (node.type === "scalar") return before + text.slice(node.start, node.end);
  if (node.type === "list") {
    const items = node.items.map(({ value }) => shapeOf(text, value)).join(" ");
    return before + (node.flow ? `(${items})` : `[${items}]`);
  }
  const entries = node.entries.map(({ key, value, merges, explicit }) => {
    const mark = (explicit ? "?" : "") + (merges ? "!" : "");
    return `${mark}${shapeOf(text, key)}:${shapeOf(text, value)}`;
  });
  return before + (node.bare ? entries.join() : node.flow ? `<${entries.join()}>` : `{${entries.join()}}`);
}

const cases: readonly (readonly [text: string, shape: string])[] = [
  ["a: 1 # c\nb:\n- x\n- 'y'\n", "{a:1,b:[x 'y']}"],
  ["a: &x {b: [1, c]}\nd: *x\n", "{a:&x <b:(1 c)>,d:*x}"],
  ["a: &x\n  b: 1\nc:\n  <<: *x\n  d:\n", "{a:&x {b:1},c:{!<<:*x,d:}}"],
  ["? a\n: 1\n? b\n", "{?a:1,?b:}"],
  ["- - 1\n  - 2\n-\n- a: 1\n  b: 2\n", "[[1 2]  {a:1,b:2}]"],
  ["a: !!str 1\nb: !x &y z\n", "{a:!!str 1,b:&y !x z}"],
  ["[a: 1, {b, c: }]\n", "(a:1 <b:,c:>)"],
  ["--- {a: 1}\n--- b\n", "<a:1>"],
  ["%YAML 1.1\n---\n- a\n...\n", "[a]"],
  ["*x : 1\n", ""],
  ["a: [1\n", ""],
  ["# nothing\n", ""],
];
for (const [text, shape] of cases) {
  outline(JSON.stringify(text), () => {
    const found = outlineOf(text, 0, text.length, false);
    assert.is(found && found.root.end > 0 ? shapeOf(text, found.root) : "", shape);
  });
}

outline("nodes stand where the reader has them", () => {
  for (let seed = 1; seed <= 300; seed++) {
    const { text, anchored } = randomManifest(randomOf(seed));
    const reading = readYaml(text, 0, text.length, { lines: true });
    const found = outlineOf(text, 0, text.length, false);
    if (!reading.ok || !reading.root || anchored) continue;
    const { root } = reading;
    assert.ok(found, `seed ${seed}`);
    const todo = found ? [{ node: root, written: found.root }] : [];
    for (let each = todo.pop(); each; each = todo.pop()) {
      const { node, written } = each;
      assert.equal([written.start, written.end], [node.start, node.end], `seed ${seed}`);
      if (node.type === "list" && written.type === "list") {
        node.items.forEach((item, i) => {
          const inner = written.items[i]?.value;
          if (inner) todo.push({ node: item, written: inner });
        });
      } else if (node.type === "map" && written.type === "map") {
        const all = written.entries.every(({ key }) =>
          node.entries.some(({ keyRange }) => keyRange.start === key.start),
        );
        assert.ok(all, `seed ${seed}`);
        for (const entry of written.entries) {
          const read = node.entries.find(({ keyRange }) => keyRange.start === entry.key.start);
          if (read) todo.push({ node: read.value, written: entry.value });
        }
      } else assert.is(written.type, node.type, `seed ${seed}`);
    }
  }
});

outline.run();
