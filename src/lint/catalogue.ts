/** The built-in rules with their documentation and examples; apart from the rules themselves, so that a check does not load it. */
import { rulePages } from "./generated/rule-pages.ts";
import type { Rule, RuleFile } from "./rule.ts";
import { defaultRules } from "./run.ts";

/** A rule as a reader wants it. */
export interface RulePage extends Rule {
  readonly why: string;
  readonly fix: string;
  readonly bad: RuleFile["bad"];
  readonly good: RuleFile["good"];
}

/** Every built-in rule, in the order of their ids. */
export function ruleCatalogue(): readonly RulePage[] {
  const pages = new Map(rulePages.map((page) => [page.id, page]));
  return defaultRules().flatMap((rule) => {
    const page = pages.get(rule.id);
    return page ? [pageOf(rule, page)] : [];
  });
}

/** A rule with what its file says to readers. */
export function pageOf(
  rule: Rule,
  { why, fix, bad, good }: Pick<RuleFile, "why" | "fix" | "bad" | "good">,
): RulePage {
  return { ...rule, why, fix, bad, good };
}

/** The rules that an id or a code of istioctl names, the code in either case; default: among the built-in ones. */
export function rulesNamed(name: string, rules = ruleCatalogue()): readonly RulePage[] {
  return rules.filter(({ id, aliases }) => id === name || aliases.includes(name.toUpperCase()));
}
