/** `sidelint check`: findings and the summary. */
import type { Command } from "commander";
import type { Finding, Severity } from "../lint/finding.ts";
import { withBaseline } from "../report/baseline.ts";
import { github } from "../report/github.ts";
import { json } from "../report/json.ts";
import type { Report } from "../report/report.ts";
import { text } from "../report/text.ts";
import { comparedWith } from "./baseline.ts";
import type { Context } from "./context.ts";
import { type FixFlags, fixSession, mustAskForFixes } from "./fix.ts";
import { type ScanFlags, withScanOptions } from "./options.ts";
import { openSession, type Session } from "./session.ts";
import { oneOf } from "./usage.ts";

interface CheckFlags extends ScanFlags, FixFlags {
  readonly failOn: string;
  readonly quiet?: boolean;
  readonly baseline?: string | true;
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
      .option("-q, --quiet", "errors only, and no summary")
      .option("--fix", "write the fixes that keep what is meant, and report what is left")
      .option("--unsafe-fixes", "with --fix or --diff: also fixes that somebody should look at")
      .option("--diff", "print what --fix would change, as a unified diff; write nothing")
      .option("--baseline [file]", "only what this baseline does not hold (default: sidelint-baseline.json)"),
  )
    .addHelpText("after", examples)
    .action(async (paths: readonly string[], flags: CheckFlags) => {
      const format = formats[oneOf("--format", flags.format, ["text", "json", "github"])];
      const failOn = oneOf("--fail-on", flags.failOn, failures);
      mustAskForFixes(flags);
      const opened = await openSession(paths, flags, context.io, context.version);
      const outcome =
        flags.fix || flags.diff
          ? await fixSession(opened, flags, context.io, (scan) =>
              selected({ ...opened, scan }, flags, context),
            )
          : undefined;
      if (outcome?.is === "shown") return context.exit(opened.exit || outcome.exit);
      const session = outcome?.session ?? opened;
      const report = reportOf(session, flags, context);
      const { summary, findings } = report;
      const presentation = { ...session.presentation, quiet: flags.quiet === true };
      // What could not be read has been told; that there is nothing else would only be half true.
      const isSilent = session.exit !== 0 && summary.workloads.total === 0 && findings.length === 0;
      const told = flags.format !== "text" || !isSilent ? format(report, presentation) : "";
      // Standard output is for the fixed text of what came from standard input.
      if (outcome && session.input.stdin !== undefined) context.io.stderr(told);
      else await context.io.stdout(told);
      context.exit(session.exit || outcome?.exit || (fails(report, failing[failOn]) ? 1 : 0));
    });
}

/** The findings to fix: those that the report shows. */
function selected(session: Session, { baseline }: CheckFlags, { io }: Context): readonly Finding[] {
  return baseline === undefined
    ? session.scan.findings
    : comparedWith(session, baseline, io).comparison.fresh;
}

/** The report, with --baseline of new findings alone. */
function reportOf(session: Session, { baseline }: CheckFlags, { io }: Context): Report {
  const { report } = session.scan;
  if (baseline === undefined) return report;
  const { comparison, file } = comparedWith(session, baseline, io);
  return withBaseline(report, comparison, file);
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
  sidelint check --diff                     what --fix would change
  sidelint check --baseline                 what sidelint baseline did not find

Exit status: 0 nothing found, 1 findings from --fail-on on, 2 usage,
configuration or reading errors.`;
