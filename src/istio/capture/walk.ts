/** The way of one packet through the rules that capture a pod's traffic. */
import { isWithin, parseAddress, parseRange } from "./ip.ts";
import { type CaptureRule, type Chain, type Hook, type Match, rulesOf, type Table } from "./rule.ts";

/** A packet that a process of the pod sends, or that arrives. */
export interface Packet {
  readonly direction: "out" | "in";
  readonly protocol: "tcp" | "udp";
  readonly source: string;
  readonly destination: string;
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** Whose process sends it, a group also by its name; null for a packet that arrives, and where nothing is known. */
  readonly user: number | null;
  readonly group: number | string | null;
  /** The interface by which it arrives, or leaves. */
  readonly by: string;
  readonly mark: number;
  /** Whether it is the first of its connection. */
  readonly isNew: boolean;
}

/** A rule that was about the packet. */
export interface Step {
  readonly hook: Hook;
  readonly rule: CaptureRule;
}

export interface Way {
  /**
   * `redirect` and `tproxy`: to a port of the proxy; `divert`: to the socket of the proxy that has the connection; `none`: not captured.
   */
  readonly verdict: "redirect" | "tproxy" | "divert" | "drop" | "none";
  readonly port: number | undefined;
  /** The packet's mark at the end, 0 for none. */
  readonly mark: number;
  /** The zone of connection tracking that it was put into. */
  readonly zone: number | undefined;
  readonly steps: readonly Step[];
}

/** A packet on its way: what rules change of it. */
interface Travel {
  readonly packet: Packet;
  destination: string;
  destinationPort: number;
  by: string;
  mark: number;
  connectionMark: number;
  verdict: Way["verdict"];
  port: number | undefined;
  zone: number | undefined;
  readonly steps: Step[];
}

/** What a chain comes to: `return` goes on behind the jump, `end` ends the table. */
type Outcome = "return" | "end";

/**
 * Sends a packet through rules of `captureRules`. A packet that a process sends passes OUTPUT of raw, mangle and nat, one that arrives
 * PREROUTING of the same; nat is asked for new connections alone. What is sent over lo, also what was just redirected, comes back
 * through PREROUTING of raw and mangle, and keeps its mark.
 */
export function walk(rules: readonly CaptureRule[], packet: Packet): Way {
  const family = parseAddress(packet.destination)?.v4 === false ? 6 : 4;
  const chains = chainsIn(rulesOf(rules, family));
  const { destination, destinationPort, by, mark } = packet;
  const travel: Travel = {
    packet,
    destination,
    destinationPort,
    by,
    mark,
    connectionMark: 0,
    verdict: "none",
    port: undefined,
    zone: undefined,
    steps: [],
  };
  const pass = (table: Table, hook: Hook) => {
    if (travel.verdict !== "drop") passChain(chains, table, hook, hook, travel);
  };
  const first = packet.direction === "out" ? "OUTPUT" : "PREROUTING";
  pass("raw", first);
  pass("mangle", first);
  if (packet.isNew) pass("nat", first);
  if (first === "OUTPUT") {
    if (travel.verdict === "redirect") {
      travel.by = "lo";
      travel.destination = family === 4 ? "127.0.0.1" : "::1";
      travel.destinationPort = travel.port ?? 0;
    }
    if (travel.by === "lo") {
      pass("raw", "PREROUTING");
      pass("mangle", "PREROUTING");
    }
  }
  const { verdict, port, zone, steps } = travel;
  return { verdict, port, mark: travel.mark, zone, steps };
}

type Chains = ReadonlyMap<string, readonly CaptureRule[]>;

function chainsIn(rules: readonly CaptureRule[]): Chains {
  const chains = new Map<string, CaptureRule[]>();
  for (const rule of rules) {
    const key = `${rule.table} ${rule.chain}`;
    const chain = chains.get(key) ?? [];
    chain.splice(rule.at === undefined ? chain.length : rule.at - 1, 0, rule);
    chains.set(key, chain);
  }
  return chains;
}

function passChain(chains: Chains, table: Table, chain: Chain, hook: Hook, travel: Travel): Outcome {
  for (const rule of chains.get(`${table} ${chain}`) ?? []) {
    if (!rule.matches.every((match) => isMatched(match, hook, travel))) continue;
    travel.steps.push({ hook, rule });
    const outcome = obey(rule, chains, hook, travel);
    if (outcome) return outcome;
  }
  return "return";
}

/** Does what a rule says; gives the outcome of its chain where that ends with it. */
function obey(
  { table, target }: CaptureRule,
  chains: Chains,
  hook: Hook,
  travel: Travel,
): Outcome | undefined {
  switch (target.to) {
    case "jump":
      return passChain(chains, table, target.chain, hook, travel) === "end" ? "end" : undefined;
    case "return":
      return "return";
    case "accept":
      if (hook === "PREROUTING" && table === "mangle") travel.verdict = "divert";
      return "end";
    case "drop":
      travel.verdict = "drop";
      travel.port = undefined;
      return "end";
    case "dnat":
      travel.verdict = "redirect";
      travel.port = Number(target.port);
      return "end";
    case "snat":
      return "end";
    case "redirect":
    case "tproxy":
      travel.verdict = target.to;
      travel.port = Number(target.port);
      if (target.to === "tproxy") travel.mark = Number(target.mark);
      return "end";
    case "mark":
      travel.mark = Number(target.mark);
      return undefined;
    case "save-mark":
      travel.connectionMark = travel.mark;
      return undefined;
    case "restore-mark":
      travel.mark = travel.connectionMark;
      return undefined;
    case "zone":
      travel.zone = Number(target.zone);
      return undefined;
  }
}

function isMatched(match: Match, hook: Hook, travel: Travel): boolean {
  return holds(match, hook, travel) !== (match.not ?? false);
}

/** Whether a packet is what a match names, whether or not it is to be. */
function holds({ of, is }: Match, hook: Hook, travel: Travel): boolean {
  const { packet } = travel;
  switch (of) {
    case "protocol":
      return packet.protocol === is;
    case "destination-port":
      return isPort(is, travel.destinationPort);
    case "source-port":
      return isPort(is, packet.sourcePort);
    case "other-ports":
      return !is.split(",").some((port) => isPort(port, travel.destinationPort));
    case "source":
      return isIn(packet.source, is);
    case "destination":
      return isIn(travel.destination, is);
    case "in":
      return hook === "PREROUTING" && isInterface(is, travel.by);
    case "out":
      return hook === "OUTPUT" && isInterface(is, travel.by);
    case "user":
      return packet.user !== null && Number(is) === packet.user;
    case "group":
      return packet.group !== null && (is === packet.group || Number(is) === packet.group);
    case "mark":
      return Number(is) === travel.mark;
    case "connection-mark":
      return Number(is) === travel.connectionMark;
    case "state":
      return is === "RELATED,ESTABLISHED" && !packet.isNew;
  }
}

/** Whether a port is the one of a text, or within its range (`8000:9000`). */
export function isPort(text: string, port: number): boolean {
  const [first = "", last = first] = text.trim().split(":");
  return port >= Number(first || 0) && port <= Number(last || 65535) && text.trim() !== "";
}

function isIn(address: string, range: string): boolean {
  const known = parseAddress(address);
  const base = parseRange(range, "netip");
  return known !== undefined && base !== undefined && isWithin(known, base);
}

/** Whether a name is that of an interface; `eth+` stands for all that begin so. */
export function isInterface(pattern: string, name: string): boolean {
  return pattern.endsWith("+") ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
}
