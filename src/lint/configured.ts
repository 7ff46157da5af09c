/** The rules that a configuration names, with everything that is wrong in them, or with what it says of rules. */
import type { FileTree } from "../source/tree.ts";
import type { AcceptedConfig, ConfigProblem } from "../world/config.ts";
import { defaultRules } from "./run.ts";
import { settingProblems } from "./settings.ts";
import { configuredRules, type RulePlaces, type RuleReading } from "./user-rules.ts";

/** Reads the rules; settings of rules that there are not are told where the rules themselves are in order. */
export function rulesOf(
  tree: FileTree,
  { config, locate }: AcceptedConfig,
  places: RulePlaces,
): Pick<RuleReading, "rules" | "problems" | "textOf"> {
  const own = configuredRules(tree, config, places);
  if (own.problems.length > 0) return own;
  const known = [...defaultRules(), ...own.rules.map(({ rule }) => rule)];
  const problems = settingProblems(config, known).map(({ path, part, message, hint }): ConfigProblem => {
    const location = locate(path, part);
    return { message, hint, ...(location && { location }) };
  });
  return { ...own, problems };
}
