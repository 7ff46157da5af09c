/** docs/suppressions.md shows what happens. `UPDATE=1 npx tsx test/docs/suppressions.test.ts` puts what its commands print into the page. */
import { suite } from "uvu";
import { runPage } from "./printed-page.ts";

const docs = suite("docs/suppressions.md");

docs("prints what it says", () => runPage("suppressions.md", 6));

docs.run();
