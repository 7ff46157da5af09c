/** docs/completion.md, word for word in an empty home, in the real shells; those that are not installed are skipped. */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const page = readFileSync(new URL("../../docs/completion.md", import.meta.url), "utf8");
const snippets = new Map(
  [...page.matchAll(/^```sh (\S+)\n([\s\S]*?)^```$/gm)].map(([, name = "", text = ""]) => [name, text]),
);
const home = mkdtempSync(join(tmpdir(), "sidelint-completion-page-"));
const bin = join(home, ".bin");
const env = { PATH: `${bin}${delimiter}${process.env.PATH}`, HOME: home, TERM: "dumb" };

const docs = suite("docs/completion.md");
docs.after(() => rmSync(home, { recursive: true, force: true }));
docs.before(() => {
  const source = fileURLToPath(new URL("../../src/cli/bin.ts", import.meta.url));
  const command = `#!/bin/sh\nexec "${process.execPath}" --import "${import.meta.resolve("tsx")}" "${source}" "$@"\n`;
  mkdirSync(bin);
  writeFileSync(join(bin, "sidelint"), command);
  chmodSync(join(bin, "sidelint"), 0o755);
});

function inShell(shell: string) {
  if (spawnSync(shell, ["-c", "exit 0"]).status === 0) return docs;
  console.log(`skipped: ${shell} is not on PATH`);
  return docs.skip;
}

/** What a command prints, which must succeed in silence. */
function printed(command: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: home,
    env,
    encoding: "utf8",
    timeout: 60_000,
  });
  assert.equal([status, stderr], [0, ""], args.join(" "));
  return stdout.trim();
}

/** Types what the page says for a shell. */
function follow(name: string): void {
  const snippet = snippets.get(name);
  assert.ok(snippet, `the page says nothing for ${name}`);
  assert.is(printed("sh", "-ec", snippet), "");
}

const complete = "COMP_WORDS=(sidelint che); COMP_CWORD=1; _sidelint; echo ${COMPREPLY[@]}";

inShell("bash")("bash loads it from where bash-completion looks, and from .bashrc", () => {
  follow("bash");
  const file = join(home, ".local/share/bash-completion/completions/sidelint");
  assert.is(printed("bash", "--norc", "-c", `source ${file}; ${complete}`), "check");
  const loader = "/usr/share/bash-completion/bash_completion";
  if (existsSync(loader)) {
    const load = `source ${loader}; __load_completion sidelint; complete -p sidelint`;
    assert.match(printed("bash", "--norc", "-c", load), "-F _sidelint sidelint");
  }
  assert.is(printed("bash", "--norc", "-c", `${snippets.get(".bashrc")}\n${complete}`), "check");
});

inShell("zsh")("zsh has it after compinit", () => {
  follow("zsh");
  writeFileSync(join(home, ".zshrc"), snippets.get(".zshrc") ?? "");
  const loaded = "source ~/.zshrc; print -r -- $_comps[sidelint]; autoload +X _sidelint && print loaded";
  assert.is(printed("zsh", "-f", "-c", loaded), "_sidelint\nloaded");
});

inShell("fish")("fish finds it", () => {
  follow("fish");
  assert.match(printed("fish", "-c", "complete -C 'sidelint che'"), /^check\t/);
});

docs.run();
