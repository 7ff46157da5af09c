/** The rules that capture a pod's traffic, as data: printed for iptables and nftables, and walked by packets. */
import type { SettingName } from "./settings.ts";

export type Family = 4 | 6;

export type Table = "raw" | "mangle" | "nat";

/** Chains of the kernel, which every table has. */
export type Hook = "PREROUTING" | "OUTPUT" | "POSTROUTING";

export type Chain =
  | Hook
  | "ISTIO_INBOUND"
  | "ISTIO_OUTPUT"
  | "ISTIO_OUTPUT_DNS"
  | "ISTIO_REDIRECT"
  | "ISTIO_IN_REDIRECT"
  | "ISTIO_DIVERT"
  | "ISTIO_TPROXY"
  | "ISTIO_DROP";

/** What a packet must be for a rule to be about it; texts are as the program was given them. */
export type Match =
  | { readonly of: "protocol"; readonly is: "tcp" | "udp"; readonly not?: false }
  | { readonly of: "destination-port" | "source-port"; readonly is: string; readonly not?: boolean }
  /** None of several ports, separated by commas. */
  | { readonly of: "other-ports"; readonly is: string; readonly not?: false }
  | { readonly of: "source" | "destination"; readonly is: string; readonly not?: boolean }
  | { readonly of: "in" | "out"; readonly is: string; readonly not?: false }
  | { readonly of: "user" | "group"; readonly is: string; readonly not?: boolean }
  | { readonly of: "mark"; readonly is: string; readonly not?: boolean }
  | { readonly of: "connection-mark"; readonly is: string; readonly not?: false }
  | { readonly of: "state"; readonly is: "INVALID" | "RELATED,ESTABLISHED"; readonly not?: false };

/** What becomes of a packet that a rule is about. */
export type Target =
  | { readonly to: "jump"; readonly chain: Chain }
  | { readonly to: "return" | "accept" | "drop" | "save-mark" | "restore-mark" }
  | { readonly to: "redirect"; readonly port: string }
  /** To a port of the pod, as old releases say it; and back, as if from there. */
  | { readonly to: "dnat"; readonly address: string; readonly port: string }
  | { readonly to: "snat"; readonly address: string }
  | { readonly to: "mark"; readonly mark: string }
  | { readonly to: "tproxy"; readonly mark: string; readonly port: string }
  | { readonly to: "zone"; readonly zone: "1" | "2" };

export interface CaptureRule {
  readonly table: Table;
  readonly chain: Chain;
  /** Where it is inserted, counted from 1; undefined for a rule that comes behind those of its chain that are there. */
  readonly at: number | undefined;
  readonly matches: readonly Match[];
  readonly target: Target;
  /** The families of addresses that have it. */
  readonly families: readonly Family[];
  /** The setting without which the rule would not be there, or would say something else; null for rules that are always there. */
  readonly from: SettingName | null;
}

/** The rules of a family in the order in which they are made. */
export function rulesOf(rules: readonly CaptureRule[], family: Family): readonly CaptureRule[] {
  return rules.filter(({ families }) => families.includes(family));
}

/** A rule as `iptables` is told it, without its table: `-A ISTIO_INBOUND -p tcp --dport 22 -j RETURN`. */
export function ruleText(rule: CaptureRule): string {
  const { chain, at } = rule;
  return [at === undefined ? `-A ${chain}` : `-I ${chain} ${at}`, bodyText(rule)].join(" ");
}

/** What stands behind the chain. */
export function bodyText({ matches, target }: CaptureRule): string {
  return [...matches.map(matchText), `-j ${targetText(target, matches)}`].join(" ");
}

function matchText({ of, is, not }: Match): string {
  const wanted = (option: string) => `${not ? "! " : ""}${option} ${is}`;
  switch (of) {
    case "protocol":
      return wanted("-p");
    case "destination-port":
      return wanted("--dport");
    case "source-port":
      return wanted("--sport");
    case "other-ports":
      return `-m multiport ! --dports ${is}`;
    case "source":
      return wanted("-s");
    case "destination":
      return wanted("-d");
    case "in":
      return wanted("-i");
    case "out":
      return wanted("-o");
    case "user":
      return `-m owner ${wanted("--uid-owner")}`;
    case "group":
      return `-m owner ${wanted("--gid-owner")}`;
    case "mark":
      return `-m mark ${wanted("--mark")}`;
    case "connection-mark":
      return `-m connmark ${wanted("--mark")}`;
    case "state":
      return `-m conntrack ${wanted("--ctstate")}`;
  }
}

function targetText(target: Target, matches: readonly Match[]): string {
  switch (target.to) {
    case "jump":
      return target.chain;
    case "return":
    case "accept":
    case "drop":
      return target.to.toUpperCase();
    case "save-mark":
    case "restore-mark":
      return `CONNMARK --${target.to}`;
    case "redirect": {
      // The agent's own DNS rules say it in the singular, which means the same.
      const agent = target.port === agentDnsPort && matches.some(({ is }) => is === "udp");
      return `REDIRECT --to-port${agent ? "" : "s"} ${target.port}`;
    }
    case "dnat":
      return `DNAT --to-destination ${target.address}:${target.port}`;
    case "snat":
      return `SNAT --to-source ${target.address}`;
    case "mark":
      return `MARK --set-mark ${target.mark}`;
    case "tproxy":
      return `TPROXY --tproxy-mark ${target.mark}/0xffffffff --on-port ${target.port}`;
    case "zone":
      return `CT --zone ${target.zone}`;
  }
}

/** Where the agent beside the proxy answers DNS. */
export const agentDnsPort = "15053";

/** The chains that rules of a table need, in the order in which they are made; those that are only jumped to where `jumpedTo`. */
export function chainsOf(rules: readonly CaptureRule[], jumpedTo: boolean): readonly Chain[] {
  const own = rules.map(({ chain }) => chain);
  const others = jumpedTo ? rules.flatMap(({ target }) => (target.to === "jump" ? [target.chain] : [])) : [];
  return [...new Set([...own, ...others])].filter(isOwn);
}

/** Whether a chain is one that Istio makes. */
export function isOwn(chain: Chain): boolean {
  return chain.startsWith("ISTIO_");
}

/** The input of `iptables-restore` for the rules of one family; empty where there are none. */
export function restoreText(rules: readonly CaptureRule[], jumpedTo: boolean): string {
  return (["mangle", "nat", "raw"] as const)
    .map((table) => {
      const own = rules.filter((rule) => rule.table === table);
      if (own.length === 0) return "";
      const chains = chainsOf(own, jumpedTo).map((chain) => `-N ${chain}`);
      return `${[`* ${table}`, ...chains, ...own.map(ruleText), "COMMIT"].join("\n")}\n`;
    })
    .join("");
}
