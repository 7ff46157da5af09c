/** What becomes of one packet of a workload's pods: the answer of `sidelint traffic`. */
import { parseAddress } from "../istio/capture/ip.ts";
import { usualMachine } from "../istio/capture/plan.ts";
import { type CaptureRule, ruleText } from "../istio/capture/rule.ts";
import {
  type CaptureMachine,
  type CaptureSettings,
  partsOf,
  type SettingName,
} from "../istio/capture/settings.ts";
import { settlingStep } from "../istio/capture/settled.ts";
import { type Packet, type Way, walk } from "../istio/capture/walk.ts";
import { type Container, findInPod, objectOf } from "../istio/inject/pod.ts";
import { at, type Json } from "../kube/json.ts";
import type { ExplainedTraffic } from "./explained-traffic.ts";
import { type CapturedTraffic, trafficOf } from "./traffic.ts";
import { listed } from "./traffic-lines.ts";
import type { Workload, World } from "./world.ts";

/** What somebody asks of a packet. */
export interface TrafficQuestion {
  readonly direction: "in" | "out";
  readonly protocol: "tcp" | "udp";
  /** Where it goes to, for one that is sent; `self` stands for the pod. */
  readonly to: string;
  /** Where it comes from; undefined for the pod's own address. */
  readonly from: string | undefined;
  readonly port: number;
  readonly interface: string | undefined;
  /** Who sends it: a user, a container of the pod, or the proxy; else any process. */
  readonly user: number | undefined;
  readonly group: number | undefined;
  readonly container: string | undefined;
  readonly byProxy: boolean;
}

/** A rule on the way of the packet. */
export interface PassedRule {
  readonly table: string;
  /** The chain of the kernel by which the packet came to it. */
  readonly hook: string;
  readonly rule: string;
}

export interface TrafficAnswer {
  readonly state: "answered";
  readonly packet: Packet;
  /** What the packet is, for people. */
  readonly asks: string;
  readonly verdict: Way["verdict"];
  /** The port of the proxy that gets it. */
  readonly port: number | null;
  readonly says: string;
  readonly because: string;
  /** The annotation or value that decided; null where Istio does so itself. */
  readonly by: string | null;
  readonly where: string;
  /** The place of the deciding rule in the way; null where no rule was about the packet. */
  readonly decided: number | null;
  readonly way: readonly PassedRule[];
  /** What to change for the other answer; null where nothing does. */
  readonly change: string | null;
  /** What the answer takes for granted of the running pod. */
  readonly assumes: readonly string[];
}

export type AnsweredTraffic =
  | TrafficAnswer
  | Exclude<ExplainedTraffic, { readonly state: "captured" }>
  /** The question cannot be asked of this workload. */
  | { readonly state: "refused"; readonly why: string };

/** Answers a question on the workload of this id; undefined where the world has no such workload. */
export function answerTraffic(
  world: World,
  { id }: Pick<Workload, "id">,
  question: TrafficQuestion,
  machine: CaptureMachine,
): AnsweredTraffic | undefined {
  const workload = world.workloads.find((one) => one.id === id);
  if (!workload) return undefined;
  const traffic = trafficOf(world, workload, machine);
  if (traffic.state !== "captured") return traffic;
  const sender = senderOf(question, traffic);
  if ("why" in sender) return { state: "refused", why: sender.why };
  const packet = packetOf(question, sender, machine);
  const way = walk(traffic.plan.rules, packet);
  const step = settlingStep(way);
  const setting = step ? step.rule.from : settingOfNone(question, traffic.plan.settings);
  const source = setting === null ? undefined : traffic.sourceOf(setting);
  return {
    state: "answered",
    packet,
    asks: asks(question, sender),
    verdict: way.verdict,
    port: way.port ?? null,
    says: saysOf(way, question),
    because: step ? because(step.rule, packet, traffic) : becauseOfNone(question, traffic.plan.settings),
    by: source?.by ?? null,
    where: source?.where ?? `default of Istio ${traffic.release}`,
    decided: step ? way.steps.indexOf(step) : null,
    way: way.steps.map(({ hook, rule }) => ({ table: rule.table, hook, rule: ruleText(rule) })),
    change: changeOf(way, step?.rule, setting, packet, question),
    assumes: assumptions(question, packet, machine, traffic),
  };
}

function assumptions(
  { container }: TrafficQuestion,
  { destination, destinationPort, user, direction }: Packet,
  { nameservers }: CaptureMachine,
  { plan }: CapturedTraffic,
): readonly string[] {
  const { dualStack, users, redirectsDns, capturesAllDns } = plan.settings;
  const isV6 = destination.includes(":");
  const asks = direction === "out" && destinationPort === 53 && redirectsDns && !capturesAllDns;
  return [
    ...(container !== undefined && user === null
      ? [`the image of ${container} does not run as user ${users}`]
      : []),
    ...(isV6 && !dualStack ? ["the first address of the pod is IPv6: else no IPv6 is captured"] : []),
    ...(asks && nameservers === usualMachine.nameservers
      ? [`the pod's name server is ${listed(nameservers)} (--nameserver)`]
      : []),
  ];
}

interface Sender {
  readonly user: number | null;
  readonly group: number | null;
  /** For people. */
  readonly name: string;
}

function senderOf(
  question: TrafficQuestion,
  { plan, pod }: CapturedTraffic,
): Sender | { readonly why: string } {
  const { container, byProxy, user, group } = question;
  if (question.direction === "in") return { user: null, group: null, name: "" };
  if (byProxy) {
    const own = (list: string) => Number(partsOf(list)[0] ?? Number.NaN);
    return { user: own(plan.settings.users), group: own(plan.settings.groups), name: "the proxy" };
  }
  const told = (name: string, by: Sender): Sender => {
    const all = { user: user ?? by.user, group: group ?? by.group };
    const ids = [
      ...(all.user === null ? [] : [`user ${all.user}`]),
      ...(all.group === null ? [] : [`group ${all.group}`]),
    ];
    return { ...all, name: ids.length === 0 ? name : `${name} (${ids.join(", ")})` };
  };
  if (container === undefined) return told("a process of the pod", { user: null, group: null, name: "" });
  const found = findInPod(pod, container);
  if (!found) return { why: `it has no container ${container}; there are ${listed(namesOf(pod))}` };
  return told(`container ${container}`, idsOf(found, pod));
}

function namesOf(pod: Json): readonly string[] {
  return ["containers", "initContainers"].flatMap((list) => {
    const containers = at(pod, ["spec", list]);
    return Array.isArray(containers) ? containers.map((one) => String(at(one, ["name"]) ?? "")) : [];
  });
}

/** The user and group of a container, by itself or by its pod; null where the image decides. */
function idsOf(container: Container, pod: Json): Sender {
  const of = (field: string): number | null => {
    const own = objectOf(container.securityContext)[field] ?? at(pod, ["spec", "securityContext", field]);
    return typeof own === "number" || typeof own === "bigint" ? Number(own) : null;
  };
  return { user: of("runAsUser"), group: of("runAsGroup"), name: "" };
}

function packetOf(question: TrafficQuestion, sender: Sender, { addresses }: CaptureMachine): Packet {
  const { direction, protocol, to, port, from } = question;
  const isV6 = to.includes(":") || (to === "self" && (from ?? addresses[0] ?? "").includes(":"));
  const own = addresses.find((one) => one.includes(":") === isV6) ?? addresses[0] ?? "";
  const destination = to === "self" ? own : to;
  const isLocal = direction === "out" && (to === "self" || isLoopbackText(to));
  return {
    direction,
    protocol,
    source: from ?? (isLoopbackText(to) ? to : own),
    destination,
    sourcePort: 40_000,
    destinationPort: port,
    user: sender.user,
    group: sender.group,
    by: question.interface ?? (isLocal ? "lo" : "eth0"),
    mark: 0,
    isNew: true,
  };
}

function isLoopbackText(text: string): boolean {
  const address = parseAddress(text);
  if (!address) return false;
  return address.v4 ? address.number >> 24n === 127n : address.number === 1n;
}

function asks({ direction, protocol, to, from, port }: TrafficQuestion, { name }: Sender): string {
  const what = protocol.toUpperCase();
  if (direction === "in") return `${what} from ${from ?? "anywhere"} to port ${port} of the pod`;
  const where = to === "self" ? `port ${port} of the pod itself` : `${to}, port ${port}`;
  const source = from === undefined ? "" : ` by way of ${from}`;
  return `${what} from ${name} to ${where}${source}`;
}

function saysOf({ verdict, port }: Way, { direction }: TrafficQuestion): string {
  if (verdict === "drop") return "DROPPED";
  if (verdict === "none")
    return direction === "in"
      ? "NOT CAPTURED: it reaches the app directly"
      : "NOT CAPTURED: it goes on as it is";
  if (port === 15_053 || port === 15_013) return `CAPTURED: the agent answers it (its port ${port})`;
  return `CAPTURED: it goes to the proxy${port === undefined ? "" : ` (its port ${port})`}`;
}

/** What is missing where no rule is about a packet. */
function settingOfNone(
  { direction, protocol }: TrafficQuestion,
  { includedOutboundPorts }: CaptureSettings,
): SettingName | null {
  if (protocol === "udp") return null;
  if (direction === "in") return "includedInboundPorts";
  return includedOutboundPorts === "" ? "includedRanges" : "includedOutboundPorts";
}

function becauseOfNone(
  { direction, protocol, port, to }: TrafficQuestion,
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
function because(rule: CaptureRule, packet: Packet, { plan }: CapturedTraffic): string {
  const { destinationPort, destination } = packet;
  const { settings } = plan;
  const owner = rule.matches.find(({ of }) => of === "user" || of === "group");
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
    case "groups": {
      const whose = `${owner?.of ?? "user"} ${owner?.is ?? ""}`;
      if (rule.target.to === "jump")
        return `the proxy (${whose}) calls its own pod, which is like a call from outside`;
      return owner?.not
        ? `it stays in the pod (interface lo) and is not sent by the proxy (${whose})`
        : `it is sent by ${whose}, and so taken for the proxy's own`;
    }
    case "tunnelPort":
      return `port ${destinationPort} is the proxy's own, for HBONE`;
    case "redirectsDns":
      return rule.target.to === "return" ? "it is a query of the proxy or its agent" : "it is a DNS query";
    case "excludedInterfaces":
      return `interface ${packet.by} is excluded`;
    case "virtualInterfaces":
      return `it comes from a virtual machine behind interface ${packet.by}`;
    case "ownerGroups":
      return `it is not sent by group ${listed(partsOf(settings.ownerGroups))}`;
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

function changeOf(
  { verdict }: Way,
  rule: CaptureRule | undefined,
  setting: SettingName | null,
  { destinationPort: port, destination, user }: Packet,
  { direction, byProxy, to }: TrafficQuestion,
): string | null {
  if (verdict === "drop" || byProxy) return null;
  if (verdict !== "none") {
    if (setting === "redirectsDns")
      return "to leave queries alone, take ISTIO_META_DNS_CAPTURE out of proxyMetadata";
    if (direction === "in") {
      return setting === "includedInboundPorts"
        ? `to leave it alone, add ${port} to ${traffic}excludeInboundPorts`
        : null;
    }
    const range = `${destination}/${destination.includes(":") ? 128 : 32}`;
    return to === "self"
      ? null
      : `to leave it alone, add ${port} to ${traffic}excludeOutboundPorts, or ${range} to ${traffic}excludeOutboundIPRanges`;
  }
  switch (setting) {
    case "excludedInboundPorts":
      return isOwn(port) ? null : `to capture it, take ${port} out of the excluded ports`;
    case "excludedOutboundPorts":
      return `to capture it, take ${port} out of the excluded ports`;
    case "excludedRanges":
      return `to capture it, take the range out of the excluded ones`;
    case "includedRanges":
    case "includedOutboundPorts":
      return `to capture it, add its range to ${traffic}includeOutboundIPRanges, or ${port} to ${traffic}includeOutboundPorts`;
    case "includedInboundPorts":
      return `to capture it, add ${port} to ${traffic}includeInboundPorts, or let that be "*"`;
    case "users":
    case "groups":
      return rule?.matches.some(({ of, not }) => (of === "user" || of === "group") && !not) && user !== null
        ? "to capture it, run the container as another user and group than the proxy"
        : null;
    case "excludedInterfaces":
      return `to capture it, take the interface out of ${traffic}excludeInterfaces`;
    default:
      return null;
  }
}

/** Ports that Istio excludes by itself. */
function isOwn(port: number): boolean {
  return [15_020, 15_021, 15_090].includes(port);
}
