/** What `sidelint diff` takes, and its help. */
import type { Command } from "commander";
import type { Context } from "../context.ts";
import type { DiffFlags } from "../diff.ts";
import { gather, withPrograms, withWorldOptions } from "../options.ts";

export function addDiff(program: Command, context: Context): void {
  withPrograms(
    withWorldOptions(
      program
        .command("diff")
        .description("Say what a change does to sidecars, and which facts did it")
        .argument("<before>", "a commit, a range (A..B, A...B) or a directory")
        .argument("[after]", "a commit or a directory (default: the working tree)")
        .option("--format <format>", "text, markdown or json", "text")
        .option("--fail-on <kind>", "exit 1 for what is lost, gained or changed; repeatable", gather)
        .option("--merge-base", "compare with where the two commits parted")
        .option("--verbose", "name every workload and every setting"),
    ),
  )
    .addHelpText("after", examples)
    .action(async (before: string, after: string | undefined, flags: DiffFlags) => {
      const { compared } = await import("../diff.ts");
      await compared(after === undefined ? [before] : [before, after], flags, context);
    });
}

const examples = `
Examples:
  sidelint diff main                        the working tree against main
  sidelint diff main...                     what this branch does, committed
  sidelint diff v1.2 v1.3 --format markdown for a pull request's comment
  sidelint diff old/ new/                   two directories, without git
  sidelint diff main --fail-on lost         stop what takes sidecars away
  cd apps && sidelint diff HEAD             what is not committed, in apps

Commits are read from git's objects; nothing is checked out or fetched.
Exit status: 0, or 1 for what --fail-on names, 2 usage, configuration
or reading errors.`;
