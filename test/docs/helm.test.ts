/** docs/helm.md shows what happens; skipped without helm. `UPDATE=1 npx tsx test/docs/helm.test.ts` puts what its commands print into the page. */
import { spawnSync } from "node:child_process";
import { suite } from "uvu";
import { runPage } from "./printed-page.ts";

const docs = suite("docs/helm.md");
const hasHelm = spawnSync("helm", ["version"]).status === 0;

if (hasHelm) docs("prints what it says", () => runPage("helm.md", 2));
else console.log("skipped: helm is not on PATH");

docs.run();
