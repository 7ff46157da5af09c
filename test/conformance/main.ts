/**
 * Runs the conformance families of a folder through the public engine:
 * `npm run conformance -- --data DIR [--family NAME] [--repos DIR] [--verbose] [--argued FILE]`.
 * With --argued a failure whose id stands in that text is still printed as one, and does not fail the run.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Family, Outcome, Table } from "./family.ts";

interface FamilyModule {
  readonly family: Family;
  readonly table?: Table;
}

const families: Readonly<Record<string, () => Promise<FamilyModule>>> = {
  decision: () => import("./decision.ts"),
  injection: () => import("./injection.ts"),
  releases: () => import("./releases.ts"),
  upgrade: () => import("./upgrade.ts"),
  uninject: () => import("./uninject.ts"),
  "semantics/quantity": () => import("./semantics-quantity.ts"),
  "semantics/smp": () => import("./semantics-smp.ts"),
  "semantics/canonical": () => import("./semantics-canonical.ts"),
  "semantics/schema": () => import("./semantics-schema.ts"),
  "semantics/yaml": () => import("./semantics-yaml.ts"),
  "semantics/gotemplate": () => import("./semantics-gotemplate.ts"),
  legacy: () => import("./legacy.ts"),
  capture: () => import("./capture.ts"),
  field: () => import("./field.ts"),
  rules: () => import("./rules.ts"),
};
/** Families that bring their own cases, or take those of other families. */
const selfContained: ReadonlySet<string> = new Set(["rules", "uninject", "upgrade"]);
const needsNoData = "rules";

const { values } = parseArgs({
  options: {
    data: { type: "string" },
    family: { type: "string", multiple: true },
    repos: { type: "string" },
    verbose: { type: "boolean", default: false },
    argued: { type: "string" },
  },
});
const argued = values.argued === undefined ? "" : readFileSync(values.argued, "utf8");

const chosen = Object.keys(families).filter(
  (name) => !values.family || values.family.some((asked) => name === asked || name.startsWith(`${asked}/`)),
);
if (chosen.length === 0) {
  console.error(
    `conformance: no family ${values.family?.join(", ")}; there are ${Object.keys(families).join(", ")}`,
  );
  process.exit(2);
}

const { data = "" } = values;
if (!existsSync(data) && chosen.some((name) => name !== needsNoData)) {
  console.error(
    `conformance: --data DIR names the folder with the families; ${data ? `${data} does not exist` : "it is missing"}`,
  );
  process.exit(2);
}

let failures = 0;
for (const name of chosen) {
  const directory = join(data, name);
  if (!selfContained.has(name) && !existsSync(directory)) {
    if (values.family) {
      console.error(`conformance: ${directory} does not exist`);
      process.exit(2);
    }
    continue;
  }
  const load = families[name];
  if (!load) continue;
  const { family, table } = await load();
  const tally = new Map<string, Outcome>();
  for await (const result of family({ directory, repos: values.repos })) {
    const group = tally.get(result.group) ?? { passed: 0, failed: [] };
    tally.set(result.group, group);
    if (result.failure === undefined) group.passed++;
    else group.failed.push(result);
  }
  if (table) printRows(table(tally));
  let passed = 0;
  let failed = 0;
  for (const [group, { passed: good, failed: bad }] of tally) {
    if (values.verbose) {
      if (!table) console.log(`  ${group}: ${good} passed, ${bad.length} failed`);
      for (const { id, failure } of bad) console.log(`    ${id}: ${failure}`);
    }
    passed += good;
    failed += bad.length;
  }
  const known = [...tally.values()]
    .flatMap((group) => group.failed)
    .filter(({ id }) => argued.includes(`\`${id}\``));
  failures += failed - known.length;
  const note = known.length > 0 ? ` (argued: ${known.map(({ id }) => id).join(", ")})` : "";
  console.log(`${name}: ${passed} passed, ${failed} failed${note}`);
}
process.exitCode = failures === 0 ? 0 : 1;

/** Rows of cells in columns. */
function printRows(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of rows) {
    const cells = row.map((cell, column) => cell.padEnd(widths[column] ?? 0));
    console.log(`  ${cells.join("  ").trimEnd()}`);
  }
}
