/** Runs the tests: `npm test [-- PATTERN…]` for files whose path contains a pattern; ends with `N passed, N failed`. */
import { type ChildProcess, fork } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { FileResult } from "./test-worker.ts";

const here = dirname(fileURLToPath(import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** The folder with the tests. */
    root: { type: "string", default: join(dirname(here), "test") },
    /** Seconds that one file may take. */
    timeout: { type: "string", default: "120" },
  },
});

const files = testFiles(values.root).filter(
  (file) => positionals.length === 0 || positionals.some((pattern) => file.includes(pattern)),
);
if (files.length === 0) console.error(`no test file matches ${positionals.join(", ") || values.root}`);
const total = { passed: 0, failed: files.length === 0 ? 1 : 0, skipped: 0 };

const queue = [...files];
const workers = Math.min(availableParallelism(), Math.ceil(files.length / 2));
await Promise.all(Array.from({ length: workers }, () => work()));

if (total.skipped > 0) console.log(`\n${total.skipped} skipped`);
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;

/** Every *.test.ts file below a folder, but for what needs data from elsewhere. */
function testFiles(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter(
      (path) => path.endsWith(".test.ts") && !/(?:^|[\\/])(?:conformance|fuzz|node_modules)[\\/]/.test(path),
    )
    .sort()
    .map((path) => join(root, path));
}

/** Takes files from the queue until it is empty, in one process as long as that lives. */
async function work(): Promise<void> {
  let child: ChildProcess | undefined;
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    const forgotten = suitesNotRun(file);
    child ??= fork(join(here, "test-worker.ts"));
    const result = await runFile(child, file);
    if (result.died) child = undefined;
    report({ ...result, failed: result.failed + forgotten.length }, forgotten);
  }
  child?.disconnect();
}

/** Suites that a file makes and never runs; the worker notices when it runs none at all. */
function suitesNotRun(file: string): readonly string[] {
  const text = readFileSync(file, "utf8");
  const made = [...text.matchAll(/^\s*(?:const|let) (\w+) = suite\b/gm)].map((match) => match[1] ?? "");
  const run = made.filter((name) => new RegExp(`^\\s*${name}\\.run\\(\\)`, "m").test(text));
  return run.length === 0 ? [] : made.filter((name) => !run.includes(name));
}

function runFile(child: ChildProcess, file: string): Promise<FileResult & { readonly died: boolean }> {
  return new Promise((resolve) => {
    const failed = (output: string) => {
      settle({ file, passed: 0, failed: 1, skipped: 0, output: `  ${output}\n` }, true);
    };
    const onExit = (code: number | null, signal: string | null) =>
      failed(`ended the process (${signal ?? `status ${code}`}) before its tests were through`);
    const onMessage = (result: FileResult) => settle(result, false);
    const timer = setTimeout(() => {
      child.off("exit", onExit);
      child.kill("SIGKILL");
      failed(`not through after ${values.timeout} s`);
    }, Number(values.timeout) * 1000);
    function settle(result: FileResult, died: boolean): void {
      clearTimeout(timer);
      child.off("exit", onExit);
      child.off("message", onMessage);
      resolve({ ...result, died });
    }
    child.once("exit", onExit);
    child.once("message", onMessage);
    child.send(file);
  });
}

function report(result: FileResult, forgotten: readonly string[]): void {
  total.passed += result.passed;
  total.failed += result.failed;
  total.skipped += result.skipped;
  const problems = forgotten.map((name) => `  suite ${name} is never run: ${name}.run() is missing\n`);
  console.log(`${relative(process.cwd(), result.file)}\n${result.output.trimEnd()}\n${problems.join("")}`);
}
