/** What `explain --traffic` says: which traffic of a workload's pods goes through the proxy, which does not, and who said so. */
import { nftText } from "../istio/capture/nft.ts";
import { restoreText, rulesOf } from "../istio/capture/rule.ts";
import { type CaptureMachine, partsOf, type SettingName } from "../istio/capture/settings.ts";
import { type CapturedTraffic, trafficOf } from "./traffic.ts";
import type { Workload, World } from "./world.ts";

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

export type ExplainedTraffic =
  | {
      readonly state: "captured";
      readonly by: "istio-init" | "cni";
      readonly mode: string;
      readonly release: string;
      readonly lines: readonly TrafficLine[];
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
    lines: [...inbound(read), ...outbound(read), ...dns(read), ...addresses(read)],
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

type Say = (captured: boolean | null, says: string, setting: SettingName | null) => TrafficLine;

function sayer({ sourceOf, release }: CapturedTraffic, about: TrafficLine["about"]): Say {
  return (captured, says, setting) => {
    const source = setting === null ? undefined : sourceOf(setting);
    return {
      about,
      captured,
      says,
      by: source?.by ?? null,
      where: source?.where ?? `default of Istio ${release}`,
    };
  };
}

function inbound(traffic: CapturedTraffic): readonly TrafficLine[] {
  const { settings, rules } = traffic.plan;
  const say = sayer(traffic, "in");
  const { includedInboundPorts: included, excludedInboundPorts: excluded, inboundPort } = settings;
  const setting = "includedInboundPorts";
  const through = `through the proxy (its port ${inboundPort})`;
  const interfaces = partsOf(settings.excludedInterfaces).map((name) =>
    say(false, `what comes by interface ${name} is left alone`, "excludedInterfaces"),
  );
  if (included === "")
    return [say(false, "nothing: every port reaches the app directly", setting), ...interfaces];
  const own = ownPorts(traffic, excluded);
  const written = partsOf(excluded).filter((port) => !own.includes(port));
  if (included !== "*") {
    return [
      say(true, `TCP to ${ports(partsOf(included))} goes ${through}`, setting),
      say(false, "every other port reaches the app directly", setting),
      ...(written.length > 0
        ? [
            say(
              null,
              `${ports(written)} excluded, which counts only where all are included`,
              "excludedInboundPorts",
            ),
          ]
        : []),
      ...interfaces,
    ];
  }
  const hasShell = rules.some(
    ({ chain, from, matches }) =>
      chain === "ISTIO_INBOUND" && from === null && matches.some(({ is }) => is === "22"),
  );
  return [
    say(true, `TCP to every port but those below goes ${through}`, setting),
    ...(written.length > 0
      ? [
          say(
            false,
            `${ports(written)}: ${written.length === 1 ? "it reaches" : "they reach"} the app directly`,
            "excludedInboundPorts",
          ),
        ]
      : []),
    ...(hasShell ? [say(false, "port 22, which this release always leaves alone", null)] : []),
    ...(own.length > 0 ? [say(false, `${ports(own)}, on which the sidecar itself answers`, null)] : []),
    ...interfaces,
    say(false, "UDP, of which nothing comes in through the proxy", null),
  ];
}

/** Excluded ports that nobody wrote, and that of the tunnel where a rule leaves it alone. */
function ownPorts({ plan, writtenFor }: CapturedTraffic, excluded: string): readonly string[] {
  const written = partsOf(writtenFor("excludedInboundPorts")).map((port) => port.trim());
  const tunnel = plan.rules.some(({ from }) => from === "tunnelPort") ? [plan.settings.tunnelPort] : [];
  const added = partsOf(excluded).filter((port) => !written.includes(port.trim()));
  return [...tunnel, ...added].sort((a, b) => Number(a) - Number(b));
}

function outbound(traffic: CapturedTraffic): readonly TrafficLine[] {
  const { settings } = traffic.plan;
  const say = sayer(traffic, "out");
  const { includedRanges: included, proxyPort } = settings;
  const through = `goes through the proxy (its port ${proxyPort})`;
  const extra = partsOf(settings.includedOutboundPorts);
  const some = included !== "" || extra.length > 0;
  const lines = [
    ...(included === "*" ? [say(true, `all TCP ${through}, but for what is below`, "includedRanges")] : []),
    ...(included === "" && !some
      ? [say(false, "nothing: everything leaves the pod as it is", "includedRanges")]
      : []),
    ...(included !== "" && included !== "*"
      ? [
          say(true, `TCP to ${listed(partsOf(included))} ${through}`, "includedRanges"),
          ...(extra.length === 0 ? [say(false, "every other address", "includedRanges")] : []),
        ]
      : []),
    ...(extra.length > 0
      ? [
          say(true, `TCP to ${ports(extra)} of any address ${through}`, "includedOutboundPorts"),
          ...(included === "" ? [say(false, "every other port", "includedRanges")] : []),
        ]
      : []),
  ];
  if (!some) return lines;
  const excludedPorts = partsOf(settings.excludedOutboundPorts);
  const excluded = partsOf(settings.excludedRanges);
  return [
    ...lines,
    ...(excluded.length > 0 ? [say(false, listed(excluded), "excludedRanges")] : []),
    ...(excludedPorts.length > 0
      ? [say(false, `${ports(excludedPorts)} of any address`, "excludedOutboundPorts")]
      : []),
    ...partsOf(settings.excludedInterfaces).map((name) =>
      say(false, `what leaves by interface ${name}`, "excludedInterfaces"),
    ),
    ...groups(traffic, say),
    say(
      false,
      `what ${owners(settings.users, "user")} or ${owners(settings.groups, "group")} sends, which is the proxy's own`,
      "users",
    ),
    say(false, `what stays in the pod (${settings.loopback}, ::1)`, null),
    ...partsOf(settings.virtualInterfaces).map((name) =>
      say(
        true,
        `what comes in by interface ${name}, of a virtual machine, goes out through the proxy`,
        "virtualInterfaces",
      ),
    ),
    say(false, "UDP, of which nothing goes through the proxy", null),
  ];
}

function groups({ plan }: CapturedTraffic, say: Say): readonly TrafficLine[] {
  const { ownerGroups, excludedOwnerGroups } = plan.settings;
  if (ownerGroups !== "*")
    return [say(false, `what others send than group ${listed(partsOf(ownerGroups))}`, "ownerGroups")];
  const excluded = partsOf(excludedOwnerGroups);
  return excluded.length > 0
    ? [say(false, `what group ${listed(excluded)} sends`, "excludedOwnerGroups")]
    : [];
}

function dns(traffic: CapturedTraffic): readonly TrafficLine[] {
  const { rules, settings } = traffic.plan;
  const say = sayer(traffic, "dns");
  const answers = rules.flatMap(({ from, target }) =>
    from === "redirectsDns" && target.to === "redirect" ? [target.port] : [],
  );
  const [port] = answers;
  if (port !== undefined) {
    const whose = settings.capturesAllDns ? "" : " to the pod's name servers";
    return [say(true, `queries${whose} go to the agent (its port ${port})`, "redirectsDns")];
  }
  return [say(false, "queries go to the pod's name server, not to the agent", "redirectsDns")];
}

function addresses(traffic: CapturedTraffic): readonly TrafficLine[] {
  const { settings } = traffic.plan;
  const say = sayer(traffic, "addresses");
  if (settings.dualStack)
    return [say(true, "IPv6 is captured where the pod has such an address", "dualStack")];
  return [
    say(null, "IPv6 is captured where the first address of the pod is one, and not otherwise", "dualStack"),
  ];
}

/** "port 80", "ports 80, 443 and 9000". */
function ports(list: readonly string[]): string {
  const told = list.map((port) => port.trim().replace(":", " to "));
  return `port${told.length === 1 && !told[0]?.includes(" ") ? "" : "s"} ${listed(told)}`;
}

function owners(list: string, kind: string): string {
  const all = partsOf(list);
  return `${kind}${all.length === 1 ? "" : "s"} ${listed(all)}`;
}

/** "a", "a and b", "a, b and c". */
export function listed(list: readonly string[]): string {
  return list.length < 2 ? list.join("") : `${list.slice(0, -1).join(", ")} and ${list.at(-1)}`;
}
