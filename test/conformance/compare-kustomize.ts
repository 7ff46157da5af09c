/**
 * Compares our builds with those of the real program for every kustomization below directories:
 * `npm run compare:kustomize -- [--kustomize PROGRAM] [--verbose] DIR…`. Builds that the program refuses must be told of.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { diskTree } from "../../src/source/disk.ts";
import { type Comparison, compareBuild, realBuild } from "./kustomize-real.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    kustomize: { type: "string", default: "kustomize" },
    verbose: { type: "boolean", default: false },
    jobs: { type: "string", default: "2" },
  },
});
if (positionals.length === 0) {
  console.error("compare:kustomize: name the directories whose kustomizations are to be compared");
  process.exit(2);
}

const names = new Set(["kustomization.yaml", "kustomization.yml", "Kustomization"]);

/** Directories with a kustomization of kustomize itself, with that file's name. */
function kustomizationsBelow(top: string): (readonly [string, string])[] {
  const found = new Map<string, string>();
  const look = (directory: string) => {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      if (entry.isDirectory() && entry.name !== ".git") look(join(directory, entry.name));
      else if (entry.isFile() && names.has(entry.name))
        found.set(relative(top, directory) || ".", entry.name);
    }
  };
  look(top);
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1));
}

function isOther(file: string): boolean {
  return /^apiVersion:\s*["']?kustomize\.toolkit/m.test(readFileSync(file, "utf8"));
}

interface Counts {
  kustomizations: number;
  built: number;
  told: number;
  workloads: number;
  different: number;
  refused: number;
  silent: number;
  beyond: number;
}

const none: Counts = {
  kustomizations: 0,
  built: 0,
  told: 0,
  workloads: 0,
  different: 0,
  refused: 0,
  silent: 0,
  beyond: 0,
};

function show(place: string, one: Comparison, counts: Counts): void {
  counts.kustomizations++;
  const lines = one.told.map((text) => `    told: ${text}`);
  if (one.is === "refused") {
    counts.refused++;
    const isSilent = one.told.length === 0 && !one.beyond;
    if (one.told.length === 0 && one.beyond) counts.beyond++;
    if (isSilent) counts.silent++;
    if (isSilent || values.verbose)
      console.log([`${place}: kustomize refuses: ${one.error}`, ...lines].join("\n"));
    return;
  }
  counts.built++;
  counts.workloads += one.workloads;
  if (one.told.length > 0) counts.told++;
  if (one.differences.length > 0) counts.different++;
  if (one.differences.length === 0 && !(values.verbose && one.told.length > 0)) return;
  console.log([`${place}:`, ...one.differences.map((text) => `    ${text}`), ...lines].join("\n"));
}

function summary(place: string, counts: Counts): string {
  const { kustomizations, built, told, workloads, different, refused, silent, beyond } = counts;
  return (
    `${place}: ${kustomizations} kustomizations, ${built} built (${told} not wholly, as is told), ` +
    `${workloads} workloads compared, ${different} builds differ; ${refused} refused, ${silent} of them untold, ${beyond} for objects that decide nothing`
  );
}

const total = { ...none };
for (const top of positionals) {
  const tree = diskTree(top);
  const open = kustomizationsBelow(top).filter(([directory, name]) => !isOther(join(top, directory, name)));
  const counts = { ...none };
  const work = async () => {
    for (let next = open.shift(); next; next = open.shift()) {
      const [directory, name] = next;
      const real = await realBuild(values.kustomize, join(top, directory));
      show(join(top, directory), compareBuild(tree, directory, name, real), counts);
    }
  };
  await Promise.all(Array.from({ length: Number(values.jobs) }, work));
  if (positionals.length <= 20) console.log(summary(top, counts));
  for (const key of Object.keys(none) as (keyof Counts)[]) total[key] += counts[key];
}
if (positionals.length > 1) console.log(summary("all", total));
process.exitCode = total.different + total.silent > 0 ? 1 : 0;
