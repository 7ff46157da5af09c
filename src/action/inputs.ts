/** The inputs of action.yml, checked, and the command line that they stand for. */
import { getInput } from "@actions/core";
import { type FormatName, formatNames } from "../cli/formats.ts";
import { oneOf } from "../cli/usage.ts";

export interface Inputs {
  readonly paths: readonly string[];
  readonly config: string;
  readonly istioVersion: string;
  readonly failOn: string;
  /** How the log shows the report. */
  readonly format: FormatName;
  /** Reports to write besides, each as FORMAT=FILE. */
  readonly output: readonly string[];
  readonly sarifFile: string;
  /** A file; "true" for the one that is found, "" for none. */
  readonly baseline: string;
  readonly changedFilesOnly: boolean;
  readonly summary: boolean;
}

/** Reads the inputs from the environment of a step of this version. Throws an Error that names the input which is wrong. */
export function readInputs(own: string): Inputs {
  mustBeOf(own);
  const format = oneOf("format", getInput("format") || "text", formatNames);
  const inputs = {
    paths: lines("paths"),
    config: getInput("config"),
    istioVersion: getInput("istio-version"),
    failOn: getInput("fail-on") || "error",
    format,
    output: lines("output").map((line) => (line.includes("=") ? line : `${format}=${line}`)),
    sarifFile: getInput("sarif-file"),
    baseline: getInput("baseline"),
    changedFilesOnly: flag("changed-files-only", false),
    summary: flag("summary", true),
  };
  if (inputs.changedFilesOnly && inputs.paths.length > 0)
    throw new Error(
      "changed-files-only reads the whole repository and reports what concerns the changed files: leave paths out",
    );
  return inputs;
}

/** A tag of the action says which version runs; a workflow that names a commit may say which one it takes that for. */
function mustBeOf(own: string): void {
  const asked = getInput("version").replace(/^v/, "");
  if (asked === "" || `${own}.`.startsWith(`${asked}.`)) return;
  throw new Error(
    `version is that of sidelint, which is ${own} here, not ${JSON.stringify(asked)}: use the action at that tag; the release of Istio is istio-version`,
  );
}

/** Files that the action itself reads again. */
export interface OwnFiles {
  /** The report as the log shows it. */
  readonly log: string;
  readonly markdown: string;
}

/**
 * The arguments of sidelint; the report comes on standard output as JSON.
 * @param changed the names of the changed files, where only what concerns them is reported
 */
export function argumentsFor(
  inputs: Inputs,
  own: OwnFiles,
  changed: readonly string[] | undefined,
): readonly string[] {
  const reports = [
    `${inputs.format}=${own.log}`,
    ...(inputs.summary ? [`markdown=${own.markdown}`] : []),
    ...(inputs.sarifFile === "" ? [] : [`code-scanning=${inputs.sarifFile}`]),
    ...inputs.output,
  ];
  return [
    "check",
    "--format=json",
    `--fail-on=${inputs.failOn}`,
    ...reports.map((report) => `--output=${report}`),
    ...(inputs.config === "" ? [] : [`--config=${inputs.config}`]),
    ...(inputs.istioVersion === "" ? [] : [`--istio-version=${inputs.istioVersion}`]),
    ...baselineFlag(inputs.baseline),
    ...(changed ? ["--changed"] : []),
    "--",
    ...(changed ?? inputs.paths),
  ];
}

function baselineFlag(baseline: string): readonly string[] {
  if (baseline === "" || baseline === "false") return [];
  return [baseline === "true" ? "--baseline" : `--baseline=${baseline}`];
}

/** The lines of an input, without blank ones. */
function lines(name: string): readonly string[] {
  return getInput(name)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

function flag(name: string, otherwise: boolean): boolean {
  const value = getInput(name);
  if (value === "") return otherwise;
  if (/^true$/i.test(value)) return true;
  if (/^false$/i.test(value)) return false;
  throw new Error(`${name} is true or false, not ${JSON.stringify(value)}`);
}
