/** docs/fixes.md shows what happens. `UPDATE=1 npx tsx test/docs/fixes.test.ts` puts what its commands print into the page. */
import { suite } from "uvu";
import { runPage } from "./printed-page.ts";

const docs = suite("docs/fixes.md");

docs("prints what it says", () => runPage("fixes.md", 4));

docs.run();
