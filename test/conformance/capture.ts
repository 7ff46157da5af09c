/** Traffic capture: the rules that istio-iptables makes, and what becomes of packets under them (its README). */
import { join } from "node:path";
import { captureCommands } from "../../src/istio/capture/commands.ts";
import type { CaptureFacts } from "../../src/istio/capture/facts.ts";
import { nftText } from "../../src/istio/capture/nft.ts";
import { type CaptureRule, restoreText, rulesOf } from "../../src/istio/capture/rule.ts";
import { captureRules } from "../../src/istio/capture/rules.ts";
import { type CaptureSettings, readCaptureSettings } from "../../src/istio/capture/settings.ts";
import { walk } from "../../src/istio/capture/walk.ts";
import { nearestFacts } from "../../src/istio/releases.ts";
import { type Case, type Data, type Family, jsonLines } from "./family.ts";

interface RulesCase {
  readonly id: string;
  readonly release: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly local_ips: readonly string[];
  readonly nameservers?: readonly string[];
  readonly error: boolean;
  readonly error_text: string;
  readonly config: Readonly<Record<string, unknown>> | null;
  readonly v4: string;
  readonly v6: string;
  readonly commands: readonly string[] | null;
  readonly nft?: string;
}

interface FlowCase {
  readonly id: string;
  readonly rules: string;
  readonly packet: {
    readonly direction: "out" | "in";
    readonly proto: "tcp" | "udp";
    readonly src: string;
    readonly dst: string;
    readonly sport: number;
    readonly dport: number;
    readonly uid: number | null;
    readonly gid: number | null;
    readonly in_iface: string | null;
    readonly out_iface: string | null;
    readonly mark: number;
    readonly ctstate: "NEW" | "ESTABLISHED";
  };
  readonly verdict: string;
  readonly port: number | null;
  readonly mark: number;
  readonly zone: number | null;
  readonly matched: readonly string[];
}

/** What the program of a release makes of a command line. */
interface Made {
  readonly stage: string | undefined;
  readonly settings: CaptureSettings | undefined;
  readonly rules: readonly CaptureRule[];
  readonly facts: CaptureFacts;
}

const files = ["rules-1.6.14.jsonl", "rules-1.30.3.jsonl"];

export const family: Family = async function* ({ directory }: Data): AsyncGenerator<Case> {
  const made = new Map<string, readonly CaptureRule[]>();
  for (const file of files) {
    for await (const row of jsonLines<RulesCase>(join(directory, file))) {
      const one = make(row);
      made.set(row.id, one.rules);
      yield { id: row.id, group: "rules", failure: rulesFailure(row, one) };
    }
  }
  for await (const row of jsonLines<FlowCase>(join(directory, "flows.jsonl")))
    yield { id: row.id, group: "flows", failure: flowFailure(row, made.get(row.rules)) };
};

function make({ release, args, env, local_ips, nameservers = [] }: RulesCase): Made {
  const { capture: facts } = nearestFacts(release);
  const machine = { addresses: local_ips, nameservers };
  const read = readCaptureSettings(args, env, machine, facts);
  if (!read.ok) return { stage: read.fault.stage, settings: undefined, rules: [], facts };
  const { settings } = read;
  const result = captureRules(settings, facts);
  if (!result.ok) return { stage: result.fault.stage, settings, rules: [], facts };
  return { stage: undefined, settings, rules: result.rules, facts };
}

function rulesFailure(row: RulesCase, { stage, settings, rules, facts }: Made): string | undefined {
  const wanted = row.error ? stageOf(row) : undefined;
  if (stage !== wanted) return `ends in ${stage}, not in ${wanted} (${row.error_text})`;
  const config = settings && row.config ? differing(configOf(settings, facts), row.config) : undefined;
  if (config !== undefined) return config;
  if (!settings || stage !== undefined) return undefined;
  const { makesChainsJumpedTo } = facts;
  const isSilent = settings.skipsRules || settings.cleansUpOnly;
  const text = (number: 4 | 6) =>
    isSilent || (number === 6 && !settings.ipv6)
      ? ""
      : restoreText(rulesOf(rules, number), makesChainsJumpedTo);
  const commands = captureCommands(rules, settings, facts);
  return (
    unequal("v4", text(4), row.v4) ??
    unequal("v6", text(6), row.v6) ??
    unequal("commands", commands.join("\n"), (row.commands ?? []).join("\n")) ??
    (row.nft === undefined ? undefined : unequal("nft", nftText(rules, settings), row.nft))
  );
}

/** Programs of old releases panic where newer ones end with an error. */
function stageOf({ error_text }: RulesCase): string {
  const stage = error_text.slice(0, error_text.indexOf(":"));
  return stage === "panic" ? (error_text.includes("address") ? "environment" : "run") : stage;
}

function unequal(what: string, ours: string, theirs: string): string | undefined {
  if (ours === theirs) return undefined;
  const [a, b] = [ours.split("\n"), theirs.split("\n")];
  const line = a.findIndex((one, index) => one !== b[index]);
  const at = line < 0 ? a.length : line;
  return `${what}, line ${at + 1}: ${a[at] ?? "nothing"} instead of ${b[at] ?? "nothing"}`;
}

function differing(
  ours: Readonly<Record<string, unknown>>,
  theirs: Readonly<Record<string, unknown>>,
): string | undefined {
  const keys = [...new Set([...Object.keys(ours), ...Object.keys(theirs)])];
  const key = keys.find((one) => JSON.stringify(ours[one]) !== JSON.stringify(theirs[one]));
  return key && `config ${key}: ${JSON.stringify(ours[key])} instead of ${JSON.stringify(theirs[key])}`;
}

/** The settings by the names that the programs print them with. */
function configOf(one: CaptureSettings, facts: CaptureFacts): Readonly<Record<string, unknown>> {
  const common = {
    PROXY_PORT: one.proxyPort,
    INBOUND_CAPTURE_PORT: one.inboundPort,
    PROXY_UID: one.users,
    PROXY_GID: one.groups,
    INBOUND_INTERCEPTION_MODE: one.mode,
    INBOUND_TPROXY_MARK: one.mark,
    INBOUND_TPROXY_ROUTE_TABLE: one.routeTable,
    INBOUND_PORTS_INCLUDE: one.includedInboundPorts,
    INBOUND_PORTS_EXCLUDE: one.excludedInboundPorts,
    OUTBOUND_PORTS_EXCLUDE: one.excludedOutboundPorts,
    OUTBOUND_IPRANGES_INCLUDE: one.includedRanges,
    OUTBOUND_IPRANGES_EXCLUDE: one.excludedRanges,
    IPTABLES_PROBE_PORT: one.probePort,
    PROBE_TIMEOUT: Number(one.probeTimeout),
    DRY_RUN: one.dryRun,
    SKIP_RULE_APPLY: one.skipsRules,
    RUN_VALIDATION: one.validates,
    ENABLE_INBOUND_IPV6: one.ipv6,
  };
  if (facts.familiesApart)
    return { ...common, KUBEVIRT_INTERFACES: one.virtualInterfaces, RESTORE_FORMAT: one.restoreFormat };
  const servers = (list: readonly string[]) => (list.length === 0 ? null : list);
  return {
    ...common,
    INBOUND_TUNNEL_PORT: one.tunnelPort,
    OUTBOUND_OWNER_GROUPS_INCLUDE: one.ownerGroups,
    OUTBOUND_OWNER_GROUPS_EXCLUDE: one.excludedOwnerGroups,
    OUTBOUND_PORTS_INCLUDE: one.includedOutboundPorts,
    KUBE_VIRT_INTERFACES: one.virtualInterfaces,
    EXCLUDE_INTERFACES: one.excludedInterfaces,
    REDIRECT_DNS: one.redirectsDns,
    DROP_INVALID: one.dropsInvalid,
    CAPTURE_ALL_DNS: one.capturesAllDns,
    DNS_SERVERS_V4: servers(one.nameserversV4),
    DNS_SERVERS_V6: servers(one.nameserversV6),
    NETWORK_NAMESPACE: one.networkNamespace,
    CNI_MODE: one.cniMode,
    DUAL_STACK: one.dualStack,
    HOST_IP: one.hostAddress,
    HOST_IPV4_LOOPBACK_CIDR: one.loopback,
    RECONCILE: one.reconciles,
    CLEANUP_ONLY: one.cleansUpOnly,
    FORCE_APPLY: one.forces,
    NATIVE_NFTABLES: one.nftables,
    FORCE_IPTABLES_BINARY: one.iptablesBinary,
  };
}

function flowFailure(row: FlowCase, rules: readonly CaptureRule[] | undefined): string | undefined {
  if (!rules) return `there are no rules ${row.rules}`;
  const { packet } = row;
  const way = walk(rules, {
    direction: packet.direction,
    protocol: packet.proto,
    source: packet.src,
    destination: packet.dst,
    sourcePort: packet.sport,
    destinationPort: packet.dport,
    user: packet.uid,
    group: packet.gid,
    by: packet.in_iface ?? packet.out_iface ?? "",
    mark: packet.mark,
    isNew: packet.ctstate === "NEW",
  });
  const told = (
    verdict: string,
    port: number | null | undefined,
    mark: number,
    zone: number | null | undefined,
  ) => `${verdict} to ${port ?? "no port"}, mark ${mark}, zone ${zone ?? "none"}`;
  const ours = told(way.verdict, way.port, way.mark, way.zone);
  const theirs = told(row.verdict, row.port, row.mark, row.zone);
  return ours === theirs ? undefined : `${ours} instead of ${theirs} (${row.matched.join("; ")})`;
}
