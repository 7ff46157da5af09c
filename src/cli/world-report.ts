/** The report of a world alone, for commands that tell of workloads and not of findings. */
import { makeReport } from "../report/make.ts";
import type { Report } from "../report/report.ts";
import { type FullReading, worldOfAll } from "../world/read.ts";
import type { WorldSession } from "./session.ts";

/** The workloads of a session as a report shows them; there are no findings in it, as nothing was linted. */
export function worldReport({ scan, options }: WorldSession<FullReading>): Report {
  const { collected, worlds } = scan;
  return makeReport({
    world: worldOfAll(scan),
    worlds,
    findings: [],
    suppressed: [],
    files: collected.files,
    documents: collected.documents,
    assume: options.assume,
    version: options.version ?? "",
  });
}
