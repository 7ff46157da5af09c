/** Every rule's examples, through the public API. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Config, fix, memoryTree, type Scan, scan } from "../../src/index.ts";
import { ruleCatalogue } from "../../src/lint/catalogue.ts";
import { runExamples } from "../../src/lint/examples.ts";
import { defaultRules } from "../../src/lint/run.ts";

const check = (manifest: string, config: object) =>
  scan(memoryTree({ "manifest.yaml": manifest }), { config: config as Config }).findings;

const fixText = (manifest: string, config: object, rule: string) => {
  const tree = memoryTree({ "manifest.yaml": manifest });
  const select = ({ findings }: Scan) => findings.filter((finding) => finding.rule === rule);
  const { files } = fix(tree, { config: config as Config }, { unsafe: true, select });
  return files[0]?.after ?? manifest;
};

const examples = suite("rule examples");
for (const { rule, example, failure } of runExamples(ruleCatalogue(), check, fixText)) {
  examples(`${rule}: ${example} holds`, () => assert.is(failure, undefined, failure));
}

examples("every rule has a bad and a good example, and each bad one expects something", () => {
  for (const { id, bad, good } of ruleCatalogue()) {
    assert.ok(bad.length > 0 && good.length > 0, id);
    for (const { expect } of bad) assert.ok(expect.length > 0, id);
  }
});

examples("a rule with edits has an example that is fixed, and no other rule has", () => {
  const editing = defaultRules().filter(({ checks }) => checks.some(({ edits }) => edits));
  const shown = ruleCatalogue().filter(({ bad }) => bad.some(({ fixed }) => fixed !== undefined));
  assert.ok(editing.length > 10);
  assert.equal(
    shown.map(({ id }) => id),
    editing.map(({ id }) => id),
  );
});

examples("an example that is fixed otherwise, or that a fix leaves, fails", () => {
  const rule = ruleCatalogue().find(({ id }) => id === "inject-label-annotation-disagree");
  const [example] = rule?.bad ?? [];
  assert.ok(rule && example?.fixed);
  const failures = (fixed: string | undefined, run = fixText) => {
    const { fixed: _, ...rest } = example;
    const changed = { ...rule, bad: [{ ...rest, ...(fixed !== undefined && { fixed }) }], good: [] };
    return runExamples([changed], check, run)[0]?.failure;
  };
  assert.is(failures(example.fixed), undefined);
  assert.match(failures(undefined) ?? "", /does not say what becomes of it; add fixed:/);
  assert.match(failures(`${example.fixed}# more\n`) ?? "", /^expected to be fixed as/);
  assert.match(
    failures(example.manifest, (manifest) => manifest) ?? "",
    /^fixed, it is not silent: expected nothing\nfound/,
  );
});

examples("an example that expects something else fails", () => {
  const [rule] = ruleCatalogue();
  assert.ok(rule);
  const [example] = rule.bad;
  assert.ok(example);
  const wrong = { ...rule, bad: [{ ...example, expect: [{ at: "1:1-1:2", message: "another" }] }], good: [] };
  const silent = { ...rule, bad: [], good: [example] };
  const results = runExamples([wrong, silent], check);
  assert.equal(
    results.map(({ failure }) => failure !== undefined),
    [true, true],
  );
});

examples.run();
