/** docs/writing-rules.md shows what happens. `UPDATE=1 npx tsx test/docs/writing-rules.test.ts` puts what its commands print into the page. */
import { suite } from "uvu";
import { runPage } from "./printed-page.ts";

const docs = suite("docs/writing-rules.md");

/** The settings of the page fit something. */
const elsewhere = "apiVersion: v1\nkind: Namespace\nmetadata: {name: dev-anna}\n";

docs("prints what it says", () =>
  runPage("writing-rules.md", { "apps/legacy/namespace.yaml": elsewhere }, 6),
);

docs.run();
