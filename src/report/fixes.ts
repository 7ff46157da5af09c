/** What a report says of fixes: how many there are, and the edits of each as lines and columns. */
import type { Finding } from "../lint/finding.ts";
import { locationOf } from "../source/locate.ts";
import { grouped } from "./cells.ts";
import type { FixCounts, Report } from "./report.ts";

/** Counts the findings of a report that can be fixed. */
export function fixCounts({ findings, fixes }: Report): FixCounts {
  const counts = { safe: 0, unsafe: 0 };
  for (const finding of findings) {
    const fix = fixes?.get(finding);
    if (fix) counts[fix.safety]++;
  }
  return counts;
}

/** "3 with --fix (1 more with --unsafe-fixes)"; undefined where nothing can be fixed. */
export function fixableText(report: Report): string | undefined {
  const { safe, unsafe } = report.fixCounts ?? fixCounts(report);
  if (safe + unsafe === 0) return undefined;
  if (unsafe === 0) return `${grouped(safe)} with --fix`;
  if (safe === 0) return `${grouped(unsafe)} with --fix --unsafe-fixes`;
  return `${grouped(safe)} with --fix (${grouped(unsafe)} more with --unsafe-fixes)`;
}

/** How a finding can be fixed, as the JSON report tells it. */
export function flatFix({ fixes }: Report, finding: Finding): object {
  const fix = fixes?.get(finding);
  const edits = fix?.edits.map(({ file, start, end, text }) => {
    const { line, column, endLine, endColumn } = locationOf(file, { start, end });
    return { file: file.path, line, column, endLine, endColumn, text };
  });
  return { fixable: fix?.safety ?? null, edits: edits ?? [] };
}
