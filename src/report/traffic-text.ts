/** The page of `explain --traffic`. */

import type { ExplainedTraffic, TrafficRules } from "../world/explained-traffic.ts";
import type { TrafficLine } from "../world/traffic-lines.ts";
import { plain, wrap } from "./cells.ts";
import { type Page, stepLines } from "./explain.ts";
import { type Paint, paintOf } from "./paint.ts";
import type { Presentation, ReportedWorkload } from "./report.ts";

const titles = { in: "In", out: "Out", dns: "DNS", addresses: "IPv6" } as const;

/** What is captured of a workload's traffic, as a page. */
export function trafficPage(
  workload: ReportedWorkload,
  traffic: ExplainedTraffic,
  presentation: Presentation,
): Page {
  const paint = paintOf(presentation.colour);
  const width = Math.min(presentation.width, 100);
  return { workload, blocks: trafficBlocks(workload, traffic, width, paint) };
}

/** Who captures, in words. */
function capturer(by: "istio-init" | "cni"): string {
  return by === "cni" ? "the CNI plugin" : "istio-init";
}

/** Why there are no rules to tell of. */
export function withoutRules(
  traffic: Exclude<ExplainedTraffic, { readonly state: "captured" }>,
  width: number,
  paint: Paint,
): string {
  const says = {
    none: () => "Nothing of its traffic goes through a proxy",
    fails: () => `${traffic.state === "fails" ? capturer(traffic.by) : ""} fails, so that no pod starts`,
    unknown: () => "What is captured of its traffic is not known",
  }[traffic.state]();
  const lines = wrap(plain(`${says[0]?.toUpperCase()}${says.slice(1)}: ${traffic.why}.`), width);
  const where =
    traffic.state === "unknown" || traffic.where === "" ? [] : [paint.faint(`  ${plain(traffic.where)}`)];
  return [...lines, ...where].join("\n");
}

function trafficBlocks(
  { verdict }: ReportedWorkload,
  traffic: ExplainedTraffic,
  width: number,
  paint: Paint,
): readonly string[] {
  if (traffic.state !== "captured") return [withoutRules(traffic, width, paint)];
  const { by, mode, release, lines, assumes, rules } = traffic;
  const condition = verdict === "unknown" ? ", if it is injected" : "";
  const title = `Its traffic is captured by ${capturer(by)} of Istio ${release} (${mode})${condition}`;
  const sections = (["in", "out", "dns", "addresses"] as const).map((about) => {
    const own = lines.filter((line) => line.about === about);
    return [titles[about], ...own.flatMap((line) => lineOf(line, width, paint))].join("\n");
  });
  return [
    [...wrap(title, width).map(paint.heading), sections.join("\n")].join("\n"),
    ...(assumes.length > 0 ? [granted(assumes, width)] : []),
    ...(rules ? rulesBlocks(rules, paint) : []),
  ];
}

/** What a page takes for granted. */
export function granted(assumes: readonly string[], width: number): string {
  return ["Taken for granted:", ...assumes.flatMap((one) => wrap(plain(one), width - 2))].join("\n  ");
}

function lineOf({ captured, says, by, where }: TrafficLine, width: number, paint: Paint): readonly string[] {
  const outcome = captured === null ? "passed" : captured ? "open" : "shut";
  const [first, ...more] = stepLines(
    { outcome, says: by === null ? says : `${says} (${by})`, where },
    undefined,
    width,
    paint,
  );
  return first === undefined ? more : [first, ...more];
}

function rulesBlocks(rules: TrafficRules, paint: Paint): readonly string[] {
  if ("nftables" in rules) return [block("Rules, for nft", rules.nftables, paint)];
  const { iptables, ip6tables } = rules;
  return [
    block("Rules, for iptables-restore", iptables, paint),
    ...(ip6tables === "" ? [] : [block("Rules, for ip6tables-restore", ip6tables, paint)]),
  ];
}

function block(title: string, text: string, paint: Paint): string {
  return [paint.heading(title), ...text.trimEnd().split("\n").map(plain)].join("\n");
}
