/** Every rule's examples, through the public API. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Config, memoryTree, scan } from "../../src/index.ts";
import { ruleCatalogue } from "../../src/lint/catalogue.ts";
import { runExamples } from "../../src/lint/examples.ts";

const check = (manifest: string, config: object) =>
  scan(memoryTree({ "manifest.yaml": manifest }), { config: config as Config }).findings;

const examples = suite("rule examples");
for (const { rule, example, failure } of runExamples(ruleCatalogue(), check)) {
  examples(`${rule}: ${example} holds`, () => assert.is(failure, undefined, failure));
}

examples("every rule has a bad and a good example, and each bad one expects something", () => {
  for (const { id, bad, good } of ruleCatalogue()) {
    assert.ok(bad.length > 0 && good.length > 0, id);
    for (const { expect } of bad) assert.ok(expect.length > 0, id);
  }
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
