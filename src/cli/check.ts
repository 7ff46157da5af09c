/** `sidelint check`: findings and the summary. */
import type { Command } from "commander";
import type { Severity } from "../lint/finding.ts";
import { github } from "../report/github.ts";
import { json } from "../report/json.ts";
import type { Report } from "../report/report.ts";
import { text } from "../report/text.ts";
import type { Context } from "./context.ts";
import { type ScanFlags, withScanOptions } from "./options.ts";
import { openSession } from "./session.ts";
import { oneOf } from "./usage.ts";

interface CheckFlags extends ScanFlags {
  readonly failOn: string;
  readonly quiet?: boolean;
}

const formats = { text, json, github } as const;
const failures = ["error", "warning", "info", "never"] as const;
const failing: Readonly<Record<(typeof failures)[number], readonly Severity[]>> = {
  error: ["error"],
  warning: ["error", "warning"],
  info: ["error", "warning", "info"],
  never: [],
};

export function addCheck(program: Command, context: Context): void {
  withScanOptions(
    program
      .command("check")
      .description("Say which pods get a sidecar, and what is wrong with it")
      .argument("[paths...]", "files, directories, globs, or - for standard input (default: .)")
      .option("--format <format>", "text, json or github", "text")
      .option("--fail-on <severity>", "exit 1 from this severity on: error, warning, info or never", "error")
      .option("-q, --quiet", "errors only, and no summary"),
  )
    .addHelpText("after", examples)
    .action(async (paths: readonly string[], flags: CheckFlags) => {
      const format = formats[oneOf("--format", flags.format, ["text", "json", "github"])];
      const failOn = oneOf("--fail-on", flags.failOn, failures);
      const session = await openSession(paths, flags, context.io, context.version);
      const { summary, findings } = session.scan.report;
      const presentation = { ...session.presentation, quiet: flags.quiet === true };
      // What could not be read has been told; that there is nothing else would only be half true.
      const isSilent = session.exit !== 0 && summary.workloads.total === 0 && findings.length === 0;
      if (flags.format !== "text" || !isSilent)
        await context.io.stdout(format(session.scan.report, presentation));
      context.exit(session.exit || (fails(session.scan.report, failing[failOn]) ? 1 : 0));
    });
}

function fails(report: Report, grades: readonly Severity[]): boolean {
  return grades.some((severity) => report.summary.findings[severity] > 0);
}

const examples = `
Examples:
  sidelint check                            everything below this directory
  sidelint check apps platform/ns.yaml      these paths only
  kustomize build prod | sidelint check -   what a build prints
  sidelint check --assume istio-injection=enabled --fail-on warning
  sidelint check --format github            annotations for a pull request

Exit status: 0 nothing found, 1 findings from --fail-on on, 2 usage,
configuration or reading errors.`;
