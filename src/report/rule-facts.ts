/** What there is to say of a rule besides its own prose: releases, severity, what fixes it, how it is switched off. */
import type { Rule } from "../lint/rule.ts";

/** The releases that a rule is about: "Istio 1.12 and newer". */
export function releasesOf({ since, until }: Pick<Rule, "since" | "until">): string {
  if (since !== undefined)
    return until === undefined ? `Istio ${since} and newer` : `Istio ${since} to ${until}`;
  return until === undefined ? "every release of Istio" : `Istio ${until} and older`;
}

/** Whether its fixes keep what is meant: none, safe, unsafe, or by the case. */
export function fixKind({ checks }: Pick<Rule, "checks">): "none" | "safe" | "unsafe" | "either" {
  const kinds = new Set(checks.flatMap(({ edits = [] }) => edits.map(({ safety }) => safety)));
  if (kinds.size === 2) return "either";
  return kinds.has("safe") ? "safe" : kinds.has("unsafe") ? "unsafe" : "none";
}

/** How its findings are fixed by a command, in a sentence of Markdown. */
export function fixSentence(rule: Pick<Rule, "checks">): string {
  return fixSentences[fixKind(rule)];
}

const fixSentences = {
  none: "No command fixes it: what is meant is yours to say.",
  safe: "`sidelint check --fix` does it where the case is clear; the fix is safe, it keeps what is meant. `--diff` shows it first.",
  unsafe:
    "`sidelint check --fix --unsafe-fixes` does it; the fix is unsafe, so look at what `--diff --unsafe-fixes` shows first.",
  either:
    "`sidelint check --fix` does it where what is meant is plain; with `--unsafe-fixes` also where somebody should look at it. `--diff` shows it first.",
} as const;

/** The comment that hides a finding at its line. */
export function ignoreComment({ id }: Pick<Rule, "id">): string {
  return `# sidelint-ignore ${id} -- reason`;
}

/** Its setting in sidelint.yaml that switches it off; one that is off until named is switched on. */
export function settingOf(rule: Pick<Rule, "id" | "optional" | "severity">): string {
  return `rules: {${rule.id}: ${rule.optional ? rule.severity : "off"}}`;
}
