/** Random trees of kustomizations against the real program: `npm run fuzz:kustomize -- [--kustomize PROGRAM] [--count N] [--seed S]`. One alone is shown with its files. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { memoryTree } from "../../src/index.ts";
import { compareBuild, realBuild } from "../conformance/kustomize-real.ts";
import { type Files, randomTree } from "./kustomize-tree.ts";
import { seededRandom } from "./target.ts";

const { values } = parseArgs({
  options: {
    kustomize: { type: "string", default: "kustomize" },
    count: { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
    shown: { type: "string", default: "20" },
  },
});
const [count, first, shown] = [Number(values.count), Number(values.seed), Number(values.shown)];
const counts = { equal: 0, different: 0, refused: 0, untold: 0, beyond: 0, workloads: 0 };

function write(files: Files, directory: string): void {
  for (const [path, text] of Object.entries(files)) {
    const file = join(directory, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

function show(seed: number, lines: readonly string[], files: Files): void {
  if (counts.different + counts.untold > shown) return;
  console.log([`seed ${seed}:`, ...lines.map((line) => `    ${line}`)].join("\n"));
  if (count > 1) return;
  for (const [path, text] of Object.entries(files)) console.log(`--- ${path}\n${text}`);
}

async function check(seed: number): Promise<void> {
  const files = randomTree(seededRandom(seed));
  const directory = mkdtempSync(join(tmpdir(), "sidelint-kustomize-"));
  write(files, directory);
  const real = await realBuild(values.kustomize, join(directory, "overlay"));
  rmSync(directory, { recursive: true });
  const result = compareBuild(memoryTree(files), "overlay", "kustomization.yaml", real);
  if (result.is === "refused") {
    counts.refused++;
    if (result.told.length > 0) return;
    if (result.beyond) {
      counts.beyond++;
      return;
    }
    counts.untold++;
    show(seed, [`kustomize refuses: ${result.error}`], files);
  } else {
    counts.workloads += result.workloads;
    if (result.differences.length === 0 && result.told.length === 0) {
      counts.equal++;
      return;
    }
    counts.different++;
    show(seed, [...result.differences, ...result.told], files);
  }
}

const seeds = Array.from({ length: count }, (_, index) => first + index);
const work = async () => {
  for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) await check(seed);
};
await Promise.all([work(), work()]);
console.log(
  `kustomize: ${count} trees, ${counts.different} built differently, ${counts.equal} alike with ${counts.workloads} workloads; ` +
    `${counts.refused} refused, ${counts.untold} of them untold, ${counts.beyond} for objects that decide nothing (seeds ${first} to ${first + count - 1})`,
);
process.exitCode = counts.different + counts.untold > 0 ? 1 : 0;
