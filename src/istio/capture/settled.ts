/** Which rule settled what becomes of a packet. */
import type { Chain } from "./rule.ts";
import type { Step, Way } from "./walk.ts";

/**
 * The step that decided on a packet: what led it into a chain of the proxy, or ended its way before. Undefined where no rule was about it,
 * so that it went on as it is.
 */
export function settlingStep({ steps, verdict }: Way): Step | undefined {
  const ends = targets[verdict];
  const last = steps.findLastIndex(({ rule }) => ends.includes(rule.target.to) && rule.table !== "raw");
  const step = steps[last];
  if (!step || verdict === "none" || verdict === "drop") return step;
  const into = steps.slice(0, last).findLast(({ rule }) => leadsTo(rule.target, step.rule.chain));
  // A chain such as ISTIO_REDIRECT takes whatever is sent there: what matters is who sent it.
  return into && isOfProxy(step.rule.chain) ? into : step;
}

/** What a rule does that makes for a verdict. */
const targets: Readonly<Record<Way["verdict"], readonly string[]>> = {
  none: ["return"],
  redirect: ["redirect", "dnat"],
  tproxy: ["tproxy"],
  divert: ["accept"],
  drop: ["drop"],
};

function leadsTo(target: Step["rule"]["target"], chain: Chain): boolean {
  return target.to === "jump" && target.chain === chain;
}

function isOfProxy(chain: Chain): boolean {
  return ["ISTIO_REDIRECT", "ISTIO_IN_REDIRECT", "ISTIO_TPROXY", "ISTIO_DIVERT"].includes(chain);
}
