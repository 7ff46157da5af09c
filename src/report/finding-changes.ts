/** Findings that one of two scans of the same files has and the other has not. */
import type { Finding } from "../lint/finding.ts";

/** What comes and what goes; a finding is told by its rule and place, as messages name releases. */
export function findingChanges(
  before: readonly Finding[],
  after: readonly Finding[],
): { readonly appear: readonly Finding[]; readonly vanish: readonly Finding[] } {
  return { appear: without(after, before), vanish: without(before, after) };
}

/** What is told as a change of the verdict already. */
const told: ReadonlySet<string> = new Set(["verdict-unknown"]);

function without(findings: readonly Finding[], others: readonly Finding[]): readonly Finding[] {
  const known = new Set(others.map(nameOf));
  return findings.filter((one) => !told.has(one.rule) && !known.has(nameOf(one)));
}

function nameOf({ rule, location }: Finding): string {
  return `${rule} ${location.file} ${location.start} ${location.end}`;
}
