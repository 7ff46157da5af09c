/** Whether address ranges that are excluded from capture leave anything of those that are included. */
import { maskedRange, parseRange } from "./ip.ts";

/** Addresses from first to last, both included. */
interface Range {
  readonly v4: boolean;
  readonly first: bigint;
  readonly last: bigint;
}

const everything: readonly Range[] = [{ v4: true, first: 0n, last: (1n << 32n) - 1n }];

/**
 * Whether the excluded ranges cover all that is included: lists of CIDR ranges as the annotations of a pod have them, the included ones also `*`,
 * which stands for all IPv4 addresses. False where a list is empty or cannot be read.
 */
export function rangesCover(excluded: string, included: string): boolean {
  const gaps = included.trim() === "*" ? everything : rangesOf(included);
  const taken = rangesOf(excluded);
  if (!gaps || !taken || gaps.length === 0 || taken.length === 0) return false;
  const sorted = [...taken].sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  return gaps.every((gap) => isCovered(gap, sorted));
}

function isCovered({ v4, first, last }: Range, sorted: readonly Range[]): boolean {
  let open = first;
  for (const range of sorted) {
    if (range.v4 !== v4 || range.last < open) continue;
    if (range.first > open) return false;
    if (range.last >= last) return true;
    open = range.last + 1n;
  }
  return false;
}

function rangesOf(list: string): readonly Range[] | undefined {
  const ranges: Range[] = [];
  for (const written of list.split(",")) {
    const text = written.trim();
    if (text === "") continue;
    const range = parseRange(text, "netip");
    if (!range) return undefined;
    const { address, bits } = maskedRange(range);
    const free = BigInt((address.v4 ? 32 : 128) - bits);
    const { v4, number: first } = address;
    ranges.push({ v4, first, last: first + (1n << free) - 1n });
  }
  return ranges;
}
