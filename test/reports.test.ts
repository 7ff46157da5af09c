/** The formats for machines and browsers on every example, pinned beside the others; `UPDATE_PINS=1 npm test -- reports.test` writes them anew. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { run } from "../src/cli/run.ts";

const top = fileURLToPath(new URL("..", import.meta.url));
const pins = new URL("reports/", import.meta.url);
const examples = ["shop", "overlays", "clean"];

/** Format → its text without what is pinned elsewhere: the words of rules, style and script. */
const formats: Readonly<Record<string, (text: string) => string>> = {
  sarif: withoutHelp,
  junit: (text) => text,
  gitlab: (text) => text,
  markdown: (text) => text,
  checkstyle: (text) => text,
  html: (text) =>
    text
      .replace(/<meta http-equiv[^\n]*\n/, "")
      .replace(/<style>[\s\S]*?<\/style>\n/, "")
      .replace(/<script>[\s\S]*?<\/script>\n/, "")
      .replace(/<section><h2>Rules[\s\S]*?<\/section>\n/, ""),
};

function withoutHelp(text: string): string {
  const log = JSON.parse(text);
  const { driver } = log.runs[0].tool;
  driver.rules = driver.rules.map(({ id, defaultConfiguration }: Record<string, unknown>) => {
    return { id, defaultConfiguration };
  });
  return `${JSON.stringify(log, null, 2)}\n`;
}

/** What `check --format` prints of an example, from the top of the project. */
async function printed(format: string, example: string): Promise<string> {
  let stdout = "";
  await run(["check", "--format", format, `examples/${example}`], {
    cwd: top,
    env: {},
    columns: undefined,
    stderrIsTerminal: false,
    readStdin: async () => new Uint8Array(),
    stdout: async (text) => {
      stdout += text;
    },
    stderr: (text) => assert.unreachable(text),
  });
  return stdout;
}

const reports = suite("reports");

for (const [format, shown] of Object.entries(formats)) {
  for (const example of examples) {
    reports(`check --format ${format} examples/${example} prints what is pinned`, async () => {
      const text = shown(await printed(format, example));
      const file = new URL(`${example}.${format}.txt`, pins);
      if (process.env.UPDATE_PINS) {
        mkdirSync(pins, { recursive: true });
        writeFileSync(file, text);
      }
      assert.fixture(text, readFileSync(file, "utf8"));
    });
  }
}

reports("nothing is pinned that no test prints", () => {
  const expected = Object.keys(formats).flatMap((format) => examples.map((one) => `${one}.${format}.txt`));
  assert.equal(readdirSync(pins).sort(), expected.sort());
});
reports.run();
