/** SHA-256 is SHA-256, whatever the length of the text. */
import { createHash } from "node:crypto";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { hex, sha256 } from "../../src/report/sha256.ts";

const checksum = suite("sha256");

checksum("is what every other program says, around the ends of blocks too", () => {
  const texts = Array.from({ length: 200 }, (_, length) => "é".repeat(length % 7) + "x".repeat(length));
  for (const text of ["", "abc", "日本語 🚢", "y".repeat(100_000), ...texts]) {
    assert.is(hex(sha256(text)), createHash("sha256").update(text).digest("hex"), `of ${text.length}`);
  }
});

checksum.run();
