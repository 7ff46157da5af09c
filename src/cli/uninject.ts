/** `sidelint uninject`: manifests without the sidecar that was written into them. */

import { uninject as uninjected } from "../fix/rewriting.ts";
import { streamJson, streamYaml } from "../fix/stream.ts";
import { count, plain } from "../report/cells.ts";
import type { Context } from "./context.ts";
import type { ScanFlags } from "./options.ts";
import {
  deliverFiles,
  deliverWhole,
  deliveryOf,
  mustAgree,
  mustNotBeRead,
  type RewriteFlags,
  tellPlaces,
  wantsFiles,
  wholeParts,
} from "./rewrite.ts";
import { openWorld } from "./session.ts";
import { problemLines, unreadableOf } from "./unreadable.ts";
import { oneOf, UsageError } from "./usage.ts";

export interface UninjectFlags extends Omit<ScanFlags, "format">, RewriteFlags {
  readonly filename?: readonly string[];
  readonly output?: string;
  readonly outputFormat: string;
}

const formats = ["yaml", "json"] as const;

/** Takes sidecars out of what the paths name, and delivers it as the flags ask; returns the exit status. Throws a UsageError. */
export async function uninject(
  paths: readonly string[],
  flags: UninjectFlags,
  context: Context,
): Promise<0 | 1 | 2> {
  const { io } = context;
  const format = oneOf("--output-format", flags.outputFormat, formats);
  mustAgree(flags, paths.includes("-"));
  if (format !== "yaml" && wantsFiles(flags))
    throw new UsageError(`--output-format ${format} is for the result as a whole, not for changed files`);
  const session = await openWorld(paths, { ...flags, format: "text" }, io, context.version);
  const { scan, input } = session;
  const { files, workloads, left, problems } = uninjected(scan);
  mustNotBeRead(flags.output, session, io);
  // What could not be read has been told.
  if (session.exit !== 0) return session.exit;
  const wrong = [...unreadableOf(scan, input), ...problems];
  if (wrong.length > 0) {
    io.stderr(problemLines(wrong));
    return 2;
  }
  const [single, general] = [
    left.filter(({ label }) => label !== ""),
    left.filter(({ label }) => label === ""),
  ];
  tellPlaces(single, ({ label, says }) => `${label}: ${says}`, io);
  for (const { says } of general) io.stderr(`sidelint: ${plain(says)}\n`);
  if (!wantsFiles(flags)) {
    const parts = wholeParts(scan.files, input, files);
    const text = format === "json" ? streamJson(parts) : streamYaml(parts);
    return deliverWhole(text, flags.output, io);
  }
  const status = await deliverFiles(files, flags, deliveryOf(session, io));
  if (flags.inPlace && status === 0) {
    io.stderr(
      workloads.length === 0
        ? "sidelint: no sidecar to take out\n"
        : `sidelint: took the sidecar out of ${count(workloads.length, "workload")} in ${count(files.length, "file")}\n`,
    );
  }
  return status;
}
