/** `sidelint list`: the workloads with their verdicts. */
import type { Command } from "commander";
import { json } from "../report/json.ts";
import { list } from "../report/list.ts";
import type { Context } from "./context.ts";
import { type ScanFlags, withScanOptions } from "./options.ts";
import { openSession } from "./session.ts";
import { oneOf } from "./usage.ts";

export function addList(program: Command, context: Context): void {
  withScanOptions(
    program
      .command("list")
      .description("List the workloads with their verdicts")
      .argument("[paths...]", "files, directories, globs, or - for standard input (default: .)")
      .option("--format <format>", "text or json", "text"),
  )
    .addHelpText("after", examples)
    .action(async (paths: readonly string[], flags: ScanFlags) => {
      const format = oneOf("--format", flags.format, ["text", "json"]);
      const { scan, presentation, exit } = await openSession(paths, flags, context.io, context.version);
      const whole = { ...presentation, width: context.io.columns ?? Number.POSITIVE_INFINITY };
      await context.io.stdout(format === "json" ? json(scan.report, presentation) : list(scan.report, whole));
      context.exit(exit);
    });
}

const examples = `
Examples:
  sidelint list                             every workload below this directory
  sidelint list | grep ^unknown             those that cannot be decided yet
  sidelint list --format json apps          the report of check, for programs

Where a terminal is too narrow a workload has several lines; in a pipe, one.`;
