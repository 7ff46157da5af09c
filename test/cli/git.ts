/** Git repositories for tests, in temporary directories; nothing of the user's own settings counts. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export const hasGit = spawnSync("git", ["--version"]).status === 0;
if (!hasGit) console.log("skipped: git is not on PATH");

const settings = Object.entries({
  "user.name": "Test",
  "user.email": "test@example.com",
  "init.defaultBranch": "main",
  "commit.gpgsign": "false",
  "core.autocrlf": "false",
  "protocol.file.allow": "always",
  "advice.detachedHead": "false",
}).flatMap(([key, value]) => ["-c", `${key}=${value}`]);

/** Runs git; throws with what it says when it fails. */
export function git(cwd: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync("git", [...settings, ...args], {
    cwd,
    encoding: "utf8",
    env: { PATH: process.env.PATH, HOME: cwd, GIT_CONFIG_NOSYSTEM: "1" },
  });
  if (status !== 0) throw new Error(`git ${args.join(" ")}: ${stderr}`);
  return stdout;
}

export type Files = Readonly<Record<string, string>>;

export function write(directory: string, files: Files): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
}

export function commit(directory: string, message: string): void {
  git(directory, "add", "-A");
  git(directory, "commit", "-q", "--allow-empty", "-m", message);
}

/** Calls `use` with a directory that is removed afterwards. */
export async function inDirectory(use: (directory: string) => Promise<void> | void): Promise<void> {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "sidelint-git-")));
  try {
    await use(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Calls `use` with a repository that has one commit. */
export function inGit(files: Files, use: (directory: string) => Promise<void> | void): Promise<void> {
  return inDirectory(async (directory) => {
    git(directory, "init", "-q");
    write(directory, files);
    commit(directory, "one");
    await use(directory);
  });
}
