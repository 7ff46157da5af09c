/** A terminal for tests: runs a command line over a small repository in a temporary directory, and keeps what it printed. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Io } from "../../src/cli/io.ts";
import { run } from "../../src/cli/run.ts";

export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Setting extends Partial<Pick<Io, "env" | "columns" | "stderrIsTerminal" | "today">> {
  readonly stdin?: string;
}

export const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
        - {name: web, image: shop/web:1}
`;

export const namespace = `apiVersion: v1
kind: Namespace
metadata:
  name: shop
  labels: {istio-injection: enabled}
`;

/** Calls `use` with a runner over a directory that holds these files; `.git` marks its top. */
export async function inRepository(
  files: Readonly<Record<string, string>>,
  use: (
    sidelint: (argv: readonly string[], setting?: Setting) => Promise<Outcome>,
    directory: string,
  ) => Promise<void>,
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "sidelint-"));
  try {
    mkdirSync(join(directory, ".git"));
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), text);
    }
    await use((argv, setting = {}) => runIn(directory, argv, setting), directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Runs a command line in a directory. */
export async function runIn(cwd: string, argv: readonly string[], setting: Setting = {}): Promise<Outcome> {
  let stdout = "";
  let stderr = "";
  const status = await run(argv, {
    cwd,
    today: setting.today ?? "2026-01-31",
    env: { PATH: process.env.PATH, ...setting.env },
    columns: setting.columns,
    stderrIsTerminal: setting.stderrIsTerminal ?? false,
    readStdin: async () => new TextEncoder().encode(setting.stdin ?? ""),
    stdout: async (text) => {
      stdout += text;
    },
    stderr: (text) => {
      stderr += text;
    },
  });
  return { status, stdout, stderr };
}
