/** Runs a program of the user's with bounds on its time and its output, away from the user's own settings. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What a program printed, or why there is nothing of it. */
export type Ran =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly isMissing: boolean; readonly says: string };

/** A directory of our own, in which programs keep what they like, and how to run them. */
export interface Workshop {
  /** Absolute path. */
  readonly directory: string;
  run(program: string, args: readonly string[], cwd: string): Ran;
  close(): void;
}

const mostSeconds = 60;
const mostBytes = 64 * 1024 * 1024;

/** Lines of a program's complaint that are told. */
const mostLines = 3;

/**
 * Opens a workshop. Programs see no settings of the user's, and no credentials: neither plugins nor repositories nor a cluster are
 * reached by them, and nothing of a home directory.
 */
export function openWorkshop(env: Readonly<Record<string, string | undefined>>): Workshop {
  const directory = mkdtempSync(join(tmpdir(), "sidelint-"));
  const environment = isolated(env, directory);
  return {
    directory,
    run(program, args, cwd) {
      const { error, status, signal, stdout, stderr } = spawnSync(program, args, {
        cwd,
        env: environment,
        encoding: "utf8",
        input: "",
        timeout: mostSeconds * 1000,
        killSignal: "SIGKILL",
        maxBuffer: mostBytes,
        windowsHide: true,
      });
      const code = error && "code" in error ? error.code : undefined;
      if (code === "ENOENT") return { ok: false, isMissing: true, says: `${program} is not on PATH` };
      if (code === "ETIMEDOUT") return failed(`${program} was stopped after ${mostSeconds} seconds`);
      if (code === "ENOBUFS") return failed(`${program} printed more than ${mostBytes / 1024 / 1024} MB`);
      if (error) return failed(`${program} cannot be run: ${error.message}`);
      if (status === 0) return { ok: true, text: stdout };
      return failed(firstLines(stderr) || `${program} ended by ${signal ?? `status ${status}`}`);
    },
    close: () => rmSync(directory, { recursive: true, force: true }),
  };
}

function failed(says: string): Ran {
  return { ok: false, isMissing: false, says };
}

function firstLines(text: string): string {
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !/^(?:WARNING|warning|#)/.test(line));
  return lines.slice(0, mostLines).join(" ");
}

const homes = [
  "HOME",
  "USERPROFILE",
  "XDG_CACHE_HOME",
  "XDG_CONFIG_HOME",
  "XDG_DATA_HOME",
  "HELM_CACHE_HOME",
  "HELM_CONFIG_HOME",
  "HELM_DATA_HOME",
  "HELM_PLUGINS",
];

/** Nobody listens there, so that nothing is fetched. */
const nowhere = "http://127.0.0.1:9";
const proxies = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"];

/** What programs need to run at all, and no credentials. */
const isPlain = /^(?:PATH|PATHEXT|TMPDIR|TMP|TEMP|SYSTEMROOT|SYSTEMDRIVE|WINDIR|COMSPEC|LANG|LC_[A-Z]+|TZ)$/i;

function isolated(
  env: Readonly<Record<string, string | undefined>>,
  directory: string,
): Record<string, string> {
  const kept = Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && isPlain.test(name) ? [[name, value] as const] : [],
  );
  return {
    ...Object.fromEntries(kept),
    ...Object.fromEntries(homes.map((name) => [name, join(directory, "home")])),
    KUBECONFIG: join(directory, "no-cluster"),
    GIT_TERMINAL_PROMPT: "0",
    GIT_ALLOW_PROTOCOL: "none",
    GIT_CONFIG_NOSYSTEM: "1",
    ...Object.fromEntries(
      proxies.flatMap((name) => [name, name.toLowerCase()]).map((name) => [name, nowhere]),
    ),
    NO_PROXY: "",
    no_proxy: "",
  };
}
