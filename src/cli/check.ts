/** `sidelint check`: findings and the summary. */
import type { Finding, Severity } from "../lint/finding.ts";
import { withBaseline } from "../report/baseline.ts";
import { plain } from "../report/cells.ts";
import { concerns, withFindings } from "../report/changed.ts";
import type { Presentation, Report } from "../report/report.ts";
import { comparedWith } from "./baseline.ts";
import { type Changed, changedFiles } from "./changed.ts";
import type { Context } from "./context.ts";
import { type FixFlags, fixSession, mustAskForFixes } from "./fix.ts";
import { formatOf, reporterOf, ruleReader, type WantedFile, wantedFiles } from "./formats.ts";
import type { ScanFlags } from "./options.ts";
import { writeOutput } from "./output.ts";
import { openSession, type Session } from "./session.ts";
import { inShard } from "./shard.ts";
import { oneOf, UsageError } from "./usage.ts";

export interface CheckFlags extends ScanFlags, FixFlags {
  readonly failOn: string;
  readonly quiet?: boolean;
  readonly changed?: boolean;
  readonly shard?: string;
  readonly baseline?: string | true;
  readonly output?: readonly string[];
}

const failures = ["error", "warning", "info", "never"] as const;
const failing: Readonly<Record<(typeof failures)[number], readonly Severity[]>> = {
  error: ["error"],
  warning: ["error", "warning"],
  info: ["error", "warning", "info"],
  never: [],
};

/** Scans, reports, fixes where that is asked for, and sets the exit status. Throws a UsageError. */
export async function check(paths: readonly string[], flags: CheckFlags, context: Context): Promise<void> {
  const format = formatOf(flags.format);
  const wanted = wantedFiles(flags.output);
  const failOn = oneOf("--fail-on", flags.failOn, failures);
  mustAskForFixes(flags);
  const isShown = flags.shard === undefined ? undefined : inShard(flags.shard);
  if (isShown && (flags.fix || flags.diff))
    throw new UsageError(`--shard is for reports, and --${flags.fix ? "fix" : "diff"} is about all files`);
  if (flags.diff && wanted.length > 0)
    throw new UsageError("--output writes the report, and with --diff there is none");
  if (flags.diff && format !== "text")
    throw new UsageError(`--format ${format} is how the report is printed, and with --diff there is none`);
  const changed = flags.changed ? changedFiles(paths, context.io) : undefined;
  const opened = await openSession(changed ? [changed.top] : paths, flags, context.io, context.version);
  const outcome =
    flags.fix || flags.diff
      ? await fixSession(
          opened,
          flags,
          context.io,
          (scan) => selected({ ...opened, scan }, flags, changed, context),
          changed,
        )
      : undefined;
  if (outcome?.is === "shown") return context.exit(opened.exit || outcome.exit);
  const session = outcome?.session ?? opened;
  const whole = reportOf(session, flags, changed, context);
  const report = isShown ? withFindings(whole, isShown) : whole;
  const { summary, findings } = report;
  const ruleOf = await ruleReader([format, ...wanted.map((one) => one.format)], session.userRules);
  const presentation = presentationOf(session, flags, ruleOf);
  const written = await writeFiles(wanted, report, presentation, context);
  // What could not be read has been told; that there is nothing else would only be half true.
  const isSilent = session.exit !== 0 && summary.workloads.total === 0 && findings.length === 0;
  const told = format !== "text" || !isSilent ? (await reporterOf(format))(report, presentation) : "";
  // Standard output is for the fixed text of what came from standard input.
  if (outcome && session.input.stdin !== undefined) context.io.stderr(told);
  else await context.io.stdout(told);
  context.exit(session.exit || written || outcome?.exit || (fails(report, failing[failOn]) ? 1 : 0));
}

/** How reports are written: what they may ask for of files and rules. */
function presentationOf(
  { presentation, scan, input }: Session,
  { quiet }: CheckFlags,
  ruleOf: Presentation["ruleOf"],
): Presentation {
  return {
    ...presentation,
    quiet: quiet === true,
    documentsOf: (file) => scan.documentsOf(file),
    bytesOf(file) {
      const bytes = input.tree.read(file);
      return "reason" in bytes ? undefined : bytes;
    },
    ...(ruleOf && { ruleOf }),
  };
}

/** Columns of a text that is read from a file. */
const PAGE = 80;

/** Writes the report to the files of --output; what fails is told, and then the exit status is 2. */
async function writeFiles(
  wanted: readonly WantedFile[],
  report: Report,
  presentation: Presentation,
  { io }: Context,
): Promise<0 | 2> {
  const page = { ...presentation, colour: false, width: PAGE };
  let exit: 0 | 2 = 0;
  for (const { format, path } of wanted) {
    const reporter = await reporterOf(format);
    const failure = writeOutput(path, reporter(report, page), io.cwd);
    if (failure === undefined) continue;
    io.stderr(`sidelint: --output ${plain(`${format}=${path}: ${failure}`)}\n`);
    exit = 2;
  }
  return exit;
}

/** The findings to fix: those that the report shows. */
function selected(
  session: Session,
  { baseline }: CheckFlags,
  changed: Changed | undefined,
  { io }: Context,
): readonly Finding[] {
  const { world, findings } = session.scan;
  const found = baseline === undefined ? findings : comparedWith(session, baseline, io).comparison.fresh;
  return changed ? found.filter(concerns(world, changed)) : found;
}

/** The report: with --baseline of new findings alone, and with --changed of those that concern what changed. */
function reportOf(
  session: Session,
  { baseline }: CheckFlags,
  changed: Changed | undefined,
  { io }: Context,
): Report {
  const { report, world } = session.scan;
  const about = (all: Report) => (changed ? withFindings(all, concerns(world, changed)) : all);
  if (baseline === undefined) return about(report);
  const { comparison, file } = comparedWith(session, baseline, io);
  return about(withBaseline(report, comparison, file));
}

function fails(report: Report, grades: readonly Severity[]): boolean {
  return grades.some((severity) => report.summary.findings[severity] > 0);
}
