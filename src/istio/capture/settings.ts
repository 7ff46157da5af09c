/** What the program that captures a pod's traffic is told: its arguments and its environment, as `istio-iptables` reads them. */
import { cidrError, isIPv4, isIPv6 } from "../address.ts";
import { parseDuration } from "../duration.ts";
import type { CaptureFacts } from "./facts.ts";
import { addressText, isLinkLocal, isLoopback, parseAddress } from "./ip.ts";

/** What can be said by an argument; all texts as they were given. */
interface Told {
  readonly proxyPort: string;
  readonly inboundPort: string;
  readonly tunnelPort: string;
  /** Whose traffic is the proxy's own: user ids and group ids, separated by commas. */
  readonly users: string;
  readonly groups: string;
  readonly mode: string;
  readonly mark: string;
  readonly routeTable: string;
  readonly includedInboundPorts: string;
  readonly excludedInboundPorts: string;
  readonly includedOutboundPorts: string;
  readonly excludedOutboundPorts: string;
  readonly includedRanges: string;
  readonly excludedRanges: string;
  readonly virtualInterfaces: string;
  readonly excludedInterfaces: string;
  readonly networkNamespace: string;
  readonly iptablesBinary: string;
  readonly probePort: number;
  /** In nanoseconds. */
  readonly probeTimeout: bigint;
  readonly dryRun: boolean;
  readonly restoreFormat: boolean;
  readonly skipsRules: boolean;
  readonly validates: boolean;
  readonly redirectsDns: boolean;
  readonly capturesAllDns: boolean;
  readonly dropsInvalid: boolean;
  readonly dualStack: boolean;
  readonly cniMode: boolean;
  readonly reconciles: boolean;
  readonly cleansUpOnly: boolean;
  readonly forces: boolean;
  readonly nftables: boolean;
}

/** All that the rules hang on. */
export interface CaptureSettings extends Told {
  /** Groups whose traffic is captured, `*` for all; said by the environment alone. */
  readonly ownerGroups: string;
  readonly excludedOwnerGroups: string;
  /** The range of addresses that counts as the pod itself. */
  readonly loopback: string;
  /** Whether IPv6 traffic is captured, which the first address of the pod decides. */
  readonly ipv6: boolean;
  readonly hostAddress: string;
  readonly nameserversV4: readonly string[];
  readonly nameserversV6: readonly string[];
}

export type SettingName = keyof CaptureSettings;

/** Where the program runs. */
export interface CaptureMachine {
  /** The addresses of its network interfaces, in their order. */
  readonly addresses: readonly string[];
  /** The name servers of its resolver. */
  readonly nameservers: readonly string[];
}

/** Why the program ends before it makes rules: at which point, and what is wrong, for people. */
export interface CaptureFault {
  readonly stage: "flags" | "environment" | "validate" | "run";
  /** The setting that is wrong, where it is known. */
  readonly of?: SettingName;
  readonly says: string;
}

export type SettingsReading =
  | { readonly ok: true; readonly settings: CaptureSettings }
  | { readonly ok: false; readonly fault: CaptureFault };

type Flag = readonly [name: keyof Told, long: string, short: string, standard: string, ...more: string[]];

/** Name, long and short form, what holds where nothing is said; further names in the environment. */
const flags: readonly Flag[] = [
  ["proxyPort", "envoy-port", "p", "15001"],
  ["inboundPort", "inbound-capture-port", "z", "15006"],
  ["tunnelPort", "inbound-tunnel-port", "e", "15008"],
  ["users", "proxy-uid", "u", ""],
  ["groups", "proxy-gid", "g", ""],
  ["mode", "istio-inbound-interception-mode", "m", ""],
  ["includedInboundPorts", "istio-inbound-ports", "b", ""],
  ["excludedInboundPorts", "istio-local-exclude-ports", "d", ""],
  ["excludedInterfaces", "istio-exclude-interfaces", "c", ""],
  ["includedRanges", "istio-service-cidr", "i", ""],
  ["excludedRanges", "istio-service-exclude-cidr", "x", ""],
  ["includedOutboundPorts", "istio-outbound-ports", "q", ""],
  ["excludedOutboundPorts", "istio-local-outbound-ports-exclude", "o", ""],
  ["virtualInterfaces", "kube-virt-interfaces", "k", ""],
  ["mark", "istio-inbound-tproxy-mark", "t", "1337"],
  ["routeTable", "istio-inbound-tproxy-route-table", "r", "133"],
  ["networkNamespace", "network-namespace", "", ""],
  ["iptablesBinary", "force-iptables-binary", "", ""],
  ["probePort", "iptables-probe-port", "", "15002"],
  ["probeTimeout", "probe-timeout", "", "5s"],
  ["dryRun", "dry-run", "n", "false"],
  ["restoreFormat", "restore-format", "f", "true"],
  ["skipsRules", "skip-rule-apply", "", "false"],
  ["validates", "run-validation", "", "false"],
  ["redirectsDns", "redirect-dns", "", "false", "ISTIO_META_DNS_CAPTURE"],
  ["dropsInvalid", "drop-invalid", "", "false", "INVALID_DROP"],
  ["dualStack", "dual-stack", "", "false", "ISTIO_DUAL_STACK"],
  ["capturesAllDns", "capture-all-dns", "", "false"],
  ["cniMode", "cni-mode", "", "false"],
  ["reconciles", "reconcile", "", "false"],
  ["cleansUpOnly", "cleanup-only", "", "false"],
  ["forces", "force-apply", "", "false"],
  ["nftables", "native-nftables", "", "false"],
];

type Environment = Readonly<Record<string, string>>;

type Value = string | number | bigint | boolean;

/**
 * Reads the command line of the program that captures, as `istio-iptables` of Istio 1.6.14 and 1.30.3 do. Arguments win over the
 * environment. Where a user is named by nobody, the machine is taken to have no user istio-proxy.
 */
export function readCaptureSettings(
  given: readonly string[],
  environment: Environment,
  machine: CaptureMachine,
  facts: CaptureFacts,
): SettingsReading {
  const known = flags.filter(([name]) => !facts.unknownFlags.includes(name));
  const told = new Map<string, Value>();
  for (const [name, , , standard] of flags) told.set(name, parsed(name, standard)?.value ?? "");
  for (const flag of known) {
    for (const text of fromEnvironment(flag, environment, facts)) {
      const value = parsed(flag[0], text);
      told.set(flag[0], value ? value.value : zeroOf(flag[0]));
    }
  }
  const read = readArguments(given, known);
  if ("fault" in read) return failed("flags", read.fault);
  for (const [name, value] of read.values) told.set(name, value);
  if (facts.dnsVariable !== undefined) told.set("redirectsDns", Boolean(environment[facts.dnsVariable]));
  return completed(Object.fromEntries(told) as unknown as Told, environment, machine, facts);
}

function failed(stage: CaptureFault["stage"], says: string): SettingsReading {
  return { ok: false, fault: { stage, says } };
}

function fromEnvironment(
  [name, long, , , ...more]: Flag,
  environment: Environment,
  { readsEmptyVariables, dnsVariable }: CaptureFacts,
): readonly string[] {
  // Newer programs do not read the proxy's port from the environment.
  if (name === "proxyPort" && readsEmptyVariables) return [];
  const variables = [long.replaceAll("-", "_").toUpperCase(), ...(dnsVariable === undefined ? more : [])];
  return variables.flatMap((variable) => {
    const text = Object.hasOwn(environment, variable) ? environment[variable] : undefined;
    return text === undefined || (text === "" && !readsEmptyVariables) ? [] : [text];
  });
}

/** A text as the value of a flag; undefined where it is none. */
function parsed(name: keyof Told, text: string): { readonly value: Value } | undefined {
  if (name === "probePort") {
    return /^(?:0|[1-9][0-9]*)$/.test(text) && Number(text) <= 65535 ? { value: Number(text) } : undefined;
  }
  if (name === "probeTimeout") {
    const value = parseDuration(text);
    return value === undefined ? undefined : { value };
  }
  if (!isSwitch(name)) return { value: text };
  if (/^(?:1|t|T|true|TRUE|True)$/.test(text)) return { value: true };
  return /^(?:0|f|F|false|FALSE|False)$/.test(text) ? { value: false } : undefined;
}

/** What a setting becomes by a text of the environment that is no value for it. */
function zeroOf(name: keyof Told): Value {
  return name === "probePort" ? 0 : name === "probeTimeout" ? 0n : false;
}

function isSwitch(name: keyof Told): boolean {
  const standard = flags.find(([one]) => one === name)?.[3];
  return standard === "false" || standard === "true";
}

type Arguments =
  | { readonly values: ReadonlyMap<keyof Told, Value> }
  /** For people. */
  | { readonly fault: string };

function readArguments(given: readonly string[], known: readonly Flag[]): Arguments {
  const values = new Map<keyof Told, Value>();
  for (let index = 0; index < given.length; index++) {
    const argument = given[index] ?? "";
    if (argument === "--") break;
    const found = flagOf(argument, known);
    if (!found) continue;
    if (typeof found === "string") return { fault: found };
    const [name] = found.flag;
    const implied = isSwitch(name) ? "true" : undefined;
    const text = found.value ?? implied ?? given[++index];
    if (text === undefined) return { fault: `${argument} comes without a value` };
    const value = parsed(name, text);
    if (!value) return { fault: `${JSON.stringify(text)} is no value for ${argument.replace(/=.*$/s, "")}` };
    values.set(name, value.value);
  }
  return { values };
}

/** The flag that an argument is, with the value that is written to it; what is wrong with it; undefined where it is no flag. */
function flagOf(
  argument: string,
  known: readonly Flag[],
): { readonly flag: Flag; readonly value: string | undefined } | string | undefined {
  const long = /^--([^=]+)(?:=(.*))?$/s.exec(argument);
  if (long) {
    const flag = known.find(([, name]) => name === long[1]);
    return flag ? { flag, value: long[2] } : `${argument} is no flag of this program`;
  }
  const short = /^-(.)(?:=?(.+)|=)?$/s.exec(argument);
  if (!short) return undefined;
  const flag = known.find(([, , name]) => name === short[1]);
  if (!flag) return `${argument} is no flag of this program`;
  return { flag, value: argument.length === 2 ? undefined : (short[2] ?? "") };
}

function completed(
  told: Told,
  environment: Environment,
  machine: CaptureMachine,
  facts: CaptureFacts,
): SettingsReading {
  const users = told.users || facts.standardUsers;
  const groups = told.groups || users;
  const host = hostOf(machine, told.dualStack, facts);
  if (!host) return failed("environment", "the pod has no address besides that of the loopback interface");
  const asks = told.redirectsDns && !told.capturesAllDns && facts.dnsVariable === undefined;
  const variable = (isRead: boolean, name: string, standard: string) =>
    isRead && Object.hasOwn(environment, name) ? (environment[name] ?? standard) : standard;
  const settings: CaptureSettings = {
    ...told,
    users,
    groups,
    ownerGroups: variable(facts.ownerGroups, "ISTIO_OUTBOUND_OWNER_GROUPS", "*"),
    excludedOwnerGroups: variable(facts.ownerGroups, "ISTIO_OUTBOUND_OWNER_GROUPS_EXCLUDE", ""),
    loopback: variable(facts.loopbackVariable, "ISTIO_OUTBOUND_IPV4_LOOPBACK_CIDR", standardLoopback),
    ...host,
    nameserversV4: asks ? machine.nameservers.filter(isIPv4) : [],
    nameserversV6: asks ? machine.nameservers.filter(isIPv6) : [],
  };
  const invalid = faultOf(settings);
  return invalid === undefined ? { ok: true, settings } : failed("validate", invalid);
}

const standardLoopback = "127.0.0.1/32";

/** The address that decides whether the pod speaks IPv6. */
function hostOf(
  { addresses }: CaptureMachine,
  dualStack: boolean,
  { skipsLinkLocal }: CaptureFacts,
): Pick<CaptureSettings, "ipv6" | "hostAddress"> | undefined {
  const own = addresses
    .flatMap((text) => parseAddress(text) ?? [])
    .filter((address) => !isLoopback(address) && !(skipsLinkLocal && isLinkLocal(address)));
  const [first] = own;
  if (!first) return undefined;
  const ipv6 = dualStack ? own.some(({ v4 }) => !v4) : !first.v4;
  return { ipv6, hostAddress: addressText(first) };
}

/** Rules for more groups would not fit into one. */
const mostOwnerGroups = 64;

function faultOf({ ownerGroups, iptablesBinary, loopback }: CaptureSettings): string | undefined {
  const groups = partsOf(ownerGroups).length;
  if (ownerGroups !== "*" && groups > mostOwnerGroups)
    return `${groups} owner groups are more than the ${mostOwnerGroups} that can be captured`;
  if (!["", "legacy", "nft"].includes(iptablesBinary))
    return `${JSON.stringify(iptablesBinary)} is neither of the iptables binaries, legacy and nft`;
  const invalid = cidrError(loopback, "netip");
  if (invalid !== undefined) return `the loopback range ${JSON.stringify(loopback)} ${invalid}`;
  const slash = loopback.lastIndexOf("/");
  const address = parseAddress(loopback.slice(0, slash));
  if (!address?.v4 || !isLoopback(address)) return `${loopback} is no range of IPv4 loopback addresses`;
  return Number(loopback.slice(slash + 1)) < 8
    ? `the loopback range ${loopback} is wider than 127.0.0.0/8`
    : undefined;
}

/** The parts of a list that is separated by commas, without empty ones. */
export function partsOf(list: string): readonly string[] {
  return list.split(",").filter((part) => part !== "");
}
