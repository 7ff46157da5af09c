/** The rules that capture the traffic of a pod: what `istio-iptables` makes of its settings. */
import type { CaptureFacts } from "./facts.ts";
import { isLoopback, maskedRange, parseRange, type Range, rangeText } from "./ip.ts";
import { oldRules } from "./old-rules.ts";
import {
  back,
  established,
  from,
  fromPort,
  jump,
  loopbackIn,
  loopbackOut,
  notOwned,
  notTo,
  notToPort,
  owned,
  passthrough,
  type RuleList,
  ruleList,
  tcp,
  to,
  toPort,
  udp,
} from "./parts.ts";
import {
  agentDnsPort,
  type CaptureRule,
  type Chain,
  type Family,
  type Match,
  rulesOf,
  type Target,
} from "./rule.ts";
import { type CaptureFault, type CaptureSettings, partsOf } from "./settings.ts";

/** Address ranges that a list names, or that it stands for all. */
interface Ranges {
  readonly all: boolean;
  readonly hasLoopback: boolean;
  readonly v4: readonly Range[];
  readonly v6: readonly Range[];
}

export type RulesReading =
  | { readonly ok: true; readonly rules: readonly CaptureRule[] }
  | { readonly ok: false; readonly fault: CaptureFault };

/**
 * The rules that capture the traffic of a pod with these settings. Those of IPv6 are among them whether or not the pod speaks it.
 * As `istio-iptables` makes them, read at the last patches of 1.6 and 1.12 to 1.30; fails where that ends with an error.
 */
export function captureRules(settings: CaptureSettings, facts: CaptureFacts): RulesReading {
  if (settings.excludedRanges === "*")
    return failed("no address is captured that all exclude: * is excluded");
  if (facts.firstOrder) return { ok: true, rules: oldRules(settings, facts) };
  const excluded = rangesOf(settings.excludedRanges, facts);
  if (typeof excluded === "string") return failed(excluded);
  const included = rangesOf(settings.includedRanges, facts);
  if (typeof included === "string") return failed(included);
  const make = facts.familiesApart ? rulesApart : newRules;
  return { ok: true, rules: make(settings, facts, included, excluded) };
}

/** Rules where those of IPv6 know neither TPROXY nor DNS. */
function rulesApart(
  settings: CaptureSettings,
  facts: CaptureFacts,
  included: Ranges,
  excluded: Ranges,
): readonly CaptureRule[] {
  const plain = { ...settings, mode: "REDIRECT", redirectsDns: false };
  const rules = newRules(settings, facts, included, excluded);
  const mangled = rules.filter(({ table, from: by }) => table === "mangle" && by === "excludedInterfaces");
  const ofV6 = newRules(plain, facts, { ...included, hasLoopback: false }, excluded);
  return [...onlyOf(4, rules), ...onlyOf(6, [...mangled, ...ofV6])];
}

function onlyOf(family: Family, rules: readonly CaptureRule[]): readonly CaptureRule[] {
  return rulesOf(rules, family).map((rule) => ({ ...rule, families: [family] }));
}

function failed(says: string): RulesReading {
  return { ok: false, fault: { stage: "run", says } };
}

/** The ranges of a list, or what is wrong with it. */
function rangesOf(list: string, { ranges, refusesRanges }: CaptureFacts): Ranges | string {
  if (list === "*") return { all: true, hasLoopback: false, v4: [], v6: [] };
  const read: Range[] = [];
  for (const text of partsOf(list)) {
    const range = parseRange(text, ranges === "rounded" ? "net" : "netip");
    if (range) read.push(range);
    else if (refusesRanges) return `${JSON.stringify(text)} is no range of addresses such as 10.0.0.0/8`;
  }
  const told = ranges === "rounded" ? read.map(maskedRange) : read;
  return {
    all: false,
    hasLoopback: read.some(({ address }) => isLoopback(address)),
    v4: told.filter(({ address }) => address.v4),
    v6: told.filter(({ address }) => !address.v4),
  };
}

/** What the parts of the rules need to know. */
interface Plan {
  readonly settings: CaptureSettings;
  readonly facts: CaptureFacts;
  readonly included: Ranges;
  readonly excluded: Ranges;
  readonly tproxy: boolean;
  /** Whether DNS goes to the agent. */
  readonly dns: boolean;
  /** The pod itself. */
  readonly self: Readonly<Record<Family, string>>;
  readonly list: RuleList;
}

function newRules(
  settings: CaptureSettings,
  facts: CaptureFacts,
  included: Ranges,
  excluded: Ranges,
): readonly CaptureRule[] {
  const { redirectsDns, capturesAllDns, nameserversV4, nameserversV6 } = settings;
  const hasServers = nameserversV4.length + nameserversV6.length > 0;
  const list = ruleList([4, 6]);
  // Older programs count on servers that are not there.
  const hasDns = capturesAllDns || hasServers || facts.dnsChain !== "ISTIO_OUTPUT_DNS";
  const plan: Plan = {
    settings,
    facts,
    included,
    excluded,
    tproxy: settings.mode === "TPROXY",
    dns: redirectsDns && hasDns,
    self: { 4: settings.loopback, 6: "::1/128" },
    list,
  };
  leaveInterfacesAlone(plan);
  if (settings.dropsInvalid) {
    const options = { from: "dropsInvalid" } as const;
    const target = facts.dropChain ? jump("ISTIO_DROP") : drop;
    list.add("mangle", "PREROUTING", [{ of: "state", is: "INVALID" }], target, options);
    if (facts.dropChain) list.add("mangle", "ISTIO_DROP", [], drop, options);
  }
  list.add("nat", "ISTIO_INBOUND", [tcp, toPort(settings.tunnelPort)], back, { from: "tunnelPort" });
  list.add("nat", "ISTIO_REDIRECT", [tcp], { to: "redirect", port: settings.proxyPort });
  list.add("nat", "ISTIO_IN_REDIRECT", [tcp], { to: "redirect", port: settings.inboundPort });
  captureInbound(plan);
  captureOutbound(plan);
  if (plan.tproxy) markConnections(plan);
  return list.rules;
}

const drop: Target = { to: "drop" };

/** Rules for what processes of the pod send, in the order in which they count. */
function captureOutbound(plan: Plan): void {
  const { settings, facts, list } = plan;
  list.add("nat", "OUTPUT", facts.looksAtAll ? [] : [tcp], jump("ISTIO_OUTPUT"));
  for (const port of partsOf(settings.excludedOutboundPorts)) {
    for (const protocol of facts.looksAtAll ? [tcp, udp] : [tcp])
      list.add("nat", "ISTIO_OUTPUT", [protocol, toPort(port)], back, { from: "excludedOutboundPorts" });
  }
  list.addApart("nat", "ISTIO_OUTPUT", passthrough, (address) => [loopbackOut, from(address)], back);
  for (const user of partsOf(settings.users)) leaveProxyAlone(plan, "user", user);
  for (const group of partsOf(settings.groups)) leaveProxyAlone(plan, "group", group);
  chooseGroups(plan);
  if (plan.dns) captureDns(plan);
  list.addApart("nat", "ISTIO_OUTPUT", plan.self, (address) => [to(address)], back);
  excludeRanges(plan);
  for (const port of partsOf(settings.includedOutboundPorts)) {
    const options = { from: "includedOutboundPorts" } as const;
    list.add("nat", "ISTIO_OUTPUT", [tcp, toPort(port)], jump("ISTIO_REDIRECT"), options);
  }
  includeRanges(plan);
  if (plan.dns && facts.dnsChain !== "ISTIO_OUTPUT_DNS") captureQueries(plan, facts.dnsChain);
}

function leaveInterfacesAlone({ settings, tproxy, list }: Plan): void {
  const names = partsOf(settings.excludedInterfaces);
  for (const table of tproxy ? (["nat", "mangle"] as const) : (["nat"] as const)) {
    for (const is of names) {
      list.add(table, "PREROUTING", [{ of: "in", is }], back, { from: "excludedInterfaces" });
      list.add(table, "OUTPUT", [{ of: "out", is }], back, { from: "excludedInterfaces" });
    }
  }
  for (const is of partsOf(settings.virtualInterfaces))
    list.add("nat", "PREROUTING", [{ of: "in", is }], back, { from: "virtualInterfaces", at: 1 });
}

function captureInbound({ settings, facts, tproxy, self, list }: Plan): void {
  const { includedInboundPorts: ports, mark, inboundPort } = settings;
  if (ports === "") return;
  const table = tproxy ? "mangle" : "nat";
  if (tproxy) {
    list.add("mangle", "ISTIO_DIVERT", [], { to: "mark", mark }, { from: "mode" });
    list.add("mangle", "ISTIO_DIVERT", [], { to: "accept" }, { from: "mode" });
    const target = { to: "tproxy", mark, port: inboundPort } as const;
    list.addApart("mangle", "ISTIO_TPROXY", self, (address) => [notTo(address), tcp], target, {
      from: "mode",
    });
  }
  list.add(table, "PREROUTING", [tcp], jump("ISTIO_INBOUND"), { from: "includedInboundPorts" });
  const capture = (matches: readonly Match[]) => {
    const options = { from: "includedInboundPorts" } as const;
    if (!tproxy) return list.add("nat", "ISTIO_INBOUND", matches, jump("ISTIO_IN_REDIRECT"), options);
    list.add("mangle", "ISTIO_INBOUND", [...matches, established], jump("ISTIO_DIVERT"), options);
    list.add("mangle", "ISTIO_INBOUND", matches, jump("ISTIO_TPROXY"), options);
  };
  if (ports !== "*") {
    for (const port of partsOf(ports)) capture([tcp, toPort(port)]);
    return;
  }
  if (facts.sparesShell) list.add(table, "ISTIO_INBOUND", [tcp, toPort("22")], back);
  for (const port of partsOf(settings.excludedInboundPorts))
    list.add(table, "ISTIO_INBOUND", [tcp, toPort(port)], back, { from: "excludedInboundPorts" });
  capture([tcp]);
}

/** Connections of the proxy itself: those to the pod come back in through it, all others leave the pod as they are. */
function leaveProxyAlone(plan: Plan, of: "user" | "group", is: string): void {
  const { included, dns, self, list } = plan;
  const options = { from: of === "user" ? "users" : "groups" } as const;
  const ports = portsToSelf(plan, of);
  const incoming = (address: string) => [loopbackOut, notTo(address), ...ports, owned(of, is)];
  list.addApart("nat", "ISTIO_OUTPUT", self, incoming, jump("ISTIO_IN_REDIRECT"), options);
  if (!included.hasLoopback) {
    const but = dns ? [tcp, notToPort("53")] : [];
    list.add("nat", "ISTIO_OUTPUT", [loopbackOut, ...but, notOwned(of, is)], back, options);
  }
  list.add("nat", "ISTIO_OUTPUT", [owned(of, is)], back, options);
}

/** Ports of the pod itself that calls of the proxy come back in through. */
function portsToSelf({ settings, facts, dns }: Plan, of: "user" | "group"): readonly Match[] {
  const asksDns = dns && of === "user";
  if (!facts.sparesTunnel) return asksDns ? [tcp, notToPort("53")] : [];
  return [
    tcp,
    asksDns ? { of: "other-ports", is: `53,${settings.tunnelPort}` } : notToPort(settings.tunnelPort),
  ];
}

function chooseGroups({ settings, facts, list }: Plan): void {
  if (!facts.ownerGroups) return;
  for (const { matches, from: setting } of groupsLeftAlone(settings))
    list.add("nat", "ISTIO_OUTPUT", matches, back, { from: setting });
}

/** Whose traffic is left alone besides that of the proxy. */
function groupsLeftAlone({ ownerGroups, excludedOwnerGroups }: CaptureSettings): readonly {
  readonly matches: readonly Match[];
  readonly from: "ownerGroups" | "excludedOwnerGroups";
}[] {
  if (ownerGroups !== "*")
    return [{ matches: partsOf(ownerGroups).map((group) => notOwned("group", group)), from: "ownerGroups" }];
  return partsOf(excludedOwnerGroups).map((group) => ({
    matches: [owned("group", group)],
    from: "excludedOwnerGroups",
  }));
}

/** A query and where it goes to: any server, or one. */
interface Servers {
  readonly families: readonly Family[];
  readonly address: string | undefined;
}

/** The servers whose queries are captured. */
function serversOf({ capturesAllDns, nameserversV4, nameserversV6 }: CaptureSettings): readonly Servers[] {
  if (capturesAllDns) return [{ families: [4, 6], address: undefined }];
  return [
    ...nameserversV4.map((one): Servers => ({ families: [4], address: `${one}/32` })),
    ...nameserversV6.map((one): Servers => ({ families: [6], address: `${one}/128` })),
  ];
}

const byDns = { from: "redirectsDns" } as const;

function redirectQueries({ settings, list }: Plan, protocol: Match, chain: Chain): void {
  for (const { address, families } of serversOf(settings)) {
    const matches = [protocol, toPort("53"), ...(address === undefined ? [] : [to(address)])];
    list.add("nat", chain, matches, { to: "redirect", port: agentDnsPort }, { ...byDns, families });
  }
}

/** Queries over TCP; in newer programs over UDP as well. */
function captureDns(plan: Plan): void {
  const { settings, facts, list } = plan;
  if (facts.dnsChain !== "ISTIO_OUTPUT_DNS") {
    redirectQueries(plan, tcp, "ISTIO_OUTPUT");
    return;
  }
  const families = [...new Set(serversOf(settings).flatMap((one) => one.families))];
  list.add("raw", "OUTPUT", [], jump("ISTIO_OUTPUT_DNS"), byDns);
  list.add("nat", "ISTIO_OUTPUT", [], jump("ISTIO_OUTPUT_DNS"), { ...byDns, families });
  for (const protocol of [tcp, udp]) redirectQueries(plan, protocol, "ISTIO_OUTPUT_DNS");
  splitQueries(plan, "ISTIO_OUTPUT_DNS", "ISTIO_INBOUND", () =>
    list.add("raw", "PREROUTING", [], jump("ISTIO_INBOUND"), { ...byDns, families }),
  );
}

/** Queries over UDP where programs look at TCP elsewhere. */
function captureQueries(plan: Plan, chain: "OUTPUT" | "ISTIO_OUTPUT"): void {
  const { settings, facts, list } = plan;
  if (chain === "ISTIO_OUTPUT")
    for (const table of ["nat", "raw"] as const) list.add(table, "OUTPUT", [udp], jump(chain), byDns);
  const query = [udp, toPort("53")];
  for (const owner of ownersOf(settings)) list.add("nat", chain, [...query, owner], back, byDns);
  if (facts.ownerGroups) {
    for (const { matches, from: setting } of groupsLeftAlone(settings))
      list.add("nat", chain, [...query, ...matches], back, { from: setting });
  }
  redirectQueries(plan, udp, chain);
  splitQueries(plan, chain, "PREROUTING");
}

/** Queries of the proxy and of the application are tracked apart. */
function splitQueries(
  { settings, facts, list }: Plan,
  out: Chain,
  arriving: Chain,
  between?: () => void,
): void {
  const zone = (chain: Chain, matches: readonly Match[], number: "1" | "2", families?: readonly Family[]) =>
    list.add(
      "raw",
      chain,
      [udp, ...matches],
      { to: "zone", zone: number },
      {
        ...byDns,
        ...(families ? { families } : {}),
      },
    );
  if (!facts.tracksQueries) return;
  for (const owner of ownersOf(settings)) {
    zone(out, [toPort("53"), owner], "1");
    zone(out, [fromPort(agentDnsPort), owner], "2");
  }
  between?.();
  const answersOf = facts.dnsAnswersBySource ? from : to;
  for (const { address, families } of serversOf(settings)) {
    const server = address === undefined ? [] : [address];
    zone(out, [toPort("53"), ...server.map(to)], "2", families);
    zone(arriving, [fromPort("53"), ...server.map(answersOf)], "1", families);
  }
}

/** The users and groups of the proxy. */
function ownersOf({ users, groups }: CaptureSettings): readonly Match[] {
  return [
    ...partsOf(users).map((user) => owned("user", user)),
    ...partsOf(groups).map((group) => owned("group", group)),
  ];
}

function excludeRanges({ excluded, list }: Plan): void {
  for (const family of [4, 6] as const) {
    for (const range of rangesIn(excluded, family)) {
      const options = { from: "excludedRanges", families: [family] } as const;
      list.add("nat", "ISTIO_OUTPUT", [to(rangeText(range))], back, options);
    }
  }
}

function rangesIn({ v4, v6 }: Ranges, family: Family): readonly Range[] {
  return family === 4 ? v4 : v6;
}

function includeRanges({ settings, facts, included, list }: Plan): void {
  const output = (matches: readonly Match[], families: readonly Family[]) =>
    list.add("nat", "ISTIO_OUTPUT", matches, jump("ISTIO_REDIRECT"), { from: "includedRanges", families });
  const arriving = (
    matches: readonly Match[],
    families: readonly Family[],
    target = jump("ISTIO_REDIRECT"),
  ) => {
    for (const is of partsOf(settings.virtualInterfaces)) {
      const options = { from: "virtualInterfaces", families, at: 1 } as const;
      list.add("nat", "PREROUTING", [{ of: "in", is }, ...matches], target, options);
    }
  };
  if (included.all) {
    output([], [4, 6]);
    arriving([], facts.familiesApart ? [4] : [4, 6]);
    if (facts.familiesApart) arriving([], [6], back);
  }
  for (const family of [4, 6] as const) {
    for (const range of rangesIn(included, family)) {
      arriving([to(rangeText(range))], [family]);
      output([to(rangeText(range))], [family]);
    }
    if (facts.endsRanges && rangesIn(included, family).length > 0)
      list.add("nat", "ISTIO_OUTPUT", [], back, { from: "includedRanges", families: [family] });
  }
}

/** What the proxy marks its own packets to the pod with, so that they are not taken for new ones. */
const outboundMark = "1338";

function markConnections({ settings, facts, self, list }: Plan): void {
  const { mark } = settings;
  const options = { from: "mode" } as const;
  const marked: Match = { of: "mark", is: mark };
  list.add("mangle", "PREROUTING", [tcp, marked], { to: "save-mark" }, options);
  if (facts.marksOwn) list.add("mangle", "OUTPUT", [tcp, loopbackOut, marked], back, options);
  for (const owner of facts.marksOwn ? ownersOf(settings) : []) {
    const matches = (address: string) => [notTo(address), tcp, loopbackOut, owner];
    list.addApart("mangle", "OUTPUT", self, matches, { to: "mark", mark: outboundMark }, options);
  }
  const known: Match = { of: "connection-mark", is: mark };
  list.add("mangle", "OUTPUT", [tcp, known], { to: "restore-mark" }, options);
  list.add("mangle", "ISTIO_INBOUND", [tcp, marked], back, { ...options, at: 1 });
  if (!facts.marksOwn) return;
  list.addApart("mangle", "ISTIO_INBOUND", passthrough, (address) => [tcp, from(address), loopbackIn], back, {
    ...options,
    at: 2,
  });
  const other: Match = { of: "mark", is: outboundMark, not: true };
  list.add("mangle", "ISTIO_INBOUND", [tcp, loopbackIn, other], back, { ...options, at: 3 });
}
