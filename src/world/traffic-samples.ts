/** Packets that stand for all of their kind, and what a pod's rules make of them. */
import { addressText, isWithin, maskedRange, parseAddress, parseRange } from "../istio/capture/ip.ts";
import type { CaptureRule, Match } from "../istio/capture/rule.ts";
import { partsOf, type SettingName } from "../istio/capture/settings.ts";
import { settlingStep } from "../istio/capture/settled.ts";
import { isInterface, isPort, type Packet, walk } from "../istio/capture/walk.ts";
import type { CapturedTraffic } from "./traffic.ts";

/** What becomes of a packet. */
export interface Asked {
  readonly captured: boolean;
  readonly port: number | undefined;
  /** What decided; null for what Istio does by itself, undefined where no rule was about it. */
  readonly setting: SettingName | null | undefined;
}

/** Asks a pod's rules with packets that differ from an ordinary one in what is told. */
export interface Samples {
  /** What a process of the pod sends, over TCP, to an address and a port that nothing is about. */
  sent(differs: Partial<Packet>): Asked;
  /** What reaches the pod from outside, over TCP. */
  arriving(differs: Partial<Packet>): Asked;
  /** The ranges of addresses that rules made of a setting are about. */
  ranges(setting: "includedRanges" | "excludedRanges"): readonly string[];
}

/** Samples for the traffic of a pod; a process that sends is of a group whose traffic is captured, where only some are. */
export function samplesOf({ plan, machine }: CapturedTraffic): Samples {
  const { rules, settings } = plan;
  const matches = rules.flatMap((rule) => rule.matches);
  const own = machine.addresses.find((one) => !one.includes(":")) ?? "10.0.0.1";
  const [group] = settings.ownerGroups === "*" ? [] : partsOf(settings.ownerGroups);
  const usual = {
    protocol: "tcp",
    sourcePort: 40_000,
    destinationPort: otherPort(matches),
    user: null,
    group: null,
    by: otherInterface(matches),
    mark: 0,
    isNew: true,
  } as const;
  const sender = { group: group === undefined ? null : idOrName(group), source: own };
  const ask = (packet: Packet): Asked => {
    const way = walk(rules, packet);
    const captured = way.verdict !== "none" && way.verdict !== "drop";
    return { captured, port: way.port, setting: settlingStep(way)?.rule.from };
  };
  const destination = otherAddress(matches);
  return {
    sent: (differs) => ask({ ...usual, ...sender, direction: "out", destination, ...differs }),
    arriving: (differs) =>
      ask({ ...usual, direction: "in", source: "192.0.2.1", destination: own, ...differs }),
    ranges: (setting) => rangesIn(rules, setting),
  };
}

/** A group by its number, or by its name. */
export function idOrName(text: string): number | string {
  return /^[0-9]+$/.test(text) ? Number(text) : text;
}

function rangesIn(rules: readonly CaptureRule[], setting: SettingName): readonly string[] {
  const own = rules.filter(({ from }) => from === setting).flatMap(({ matches }) => matches);
  return [...new Set(own.flatMap(({ of, is }) => (of === "destination" ? [is] : [])))];
}

function otherPort(matches: readonly Match[]): number {
  const named = matches.flatMap(({ of, is }) => (of === "destination-port" ? [is] : []));
  const isOther = (port: number) => !named.some((text) => isPort(text, port));
  for (let port = 40_001; port < 65_536; port++) if (isOther(port)) return port;
  for (let port = 40_000; port > 0; port--) if (isOther(port)) return port;
  return 40_001;
}

function otherInterface(matches: readonly Match[]): string {
  const named = matches.flatMap(({ of, is }) => (of === "in" || of === "out" ? [is] : []));
  return ["eth0", "net9", "ens9"].find((name) => !named.some((one) => isInterface(one, name))) ?? "eth0";
}

/** Addresses of which the first is taken that no range holds. */
const addresses = [
  "198.51.100.7",
  "203.0.113.7",
  "100.66.7.7",
  "11.7.7.7",
  "44.7.7.7",
  "151.7.7.7",
  "222.7.7.7",
];

function otherAddress(matches: readonly Match[]): string {
  const ranges = matches.flatMap(({ of, is, not }) =>
    of === "destination" && !not ? (parseRange(is, "netip") ?? []) : [],
  );
  const isOther = (text: string) => {
    const address = parseAddress(text);
    return address !== undefined && !ranges.some((range) => isWithin(address, range));
  };
  return addresses.find(isOther) ?? "198.51.100.7";
}

/** Some addresses of a range: its first, that behind, and its last. */
export function addressesIn(text: string): readonly string[] {
  const range = parseRange(text.includes("/") ? text : `${text}/32`, "netip");
  if (!range) return [];
  const { address, bits } = maskedRange(range);
  const last = (1n << BigInt((address.v4 ? 32 : 128) - bits)) - 1n;
  const steps = [...new Set([0n, last > 0n ? 1n : 0n, last])];
  return steps.map((step) => addressText({ v4: address.v4, number: address.number + step }));
}
