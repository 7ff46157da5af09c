/** Fixes of many random repositories: `npm run fuzz:fixes [-- --count N --seed S]`. */
import { parseArgs } from "node:util";
import { checkMistakes } from "../fix/check-mistakes.ts";
import { randomOf } from "../fix/random-manifest.ts";
import { randomMistakes } from "../fix/random-mistakes.ts";

const { values } = parseArgs({
  options: { count: { type: "string", default: "10000" }, seed: { type: "string", default: "1" } },
});
const [count, first] = [Number(values.count), Number(values.seed)];
const shown = 10;
const counts = { fixed: 0, refused: 0, wrong: 0 };
let [findings, lines] = [0, 0];
for (let seed = first; seed < first + count; seed++) {
  const one = randomMistakes(randomOf(seed));
  const verdict = checkMistakes(one);
  counts[verdict.is]++;
  if (verdict.is === "fixed") {
    findings += verdict.findings;
    lines += verdict.lines;
  } else if (verdict.is === "wrong" && counts.wrong <= shown) {
    console.log(`seed ${seed}: ${verdict.why}`);
    if (counts.wrong === 1)
      for (const [path, text] of Object.entries(one.files)) console.log(`--- ${path}\n${text}`);
  }
}
console.log(
  `fixes: ${count} repositories, ${counts.wrong} wrong, ${counts.refused} refused in part; ` +
    `${findings} findings fixed in ${lines} lines of the others (seeds ${first} to ${first + count - 1})`,
);
process.exitCode = counts.wrong > 0 ? 1 : 0;
