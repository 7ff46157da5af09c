/** Comments stand where the reader sees them, which is where another reader of YAML sees them too. */
import { readdirSync, readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Parser } from "yaml";
import { commentsOf } from "../../src/source/comments.ts";
import { readDocuments } from "../../src/source/document.ts";
import { randomManifest, randomOf } from "../fix/random-manifest.ts";

const comments = suite("comments");

/** "start alone head text" of each comment of a text. */
function told(text: string): readonly string[] {
  const documents = readDocuments({ path: "a.yaml", text });
  return documents.flatMap((document) =>
    commentsOf(document, document.index === 0 ? 0 : document.start).map(
      ({ start, alone, atHead, text }) => `${start}${alone ? " alone" : ""}${atHead ? " head" : ""} ${text}`,
    ),
  );
}

for (const [text, expected] of [
  ["a: 1\n", []],
  ["a: 1 # b\n", ["5 # b"]],
  ["# a\nb: 1\n", ["0 alone head # a"]],
  ["  # a\nb: 1", ["2 alone head # a"]],
  ["a: b#c\n", []],
  ["a: 'b # c' # d\n", ["11 # d"]],
  ['a: "b\n  # c"\n', []],
  ["a: |\n  # b\n# c\n", ["11 alone # c"]],
  ["a: | # b\n  # c\n", ["5 # b"]],
  ["a: >-\n  b\n  # c\nd: 1\n# e", ["21 alone # e"]],
  ["a: [b, # c\n  d]\n", ["7 # c"]],
  ["a: b\n  # c\n", ["7 alone # c"]],
  [
    "# a\n---\n# b\nc: 1\n--- # d\n# e\nf: 1\n",
    ["0 alone head # a", "8 alone head # b", "21 head # d", "25 alone head # e"],
  ],
  ["a: 1\r\n# b\r\nc: 2 # d\r\n", ["6 alone # b", "16 # d"]],
  ['{"a": "# b"}', []],
  ["a: 1 # b\nc: {\n# d\n", ["5 # b", "14 alone # d"]],
  ["a: 1 # b\n'c\n# d\n", ["5 # b"]],
  ["", []],
  ["# nothing else\n", []],
] as const) {
  comments(`of ${JSON.stringify(text)}`, () => assert.equal(told(text), expected));
}

comments("end before the break of their line", () => {
  for (const end of ["\n", "\r\n", "\r", ""]) {
    const text = `a: 1 # b${end}`;
    const [document] = readDocuments({ path: "a.yaml", text });
    assert.ok(document);
    assert.equal(
      commentsOf(document).map((one) => text.slice(one.start, one.end)),
      ["# b"],
    );
  }
});

/** Where the tokens of a text are comments, however deep they stand. */
function offsetsOf(text: string): readonly number[] {
  const found: number[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    if ("type" in value && value.type === "comment" && "offset" in value) found.push(Number(value.offset));
    for (const each of Object.values(value)) visit(each);
  };
  for (const token of new Parser().parse(text)) visit(token);
  return found.sort((a, b) => a - b);
}

comments("are those that another reader finds in the rules and their examples", () => {
  const directory = new URL("../../rules/", import.meta.url);
  let count = 0;
  for (const name of readdirSync(directory)) {
    const text = readFileSync(new URL(name, directory), "utf8");
    const found = told(text).map((one) => Number.parseInt(one, 10));
    assert.equal(found, offsetsOf(text), name);
    count += found.length;
    // With a comment behind and above every line that is not inside of something.
    const more = text.replace(/^(\w+:.*[^|>\s-])$/gm, "# above\n$1 # behind");
    assert.equal(
      told(more).map((one) => Number.parseInt(one, 10)),
      offsetsOf(more),
      name,
    );
  }
  assert.ok(count > 30);
});

comments("are those that another reader finds in manifests of all styles", () => {
  let count = 0;
  for (let seed = 1; seed <= 400; seed++) {
    const { text } = randomManifest(randomOf(seed));
    const found = told(text).map((one) => Number.parseInt(one, 10));
    assert.equal(found, offsetsOf(text), `seed ${seed}\n${text}`);
    count += found.length;
  }
  assert.ok(count > 400);
});

comments.run();
