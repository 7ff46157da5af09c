/** What `sidelint uninject` takes, and its help. */
import type { Command } from "commander";
import type { Context } from "../context.ts";
import { gather, withRewriteOptions, withScanOptions } from "../options.ts";
import type { UninjectFlags } from "../uninject.ts";

export function addUninject(program: Command, context: Context): void {
  const command = program
    .command("uninject")
    .description("Take the sidecar out of manifests again")
    .argument("[paths...]", "files, directories, globs, or - for standard input (default: .)")
    .option("-f, --filename <file>", "the same as a path; repeatable", gather)
    .option("-o, --output <file>", "write the result to this file instead of standard output")
    .option("--output-format <format>", "yaml or json", "yaml");
  withScanOptions(withRewriteOptions(command))
    .addHelpText("after", examples)
    .action(async (paths: readonly string[], flags: UninjectFlags) => {
      const { uninject } = await import("../uninject.ts");
      context.exit(await uninject([...paths, ...(flags.filename ?? [])], flags, context));
    });
}

const examples = `
Examples:
  sidelint uninject injected.yaml > original.yaml
  sidelint uninject --in-place apps      every sidecar below apps
  sidelint uninject --diff apps          what that would change

What injection does not record is said on standard error, with its place.`;
