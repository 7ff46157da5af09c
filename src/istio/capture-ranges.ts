/** Whether address ranges that are excluded from capture leave anything of those that are included. */
import { cidrError, isIPv4 } from "./address.ts";

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
    if (cidrError(text, "netip") !== undefined) return undefined;
    ranges.push(rangeOf(text));
  }
  return ranges;
}

/** A CIDR range that has been found to be one. */
function rangeOf(text: string): Range {
  const slash = text.lastIndexOf("/");
  const address = text.slice(0, slash);
  const v4 = isIPv4(address);
  const free = BigInt((v4 ? 32 : 128) - Number(text.slice(slash + 1)));
  const first = ((v4 ? bytesToNumber(address) : groupsToNumber(address)) >> free) << free;
  return { v4, first, last: first + (1n << free) - 1n };
}

function bytesToNumber(address: string): bigint {
  return address.split(".").reduce((sum, field) => (sum << 8n) + BigInt(field), 0n);
}

function groupsToNumber(address: string): bigint {
  const [before = "", after] = address.split("::");
  const head = groupsOf(before);
  const tail = after === undefined ? [] : groupsOf(after);
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => 0n);
  return [...head, ...zeros, ...tail].reduce((sum, group) => (sum << 16n) + group, 0n);
}

/** The 16-bit groups of a part of an IPv6 address; an IPv4 address at its end is two. */
function groupsOf(part: string): readonly bigint[] {
  if (part === "") return [];
  return part.split(":").flatMap((group) => {
    if (!group.includes(".")) return [BigInt(`0x${group}`)];
    const number = bytesToNumber(group);
    return [number >> 16n, number & 0xffffn];
  });
}
