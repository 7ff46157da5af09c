/** Progress: only on a terminal, only after a while, and gone at the end. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { progressOn } from "../../src/cli/progress.ts";

function recorded(stderrIsTerminal: boolean): { readonly said: readonly string[]; readonly run: () => void } {
  const said: string[] = [];
  let time = 0;
  const io = {
    cwd: "/",
    env: {},
    columns: 80,
    stderrIsTerminal,
    readStdin: async () => new Uint8Array(),
    stdout: async () => undefined,
    stderr: (text: string) => {
      said.push(text);
    },
  };
  const run = (): void => {
    const progress = progressOn(io, () => time);
    for (const [at, done] of [
      [100, 1],
      [299, 2],
      [300, 1500],
      [310, 1501],
      [380, 1900],
    ] as const) {
      time = at;
      progress.update(done, 2000);
    }
    progress.end();
    progress.end();
  };
  return { said, run };
}

const progress = suite("progress");

progress("a terminal sees it after 300 ms, now and then, and it is cleared once", () => {
  const { said, run } = recorded(true);
  run();
  assert.equal(said, [
    "\r\u001b[2KReading 1,500 of 2,000 files",
    "\r\u001b[2KReading 1,900 of 2,000 files",
    "\r\u001b[2K",
  ]);
});

progress("anything else sees nothing", () => {
  const { said, run } = recorded(false);
  run();
  assert.equal(said, []);
});
progress.run();
