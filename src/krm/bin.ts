#!/usr/bin/env node
/** The command `sidelint-krm`: a KRM function on standard input and output, without anything else of the command line. */
import { diskTree } from "../source/disk.ts";
import { loadAndRun } from "./run.ts";
import { chunksOf, readInput, today } from "./streams.ts";

declare const SIDELINT_VERSION: string | undefined;

const usage = `Usage: sidelint-krm < resource-list.yaml

Reads a ResourceList (KRM functions specification v1) and writes it with results, or with sidecars.
The functionConfig is a SidecarCheck or a SidecarInject of sidelint.dev/v1alpha1, or a ConfigMap.
`;

const [first] = process.argv.slice(2);
if (first === "--version" || first === "-V")
  process.stdout.write(`${typeof SIDELINT_VERSION === "string" ? SIDELINT_VERSION : "0.0.0-source"}\n`);
else if (first === "--help" || first === "-h") process.stdout.write(usage);
else if (first !== undefined) {
  process.stderr.write(`sidelint-krm: unknown argument ${first}\n${usage}`);
  process.exitCode = 2;
} else if (process.stdin.isTTY === true) {
  process.stderr.write(usage);
  process.exitCode = 2;
} else {
  const input = await readInput(process.stdin);
  if ("says" in input) {
    process.stderr.write(`sidelint: ${input.says}\n`);
    process.exitCode = 1;
  } else {
    process.stdout.on("error", () => undefined);
    try {
      const { stdout, stderr, exit } = await loadAndRun(input.bytes, {
        tree: diskTree(process.cwd()),
        today: today(new Date()),
      });
      process.stderr.write(stderr);
      for (const chunk of chunksOf(stdout)) process.stdout.write(chunk);
      process.exitCode = exit;
    } catch (error) {
      const says = error instanceof Error ? error.message : String(error);
      const stack = process.env.SIDELINT_DEBUG === "1" && error instanceof Error ? `\n${error.stack}` : "";
      process.stderr.write(`sidelint: internal error: ${says} (SIDELINT_DEBUG=1 shows where)${stack}\n`);
      process.exitCode = 1;
    }
  }
}
