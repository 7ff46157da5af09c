/** docs/krm.md shows what happens: its files are written, its commands run. `UPDATE=1 npx tsx test/docs/krm.test.ts` puts what they print into the page. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { commandIn } from "../krm/command.ts";

const page = new URL("../../docs/krm.md", import.meta.url);
const fence = /^```(\S+)(?: (\S+))?\n([\s\S]*?)^```$/gm;
const hasKustomize = spawnSync("kustomize", ["version"]).status === 0;
if (!hasKustomize) console.log("kustomize is not on the PATH: its commands are skipped");

const docs = suite("docs/krm.md");

docs("prints what it says", () => {
  const directory = mkdtempSync(join(tmpdir(), "sidelint-krm-docs-"));
  try {
    const env = commandIn(directory);
    const text = readFileSync(page, "utf8");
    let commands = 0;
    const anew = text.replace(fence, (block, language, file: string | undefined, content: string) => {
      if (file !== undefined) {
        mkdirSync(dirname(join(directory, file)), { recursive: true });
        writeFileSync(join(directory, file), content);
      }
      const command = /^\$ (.*)\n/.exec(content)?.[1];
      if (language !== "console" || command === undefined) return block;
      commands++;
      if (command.startsWith("kustomize") && !hasKustomize) return block;
      const options = { cwd: directory, encoding: "utf8", env } as const;
      const { stdout, stderr } = spawnSync("sh", ["-c", command], options);
      const printed = `\`\`\`console\n$ ${command}\n${stderr}${stdout}`.trimEnd();
      const shown = `${printed}\n\`\`\``;
      if (!process.env.UPDATE) assert.is(shown, block);
      return shown;
    });
    assert.is(commands, 3);
    if (process.env.UPDATE) writeFileSync(page, anew);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

docs.run();
