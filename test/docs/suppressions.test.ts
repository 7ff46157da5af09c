/** docs/suppressions.md shows what happens. `UPDATE=1 npx tsx test/docs/suppressions.test.ts` puts what its commands print into the page. */
import { suite } from "uvu";
import { namespace } from "../cli/terminal.ts";
import { runPage } from "./printed-page.ts";

const docs = suite("docs/suppressions.md");

docs("prints what it says", () => runPage("suppressions.md", { "platform/namespaces.yaml": namespace }, 6));

docs.run();
