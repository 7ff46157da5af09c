/** The examples of the built-in rules as cases; they need no data. */
import { type Config, memoryTree, scan } from "../../src/index.ts";
import { ruleCatalogue } from "../../src/lint/catalogue.ts";
import { runExamples } from "../../src/lint/examples.ts";
import type { Family } from "./family.ts";

/** One case for each example of each rule. */
export const family: Family = async function* () {
  const check = (manifest: string, config: object) =>
    scan(memoryTree({ "manifest.yaml": manifest }), { config: config as Config }).findings;
  for (const { rule, example, failure } of runExamples(ruleCatalogue(), check)) {
    yield { id: `${rule}: ${example}`, group: rule, failure };
  }
};
