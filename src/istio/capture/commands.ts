/** The programs that `istio-iptables` runs to put its rules in place. */
import type { CaptureFacts } from "./facts.ts";
import { bodyText, type CaptureRule, chainsOf, type Family, isOwn, rulesOf, ruleText } from "./rule.ts";
import type { CaptureSettings } from "./settings.ts";

/** The command lines in their order, without the texts that they read; none where rules are not to be applied. */
export function captureCommands(
  rules: readonly CaptureRule[],
  settings: CaptureSettings,
  facts: CaptureFacts,
): readonly string[] {
  if (settings.skipsRules) return [];
  return facts.familiesApart ? oldCommands(rules, settings, facts) : newCommands(rules, settings);
}

function oldCommands(
  rules: readonly CaptureRule[],
  settings: CaptureSettings,
  facts: CaptureFacts,
): readonly string[] {
  const { ipv6, mode, mark, routeTable, includedInboundPorts, restoreFormat } = settings;
  const addsAddress = ipv6 ? ["ip -6 addr add ::6/128 dev lo"] : [];
  const routes =
    mode === "TPROXY" && includedInboundPorts !== ""
      ? [
          `ip -f inet rule add fwmark ${mark} lookup ${routeTable}`,
          `ip -f inet route add local default dev lo table ${routeTable}`,
        ]
      : [];
  const families: readonly Family[] = ipv6 ? [4, 6] : [4];
  const applied = restoreFormat
    ? ["iptables-restore --noflush iptables-rules", "ip6tables-restore --noflush ip6tables-rules"]
    : families.flatMap((family) => singly(rulesOf(rules, family), family, facts));
  return [...addsAddress, ...routes, ...applied, ...families.map((family) => `${programOf(family)}-save`)];
}

function programOf(family: Family): string {
  return family === 4 ? "iptables" : "ip6tables";
}

function singly(
  rules: readonly CaptureRule[],
  family: Family,
  { makesChainsJumpedTo }: CaptureFacts,
): readonly string[] {
  const seen = new Set<string>();
  const made = rules.flatMap((rule) => {
    const key = `${rule.table} ${rule.chain}`;
    if (!isOwn(rule.chain) || seen.has(key)) return [];
    seen.add(key);
    return chainsOf([rule], makesChainsJumpedTo).map((chain) => `-t ${rule.table} -N ${chain}`);
  });
  const told = rules.map((rule) => `-t ${rule.table} ${ruleText(rule)}`);
  return [...made, ...told].map((line) => `${programOf(family)} ${line}`);
}

function newCommands(rules: readonly CaptureRule[], settings: CaptureSettings): readonly string[] {
  const families: readonly Family[] = settings.ipv6 ? [4, 6] : [4];
  const applied = families.flatMap((family) =>
    settings.cleansUpOnly
      ? cleanUp(rulesOf(rules, family), family)
      : [`${programOf(family)}-restore --noflush`],
  );
  return ["iptables-save", "ip6tables-save", ...applied, ...families.map((one) => `${programOf(one)}-save`)];
}

/** Takes back, from the last to the first, what leads into Istio's chains, then those chains. */
function cleanUp(rules: readonly CaptureRule[], family: Family): readonly string[] {
  const last = [...rules].reverse();
  const leads = last.filter(
    ({ chain, target }) => !isOwn(chain) || (target.to === "jump" && isOwn(target.chain)),
  );
  const seen = new Set<string>();
  const emptied = last.flatMap(({ table, chain }) => {
    const key = `${table} ${chain}`;
    if (!isOwn(chain) || seen.has(key)) return [];
    seen.add(key);
    return [`-t ${table} -F ${chain}`, `-t ${table} -X ${chain}`];
  });
  const taken = leads.map((rule) => `-t ${rule.table} -D ${rule.chain} ${bodyText(rule)}`);
  return [...taken, ...emptied].map((line) => `${programOf(family)} ${line}`);
}
