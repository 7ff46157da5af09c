/** The examples of the built-in rules as cases; they need no data. */
import { type Config, fix, memoryTree, type Scan, scan } from "../../src/index.ts";
import { ruleCatalogue } from "../../src/lint/catalogue.ts";
import { runExamples } from "../../src/lint/examples.ts";
import { fixKind, releasesOf } from "../../src/report/rule-facts.ts";
import type { Family, Table } from "./family.ts";

/** One case for each example of each rule: bad ones are found at their place and fixed as they say, good ones are silent. */
export const family: Family = async function* () {
  for (const { rule, example, failure } of runExamples(ruleCatalogue(), check, fixText)) {
    yield { id: `${rule}: ${example}`, group: rule, failure };
  }
};

const tree = (manifest: string) => memoryTree({ "manifest.yaml": manifest });

const check = (manifest: string, config: object) =>
  scan(tree(manifest), { config: config as Config }).findings;

const fixText = (manifest: string, config: object, rule: string) => {
  const select = ({ findings }: Scan) => findings.filter((finding) => finding.rule === rule);
  const { files } = fix(tree(manifest), { config: config as Config }, { unsafe: true, select });
  return files[0]?.after ?? manifest;
};

/** Every rule with its severity, releases, codes and fix, and whether its examples hold. */
export const table: Table = (tally) => {
  const rows = ruleCatalogue().map((rule) => {
    const { passed, failed } = tally.get(rule.id) ?? { passed: 0, failed: [] };
    return [
      rule.id,
      failed.length > 0 ? "FAILS" : passed === 0 ? "UNTESTED" : "holds",
      `${rule.bad.length} bad, ${rule.good.length} good`,
      rule.severity,
      { none: "-", safe: "safe", unsafe: "unsafe", either: "safe/unsafe" }[fixKind(rule)],
      rule.aliases.join(" ") || "-",
      releasesOf(rule),
    ];
  });
  return [["RULE", "STATE", "EXAMPLES", "SEVERITY", "FIX", "CODES", "ABOUT"], ...rows];
};
