/** The report as JUnit XML: every workload is a test, and so is every finding. */
import type { Finding } from "../lint/finding.ts";
import { shownFindings } from "./findings.ts";
import { label } from "./list.ts";
import { attributes, escaped, escapedLines } from "./markup.ts";
import type { Presentation, Report, ReportedWorkload } from "./report.ts";
import { findingText, suppressedText, verdictWords } from "./wording.ts";

interface Case {
  readonly file: string;
  readonly name: string;
  readonly line: number;
  readonly outcome: "passed" | "failed" | "skipped";
  /** What stands in the test. */
  readonly body: string;
}

/**
 * A test suite a file. A workload passes, and is skipped where its verdict is not known; an error or a warning fails, what is
 * suppressed is skipped, and what is only worth knowing passes with a note.
 */
export function junit(report: Report, presentation: Presentation): string {
  const all: readonly Case[] = [
    ...(presentation.quiet ? [] : report.workloads.map(workloadCase)),
    ...shownFindings(report, presentation).map(findingCase),
    ...(presentation.quiet
      ? []
      : report.suppressed.map((one) => suppressedCase(one.finding, suppressedText(one)))),
  ];
  const suites = new Map<string, Case[]>();
  for (const one of all) {
    const suite = suites.get(one.file);
    if (suite) suite.push(one);
    else suites.set(one.file, [one]);
  }
  const files = [...suites].sort(([a], [b]) => (a < b ? -1 : 1)).map(([file, cases]) => suite(file, cases));
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="sidelint"${attributes(totals(all))}>
${files.join("")}</testsuites>
`;
}

function totals(cases: readonly Case[]): Record<string, number> {
  const of = (wanted: Case["outcome"]) => cases.filter(({ outcome }) => outcome === wanted).length;
  return { tests: cases.length, failures: of("failed"), errors: 0, skipped: of("skipped") };
}

function suite(file: string, cases: readonly Case[]): string {
  const seen = new Map<string, number>();
  const tests = cases.map(({ name, line, body }) => {
    // Names are what a test is followed by from run to run: they have no lines, and no two are the same.
    const nth = (seen.get(name) ?? 0) + 1;
    seen.set(name, nth);
    const own = nth === 1 ? name : `${name} (${nth})`;
    const tag = `testcase${attributes({ name: own, classname: file, file, line, time: 0 })}`;
    return body === "" ? `    <${tag}/>\n` : `    <${tag}>\n${body}    </testcase>\n`;
  });
  return `  <testsuite${attributes({ name: file, ...totals(cases), time: 0 })}>\n${tests.join("")}  </testsuite>\n`;
}

function workloadCase(workload: ReportedWorkload): Case {
  const { file, line, namespace, root, verdict, why, whyWhere } = workload;
  const where = namespace === null ? "in a namespace not known" : `in ${namespace}`;
  const built = root === null ? "" : `, built by ${root}`;
  const said = `${verdictWords[verdict]}: ${why} (${whyWhere})`;
  const isKnown = verdict !== "unknown";
  return {
    file,
    name: `${label(workload)} ${where}${built}`,
    line,
    outcome: isKnown ? "passed" : "skipped",
    body: isKnown ? output(said) : `      <skipped${attributes({ message: said })}/>\n`,
  };
}

function findingCase(finding: Finding): Case {
  const { severity, message } = finding;
  const text = details(finding);
  const told = { message, type: severity };
  return {
    ...placeOf(finding),
    outcome: severity === "info" ? "passed" : "failed",
    body:
      severity === "info"
        ? output(text)
        : `      <failure${attributes(told)}>${escapedLines(text)}</failure>\n`,
  };
}

function suppressedCase(finding: Finding, why: string): Case {
  return {
    ...placeOf(finding),
    outcome: "skipped",
    body: `      <skipped${attributes({ message: why })}/>\n`,
  };
}

function placeOf({ rule, location, workloads }: Finding): Pick<Case, "file" | "name" | "line"> {
  const [first] = workloads;
  const name = first === undefined ? rule : `${rule}: ${first}`;
  return { file: location.file, name, line: location.line };
}

function details(finding: Finding): string {
  const { file, line, column } = finding.location;
  const lines = [`${file}:${line}:${column}`, ...findingText(finding)];
  return lines.map((one) => visible(one)).join("\n");
}

/** Controls made visible; what XML means by a character is escaped later. */
function visible(text: string): string {
  return text.replace(/[\u0000-\u001f]/g, (character) =>
    String.fromCharCode(0x2400 + character.charCodeAt(0)),
  );
}

function output(text: string): string {
  const body = text.split("\n").map(escaped).join("\n");
  return `      <system-out>${body}</system-out>\n`;
}
