/** Asks the user's git about a repository; nothing is fetched, written or started for it. */
import { spawnSync } from "node:child_process";
import { plain } from "../report/cells.ts";
import { withSlashes } from "../source/disk.ts";
import { absolutePath } from "../source/path.ts";
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
  /** Absolute path of the file with its remotes, which all of its work trees share. */
  readonly config: string;
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

/** Variables of the process that git is run by. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Git as it runs in a directory. */
export function gitIn(cwd: string, env: Environment): Git {
  return (args, input = "") => {
    const { error, status, signal, stdout, stderr } = spawnSync("git", [...settings, ...args], {
      cwd,
      input,
      env: { ...env, ...environment },
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
export function repositoryOf(cwd: string, env: Environment): Repository | { readonly none: string } {
  const git = gitIn(cwd, env);
  const asked = git(["rev-parse", "--is-inside-work-tree", "--show-prefix", "--git-common-dir"]);
  if (!asked.ok) return { none: asked.says.replace(/^fatal: /, "") };
  const [inside, prefix = "", ...common] = asked.bytes.toString().replace(/\n$/, "").split("\n");
  const config = absolutePath(cwd, `${withSlashes(common.join("\n"))}/config`);
  if (inside !== "true") return { git, top: cwd, config, hasWorkTree: false };
  const below = `/${prefix.replace(/\/$/, "")}`;
  return {
    git,
    top: prefix !== "" && cwd.endsWith(below) ? cwd.slice(0, -below.length) : cwd,
    config,
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
 * git's index, which is not refreshed, so that no filter is run. Files that git was told not to look at may differ.
 */
export function changedOnDisk(repository: Repository, { id }: Commit): ReadonlySet<string> | undefined {
  const { git, top } = repository;
  const options = ["--name-only", "-z", "--no-renames", "--ignore-submodules=all"];
  const asked = git(["-C", top, "diff-index", ...options, id, "--"]);
  const listed = git(["-C", top, "ls-files", "-v", "-z"]);
  if (!asked.ok || !listed.ok) return undefined;
  const unseen = linesOf(listed.bytes).filter((line) => /^[a-zS] /.test(line));
  const isKept = unseen.length > 0 && isSparse(repository);
  return new Set([
    ...linesOf(asked.bytes),
    // In a sparse checkout files are left out of the disk, and git tells what it put there itself.
    ...unseen.filter((line) => !(isKept && /^s/i.test(line))).map((line) => line.slice(2)),
  ]);
}

/** What `-z` separates. */
function linesOf(bytes: Buffer): readonly string[] {
  return bytes.toString().split("\0").filter(Boolean);
}

/** Whether a part of the files is left out of the disk on purpose. */
export function isSparse({ git }: Repository): boolean {
  const asked = git(["config", "--type=bool", "--get", "core.sparseCheckout"]);
  return asked.ok && asked.bytes.toString().trim() === "true";
}
