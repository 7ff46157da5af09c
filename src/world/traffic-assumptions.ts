/** What an answer takes for granted of the running pod: what would change it if it were otherwise. */
import { parseAddress } from "../istio/capture/ip.ts";
import { partsOf } from "../istio/capture/settings.ts";
import { type Packet, type Way, walk } from "../istio/capture/walk.ts";
import { assumedServers } from "./explained-traffic.ts";
import type { Asking } from "./traffic-answer.ts";
import { eitherGroup } from "./traffic-lines.ts";
import { addressesIn, idOrName } from "./traffic-samples.ts";

/** What has to hold of the pod for an answer to be right, for people. */
export function assumptions(asking: Asking, way: Way): readonly string[] {
  const { question, packet, sender, traffic } = asking;
  const { settings, rules } = traffic.plan;
  const isOther = (differs: Partial<Packet>) => {
    const other = walk(rules, { ...packet, ...differs });
    return other.verdict !== way.verdict || other.port !== way.port;
  };
  const isV6 = packet.destination.includes(":");
  const { container } = question;
  const asksDns = question.direction === "out" && packet.destinationPort === 53;
  return [
    ...(traffic.isCertain || way.verdict === "none" ? [] : ["the pod is injected, which is not certain"]),
    ...(sender.start === "undecided" && way.verdict !== "none" ? [nativeElse(asking)] : []),
    ...(container !== undefined && packet.user === null && sender.user === null && !sender.isProxy
      ? [`the image of ${container} does not run as user ${settings.users}`]
      : []),
    ...(isV6 && !question.ipv6 && !settings.dualStack
      ? ["the first address of the pod is IPv6: else no IPv6 is captured (--ipv6)"]
      : []),
    ...(asksDns ? assumedServers(traffic) : []),
    ...assumedGroups(asking, isOther),
    ...assumedInterface(asking, isOther),
    ...assumedAddress(asking, isOther),
  ];
}

type IsOther = (differs: Partial<Packet>) => boolean;

function nativeElse({ question, traffic }: Asking): string {
  const else_ =
    traffic.plan.by === "cni"
      ? "goes to a proxy that does not run yet"
      : "is not captured, as there are no rules yet";
  return `the sidecar is a native one: else ${question.container} runs before it, and what it sends ${else_}`;
}

/** The process may be of a group that makes a difference. */
function assumedGroups({ packet, sender, traffic }: Asking, isOther: IsOther): readonly string[] {
  const { ownerGroups, excludedOwnerGroups } = traffic.plan.settings;
  if (packet.direction === "in" || sender.isProxy) return [];
  const groups = partsOf(ownerGroups === "*" ? excludedOwnerGroups : ownerGroups)
    .map((group) => idOrName(group.trim()))
    .filter((group) => (packet.group === null || typeof group === "string") && isOther({ group }));
  if (groups.length === 0) return [];
  const named = eitherGroup(groups.join(","));
  return [
    packet.group === null
      ? `the process does not run as ${named} (--gid)`
      : `${named} has another number than ${packet.group}`,
  ];
}

function assumedInterface({ question, packet, traffic }: Asking, isOther: IsOther): readonly string[] {
  const { excludedInterfaces, virtualInterfaces } = traffic.plan.settings;
  if (question.interface !== undefined || packet.by === "lo") return [];
  const others = [excludedInterfaces, question.direction === "in" ? virtualInterfaces : ""]
    .flatMap(partsOf)
    .map((name) => name.replace(/\+$/, "0"));
  const counts = [...others, "net9"].some((by) => isOther({ by }));
  return counts
    ? [`it ${question.direction === "in" ? "comes" : "leaves"} by interface ${packet.by} (--interface)`]
    : [];
}

/** The pod's own address is not known: it may lie in a range that rules are about. */
function assumedAddress({ question, packet, traffic }: Asking, isOther: IsOther): readonly string[] {
  if (question.to !== "self") return [];
  const isV6 = packet.destination.includes(":");
  const ranges = traffic.plan.rules.flatMap(({ matches }) =>
    matches.flatMap(({ of, is, not }) => (of === "destination" && !not ? [is] : [])),
  );
  const others = [isV6 ? "2001:db8:9::9" : "172.29.9.9", ...[...new Set(ranges)].flatMap(addressesIn)].filter(
    (one) => {
      const address = parseAddress(one);
      return address !== undefined && address.v4 === !isV6 && !/^127\.|^::1$/.test(one);
    },
  );
  return others.some((destination) => isOther({ destination }))
    ? [`the pod's address is ${packet.destination}: one that lies in other ranges may get another answer`]
    : [];
}
