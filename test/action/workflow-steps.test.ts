/** The shell steps of workflows that use the command, run as the runner runs them in a repository of git, with a stand-in for npx. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parse } from "yaml";
import { commit, type Files, git, hasGit, write } from "../cli/git.ts";
import { deployment, namespace } from "../cli/terminal.ts";

const top = fileURLToPath(new URL("../..", import.meta.url));
const area = mkdtempSync(join(tmpdir(), "sidelint-steps-"));
const bin = join(area, "bin");
const workspace = join(area, "workspace");
const summary = join(area, "summary.md");
const env = {
  PATH: `${bin}${delimiter}${process.env.PATH}`,
  HOME: area,
  GITHUB_ACTIONS: "true",
  GITHUB_STEP_SUMMARY: summary,
};

const steps = suite("workflow steps");
const test = hasGit ? steps : steps.skip;

interface Ran {
  readonly status: number | null;
  readonly log: string;
}

/** Runs one after the other the shell steps of a workflow, until one fails. */
function runSteps(text: string, matrix: Readonly<Record<string, string>> = {}): readonly Ran[] {
  const { jobs } = parse(text) as {
    readonly jobs: Readonly<Record<string, { readonly steps: readonly { readonly run?: string }[] }>>;
  };
  const scripts = Object.values(jobs)
    .flatMap((job) => job.steps)
    .flatMap(({ run }) => run ?? []);
  const ran: Ran[] = [];
  for (const script of scripts) {
    const filled = script.replace(/\$\{\{ matrix\.(\w+) \}\}/g, (_, name: string) => matrix[name] ?? "");
    const file = join(area, "step.sh");
    writeFileSync(file, filled);
    const { status, stdout, stderr } = spawnSync("bash", ["-e", file], {
      cwd: workspace,
      env,
      encoding: "utf8",
    });
    ran.push({ status, log: stdout + stderr });
    if (status !== 0) break;
  }
  return ran;
}

const example = (name: string) => readFileSync(join(top, "examples/workflows", name), "utf8");
const read = (name: string) => readFileSync(join(workspace, name), "utf8");
const broken = (name: string) =>
  deployment
    .replaceAll("web", name)
    .replace("      labels:", '      annotations: {sidecar.istio.io/proxyCPU: "1"}\n      labels:');

/** A workspace as checkout leaves it for a pull request: the merge, and the commit that it goes to. */
function checkedOut(before: Files, change: Files): void {
  rmSync(workspace, { recursive: true, force: true });
  mkdirSync(workspace, { recursive: true });
  writeFileSync(summary, "");
  git(workspace, "init", "-q");
  write(workspace, before);
  commit(workspace, "base");
  git(workspace, "checkout", "-qb", "topic");
  write(workspace, change);
  commit(workspace, "topic");
  git(workspace, "checkout", "-q", "main");
  git(workspace, "merge", "-q", "--no-ff", "-m", "merge", "topic");
}

steps.before(() => {
  mkdirSync(bin);
  const program = `"${process.execPath}" --import "${import.meta.resolve("tsx")}" "${join(top, "src/cli/bin.ts")}"`;
  const npx = `#!/bin/sh\n[ "$1" = --yes ] || exit 9\ncase $2 in sidelint@*) ;; *) exit 9 ;; esac\nshift 2\nexec ${program} "$@"\n`;
  writeFileSync(join(bin, "npx"), npx);
  chmodSync(join(bin, "npx"), 0o755);
});
steps.after(() => rmSync(area, { recursive: true, force: true }));

test("shards.yml: every finding is in the log and the SARIF log of one job, and jobs without any pass", () => {
  const names = ["a", "b", "c", "d", "e"];
  const files = Object.fromEntries(names.map((name) => [`${name}.yaml`, broken(name)]));
  checkedOut({ "ns.yaml": namespace }, files);
  const seen: string[] = [];
  for (const shard of ["1", "2", "3", "4"]) {
    const [{ status, log } = { status: null, log: "" }] = runSteps(example("shards.yml"), { shard });
    const annotated = [...log.matchAll(/^::error file=([^,]+)/gm)].map(([, file = ""]) => file);
    const { runs } = JSON.parse(read("sidelint.sarif"));
    const uris = runs[0].results
      .filter((one: { readonly level: string }) => one.level === "error")
      .map((one: { readonly locations: readonly { readonly physicalLocation: object }[] }) =>
        JSON.stringify(one.locations[0]?.physicalLocation).replace(/.*"uri":"([^"]+)".*/, "$1"),
      );
    assert.equal(uris, annotated);
    assert.is(status, annotated.length > 0 ? 1 : 0, log);
    seen.push(...annotated);
  }
  assert.equal(seen.sort(), Object.keys(files));
});

test("mesh-changes.yml: a lost sidecar is in the comment and the summary, and fails the last step", () => {
  checkedOut(
    { "ns.yaml": namespace, "web.yaml": deployment },
    { "ns.yaml": namespace.replace("enabled", "disabled") },
  );
  const ran = runSteps(example("mesh-changes.yml"));
  assert.equal(
    ran.map(({ status }) => status),
    [0, 1],
  );
  assert.match(read("mesh-changes.md"), "Deployment/web");
  assert.is(readFileSync(summary, "utf8"), read("mesh-changes.md"));
});

test("mesh-changes.yml: a change that does nothing to the mesh passes, and says so", () => {
  checkedOut({ "ns.yaml": namespace, "web.yaml": deployment }, { "README.md": "# Shop\n" });
  const ran = runSteps(example("mesh-changes.yml"));
  assert.equal(
    ran.map(({ status, log }) => [status, log.includes("::error")]),
    [
      [0, false],
      [0, false],
    ],
  );
  assert.not.match(read("mesh-changes.md"), "Deployment/web");
  assert.ok(read("mesh-changes.md").trim() !== "");
});

/** The page's workflow with the problem matcher prints what makes the runner read and forget it. */
test("the matcher of docs/github-action.md is added before the check, and its file is there", () => {
  const page = readFileSync(join(top, "docs/github-action.md"), "utf8");
  const workflow = /^```yaml \.github\/workflows\/sidelint-text\.yml\n([\s\S]*?)^```$/m.exec(page)?.[1] ?? "";
  const shown = /^```json (\S+)\n([\s\S]*?)^```$/m.exec(page);
  checkedOut({ "ns.yaml": namespace }, { "web.yaml": broken("web") });
  const ran = runSteps(workflow);
  assert.is(ran[0]?.log, `::add-matcher::${shown?.[1]}\n`);
  assert.is(ran[1]?.status, 1);
  assert.match(ran[1]?.log ?? "", /^web\.yaml\n +9:21 {2}error /);
});

steps.run();
