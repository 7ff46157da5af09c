/** The command as a process: pipes, readers that go away, interrupts. */
import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { deployment, inRepository, namespace } from "./terminal.ts";

const command = fileURLToPath(new URL("../../src/cli/bin.ts", import.meta.url));
const tsx = import.meta.resolve("tsx");

function start(cwd: string, ...args: readonly string[]): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, ["--import", tsx, command, ...args], { cwd });
}

async function ended(
  child: ChildProcess,
): Promise<{ readonly status: number | null; readonly signal: string | null; readonly stderr: string }> {
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const [status, signal] = await once(child, "close");
  return { status, signal, stderr };
}

const many = {
  "ns.yaml": namespace,
  "all.yaml": Array.from({ length: 400 }, (_, index) => deployment.replace("web", `web-${index}`)).join(
    "---\n",
  ),
};

const processes = suite("process");

processes("a long report comes whole through a slow pipe", () =>
  inRepository(many, async (_, directory) => {
    const child = start(directory, "check", "--format", "json");
    const chunks: string[] = [];
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      chunks.push(text);
      child.stdout.pause();
      setTimeout(() => child.stdout.resume(), 1);
    });
    const { status, stderr } = await ended(child);
    assert.is(stderr, "");
    assert.is(status, 0);
    assert.ok(chunks.join("").length > 100_000);
    assert.is(JSON.parse(chunks.join("")).workloads.length, 400);
  }),
);

processes("a reader that goes away is no error", () =>
  inRepository(many, async (_, directory) => {
    const child = start(directory, "check", "--format", "json");
    child.stdout.once("data", () => child.stdout.destroy());
    const { status, stderr } = await ended(child);
    assert.is(stderr, "");
    assert.is(status, 0);
  }),
);

processes("the status of a usage error is 2, and standard output stays empty", () =>
  inRepository({}, async (_, directory) => {
    const child = start(directory, "check", "--nope");
    let stdout = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    const { status, stderr } = await ended(child);
    assert.is(status, 2);
    assert.is(stdout, "");
    assert.match(stderr, /^sidelint: unknown option --nope/);
  }),
);

processes("a report that cannot be written is told in one line", () =>
  inRepository(many, async (_, directory) => {
    if (!existsSync("/dev/full")) return;
    for (const args of [["check"], ["--help"]]) {
      const full = openSync("/dev/full", "w");
      const child = spawn(process.execPath, ["--import", tsx, command, ...args], {
        cwd: directory,
        stdio: ["pipe", full, "pipe"],
      });
      closeSync(full);
      assert.equal(await ended(child), {
        status: 2,
        signal: null,
        stderr: "sidelint: cannot write the report: no space left on device\n",
      });
    }
  }),
);

processes("an interrupt ends it without a word", () =>
  inRepository({}, async (_, directory) => {
    const child = start(directory, "check", "-");
    child.stdin.write("kind: Pod\n");
    setTimeout(() => child.kill("SIGINT"), 1500);
    const { status, signal, stderr } = await ended(child);
    assert.is(stderr, "");
    assert.ok(signal === "SIGINT" || status === 130, `${status} ${signal}`);
  }),
);
processes.run();
