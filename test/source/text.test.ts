/** Bytes to text: encodings, byte order marks, invalid bytes. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decodeText, meetsCharacter } from "../../src/source/text.ts";

const decoding = suite("decodeText");
const cases: readonly (readonly [name: string, bytes: readonly number[], text: string])[] = [
  ["UTF-8", [0x61, 0xc3, 0xa9, 0xf0, 0x9f, 0x98, 0x80], "aé😀"],
  ["a byte order mark goes", [0xef, 0xbb, 0xbf, 0x61], "a"],
  ["only one byte order mark goes", [0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf, 0x61], "\ufeffa"],
  ["UTF-16, little end first", [0xff, 0xfe, 0x61, 0x00, 0xac, 0x20], "a€"],
  ["UTF-16, big end first", [0xfe, 0xff, 0x00, 0x61, 0x20, 0xac], "a€"],
  ["an invalid byte is a lone surrogate", [0x61, 0xff, 0x62], "a\udcffb"],
  ["a character cut off", [0x61, 0xe2, 0x82], "a\udce2\udc82"],
  ["an encoded surrogate", [0xed, 0xa0, 0x80], "\udced\udca0\udc80"],
  ["an overlong encoding", [0xc0, 0x80], "\udcc0\udc80"],
  ["nothing", [], ""],
];
for (const [name, bytes, text] of cases) {
  decoding(name, () => assert.equal(decodeText(Uint8Array.from(bytes)), { text }));
}
decoding("invalid UTF-16 is an error with an offset", () => {
  const decoded = decodeText(Uint8Array.from([0xff, 0xfe, 0x61, 0x00, 0x00, 0xd8]));
  assert.ok("error" in decoded && decoded.offset === 1);
});
decoding.run();

const meeting = suite("meetsCharacter: go-yaml reads 512 bytes at a time");
meeting("a character in the part that was read is met, though it is not needed", () => {
  assert.is(meetsCharacter(`a\n---\n${"x".repeat(400)}\u0007`, 406, 6), true);
});
meeting("one in the part behind it is not", () => {
  assert.is(meetsCharacter(`a\n---\n${"x".repeat(600)}\u0007`, 606, 6), false);
  assert.is(meetsCharacter(`a\n---\n${"é".repeat(300)}\u0007`, 306, 6), false);
});
meeting("one that is needed is met", () => {
  assert.is(meetsCharacter(`${"x".repeat(600)}\u0007`, 600, 601), true);
});
meeting.run();
