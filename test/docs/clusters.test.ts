/** docs/clusters.md shows what happens. `UPDATE=1 npx tsx test/docs/clusters.test.ts` puts what its commands print into the page. */
import { suite } from "uvu";
import { runPage } from "./printed-page.ts";

const docs = suite("docs/clusters.md");

docs("prints what it says", () => runPage("clusters.md", 7));

docs.run();
