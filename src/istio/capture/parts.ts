/** Parts that the rules of all releases are put together from. */
import type { CaptureRule, Chain, Family, Match, Table, Target } from "./rule.ts";
import type { SettingName } from "./settings.ts";

export const tcp: Match = { of: "protocol", is: "tcp" };
export const udp: Match = { of: "protocol", is: "udp" };
export const established: Match = { of: "state", is: "RELATED,ESTABLISHED" };
export const loopbackOut: Match = { of: "out", is: "lo" };
export const loopbackIn: Match = { of: "in", is: "lo" };

export const back: Target = { to: "return" };

export function jump(chain: Chain): Target {
  return { to: "jump", chain };
}

export function toPort(is: string): Match {
  return { of: "destination-port", is };
}

export function notToPort(is: string): Match {
  return { of: "destination-port", is, not: true };
}

export function fromPort(is: string): Match {
  return { of: "source-port", is };
}

export function from(is: string): Match {
  return { of: "source", is };
}

export function to(is: string): Match {
  return { of: "destination", is };
}

export function notTo(is: string): Match {
  return { of: "destination", is, not: true };
}

/** Somebody's own traffic: that of a user or of a group. */
export function owned(of: "user" | "group", is: string): Match {
  return { of, is };
}

export function notOwned(of: "user" | "group", is: string): Match {
  return { of, is, not: true };
}

/** What a rule says besides where it stands and what it does. */
export interface RuleOptions {
  readonly from?: SettingName;
  readonly families?: readonly Family[];
  readonly at?: number;
}

/** Rules in the making. */
export interface RuleList {
  readonly rules: readonly CaptureRule[];
  /** Those of whose addresses they are unless they say so themselves. */
  readonly families: readonly Family[];
  add(table: Table, chain: Chain, matches: readonly Match[], target: Target, options?: RuleOptions): void;
  /** A rule for each family, which holds an address of that family. */
  addApart(
    table: Table,
    chain: Chain,
    addresses: Readonly<Record<Family, string>>,
    matches: (address: string) => readonly Match[],
    target: Target,
    options?: RuleOptions,
  ): void;
}

/** An empty list of rules; they are for `families` unless they say so themselves. */
export function ruleList(families: readonly Family[]): RuleList {
  const rules: CaptureRule[] = [];
  const add: RuleList["add"] = (table, chain, matches, target, options = {}) => {
    const { at, from: setting = null } = options;
    rules.push({ table, chain, at, matches, target, families: options.families ?? families, from: setting });
  };
  return {
    rules,
    families,
    add,
    addApart(table, chain, addresses, matches, target, options) {
      for (const family of [4, 6] as const)
        add(table, chain, matches(addresses[family]), target, { ...options, families: [family] });
    },
  };
}

/** Where the proxy passes on connections that it was not the destination of. */
export const passthrough = { 4: "127.0.0.6/32", 6: "::6/128" } as const;
