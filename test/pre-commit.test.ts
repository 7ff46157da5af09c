/** The hooks, as pre-commit itself installs and runs them; skipped where it is not on PATH. docs/pre-commit.md is used word for word. */
import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { preCommitSnippet } from "../src/cli/snippets.ts";
import { deployment, namespace } from "./cli/terminal.ts";

const top = fileURLToPath(new URL("..", import.meta.url));
const hooks = suite("pre-commit");
const hasPreCommit = spawnSync("pre-commit", ["--version"]).status === 0;
if (!hasPreCommit) console.log("skipped: pre-commit is not on PATH (pip install pre-commit)");
const test = hasPreCommit ? hooks : hooks.skip;

const area = mkdtempSync(join(tmpdir(), "sidelint-pre-commit-"));
const sources = join(area, "sidelint");
const page = readFileSync(join(top, "docs/pre-commit.md"), "utf8");
const configurations = [...page.matchAll(/^```yaml \.pre-commit-config\.yaml\n([\s\S]*?)^```$/gm)].map(
  ([, text = ""]) => text,
);
const commands = [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, text = ""]) => text.trim());

/** The address of the page leads to the sources here; everything else is as users have it. */
const env = {
  ...process.env,
  PRE_COMMIT_HOME: join(area, "home"),
  GIT_CONFIG_COUNT: "3",
  GIT_CONFIG_KEY_0: `url.${sources}.insteadOf`,
  GIT_CONFIG_VALUE_0: "https://git.example.com/sidelint",
  GIT_CONFIG_KEY_1: "user.name",
  GIT_CONFIG_VALUE_1: "Somebody",
  GIT_CONFIG_KEY_2: "user.email",
  GIT_CONFIG_VALUE_2: "somebody@example.com",
};

interface Ran {
  readonly status: number | null;
  readonly output: string;
}

function run(cwd: string, command: string, ...args: readonly string[]): Ran {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, env, encoding: "utf8" });
  return { status, output: `${stdout}${stderr}` };
}

function must(cwd: string, command: string, ...args: readonly string[]): string {
  const { status, output } = run(cwd, command, ...args);
  assert.is(status, 0, `${command} ${args.join(" ")}: ${output}`);
  return output;
}

function put(directory: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
}

/** A repository of users, with hooks installed as the page says. */
function repository(name: string, configuration: string, files: Readonly<Record<string, string>>): string {
  const directory = join(area, name);
  put(directory, { ...files, ".pre-commit-config.yaml": configuration });
  must(directory, "git", "init", "-q", "-b", "main");
  must(directory, "git", "add", "-A");
  must(directory, "git", "commit", "-qm", "first");
  must(directory, "sh", "-c", commands[0] ?? "");
  return directory;
}

function commit(directory: string, files: Readonly<Record<string, string>>): Ran {
  put(directory, files);
  must(directory, "git", "add", "-A");
  return run(directory, "git", "commit", "-m", "change");
}

const bad = deployment.replace("{app: web}", "{app: web, sidecar.istio.io/inject: no}");
const fixed = deployment.replace("{app: web}", '{app: web, sidecar.istio.io/inject: "false"}');
/** An error that nothing fixes. */
const unfixable = (name: string) =>
  namespace.replace("name: shop", `name: ${name}`).replace("enabled", "maybe");

hooks.before(() => {
  if (!hasPreCommit) return;
  const { stdout } = spawnSync("git", ["ls-files", "-z", "-co", "--exclude-standard"], {
    cwd: top,
    encoding: "utf8",
  });
  for (const path of stdout.split("\0")) {
    if (path !== "" && !path.startsWith("test/") && existsSync(join(top, path)))
      cpSync(join(top, path), join(sources, path), { recursive: true });
  }
  must(sources, "git", "init", "-q");
  must(sources, "git", "add", "-A");
  must(sources, "git", "commit", "-qm", "sidelint");
  must(sources, "git", "tag", "v0.1.0");
});
hooks.after(() => rmSync(area, { recursive: true, force: true }));

test("hooks of the page pass, fix, stop and pass over as they promise", () => {
  assert.is(commands[0], "pre-commit install");
  const [both = ""] = configurations;
  const shop = repository("shop", both, {
    "platform/ns.yaml": namespace,
    "apps/old.yaml": bad.replace("name: web", "name: old"),
  });

  const clean = commit(shop, { "apps/web.yaml": deployment });
  assert.is(clean.status, 0, clean.output);
  assert.match(clean.output, /sidelint fix\.+Passed\n/);
  assert.match(clean.output, /sidelint check\.+Passed\n/);

  const fixing = commit(shop, { "apps/web.yaml": bad });
  assert.is(fixing.status, 1);
  assert.match(fixing.output, /sidelint fix\.+Failed\n/);
  assert.match(fixing.output, "files were modified by this hook");
  assert.is(readFileSync(join(shop, "apps/web.yaml"), "utf8"), fixed);
  assert.match(readFileSync(join(shop, "apps/old.yaml"), "utf8"), "inject: no}");
  const again = commit(shop, {});
  assert.is(again.status, 0, again.output);

  const stopped = commit(shop, { "platform/shop 2.yaml": unfixable("shop-2") });
  assert.is(stopped.status, 1);
  assert.match(stopped.output, /sidelint fix\.+Passed\n/);
  assert.match(stopped.output, /sidelint check\.+Failed\n/);
  assert.match(stopped.output, "platform/shop 2.yaml");
  assert.not.match(stopped.output, "apps/old.yaml");
  must(shop, "git", "rm", "-qf", "platform/shop 2.yaml");

  const noManifests = commit(shop, { "package.json": "{}\n", "broken.yaml.txt": "a: [\n" });
  assert.is(noManifests.status, 0, noManifests.output);
  must(shop, "git", "rm", "-q", "apps/web.yaml");
  const deletion = commit(shop, {});
  assert.is(deletion.status, 0, deletion.output);
  assert.match(deletion.output, "(no files to check)Skipped");

  const all = run(shop, "sh", "-c", commands[1] ?? "");
  assert.is(all.status, 1);
  assert.not.match(readFileSync(join(shop, "apps/old.yaml"), "utf8"), "inject: no}");
});

test("a hook is tried without a configuration, on a repository that fails and on one that passes", () => {
  const command = commands.find((one) => one.startsWith("pre-commit try-repo ")) ?? "";
  const tried = (files: Readonly<Record<string, string>>) => {
    const directory = mkdtempSync(join(area, "tried-"));
    put(directory, files);
    must(directory, "git", "init", "-q");
    must(directory, "git", "add", "-A");
    return run(directory, "sh", "-c", command);
  };
  const failing = tried({ "ns.yaml": unfixable("shop") });
  assert.is(failing.status, 1, failing.output);
  assert.match(failing.output, /sidelint check\.+Failed\n/);
  assert.match(failing.output, "namespace-label-invalid");
  const passing = tried({ "ns.yaml": namespace, "web.yaml": deployment });
  assert.is(passing.status, 0, passing.output);
  assert.match(passing.output, /sidelint check\.+Passed\n/);
});

test("a namespace that is added elsewhere is known; what is not added is put aside", () => {
  const [both = ""] = configurations;
  const shop = repository("aside", both, { "ns.yaml": namespace, "web.yaml": deployment });
  appendFileSync(join(shop, "web.yaml"), "# not yet\n");
  must(shop, "git", "add", "web.yaml");
  put(shop, { "ns.yaml": unfixable("shop") });
  const { status, output } = run(shop, "git", "commit", "-m", "change");
  assert.is(status, 0, output);
  assert.is(readFileSync(join(shop, "ns.yaml"), "utf8"), unfixable("shop"));
});

test("settings of the page are obeyed", () => {
  const [, strict = "", whole = ""] = configurations;
  const shop = repository("strict", strict, { "ns.yaml": namespace, "old.yaml": unfixable("old") });
  const stopped = commit(shop, { "new.yaml": unfixable("new") });
  assert.is(stopped.status, 1);
  assert.match(stopped.output, "sidelint baseline writes one");
  put(shop, { ".pre-commit-config.yaml": whole });
  const all = commit(shop, {});
  assert.is(all.status, 1);
  assert.match(all.output, "old.yaml");
});

test("the package runs by npx in an empty directory, and in the hooks that init writes", () => {
  must(sources, "npm", "install", "--ignore-scripts", "--no-audit", "--no-fund");
  const tarball = must(sources, "npm", "pack", "--silent").trim().split("\n").at(-1) ?? "";
  const empty = join(area, "empty");
  mkdirSync(empty);
  const tarballPath = join(sources, tarball);
  assert.match(
    must(empty, "npx", "--yes", "--package", tarballPath, "sidelint", "list"),
    "No manifests found",
  );
  const text = preCommitSnippet("0.1.0").whole;
  const configuration = text.replaceAll("sidelint@0.1.0", tarballPath);
  assert.is.not(configuration, text);
  const shop = repository("init", configuration, { "ns.yaml": namespace });
  const clean = commit(shop, { "web.yaml": deployment });
  assert.is(clean.status, 0, clean.output);
  assert.is(commit(shop, { "web.yaml": bad }).status, 1);
  assert.is(readFileSync(join(shop, "web.yaml"), "utf8"), fixed);
});

hooks.run();
