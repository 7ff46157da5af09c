/** Short texts that stay with a finding while lines move, for programs that follow it from run to run. */
import { fingerprintOf } from "../lint/baseline.ts";
import type { Finding } from "../lint/finding.ts";
import type { Document } from "../source/document.ts";
import { compare } from "./findings.ts";
import type { Presentation } from "./report.ts";
import { hex, sha256 } from "./sha256.ts";

/** What a baseline tells findings apart by, as a checksum, and which of the equal ones of a file this is, from 1. */
export interface ShortFingerprint {
  readonly hash: string;
  readonly nth: number;
}

/** The fingerprints of findings. Equal ones of a file are counted from top to bottom, whatever order they come in. */
export function fingerprintsOf(
  findings: readonly Finding[],
  { documentsOf }: Presentation,
): ReadonlyMap<Finding, ShortFingerprint> {
  const known = new Map<string, readonly Document[] | undefined>();
  const remembered = (file: string) => {
    if (!known.has(file)) known.set(file, documentsOf?.(file));
    return known.get(file);
  };
  const seen = new Map<string, number>();
  const prints = new Map<Finding, ShortFingerprint>();
  for (const finding of [...findings].sort(downwards)) {
    const { rule, object, path, message } = fingerprintOf(finding, remembered);
    const hash = hex(sha256([rule, object, path, message].join("\n"))).slice(0, 32);
    const place = `${hash} ${finding.location.file}`;
    const nth = (seen.get(place) ?? 0) + 1;
    seen.set(place, nth);
    prints.set(finding, { hash, nth });
  }
  return prints;
}

function downwards(a: Finding, b: Finding): number {
  return compare(a.location.file, b.location.file) || a.location.start - b.location.start;
}
