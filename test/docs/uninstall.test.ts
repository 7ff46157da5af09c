/** docs/uninstall.md shows what happens. `UPDATE=1 npx tsx test/docs/uninstall.test.ts` puts what its commands print into the page. */
import { suite } from "uvu";
import { runPage } from "./printed-page.ts";

const docs = suite("docs/uninstall.md");

docs("prints what it says", () => runPage("uninstall.md", 2));

docs.run();
