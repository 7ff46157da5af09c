/** The report as Checkstyle XML, which many build servers and editors read. */
import { compare, shownFindings } from "./findings.ts";
import { attributes } from "./markup.ts";
import type { Presentation, Report } from "./report.ts";
import { findingText, groupedBy } from "./wording.ts";

/** The files with findings, each finding an `error` with its severity; files without findings are left out. */
export function checkstyle(report: Report, presentation: Presentation): string {
  const files = groupedBy(shownFindings(report, presentation), ({ location }) => location.file);
  const elements = [...files]
    .sort(([a], [b]) => compare(a, b))
    .map(([name, findings]) => {
      const errors = findings.map((finding) => {
        const { line, column } = finding.location;
        const message = findingText(finding).join("; ");
        const told = {
          line,
          column,
          severity: finding.severity,
          message,
          source: `sidelint.${finding.rule}`,
        };
        return `    <error${attributes(told)}/>\n`;
      });
      return `  <file${attributes({ name })}>\n${errors.join("")}  </file>\n`;
    });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<checkstyle version="4.3">\n${elements.join("")}</checkstyle>\n`;
}
