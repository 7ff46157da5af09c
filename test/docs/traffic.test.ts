/** docs/traffic.md shows what happens. `UPDATE=1 npx tsx test/docs/traffic.test.ts` puts what its commands print into the page. */
import { suite } from "uvu";
import { runPage } from "./printed-page.ts";

const docs = suite("docs/traffic.md");

docs("prints what it says", () => runPage("traffic.md", 6));

docs.run();
