/** What `sidelint rules` takes, and its help. */
import type { Command } from "commander";
import type { Context } from "../context.ts";
import { withColour } from "../options.ts";
import type { RulesFlags } from "../rules.ts";
import { addRulesNew } from "./rules-new.ts";
import { addRulesTest } from "./rules-test.ts";

export function addRules(program: Command, context: Context): void {
  const command = withColour(
    program
      .command("rules")
      .description("List the rules, your own too, or explain one")
      .argument("[id]", "the id of a rule, or the code that istioctl analyze gives it")
      .option("--format <format>", "text or json", "text")
      .option(
        "--config <file>",
        "with the rules that this configuration names (default: sidelint.yaml, here or above)",
      )
      .option("--no-config", "the built-in rules alone"),
  )
    .addHelpText("after", examples)
    .action(async (id: string | undefined, flags: RulesFlags) => {
      const { rules } = await import("../rules.ts");
      await rules(id, flags, context);
    });
  addRulesTest(command, context);
  addRulesNew(command, context);
}

const examples = `
Examples:
  sidelint rules
  sidelint rules proxy-cpu-limit-missing
  sidelint rules IST0135
  sidelint rules test                         the examples of your own rules
  sidelint rules new acme/team-label-missing  a rule of your own`;
