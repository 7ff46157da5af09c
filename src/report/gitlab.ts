/** The report as GitLab's code quality report, for the widget and the lines of a merge request. */
import type { Finding, Severity } from "../lint/finding.ts";
import { plain } from "./cells.ts";
import { shownFindings } from "./findings.ts";
import { fingerprintsOf, type ShortFingerprint } from "./fingerprints.ts";
import { jsonText } from "./json.ts";
import { wellFormed } from "./markup.ts";
import type { Presentation, Report } from "./report.ts";
import { hex, sha256 } from "./sha256.ts";
import { findingText } from "./wording.ts";

const severities: Readonly<Record<Severity, string>> = { error: "major", warning: "minor", info: "info" };

/** A list of findings, empty where there are none. GitLab shows only one of those that share a fingerprint: all are different. */
export function gitlab(report: Report, presentation: Presentation): string {
  const findings = shownFindings(report, presentation);
  const prints = fingerprintsOf(findings, presentation);
  return jsonText(findings.map((finding) => entry(finding, prints.get(finding))));
}

function entry(finding: Finding, print: ShortFingerprint | undefined): object {
  const { file, line, endLine } = finding.location;
  return {
    type: "issue",
    categories: ["Bug Risk"],
    check_name: finding.rule,
    description: wellFormed(findingText(finding).map(plain).join("; ")),
    severity: severities[finding.severity],
    fingerprint: hex(sha256(`${print?.hash}\n${file}\n${print?.nth}`)).slice(0, 32),
    location: { path: wellFormed(file), lines: { begin: line, end: endLine } },
  };
}
