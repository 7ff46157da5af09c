/**
 * Measures sidelint against the floor of reading and against peers: `npm run bench [-- --repo DIR] [--quick]`. With `--only inject` just
 * injection is measured, with `--only krm` the KRM function, and the results are printed alone; `--config DIR` names a folder with config.yaml, values.json and mesh.yaml of
 * an injector to take instead of our own profile.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { benchDiff } from "./diff.ts";
import { benchInjection } from "./inject.ts";
import { benchKrm } from "./krm.ts";
import { medians, onPath, ratio } from "./measure.ts";
import { writeMonorepo } from "./monorepo.ts";

const { values } = parseArgs({
  options: {
    repo: { type: "string" },
    config: { type: "string" },
    only: { type: "string" },
    quick: { type: "boolean", default: false },
  },
});
const sidelint = ["node", "dist/sidelint.js"];
const work = join(tmpdir(), "sidelint-bench");
const rows: {
  readonly what: string;
  readonly measured: string;
  readonly goal: string;
  readonly met: string;
}[] = [];

function peakMebibytes(command: readonly string[]): number {
  const file = join(work, "peak");
  const [, ...rest] = command;
  const { status } = spawnSync("node", ["--import", "./bench/peak-memory.mjs", ...rest], {
    stdio: "ignore",
    env: { ...process.env, PEAK_MEMORY_FILE: file },
  });
  if (status !== 0) throw new Error(`${command.join(" ")} ended with ${status}`);
  return Number(readFileSync(file, "utf8")) / 1024;
}

function row(what: string, measured: string, goal: string, met: boolean | undefined): void {
  rows.push({ what, measured, goal, met: met === undefined ? "–" : met ? "yes" : "no" });
  console.log(`${what}: ${measured} (goal ${goal})`);
}

function startUp(runs: number): void {
  const [version = 0, bare = 1] = medians(
    [
      [...sidelint, "--version"],
      ["node", "-e", "0"],
    ],
    runs,
  );
  row("start-up: sidelint --version / node -e 0", ratio(version / bare), "≤ 1.5", version / bare <= 1.5);
}

function coldCheck(directory: string, name: string, runs: number): void {
  const check = [...sidelint, "check", directory, "--fail-on", "never"];
  const [checked = 0, floor = 1] = medians([check, ["node", "bench/read-floor.mjs", directory]], runs);
  row(`cold check of ${name} / reading its files`, ratio(checked / floor), "≤ 4", checked / floor <= 4);
  if (!onPath("kubeconform")) {
    row(`cold check of ${name} / kubeconform`, "kubeconform is not on PATH", "≤ 0.25", undefined);
    return;
  }
  const peer = ["kubeconform", "-ignore-missing-schemas", "-schema-location", work, directory];
  const [ours = 0, theirs = 1] = medians([check, peer], runs);
  row(
    `cold check of ${name} / kubeconform without schemas`,
    ratio(ours / theirs),
    "≤ 0.25",
    ours / theirs <= 0.25,
  );
}

function growth(sizes: readonly number[], runs: number): void {
  const perFile = new Map<number, number>();
  for (const size of sizes) {
    const directory = join(work, `monorepo-${size}`);
    if (!existsSync(directory)) writeMonorepo(directory, size);
    const check = [...sidelint, "check", directory, "--fail-on", "never"];
    const [bare = 0, whole = 0] = medians([[...sidelint, "--version"], check], size > 10_000 ? 3 : runs);
    perFile.set(size, ((whole - bare) * 1000) / size);
    const peak = peakMebibytes(check);
    row(
      `${size} files: microseconds a file, without start-up`,
      (perFile.get(size) ?? 0).toFixed(0),
      "–",
      undefined,
    );
    row(
      `${size} files: peak memory`,
      `${peak.toFixed(0)} MiB`,
      size >= 100_000 ? "< 1024 MiB" : "–",
      size >= 100_000 ? peak < 1024 : undefined,
    );
  }
  const [small = 1, large = 1] = [perFile.get(Math.min(...sizes)), perFile.get(Math.max(...sizes))];
  const grown = `${((large / small - 1) * 100).toFixed(0)} %`;
  row(
    `time per file, from ${Math.min(...sizes)} to ${Math.max(...sizes)} files`,
    grown,
    "< 20 %",
    large / small < 1.2,
  );
}

/** Rules that ask for the sidecar that injection really makes. */
const sidecarRules = [
  "dns-policy-not-cluster-first",
  "init-container-before-capture",
  "injected-by-hand",
  "job-never-completes",
  "probe-port-unresolved",
  "proxy-config-invalid",
  "proxy-limit-unlimited",
  "template-unknown",
  "tproxy-run-as-overridden",
];

/** What rules over the effective sidecar, and all rules, add to a check of ten thousand files. */
function rulesOver(directory: string, name: string, times: number): void {
  if (!existsSync(directory)) return;
  const off = (rules: readonly string[], file: string): readonly string[] => {
    const path = join(work, file);
    writeFileSync(path, `rules:\n${rules.map((id) => `  ${id}: off\n`).join("")}`);
    return ["--config", path];
  };
  const all = readdirSync("rules").map((rule) => basename(rule, ".yaml"));
  const check = [...sidelint, "check", directory, "--fail-on", "never"];
  const [whole = 0, without = 1, none = 1] = medians(
    [check, [...check, ...off(sidecarRules, "no-sidecar.yaml")], [...check, ...off(all, "no-rules.yaml")]],
    times,
  );
  const percent = (part: number) => `${(part * 100).toFixed(0)} %`;
  const added = whole / without - 1;
  row(`rules over the sidecar, of a check of ${name}`, percent(added), "≤ 25 %", added <= 0.25);
  const share = 1 - none / whole;
  row(`all rules, of a check of ${name}`, percent(share), "< 15 %", share < 0.15);
}

mkdirSync(work, { recursive: true });
const runs = values.quick ? 5 : 15;
if (values.only === undefined) benchChecks();
if (values.only === undefined || values.only === "inject")
  benchInjection({ sidelint, work, config: values.config, runs, row });
if (values.only === undefined || values.only === "krm") benchKrm({ work, runs, row });
if (values.only === undefined) writeResults();

function benchChecks(): void {
  startUp(runs * 2);
  // As many files and bytes as kubeflow/manifests has.
  const synthetic = join(work, "monorepo-1100");
  if (!existsSync(synthetic)) writeMonorepo(synthetic, 1100, { definitionBytes: 2_400_000 });
  coldCheck(synthetic, "a monorepo of 1,100 files and 25 MB", runs);
  if (values.repo) coldCheck(values.repo, basename(values.repo).replace("+", "/"), runs);
  const large = join(work, "monorepo-10000");
  if (!existsSync(large)) writeMonorepo(large, 10_000);
  rulesOver(large, "10,000 files", runs);
  if (values.repo) rulesOver(values.repo, basename(values.repo).replace("+", "/"), runs);
  benchDiff(sidelint, work, runs, row);
  growth(values.quick ? [1_000, 10_000] : [1_000, 10_000, 100_000], runs);
}

function writeResults(): void {
  const table = rows.map(({ what, measured, goal, met }) => `| ${what} | ${measured} | ${goal} | ${met} |`);
  writeFileSync(
    "bench/results.md",
    `# Results of \`npm run bench\`\n\nMedians of ${runs} runs, of whole processes unless told. Node ${process.version}.\n\n| what | measured | goal | met |\n|---|---|---|---|\n${table.join("\n")}\n`,
  );
  if (!values.quick)
    for (const size of [10_000, 11_000, 100_000])
      rmSync(join(work, `monorepo-${size}`), { recursive: true, force: true });
}
