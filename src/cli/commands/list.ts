/** What `sidelint list` takes, and its help. */
import type { Command } from "commander";
import type { Context } from "../context.ts";
import { type ScanFlags, withPrograms, withScanOptions } from "../options.ts";

export function addList(program: Command, context: Context): void {
  withPrograms(
    withScanOptions(
      program
        .command("list")
        .description("List the workloads with their verdicts")
        .argument("[paths...]", "files, directories, globs, or - for standard input (default: .)")
        .option("--format <format>", "text or json", "text"),
    ),
  )
    .addHelpText("after", examples)
    .action(async (paths: readonly string[], flags: ScanFlags) => {
      const { listed } = await import("../list.ts");
      await listed(paths, flags, context);
    });
}

const examples = `
Examples:
  sidelint list                             every workload below this directory
  sidelint list | grep ^unknown             those that cannot be decided yet
  sidelint list --cluster prod.yaml         by what runs: kubectl get
                                            ns,mutatingwebhookconfigurations,cm
                                            -A -o yaml > prod.yaml
  sidelint list --format json apps          the report of check, for programs

Where a terminal is too narrow a workload has several lines; in a pipe, one.`;
