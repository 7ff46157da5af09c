/** The GitHub Action: one run of the command line, told as a log, annotations, a summary of the job and outputs. */
import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { info, summary as jobSummary, setFailed, setOutput } from "@actions/core";
import { processIo } from "../cli/io.ts";
import { run } from "../cli/run.ts";
import { version } from "../cli/version.ts";
import { count, plain } from "../report/cells.ts";
import type { Summary } from "../report/report.ts";
import { annotate, chosen, type PrintedFinding } from "./annotations.ts";
import { changedNames } from "./changed.ts";
import { argumentsFor, type Inputs, type OwnFiles, readInputs } from "./inputs.ts";

/** What is read of the JSON report. */
interface PrintedReport {
  readonly findings: readonly PrintedFinding[];
  readonly summary: Summary;
}

interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the action in the environment of this process. Throws an Error for what keeps it from running at all. */
export async function runAction(): Promise<void> {
  const inputs = readInputs(version);
  const { env } = process;
  const cwd = env.GITHUB_WORKSPACE || process.cwd();
  const changed = inputs.changedFilesOnly ? changedOf(cwd) : undefined;
  // The runner empties its directory after the job; until then other steps may read what is in it.
  const directory = mkdtempSync(join(env.RUNNER_TEMP || tmpdir(), "sidelint-"));
  const own = { log: join(directory, "report.txt"), markdown: join(directory, "report.md") };
  const ran = await sidelint(argumentsFor(inputs, own, changed), cwd);
  if (ran.stdout === "") throw new Error(fault(ran));
  const report = join(directory, "report.json");
  writeFileSync(report, ran.stdout);
  const printed = JSON.parse(ran.stdout) as PrintedReport;
  setOutputs(printed.summary, report, inputs.sarifFile === "" ? "" : resolve(cwd, inputs.sarifFile));
  await tell(printed, ran, inputs, own);
}

/** The changed files of a pull request; undefined, with a line in the log, for what is none. Throws an Error where git cannot tell. */
function changedOf(cwd: string): readonly string[] | undefined {
  const changed = changedNames(cwd, process.env);
  if (changed.is === "unknown") throw new Error(`changed-files-only: ${changed.reason}`);
  if (changed.is === "changed") return changed.names;
  const event = changed.event === "" ? "this" : `an event like ${changed.event}`;
  info(plain(`changed-files-only: ${event} is no pull request, so everything is reported`));
  return undefined;
}

async function sidelint(argv: readonly string[], cwd: string): Promise<Ran> {
  let stdout = "";
  let stderr = "";
  const status = await run(argv, {
    ...processIo(),
    cwd,
    columns: undefined,
    stderrIsTerminal: false,
    stdout: async (text) => {
      stdout += text;
    },
    stderr: (text) => {
      stderr += text;
    },
  });
  return { status, stdout, stderr };
}

/** The log, annotations, the summary of the job, and whether the step fails. */
async function tell(
  { findings, summary }: PrintedReport,
  ran: Ran,
  inputs: Inputs,
  own: OwnFiles,
): Promise<void> {
  const annotations = chosen(findings, ran.status !== 0);
  log(`${readFileSync(own.log, "utf8")}${ran.stderr}`);
  annotate(annotations);
  if (inputs.summary && process.env.GITHUB_STEP_SUMMARY) {
    const cut = annotations.cut === undefined ? "" : `\n<sub>Annotations: ${annotations.cut}.</sub>\n`;
    await jobSummary.addRaw(`${readFileSync(own.markdown, "utf8")}${cut}`).write();
  }
  if (ran.status === 1) setFailed(`sidelint: ${failureOf(summary, inputs.failOn)}`);
  else if (ran.status !== 0) setFailed(fault(ran));
}

/** Prints a text in which nothing is a command to the runner: it quotes what other people wrote. */
function log(text: string): void {
  const token = randomUUID();
  info(`::stop-commands::${token}\n${text.replace(/\n?$/, "\n")}::${token}::`);
}

function failureOf({ findings }: Summary, failOn: string): string {
  const found = [
    ...(findings.error > 0 ? [count(findings.error, "error")] : []),
    ...(findings.warning > 0 ? [count(findings.warning, "warning")] : []),
    ...(findings.info > 0 ? [`${findings.info} info`] : []),
  ];
  return `${found.join(", ")}; the step fails from fail-on: ${failOn} on`;
}

/** What sidelint says of why it could not do all of its work. */
function fault({ stderr }: Ran): string {
  return stderr.trim().split("\n").map(plain).join("\n") || "sidelint: it wrote no report";
}

function setOutputs({ findings, workloads }: Summary, report: string, sarif: string): void {
  const outputs = {
    errors: findings.error,
    warnings: findings.warning,
    infos: findings.info,
    workloads: workloads.total,
    injected: workloads.injected,
    "not-injected": workloads.notInjected,
    refused: workloads.refused,
    unknown: workloads.unknown,
    report,
    "sarif-file": sarif,
  };
  for (const [name, value] of Object.entries(outputs)) setOutput(name, value);
}
