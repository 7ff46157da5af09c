/** docs/rules-environment.md says what the environment is; `UPDATE=1 npx tsx test/lint/reference.test.ts` writes it anew. */
import { readFileSync, writeFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { environmentReference } from "../../src/lint/reference.ts";

const page = new URL("../../docs/rules-environment.md", import.meta.url);
if (process.env.UPDATE) writeFileSync(page, environmentReference());

const reference = suite("reference of the environment");

reference("the page is up to date", () => {
  assert.is(readFileSync(page, "utf8"), environmentReference());
});

reference("every type that is named is described", () => {
  const text = environmentReference();
  for (const [, type] of text.matchAll(/`(?:list<)?([A-Z]\w+)>?` \|/g))
    assert.ok(text.includes(`### ${type}\n`), type);
});

reference.run();
