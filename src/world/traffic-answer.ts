/** What becomes of one packet of a workload's pods: the answer of `sidelint traffic`. */
import { isLoopback, parseAddress } from "../istio/capture/ip.ts";
import { ruleText } from "../istio/capture/rule.ts";
import { type CaptureMachine, partsOf } from "../istio/capture/settings.ts";
import { settlingStep } from "../istio/capture/settled.ts";
import { isInterface, type Packet, type Way, walk } from "../istio/capture/walk.ts";
import { objectsOf } from "../istio/inject/pod.ts";
import { at } from "../kube/json.ts";
import type { ExplainedTraffic } from "./explained-traffic.ts";
import { type CapturedTraffic, type SettingSource, trafficOf } from "./traffic.ts";
import { assumptions } from "./traffic-assumptions.ts";
import { agentPorts, ownPorts } from "./traffic-lines.ts";
import { because, becauseOfNone, changeOf, settingOfNone } from "./traffic-reasons.ts";
import { type Sender, senderOf } from "./traffic-sender.ts";
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
  /** Whether it is known that the first address of the pod is IPv6. */
  readonly ipv6: boolean;
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
  /** Whether the rules are made with nftables; they are told as iptables writes them all the same. */
  readonly nftables: boolean;
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
  const packet = packetOf(question, sender, traffic);
  const told = { packet, asks: asks(question, sender, packet) };
  if (sender.start === "before-rules") return { ...told, ...withoutRules(question, workload, traffic) };
  return { ...told, ...walked({ question, sender, packet, traffic }) };
}

/** A question, and what is known for its answer. */
export interface Asking {
  readonly question: TrafficQuestion;
  readonly sender: Sender;
  readonly packet: Packet;
  readonly traffic: CapturedTraffic;
}

type Told = Omit<TrafficAnswer, "packet" | "asks">;

function walked(asking: Asking): Told {
  const { packet, traffic } = asking;
  const way = walk(traffic.plan.rules, packet);
  const step = settlingStep(way);
  const setting = step ? step.rule.from : settingOfNone(packet, traffic.plan.settings);
  const source = setting === null || isOwnPort(asking, setting) ? undefined : traffic.sourceOf(setting);
  return {
    state: "answered",
    verdict: way.verdict,
    port: way.port ?? null,
    says: saysOf(way, asking),
    because: step ? because(step.rule, packet, traffic) : becauseOfNone(packet, traffic.plan.settings),
    by: source?.by ?? null,
    where: source?.where ?? ofRelease(traffic),
    decided: step ? way.steps.indexOf(step) : null,
    way: way.steps.map(({ hook, rule }) => ({ table: rule.table, hook, rule: ruleText(rule) })),
    change: changeOf(way, step?.rule, { ...asking, setting, source }),
    assumes: assumptions(asking, way),
    nftables: asking.traffic.nftables,
  };
}

function ofRelease({ release }: CapturedTraffic): SettingSource["where"] {
  return `default of Istio ${release}`;
}

/** Whether the port is excluded as one of the sidecar's own, whatever else was written. */
function isOwnPort({ packet, traffic }: Asking, setting: string): boolean {
  return setting === "excludedInboundPorts" && ownPorts(traffic).includes(packet.destinationPort);
}

/** The answer for a container that has ended before there are rules. */
function withoutRules(
  { container = "" }: TrafficQuestion,
  workload: Workload,
  traffic: CapturedTraffic,
): Told {
  const path = ["spec", "initContainers"];
  const index = objectsOf(at(workload.value, [...workload.template, ...path])).findIndex(
    ({ name }) => name === container,
  );
  const place = index < 0 ? undefined : workload.originOf({ of: "pod", path: [...path, index] });
  return {
    state: "answered",
    verdict: "none",
    port: null,
    says: "NOT CAPTURED: it goes on as it is",
    because:
      container === "istio-init"
        ? "istio-init makes the rules, and runs before there are any"
        : `init container ${container} runs before istio-init, which makes the rules`,
    by: null,
    where: place?.text ?? ofRelease(traffic),
    decided: null,
    way: [],
    change: null,
    assumes: [],
    nftables: false,
  };
}

function packetOf(question: TrafficQuestion, sender: Sender, { machine, plan }: CapturedTraffic): Packet {
  const { direction, protocol, to, port, from } = question;
  const { addresses } = machine;
  const isV6 = to.includes(":") || (to === "self" && (from ?? addresses[0] ?? "").includes(":"));
  const own = addresses.find((one) => one.includes(":") === isV6) ?? addresses[0] ?? "";
  const isLocal = direction === "out" && (to === "self" || isLoopbackText(to));
  const by = question.interface ?? (isLocal ? "lo" : "eth0");
  const isOfMachine = partsOf(plan.settings.virtualInterfaces).some((name) => isInterface(name, by));
  const usual = isOfMachine ? (isV6 ? "2001:db8::ffff" : "192.0.2.1") : own;
  return {
    // What a virtual machine sends arrives in the network of its pod.
    direction: isOfMachine ? "in" : direction,
    protocol,
    source: from ?? (isLoopbackText(to) ? (isV6 ? "::1" : "127.0.0.1") : usual),
    destination: to === "self" ? own : to,
    sourcePort: 40_000,
    destinationPort: port,
    user: isOfMachine ? null : sender.user,
    group: isOfMachine ? null : sender.group,
    by,
    mark: 0,
    isNew: true,
  };
}

function isLoopbackText(text: string): boolean {
  const address = parseAddress(text);
  return address !== undefined && isLoopback(address);
}

function asks(
  { direction, protocol, to, from, port }: TrafficQuestion,
  { name }: Sender,
  packet: Packet,
): string {
  const what = protocol.toUpperCase();
  if (direction === "in") return `${what} from ${from ?? "anywhere"} to port ${port} of the pod`;
  const where = to === "self" ? `port ${port} of the pod itself` : `${to}, port ${port}`;
  if (packet.direction === "in") return `${what} from a virtual machine behind ${packet.by} to ${where}`;
  const source = from === undefined ? "" : ` by way of ${from}`;
  return `${what} from ${name} to ${where}${source}`;
}

function saysOf({ verdict, port }: Way, asking: Asking): string {
  const { packet, sender, question, traffic } = asking;
  if (verdict === "drop") return "DROPPED";
  if (verdict === "none") {
    if (question.direction === "out") return "NOT CAPTURED: it goes on as it is";
    const isOwn = packet.protocol === "tcp" && ownPorts(traffic).includes(packet.destinationPort);
    return `NOT CAPTURED: ${isOwn ? "the sidecar itself answers it" : "it reaches the app directly"}`;
  }
  const conditions = conditionsOf(asking);
  const word = conditions.length === 0 ? "CAPTURED" : `CAPTURED, if ${conditions.join(" and ")}`;
  const early = sender.start === "before-proxy" ? ", which does not run yet" : "";
  if (port !== undefined && agentPorts.includes(port))
    return `${word}: the agent answers it (its port ${port})${early}`;
  return `${word}: it goes to the proxy${port === undefined ? "" : ` (its port ${port})`}${early}`;
}

/** What has to hold for a packet to be captured at all. */
function conditionsOf({ packet, sender, question, traffic }: Asking): readonly string[] {
  const isV6 = packet.destination.includes(":");
  return [
    ...(traffic.isCertain ? [] : ["the pod is injected"]),
    ...(isV6 && !question.ipv6 && !traffic.plan.settings.dualStack
      ? ["the pod's first address is IPv6"]
      : []),
    ...(sender.start === "undecided" ? ["the sidecar is a native one"] : []),
  ];
}
