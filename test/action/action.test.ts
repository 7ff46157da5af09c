/** The action, started as GitHub's runner starts it: the committed bundle, inputs in the environment, files for outputs and the summary. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parse } from "yaml";
import { deployment, namespace } from "../cli/terminal.ts";
import {
  broken,
  outputs,
  put,
  type Room,
  room,
  runs,
  type Said,
  type Step,
  step,
  tidy,
  top,
} from "./runner.ts";

const action = suite("action");
action.after(tidy);

action("a repository without findings passes, with a summary and every output", () => {
  const {
    status,
    commands,
    outputs: said,
    summary,
    log,
  } = step(room({ "web.yaml": deployment, "ns.yaml": namespace }));
  assert.is(status, 0, log);
  assert.equal(commands, []);
  assert.equal(Object.keys(said).sort(), Object.keys(outputs).sort());
  assert.is(said.errors, "0");
  assert.is(said.workloads, "1");
  assert.is(said.injected, "1");
  assert.match(summary, "1 workload");
});

action("an error fails the step, and is annotated at its line and columns", () => {
  const {
    status,
    commands,
    outputs: said,
    summary,
  } = step(room({ "apps/web.yaml": broken("web"), "ns.yaml": namespace }));
  assert.is(status, 1);
  const error = commands.find((line) => line.includes("proxy-cpu-limit-missing")) ?? "";
  assert.match(
    error,
    /^::error title=sidelint%3A proxy-cpu-limit-missing,file=apps\/web\.yaml,line=9,endLine=9,col=21,endColumn=/,
  );
  assert.match(
    commands.at(-1) ?? "",
    /^::error::sidelint: 1 error, 1 warning; the step fails from fail-on: error on$/,
  );
  assert.is(said.errors, "1");
  assert.match(summary, "proxy-cpu-limit-missing");
  const report = JSON.parse(readFileSync(said.report ?? "", "utf8")) as { readonly schema: string };
  assert.is(report.schema, "sidelint.dev/report/v1");
});

const grades: readonly (readonly [failOn: string, status: number])[] = [
  ["never", 0],
  ["error", 0],
  ["warning", 1],
];
for (const [failOn, expected] of grades) {
  action(`with fail-on: ${failOn} a warning ends with ${expected}`, () => {
    const files = {
      "web.yaml": broken("web"),
      "ns.yaml": namespace,
      "sidelint.yaml": "rules: {proxy-cpu-limit-missing: off}\n",
    };
    const { status, outputs: said, log } = step(room(files), { "fail-on": failOn });
    assert.is(status, expected, log);
    assert.is(said.warnings, "1");
  });
}

action(
  "of 30 errors nine are annotated, the tenth says that the step fails, and what was cut is said",
  () => {
    const names = Array.from({ length: 30 }, (_, index) => `web-${index}`);
    const files = Object.fromEntries(names.map((name) => [`${name}.yaml`, broken(name)]));
    const { commands, summary, log } = step(room({ ...files, "ns.yaml": namespace }));
    const starting = (start: string) => commands.filter((line) => line.startsWith(start)).length;
    assert.is(starting("::error "), 9);
    assert.is(starting("::error::"), 1);
    assert.is(starting("::warning "), 10);
    const said = "21 of 30 errors, 20 of 30 warnings; the log has them all";
    assert.match(commands.find((line) => line.startsWith("::notice ")) ?? "", said);
    assert.match(summary, said);
    for (const name of names) assert.match(log, `Deployment/${name} in shop`);
  },
);

action("what manifests say is no command to the runner", () => {
  const hostile = broken("web").replace(
    "metadata:\n  name",
    'metadata:\n  annotations: {"sidecar.istio.io/inject": "::set-env name=A::b\\n::error::c"}\n  name',
  );
  const { commands, log } = step(room({ "web.yaml": hostile, "ns.yaml": namespace }));
  assert.match(log, "set-env");
  for (const line of commands)
    assert.match(line, /^::(?:error|warning|notice)(?: title=sidelint|::sidelint: )/);
});

action("sarif-file and output write their reports, below the workspace", () => {
  const here = room({ "web.yaml": broken("web"), "ns.yaml": namespace });
  const { outputs: said } = step(here, {
    "sarif-file": "out.sarif",
    output: "junit=junit.xml\n\nhtml=page.html\n",
  });
  assert.is(said["sarif-file"], join(here.workspace, "out.sarif"));
  const sarif = JSON.parse(readFileSync(join(here.workspace, "out.sarif"), "utf8")) as {
    readonly version: string;
  };
  assert.is(sarif.version, "2.1.0");
  assert.match(readFileSync(join(here.workspace, "junit.xml"), "utf8"), "<testsuites");
  assert.match(readFileSync(join(here.workspace, "page.html"), "utf8"), "<!doctype html>");
});

action("format is how the log shows the report, and that of files without one", () => {
  const here = room({ "web.yaml": broken("web"), "ns.yaml": namespace });
  const { log, commands, outputs: said } = step(here, { format: "junit", output: "a.xml\nhtml=b.html" });
  assert.match(log, '<testsuites name="sidelint"');
  assert.not.match(log, "Findings    ");
  assert.match(readFileSync(join(here.workspace, "a.xml"), "utf8"), "<testsuites");
  assert.match(readFileSync(join(here.workspace, "b.html"), "utf8"), "<!doctype html>");
  assert.match(commands.join("\n"), "proxy-cpu-limit-missing");
  assert.is(said.errors, "1");
});

action("commands of format: github are annotations once", () => {
  const { commands } = step(room({ "web.yaml": broken("web"), "ns.yaml": namespace }), { format: "github" });
  assert.is(commands.filter((line) => line.includes("proxy-cpu-limit-missing")).length, 1);
});

for (const version of ["0.1.0", "v0.1.0", "0.1", "0"]) {
  action(`version: ${version} fits`, () => {
    const { status, log } = step(room({ "web.yaml": deployment, "ns.yaml": namespace }), { version });
    assert.is(status, 0, log);
  });
}

action("paths are all that is read, and summary: false writes none", () => {
  const files = {
    "a/web.yaml": deployment,
    "b/web.yaml": broken("b"),
    "c/web.yaml": deployment,
    "a/ns.yaml": namespace,
  };
  const { status, outputs: said, summary } = step(room(files), { paths: "a\nc/*.yaml\n", summary: "false" });
  assert.is(status, 0);
  assert.is(said.workloads, "2");
  assert.is(summary, "");
});

action("a baseline hides what it holds, found or named", () => {
  const here = room({ "web.yaml": broken("web"), "ns.yaml": namespace });
  const program = ["--import", "tsx", join(top, "src/cli/bin.ts"), "baseline", here.workspace];
  const file = join(here.workspace, "sidelint-baseline.json");
  execFileSync(process.execPath, [...program, "--output", file], { cwd: top });
  for (const baseline of ["true", "sidelint-baseline.json"]) {
    const { status, log, outputs: said } = step(here, { baseline });
    assert.is(status, 0, log);
    assert.is(said.errors, "0");
  }
  assert.is(step(here, { baseline: "false" }).status, 1);
});

const mistakes: readonly (readonly [said: Readonly<Record<string, string>>, message: string])[] = [
  [{ "fail-on": "fatal" }, "--fail-on"],
  [{ summary: "maybe" }, 'summary is true or false, not "maybe"'],
  [{ paths: "nowhere" }, "nowhere"],
  [{ config: "nowhere.yaml" }, "nowhere.yaml"],
  [{ "istio-version": "9.9" }, "--istio-version"],
  [{ version: "1.30" }, 'version is that of sidelint, which is 0.1.0 here, not "1.30"'],
  [{ version: "0.10" }, "use the action at that tag"],
  [
    { format: "jsn" },
    'format takes text, json, github, sarif, code-scanning, junit, gitlab, markdown, checkstyle or html, not "jsn" (did you mean json?)',
  ],
  [{ output: "pdf=a" }, "--output takes FORMAT=FILE"],
  [{ paths: "a", "changed-files-only": "true" }, "leave paths out"],
];
for (const [said, message] of mistakes) {
  action(`${JSON.stringify(said)} fails with one error that says why`, () => {
    const { status, commands } = step(room({ "web.yaml": deployment }), said);
    assert.is(status, 1);
    assert.is(commands.length, 1, commands.join("\n"));
    assert.match(commands[0] ?? "", /^::error::sidelint: /);
    assert.match(commands[0] ?? "", message);
  });
}

action("a report that cannot be written fails the step, and the rest is told", () => {
  const {
    status,
    commands,
    outputs: said,
  } = step(room({ "web.yaml": broken("web"), "ns.yaml": namespace }), {
    "sarif-file": "no/such/out.sarif",
    "fail-on": "never",
  });
  assert.is(status, 1);
  assert.is(said.errors, "1");
  assert.match(commands.at(-1) ?? "", /^::error::sidelint: --output code-scanning=no\/such\/out\.sarif/);
});

/** The inputs of every workflow of examples/ and of the page. */
const used = [
  ...readdirSync(join(top, "examples/workflows")).map(
    (name) => [name, readFileSync(join(top, "examples/workflows", name), "utf8")] as const,
  ),
  ...[
    ...readFileSync(join(top, "docs/github-action.md"), "utf8").matchAll(/^```yaml (\S+)\n([\s\S]*?)^```$/gm),
  ].map(([, name = "", text = ""]) => [name, text] as const),
].flatMap(([name, text]) => {
  const { jobs } = parse(text) as {
    readonly jobs: Readonly<
      Record<string, { readonly steps: readonly { readonly uses?: string; readonly with?: Said }[] }>
    >;
  };
  const ours = Object.values(jobs)
    .flatMap(({ steps }) => steps)
    .filter(({ uses }) => uses?.startsWith("example/sidelint@"));
  return ours.map((one) => [name, one.with ?? {}] as const);
});
for (const [index, [name, said]] of used.entries()) {
  action(`${index}: what ${name} asks for is done`, () => {
    const here = room({ "web.yaml": broken("web"), "ns.yaml": namespace });
    const values = Object.fromEntries(Object.entries(said).map(([input, value]) => [input, String(value)]));
    const { status, outputs: told, log } = step(here, values);
    assert.is(told.errors, "1", log);
    assert.is(status, values["fail-on"] === "never" ? 0 : 1);
    const files = [
      values["sarif-file"],
      ...(values.output ?? "").split("\n").map((line) => line.split("=")[1]),
    ];
    for (const file of files) if (file) assert.ok(existsSync(join(here.workspace, file)), file);
  });
}

/** The merge commit of a pull request that changes b.yaml, while c.yaml came to its base. */
function pullRequest(): Room & { readonly base: string; readonly head: string } {
  const here = room({ "a.yaml": broken("a"), "ns.yaml": namespace, "b.yaml": deployment });
  rmSync(join(here.workspace, ".git"), { recursive: true });
  const git = (...args: readonly string[]) =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...args], {
      cwd: here.workspace,
      encoding: "utf8",
    }).trim();
  git("init", "-q", "-b", "main");
  git("add", ".");
  git("commit", "-qm", "base");
  git("checkout", "-qb", "topic");
  put(here.workspace, { "b.yaml": broken("b") });
  git("commit", "-qam", "topic");
  const head = git("rev-parse", "HEAD");
  git("checkout", "-q", "main");
  put(here.workspace, { "c.yaml": broken("c") });
  git("add", ".");
  git("commit", "-qm", "meanwhile");
  const base = git("rev-parse", "HEAD");
  git("merge", "-q", "--no-ff", "-m", "merge", "topic");
  return { ...here, base, head };
}

function eventOf({
  directory,
  base,
  head,
}: ReturnType<typeof pullRequest>): Readonly<Record<string, string>> {
  const path = join(directory, "event.json");
  writeFileSync(path, JSON.stringify({ pull_request: { base: { sha: base }, head: { sha: head } } }));
  return { GITHUB_EVENT_NAME: "pull_request", GITHUB_EVENT_PATH: path };
}

const annotated = ({ commands }: Step) =>
  [...new Set(commands.flatMap((line) => /file=([^,]+)/.exec(line)?.[1] ?? []))].sort();

action(
  "changed-files-only reports what the pull request changes, by its whole history or by its merge alone",
  () => {
    const whole = pullRequest();
    assert.equal(annotated(step(whole, { "changed-files-only": "true" }, eventOf(whole))), ["b.yaml"]);
    execFileSync("git", ["checkout", "-q", whole.head], { cwd: whole.workspace });
    const atHead = step(whole, { "changed-files-only": "true" }, eventOf(whole));
    assert.equal(annotated(atHead), ["b.yaml"]);
    assert.is(atHead.status, 1);
  },
);

action("changed-files-only is content with two commits of history at the merge commit of GitHub", () => {
  const here = pullRequest();
  const shallow = join(here.directory, "shallow");
  execFileSync("git", ["clone", "-q", "--depth=2", `file://${here.workspace}`, shallow]);
  const ran = step({ ...here, workspace: shallow }, { "changed-files-only": "true" }, eventOf(here));
  assert.equal(annotated(ran), ["b.yaml"]);
});

action("changed-files-only in a clone that lacks the history says how to fetch it", () => {
  const here = pullRequest();
  const shallow = join(here.directory, "shallow");
  execFileSync("git", ["clone", "-q", "--depth=1", `file://${here.workspace}`, shallow]);
  const { status, commands } = step(
    { ...here, workspace: shallow },
    { "changed-files-only": "true" },
    eventOf(here),
  );
  assert.is(status, 1);
  assert.is(commands.length, 1);
  assert.match(commands[0] ?? "", "fetch-depth: 0");
});

action("changed-files-only outside of a pull request reports everything, and says so", () => {
  const here = pullRequest();
  const path = join(here.directory, "push.json");
  writeFileSync(path, JSON.stringify({ before: here.base, after: here.head }));
  const pushed = step(
    here,
    { "changed-files-only": "true" },
    { GITHUB_EVENT_NAME: "push", GITHUB_EVENT_PATH: path },
  );
  assert.equal(annotated(pushed), ["a.yaml", "b.yaml", "c.yaml"]);
  assert.match(pushed.log, "push is no pull request, so everything is reported");
});

action("action.yml runs a bundle that is there, on Node 24", () => {
  assert.is(runs.using, "node24");
  assert.ok(existsSync(join(top, runs.main)));
});

action.run();
