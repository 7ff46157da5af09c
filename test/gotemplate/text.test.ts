/** Go strings are bytes; text that is UTF-8 is itself, and nothing is lost of what is not. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  byteLength,
  compareText,
  fromBytes,
  isUtf8,
  joined,
  quoteText,
  runes,
  sliceBytes,
  sortedText,
  toBytes,
} from "../../src/gotemplate/text.ts";
import { rendered } from "./rendered.ts";

const texts: readonly (readonly [text: string, bytes: readonly number[]])[] = [
  ["", []],
  ["a\u007f", [0x61, 0x7f]],
  ["é", [0xc3, 0xa9]],
  ["世", [0xe4, 0xb8, 0x96]],
  ["😀", [0xf0, 0x9f, 0x98, 0x80]],
  ["\u{10ffff}", [0xf4, 0x8f, 0xbf, 0xbf]],
];
const broken: readonly (readonly number[])[] = [
  [0xff],
  [0xc3],
  [0xc0, 0x80],
  [0xed, 0xa0, 0x80],
  [0xf5, 0x80, 0x80, 0x80],
  [0x61, 0xe4, 0xb8, 0x62],
];

const tests = suite("Go strings");

for (const [text, bytes] of texts) {
  tests(`${JSON.stringify(text)} is its UTF-8`, () => {
    assert.equal([...toBytes(text)], bytes);
    assert.is(fromBytes(Uint8Array.from(bytes)), text);
    assert.is(byteLength(text), bytes.length);
    assert.ok(isUtf8(text));
  });
}

for (const bytes of broken) {
  tests(`the bytes ${bytes} come back as they were`, () => {
    const text = fromBytes(Uint8Array.from(bytes));
    assert.equal([...toBytes(text)], bytes);
    assert.is(byteLength(text), bytes.length);
    assert.not(isUtf8(text));
  });
}

tests("halves of a character that meet are the character", () => {
  const halves = sliceBytes("é", 0, 1) + sliceBytes("é", 1, 2);
  assert.is.not(halves, "é");
  assert.is(joined(halves), "é");
  assert.equal(rendered('{{slice "é" 0 1}}{{slice "é" 1 2}}'), { ok: true, output: "é" });
});

tests("strings are ordered by their bytes", () => {
  assert.ok(compareText("\uffff", "😀") < 0);
  assert.ok(compareText("a", "b") < 0);
  assert.is(compareText("a", "a"), 0);
  assert.equal(sortedText(["😀", "\uffff", "a"]), ["a", "\uffff", "😀"]);
});

tests("bytes that are no text are quoted and counted as such", () => {
  const text = fromBytes(Uint8Array.from([0x61, 0xff]));
  assert.is(quoteText(text), '"a\\xff"');
  assert.equal(runes(text), [0x61, 0xfffd]);
});

tests.run();
