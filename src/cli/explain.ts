/** `sidelint explain`: the whole trace of one workload. */
import { explainAll } from "../report/explain.ts";
import { explanationOf } from "../report/explanation.ts";
import { jsonText } from "../report/json.ts";
import { worldOf } from "../world/read.ts";
import { chosen, placed } from "./chosen.ts";
import type { Context } from "./context.ts";
import type { ScanFlags } from "./options.ts";
import { openWorld } from "./session.ts";
import { tellUnreadable } from "./unreadable.ts";
import { oneOf } from "./usage.ts";
import { worldReport } from "./world-report.ts";

export interface ExplainFlags extends ScanFlags {
  readonly builtBy?: string;
}

/** Prints why the workload that is asked for gets a sidecar, or none. Throws a UsageError where it is none, or several. */
export async function explained(
  asked: string,
  paths: readonly string[],
  flags: ExplainFlags,
  context: Context,
): Promise<void> {
  const format = oneOf("--format", flags.format, ["text", "json"]);
  const wanted = placed(asked, paths, context.io.cwd);
  const session = await openWorld(wanted.paths, flags, context.io, context.version);
  const { scan, presentation } = session;
  const exit = tellUnreadable(scan, context.io) || session.exit;
  const report = worldReport(session);
  const explanations = chosen(scan, report, wanted.asked, flags.builtBy).map((workload) =>
    explanationOf(worldOf(scan, workload.cluster), workload),
  );
  await context.io.stdout(
    format === "json" ? jsonText({ explanations }) : explainAll(explanations, report, presentation),
  );
  context.exit(exit);
}
