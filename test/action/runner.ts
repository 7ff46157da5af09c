/** What GitHub's runner does for a step: a workspace, inputs in the environment, files for outputs and the summary, commands in the log. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as assert from "uvu/assert";
import { parse } from "yaml";
import { deployment } from "../cli/terminal.ts";

export const top = fileURLToPath(new URL("../..", import.meta.url));
export const { inputs, outputs, runs } = parse(readFileSync(join(top, "action.yml"), "utf8")) as {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly runs: { readonly using: string; readonly main: string };
};

const area = mkdtempSync(join(tmpdir(), "sidelint-action-"));
let rooms = 0;

/** Names with their values. */
export type Said = Readonly<Record<string, string>>;

export interface Room {
  readonly workspace: string;
  readonly directory: string;
}

export interface Step {
  readonly status: number | null;
  readonly log: string;
  /** Lines of the log that are commands, and not held back by stop-commands. */
  readonly commands: readonly string[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
}

/** A workspace with these files in it. */
export function room(files: Readonly<Record<string, string>>): Room {
  rooms++;
  const directory = join(area, String(rooms));
  const workspace = join(directory, "workspace");
  mkdirSync(join(workspace, ".git"), { recursive: true });
  put(workspace, files);
  return { workspace, directory };
}

export function put(directory: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
}

/** What the runner puts into the environment of a step: every input of action.yml, with its default where the workflow says nothing. */
export function environmentOf({ workspace, directory }: Room, said: Said): Said {
  const file = (name: string) => join(directory, name);
  for (const name of ["output", "summary"]) writeFileSync(file(name), "");
  mkdirSync(file("temp"), { recursive: true });
  const defaults = Object.entries(inputs).map(([name, one]) => [name, one.default] as const);
  const given = [...defaults, ...Object.entries(said)].map(
    ([name, value]) => [`INPUT_${name.replaceAll(" ", "_").toUpperCase()}`, value] as const,
  );
  return {
    HOME: directory,
    GITHUB_ACTIONS: "true",
    GITHUB_WORKSPACE: workspace,
    GITHUB_OUTPUT: file("output"),
    GITHUB_STEP_SUMMARY: file("summary"),
    RUNNER_TEMP: file("temp"),
    ...Object.fromEntries(given),
  };
}

/** Runs a step as the runner of GitHub does. */
export function step(here: Room, said: Said = {}, more: Said = {}): Step {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(top, runs.main)], {
    cwd: here.directory,
    encoding: "utf8",
    env: { PATH: process.env.PATH, ...environmentOf(here, said), ...more },
  });
  const log = stdout + stderr;
  return {
    status,
    log,
    commands: commandsIn(log),
    outputs: outputsIn(readFileSync(join(here.directory, "output"), "utf8")),
    summary: readFileSync(join(here.directory, "summary"), "utf8"),
  };
}

/** What the runner takes for commands: lines that start with ::, whatever stands before them in blanks. */
function commandsIn(log: string): readonly string[] {
  const commands: string[] = [];
  let token: string | undefined;
  for (const line of log.split("\n").map((each) => each.trimStart())) {
    if (token !== undefined) {
      if (line === `::${token}::`) token = undefined;
    } else if (line.startsWith("::stop-commands::")) token = line.slice("::stop-commands::".length);
    else if (line.startsWith("::")) commands.push(line);
  }
  assert.is(token, undefined, "commands are stopped and never resumed");
  return commands;
}

function outputsIn(text: string): Readonly<Record<string, string>> {
  const entries = [...text.matchAll(/^(.+?)<<(.+)\n([\s\S]*?)\n?\2$/gm)];
  return Object.fromEntries(entries.map(([, name = "", , value = ""]) => [name, value]));
}

export const broken = (name: string) =>
  deployment
    .replace("name: web", `name: ${name}`)
    .replace("      labels:", '      annotations: {sidecar.istio.io/proxyCPU: "1"}\n      labels:');

/** Removes all workspaces. */
export function tidy(): void {
  rmSync(area, { recursive: true, force: true });
}
