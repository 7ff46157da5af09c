/** Facts pass over what a check has nothing to say of, and over nothing else. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Config, memoryTree, scan } from "../../src/index.ts";
import { ruleCatalogue } from "../../src/lint/catalogue.ts";
import { facts } from "../../src/lint/facts.ts";
import type { Finding } from "../../src/lint/finding.ts";
import type { Check, Rule } from "../../src/lint/rule.ts";
import { defaultRules, lint } from "../../src/lint/run.ts";

const test = suite("facts");

const manifests = ruleCatalogue().flatMap(({ bad, good }) =>
  [...bad, ...good].map(({ manifest, config }) => ({ manifest, config: (config ?? {}) as Config })),
);

function withoutFacts(check: Check): Check {
  if (!check.needs?.facts) return check;
  const { needs: _, ...rest } = check;
  return rest;
}

/** Findings without what is worked out later. */
const told = (findings: readonly Finding[]) => findings.map((finding) => JSON.stringify(finding));

test("no rule says less because of its facts", () => {
  const rules: readonly Rule[] = defaultRules().map((rule) => ({
    ...rule,
    checks: rule.checks.map(withoutFacts),
  }));
  for (const { manifest, config } of manifests) {
    const { world } = scan(memoryTree({ "a.yaml": manifest }), { config });
    assert.equal(told(lint(world, [])), told(lint(world, [], { rules })), manifest);
  }
});

for (const word of Object.keys(facts) as readonly (keyof typeof facts)[]) {
  test(`${word} holds of some workloads and not of others`, () => {
    const check: Check = { on: "workload", needs: { facts: [word] }, message: "m" };
    const rule = { id: "r", severity: "info", aliases: [], since: undefined, until: undefined } as const;
    const answers = manifests.flatMap(({ manifest, config }) => {
      const { world } = scan(memoryTree({ "a.yaml": manifest }), { config });
      if (world.workloads.length === 0) return [];
      return [lint(world, [], { rules: [{ ...rule, summary: "r", checks: [check] }] }).length > 0];
    });
    assert.ok(answers.includes(true) && answers.includes(false));
  });

  test(`${word} is used by a rule`, () => {
    const checks = defaultRules().flatMap((rule) => rule.checks);
    assert.ok(checks.some(({ needs }) => needs?.facts?.includes(word)));
  });
}

test.run();
