/** docs/reports.md shows what happens. `UPDATE=1 npx tsx test/docs/reports.test.ts` puts what its commands print into the page. */
import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { formatNames } from "../../src/cli/formats.ts";
import { runPage } from "./printed-page.ts";

const docs = suite("docs/reports.md");

docs("prints what it says", () => runPage("reports.md", 5));

docs("has a section for every format, and no others", () => {
  const text = readFileSync(new URL("../../docs/reports.md", import.meta.url), "utf8");
  const headings = [...text.matchAll(/^## (.*)$/gm)].flatMap(([, heading = ""]) => heading.split(" and "));
  assert.equal(headings, [...formatNames]);
});

docs.run();
