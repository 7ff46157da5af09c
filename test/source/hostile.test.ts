/** Input made to hurt: the reader answers in bounded time, with a value or an error, and never throws. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readDocuments } from "../../src/source/document.ts";
import { toGoJson } from "../../src/source/go-json.ts";
import { toValue } from "../../src/source/node.ts";
import { readYaml } from "../../src/source/read.ts";

const reasonOf = (text: string): string | undefined => {
  const reading = readYaml(text);
  if (!reading.ok) return reading.error.reason;
  if (reading.root) {
    toValue(reading.root);
    toGoJson(reading.root);
  }
  return undefined;
};

const hostile = suite("hostile input");
hostile("10,000 levels are read, more are refused", () => {
  assert.is(reasonOf("[".repeat(10_000) + "]".repeat(10_000)), undefined);
  assert.is(reasonOf("[".repeat(10_001) + "]".repeat(10_001)), "exceeded max depth of 10000");
  assert.is(reasonOf("- ".repeat(10_000)), undefined);
  assert.is(reasonOf("- ".repeat(10_001)), "exceeded max depth of 10000");
  assert.is(reasonOf("{a: ".repeat(9_000) + "}".repeat(9_000)), undefined);
});
hostile("an alias bomb is refused before it goes off", () => {
  const bomb = ["a: &a [x, x, x, x, x, x, x, x, x]"];
  for (let i = 1; i < 12; i++) {
    const before = String.fromCharCode(96 + i);
    bomb.push(
      `${String.fromCharCode(97 + i)}: &${String.fromCharCode(97 + i)} [${Array(9).fill(`*${before}`).join(", ")}]`,
    );
  }
  assert.is(reasonOf(bomb.join("\n")), "document contains excessive aliasing");
});
hostile("a merge bomb is refused", () => {
  const maps = Array.from({ length: 200 }, (_, i) => `k${i}: 1`).join(", ");
  const merges = Array.from({ length: 3_000 }, () => "- <<: [*m, *m, *m, *m, *m, *m, *m, *m]").join("\n");
  assert.is(reasonOf(`m: &m {${maps}}\nl:\n${merges}\n`), "document contains excessive aliasing");
});
const linear: readonly (readonly [name: string, text: string])[] = [
  ["keys without end", "a".repeat(500_000)],
  ["a long line of JSON", `[${"1,".repeat(100_000)}1]`],
  ["a long line of JSON with an emoji", `["😀",${'"x",'.repeat(100_000)}1]`],
  ["many keys", Array.from({ length: 30_000 }, (_, i) => `k${i}: v`).join("\n")],
  ["blank lines in a plain scalar", `a: b\n${"\n".repeat(300_000)}  c\n`],
  ["blank lines in a quoted scalar", `a: "b\n${"\n".repeat(300_000)}  c"\n`],
  ["escapes", `a: "${"\\n".repeat(500_000)}"`],
  ["quotes that are not closed", `a: '${"''".repeat(500_000)}`],
  ["separators", "---\n".repeat(100_000)],
  ["question marks", "? ".repeat(9_000)],
  ["flow collections opened and closed", `a: ${"[]".repeat(100_000)}`],
  ["anchors", Array.from({ length: 20_000 }, (_, i) => `- &a${i} x`).join("\n")],
  ["digits", `a: ${"9".repeat(100_000)}`],
];
for (const [name, text] of linear) {
  hostile(`${name}: takes time in proportion to length`, () => {
    const start = performance.now();
    reasonOf(text);
    for (const document of readDocuments({ path: "a.yaml", text })) document.read();
    assert.ok(performance.now() - start < 3_000);
  });
}
hostile("no sequence of indicators makes the reader throw", () => {
  const parts = [
    "- ",
    "? ",
    ": ",
    "a",
    "\n",
    " ",
    "[",
    "]",
    "{",
    "}",
    ",",
    "&a ",
    "*a",
    "!!int ",
    "|",
    "'",
    '"',
    "#",
    "\t",
    "---\n",
    "%",
  ];
  let state = 1;
  for (let i = 0; i < 8_000; i++) {
    let text = "";
    for (let n = 0; n < 10; n++) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      text += parts[(state >>> 16) % parts.length];
    }
    assert.not.throws(() => reasonOf(text));
  }
});
hostile.run();
