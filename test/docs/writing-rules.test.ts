/** docs/writing-rules.md shows what happens. `UPDATE=1 npx tsx test/docs/writing-rules.test.ts` puts what its commands print into the page. */
import { suite } from "uvu";
import { runPage } from "./printed-page.ts";

const docs = suite("docs/writing-rules.md");

docs("prints what it says", () => runPage("writing-rules.md", 6));

docs.run();
