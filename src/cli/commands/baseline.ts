/** What `sidelint baseline` takes, and its help. */
import type { Command } from "commander";
import { baselineName } from "../../lint/baseline-name.ts";
import type { BaselineFlags } from "../baseline.ts";
import type { Context } from "../context.ts";
import { withPrograms, withScanOptions } from "../options.ts";

export function addBaseline(program: Command, context: Context): void {
  withPrograms(
    withScanOptions(
      program
        .command("baseline")
        .description("Write today's findings down, so that check --baseline shows new ones")
        .argument("[paths...]", "files, directories or globs (default: .)")
        .option(
          "-o, --output <file>",
          `the file (default: ${baselineName} where it is, or beside sidelint.yaml)`,
        )
        .option("--prune", "only drop from the file what is gone; nothing is added"),
    ),
  )
    .addHelpText("after", examples)
    .action(async (paths: readonly string[], flags: BaselineFlags) => {
      const { baseline } = await import("../baseline.ts");
      await baseline(paths, flags, context);
    });
}

const examples = `
Examples:
  sidelint baseline                write ${baselineName}, and commit it
  sidelint check --baseline        findings that are not in it
  sidelint baseline --prune        drop what was mended since

Entries may get a "reason" and a day on which they end, "expires", by hand;
they keep both when the file is written anew.`;
