/**
 * docs/suppressions.md shows what happens: its files are written and its commands run, one after the other.
 * `UPDATE=1 npx tsx test/docs/suppressions.test.ts` puts what they print into the page.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { inRepository, namespace } from "../cli/terminal.ts";

const page = new URL("../../docs/suppressions.md", import.meta.url);
const fence = /^```(\S+)(?: (\S+))?\n([\s\S]*?)^```$/gm;
const today = "2026-06-01";

const docs = suite("docs/suppressions.md");

docs("prints what it says", () =>
  inRepository({ "platform/namespaces.yaml": namespace }, async (sidelint, directory) => {
    const text = readFileSync(page, "utf8");
    const printed: string[] = [];
    for (const [block = "", language, path, content = ""] of text.matchAll(fence)) {
      if (path !== undefined) {
        mkdirSync(dirname(join(directory, path)), { recursive: true });
        writeFileSync(join(directory, path), content);
      } else if (language === "console") {
        const [first = ""] = content.split("\n");
        const [, command = "", day = today] = /^\$ sidelint (.*?)(?: +# on (\S+))?$/.exec(first) ?? [];
        const { stdout, stderr } = await sidelint(command.split(" "), { today: day });
        const output = (stderr + stdout).replace(/ in \d+ ms/g, " in 20 ms");
        printed.push(`\`\`\`console\n${first}\n${output}\`\`\``);
        if (!process.env.UPDATE) assert.is(block, printed.at(-1));
      }
    }
    assert.ok(printed.length >= 6);
    if (!process.env.UPDATE) return;
    const anew = text.replace(fence, (block, language) =>
      language === "console" ? (printed.shift() ?? block) : block,
    );
    writeFileSync(page, anew);
  }),
);

docs.run();
