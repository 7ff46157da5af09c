/** docs/old-istio.md shows what happens. `UPDATE=1 npx tsx test/docs/old-istio.test.ts` puts what its commands print into the page. */
import { suite } from "uvu";
import { runPage } from "./printed-page.ts";

const docs = suite("docs/old-istio.md");

docs("prints what it says", () => runPage("old-istio.md", 6));

docs.run();
