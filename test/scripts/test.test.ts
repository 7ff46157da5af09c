/** The test runner counts right, and fails what never runs, never ends or ends too early. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const uvu = `import { suite } from ${JSON.stringify(import.meta.resolve("uvu"))};\n`;
const files: Readonly<Record<string, string>> = {
  "package.json": '{ "type": "module" }',
  "good.test.ts": `${uvu}const a = suite("a"); a("one", () => {}); a("two", () => {}); a.run();`,
  "bad.test.ts": `${uvu}const a = suite("a"); a("one", () => {}); a("two", () => { throw new Error("told"); }); a.run();`,
  "never.test.ts": `${uvu}const a = suite("a"); a("one", () => {});`,
  "half.test.ts": `${uvu}const a = suite("a"); a("one", () => {});\na.run();\nconst b = suite("b");\nb("two", () => {});`,
  "hook.test.ts": `${uvu}const a = suite("a"); a.before(() => { throw new Error("x"); }); a("one", () => {}); a.run();`,
  "throws.test.ts": `${uvu}throw new Error("while loading");`,
  "exits.test.ts": `${uvu}const a = suite("a"); a("one", () => process.exit(0)); a.run();`,
  "hangs.test.ts": `${uvu}const a = suite("a"); a("one", () => { for (;;); }); a.run();`,
  "open.test.ts": `${uvu}setInterval(() => {}, 1000); const a = suite("a"); a("one", () => {}); a.run();`,
  "not-a-test.ts": "throw new Error();",
};

interface Outcome {
  readonly status: number;
  readonly lines: readonly string[];
}

function runTests(root: string, args: readonly string[]): Promise<Outcome> {
  const script = join(import.meta.dirname, "../../scripts/test.ts");
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ["--import", import.meta.resolve("tsx"), script, "--root", root, ...args],
      (error, stdout) =>
        resolve({ status: error ? Number(error.code) : 0, lines: stdout.trimEnd().split("\n") }),
    );
  });
}

const runner = suite<{ root: string }>("scripts/test.ts", { root: "" });

runner.before((context) => {
  context.root = mkdtempSync(join(tmpdir(), "sidelint-tests-"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(context.root, name), text);
});
runner.after(({ root }) => rmSync(root, { recursive: true, force: true }));

runner("passes when all tests pass, whatever they leave open", async ({ root }) => {
  const { status, lines } = await runTests(root, ["good", "open"]);
  assert.is(lines.at(-1), "3 passed, 0 failed");
  assert.is(status, 0);
});

runner("fails every kind of file that is wrong, and still runs the others", async ({ root }) => {
  const names = ["good", "bad", "never", "half", "hook", "throws", "exits", "open"];
  const { status, lines } = await runTests(root, names);
  const said = (text: string) =>
    assert.ok(
      lines.some((line) => line.includes(text)),
      text,
    );
  said("told");
  said("never calls .run()");
  said("suite b is never run");
  said("a hook threw");
  said("while loading");
  said("ended the process (status 0) before its tests were through");
  // Passed: good 2, bad 1, half 1, open 1. Failed: bad, never, half, hook, throws, exits.
  assert.is(lines.at(-1), "5 passed, 6 failed");
  assert.is(status, 1);
});

runner("fails a file that never ends", async ({ root }) => {
  const { status, lines } = await runTests(root, ["hangs", "--timeout", "1"]);
  assert.ok(lines.some((line) => line.includes("not through after 1 s")));
  assert.is(lines.at(-1), "0 passed, 1 failed");
  assert.is(status, 1);
});

runner("fails when no file matches", async ({ root }) => {
  const { status, lines } = await runTests(root, ["nope"]);
  assert.is(lines.at(-1), "0 passed, 1 failed");
  assert.is(status, 1);
});

runner.run();
