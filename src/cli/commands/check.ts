/** What `sidelint check` takes, and its help. */
import type { Command } from "commander";
import type { CheckFlags } from "../check.ts";
import type { Context } from "../context.ts";
import { formatNames } from "../formats.ts";
import { gather, withPrograms, withScanOptions } from "../options.ts";

export function addCheck(program: Command, context: Context): void {
  withPrograms(
    withScanOptions(
      program
        .command("check")
        .description("Say which pods get a sidecar, and what is wrong with it")
        .argument("[paths...]", "files, directories, globs, or - for standard input (default: .)")
        .option("--format <format>", `what is printed: ${formatNames.join(", ")}`, "text")
        .option("-o, --output <format=file>", "also write the report to a file; repeatable", gather)
        .option(
          "--fail-on <severity>",
          "exit 1 from this severity on: error, warning, info or never",
          "error",
        )
        .option("-q, --quiet", "errors only, and no summary")
        .option("--changed", "read the whole repository, report what concerns these paths")
        .option("--shard <n/count>", "report on this share of the files, such as 1/4; all are read")
        .option("--fix", "write the fixes that keep what is meant, and report what is left")
        .option("--unsafe-fixes", "with --fix or --diff: also fixes that somebody should look at")
        .option("--diff", "print what --fix would change, as a unified diff; write nothing")
        .option(
          "--baseline [file]",
          "only what this baseline does not hold (default: sidelint-baseline.json)",
        ),
    ),
  )
    .addHelpText("after", examples)
    .action(async (paths: readonly string[], flags: CheckFlags) => {
      const { check } = await import("../check.ts");
      await check(paths, flags, context);
    });
}

const examples = `
Examples:
  sidelint check                            everything below this directory
  sidelint check apps platform/ns.yaml      these paths only
  kustomize build prod | sidelint check -   what a build prints
  sidelint check --assume istio-injection=enabled --fail-on warning
  sidelint check --cluster prod=prod.yaml --cluster staging=staging.yaml
  sidelint check --format github            annotations for a pull request
  sidelint check --output sarif=sidelint.sarif --output html=report.html
  sidelint check --diff                     what --fix would change
  sidelint check --changed apps/web.yaml    what this file has to do with
  sidelint check --baseline                 what sidelint baseline did not find

Exit status: 0 nothing found, 1 findings from --fail-on on, 2 usage,
configuration or reading errors.`;
