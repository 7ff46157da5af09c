/** The inputs of action.yml, checked, and the command line that they stand for. */
import { getInput } from "@actions/core";

export interface Inputs {
  readonly paths: readonly string[];
  readonly config: string;
  readonly istioVersion: string;
  readonly failOn: string;
  /** Reports to write besides, each as FORMAT=FILE. */
  readonly output: readonly string[];
  readonly sarifFile: string;
  /** A file; "true" for the one that is found, "" for none. */
  readonly baseline: string;
  readonly changedFilesOnly: boolean;
  readonly summary: boolean;
}

/** Reads the inputs from the environment of the step. Throws an Error that names the input which is wrong. */
export function readInputs(): Inputs {
  const inputs = {
    paths: lines("paths"),
    config: getInput("config"),
    istioVersion: getInput("istio-version"),
    failOn: getInput("fail-on") || "error",
    output: lines("output"),
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

/** Files that the action itself reads again. */
export interface OwnFiles {
  readonly text: string;
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
    `text=${own.text}`,
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
