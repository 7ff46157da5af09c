/** `sidelint completion`, in the real shells; those that are not installed are skipped. And every page of --help. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { runIn } from "./terminal.ts";

const area = mkdtempSync(join(tmpdir(), "sidelint-completion-"));
writeFileSync(join(area, "chart.yaml"), "");

async function scriptFor(shell: string): Promise<string> {
  const { status, stdout, stderr } = await runIn(area, ["completion", shell]);
  assert.equal({ status, stderr }, { status: 0, stderr: "" });
  const path = join(area, `sidelint.${shell}`);
  writeFileSync(path, stdout);
  return path;
}

function printed(command: string, ...args: readonly string[]): readonly string[] {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: area,
    encoding: "utf8",
    timeout: 60_000,
  });
  assert.is(stderr, "");
  assert.is(status, 0);
  return stdout.split("\n").filter((line) => line !== "");
}

/** Lines as typed up to the key, some of what they complete to, and something that they do not. */
const cases: readonly (readonly [typed: string, some: readonly string[], not: string])[] = [
  ["sidelint ", ["check", "explain", "inject", "rules", "krm", "completion"], "test"],
  ["sidelint ch", ["check"], "explain"],
  ["sidelint --v", ["--version"], "--format"],
  ["sidelint check --f", ["--format", "--fail-on", "--fix"], "--unsafe-fixes"],
  ["sidelint check --format ", ["text", "json", "sarif", "html"], "yaml"],
  ["sidelint check --format s", ["sarif"], "text"],
  ["sidelint check -q --fail-on w", ["warning"], "error"],
  ["sidelint inject --output-format k", ["kustomization"], "json"],
  ["sidelint rules te", ["test", "template-unknown"], "new"],
  ["sidelint rules test --b", ["--builtin"], "--format"],
  ["sidelint check --config rules --q", ["--quiet"], "--format"],
  ["sidelint completion z", ["zsh"], "bash"],
  ["sidelint diff --format m", ["markdown"], "json"],
  ["sidelint upgrade --fail-on l", ["lost"], "changed"],
  ["sidelint check --helm e", ["exec"], "text"],
];

const completion = suite("completion");
const found = (shell: string) => spawnSync(shell, ["-c", "exit 0"]).status === 0;
function inShell(shell: string) {
  if (found(shell)) return completion;
  console.log(`skipped: ${shell} is not on PATH`);
  return completion.skip;
}

function holds(typed: string, offered: readonly string[], some: readonly string[], not: string): void {
  for (const one of some)
    assert.ok(offered.includes(one), `${typed}: ${one} is not among ${offered.join(" ")}`);
  assert.not(offered.includes(not), `${typed}: ${not} is among ${offered.join(" ")}`);
}

/** Every option of every command, as the pages of --help have them. */
const offered = new Map<string, readonly string[]>();
for (const path of await commandsBelow([])) {
  const { stdout } = await runIn(area, [...path, "--help"]);
  const [, listed = ""] = /\nOptions:\n((?: .*\n)*)/.exec(stdout) ?? [];
  const names = [...listed.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, name = ""]) => name);
  offered.set(["sidelint", ...path].join(" "), names);
}

/** Fails unless a shell offers all options of all commands where one is begun. */
function offersAll(complete: (typed: string) => readonly string[]): void {
  assert.ok(offered.size >= 15 && offered.get("sidelint diff")?.includes("--merge-base"));
  for (const [command, names] of offered) {
    const told = complete(`${command} --`);
    const missing = names.filter((name) => !told.includes(name));
    assert.equal(missing, [], `${command}: ${told.join(" ")}`);
  }
}

inShell("bash")("bash completes commands, options and their values", async () => {
  const path = await scriptFor("bash");
  const bash = (typed: string) => {
    // A line is split into words as readline does, which also splits at `=`.
    const words = typed.split(/(=)| /).filter((word) => word !== undefined);
    const quoted = words.map((word) => `'${word}'`).join(" ");
    const lines = printed(
      "bash",
      "--norc",
      "-c",
      `source '${path}'; COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _sidelint; printf '%s\\n' "\${COMPREPLY[@]}"; complete -p sidelint`,
    );
    assert.is(lines.at(-1), "complete -o bashdefault -o default -F _sidelint sidelint");
    return lines.slice(0, -1);
  };
  for (const [typed, some, not] of [...cases, ["sidelint check --format=s", ["sarif"], "text"] as const])
    holds(typed, bash(typed), some, not);
  offersAll(bash);
  const files = `source '${path}'; COMP_WORDS=(sidelint check --config ch); COMP_CWORD=3; _sidelint; echo "\${#COMPREPLY[@]}"`;
  assert.equal(printed("bash", "--norc", "-c", files), ["0"]);
});

inShell("fish")("fish completes commands, options, values and files", async () => {
  const path = await scriptFor("fish");
  const fish = (typed: string) =>
    printed("fish", "--no-config", "-c", `source '${path}'; complete -C '${typed}'`).map(
      (line) => line.split("\t")[0] ?? "",
    );
  for (const [typed, some, not] of cases) holds(typed, fish(typed), some, not);
  offersAll(fish);
  assert.ok(fish("sidelint check ch").includes("chart.yaml"));
  assert.ok(fish("sidelint check --config ch").includes("chart.yaml"));
  assert.not(fish("sidelint completion ch").includes("chart.yaml"));
});

/** What terminals are told by the way, and bells and the like. */
const controls = /\u001B\[[0-9;?]*[A-Za-z]|[\u0000-\u0008\u000B-\u000C\u000E-\u001F]/g;

/** What an interactive zsh shows for a line and the key: completed where there is one way, else listed. */
const zshSession = `
zmodload zsh/zpty
zpty session zsh -f -i
zpty -w session 'PS1=; unsetopt zle_bracketed_paste; autoload -Uz compinit; compinit -u -D; LISTMAX=1000; source "$SCRIPT"; zstyle ":completion:*" list-colors ""; stty columns 200; COLUMNS=200; echo rea""dy'
zpty -r session out '*ready*'
zpty -n -w session "$TYPED"$'\\t'
sleep 1
zpty -n -w session $'\\x15echo all""told\\n'
zpty -r session out '*alltold*'
print -r -- "$out"
zpty -d session
`;

inShell("zsh")("zsh completes commands, options, values and files", async () => {
  const path = await scriptFor("zsh");
  const zsh = (typed: string) => {
    const env = { ...process.env, SCRIPT: path, TYPED: typed, TERM: "dumb" };
    const { stdout } = spawnSync("zsh", ["-f", "-c", zshSession], {
      cwd: area,
      env,
      encoding: "utf8",
      timeout: 60_000,
    });
    return stdout.replaceAll(controls, "").split(/\s+/);
  };
  for (const [typed, some, not] of cases.filter(([, , not]) => not !== "test"))
    holds(typed, zsh(typed), some, not);
  offersAll(zsh);
  assert.ok(zsh("sidelint check ch").includes("chart.yaml"));
});

completion("another shell is told apart, and none is asked for", async () => {
  const { status, stderr } = await runIn(area, ["completion", "bsh"]);
  assert.is(status, 2);
  assert.is(stderr, 'sidelint: completion takes bash, zsh or fish, not "bsh" (did you mean bash?)\n');
  assert.is((await runIn(area, ["completion"])).status, 2);
});

async function commandsBelow(path: readonly string[]): Promise<readonly (readonly string[])[]> {
  const { stdout } = await runIn(area, [...path, "--help"]);
  const [, listed = ""] = /\nCommands:\n((?: .*\n)*)/.exec(stdout) ?? [];
  const names = [...listed.matchAll(/^ {2}([a-z]+)/gm)]
    .map(([, name = ""]) => name)
    .filter((name) => name !== "help");
  const deeper = await Promise.all(names.map((name) => commandsBelow([...path, name])));
  return [path, ...deeper.flat()];
}

completion("every page of --help fits 80 columns and has examples", async () => {
  const commands = await commandsBelow([]);
  assert.ok(commands.length >= 13, commands.join(" | "));
  for (const path of commands) {
    const { status, stdout } = await runIn(area, [...path, "--help"]);
    const page = `sidelint ${path.join(" ")} --help`;
    assert.is(status, 0, page);
    assert.match(stdout, "Examples:\n  ", page);
    for (const line of stdout.split("\n")) assert.ok(line.length <= 80, `${page}: ${line}`);
  }
});

completion.after(() => rmSync(area, { recursive: true, force: true }));
completion.run();
