/** What `sidelint rules new` takes, and its help. */
import type { Command } from "commander";
import type { Context } from "../context.ts";
import { withColour } from "../options.ts";
import type { NewFlags } from "../rules-new.ts";

export function addRulesNew(rules: Command, context: Context): void {
  withColour(
    rules
      .command("new")
      .description("Write a rule of your own to start from")
      .argument("<id>", "its id, with a prefix of your own: acme/team-label-missing")
      .argument(
        "[file]",
        "where to (default: the first directory with rules that sidelint.yaml names, or rules/)",
      )
      .option("--config <file>", "read this configuration (default: sidelint.yaml, here or above)")
      .option("--no-config", "read no configuration"),
  )
    .addHelpText("after", examples)
    .action(async (id: string, file: string | undefined, flags: NewFlags) => {
      const { newRule } = await import("../rules-new.ts");
      await newRule(id, file, flags, context);
    });
}

const examples = `
Examples:
  sidelint rules new acme/team-label-missing
  sidelint rules new acme/team-label-missing policies/team.yaml`;
