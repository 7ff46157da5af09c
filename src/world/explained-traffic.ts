/** What `explain --traffic` says: which traffic of a workload's pods goes through the proxy, which does not, and who said so. */
import { nftText } from "../istio/capture/nft.ts";
import { restoreText, rulesOf } from "../istio/capture/rule.ts";
import type { CaptureMachine } from "../istio/capture/settings.ts";
import { type CapturedTraffic, trafficOf } from "./traffic.ts";
import { listed, type TrafficLine, trafficLines } from "./traffic-lines.ts";
import type { Workload, World } from "./world.ts";

export type ExplainedTraffic =
  | {
      readonly state: "captured";
      readonly by: "istio-init" | "cni";
      readonly mode: string;
      readonly release: string;
      readonly lines: readonly TrafficLine[];
      /** What that takes for granted of the running pod. */
      readonly assumes: readonly string[];
      readonly rules?: TrafficRules;
    }
  | { readonly state: "none"; readonly why: string; readonly where: string }
  | {
      readonly state: "fails";
      readonly by: "istio-init" | "cni";
      readonly why: string;
      readonly where: string;
    }
  | { readonly state: "unknown"; readonly why: string };

/** The input of the programs that make the rules. */
export type TrafficRules =
  | { readonly iptables: string; readonly ip6tables: string }
  | { readonly nftables: string };

/** The traffic of the workload of this id; undefined where the world has no such workload. */
export function explainedTraffic(
  world: World,
  { id }: Pick<Workload, "id">,
  machine: CaptureMachine,
  withRules: boolean,
): ExplainedTraffic | undefined {
  const workload = world.workloads.find((one) => one.id === id);
  if (!workload) return undefined;
  const read = trafficOf(world, workload, machine);
  if (read.state !== "captured") return read;
  const { plan, release } = read;
  return {
    state: "captured",
    by: plan.by,
    mode: plan.settings.mode || "REDIRECT",
    release,
    lines: trafficLines(read),
    assumes: assumedServers(read),
    ...(withRules ? { rules: rulesText(read) } : {}),
  };
}

/** The rules as they are handed to the program that makes them. */
function rulesText({ plan, facts, nftables }: CapturedTraffic): TrafficRules {
  const { rules, settings } = plan;
  if (nftables) return { nftables: nftText(rules, settings) };
  const { makesChainsJumpedTo } = facts.capture;
  const text = (family: 4 | 6) => restoreText(rulesOf(rules, family), makesChainsJumpedTo);
  return { iptables: text(4), ip6tables: settings.ipv6 ? text(6) : "" };
}

/** The name servers of a pod that does not say its own, where queries to them alone go to the agent. */
export function assumedServers({ plan, machine, assumesNameserver }: CapturedTraffic): readonly string[] {
  const { redirectsDns, capturesAllDns } = plan.settings;
  const counts = redirectsDns && !capturesAllDns && assumesNameserver;
  const { nameservers } = machine;
  const is = nameservers.length === 1 ? "server is" : "servers are";
  return counts ? [`the pod's name ${is} ${listed(nameservers)} (--nameserver)`] : [];
}
