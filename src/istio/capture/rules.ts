/** The rules that capture the traffic of a pod: what `istio-iptables` makes of its settings. */
import type { CaptureProgram } from "./facts.ts";
import { isLoopback, parseRange, type Range, rangeText } from "./ip.ts";
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
import { agentDnsPort, type CaptureRule, type Family, type Match } from "./rule.ts";
import { type CaptureFault, type CaptureSettings, partsOf } from "./settings.ts";

/** Address ranges that a list names, or that it stands for all. */
export interface Ranges {
  readonly all: boolean;
  readonly v4: readonly Range[];
  readonly v6: readonly Range[];
}

export type RulesReading =
  | { readonly ok: true; readonly rules: readonly CaptureRule[] }
  | { readonly ok: false; readonly fault: CaptureFault };

/**
 * The rules that capture the traffic of a pod with these settings. Those of IPv6 are among them whether or not the pod speaks it.
 * As `istio-iptables` of Istio 1.6.14 and 1.30.3 makes them; fails where that ends with an error.
 */
export function captureRules(settings: CaptureSettings, program: CaptureProgram): RulesReading {
  if (settings.excludedRanges === "*")
    return failed("no address is captured that all exclude: * is excluded");
  if (program === "addresses-v4") return { ok: true, rules: oldRules(settings) };
  const excluded = rangesOf(settings.excludedRanges);
  if (typeof excluded === "string") return failed(excluded);
  const included = rangesOf(settings.includedRanges);
  if (typeof included === "string") return failed(included);
  return { ok: true, rules: newRules(settings, included, excluded) };
}

function failed(says: string): RulesReading {
  return { ok: false, fault: { stage: "run", says } };
}

/** The ranges of a list, or what is wrong with it. */
function rangesOf(list: string): Ranges | string {
  if (list === "*") return { all: true, v4: [], v6: [] };
  const v4: Range[] = [];
  const v6: Range[] = [];
  for (const text of partsOf(list)) {
    const range = parseRange(text, "netip");
    if (!range) return `${JSON.stringify(text)} is no range of addresses such as 10.0.0.0/8`;
    (range.address.v4 ? v4 : v6).push(range);
  }
  return { all: false, v4, v6 };
}

/** What the parts of the rules need to know. */
interface Plan {
  readonly settings: CaptureSettings;
  readonly included: Ranges;
  readonly excluded: Ranges;
  readonly tproxy: boolean;
  /** Whether DNS goes to the agent. */
  readonly dns: boolean;
  /** The pod itself. */
  readonly self: Readonly<Record<Family, string>>;
  readonly list: RuleList;
}

function newRules(settings: CaptureSettings, included: Ranges, excluded: Ranges): readonly CaptureRule[] {
  const { redirectsDns, capturesAllDns, nameserversV4, nameserversV6 } = settings;
  const hasServers = nameserversV4.length + nameserversV6.length > 0;
  const list = ruleList([4, 6]);
  const plan: Plan = {
    settings,
    included,
    excluded,
    tproxy: settings.mode === "TPROXY",
    dns: redirectsDns && (capturesAllDns || hasServers),
    self: { 4: settings.loopback, 6: "::1/128" },
    list,
  };
  leaveInterfacesAlone(plan);
  if (settings.dropsInvalid) {
    const options = { from: "dropsInvalid" } as const;
    list.add("mangle", "PREROUTING", [{ of: "state", is: "INVALID" }], jump("ISTIO_DROP"), options);
    list.add("mangle", "ISTIO_DROP", [], { to: "drop" }, options);
  }
  list.add("nat", "ISTIO_INBOUND", [tcp, toPort(settings.tunnelPort)], back, { from: "tunnelPort" });
  list.add("nat", "ISTIO_REDIRECT", [tcp], { to: "redirect", port: settings.proxyPort });
  list.add("nat", "ISTIO_IN_REDIRECT", [tcp], { to: "redirect", port: settings.inboundPort });
  captureInbound(plan);
  list.add("nat", "OUTPUT", [], jump("ISTIO_OUTPUT"));
  for (const port of partsOf(settings.excludedOutboundPorts)) {
    for (const protocol of [tcp, udp])
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
  if (plan.tproxy) markConnections(plan);
  return list.rules;
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

function captureInbound({ settings, tproxy, self, list }: Plan): void {
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
  for (const port of partsOf(settings.excludedInboundPorts))
    list.add(table, "ISTIO_INBOUND", [tcp, toPort(port)], back, { from: "excludedInboundPorts" });
  capture([tcp]);
}

/** Connections of the proxy itself: those to the pod come back in through it, all others leave the pod as they are. */
function leaveProxyAlone(
  { settings, included, dns, self, list }: Plan,
  of: "user" | "group",
  is: string,
): void {
  const setting = of === "user" ? "users" : "groups";
  const options = { from: setting } as const;
  const other: Match =
    dns && of === "user"
      ? { of: "other-ports", is: `53,${settings.tunnelPort}` }
      : notToPort(settings.tunnelPort);
  const incoming = (address: string) => [loopbackOut, notTo(address), tcp, other, owned(of, is)];
  list.addApart("nat", "ISTIO_OUTPUT", self, incoming, jump("ISTIO_IN_REDIRECT"), options);
  if (![...included.v4, ...included.v6].some(({ address }) => isLoopback(address))) {
    const but = dns ? [tcp, notToPort("53")] : [];
    list.add("nat", "ISTIO_OUTPUT", [loopbackOut, ...but, notOwned(of, is)], back, options);
  }
  list.add("nat", "ISTIO_OUTPUT", [owned(of, is)], back, options);
}

function chooseGroups({ settings, list }: Plan): void {
  const { ownerGroups, excludedOwnerGroups } = settings;
  if (ownerGroups === "*") {
    for (const group of partsOf(excludedOwnerGroups))
      list.add("nat", "ISTIO_OUTPUT", [owned("group", group)], back, { from: "excludedOwnerGroups" });
  } else {
    const none = partsOf(ownerGroups).map((group) => notOwned("group", group));
    list.add("nat", "ISTIO_OUTPUT", none, back, { from: "ownerGroups" });
  }
}

/** A query and where it goes to: any server, or one. */
interface Servers {
  readonly families: readonly Family[];
  readonly address: string | undefined;
}

function captureDns({ settings, list }: Plan): void {
  const { capturesAllDns, nameserversV4, nameserversV6, users, groups } = settings;
  const options = { from: "redirectsDns" } as const;
  const servers: readonly Servers[] = capturesAllDns
    ? [{ families: [4, 6], address: undefined }]
    : [
        ...nameserversV4.map((one): Servers => ({ families: [4], address: `${one}/32` })),
        ...nameserversV6.map((one): Servers => ({ families: [6], address: `${one}/128` })),
      ];
  const families = [...new Set(servers.flatMap((one) => one.families))];
  list.add("raw", "OUTPUT", [], jump("ISTIO_OUTPUT_DNS"), options);
  list.add("nat", "ISTIO_OUTPUT", [], jump("ISTIO_OUTPUT_DNS"), { ...options, families });
  for (const protocol of [tcp, udp]) {
    for (const { address, families: own } of servers) {
      const matches = [protocol, toPort("53"), ...(address === undefined ? [] : [to(address)])];
      const target = { to: "redirect", port: agentDnsPort } as const;
      list.add("nat", "ISTIO_OUTPUT_DNS", matches, target, { ...options, families: own });
    }
  }
  const owners = [
    ...partsOf(users).map((user) => owned("user", user)),
    ...partsOf(groups).map((group) => owned("group", group)),
  ];
  const zone = (matches: readonly Match[], number: "1" | "2", own: readonly Family[] = [4, 6]) =>
    list.add(
      "raw",
      "ISTIO_OUTPUT_DNS",
      [udp, ...matches],
      { to: "zone", zone: number },
      {
        ...options,
        families: own,
      },
    );
  for (const owner of owners) {
    zone([toPort("53"), owner], "1");
    zone([fromPort(agentDnsPort), owner], "2");
  }
  list.add("raw", "PREROUTING", [], jump("ISTIO_INBOUND"), { ...options, families });
  for (const { address, families: own } of servers) {
    const server = address === undefined ? [] : [address];
    zone([toPort("53"), ...server.map(to)], "2", own);
    const answers = [udp, fromPort("53"), ...server.map(from)];
    list.add("raw", "ISTIO_INBOUND", answers, { to: "zone", zone: "1" }, { ...options, families: own });
  }
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

function includeRanges({ settings, included, list }: Plan): void {
  const output = (matches: readonly Match[], families: readonly Family[]) =>
    list.add("nat", "ISTIO_OUTPUT", matches, jump("ISTIO_REDIRECT"), { from: "includedRanges", families });
  const arriving = (matches: readonly Match[], families: readonly Family[]) => {
    for (const is of partsOf(settings.virtualInterfaces)) {
      const options = { from: "virtualInterfaces", families, at: 1 } as const;
      list.add("nat", "PREROUTING", [{ of: "in", is }, ...matches], jump("ISTIO_REDIRECT"), options);
    }
  };
  if (included.all) {
    output([], [4, 6]);
    arriving([], [4, 6]);
  }
  for (const family of [4, 6] as const) {
    for (const range of rangesIn(included, family)) {
      arriving([to(rangeText(range))], [family]);
      output([to(rangeText(range))], [family]);
    }
  }
}

/** What the proxy marks its own packets to the pod with, so that they are not taken for new ones. */
const outboundMark = "1338";

function markConnections({ settings, self, list }: Plan): void {
  const { mark, users, groups } = settings;
  const options = { from: "mode" } as const;
  const marked: Match = { of: "mark", is: mark };
  list.add("mangle", "PREROUTING", [tcp, marked], { to: "save-mark" }, options);
  list.add("mangle", "OUTPUT", [tcp, loopbackOut, marked], back, options);
  const owners = [
    ...partsOf(users).map((user) => owned("user", user)),
    ...partsOf(groups).map((group) => owned("group", group)),
  ];
  for (const owner of owners) {
    const matches = (address: string) => [notTo(address), tcp, loopbackOut, owner];
    list.addApart("mangle", "OUTPUT", self, matches, { to: "mark", mark: outboundMark }, options);
  }
  const known: Match = { of: "connection-mark", is: mark };
  list.add("mangle", "OUTPUT", [tcp, known], { to: "restore-mark" }, options);
  list.add("mangle", "ISTIO_INBOUND", [tcp, marked], back, { ...options, at: 1 });
  list.addApart("mangle", "ISTIO_INBOUND", passthrough, (address) => [tcp, from(address), loopbackIn], back, {
    ...options,
    at: 2,
  });
  const other: Match = { of: "mark", is: outboundMark, not: true };
  list.add("mangle", "ISTIO_INBOUND", [tcp, loopbackIn, other], back, { ...options, at: 3 });
}
