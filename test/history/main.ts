/**
 * Holds `sidelint diff` against history: `npm run history -- --repo DIR [--url URL] [--commits 50] [--ref HEAD] [--matching REGEXP] [--assume LABEL=VALUE]...
 * [--verbose]`; --matching: only commits that add or take away a line of that sort.
 * Each commit that changes manifests is compared with its parent, by git's objects and with the files on disk. Both states are checked
 * out as plain directories and scanned by themselves; what differs between these has to be what was reported, no more and no less. Where
 * kustomize is on PATH, roots of reported workloads are built by it as well.
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, delimiter, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type Scan, scan } from "../../src/index.ts";
import { diskTree } from "../../src/source/disk.ts";
import { runIn } from "../cli/terminal.ts";
import { compareBuild, realBuild } from "../conformance/kustomize-real.ts";
import { disagreements, type Reported } from "./agree.ts";

const { values } = parseArgs({
  options: {
    repo: { type: "string" },
    url: { type: "string" },
    commits: { type: "string", default: "50" },
    ref: { type: "string", default: "HEAD" },
    matching: { type: "string" },
    assume: { type: "string", multiple: true, default: [] },
    verbose: { type: "boolean", default: false },
  },
});
if (!values.repo) throw new Error("--repo names a repository with history");
const repository = resolve(values.repo);
const area = mkdtempSync(join(tmpdir(), "sidelint-history-"));
const clone = join(area, "clone");
/** The program's own path: it is run without an environment. */
const kustomize = (process.env.PATH ?? "")
  .split(delimiter)
  .map((directory) => join(directory, "kustomize"))
  .find((path) => existsSync(path));
const assumptions = values.assume.length > 0 ? values.assume : ["", "istio-injection=enabled"];

function git(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): string {
  const asked = spawnSync("git", args, {
    cwd,
    encoding: "utf8",
    maxBuffer: 1 << 30,
    env: { ...process.env, ...env },
  });
  if (asked.status !== 0) throw new Error(`git ${args.join(" ")}: ${asked.stderr}`);
  return asked.stdout;
}

/** A commit as a plain directory, which git does not know of; its top is marked as that of the repository. */
function checkedOut(commit: string): string {
  const directory = join(area, "states", commit);
  if (existsSync(directory)) return directory;
  mkdirSync(join(directory, ".git"), { recursive: true });
  // What the repository is called decides which deliveries mean it.
  copyFileSync(join(clone, ".git", "config"), join(directory, ".git", "config"));
  const env = { GIT_INDEX_FILE: join(area, `index-${commit}`) };
  git(clone, ["read-tree", commit], env);
  git(clone, ["checkout-index", "-a", "-q", `--prefix=${directory}/`], env);
  return directory;
}

const scans = new Map<string, Scan>();
function scanned(commit: string, assume: string): Scan {
  const key = `${commit} ${assume}`;
  const [label = "", value = ""] = assume.split("=");
  const options = { today: "2026-01-31", ...(assume === "" ? {} : { assume: { [label]: value } }) };
  const made = scans.get(key) ?? scan(diskTree(checkedOut(commit)), options);
  scans.set(key, made);
  return made;
}

async function reported(args: readonly string[], assume: string): Promise<Reported> {
  const flags = assume === "" ? [] : ["--assume", assume];
  const { status, stdout, stderr } = await runIn(clone, ["diff", ...args, "--format", "json", ...flags]);
  if (stdout === "") throw new Error(`diff ${args.join(" ")} ended with ${status}: ${stderr}`);
  return JSON.parse(stdout) as Reported;
}

const totals = { commits: 0, reports: 0, changes: 0, quiet: 0, builds: 0, refused: 0, remote: 0 };
const wrong: string[] = [];

/** The roots of reported workloads, built by the real program from a plain checkout: each has to be what was reported on. */
async function mustBuild(commit: string, roots: ReadonlySet<string>): Promise<void> {
  const directory = checkedOut(commit);
  const tree = diskTree(directory);
  for (const root of roots) {
    const file = ["kustomization.yaml", "kustomization.yml", "Kustomization"].find((name) =>
      existsSync(join(directory, root, name)),
    );
    if (kustomize === undefined || file === undefined) continue;
    const compared = compareBuild(tree, root, file, await realBuild(kustomize, join(directory, root)));
    if (compared.is === "built") {
      totals.builds++;
      for (const line of compared.differences)
        wrong.push(`${commit.slice(0, 8)} ${root}: kustomize: ${line}`);
    } else {
      totals.refused++;
      // What lies elsewhere is fetched by git, which there is none of.
      if (compared.error.includes("no 'git' program on path")) totals.remote++;
      if (values.verbose)
        console.log(`${commit.slice(0, 8)} ${root}: kustomize refuses: ${compared.error.slice(-200)}`);
    }
  }
}

/** What was checked out and scanned is of use to the commit that follows at once, and to no other. */
function forgetAllBut(commit: string): void {
  for (const key of scans.keys()) if (!key.startsWith(commit)) scans.delete(key);
  const states = join(area, "states");
  for (const name of existsSync(states) ? readdirSync(states) : [])
    if (name !== commit) rmSync(join(states, name), { recursive: true, force: true });
}

async function hold(parent: string, commit: string): Promise<void> {
  totals.commits++;
  forgetAllBut(parent);
  git(clone, ["checkout", "-q", "-f", "--detach", commit]);
  let isQuiet = true;
  const roots = { before: new Set<string>(), after: new Set<string>() };
  for (const assume of assumptions) {
    const [byObjects, byDisk] = [await reported([parent, commit], assume), await reported([parent], assume)];
    const name = `${commit.slice(0, 8)}${assume && ` --assume ${assume}`}`;
    if (JSON.stringify(byObjects.changes) !== JSON.stringify(byDisk.changes))
      wrong.push(`${name}: the working tree is not what its commit is`);
    totals.reports++;
    totals.changes += byObjects.changes.length;
    if (byObjects.changes.length > 0) isQuiet = false;
    const before = scanned(parent, assume).world;
    const after = scanned(commit, assume).world;
    for (const line of disagreements(byObjects.changes, before, after)) wrong.push(`${name}: ${line}`);
    if (values.verbose && byObjects.changes.length > 0)
      console.log(
        `${name}: ${byObjects.changes.map(({ kind, before, after }) => `${kind} ${(after ?? before)?.name}`).join(", ")}`,
      );
    for (const { before, after } of byObjects.changes) {
      if (before?.root) roots.before.add(before.root);
      if (after?.root) roots.after.add(after.root);
    }
  }
  await mustBuild(parent, roots.before);
  await mustBuild(commit, roots.after);
  if (isQuiet) totals.quiet++;
}

try {
  git(area, ["clone", "-q", "--shared", "--no-checkout", repository, clone]);
  if (values.url) git(clone, ["config", "remote.origin.url", values.url]);
  const log = [
    "log",
    "--first-parent",
    "--format=%H %P",
    `-n${values.commits}`,
    ...(values.matching ? [`-G${values.matching}`] : []),
    values.ref,
    "--",
  ];
  const manifests = ["*.yaml", "*.yml", "*.json", "*Kustomization"].map((one) => `:(glob)**/${one}`);
  const commits = git(clone, [...log, ...manifests])
    .trim()
    .split("\n")
    .reverse();
  for (const line of commits) {
    const [commit = "", parent = ""] = line.split(" ");
    if (parent !== "") await hold(parent, commit);
  }
  console.log(
    `${basename(repository.replace(/\/repo$/, ""))}: ${totals.commits} commits against their parents, ${totals.reports} comparisons, ${totals.changes} changes reported, ${totals.quiet} commits without any; ${totals.builds} builds equal to kustomize's or listed below, ${totals.refused} that it refuses, ${totals.remote} of these for a base at a URL`,
  );
  for (const line of wrong) console.log(`WRONG ${line}`);
  console.log(`${wrong.length} disagreements`);
  process.exitCode = wrong.length > 0 ? 1 : 0;
} finally {
  rmSync(area, { recursive: true, force: true });
}
