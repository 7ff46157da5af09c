/** Gate 2: what the injector behind a webhook answers for a pod. */
import type { Reason } from "./decision.ts";
import type { Injector, PodFacts } from "./facts.ts";
import type { InjectReading, ReleaseFacts } from "./releases.ts";
import { type Selection, select } from "./selection.ts";
import { injectKey } from "./webhook.ts";

/** An injector's configuration with its selectors compiled. */
export interface Policy {
  /** The policy as a string, as the injector's Go type holds it. */
  readonly policy: string;
  readonly never: readonly Selection[];
  readonly always: readonly Selection[];
  readonly facts: ReleaseFacts;
}

/** What the injector answers. */
export interface PolicyAnswer {
  readonly required: boolean;
  readonly reason: Reason;
  /** What it would log, in our words: `warn: …`, `error: …`. */
  readonly logs: readonly string[];
  /** The first selector that matched, where selectors were asked and one did. */
  readonly selector: { readonly list: "never" | "always"; readonly index: number } | undefined;
}

/** Compiles an injector's configuration for `askPolicy`. */
export function preparePolicy(
  injector: Pick<Injector, "policy" | "neverInjectSelector" | "alwaysInjectSelector">,
  facts: ReleaseFacts,
): Policy {
  return {
    policy: injector.policy === null ? "" : String(injector.policy),
    never: injector.neverInjectSelector.map((selector) => select(selector, "unmarshal")),
    always: injector.alwaysInjectSelector.map((selector) => select(selector, "unmarshal")),
    facts,
  };
}

const none: readonly string[] = [];

/**
 * Whether the injector wants to inject into a pod of a namespace (null: not known, and then not one of the ignored ones).
 * Reproduces `injectRequired` of istio/istio 1.6 to 1.30.
 */
export function askPolicy(pod: PodFacts, namespace: string | null, policy: Policy): PolicyAnswer {
  const { facts } = policy;
  if (pod.hostNetwork) return shut("host-network");
  if (namespace !== null && facts.ignoredNamespaces.includes(namespace)) return shut("ignored-namespace");

  const { value } = injectValue(pod, facts.injectLabel);
  const asked = readInject(value, facts.inject);
  let logs = none;
  if (asked === "invalid") {
    logs = [
      `warn: ${injectKey} is ${JSON.stringify(value)}, only "true" and "false" count; the policy decides`,
    ];
  }
  let wanted = asked === "inject" ? true : asked === "skip" ? false : undefined;
  let reason: Reason | undefined =
    asked === "inject" ? "inject-true" : asked === "skip" ? "inject-false" : undefined;
  let selector: PolicyAnswer["selector"];
  for (const kind of ["never", "always"] as const) {
    if (wanted !== undefined) break;
    const { index, warnings } = firstMatch(policy[kind], pod, kind);
    if (warnings.length > 0) logs = [...logs, ...warnings];
    if (index === undefined) continue;
    wanted = kind === "always";
    reason = `${kind}-selector`;
    selector = { list: kind, index };
  }

  switch (policy.policy) {
    case "enabled":
      return { required: wanted ?? true, reason: reason ?? "policy-enabled", logs, selector };
    case "disabled":
      return { required: wanted ?? false, reason: reason ?? "policy-disabled", logs, selector };
    default:
      return {
        required: false,
        reason: "policy-illegal",
        logs: [
          ...logs,
          `error: the policy is ${JSON.stringify(policy.policy)}, only "enabled" and "disabled" count; nothing is injected`,
        ],
        selector,
      };
  }
}

function shut(reason: Reason): PolicyAnswer {
  return { required: false, reason, logs: none, selector: undefined };
}

/** The value of `sidecar.istio.io/inject` that counts, and where it stands; "" when there is none. */
export function injectValue(
  pod: PodFacts,
  readsLabel: boolean,
): { readonly value: string; readonly from: "label" | "annotation" | undefined } {
  if (readsLabel && Object.hasOwn(pod.labels, injectKey)) {
    return { value: pod.labels[injectKey] ?? "", from: "label" };
  }
  if (Object.hasOwn(pod.annotations, injectKey)) {
    return { value: pod.annotations[injectKey] ?? "", from: "annotation" };
  }
  return { value: "", from: undefined };
}

const lenientYes = new Set(["y", "yes", "true", "on"]);

/** What a value of `sidecar.istio.io/inject` means to the injector of a release. */
export function readInject(value: string, reading: InjectReading): "inject" | "skip" | "nothing" | "invalid" {
  if (value === "") return "nothing";
  if (reading === "lenient") return lenientYes.has(value.toLowerCase()) ? "inject" : "skip";
  if (value === "true") return "inject";
  return value === "false" ? "skip" : "invalid";
}

/** The first selector that matches the pod's labels; here an empty one matches nothing and an invalid one is skipped. */
function firstMatch(
  selections: readonly Selection[],
  pod: PodFacts,
  kind: "never" | "always",
): { readonly index: number | undefined; readonly warnings: readonly string[] } {
  let warnings = none;
  for (const [index, selection] of selections.entries()) {
    if (selection.error !== undefined) {
      warnings = [...warnings, `warn: ${kind}InjectSelector[${index}] is invalid: ${selection.error}`];
    } else if (!selection.empty && selection.matches(pod.labels)) {
      return { index, warnings };
    }
  }
  return { index: undefined, warnings };
}
