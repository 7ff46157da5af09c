/** The steps that led to a decision, in words, each with the place it looked at. */
import { describeLabels } from "./cases.ts";
import type { Place, Possibility, Reason, Step } from "./decide.ts";
import type { Labels, NamespaceFacts } from "./facts.ts";
import { type Candidate, policyAnswer, webhookAnswer } from "./judge.ts";
import { injectValue, readInject } from "./policy.ts";
import { failed, labelsOf, matched, type PreparedInjector, type PreparedWebhook } from "./prepare.ts";
import { describeMiss, type Requirement, requirementsOf } from "./requirement.ts";
import { injectionKey, injectKey, revisionKey } from "./webhook.ts";

/** The steps for a namespace whose labels are certain; otherwise what is missing, and the answer of each case. */
export function trace(
  subject: Candidate,
  namespace: NamespaceFacts,
  possibilities: readonly Possibility[],
): readonly Step[] {
  const [labels, ...others] = namespace.labels ?? [];
  if (!labels || others.length > 0) return doubtfulSteps(namespace, possibilities);
  const steps = [namespaceStep(subject, labels)];
  const asked = new Set<PreparedInjector>();
  subject.mesh.webhooks.forEach((webhook, index) => {
    const answered = webhookAnswer(subject, index, labels);
    steps.push(webhookStep(subject, webhook, answered, labels));
    if (answered === matched) asked.add(webhook.injector);
  });
  for (const injector of asked) steps.push(...policySteps(subject, injector, asked.size > 1));
  return steps;
}

function doubtfulSteps(
  { name, labels }: NamespaceFacts,
  possibilities: readonly Possibility[],
): readonly Step[] {
  const place: Place = { of: "namespace", path: ["metadata", "labels"] };
  const says = labels
    ? `Namespace ${name ?? "(unknown)"} has different labels in different places`
    : name === null
      ? "Nothing says which namespace it goes to"
      : `Nothing says how namespace ${name} is labelled`;
  return [
    { gate: "namespace", outcome: "passed", says, place },
    ...possibilities.map(({ when, verdict, reason, revision, webhook }): Step => {
      const by = verdict === "injected" ? ` by revision ${revision ?? "?"}` : "";
      const how = webhook === null ? "" : ` (${webhook})`;
      return {
        gate: reason === "no-webhook" || reason === "selector-invalid" ? "webhook" : "policy",
        outcome: verdict === "injected" ? "open" : "shut",
        says: `${when}: ${verdictText[verdict]}${by}, ${reasonText[reason]}${how}`,
        place,
      };
    }),
  ];
}

const verdictText = { injected: "injected", "not-injected": "not injected", refused: "refused" } as const;

/** What a reason means, as a clause. */
export const reasonText: Readonly<Record<Reason, string>> = {
  "no-webhook": "no webhook matches",
  "selector-invalid": "a webhook has an invalid selector",
  "host-network": "hostNetwork is true",
  "ignored-namespace": "the injector ignores the namespace",
  "inject-true": `${injectKey} asks for it`,
  "inject-false": `${injectKey} declines it`,
  "never-selector": "a neverInjectSelector matches",
  "always-selector": "an alwaysInjectSelector matches",
  "policy-enabled": "the policy is enabled",
  "policy-disabled": "the policy is disabled",
  "policy-illegal": "the policy is neither enabled nor disabled",
  "namespace-unknown": "its namespace is not known",
  "namespace-labels-unknown": "the labels of its namespace are not known",
  "namespace-labels-differ": "the labels of its namespace differ from place to place",
};

function namespaceStep({ namespace, mesh }: Candidate, labels: Labels): Step {
  const relevant = mesh.relevantLabels(labels);
  const [key] = Object.keys(relevant);
  const who = namespace === null ? "Its namespace" : `Namespace ${namespace}`;
  return {
    gate: "namespace",
    outcome: "passed",
    says:
      key === undefined
        ? `${who} has neither ${injectionKey} nor ${revisionKey}`
        : `${who} has ${describeLabels(relevant).replaceAll(",", ", ")}`,
    place: {
      of: "namespace",
      path: key === undefined ? ["metadata", "labels"] : ["metadata", "labels", key],
    },
  };
}

function webhookStep(subject: Candidate, prepared: PreparedWebhook, answered: number, labels: Labels): Step {
  const { webhook } = prepared;
  const { configuration, index, name } = webhook;
  const { says, path } = webhookFinding(subject, prepared, answered, labels);
  return {
    gate: "webhook",
    outcome: answered === matched ? "open" : "shut",
    says: `${name} ${says}`,
    subject: name,
    place: { of: "webhook", configuration, index, path },
  };
}

interface WebhookFinding {
  readonly says: string;
  readonly path: readonly (string | number)[];
}

function webhookFinding(
  { pod, namespace }: Candidate,
  { webhook, namespace: namespaceSelection, object }: PreparedWebhook,
  answered: number,
  labels: Labels,
): WebhookFinding {
  const ofNamespace = namespaceSelection.error === undefined ? webhook.namespaceSelector : undefined;
  const ofPod = object.error === undefined ? webhook.objectSelector : undefined;
  const namespaceNeeds = requirementsOf(ofNamespace, labelsOf(labels, namespace));
  const podNeeds = requirementsOf(ofPod, pod.labels);
  if (answered === matched) return { says: matchText(namespaceNeeds, podNeeds), path: [] };
  if (answered === failed) {
    const [error, path] =
      namespaceSelection.error === undefined
        ? [object.error, "objectSelector"]
        : [namespaceSelection.error, "namespaceSelector"];
    return { says: `has an invalid ${path}, so the API server refuses the pod: ${error}`, path: [path] };
  }
  const missedByNamespace = namespaceNeeds.find(({ met }) => !met);
  if (missedByNamespace) {
    return {
      says: describeMiss(missedByNamespace, ""),
      path: ["namespaceSelector", ...missedByNamespace.path],
    };
  }
  const missedByPod = podNeeds.find(({ met }) => !met);
  if (missedByPod) {
    return { says: describeMiss(missedByPod, "pod label "), path: ["objectSelector", ...missedByPod.path] };
  }
  return { says: "has rules that do not cover the creation of pods", path: ["rules"] };
}

/** What made a webhook match: the labels that it asks for and finds. */
function matchText(ofNamespace: readonly Requirement[], ofPod: readonly Requirement[]): string {
  const found = [
    ...ofNamespace.filter(({ asks }) => asks).map(({ key, is }) => `namespace label ${key}=${is}`),
    ...ofPod.filter(({ asks }) => asks).map(({ key, is }) => `pod label ${key}=${is}`),
  ];
  return found.length === 0 ? "matches" : `matches ${found.join(" and ")}`;
}

/** What the injector looked at, up to the check that decided. */
function policySteps(subject: Candidate, prepared: PreparedInjector, several: boolean): readonly Step[] {
  const { pod, namespace } = subject;
  const { injector, policy } = prepared;
  const { reason, required, selector } = policyAnswer(subject, prepared);
  const about = several ? { subject: injector.revision } : {};
  const says = (text: string) => (several ? `${injector.revision}: ${text}` : text);
  const step = (outcome: Step["outcome"], text: string, place: Place): Step => ({
    gate: "policy",
    outcome,
    says: says(text),
    ...about,
    place,
  });
  const at = (...path: (string | number)[]): Place => ({ of: "injector", revision: injector.revision, path });

  if (reason === "host-network") {
    return [
      step("shut", "hostNetwork is true: such pods are left alone", {
        of: "pod",
        path: ["spec", "hostNetwork"],
      }),
    ];
  }
  if (reason === "ignored-namespace") {
    return [step("shut", `namespace ${namespace} is one that the injector ignores`, releaseOf(prepared))];
  }
  const steps: Step[] = [];
  const { value, from } = injectValue(pod, policy.facts.injectLabel);
  if (from !== undefined) {
    const read = readInject(value, policy.facts.inject);
    const written = `${from} ${injectKey} is ${JSON.stringify(value)}`;
    const meaning = {
      inject: "inject",
      skip: "do not inject",
      nothing: "empty",
      invalid: "not a value it takes",
    }[read];
    const outcome = read === "inject" ? "open" : read === "skip" ? "shut" : "passed";
    const path = ["metadata", from === "label" ? "labels" : "annotations", injectKey];
    steps.push(step(outcome, `${written}: ${meaning}`, { of: "pod", path }));
  }
  if (selector !== undefined) {
    const kind = reason === "never-selector" || !required ? "never" : "always";
    const outcome = kind === "never" ? "shut" : "open";
    steps.push(
      step(
        outcome,
        `${kind}InjectSelector[${selector}] matches the pod's labels`,
        at(`${kind}InjectSelector`, selector),
      ),
    );
  }
  if (reason === "policy-illegal") {
    const text = `policy is ${JSON.stringify(policy.policy)}, neither enabled nor disabled: nothing is injected`;
    steps.push(step("shut", text, at("policy")));
  } else if (reason === "policy-enabled" || reason === "policy-disabled") {
    const place = injector.configMap === null ? releaseOf(prepared) : at("policy");
    steps.push(step(required ? "open" : "shut", `policy is ${policy.policy}`, place));
  }
  return steps;
}

function releaseOf({ injector }: PreparedInjector): Place {
  return { of: "release", release: injector.release };
}
