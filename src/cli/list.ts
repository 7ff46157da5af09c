/** `sidelint list`: the workloads with their verdicts. */
import { json } from "../report/json.ts";
import { list } from "../report/list.ts";
import type { Context } from "./context.ts";
import type { ScanFlags } from "./options.ts";
import { openSession } from "./session.ts";
import { oneOf } from "./usage.ts";

/** Prints the workloads, a line each, or the report as JSON. Throws a UsageError. */
export async function listed(paths: readonly string[], flags: ScanFlags, context: Context): Promise<void> {
  const format = oneOf("--format", flags.format, ["text", "json"]);
  const { scan, presentation, exit } = await openSession(paths, flags, context.io, context.version);
  const whole = { ...presentation, width: context.io.columns ?? Number.POSITIVE_INFINITY };
  await context.io.stdout(format === "json" ? json(scan.report, presentation) : list(scan.report, whole));
  context.exit(exit);
}
