/** The action in GitHub's runner for developers, `local-action`, where that is on PATH: it says there what it says in ours. */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { deployment, namespace } from "../cli/terminal.ts";
import { broken, environmentOf, type Room, room, type Said, step, tidy, top } from "./runner.ts";

const isThere = spawnSync("local-action", ["--version"], { cwd: top }).error === undefined;
if (!isThere) console.log("skipped: local-action is not on PATH (npm install --global @github/local-action)");

const local = suite("local-action");
local.after(tidy);

/** What of a run can be told in both runners. */
interface Told {
  /** `error web.yaml 9` of annotations, `error` of those without a place. */
  readonly annotations: readonly string[];
  readonly outputs: Said;
  readonly summary: string;
}

/** Without what is another one in each run. */
function steady(outputs: Said): Said {
  const report = JSON.parse(readFileSync(outputs.report ?? "", "utf8")) as { readonly schema: string };
  return { ...outputs, report: report.schema };
}

function annotationsIn(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => {
    const [, command, properties = ""] = /^::(error|warning|notice)(?: (.*?))?::/.exec(line) ?? [];
    const of = (name: string) => new RegExp(`(?:^|,)${name}=([^,]*)`).exec(properties)?.[1];
    return command === undefined ? [] : [[command, of("file"), of("line")].filter(Boolean).join(" ")];
  });
}

/** Runs the sources: that runner puts its own toolkit in the place of the real one, which a bundle has inside. */
function locally(here: Room, said: Said): Told {
  const settings = join(here.directory, ".env");
  const lines = Object.entries(environmentOf(here, said)).map(([name, value]) => `${name}='${value}'\n`);
  writeFileSync(settings, lines.join(""));
  const args = ["run", top, "test/action/local-action.ts", settings];
  const { status, stdout, stderr } = spawnSync("local-action", args, { cwd: top, encoding: "utf8" });
  assert.is(status, 0, stderr);
  const log = stdout.split("\n");
  const outputs = log.flatMap((line) => {
    const [, name = "", value = ""] = /^::set-output name=(.*?)::(.*)$/.exec(line) ?? [];
    return name === "" ? [] : [[name, value] as const];
  });
  return {
    annotations: annotationsIn(log),
    outputs: steady(Object.fromEntries(outputs)),
    summary: readFileSync(join(here.directory, "summary"), "utf8"),
  };
}

function ours(here: Room, said: Said): Told {
  const { commands, outputs, summary } = step(here, said);
  return { annotations: annotationsIn(commands), outputs: steady(outputs), summary };
}

const many = Array.from({ length: 12 }, (_, index) => [`web-${index}.yaml`, broken(`web-${index}`)] as const);
const cases: readonly (readonly [name: string, files: Said, said: Said, annotations: number])[] = [
  ["nothing to report", { "web.yaml": deployment }, {}, 0],
  ["findings, a report and a SARIF log", { "web.yaml": broken("web") }, { "sarif-file": "a.sarif" }, 3],
  ["inputs of several lines", Object.fromEntries(many), { paths: "ns.yaml\nweb-1.yaml\n" }, 3],
  ["more than is annotated, and no summary", Object.fromEntries(many), { summary: "false" }, 21],
];
for (const [name, files, said, annotations] of cases) {
  (isThere ? local : local.skip)(`${name}: the same annotations, outputs and summary`, () => {
    const here = room({ "ns.yaml": namespace, ...files });
    const told = locally(here, said);
    assert.is(told.annotations.length, annotations, told.annotations.join("\n"));
    assert.equal(told, ours(here, said));
  });
}

local.run();
