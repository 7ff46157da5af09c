/** The steps that led to a decision, in words, each with the place it looked at. */
import { describeLabels } from "./cases.ts";
import type { Decision, Place, Possibility, Reason, Step } from "./decision.ts";
import type { Labels, NamespaceFacts } from "./facts.ts";
import { type Candidate, policyAnswer, webhookAnswer } from "./judge.ts";
import { injectValue, type PolicyAnswer, readInject } from "./policy.ts";
import { failed, labelsOf, matched, type PreparedInjector, type PreparedWebhook } from "./prepare.ts";
import { describeMiss, type Requirement, requirementsOf } from "./requirement.ts";
import { doubtfulRevision } from "./revision.ts";
import { injectionKey, injectKey, revisionKey } from "./webhook.ts";

/** The steps for a namespace whose labels are certain; otherwise what is missing, and the answer of each case, once. */
export function trace(
  subject: Candidate,
  namespace: NamespaceFacts,
  {
    reason,
    possibilities,
    revisionsInDoubt,
  }: Pick<Decision, "reason" | "possibilities" | "revisionsInDoubt">,
): readonly Step[] {
  if (revisionsInDoubt.length > 0) return revisionSteps(subject, namespace, possibilities, revisionsInDoubt);
  const unread = unreadSteps(subject, namespace.labels, reason);
  if (unread.length > 0) return meshSteps(subject, namespace, unread, possibilities);
  const [labels, ...others] = namespace.labels ?? [];
  const nameless = namespace.name === null && possibilities.length > 1;
  if (!labels || others.length > 0 || nameless) return doubtfulSteps(namespace, possibilities);
  const steps = [namespaceStep(subject, labels)];
  if (subject.mesh.webhooks.length === 0) {
    const place: Place = { of: "namespace", path: ["metadata", "labels"] };
    steps.push({ gate: "webhook", outcome: "shut", says: "The cluster has no webhook of Istio", place });
  }
  const asked = new Set<PreparedInjector>();
  subject.mesh.webhooks.forEach((webhook, index) => {
    const answered = webhookAnswer(subject, index, labels);
    steps.push(webhookStep(subject, webhook, answered, labels));
    if (answered === matched) asked.add(webhook.injector);
  });
  for (const injector of asked) steps.push(...policySteps(subject, injector, asked.size > 1));
  return steps;
}

/** What of the mesh cannot be told from what is written, where the verdict hinges on it. */
function unreadSteps(subject: Candidate, labels: NamespaceFacts["labels"], reason: Reason): readonly Step[] {
  const { webhooks, mesh } = subject.mesh;
  if (reason === "conditions-unknown") {
    return webhooks.flatMap(({ webhook }, index): readonly Step[] => {
      const { configuration, name, conditional } = webhook;
      const isCalled =
        labels?.some((each) => webhookAnswer(subject, index, each) === matched) ?? webhook.coversPods;
      if (!conditional || !isCalled) return [];
      const says = `${name} has matchConditions, which are not evaluated`;
      const place: Place = {
        of: "webhook",
        configuration,
        index: webhook.index,
        path: ["matchConditions"],
      };
      return [{ gate: "webhook", outcome: "passed", says, subject: name, place }];
    });
  }
  if (reason !== "injector-unreadable") return [];
  return mesh.injectors
    .filter(({ unreadable }) => unreadable)
    .map(({ revision }) => {
      const says = `The configuration of the injector of revision ${revision} cannot be read`;
      return { gate: "policy", outcome: "passed", says, place: { of: "injector", revision, path: [] } };
    });
}

/** What the namespace says, what of the mesh is not known, and the answer of each case. */
function meshSteps(
  subject: Candidate,
  { labels }: NamespaceFacts,
  unread: readonly Step[],
  possibilities: readonly Possibility[],
): readonly Step[] {
  const place: Place = unread[0]?.place ?? { of: "namespace", path: ["metadata", "labels"] };
  return [
    ...(labels ?? []).map((each, nth) => namespaceStep(subject, each, nth)),
    ...unread,
    ...possibilities.map((possibility) => caseStep(possibility, place)),
  ].filter(({ says }, index, all) => all.findIndex((other) => other.says === says) === index);
}

/** What the namespace says, which revisions nobody shows, and the answer of each case. */
function revisionSteps(
  subject: Candidate,
  { labels }: NamespaceFacts,
  possibilities: readonly Possibility[],
  revisionsInDoubt: readonly string[],
): readonly Step[] {
  const unshown = new Map<string, Place>();
  const cases = possibilities.map((possibility): Step => {
    const nth = Math.max(labels?.indexOf(possibility.labels) ?? 0, 0);
    const asked = doubtfulRevision(subject.pod, possibility.labels, subject.mesh.mesh, nth);
    if (asked && revisionsInDoubt.includes(asked.revision)) unshown.set(asked.revision, asked.place);
    return caseStep(possibility, asked?.place ?? { of: "namespace", path: ["metadata", "labels"], nth });
  });
  return [
    ...(labels ?? []).map((each, nth) => namespaceStep(subject, each, nth)),
    ...[...unshown].map(
      ([revision, place]): Step => ({
        gate: "namespace",
        outcome: "passed",
        says: `Nothing says whether revision ${revision} is installed`,
        place,
      }),
    ),
    ...cases,
  ].filter(({ says }, index, all) => all.findIndex((other) => other.says === says) === index);
}

function doubtfulSteps(
  { name, labels }: NamespaceFacts,
  possibilities: readonly Possibility[],
): readonly Step[] {
  const path = ["metadata", "labels"];
  const seen = new Set<string>();
  const alike = possibilities.every(({ when }) => when === possibilities[0]?.when);
  const says =
    name === null
      ? "Nothing says which namespace it goes to"
      : labels
        ? `Namespace ${name} has different labels in different places${alike ? ", alike for injection" : ""}`
        : `Nothing says how namespace ${name} is labelled`;
  return [
    { gate: "namespace", outcome: "passed", says, place: { of: "namespace", path } },
    ...possibilities.flatMap((possibility): readonly Step[] => {
      const set = labels && name !== null ? { nth: Math.max(labels.indexOf(possibility.labels), 0) } : {};
      const step = caseStep(possibility, { of: "namespace", path, ...set });
      if (seen.has(step.says)) return [];
      seen.add(step.says);
      return [step];
    }),
  ];
}

function caseStep({ when, verdict, reason, revision, webhook }: Possibility, place: Place): Step {
  const by = verdict === "injected" ? ` by revision ${revision ?? "?"}` : "";
  const how = webhook === null ? "" : ` (${webhook})`;
  return {
    gate: reason === "no-webhook" || reason === "selector-invalid" ? "webhook" : "policy",
    outcome: verdict === "injected" ? "open" : "shut",
    says: `${when}: ${verdictText[verdict]}${by}, ${reasonText[reason]}${how}`,
    place,
  };
}

const verdictText = { injected: "injected", "not-injected": "not injected", refused: "refused" } as const;

/** What a reason means, as a clause. */
const reasonText: Readonly<Record<Reason, string>> = {
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
  "revision-unknown": "whether its revision is installed is not known",
  "conditions-unknown": "whether the matchConditions of a webhook hold is not known",
  "injector-unreadable": "the injector's configuration cannot be read",
  "pod-unknown": "what the pod says is not known",
};

function namespaceStep({ namespace, mesh }: Candidate, labels: Labels, nth = 0): Step {
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
      ...(nth === 0 ? {} : { nth }),
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
  if (answered === matched) {
    const unless = webhook.conditional ? ", if its matchConditions hold" : "";
    return { says: matchText(namespaceNeeds, podNeeds) + unless, path: [] };
  }
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

/** A step of the policy before it is told whose it is. */
type Check = Pick<Step, "outcome" | "says" | "place">;

/** What the injector looked at, up to the check that decided. */
function policySteps(subject: Candidate, prepared: PreparedInjector, several: boolean): readonly Step[] {
  const { revision } = prepared.injector;
  return policyChecks(subject, prepared).map(({ outcome, says, place }) => ({
    gate: "policy",
    outcome,
    says: several ? `${revision}: ${says}` : says,
    ...(several ? { subject: revision } : {}),
    place,
  }));
}

function policyChecks(subject: Candidate, prepared: PreparedInjector): readonly Check[] {
  const answer = policyAnswer(subject, prepared);
  if (answer.reason === "host-network") {
    const place: Place = { of: "pod", path: ["spec", "hostNetwork"] };
    return [{ outcome: "shut", says: "hostNetwork is true: such pods are left alone", place }];
  }
  if (answer.reason === "ignored-namespace") {
    const says = `namespace ${subject.namespace} is one that the injector ignores`;
    return [{ outcome: "shut", says, place: releaseOf(prepared) }];
  }
  const checks = [
    injectCheck(subject, prepared),
    selectorCheck(answer, prepared),
    valueOfPolicyCheck(answer, prepared),
  ];
  return checks.filter((check) => check !== undefined);
}

const injectMeaning = {
  inject: { text: "inject", outcome: "open" },
  skip: { text: "do not inject", outcome: "shut" },
  nothing: { text: "empty", outcome: "passed" },
  invalid: { text: "not a value it takes", outcome: "passed" },
} as const;

function injectCheck({ pod }: Candidate, { policy }: PreparedInjector): Check | undefined {
  const { value, from } = injectValue(pod, policy.facts.injectLabel);
  if (from === undefined) return undefined;
  const { text, outcome } = injectMeaning[readInject(value, policy.facts.inject)];
  const path = ["metadata", from === "label" ? "labels" : "annotations", injectKey];
  return {
    outcome,
    says: `${from} ${injectKey} is ${JSON.stringify(value)}: ${text}`,
    place: { of: "pod", path },
  };
}

function selectorCheck({ selector }: PolicyAnswer, { injector }: PreparedInjector): Check | undefined {
  if (!selector) return undefined;
  const list = `${selector.list}InjectSelector`;
  return {
    outcome: selector.list === "never" ? "shut" : "open",
    says: `${list}[${selector.index}] matches the pod's labels`,
    place: { of: "injector", revision: injector.revision, path: [list, selector.index] },
  };
}

function valueOfPolicyCheck(
  { reason, required }: PolicyAnswer,
  prepared: PreparedInjector,
): Check | undefined {
  const { injector, policy } = prepared;
  const place: Place = { of: "injector", revision: injector.revision, path: ["policy"] };
  if (reason === "policy-illegal") {
    const says = `policy is ${JSON.stringify(policy.policy)}, neither enabled nor disabled: nothing is injected`;
    return { outcome: "shut", says, place };
  }
  if (reason !== "policy-enabled" && reason !== "policy-disabled") return undefined;
  return { outcome: required ? "open" : "shut", says: `policy is ${policy.policy}`, place };
}

function releaseOf({ injector }: PreparedInjector): Place {
  return { of: "release", release: injector.release };
}
