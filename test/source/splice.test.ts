/** Many edits of a text at once. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { applyEdits, type Edit, type Spliced } from "../../src/source/splice.ts";

const edit = (start: number, end: number, text: string): Edit => ({ start, end, text });
const done = (text: string): Spliced => ({ ok: true, text });

const splice = suite("splice");
const cases: readonly (readonly [what: string, edits: readonly Edit[], expected: string])[] = [
  ["no edits", [], "abcdef"],
  ["in any order", [edit(4, 6, "Z"), edit(0, 1, "XY")], "XYbcdZ"],
  ["side by side", [edit(0, 2, "1"), edit(2, 4, "2")], "12ef"],
  ["insertions at one place in the order given", [edit(3, 3, "1"), edit(3, 3, "2")], "abc12def"],
  ["an insertion before what is replaced from there on", [edit(3, 4, ""), edit(3, 3, "1")], "abc1ef"],
  ["an insertion behind what is replaced up to there", [edit(3, 3, "1"), edit(2, 3, "")], "ab1def"],
  ["at both ends", [edit(6, 6, "!"), edit(0, 0, "!")], "!abcdef!"],
];
for (const [what, edits, expected] of cases) {
  splice(what, () => assert.equal(applyEdits("abcdef", edits), done(expected)));
}
const refusals: readonly (readonly [what: string, edits: readonly Edit[], reason: string])[] = [
  [
    "overlapping edits",
    [edit(0, 3, ""), edit(2, 4, "")],
    "the edit from offset 2 to 4 overlaps the one before it",
  ],
  [
    "an insertion into what goes",
    [edit(1, 4, ""), edit(2, 2, "x")],
    "the edit from offset 2 to 2 overlaps the one before it",
  ],
  [
    "beyond the end",
    [edit(5, 7, "")],
    "the edit from offset 5 to 7 ends before it begins or behind the text",
  ],
  ["backwards", [edit(3, 2, "")], "the edit from offset 3 to 2 ends before it begins or behind the text"],
  ["before the beginning", [edit(-1, 2, "")], "the edit from offset -1 to 2 begins before the text"],
];
for (const [what, edits, reason] of refusals) {
  splice(`refused: ${what}`, () => assert.equal(applyEdits("abcdef", edits), { ok: false, reason }));
}
splice.run();
