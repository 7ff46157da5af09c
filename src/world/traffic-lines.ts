/** The lines of `explain --traffic`: each is what the pod's rules make of packets that stand for their kind. */
import { partsOf, type SettingName } from "../istio/capture/settings.ts";
import { isPort } from "../istio/capture/walk.ts";
import type { CapturedTraffic } from "./traffic.ts";
import { type Asked, addressesIn, type Samples, samplesOf } from "./traffic-samples.ts";

/** One thing to know of the traffic. */
export interface TrafficLine {
  readonly about: "in" | "out" | "dns" | "addresses";
  /** Null for what is neither, such as a setting that does not count. */
  readonly captured: boolean | null;
  readonly says: string;
  /** What said it: an annotation, a value of the injector; null where Istio does so itself. */
  readonly by: string | null;
  readonly where: string;
}

/** What is captured of a pod's traffic and what is not. */
export function trafficLines(traffic: CapturedTraffic): readonly TrafficLine[] {
  const samples = samplesOf(traffic);
  const lines = (about: TrafficLine["about"], make: (room: Room) => readonly TrafficLine[]) =>
    make({ traffic, samples, say: sayer(traffic, about) });
  return [
    ...lines("in", inbound),
    ...lines("out", outbound),
    ...lines("dns", dns),
    ...lines("addresses", ipv6),
  ];
}

type Say = (captured: boolean | null, says: string, setting: SettingName | null | undefined) => TrafficLine;

/** What a part of the lines is made from. */
interface Room {
  readonly traffic: CapturedTraffic;
  readonly samples: Samples;
  readonly say: Say;
}

function sayer({ sourceOf, release }: CapturedTraffic, about: TrafficLine["about"]): Say {
  return (captured, says, setting) => {
    const source = setting ? sourceOf(setting) : undefined;
    const where = source?.where ?? `default of Istio ${release}`;
    return { about, captured, says, by: source?.by ?? null, where };
  };
}

/** A line if a list has anything to tell. */
function ifAny<T>(list: readonly T[], line: (list: readonly T[]) => TrafficLine): readonly TrafficLine[] {
  return list.length > 0 ? [line(list)] : [];
}

function inbound(room: Room): readonly TrafficLine[] {
  const { arriving } = room.samples;
  const rest = arriving({});
  return rest.captured ? allInbound(room, rest) : someInbound(room);
}

/** Every port is captured but some. */
function allInbound({ traffic, samples: { arriving }, say }: Room, rest: Asked): readonly TrafficLine[] {
  const passes = (port: string) => !arriving({ destinationPort: firstOf(port) }).captured;
  const own = ownPorts(traffic).map(String);
  const excluded = listOf(traffic.plan.settings.excludedInboundPorts);
  const written = excluded.filter((port) => !own.includes(port) && passes(port));
  const hasShell = passes("22") && !excluded.some((port) => isPort(port, 22));
  return [
    say(
      true,
      `TCP to every port but those below goes through the proxy (its port ${rest.port})`,
      rest.setting,
    ),
    ...ifAny(written, (list) =>
      say(
        false,
        `${ports(list)}: ${list.length === 1 ? "it reaches" : "they reach"} the app directly`,
        "excludedInboundPorts",
      ),
    ),
    ...(hasShell ? [say(false, "port 22, which this release always leaves alone", null)] : []),
    ...ifAny(own.filter(passes), (list) =>
      say(false, `${ports(list)}, on which the sidecar itself answers`, null),
    ),
    ...interfaces(traffic, say, (by) => arriving({ by }), "comes"),
    say(false, "UDP, of which nothing comes in through the proxy", null),
  ];
}

/** No port is captured but some. */
function someInbound({ traffic, samples: { arriving }, say }: Room): readonly TrafficLine[] {
  const { includedInboundPorts, excludedInboundPorts } = traffic.plan.settings;
  const setting = "includedInboundPorts";
  const asked = (port: string) => arriving({ destinationPort: firstOf(port) });
  const named = includedInboundPorts === "*" ? [] : listOf(includedInboundPorts);
  const open = named.filter((port) => asked(port).captured);
  const [some] = open;
  const own = ownPorts(traffic).map(String);
  const written = listOf(excludedInboundPorts).filter((port) => !own.includes(port));
  const within = own.filter(
    (port) => !named.includes(port) && named.some((one) => isPort(one, Number(port))),
  );
  const shut = [...named, ...within].filter((port) => !asked(port).captured);
  return [
    ...(some === undefined
      ? [say(false, "nothing: every port reaches the app directly", setting)]
      : [say(true, `TCP to ${ports(open)} goes through the proxy (its port ${asked(some).port})`, setting)]),
    ...shut.map((port) =>
      say(false, `${ports([port])}, on which the sidecar itself answers`, asked(port).setting),
    ),
    ...(some === undefined ? [] : [say(false, "every other port reaches the app directly", setting)]),
    ...ifAny(includedInboundPorts === "" ? [] : written, (list) =>
      say(null, `${ports(list)} excluded, which counts only where all are included`, "excludedInboundPorts"),
    ),
    ...(some === undefined
      ? []
      : interfaces(traffic, say, (by) => arriving({ by, destinationPort: firstOf(some) }), "comes")),
  ];
}

/** Excluded interfaces, by what becomes of a packet that else is captured. */
function interfaces(
  { plan }: CapturedTraffic,
  say: Say,
  ask: (by: string) => Asked,
  goes: "comes" | "leaves",
): readonly TrafficLine[] {
  return partsOf(plan.settings.excludedInterfaces).map((name) =>
    ask(name.replace(/\+$/, "0")).captured
      ? say(
          null,
          `interface ${name} is excluded, which does not count for what ${goes}`,
          "excludedInterfaces",
        )
      : say(
          false,
          `what ${goes} by interface ${name}${goes === "comes" ? " is left alone" : ""}`,
          "excludedInterfaces",
        ),
  );
}

/** Ports on which the sidecar itself answers, and which are left alone for that. */
export function ownPorts({ plan, facts }: CapturedTraffic): readonly number[] {
  const { tunnelPort } = plan.settings;
  const own = [Number(tunnelPort), facts.statusPort, ...facts.excludedInboundPorts];
  return [...new Set(own)].sort((a, b) => a - b);
}

function outbound(room: Room): readonly TrafficLine[] {
  const { samples, traffic, say } = room;
  const rest = samples.sent({});
  const taken = rest.captured ? everything(rest, say) : someOutbound(room, rest);
  const target = capturedTarget(room);
  if (!target) return [...taken, ...virtualMachines(room)];
  const { settings } = traffic.plan;
  const sent = (differs: Parameters<Samples["sent"]>[0]) => samples.sent({ ...target, ...differs });
  const shut = (list: readonly string[], ask: (one: string) => Asked) =>
    list.filter((one) => !ask(one).captured);
  const byUser = shut(partsOf(settings.users), (user) => sent({ user: Number(user) }));
  const byGroup = shut(partsOf(settings.groups), (group) => sent({ group: Number(group) }));
  const self = settings.loopback.replace(/\/.*/, "");
  const stays = samples.sent({ destination: self, source: self, by: "lo" });
  return [
    ...taken,
    ...excludedRanges(room),
    ...ifAny(
      shut(listOf(settings.excludedOutboundPorts), (port) => sent({ destinationPort: firstOf(port) })),
      (list) => say(false, `${ports(list)} of any address`, "excludedOutboundPorts"),
    ),
    ...interfaces(traffic, say, (by) => sent({ by }), "leaves"),
    ...groups(traffic, say),
    ...ifAny([...owners(byUser, "user"), ...owners(byGroup, "group")], (list) =>
      say(false, `what ${list.join(" or ")} sends, which is the proxy's own`, "users"),
    ),
    say(stays.captured, `what stays in the pod (${settings.loopback}, ::1)`, null),
    ...virtualMachines(room),
    say(false, "UDP, of which nothing goes through the proxy", null),
  ];
}

function everything({ port, setting }: Asked, say: Say): readonly TrafficLine[] {
  return [say(true, `all TCP goes through the proxy (its port ${port}), but for what is below`, setting)];
}

/** What else is captured where an ordinary packet is not. */
function someOutbound(room: Room, rest: Asked): readonly TrafficLine[] {
  const { traffic, samples, say } = room;
  const { includedOutboundPorts, excludedRanges, excludedOutboundPorts, proxyPort } = traffic.plan.settings;
  const ranges = samples
    .ranges("includedRanges")
    .filter((range) => addressesIn(range).some((destination) => samples.sent({ destination }).captured));
  const extra = listOf(includedOutboundPorts).filter(
    (port) => samples.sent({ destinationPort: firstOf(port) }).captured,
  );
  if (ranges.length + extra.length === 0)
    return [say(false, "nothing: everything leaves the pod as it is", rest.setting || "includedRanges")];
  const but = excludedRanges === "" && excludedOutboundPorts === "" ? "" : ", but for what is below";
  const through = `goes through the proxy (its port ${proxyPort})${but}`;
  const other = extra.length > 0 ? "every other port" : "every other address";
  return [
    ...ifAny(ranges, (list) => say(true, `TCP to ${listed(list)} ${through}`, "includedRanges")),
    ...ifAny(extra, (list) =>
      say(true, `TCP to ${ports(list)} of any address ${through}`, "includedOutboundPorts"),
    ),
    say(
      false,
      ranges.length > 0 && extra.length > 0 ? `${other} of every other address` : other,
      "includedRanges",
    ),
    ...includedInVain(room, ranges, extra),
  ];
}

/** What is included and comes to nothing. */
function includedInVain(
  { traffic, samples, say }: Room,
  openRanges: readonly string[],
  openPorts: readonly string[],
): readonly TrafficLine[] {
  const { includedRanges, includedOutboundPorts } = traffic.plan.settings;
  const ranges = samples.ranges("includedRanges");
  const but = "included, but excluded as well";
  return [
    ...ifAny(
      ranges.filter((range) => !openRanges.includes(range)),
      (list) => say(null, `${listed(list)}: ${but}`, "includedRanges"),
    ),
    ...ifAny(
      listOf(includedOutboundPorts).filter((port) => !openPorts.includes(port)),
      (list) => say(null, `${ports(list)}: ${but}`, "includedOutboundPorts"),
    ),
    ...ifAny(includedRanges === "*" ? [] : unread(includedRanges, ranges), (list) =>
      say(null, `${listed(list)}: no range of addresses, which this release passes over`, "includedRanges"),
    ),
  ];
}

/** What was written as ranges and came to no rule. */
function unread(list: string, ranges: readonly string[]): readonly string[] {
  return ranges.length === partsOf(list).length
    ? []
    : partsOf(list).filter((one) => addressesIn(one).length === 0);
}

function excludedRanges({ samples, say }: Room): readonly TrafficLine[] {
  const shut = samples
    .ranges("excludedRanges")
    .filter((range) => addressesIn(range).every((destination) => !samples.sent({ destination }).captured));
  return ifAny(shut, (list) => say(false, listed(list), "excludedRanges"));
}

/** A packet that is captured: an ordinary one, else one to an included range or port; undefined where none is. */
function capturedTarget({ traffic, samples }: Room): Parameters<Samples["sent"]>[0] | undefined {
  const targets = [
    {},
    ...samples
      .ranges("includedRanges")
      .flatMap(addressesIn)
      .map((destination) => ({ destination })),
    ...listOf(traffic.plan.settings.includedOutboundPorts).map((port) => ({
      destinationPort: firstOf(port),
    })),
  ];
  return targets.find((target) => samples.sent(target).captured);
}

function virtualMachines({ traffic, samples, say }: Room): readonly TrafficLine[] {
  return partsOf(traffic.plan.settings.virtualInterfaces).map((name) => {
    const by = name.replace(/\+$/, "0");
    const reaches = (destination: string) => samples.arriving({ by, destination }).captured;
    const ranges = samples.ranges("includedRanges").filter((range) => addressesIn(range).some(reaches));
    const whose = `what comes in by interface ${name}, of a virtual machine,`;
    if (reaches("198.51.100.7") && ranges.length === 0)
      return say(true, `${whose} goes out through the proxy`, "virtualInterfaces");
    return ranges.length > 0
      ? say(
          true,
          `${whose} goes out through the proxy to ${listed(ranges)}, and elsewhere as it is`,
          "virtualInterfaces",
        )
      : say(false, `${whose} leaves the pod as it is`, "virtualInterfaces");
  });
}

function groups({ plan }: CapturedTraffic, say: Say): readonly TrafficLine[] {
  const { ownerGroups, excludedOwnerGroups } = plan.settings;
  if (ownerGroups !== "*")
    return [say(false, `what others send than ${eitherGroup(ownerGroups)}`, "ownerGroups")];
  return ifAny(partsOf(excludedOwnerGroups), () =>
    say(false, `what ${eitherGroup(excludedOwnerGroups)} sends`, "excludedOwnerGroups"),
  );
}

/** "group 202", "groups 202 or java". */
export function eitherGroup(list: string): string {
  const all = partsOf(list);
  return `group${all.length === 1 ? "" : "s"} ${listed(all, "or")}`;
}

function dns({ traffic, samples, say }: Room): readonly TrafficLine[] {
  const { capturesAllDns } = traffic.plan.settings;
  const servers = capturesAllDns ? [{}] : traffic.machine.nameservers.map((destination) => ({ destination }));
  const ask = (protocol: "udp" | "tcp") =>
    servers.map((server) => samples.sent({ protocol, destinationPort: 53, ...server }));
  const isAnswered = ({ captured, port }: Asked) =>
    captured && port !== undefined && agentPorts.includes(port);
  const [udp, tcp] = [ask("udp").find(isAnswered), ask("tcp").find(isAnswered)];
  const answer = udp ?? tcp;
  if (answer) {
    const over = udp && tcp ? "" : ` over ${udp ? "UDP" : "TCP"}`;
    const whose = capturesAllDns ? "" : " to the pod's name servers";
    return [say(true, `queries${over}${whose} go to the agent (its port ${answer.port})`, answer.setting)];
  }
  const [lost] = ask("udp");
  const setting = traffic.plan.settings.redirectsDns && lost?.setting ? lost.setting : "redirectsDns";
  return [say(false, "queries go to the pod's name server, not to the agent", setting)];
}

/** Where the agent answers queries, and where that of 1.8 did. */
export const agentPorts: readonly number[] = [15_053, 15_013];

function ipv6({ traffic, say }: Room): readonly TrafficLine[] {
  const { dualStack } = traffic.plan.settings;
  if (dualStack) return [say(true, "IPv6 is captured where the pod has such an address", "dualStack")];
  if (traffic.plan.settings.ipv6) {
    const told = say(true, "IPv6 is captured, as the first address of the pod is one", null);
    return [{ ...told, where: "--ipv6" }];
  }
  return [
    say(null, "IPv6 is captured where the first address of the pod is one, and not otherwise", "dualStack"),
  ];
}

function listOf(list: string): readonly string[] {
  return partsOf(list).map((one) => one.trim());
}

/** A port, or the first of a range of them. */
function firstOf(port: string): number {
  return Number(port.split(":")[0]);
}

/** "port 80", "ports 80, 443 and 9000". */
function ports(list: readonly string[]): string {
  const told = list.map((port) => port.trim().replace(":", " to "));
  return `port${told.length === 1 && !told[0]?.includes(" ") ? "" : "s"} ${listed(told)}`;
}

function owners(all: readonly string[], kind: string): readonly string[] {
  return all.length === 0 ? [] : [`${kind}${all.length === 1 ? "" : "s"} ${listed(all)}`];
}

/** "a", "a and b", "a, b and c". */
export function listed(list: readonly string[], word: "and" | "or" = "and"): string {
  return list.length < 2 ? list.join("") : `${list.slice(0, -1).join(", ")} ${word} ${list.at(-1)}`;
}
