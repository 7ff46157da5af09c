/** Rules that capture, as a transaction of nftables: what newer releases make where iptables is not to be used. */
import { type CaptureRule, type Chain, isOwn, type Match, type Table, type Target } from "./rule.ts";
import type { CaptureSettings } from "./settings.ts";

/** The chains of a table in the order in which they are made. */
const chains: Readonly<Record<Table, readonly Chain[]>> = {
  nat: [
    "PREROUTING",
    "OUTPUT",
    "ISTIO_INBOUND",
    "ISTIO_REDIRECT",
    "ISTIO_IN_REDIRECT",
    "ISTIO_OUTPUT",
    "ISTIO_OUTPUT_DNS",
  ],
  mangle: ["PREROUTING", "OUTPUT", "ISTIO_DIVERT", "ISTIO_TPROXY", "ISTIO_INBOUND", "ISTIO_DROP"],
  raw: ["PREROUTING", "OUTPUT", "ISTIO_INBOUND", "ISTIO_OUTPUT_DNS"],
};

const priorities: Readonly<Record<Table, number>> = { nat: -100, mangle: -150, raw: -300 };

/**
 * The input of `nft` for rules of `captureRules`, of both families, as Istio 1.30.3 writes it. Rules of IPv6 are left out where the pod
 * does not speak it.
 */
export function nftText(rules: readonly CaptureRule[], { ipv6, cleansUpOnly }: CaptureSettings): string {
  return (["nat", "mangle", "raw"] as const)
    .map((table) => {
      const name = `inet istio-proxy-${table}`;
      if (cleansUpOnly) return `add table ${name}\ndelete table ${name}\n`;
      const own = rules.filter((rule) => rule.table === table && (ipv6 || !isOfV6(rule)));
      return own.length === 0 ? "" : tableText(table, name, own);
    })
    .join("");
}

function isOfV6({ matches }: CaptureRule): boolean {
  return matches.some(({ of, is }) => (of === "source" || of === "destination") && is.includes(":"));
}

function tableText(table: Table, name: string, rules: readonly CaptureRule[]): string {
  const used = chains[table].filter((chain) => rules.some((rule) => rule.chain === chain));
  const counts = new Map<Chain, number>();
  const lines = rules.map((rule) => {
    const before = counts.get(rule.chain) ?? 0;
    counts.set(rule.chain, before + 1);
    // What would be inserted behind the last rule is added.
    const index = rule.at === undefined || rule.at > before ? undefined : rule.at - 1;
    const verb = index === undefined ? "add" : "insert";
    const place = index === undefined ? "" : ` index ${index}`;
    return `${verb} rule ${name} ${chainName(rule.chain)}${place} ${bodyOf(rule)}`;
  });
  const made = used.map((chain) => `add chain ${name} ${chainName(chain)}${hookOf(table, chain)}`);
  return `${[`add table ${name}`, `flush table ${name}`, ...made, ...lines].join("\n")}\n`;
}

function chainName(chain: Chain): string {
  return chain.toLowerCase().replaceAll("_", "-");
}

function hookOf(table: Table, chain: Chain): string {
  if (isOwn(chain)) return "";
  const type = table === "nat" ? "nat" : table === "mangle" && chain === "OUTPUT" ? "route" : "filter";
  return ` { type ${type} hook ${chainName(chain)} priority ${priorities[table]} ; }`;
}

/** The order in which matches are told. */
const order: readonly Match["of"][] = [
  "in",
  "out",
  "protocol",
  "state",
  "source",
  "destination",
  "source-port",
  "destination-port",
  "other-ports",
  "user",
  "group",
  "mark",
  "connection-mark",
];
/** In the table raw, ports come before addresses. */
const rawOrder: readonly Match["of"][] = [
  "source-port",
  "destination-port",
  "source",
  "destination",
  "user",
  "group",
];

function bodyOf({ table, matches, target, chain }: CaptureRule): string {
  const protocol = matches.find(({ of }) => of === "protocol")?.is ?? "tcp";
  const told = table === "raw" ? rawOrder : order;
  const sorted = matches
    .filter(({ of }) => told.includes(of))
    .sort((one, other) => told.indexOf(one.of) - told.indexOf(other.of));
  // An invalid state is looked for in TCP alone.
  const isInvalid = matches.some(({ is }) => is === "INVALID");
  const words = sorted.flatMap((match) => {
    if (match.of === "protocol") return isImplied(chain, sorted, protocol) ? [] : ["meta l4proto tcp"];
    const text = matchText(match, protocol);
    return [table === "raw" && (match.of === "user" || match.of === "group") ? `meta ${text}` : text];
  });
  if (target.to === "tproxy") {
    const ip = matches.some(({ is }) => is.includes(":")) ? "ip6" : "ip";
    return [...words, `tproxy ${ip} to :${target.port} meta mark set ${target.mark} counter accept`].join(
      " ",
    );
  }
  return [...(isInvalid ? ["meta l4proto tcp"] : []), ...words, "counter", targetText(target)].join(" ");
}

/** Whether the protocol is told by the port alone. */
function isImplied(chain: Chain, matches: readonly Match[], protocol: string): boolean {
  if (protocol === "udp") return true;
  const isToServer = chain === "ISTIO_OUTPUT_DNS" && matches.some(({ of }) => of === "destination");
  const isPortAlone =
    chain === "ISTIO_OUTPUT" && matches.every(({ of }) => of === "protocol" || of === "destination-port");
  return isToServer || isPortAlone;
}

function matchText({ of, is, not }: Match, protocol: string): string {
  const wanted = not ? `!= ${is}` : is;
  const ip = is.includes(":") ? "ip6" : "ip";
  switch (of) {
    case "protocol":
      return `meta l4proto ${is}`;
    case "destination-port":
      return `${protocol} dport ${wanted}`;
    case "source-port":
      return `${protocol} sport ${wanted}`;
    case "other-ports":
      return `${protocol} dport != { ${is.replaceAll(",", ", ")} }`;
    case "source":
      return `${ip} saddr ${wanted}`;
    case "destination":
      return `${ip} daddr ${wanted}`;
    case "in":
      return `iifname ${is}`;
    case "out":
      return `oifname ${is}`;
    case "user":
      return `skuid ${wanted}`;
    case "group":
      return `skgid ${wanted}`;
    case "mark":
      return `mark ${wanted}`;
    case "connection-mark":
      return `ct mark ${is}`;
    case "state":
      return `ct state ${is.toLowerCase()}`;
  }
}

function targetText(target: Exclude<Target, { readonly to: "tproxy" }>): string {
  switch (target.to) {
    case "jump":
      return `jump ${chainName(target.chain)}`;
    case "return":
    case "accept":
    case "drop":
      return target.to;
    case "save-mark":
      return "ct mark set mark";
    case "restore-mark":
      return "meta mark set ct mark";
    case "redirect":
      return `redirect to :${target.port}`;
    case "dnat":
      return `dnat to ${target.address}:${target.port}`;
    case "snat":
      return `snat to ${target.address}`;
    case "mark":
      return `meta mark set ${target.mark}`;
    case "zone":
      return `ct zone set ${target.zone}`;
  }
}
