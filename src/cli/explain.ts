/** `sidelint explain`: the whole trace of one workload. */
import type { Command } from "commander";
import { plain } from "../report/cells.ts";
import { explain } from "../report/explain.ts";
import { explanationOf } from "../report/explanation.ts";
import { jsonText } from "../report/json.ts";
import { label } from "../report/list.ts";
import type { Report, ReportedWorkload } from "../report/report.ts";
import { findTarget } from "../report/target.ts";
import type { Context } from "./context.ts";
import { type ScanFlags, withScanOptions } from "./options.ts";
import { openSession } from "./session.ts";
import { oneOf, UsageError } from "./usage.ts";

export function addExplain(program: Command, context: Context): void {
  withScanOptions(
    program
      .command("explain")
      .description("Say why one workload gets a sidecar, or gets none")
      .argument("<workload>", "kind/name, name, file or file:line")
      .argument("[paths...]", "where to look (default: .)")
      .option("--format <format>", "text or json", "text"),
  )
    .addHelpText("after", examples)
    .action(async (asked: string, paths: readonly string[], flags: ScanFlags) => {
      const format = oneOf("--format", flags.format, ["text", "json"]);
      const { scan, presentation, exit } = await openSession(paths, flags, context.io, context.version);
      const explanations = chosen(scan.report, asked).map((workload) => explanationOf(scan.world, workload));
      await context.io.stdout(
        format === "json"
          ? jsonText({ explanations })
          : explanations.map((one) => explain(one, scan.report, presentation)).join("\n"),
      );
      context.exit(exit);
    });
}

function chosen(report: Report, asked: string): readonly ReportedWorkload[] {
  const target = findTarget(report, asked);
  if (target.found === "one") return target.workloads;
  if (target.found === "several") {
    const shown = target.workloads.slice(0, 10).map(candidate);
    const rest = target.workloads.length - shown.length;
    const more = rest > 0 ? [`  and ${rest} more`] : [];
    throw new UsageError(
      [`${plain(asked)} is the name of several workloads; name one by its place:`, ...shown, ...more].join(
        "\n",
      ),
    );
  }
  const known = `there ${report.workloads.length === 1 ? "is 1 workload" : `are ${report.workloads.length} workloads`}, see sidelint list`;
  const near = target.near.length > 0 ? `did you mean ${target.near.join(", ")}?` : known;
  throw new UsageError(plain(`no workload ${asked} here (${near})`));
}

function candidate(workload: ReportedWorkload): string {
  const built = workload.root === null ? "" : ` built by ${workload.root}`;
  const namespace = workload.namespace ?? "an unknown namespace";
  return plain(`  ${workload.file}:${workload.line}  ${label(workload)} in ${namespace}${built}`);
}

const examples = `
Examples:
  sidelint explain Deployment/web
  sidelint explain apps/web/deployment.yaml:14
  sidelint explain deploy/web apps platform   look only below these paths`;
