/** The report as SARIF 2.1.0, for code scanning and viewers of such logs. */
import type { Finding, Severity } from "../lint/finding.ts";
import type { Suppressed } from "../lint/suppress.ts";
import { locationOf } from "../source/locate.ts";
import { grouped, plain } from "./cells.ts";
import { severities, shownFindings } from "./findings.ts";
import { fingerprintsOf, type ShortFingerprint } from "./fingerprints.ts";
import { jsonText } from "./json.ts";
import { fenced } from "./markdown-text.ts";
import { wellFormed } from "./markup.ts";
import type { DescribedRule, Presentation, Report, ReportedFix } from "./report.ts";
import { artifactLocation, type Region, regionsOf } from "./sarif-region.ts";
import { skippedRows } from "./summary.ts";
import { findingText, groupedBy } from "./wording.ts";

/** GitHub refuses a log with more results than this in a run. */
const MOST_RESULTS = 25_000;
/** And shows as many, the gravest. */
const MOST_ALERTS = 5_000;
/** And one of more than 10 MB when compressed; results without blanks between their parts shrink to a fifth or less. */
const MOST_CHARACTERS = 40_000_000;
/** Workloads that one result names. */
const MOST_WORKLOADS = 100;
const LONGEST_DESCRIPTION = 1000;

const levels: Readonly<Record<Severity, "error" | "warning" | "note">> = {
  error: "error",
  warning: "warning",
  info: "note",
};

/** A log of one run with all findings, those that are hidden on purpose among them, marked as suppressed. */
export function sarif(report: Report, presentation: Presentation): string {
  return log(report, presentation, presentation.quiet ? [] : report.suppressed, MOST_RESULTS);
}

/** The same without suppressed findings, for which GitHub would open alerts, and with no more than GitHub shows. */
export function codeScanning(report: Report, presentation: Presentation): string {
  return log(report, presentation, [], MOST_ALERTS);
}

interface Told {
  readonly finding: Finding;
  readonly suppressed: Suppressed | undefined;
}

function log(
  report: Report,
  presentation: Presentation,
  suppressed: readonly Suppressed[],
  most: number,
): string {
  const all: readonly Told[] = [
    ...shownFindings(report, presentation).map((finding) => ({ finding, suppressed: undefined })),
    ...suppressed.map((one) => ({ finding: one.finding, suppressed: one })),
  ];
  const prints = fingerprintsOf(
    all.map(({ finding }) => finding),
    presentation,
  );
  const fitting = gravestFirst(all, most).slice(0, most);
  const rules = [...new Set(fitting.map(({ finding }) => finding.rule))].sort();
  const context: Context = {
    report,
    region: regionsOf(presentation),
    ruleIndex: new Map(rules.map((id, index) => [id, index])),
    prints,
  };
  const results: object[] = [];
  for (let size = 0, index = 0; index < fitting.length; index++) {
    const told = fitting[index];
    const made = told && result(told, context);
    size += JSON.stringify(made).length;
    if (size > MOST_CHARACTERS) break;
    if (made) results.push(made);
  }
  const { version, istio, summary } = report;
  return jsonText({
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "sidelint",
            ...(version === "" ? {} : { version, semanticVersion: version }),
            rules: rules.map((id) => descriptor(id, presentation.ruleOf?.(id), fitting)),
          },
        },
        columnKind: "utf16CodeUnits",
        newlineSequences: ["\r\n", "\n", "\r"],
        originalUriBaseIds: { "%SRCROOT%": { description: { text: "where sidelint was started" } } },
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: [
              ...cutNote(all.length, results.length),
              ...skippedNotes(report),
              ...idleNotes(report),
            ],
          },
        ],
        results,
        properties: { istio, workloads: summary.workloads },
      },
    ],
  });
}

interface Context {
  readonly report: Report;
  readonly region: (location: Finding["location"], withText?: "text") => Region;
  readonly ruleIndex: ReadonlyMap<string, number>;
  readonly prints: ReadonlyMap<Finding, ShortFingerprint>;
}

/** What counts most comes first, so that nothing grave is cut; else the order stays. */
function gravestFirst(all: readonly Told[], most: number): readonly Told[] {
  if (all.length <= most) return all;
  const rank = ({ finding, suppressed }: Told) => severities.indexOf(finding.severity) + (suppressed ? 3 : 0);
  return all.toSorted((a, b) => rank(a) - rank(b));
}

function result({ finding, suppressed }: Told, { report, region, ruleIndex, prints }: Context): object {
  const print = prints.get(finding);
  const fix = report.fixes?.get(finding);
  return {
    ruleId: finding.rule,
    ruleIndex: ruleIndex.get(finding.rule),
    level: levels[finding.severity],
    message: { text: messageText(findingText(finding).join("\n")) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: artifactLocation(finding.location.file),
          region: region(finding.location, "text"),
        },
        ...(finding.workloads.length > 0 && { logicalLocations: logicalLocations(finding) }),
      },
    ],
    ...(print && {
      partialFingerprints: {
        primaryLocationLineHash: `${print.hash.slice(0, 16)}:${print.nth}`,
        "sidelint/v1": print.hash,
      },
    }),
    ...(fix && fix.edits.length > 0 && { fixes: [fixOf(finding, fix, region)] }),
    ...(suppressed && { suppressions: [suppression(suppressed)] }),
  };
}

function logicalLocations({ workloads }: Finding): readonly object[] {
  return workloads
    .slice(0, MOST_WORKLOADS)
    .map((workload) => ({ fullyQualifiedName: wellFormed(workload), kind: "resource" }));
}

/** The text of a message, in which `[a](1)` would be a link. */
function messageText(text: string): string {
  const shown = wellFormed(text);
  return shown.includes("](") ? shown.replace(/[\\[\]]/g, "\\$&") : shown;
}

function fixOf({ help, rule }: Finding, { edits, safety }: ReportedFix, region: Context["region"]): object {
  const files = groupedBy(edits, ({ file }) => file.path);
  return {
    description: { text: messageText(help ?? `fix ${rule}`) },
    artifactChanges: [...files].map(([path, changes]) => ({
      artifactLocation: artifactLocation(path),
      replacements: changes.map(({ file, start, end, text }) => ({
        deletedRegion: region(locationOf(file, { start, end })),
        insertedContent: { text: wellFormed(text) },
      })),
    })),
    properties: { safety },
  };
}

function suppression({ kind, reason, place }: Suppressed): object {
  const [, file, line, column] = /^(.*):(\d+):(\d+)$/.exec(place) ?? [];
  return {
    kind: kind === "config" ? "external" : "inSource",
    status: "accepted",
    ...(reason !== null && { justification: wellFormed(reason) }),
    ...(file !== undefined && {
      location: {
        physicalLocation: {
          artifactLocation: artifactLocation(file),
          region: { startLine: Number(line), startColumn: Number(column) },
        },
      },
    }),
  };
}

function descriptor(id: string, rule: DescribedRule | undefined, told: readonly Told[]): object {
  // Findings that no rule of the catalogue made, such as those about unreadable files, know their severity themselves.
  const severity = rule?.severity ?? told.find(({ finding }) => finding.rule === id)?.finding.severity;
  const level = levels[severity ?? "warning"];
  const problem = { error: "error", warning: "warning", note: "recommendation" }[level];
  return {
    id,
    defaultConfiguration: { level },
    ...(rule && {
      shortDescription: { text: rule.summary },
      fullDescription: { text: flowing(rule.why) },
      help: { text: helpText(rule), markdown: helpMarkdown(rule) },
    }),
    properties: { tags: ["istio", "kubernetes"], precision: "high", "problem.severity": problem },
  };
}

/** Markdown as one paragraph, not longer than GitHub shows. */
function flowing(markdown: string): string {
  const text = markdown.trim().replace(/\s+/g, " ");
  return text.length > LONGEST_DESCRIPTION ? `${text.slice(0, LONGEST_DESCRIPTION - 1)}…` : text;
}

function helpText({ summary, why, fix }: DescribedRule): string {
  return [`${summary}.`, why.trim(), `Fix: ${fix.trim()}`].join("\n\n");
}

function helpMarkdown({ summary, why, fix, bad, good }: DescribedRule): string {
  const [wrong] = bad;
  const [right] = good;
  const example = (heading: string, one: typeof wrong): readonly string[] =>
    one === undefined ? [] : [`## ${heading}`, fenced(one.manifest)];
  return [
    `${summary}.`,
    "## Why",
    why.trim(),
    "## Fix",
    fix.trim(),
    ...example("Bad", wrong),
    ...example("Good", right),
  ].join("\n\n");
}

function cutNote(all: number, shown: number): readonly object[] {
  if (shown === all) return [];
  const text = `${grouped(shown)} of ${grouped(all)} results are here, the gravest first: code scanning takes or shows no more`;
  return [{ level: "warning", message: { text } }];
}

function idleNotes({ summary: { idleSettings } }: Report): readonly object[] {
  return idleSettings.map(({ place, says }) => ({
    level: "warning",
    message: { text: messageText(plain(`without effect: ${place}: ${says}`)) },
  }));
}

function skippedNotes({ summary }: Report): readonly object[] {
  return skippedRows(summary.skipped).map(([, said]) => ({
    level: "note",
    message: { text: messageText(plain(`skipped: ${said}`)) },
  }));
}
