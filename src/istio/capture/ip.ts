/** Addresses and ranges as numbers. */
import { cidrError, isIPv4, isIPv6 } from "../address.ts";

export interface Address {
  readonly v4: boolean;
  readonly number: bigint;
}

/** A range of addresses as it was written: its address need not be the first of it. */
export interface Range {
  readonly address: Address;
  readonly bits: number;
}

const mapped = 0xffffn << 32n;

/** An address; undefined for anything else. An IPv4 address in the form of IPv6 is IPv4. */
export function parseAddress(text: string): Address | undefined {
  const address = readAddress(text);
  return address && unmapped(address);
}

function readAddress(text: string): Address | undefined {
  if (isIPv4(text)) return { v4: true, number: fieldsToNumber(text) };
  return isIPv6(text) ? { v4: false, number: groupsToNumber(text) } : undefined;
}

function isMapped({ v4, number }: Address): boolean {
  return !v4 && number >> 32n === mapped >> 32n;
}

function unmapped(address: Address): Address {
  return isMapped(address) ? { v4: true, number: address.number - mapped } : address;
}

/** A range such as 10.0.0.0/8; undefined for anything else, by the reader of the release. */
export function parseRange(text: string, parser: "net" | "netip"): Range | undefined {
  if (cidrError(text, parser) !== undefined) return undefined;
  const slash = text.lastIndexOf("/");
  const address = readAddress(text.slice(0, slash));
  const bits = Number(text.slice(slash + 1));
  if (!address) return undefined;
  // The older reader takes ranges of IPv4 addresses in the form of IPv6 for what they mean.
  const old = parser === "net" && isMapped(address) && bits >= 96;
  return old ? { address: unmapped(address), bits: bits - 96 } : { address, bits };
}

/** A range without the bits of its address that do not count. */
export function maskedRange({ address, bits }: Range): Range {
  const free = BigInt((address.v4 ? 32 : 128) - bits);
  return { address: { ...address, number: (address.number >> free) << free }, bits };
}

export function rangeText({ address, bits }: Range): string {
  return `${addressText(address)}/${bits}`;
}

/** Whether an address lies in a range. */
export function isWithin(address: Address, { address: base, bits }: Range): boolean {
  if (address.v4 !== base.v4) return false;
  const free = BigInt((address.v4 ? 32 : 128) - bits);
  return address.number >> free === base.number >> free;
}

export function isLoopback(address: Address): boolean {
  const { v4, number } = unmapped(address);
  return v4 ? number >> 24n === 127n : number === 1n;
}

/** Whether an address is link-local, of one receiver or of many. */
export function isLinkLocal({ v4, number }: Address): boolean {
  if (v4) return number >> 16n === 0xa9fen || number >> 8n === 0xe00000n;
  return number >> 118n === 0x3fan || (number >> 112n) % 0x10000n === 0xff02n;
}

/** An address in its shortest usual form. */
export function addressText(address: Address): string {
  const { v4, number } = address;
  if (v4) return [24n, 16n, 8n, 0n].map((shift) => (number >> shift) & 0xffn).join(".");
  if (isMapped(address)) return `::ffff:${addressText(unmapped(address))}`;
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((number >> BigInt(16 * (7 - index))) & 0xffffn).toString(16),
  );
  const [start, length] = longestZeros(groups);
  if (length < 2) return groups.join(":");
  return `${groups.slice(0, start).join(":")}::${groups.slice(start + length).join(":")}`;
}

/** Where the longest run of zeros begins, and how long it is. */
function longestZeros(groups: readonly string[]): readonly [number, number] {
  let best: readonly [number, number] = [0, 0];
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === "0") length++;
    if (length > best[1]) best = [start, length];
  }
  return best;
}

function fieldsToNumber(address: string): bigint {
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
    const number = fieldsToNumber(group);
    return [number >> 16n, number & 0xffffn];
  });
}
