/** Runs test files that scripts/test.ts sends, one after the other, and sends back what came of each. */
import { pathToFileURL } from "node:url";

/** What came of one file. */
export interface FileResult {
  readonly file: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Everything that was written while the file ran. */
  readonly output: string;
}

type Runner = () => Promise<readonly [errors: string | true, passed: number, skipped: number, total: number]>;
/** uvu keeps the suites that were run here, when told not to start them itself. */
const uvu = globalThis as { UVU_DEFER?: number; UVU_QUEUE?: (Runner | null)[][]; UVU_INDEX?: number };

process.on("message", (file: string) => {
  run(file).then((result) => process.send?.(result));
});

// What a test left open must not keep the process alive.
process.on("disconnect", () => process.exit());

async function run(file: string): Promise<FileResult> {
  const suites: Runner[] = [];
  uvu.UVU_DEFER = 1;
  uvu.UVU_INDEX = 0;
  // The array must stay the same one: uvu holds on to it.
  uvu.UVU_QUEUE ??= [];
  uvu.UVU_QUEUE[0] = suites;
  const tally = { passed: 0, failed: 0, skipped: 0 };
  const output = await captured(async () => {
    await import(pathToFileURL(file).href);
    if (suites.length === 0) throw new Error("the file never calls .run(), so none of its tests run");
    for (const suite of suites) await runSuite(suite, tally);
  }, tally);
  return { file, ...tally, output };
}

async function runSuite(suite: Runner, tally: { passed: number; failed: number; skipped: number }) {
  const [errors, passed, skipped, total] = await suite();
  tally.passed += passed;
  tally.skipped += skipped;
  // A hook that throws leaves no errors behind, only tests that did not run.
  tally.failed += total - passed;
  if (typeof errors === "string") process.stdout.write(`\n${errors}\n`);
  else if (passed < total) process.stdout.write("  a hook threw, so tests did not run\n");
}

/** Runs work, keeping what it writes; an error it throws counts as one failure. */
async function captured(work: () => Promise<void>, tally: { failed: number }): Promise<string> {
  const { stdout, stderr } = process;
  const write = { stdout: stdout.write, stderr: stderr.write };
  let output = "";
  const keep = (chunk: string | Uint8Array, encoding?: unknown, done?: unknown): boolean => {
    output += typeof chunk === "string" ? chunk : Buffer.from(chunk).toString();
    const callback = typeof encoding === "function" ? encoding : done;
    if (typeof callback === "function") process.nextTick(() => callback());
    return true;
  };
  stdout.write = keep;
  stderr.write = keep;
  try {
    await work();
  } catch (error) {
    tally.failed++;
    output += `  ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`;
  } finally {
    stdout.write = write.stdout;
    stderr.write = write.stderr;
  }
  return output;
}
