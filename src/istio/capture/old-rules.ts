/** The rules of old releases, which treat IPv6 by a shorter list of its own. */
import type { CaptureFacts } from "./facts.ts";
import { isLoopback, maskedRange, parseRange, type Range, rangeText } from "./ip.ts";
import {
  back,
  established,
  from,
  jump,
  loopbackOut,
  notOwned,
  notTo,
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
import { type CaptureSettings, partsOf } from "./settings.ts";

/** Where the agent of old releases answers DNS. */
const oldDnsPort = "15013";
const self = { 4: "127.0.0.1/32", 6: "::1/128" } as const;

/** The rules of `istio-iptables` of Istio 1.6 to 1.8. What is no range of addresses is passed over. */
export function oldRules(settings: CaptureSettings, facts: CaptureFacts): readonly CaptureRule[] {
  const v4 = rulesOfV4(settings, facts);
  return [...v4, ...rulesOfV6(settings, facts), ...afterwards(settings, facts)];
}

/** Whether a program knows the port for HBONE, ports that are included, and that a pod may include itself. */
function knowsTunnel({ unknownFlags }: CaptureFacts): boolean {
  return !unknownFlags.includes("tunnelPort");
}

function rulesOfV4(settings: CaptureSettings, facts: CaptureFacts): readonly CaptureRule[] {
  const list = ruleList([4]);
  if (facts.virtualFirst) leaveVirtualAlone(settings, list);
  redirects(settings, facts, list);
  captureInbound(settings, list, settings.mode === "TPROXY");
  captureOutbound(settings, list, 4, knowsTunnel(facts) && includesLoopback(settings));
  if (!facts.virtualFirst) leaveVirtualAlone(settings, list);
  for (const port of knowsTunnel(facts) ? partsOf(settings.includedOutboundPorts) : [])
    list.add("nat", "ISTIO_OUTPUT", [tcp, toPort(port)], jump("ISTIO_REDIRECT"), {
      from: "includedOutboundPorts",
    });
  includeRanges(settings, list, 4);
  return list.rules;
}

function leaveVirtualAlone({ virtualInterfaces }: CaptureSettings, list: RuleList): void {
  for (const is of partsOf(virtualInterfaces))
    list.add("nat", "PREROUTING", [{ of: "in", is }], back, { from: "virtualInterfaces", at: 1 });
}

function includesLoopback({ includedRanges }: CaptureSettings): boolean {
  return partsOf(includedRanges).some((text) => {
    const range = parseRange(text, "net");
    return range !== undefined && isLoopback(range.address);
  });
}

/** IPv6 knows no TPROXY. */
function rulesOfV6(settings: CaptureSettings, facts: CaptureFacts): readonly CaptureRule[] {
  const list = ruleList([6]);
  if (facts.virtualFirst) leaveVirtualAlone(settings, list);
  redirects(settings, facts, list);
  captureInbound(settings, list, false);
  captureOutbound(settings, list, 6, false);
  includeRanges(settings, list, 6);
  return list.rules;
}

function redirects(
  { proxyPort, inboundPort, tunnelPort, redirectsDns }: CaptureSettings,
  facts: CaptureFacts,
  list: RuleList,
): void {
  if (knowsTunnel(facts))
    list.add("nat", "ISTIO_INBOUND", [tcp, toPort(tunnelPort)], back, { from: "tunnelPort" });
  // Queries over TCP that are captured at all go to the agent.
  if (facts.virtualFirst && redirectsDns && list.families.includes(4))
    list.add(
      "nat",
      "ISTIO_REDIRECT",
      [tcp, toPort("53")],
      { to: "redirect", port: agentDnsPort },
      { from: "redirectsDns" },
    );
  list.add("nat", "ISTIO_REDIRECT", [tcp], { to: "redirect", port: proxyPort });
  list.add("nat", "ISTIO_IN_REDIRECT", [tcp], { to: "redirect", port: inboundPort });
}

function captureInbound(settings: CaptureSettings, list: RuleList, tproxy: boolean): void {
  const { includedInboundPorts: ports, mark, proxyPort } = settings;
  if (ports === "") return;
  const table = tproxy ? "mangle" : "nat";
  const options = { from: "includedInboundPorts" } as const;
  if (tproxy) {
    list.add("mangle", "ISTIO_DIVERT", [], { to: "mark", mark }, { from: "mode" });
    list.add("mangle", "ISTIO_DIVERT", [], { to: "accept" }, { from: "mode" });
    const target = { to: "tproxy", mark, port: proxyPort } as const;
    list.add("mangle", "ISTIO_TPROXY", [notTo(self[4]), tcp], target, { from: "mode" });
  }
  list.add(table, "PREROUTING", [tcp], jump("ISTIO_INBOUND"), options);
  const capture = (matches: readonly Match[]) => {
    if (!tproxy) return list.add("nat", "ISTIO_INBOUND", matches, jump("ISTIO_IN_REDIRECT"), options);
    list.add("mangle", "ISTIO_INBOUND", [...matches, established], jump("ISTIO_DIVERT"), options);
    list.add("mangle", "ISTIO_INBOUND", matches, jump("ISTIO_TPROXY"), options);
  };
  if (ports !== "*") {
    for (const port of partsOf(ports)) capture([tcp, toPort(port)]);
    return;
  }
  // Somebody who is logged in stays so.
  list.add(table, "ISTIO_INBOUND", [tcp, toPort("22")], back);
  for (const port of partsOf(settings.excludedInboundPorts))
    list.add(table, "ISTIO_INBOUND", [tcp, toPort(port)], back, { from: "excludedInboundPorts" });
  capture([tcp]);
}

function captureOutbound(settings: CaptureSettings, list: RuleList, family: Family, toItself: boolean): void {
  list.add("nat", "OUTPUT", [tcp], jump("ISTIO_OUTPUT"));
  for (const port of partsOf(settings.excludedOutboundPorts))
    list.add("nat", "ISTIO_OUTPUT", [tcp, toPort(port)], back, { from: "excludedOutboundPorts" });
  list.add("nat", "ISTIO_OUTPUT", [loopbackOut, from(passthrough[family])], back);
  for (const [of, owners] of [
    ["user", settings.users],
    ["group", settings.groups],
  ] as const) {
    const options = { from: of === "user" ? "users" : "groups" } as const;
    for (const is of partsOf(owners)) {
      const incoming = [loopbackOut, notTo(self[family]), owned(of, is)];
      list.add("nat", "ISTIO_OUTPUT", incoming, jump("ISTIO_IN_REDIRECT"), options);
      if (!toItself) list.add("nat", "ISTIO_OUTPUT", [loopbackOut, notOwned(of, is)], back, options);
      list.add("nat", "ISTIO_OUTPUT", [owned(of, is)], back, options);
    }
  }
  list.add("nat", "ISTIO_OUTPUT", [to(self[family])], back);
  for (const range of rangesOf(settings.excludedRanges, family))
    list.add("nat", "ISTIO_OUTPUT", [to(rangeText(range))], back, { from: "excludedRanges" });
}

function includeRanges(settings: CaptureSettings, list: RuleList, family: Family): void {
  const interfaces = partsOf(settings.virtualInterfaces);
  const options = { from: "includedRanges" } as const;
  const through = { from: "virtualInterfaces", at: 1 } as const;
  if (settings.includedRanges === "*") {
    list.add("nat", "ISTIO_OUTPUT", [], jump("ISTIO_REDIRECT"), options);
    for (const is of interfaces) {
      // For IPv6 these interfaces are left alone.
      const target = family === 4 ? jump("ISTIO_REDIRECT") : back;
      list.add("nat", "PREROUTING", [{ of: "in", is }], target, through);
    }
    return;
  }
  const ranges = rangesOf(settings.includedRanges, family);
  for (const range of ranges) {
    const matches = [to(rangeText(range))];
    for (const is of interfaces)
      list.add("nat", "PREROUTING", [{ of: "in", is }, ...matches], jump("ISTIO_REDIRECT"), through);
    list.add("nat", "ISTIO_OUTPUT", matches, jump("ISTIO_REDIRECT"), options);
  }
  if (ranges.length > 0) list.add("nat", "ISTIO_OUTPUT", [], back, options);
}

/** What comes behind the rules of both families. */
function afterwards(settings: CaptureSettings, facts: CaptureFacts): readonly CaptureRule[] {
  const { mode, mark } = settings;
  const list = ruleList([4]);
  if (settings.redirectsDns) captureQueries(settings, facts, list);
  if (mode === "TPROXY")
    list.add(
      "mangle",
      "OUTPUT",
      [tcp, from(self[4]), notTo(self[4])],
      { to: "mark", mark },
      { from: "mode" },
    );
  return list.rules;
}

/** Queries over UDP: to the proxy at first, then to the agent, as if they had been sent to localhost. */
function captureQueries({ users, groups }: CaptureSettings, facts: CaptureFacts, list: RuleList): void {
  const options = { from: "redirectsDns" } as const;
  const query = [udp, toPort("53")];
  const [known, unknown] = knowsTunnel(facts) ? [partsOf(users), ""] : [[], "0"];
  for (const user of known) list.add("nat", "OUTPUT", [...query, owned("user", user)], back, options);
  for (const group of partsOf(groups)) {
    if (group !== unknown) list.add("nat", "OUTPUT", [...query, owned("group", group)], back, options);
  }
  if (!knowsTunnel(facts)) {
    list.add("nat", "OUTPUT", query, { to: "redirect", port: oldDnsPort }, options);
    return;
  }
  const address = "127.0.0.1";
  list.add("nat", "OUTPUT", query, { to: "dnat", address, port: agentDnsPort }, options);
  list.add("nat", "POSTROUTING", [udp, toPort(agentDnsPort)], { to: "snat", address }, options);
}

function rangesOf(list: string, family: Family): readonly Range[] {
  return partsOf(list)
    .flatMap((text) => parseRange(text, "net") ?? [])
    .filter(({ address }) => address.v4 === (family === 4))
    .map(maskedRange);
}
