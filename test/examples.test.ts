/** Every example's whole output, pinned beside this file; `UPDATE_PINS=1 npm test -- examples.test` writes it anew. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { run } from "../src/cli/run.ts";

const top = fileURLToPath(new URL("..", import.meta.url));
const pins = new URL("examples/", import.meta.url);
/** Columns of a terminal that everything must fit. */
const columns = 80;

/** example → what `explain` is asked for there. */
const examples: Readonly<Record<string, readonly string[]>> = {
  shop: ["Deployment/web", "Deployment/web-preview", "Job/seed", "DaemonSet/agent"],
  overlays: ["Deployment/api", "Job/staging-migrate"],
  clean: ["Deployment/web", "Job/seed"],
  "argo-cd": ["Deployment/web", "CronJob/report"],
  flux: ["Deployment/api", "DaemonSet/agent"],
  "helm-values": [],
};

const commands = Object.entries(examples).flatMap(([name, explained]) => [
  { pin: `${name}.check`, argv: ["check", `examples/${name}`], width: columns },
  // As a pipe gets it: a terminal of 80 columns cuts the table.
  { pin: `${name}.list`, argv: ["list", `examples/${name}`], width: undefined },
  ...explained.map((subject) => ({
    pin: `${name}.explain.${subject.replace("/", "-")}`,
    argv: ["explain", subject, `examples/${name}`],
    width: columns,
  })),
]);

/** Runs a command line from the top of the project and gives back all it says, the time it took masked. */
async function transcript(
  argv: readonly string[],
  width: number | undefined,
  isTerminal = false,
): Promise<string> {
  let stdout = "";
  let stderr = "";
  const status = await run(argv, {
    cwd: top,
    env: { NO_COLOR: "1" },
    columns: width,
    stderrIsTerminal: isTerminal,
    readStdin: async () => new Uint8Array(),
    stdout: async (text) => {
      stdout += text;
    },
    stderr: (text) => {
      stderr += text;
    },
  });
  const told = `$ sidelint ${argv.join(" ")}\n\n${stdout}${stderr && `\nstandard error:\n${stderr}`}\nexit ${status}\n`;
  return told.replaceAll(/\b\d+ ms\b/g, "… ms");
}

const outputs = suite("examples");

for (const { pin, argv, width } of commands) {
  outputs(`${argv.join(" ")} prints what is pinned`, async () => {
    const text = await transcript(argv, width);
    const file = new URL(`${pin}.txt`, pins);
    if (process.env.UPDATE_PINS) {
      mkdirSync(pins, { recursive: true });
      writeFileSync(file, text);
    }
    assert.fixture(text, readFileSync(file, "utf8"));
  });

  outputs(`${argv.join(" ")} fits ${columns} columns`, async () => {
    const text = await transcript(argv, columns, true);
    assert.equal(
      text.split("\n").filter((line) => line.length > columns),
      [],
    );
  });
}

outputs("nothing is pinned that no test prints", () => {
  const expected = commands.map(({ pin }) => `${pin}.txt`).sort();
  assert.equal(readdirSync(pins).sort(), expected);
});

/** Examples that are no repositories to check; other tests run them: that of the function, and that of the workflows. */
const others = ["kustomize-function", "workflows"];

outputs("every example is run", () => {
  const directories = readdirSync(new URL("../examples", import.meta.url), { withFileTypes: true });
  const names = directories.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  assert.equal(names.sort(), [...Object.keys(examples), ...others].sort());
});

outputs.run();
