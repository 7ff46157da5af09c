/** How wide text is, how it is cut and wrapped, and what is kept from a terminal. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { columns, count, cut, grouped, padEnd, padStart, plain, wrap } from "../../src/report/cells.ts";

const widths = suite("columns");
const texts: readonly (readonly [text: string, width: number])[] = [
  ["", 0],
  ["abc", 3],
  ["é", 1],
  ["e\u0301", 1],
  ["値段", 4],
  ["ｗ", 2],
  ["한국", 4],
  ["🚀", 2],
  ["👩‍👩‍👧", 2],
  ["❤️", 2],
  ["│ …", 3],
  ["Ω≈ç", 3],
];
for (const [text, width] of texts) {
  widths(`${JSON.stringify(text)} takes ${width}`, () => assert.is(columns(text), width));
}
widths("padding counts columns", () => {
  assert.is(padEnd("値", 4), "値  ");
  assert.is(padStart("値", 4), "  値");
  assert.is(padEnd("long", 2), "long");
});
widths.run();

const cuts = suite("cut");
const cutCases: readonly (readonly [text: string, width: number, start: string, end: string])[] = [
  ["abcdef", 6, "abcdef", "abcdef"],
  ["abcdef", 4, "abc…", "…def"],
  ["値段です", 5, "値段…", "…です"],
  ["値段です", 4, "値…", "…す"],
  ["abc", 1, "…", "…"],
  ["abc", 0, "", ""],
];
for (const [text, width, start, end] of cutCases) {
  cuts(`${text} in ${width} columns`, () => {
    assert.is(cut(text, width), start);
    assert.is(cut(text, width, "end"), end);
  });
}
cuts.run();

const wraps = suite("wrap");
const wrapCases: readonly (readonly [name: string, text: string, lines: readonly string[]])[] = [
  ["breaks at blanks", "one two three four", ["one two", "three four"]],
  ["fills a line to its last column", "12345 7890 x", ["12345 7890", "x"]],
  ["breaks a word longer than a line", "a 123456789012 b", ["a", "1234567890", "12 b"]],
  ["breaks it behind a slash where it has one", "a apps/longer/x.yaml b", ["a apps/", "longer/", "x.yaml b"]],
  ["counts wide characters twice", "値値値値 値値", ["値値値値", "値値"]],
  ["gives one line for nothing", "", [""]],
];
for (const [name, text, lines] of wrapCases) {
  wraps(name, () => assert.equal(wrap(text, 10), lines));
}
wraps.run();

const shown = suite("plain");
shown("controls, line ends and direction marks become visible", () => {
  assert.is(plain("a\u001b[31m\r\n\t\u007f"), "a\u241b[31m\u240d\u240a\u2409\u2421");
  assert.is(plain("a\u202eb\u2066\ufeff\u009b"), "a\ufffdb\ufffd\ufffd\ufffd");
  assert.is(plain("値段 é"), "値段 é");
});
shown("numbers are grouped and counted", () => {
  assert.is(grouped(0), "0");
  assert.is(grouped(999), "999");
  assert.is(grouped(1234567), "1,234,567");
  assert.is(count(1, "file"), "1 file");
  assert.is(count(2, "base"), "2 bases");
  assert.is(count(0, "entry", "entries"), "0 entries");
});
shown.run();
