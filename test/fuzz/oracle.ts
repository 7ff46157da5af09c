/** A client of the oracle: a program that answers JSON Lines with what the real Go code says. */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Answer, Ask } from "./target.ts";

/** Builds the oracle's source and returns the program's path; throws when Go cannot. */
export function buildOracle(source: string): string {
  const program = join(mkdtempSync(join(tmpdir(), "sidelint-oracle-")), "oracle");
  const result = spawnSync("go", ["build", "-o", program, "."], { cwd: source, stdio: "inherit" });
  if (result.status !== 0) throw new Error(`go build in ${source} failed`);
  return program;
}

/** Starts the oracle. Questions may be asked at once; `close` ends it. */
export function startOracle(program: string): { readonly ask: Ask; close(): void } {
  const oracle = spawn(program, [], { stdio: ["pipe", "pipe", "inherit"] });
  const waiting: ((answer: Answer) => void)[] = [];
  createInterface({ input: oracle.stdout }).on("line", (line) => {
    const { ok, out, outBase64, error = "" } = JSON.parse(line);
    const result = outBase64 === undefined ? out : Buffer.from(outBase64, "base64").toString("utf8");
    waiting.shift()?.({ verdict: ok || !error.startsWith("oracle: "), ok, out: result, error });
  });
  oracle.on("exit", () => {
    for (const answer of waiting.splice(0))
      answer({ verdict: false, ok: false, out: undefined, error: "oracle: ended" });
  });
  return {
    ask: (op, fields) =>
      new Promise((resolve) => {
        waiting.push(resolve);
        oracle.stdin.write(`${JSON.stringify({ op, ...fields })}\n`);
      }),
    close: () => void oracle.stdin.end(),
  };
}
