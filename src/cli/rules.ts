/** `sidelint rules`: the catalogue, and one rule with its examples. */
import type { Command } from "commander";
import { catalogue, type RuleEntry, rulePage } from "../report/rules.ts";
import type { Context } from "./context.ts";
import { withColour } from "./options.ts";
import { presentationFor } from "./session.ts";
import { guess, oneOf, UsageError } from "./usage.ts";

interface RulesFlags {
  readonly format: string;
  readonly color?: boolean;
}

export function addRules(program: Command, context: Context): void {
  withColour(
    program
      .command("rules")
      .description("List the rules, or explain one")
      .argument("[id]", "the id of a rule, or the code that istioctl analyze gives it")
      .option("--format <format>", "text or json", "text"),
  )
    .addHelpText("after", examples)
    .action(async (id: string | undefined, flags: RulesFlags) => {
      const format = oneOf("--format", flags.format, ["text", "json"]);
      const rules = await allRules();
      const presentation = presentationFor(flags, context.io);
      const one = id === undefined ? undefined : ruleCalled(id, rules);
      if (format === "json") await context.io.stdout(`${JSON.stringify(one ?? rules, null, 2)}\n`);
      else await context.io.stdout(one ? rulePage(one, presentation) : catalogue(rules, presentation));
    });
}

/** The rules with their prose, which a check does without. */
async function allRules(): Promise<readonly RuleEntry[]> {
  const { builtinRules } = await import("../lint/generated/rules.ts");
  const { rulePages } = await import("../lint/generated/rule-pages.ts");
  const pages = new Map(rulePages.map((page) => [page.id, page]));
  return builtinRules.flatMap((rule) => {
    const page = pages.get(rule.id);
    return page ? [{ ...rule, ...page }] : [];
  });
}

function ruleCalled(id: string, rules: readonly RuleEntry[]): RuleEntry {
  const found = rules.find((rule) => rule.id === id || rule.aliases?.includes(id.toUpperCase()));
  if (found) return found;
  const guessed = guess(
    id,
    rules.flatMap((rule) => [rule.id, ...(rule.aliases ?? [])]),
  );
  throw new UsageError(`there is no rule ${id}${guessed || "; see sidelint rules"}`);
}

const examples = `
Examples:
  sidelint rules
  sidelint rules proxy-cpu-limit-missing
  sidelint rules IST0135`;
