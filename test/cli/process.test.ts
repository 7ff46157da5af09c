/** The command as a process: pipes, readers that go away, interrupts. */
import {
  type ChildProcess,
  type ChildProcessWithoutNullStreams,
  execFileSync,
  spawn,
} from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readAll } from "../../src/cli/io.ts";
import { UsageError } from "../../src/cli/usage.ts";
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

const hasPipes = process.platform !== "win32";

processes("a pipe that a file of the repository names is not waited for", () =>
  inRepository(
    {
      "a.yaml": deployment,
      "kustomization.yaml": "resources: [a.yaml, waits.yaml, ../../../../../proc/self/fd/0]\n",
      "b/c.yaml": namespace,
    },
    async (_, directory) => {
      if (!hasPipes) return;
      for (const name of ["waits.yaml", "b/.gitignore"]) execFileSync("mkfifo", [join(directory, name)]);
      const child = start(directory, "check");
      const timer = setTimeout(() => child.kill(), 20_000);
      const { status, signal } = await ended(child);
      clearTimeout(timer);
      assert.is(signal, null, "it ends by itself");
      assert.is(status, 0);
    },
  ),
);

processes("a pipe that is named on the command line is read", () =>
  inRepository({ "ns.yaml": namespace }, async (_, directory) => {
    if (!hasPipes) return;
    const pipe = join(directory, "pipe");
    execFileSync("mkfifo", [pipe]);
    const child = start(directory, "list", "pipe");
    let stdout = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    const writer = spawn("sh", ["-c", "cat > pipe"], { cwd: directory });
    writer.stdin.end(deployment);
    const timer = setTimeout(() => child.kill(), 20_000);
    const { signal } = await ended(child);
    clearTimeout(timer);
    writer.kill();
    assert.is(signal, null);
    assert.match(stdout, /Deployment\/web/);
  }),
);

processes("standard input is read no further than the largest file", async () => {
  let given = 0;
  async function* endlessly() {
    for (;;) {
      given++;
      yield new Uint8Array(1024);
    }
  }
  try {
    await readAll(endlessly(), 10_240);
    assert.unreachable();
  } catch (error) {
    assert.instance(error, UsageError);
    assert.match(String(error), /standard input \(-\): it has more than/);
  }
  assert.is(given, 11);
});

processes("a report that cannot be written is told in one line", () =>
  inRepository(many, async (_, directory) => {
    if (!existsSync("/dev/full")) return;
    for (const args of [["check"], ["--help"], ["--version"]]) {
      const full = openSync("/dev/full", "w");
      const child = spawn(process.execPath, ["--import", tsx, command, ...args], {
        cwd: directory,
        stdio: ["pipe", full, "pipe"],
      });
      closeSync(full);
      assert.equal(await ended(child), {
        status: 2,
        signal: null,
        stderr:
          args[0] === "--version"
            ? ""
            : "sidelint: cannot write to standard output: no space left on device\n",
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
