/** docs/rules/ says what rules/ says and what sidelint prints; `npm run generate` writes it anew. */
import { readdirSync, readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ruleDocs } from "../../scripts/rule-docs.ts";
import { ruleCatalogue } from "../../src/lint/catalogue.ts";

const folder = new URL("../../docs/rules/", import.meta.url);
const pages = await ruleDocs();

const docs = suite("docs/rules/");

for (const [name, text] of pages) {
  docs(`${name} is up to date`, () => assert.is(readFileSync(new URL(name, folder), "utf8"), text));
}

docs("there is a page for every rule and no other", () => {
  assert.equal(readdirSync(folder).sort(), [...pages.keys()].sort());
  assert.is(pages.size, ruleCatalogue().length + 1);
});

docs("every page says why, what to do, what is printed, and how to hide it", () => {
  for (const { id, severity } of ruleCatalogue()) {
    const page = pages.get(`${id}.md`) ?? "";
    for (const part of [
      "## Why\n",
      "## What to do\n",
      "$ sidelint check\n",
      `| severity | ${severity}`,
      `# sidelint-ignore ${id} -- reason`,
    ])
      assert.ok(page.includes(part), `${id}: ${part}`);
  }
});

docs("the index names every rule", () => {
  const index = pages.get("README.md") ?? "";
  for (const { id } of ruleCatalogue()) assert.ok(index.includes(`| [${id}](${id}.md) |`), id);
});

docs.run();
