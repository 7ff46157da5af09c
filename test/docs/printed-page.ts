/** Pages that show what happens: their files are written and their commands run, one after the other, and print what the page says. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as assert from "uvu/assert";
import { inRepository } from "../cli/terminal.ts";

const fence = /^```(\S+)(?: (\S+))?\n([\s\S]*?)^```$/gm;
const today = "2026-06-01";

/**
 * Runs a page of docs/ in an empty directory: a fence with a path is a file, a `console` one a command and what it prints.
 * With UPDATE=1 in the environment the page is written anew instead. Fails unless there are at least so many commands.
 */
export function runPage(name: string, least: number): Promise<void> {
  const page = new URL(`../../docs/${name}`, import.meta.url);
  return inRepository({}, async (sidelint, directory) => {
    const text = readFileSync(page, "utf8");
    const printed: string[] = [];
    for (const [block = "", language, path, content = ""] of text.matchAll(fence)) {
      if (path !== undefined) {
        mkdirSync(dirname(join(directory, path)), { recursive: true });
        writeFileSync(join(directory, path), content);
      } else if (language === "console") {
        const [first = ""] = content.split("\n");
        const [, command = "", day = today] = /^\$ sidelint (.*?)(?: +# on (\S+))?$/.exec(first) ?? [];
        const { stdout, stderr } = await sidelint(command.split(" "), {
          today: day,
          env: { PATH: process.env.PATH },
        });
        const output = (stderr + stdout).replace(/ in \d+ ms/g, " in 20 ms");
        printed.push(`\`\`\`console\n${first}\n${output}\`\`\``);
        if (!process.env.UPDATE) assert.is(block, printed.at(-1));
      }
    }
    assert.ok(printed.length >= least);
    if (!process.env.UPDATE) return;
    const anew = text.replace(fence, (block, language) =>
      language === "console" ? (printed.shift() ?? block) : block,
    );
    writeFileSync(page, anew);
  });
}
