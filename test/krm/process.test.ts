/** The function as a process, and as a command of sidelint. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readInput, today } from "../../src/krm/streams.ts";
import { inRepository } from "../cli/terminal.ts";
import { commandIn } from "./command.ts";
import { inMesh, listWith, web } from "./function.ts";

const processes = suite("sidelint-krm");
const directory = mkdtempSync(join(tmpdir(), "sidelint-krm-process-"));
const below = join(directory, "below");
const env = commandIn(directory);
mkdirSync(below);
writeFileSync(join(directory, "values.yaml"), "global: {hub: registry.example.com, tag: own}\n");
symlinkSync(join(directory, "values.yaml"), join(below, "link.yaml"));
writeFileSync(join(below, "values.yaml"), "global: {hub: registry.example.com, tag: own}\n");

processes.after(() => rmSync(directory, { recursive: true, force: true }));

function run(input: string, ...args: readonly string[]) {
  return spawnSync("sidelint-krm", args, { cwd: below, input, encoding: "utf8", env, maxBuffer: 1e8 });
}

processes("passes on a list", () => {
  const text = listWith("SidecarCheck", inMesh, web);
  const { status, stdout, stderr } = run(text);
  assert.equal([status, stdout, stderr], [0, text, ""]);
});

processes("fails with results, and tells them on standard error", () => {
  const { status, stdout, stderr } = run(listWith("SidecarCheck", "failOn: info", web));
  assert.is(status, 1);
  assert.match(stdout, /^results:$/m);
  assert.is(stderr, "", "what is for information stays in the results");
});

processes("writes all of a long list", () => {
  const many = Array.from({ length: 300 }, (_, index) => web.replace("name: web #", `name: web-${index} #`));
  const { status, stdout } = run(listWith("SidecarInject", inMesh, many.join("")));
  assert.is(status, 0);
  assert.is(stdout.split("- name: istio-proxy").length - 1, 300);
  assert.match(stdout, /injected 300 workloads\n {2}severity: info\n$/);
});

const files: readonly (readonly [file: string, status: number])[] = [
  ["values.yaml", 0],
  ["link.yaml", 1],
  ["../values.yaml", 1],
  [join(directory, "values.yaml"), 1],
];
for (const [file, status] of files) {
  processes(`a file ${file.replace(directory, "/…")} ${status === 0 ? "is read" : "is not read"}`, () => {
    const outcome = run(listWith("SidecarInject", `${inMesh}\ninputs: {operator: {file: ${file}}}`, web));
    assert.is(outcome.status, status);
    assert.match(
      status === 0 ? outcome.stdout : outcome.stderr,
      status === 0 ? "image: registry.example.com/proxyv2:own" : "only in the directory in which",
    );
  });
}

processes("says how it is used where it is used otherwise", () => {
  assert.equal([run("", "--version").status, run("", "--help").status], [0, 0]);
  const { status, stderr } = run("", "apps");
  assert.is(status, 2);
  assert.match(stderr, "unknown argument apps");
});

processes("sidelint krm does the same", () =>
  inRepository({}, async (sidelint) => {
    const text = listWith("SidecarCheck", "failOn: info", web);
    const { status, stdout } = await sidelint(["krm"], { stdin: text });
    assert.equal([status, stdout], [1, run(text).stdout]);
  }),
);

processes("input without an end is not read for ever", async () => {
  async function* chunks() {
    for (;;) yield new Uint8Array(1000);
  }
  assert.equal(await readInput(chunks(), 10 * 1024 * 1024), {
    says: "standard input has more than 10 MiB, which is not read",
  });
});

processes("a day is written as configurations write it", () => {
  assert.is(today(new Date(2026, 0, 5)), "2026-01-05");
});

processes.run();
