/** The files that a pull request changes, by git and the event that started the workflow. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** The names of the changed files, or why there is no telling them apart from all others. */
export type ChangedNames =
  | { readonly is: "changed"; readonly names: readonly string[] }
  /** Not a pull request: there is nothing to compare with. */
  | { readonly is: "all"; readonly event: string }
  /** A pull request whose history is not here. */
  | { readonly is: "unknown"; readonly reason: string };

/**
 * Asks git for the files that differ between the head of a pull request and where it left its base. Where that history was not fetched, a
 * merge commit that GitHub made for the pull request says the same through its first parent.
 */
export function changedNames(cwd: string, env: NodeJS.ProcessEnv): ChangedNames {
  const event = env.GITHUB_EVENT_NAME ?? "";
  const ends = env.GITHUB_EVENT_PATH ? endsOf(readFileSync(env.GITHUB_EVENT_PATH, "utf8")) : undefined;
  if (!ends) return { is: "all", event };
  const { base, head } = ends;
  const git = gitIn(cwd);
  const top = git("rev-parse", "--show-cdup")?.replace(/\n$/, "");
  if (top === undefined)
    return { is: "unknown", reason: `${cwd} is no git repository; actions/checkout makes one` };
  const merged = git("rev-parse", "--verify", "--quiet", "HEAD^2")?.trim();
  const range = merged === head ? "HEAD^1..HEAD" : `${base}...${head}`;
  const listed = git("diff", "--name-only", "--no-renames", "--no-ext-diff", "-z", range, "--");
  if (listed === undefined)
    return {
      is: "unknown",
      reason: `the history that leads from ${base.slice(0, 12)} to ${head.slice(0, 12)} is not here; give actions/checkout \`fetch-depth: 0\``,
    };
  const names = listed.split("\0").filter((name) => name !== "");
  return { is: "changed", names: names.map((name) => `./${top}${name}`) };
}

/** The two ends of a pull request, from the payload of its event. */
function endsOf(text: string): { readonly base: string; readonly head: string } | undefined {
  const { pull_request } = JSON.parse(text) as {
    readonly pull_request?: {
      readonly base?: { readonly sha?: string };
      readonly head?: { readonly sha?: string };
    };
  };
  const base = pull_request?.base?.sha ?? "";
  const head = pull_request?.head?.sha ?? "";
  return isCommit(base) && isCommit(head) ? { base, head } : undefined;
}

function isCommit(text: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}

/** Runs git in a directory that may belong to another user, as it does in a container; undefined where git fails. */
function gitIn(cwd: string): (...args: readonly string[]) => string | undefined {
  const settings = ["-c", "safe.directory=*", "-c", "core.fsmonitor=false"];
  return (...args) => {
    try {
      return execFileSync("git", [...settings, ...args], {
        cwd,
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
        maxBuffer: 256 * 1024 * 1024,
      });
    } catch {
      return undefined;
    }
  };
}
