/** What `sidelint rules test` takes, and its help. */
import type { Command } from "commander";
import type { Context } from "../context.ts";
import { withColour } from "../options.ts";
import type { TestFlags } from "../rules-test.ts";

export function addRulesTest(rules: Command, context: Context): void {
  withColour(
    rules
      .command("test")
      .description("Run the examples of your rules as their tests")
      .argument("[paths...]", "files and directories with rules (default: those that sidelint.yaml names)")
      .option("--builtin", "the built-in rules, too")
      .option("--config <file>", "read this configuration (default: sidelint.yaml, here or above)")
      .option("--no-config", "read no configuration"),
  )
    .addHelpText("after", examples)
    .action(async (paths: readonly string[], flags: TestFlags) => {
      const { testedRules } = await import("../rules-test.ts");
      await testedRules(paths, flags, context);
    });
}

const examples = `
Examples:
  sidelint rules test                     the rules that sidelint.yaml names
  sidelint rules test policies/team.yaml
  sidelint rules test --builtin

Exit status: 0 all examples hold, 1 some fail, 2 usage errors and rules that
cannot be read.`;
