/** Fixes of random repositories change what they name, and nothing else. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { checkMistakes } from "./check-mistakes.ts";
import { randomOf } from "./random-manifest.ts";
import { randomMistakes } from "./random-mistakes.ts";

const property = suite("fixes: random repositories");

property("each fix changes the lines it names, and all documents say what they shall", () => {
  const counts = { fixed: 0, refused: 0, wrong: 0 };
  let findings = 0;
  for (let seed = 1; seed <= 300; seed++) {
    const verdict = checkMistakes(randomMistakes(randomOf(seed)));
    assert.is(verdict.is === "wrong" ? verdict.why : undefined, undefined, `seed ${seed}`);
    counts[verdict.is]++;
    if (verdict.is === "fixed") findings += verdict.findings;
  }
  assert.ok(counts.fixed > 240, `${counts.fixed} fixed, ${counts.refused} refused`);
  assert.ok(findings > 400, `${findings} findings`);
});

property.run();
