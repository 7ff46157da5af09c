/** docs/diff.md shows what happens: its files are written, its commands run. `UPDATE=1 npx tsx test/docs/diff.test.ts` puts what they print into the page. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { hasGit, inDirectory } from "../cli/git.ts";

const page = new URL("../../docs/diff.md", import.meta.url);
const fence = /^```(\S+)(?: (\S+))?\n([\s\S]*?)^```$/gm;
const docs = suite("docs/diff.md");

/** The command as it is installed, from these sources. */
function commandIn(directory: string): NodeJS.ProcessEnv {
  const bin = join(directory, ".bin");
  const source = fileURLToPath(new URL("../../src/cli/bin.ts", import.meta.url));
  mkdirSync(bin);
  const command = join(bin, "sidelint");
  writeFileSync(
    command,
    `#!/bin/sh\nexec "${process.execPath}" --import "${import.meta.resolve("tsx")}" "${source}" "$@"\n`,
  );
  chmodSync(command, 0o755);
  const person = {
    GIT_AUTHOR_NAME: "A",
    GIT_AUTHOR_EMAIL: "a@example.com",
    GIT_COMMITTER_NAME: "A",
    GIT_COMMITTER_EMAIL: "a@example.com",
  };
  return { ...process.env, ...person, HOME: directory, PATH: `${bin}${delimiter}${process.env.PATH}` };
}

(hasGit ? docs : docs.skip)("prints what it says", () =>
  inDirectory((area) => {
    const env = commandIn(area);
    const directory = join(area, "repository");
    mkdirSync(directory);
    const text = readFileSync(page, "utf8");
    let commands = 0;
    const anew = text.replace(fence, (block, language, file: string | undefined, content: string) => {
      if (file !== undefined) {
        mkdirSync(dirname(join(directory, file)), { recursive: true });
        writeFileSync(join(directory, file), content);
      }
      const command = language === "sh" ? content : /^\$ (.*)\n/.exec(content)?.[1];
      if (command === undefined || !["sh", "console"].includes(language)) return block;
      commands++;
      const { stdout, stderr, status } = spawnSync(
        "sh",
        [...(language === "sh" ? ["-e"] : []), "-c", command],
        {
          cwd: directory,
          encoding: "utf8",
          env,
        },
      );
      if (language === "sh") assert.equal({ status, stderr }, { status: 0, stderr: "" }, command);
      if (language === "sh") return block;
      const shown = `${`\`\`\`console\n$ ${command}\n${stderr}${stdout}`.trimEnd()}\n\`\`\``;
      if (!process.env.UPDATE) assert.is(shown, block);
      return shown;
    });
    assert.is(commands, 7);
    if (process.env.UPDATE) writeFileSync(page, anew);
  }),
);

docs.run();
