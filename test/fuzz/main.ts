/** Differential fuzzing: `npm run fuzz -- --oracle PROGRAM | --oracle-source DIR [--count N] [--seed S] [target…]`. */
import { parseArgs } from "node:util";
import { buildOracle, startOracle } from "./oracle.ts";
import { questionTarget } from "./question.ts";
import { shrink } from "./shrink.ts";
import { type Ask, seededRandom, type Target } from "./target.ts";

const targets: Readonly<Record<string, () => Promise<{ readonly target: Target }>>> = {
  yaml: () => import("./yaml.ts"),
  "yaml-bytes": async () => ({ target: (await import("./yaml.ts")).bytesTarget }),
  template: async () => ({ target: questionTarget(await import("./template.ts")) }),
  quantity: async () => ({ target: questionTarget(await import("./quantity.ts")) }),
  merge: async () => ({ target: questionTarget(await import("./merge.ts")) }),
};

const batch = 256;
const shown = 10;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    oracle: { type: "string" },
    "oracle-source": { type: "string" },
    count: { type: "string", default: "10000" },
    seed: { type: "string", default: "1" },
  },
});

const count = Number(values.count);
const seed = Number(values.seed);
const names = positionals.length > 0 ? positionals : Object.keys(targets);
const unknown = names.filter((name) => !Object.hasOwn(targets, name));
const program = values.oracle ?? (values["oracle-source"] && buildOracle(values["oracle-source"]));
if (!program || unknown.length > 0 || !Number.isInteger(count) || !Number.isInteger(seed)) {
  console.error(
    "fuzz: --oracle PROGRAM or --oracle-source DIR is needed; --count and --seed are integers; " +
      `targets are ${Object.keys(targets).join(", ")}`,
  );
  process.exit(2);
}

/** Runs a target and returns how many differences it found. */
async function run(target: Target, ask: Ask): Promise<number> {
  const random = seededRandom(seed);
  const different: { readonly input: string; readonly difference: string }[] = [];
  const skipped = new Map<string, number>();
  for (let done = 0; done < count; done += batch) {
    const inputs = Array.from({ length: Math.min(batch, count - done) }, () => target.generate(random));
    const outcomes = await Promise.all(inputs.map((input) => target.compare(input, ask)));
    outcomes.forEach((outcome, i) => {
      if ("difference" in outcome) different.push({ input: inputs[i] ?? "", difference: outcome.difference });
      if ("skipped" in outcome) skipped.set(outcome.skipped, (skipped.get(outcome.skipped) ?? 0) + 1);
    });
  }
  for (const { input, difference } of different.slice(0, shown)) {
    const shows = async (text: string) => "difference" in (await target.compare(text, ask));
    const smallest = target.shrinks ? await shrink(input, shows) : input;
    const outcome = await target.compare(smallest, ask);
    console.log(JSON.stringify(smallest));
    console.log(`  ${"difference" in outcome ? outcome.difference : difference}`);
  }
  const left = [...skipped].map(([why, times]) => `, ${times} ${why}`).join("");
  console.log(`${target.name}: ${count} cases, ${different.length} differences (seed ${seed}${left})`);
  return different.length;
}

const { ask, close } = startOracle(program);
let differences = 0;
for (const name of names) {
  const load = targets[name];
  if (load) differences += await run((await load()).target, ask);
}
close();
process.exitCode = differences > 0 ? 1 : 0;
