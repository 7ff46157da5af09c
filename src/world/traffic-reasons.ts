/** Why a packet is captured or not, and what to change for the other answer, in words. */
import type { CaptureRule } from "../istio/capture/rule.ts";
import type { CaptureSettings, SettingName } from "../istio/capture/settings.ts";
import type { Packet, Way } from "../istio/capture/walk.ts";
import type { CapturedTraffic, SettingSource } from "./traffic.ts";
import type { Asking } from "./traffic-answer.ts";
import { eitherGroup, ownPorts } from "./traffic-lines.ts";

/** What is missing where no rule is about a packet. */
export function settingOfNone(
  { direction, protocol }: Packet,
  { includedOutboundPorts }: CaptureSettings,
): SettingName | null {
  if (protocol === "udp") return null;
  if (direction === "in") return "includedInboundPorts";
  return includedOutboundPorts === "" ? "includedRanges" : "includedOutboundPorts";
}

/** Why no rule is about a packet. */
export function becauseOfNone(
  { direction, protocol, destinationPort: port, destination: to }: Packet,
  settings: CaptureSettings,
): string {
  if (protocol === "udp")
    return `no rule is about UDP${port === 53 ? " here" : ""}: the proxy takes TCP alone`;
  if (direction === "in") return `no rule captures port ${port}`;
  const ranges =
    settings.includedRanges === "" ? "no address is included" : `${to} is in no range that is included`;
  return settings.includedOutboundPorts === ""
    ? ranges
    : `${ranges}, and port ${port} is none of the included ports`;
}

/** Why a rule is there, in words. */
export function because(rule: CaptureRule, packet: Packet, { plan }: CapturedTraffic): string {
  const { destinationPort, destination } = packet;
  const { settings } = plan;
  switch (rule.from) {
    case "includedRanges":
      if (rule.target.to === "return") return `${destination} is in no range that is included`;
      return settings.includedRanges === "*"
        ? "every address is captured that nothing else excludes"
        : `${destination} is in a range that is included`;
    case "excludedRanges":
      return `${destination} is in a range that is excluded`;
    case "includedInboundPorts":
      return settings.includedInboundPorts === "*"
        ? "every port is captured that nothing else excludes"
        : `port ${destinationPort} is among the included ports`;
    case "excludedInboundPorts":
    case "excludedOutboundPorts":
      return `port ${destinationPort} is excluded`;
    case "includedOutboundPorts":
      return `port ${destinationPort} is captured, whatever the address`;
    case "users":
    case "groups":
      return becauseOfOwner(rule);
    case "tunnelPort":
      return `port ${destinationPort} is the proxy's own, for HBONE`;
    case "redirectsDns":
      return rule.target.to === "return" ? "it is a query of the proxy or its agent" : "it is a DNS query";
    case "excludedInterfaces":
      return `interface ${packet.by} is excluded`;
    case "virtualInterfaces":
      return `it comes from a virtual machine behind interface ${packet.by}`;
    case "ownerGroups":
      return `it is not sent by ${eitherGroup(settings.ownerGroups)}`;
    case "excludedOwnerGroups":
      return `group ${packet.group} is excluded`;
    case "dropsInvalid":
      return "its connection is not valid";
    case "mode":
      return "it stays in the pod, and comes neither from outside nor by way of the proxy";
    default:
      return becauseOfIstio(rule, packet);
  }
}

/** Rules for whose traffic is the proxy's own. */
function becauseOfOwner({ matches, target }: CaptureRule): string {
  const owner = matches.find(({ of }) => of === "user" || of === "group");
  const whose = `${owner?.of ?? "user"} ${owner?.is ?? ""}`;
  if (target.to === "jump")
    return `the proxy (${whose}) calls its own pod, which is like a call from outside`;
  return owner?.not
    ? `it stays in the pod (interface lo) and is not sent by the proxy (${whose})`
    : `it is sent by ${whose}, and so taken for the proxy's own`;
}

/** Rules that are always there. */
function becauseOfIstio({ matches }: CaptureRule, { destinationPort, destination }: Packet): string {
  if (matches.some(({ of }) => of === "source"))
    return "the proxy hands it to the app, in the name of 127.0.0.6 or ::6";
  if (matches.some(({ of }) => of === "destination"))
    return `${destination} is the pod's own loopback address`;
  if (matches.some(({ is }) => is === "22")) return "this release never captures port 22";
  return `port ${destinationPort} is one of Istio's own`;
}

const traffic = "traffic.sidecar.istio.io/";

/** The setting that decided, and who said it; undefined where nobody did. */
interface Decider extends Asking {
  readonly setting: SettingName | null;
  readonly source: SettingSource | undefined;
}

/** What to change for the other answer; null where nothing is to be, or can be. */
export function changeOf({ verdict }: Way, rule: CaptureRule | undefined, decider: Decider): string | null {
  const { sender, setting, traffic: captured, packet } = decider;
  if (verdict === "drop" || sender.isProxy || packet.protocol === "udp" || setting === "tunnelPort")
    return verdict === "drop" || setting !== "redirectsDns" ? null : withoutDns;
  const { byHand, plan } = captured;
  const told = verdict === "none" ? changeToCapture(rule, decider) : changeToLeave(decider);
  const isWritten = setting !== "users" && setting !== "groups";
  return told !== null && byHand && plan.by === "istio-init" && isWritten
    ? "to change that, change the arguments of istio-init, or let the pod be injected anew: annotations count when it is injected"
    : told;
}

const withoutDns = "to leave queries alone, take ISTIO_META_DNS_CAPTURE out of proxyMetadata";

function changeToLeave({ question, packet, setting, sender, traffic: captured }: Decider): string | null {
  const { destinationPort: port, destination } = packet;
  if (setting === "redirectsDns") return withoutDns;
  if (question.direction === "in") {
    return setting === "includedInboundPorts" ? leaveInbound(port, captured.plan.settings) : null;
  }
  // Exclusions count for processes of the pod, not for a virtual machine in it.
  if (question.to === "self" || packet.direction === "in") return null;
  if (sender.start === "before-proxy" && captured.plan.by === "cni")
    return `to let it out, run the container as user ${captured.plan.settings.users}, or let the sidecar be a native one`;
  const range = `${destination}/${destination.includes(":") ? 128 : 32}`;
  return `to leave it alone, add ${port} to ${traffic}excludeOutboundPorts, or ${range} to ${traffic}excludeOutboundIPRanges`;
}

function leaveInbound(port: number, { includedInboundPorts }: CaptureSettings): string {
  return includedInboundPorts === "*"
    ? `to leave it alone, add ${port} to ${traffic}excludeInboundPorts`
    : `to leave it alone, take ${port} out of the included ports`;
}

function changeToCapture(
  rule: CaptureRule | undefined,
  { packet, setting, source, traffic: captured }: Decider,
): string | null {
  const { destinationPort: port, user, group } = packet;
  switch (setting) {
    case "excludedInboundPorts":
    case "excludedOutboundPorts":
      return source?.by === undefined ||
        (setting === "excludedInboundPorts" && ownPorts(captured).includes(port))
        ? null
        : `to capture it, take ${port} out of the excluded ports`;
    case "excludedRanges":
      return "to capture it, take the range out of the excluded ones";
    case "includedRanges":
    case "includedOutboundPorts":
      return packet.direction === "in"
        ? null
        : `to capture it, add its range to ${traffic}includeOutboundIPRanges, or ${port} to ${traffic}includeOutboundPorts`;
    case "includedInboundPorts":
      return `to capture it, add ${port} to ${traffic}includeInboundPorts, or let that be "*"`;
    case "users":
    case "groups":
      return rule?.matches.some(({ of, not }) => (of === "user" || of === "group") && !not) &&
        (user ?? group) !== null
        ? "to capture it, run the container as another user and group than the proxy"
        : null;
    case "excludedInterfaces":
      return `to capture it, take the interface out of ${traffic}excludeInterfaces`;
    default:
      return null;
  }
}
