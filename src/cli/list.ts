/** `sidelint list`: the workloads with their verdicts. */
import { json } from "../report/json.ts";
import { list } from "../report/list.ts";
import type { Context } from "./context.ts";
import type { ScanFlags } from "./options.ts";
import { openSession, openWorld } from "./session.ts";
import { tellUnreadable } from "./unreadable.ts";
import { oneOf } from "./usage.ts";
import { worldReport } from "./world-report.ts";

/** Prints the workloads, a line each, or the report as JSON. Throws a UsageError. */
export async function listed(paths: readonly string[], flags: ScanFlags, context: Context): Promise<void> {
  const format = oneOf("--format", flags.format, ["text", "json"]);
  const { io, version } = context;
  if (format === "json") {
    const { scan, presentation, exit } = await openSession(paths, flags, io, version);
    await io.stdout(json(scan.report, presentation));
    return context.exit(tellUnreadable(scan, io) || exit);
  }
  const session = await openWorld(paths, flags, io, version);
  const whole = { ...session.presentation, width: io.columns ?? Number.POSITIVE_INFINITY };
  const exit = tellUnreadable(session.scan, io) || session.exit;
  const report = worldReport(session);
  // What could not be read has been told; that there is nothing would only be half true.
  if (exit === 0 || report.workloads.length > 0) await io.stdout(list(report, whole));
  context.exit(exit);
}
