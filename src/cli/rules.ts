/** `sidelint rules`: the catalogue, and one rule with its examples. */
import { nearest } from "../kube/nearest.ts";
import type { RulePage } from "../lint/catalogue.ts";
import type { Rule } from "../lint/rule.ts";
import { type RuleSettings, settingsOf } from "../lint/settings.ts";
import { catalogue, type RuleSetting, rulePage } from "../report/rules.ts";
import { diskTree } from "../source/disk.ts";
import { readConfig } from "./config.ts";
import type { Context } from "./context.ts";
import { presentationFor } from "./session.ts";
import { guess, oneOf, UsageError } from "./usage.ts";

export interface RulesFlags {
  readonly format: string;
  readonly config?: string | false;
  readonly color?: boolean;
}

/** Prints the catalogue, or the pages of the rules of an id. Throws a UsageError. */
export async function rules(id: string | undefined, flags: RulesFlags, context: Context): Promise<void> {
  const format = oneOf("--format", flags.format, ["text", "json"]);
  const { pageOf, ruleCatalogue, rulesNamed } = await import("../lint/catalogue.ts");
  const presentation = presentationFor(flags, context.io);
  const { userRules, config, path } = await readConfig(
    flags.config,
    diskTree(context.io.cwd),
    ["."],
    presentation,
  );
  const rules = [...ruleCatalogue(), ...userRules.map(({ rule, file }) => pageOf(rule, file))];
  const named = id === undefined ? undefined : rulesNamed(id, rules);
  if (id === "rule-failed") {
    await context.io.stdout(format === "json" ? `${JSON.stringify(ruleFailed, null, 2)}\n` : failedPage);
    return;
  }
  if (id !== undefined && named?.length === 0) noRule(id, rules);
  const told = named?.length === 1 ? named[0] : (named ?? rules);
  if (format === "json") await context.io.stdout(`${JSON.stringify(told, plainNumbers, 2)}\n`);
  else if (!named) await context.io.stdout(catalogue(rules, presentation));
  else
    await context.io.stdout(
      named
        .map((rule) =>
          rulePage(
            rule,
            presentation,
            path === undefined ? undefined : { ...settingAt(rule, config), config: path },
          ),
        )
        .join("\n\n"),
    );
}

/** Whole numbers of parameters, which rules see as those of CEL. */
function plainNumbers(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? Number(value) : value;
}

function noRule(id: string, rules: readonly RulePage[]): never {
  const names = rules.flatMap((rule) => [rule.id, ...rule.aliases]);
  const [command] = nearest(id, ["test", "new"]);
  const meant = command ? ` (did you mean sidelint rules ${command}?)` : guess(id, names);
  throw new UsageError(`there is no rule ${id}${meant || "; see sidelint rules"}`);
}

/** How a configuration sets a rule where no override says otherwise, and whether one does. */
function settingAt(
  rule: Rule,
  config: RuleSettings,
): Pick<RuleSetting, "severity" | "parameters" | "elsewhere"> {
  const { severity, parameters } = settingsOf({ ...config, overrides: [] }).of(rule, {
    file: undefined,
    namespace: undefined,
  });
  const names = [rule.id, ...rule.aliases];
  const elsewhere = (config.overrides ?? []).some(({ rules = {} }) => names.some((name) => name in rules));
  return { severity, parameters, elsewhere };
}

/** What is told of a rule that fails is no rule itself. */
const ruleFailed = {
  id: "rule-failed",
  severity: "error",
  summary: "a rule that could not be evaluated, so that nobody knows what it would have found",
  why: "An expression of the rule met a value that it cannot take, or took too many steps. Other rules go on.",
  fix: "Mend the rule at the line that the finding names. It is no rule itself: no setting switches it off.",
};

const failedPage = `${ruleFailed.id}  ${ruleFailed.severity}
${ruleFailed.summary}

Why
  ${ruleFailed.why.replace(". ", ".\n  ")}

What to do
  ${ruleFailed.fix.replace(". ", ".\n  ")}
`;
