/** Measures injection: many workloads in one process, one file in a cold one, and istioctl side by side where it is installed. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { profileOf } from "../src/istio/profile.ts";
import { median, medians, onPath, ratio } from "./measure.ts";
import { writeMonorepo } from "./monorepo.ts";

export interface InjectBench {
  readonly sidelint: readonly string[];
  /** A folder for what is made on the way. */
  readonly work: string;
  /** A folder with config.yaml, values.json and mesh.yaml of an injector; our own profile of 1.30 unless told. */
  readonly config: string | undefined;
  readonly runs: number;
  readonly row: (what: string, measured: string, goal: string, met: boolean | undefined) => void;
}

const workloads = 1000;

/** Measures and reports; every eleventh file of the monorepo is a workload. */
export function benchInjection({ sidelint, work, config, runs, row }: InjectBench): void {
  const directory = join(work, `monorepo-${workloads * 11}`);
  if (!existsSync(directory)) writeMonorepo(directory, workloads * 11);
  const files = (readdirSync(directory, { recursive: true }) as string[])
    .filter((path) => path.endsWith("deployment.yaml"))
    .sort()
    .map((path) => join(directory, path));
  const injector = injectorIn(work, config);
  const whose = config === undefined ? "our own profile" : "a stock configuration";
  const each = inOneProcess(work, injector, files, runs);
  row(
    `${files.length} workloads injected in one process, ${whose}: milliseconds a workload`,
    each.toFixed(2),
    "≤ 0.8",
    each <= 0.8,
  );
  const all = join(work, "workloads.yaml");
  writeFileSync(all, files.map((path) => readFileSync(path, "utf8")).join("---\n"));
  const stream = (file: string) => [...sidelint, "inject", "-f", file, ...filesOf(injector)];
  const [one = 0, whole = 0] = medians([stream(files[0] ?? ""), stream(all)], runs);
  row("one file injected, cold: milliseconds", one.toFixed(0), "≤ 150", one <= 150);
  row(
    `${files.length} workloads in one file, whole process: seconds`,
    (whole / 1000).toFixed(2),
    "–",
    undefined,
  );
  const what = `sidelint inject / istioctl kube-inject, ${files.length} workloads in one file`;
  if (!onPath("istioctl")) {
    row(what, "istioctl is not on PATH", "–", undefined);
    return;
  }
  const peer = ["istioctl", "kube-inject", "--revision", "default", "-f", all, ...filesOf(injector)];
  const [ours = 0, theirs = 1] = medians([stream(all), peer], Math.min(runs, 5));
  row(what, ratio(ours / theirs), "≤ 0.1", ours / theirs <= 0.1);
}

function filesOf(injector: string): readonly string[] {
  return [
    ...["--injectConfigFile", join(injector, "config.yaml")],
    ...["--valuesFile", join(injector, "values.json")],
    ...["--meshConfigFile", join(injector, "mesh.yaml")],
  ];
}

/** The folder with the injector's configuration, which is copied or made of our own profile. */
function injectorIn(work: string, config: string | undefined): string {
  const directory = join(work, "injector");
  mkdirSync(directory, { recursive: true });
  const own = profileOf({ release: "1.30" });
  const made = { "config.yaml": own.config, "values.json": own.values, "mesh.yaml": own.mesh };
  for (const [name, value] of Object.entries(made)) {
    if (config === undefined) writeFileSync(join(directory, name), JSON.stringify(value, null, 2));
    else writeFileSync(join(directory, name), readFileSync(join(config, name)));
  }
  return directory;
}

/** The median of what fresh processes measure themselves. */
function inOneProcess(work: string, injector: string, files: readonly string[], runs: number): number {
  const program = join(work, "inject-work.mjs");
  const list = join(work, "workloads.txt");
  buildSync({
    entryPoints: ["bench/inject-work.ts"],
    outfile: program,
    bundle: true,
    format: "esm",
    platform: "node",
    logLevel: "error",
  });
  writeFileSync(list, files.join("\n"));
  const measured = Array.from({ length: runs }, () => {
    const { status, stdout, stderr } = spawnSync("node", [program, injector, list], { encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
    return Number(stdout);
  });
  return median(measured);
}
