/** What comparing two states of a large repository costs, measured by one check of it. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { medians, onPath, ratio } from "./measure.ts";
import { writeMonorepo } from "./monorepo.ts";

type Row = (what: string, measured: string, goal: string, met: boolean | undefined) => void;

const changedFiles = 20;

/** Compares the last commit of a monorepo of ten thousand files, which changes twenty, with its parent: by the files on disk, and by git's objects alone. */
export function benchDiff(sidelint: readonly string[], work: string, runs: number, row: Row): void {
  const what = "diff of a commit of 20 files / cold check of 10,000 files";
  if (!onPath("git")) {
    row(what, "git is not on PATH", "≤ 1.5", undefined);
    return;
  }
  const directory = join(work, "history-10000");
  if (!existsSync(directory)) writeHistory(directory);
  const command = (...args: readonly string[]) => [
    sidelint[0] ?? "",
    join(process.cwd(), sidelint[1] ?? ""),
    ...args,
  ];
  const [check = 1, disk = 0, objects = 0] = medians(
    [command("check", "--fail-on", "never"), command("diff", "HEAD~1"), command("diff", "HEAD~1", "HEAD")],
    runs,
    directory,
  );
  row(what, ratio(disk / check), "≤ 1.5", disk / check <= 1.5);
  row(`the same, of two commits`, ratio(objects / check), "≤ 1.5", objects / check <= 1.5);
}

function writeHistory(directory: string): void {
  writeMonorepo(directory, 10_000);
  const git = (...args: readonly string[]) => {
    const settings = [
      "-c",
      "user.name=bench",
      "-c",
      "user.email=bench@example.com",
      "-c",
      "commit.gpgsign=false",
      "-c",
      "gc.auto=0",
    ];
    const { status, stderr } = spawnSync("git", [...settings, ...args], { cwd: directory, encoding: "utf8" });
    if (status !== 0) throw new Error(`git ${args.join(" ")}: ${stderr}`);
  };
  git("init", "-q");
  git("add", "-A");
  git("commit", "-q", "-m", "one");
  const files = readdirSync(directory, { recursive: true, encoding: "utf8" }).sort();
  const every = (name: string, count: number, from: string, to: string) => {
    for (const file of files.filter((one) => one.endsWith(`/${name}`)).slice(0, count)) {
      const path = join(directory, file);
      writeFileSync(path, readFileSync(path, "utf8").replace(from, to));
    }
  };
  every(
    "deployment.yaml",
    changedFiles - 6,
    "      labels:\n",
    '      labels:\n        sidecar.istio.io/inject: "true"\n',
  );
  every("service.yaml", 5, "port: 80", "port: 81");
  every("namespace.yaml", 1, "istio-injection: enabled", "istio-injection: disabled");
  git("commit", "-q", "-a", "-m", "two");
  git("gc", "-q");
}
