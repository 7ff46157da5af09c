/** Asks the user's git about a repository; nothing is fetched, written or started for it. */
import { spawnSync } from "node:child_process";
import { plain } from "../report/cells.ts";
import { UsageError } from "./usage.ts";

/** What git printed, and why it went no further where it failed. */
export type Answer =
  | { readonly ok: true; readonly bytes: Buffer }
  | { readonly ok: false; readonly bytes: Buffer; readonly says: string };

/** Runs git with arguments, and with bytes for its standard input. Throws a UsageError where git cannot be started. */
export type Git = (args: readonly string[], input?: string) => Answer;

/** A commit that an argument names. */
export interface Commit {
  /** As it was typed. */
  readonly name: string;
  readonly id: string;
}

/** The repository of a directory. */
export interface Repository {
  readonly git: Git;
  /** Absolute path of its top, with `/`; where the command runs in a bare repository, that directory. */
  readonly top: string;
  /** Whether there are files beside the objects. */
  readonly hasWorkTree: boolean;
}

/** No fetching, also with releases of git before GIT_NO_LAZY_FETCH: without protocols there is nowhere to fetch from. */
const settings = [
  "--no-pager",
  "--literal-pathspecs",
  "-c",
  "core.fsmonitor=false",
  "-c",
  "protocol.allow=never",
];
const environment = {
  GIT_OPTIONAL_LOCKS: "0",
  GIT_NO_LAZY_FETCH: "1",
  GIT_TERMINAL_PROMPT: "0",
  LC_ALL: "C",
} as const;

/** Git as it runs in a directory. */
export function gitIn(cwd: string): Git {
  return (args, input = "") => {
    const { error, status, signal, stdout, stderr } = spawnSync("git", [...settings, ...args], {
      cwd,
      input,
      env: { ...process.env, ...environment },
      maxBuffer: Number.POSITIVE_INFINITY,
      windowsHide: true,
    });
    if (error && "code" in error && error.code === "ENOENT")
      throw new UsageError("git is not on PATH; compare two directories instead, or install it");
    if (error) throw new UsageError(plain(`git cannot be run: ${error.message}`));
    if (status === 0) return { ok: true, bytes: stdout };
    const [says = ""] = stderr.toString().split("\n");
    return { ok: false, bytes: stdout, says: says || `ended by ${signal}` };
  };
}

/** The repository that a directory (absolute, with `/`) lies in; or why there is none, in git's words. */
export function repositoryOf(cwd: string): Repository | { readonly none: string } {
  const git = gitIn(cwd);
  const asked = git(["rev-parse", "--is-inside-work-tree", "--show-prefix"]);
  if (!asked.ok) return { none: asked.says.replace(/^fatal: /, "") };
  const [inside, prefix = ""] = asked.bytes.toString().split("\n");
  if (inside !== "true") return { git, top: cwd, hasWorkTree: false };
  const below = `/${prefix.replace(/\/$/, "")}`;
  return {
    git,
    top: prefix !== "" && cwd.endsWith(below) ? cwd.slice(0, -below.length) : cwd,
    hasWorkTree: true,
  };
}

/** The commit of a name; undefined where git knows none. */
export function commitOf({ git }: Repository, name: string): Commit | undefined {
  if (name === "" || name.startsWith("-") || /[\0\n]/.test(name)) return undefined;
  const asked = git(["rev-parse", "--verify", "--quiet", `${name}^{commit}`]);
  return asked.ok ? { name, id: asked.bytes.toString().trim() } : undefined;
}

/** Where two commits parted; undefined where no history that is here joins them. */
export function mergeBase({ git }: Repository, one: Commit, other: Commit): Commit | undefined {
  const asked = git(["merge-base", one.id, other.id]);
  const [id = ""] = asked.ok ? asked.bytes.toString().split("\n") : [];
  return id === "" ? undefined : { name: `${one.name}...${other.name}`, id };
}

/** Whether a part of the history was not fetched. */
export function isShallow({ git }: Repository): boolean {
  const asked = git(["rev-parse", "--is-shallow-repository"]);
  return asked.ok && asked.bytes.toString().trim() === "true";
}

/** The short names of branches and tags. */
export function refNames({ git }: Repository): readonly string[] {
  const asked = git(["for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/remotes", "refs/tags"]);
  return asked.ok ? asked.bytes.toString().split("\n").filter(Boolean) : [];
}

/**
 * The paths, from the top, of tracked files that the files on disk may differ in from a commit: whatever is not named is the same, by
 * git's index, which is not refreshed, so that no filter is run.
 */
export function changedOnDisk({ git, top }: Repository, { id }: Commit): ReadonlySet<string> | undefined {
  const asked = git([
    "-C",
    top,
    "diff-index",
    "--name-only",
    "-z",
    "--no-renames",
    "--ignore-submodules=all",
    id,
    "--",
  ]);
  return asked.ok ? new Set(asked.bytes.toString().split("\0").filter(Boolean)) : undefined;
}

/** Whether a part of the files is left out of the disk on purpose. */
export function isSparse({ git }: Repository): boolean {
  const asked = git(["config", "--type=bool", "--get", "core.sparseCheckout"]);
  return asked.ok && asked.bytes.toString().trim() === "true";
}
