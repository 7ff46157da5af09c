/** A report without the findings that a baseline holds, and what is said of those that are gone. */
import type { Comparison } from "../lint/baseline.ts";
import { baselineName } from "../lint/baseline-name.ts";
import type { Finding, Severity } from "../lint/finding.ts";
import { once } from "../source/once.ts";
import { count, cut, grouped, plain } from "./cells.ts";
import type { Paint } from "./paint.ts";
import type { Presentation, Report } from "./report.ts";

const NAMED = 10;

/** The report with just the new findings, and what became of the old ones. */
export function withBaseline(report: Report, { fresh, known, gone }: Comparison, file: string): Report {
  const bySeverity: Record<Severity, number> = { error: 0, warning: 0, info: 0 };
  for (const { severity } of fresh) bySeverity[severity]++;
  const fixes = once(() => fixesOf(report, fresh));
  const { schema, version, istio, workloads, suppressed, summary } = report;
  return {
    schema,
    version,
    istio,
    workloads,
    findings: fresh,
    get fixes() {
      return fixes();
    },
    suppressed,
    summary: { ...summary, findings: bySeverity },
    baseline: { file, known: known.length, gone },
  };
}

/** How new findings can be fixed; one that the baseline held until a day says so and is otherwise that of the report. */
function fixesOf({ fixes = new Map() }: Report, fresh: readonly Finding[]): NonNullable<Report["fixes"]> {
  const byFix = new Map([...fixes].map(([{ fix }, found]) => [fix, found]));
  return new Map(
    fresh.flatMap((finding) => {
      const found = finding.fix && byFix.get(finding.fix);
      return found ? [[finding, found] as const] : [];
    }),
  );
}

/** The block that names the findings that are gone; undefined when none is. */
export function goneFindings(
  { baseline }: Report,
  { width }: Presentation,
  paint: Paint,
): string | undefined {
  if (!baseline || baseline.gone.length === 0) return undefined;
  const { gone, file } = baseline;
  const all = gone.reduce((sum, one) => sum + one.count, 0);
  const named = gone.slice(0, gone.length > NAMED + 1 ? NAMED : NAMED + 1);
  const rest = all - named.reduce((sum, one) => sum + one.count, 0);
  const lines = named.map((one) => {
    const times = one.count > 1 ? ` (${grouped(one.count)} times)` : "";
    return cut(plain(`  ${one.rule}  ${one.object || one.file}${times}`), width);
  });
  return [
    paint.heading(`${count(all, "finding")} of ${plain(file)} ${all === 1 ? "is" : "are"} gone`),
    ...lines,
    ...(rest > 0 ? [`  and ${grouped(rest)} more`] : []),
    `  drop ${all === 1 ? "it" : "them"} from the file: ${paint.typed(`sidelint baseline --prune${file === baselineName ? "" : ` -o ${plain(file)}`}`)}`,
  ].join("\n");
}
