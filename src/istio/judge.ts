/** Both gates for one pod in a namespace whose labels are known. */
import type { Call, Reason, Verdict } from "./decision.ts";
import type { Labels, PodFacts } from "./facts.ts";
import { askPolicy, type PolicyAnswer } from "./policy.ts";
import { answer, failed, matched, missed, type PreparedInjector, type PreparedMesh } from "./prepare.ts";

/** A pod under judgement, with the answers that do not depend on its namespace's labels. */
export interface Candidate {
  readonly pod: PodFacts;
  /** null when nothing says which namespace it goes to. */
  readonly namespace: string | null;
  readonly mesh: PreparedMesh;
  readonly objectAnswers: Uint8Array;
  readonly policyAnswers: Map<PreparedInjector, PolicyAnswer>;
}

export interface Judgement {
  readonly labels: Labels;
  readonly verdict: Exclude<Verdict, "unknown">;
  readonly reason: Reason;
  readonly revision: string | null;
  readonly injectedBy: readonly string[];
  readonly calls: readonly Call[];
  /** The first webhook that matches. */
  readonly webhook: string | null;
}

const notAsked = 255;

/** A pod in a namespace, which has been asked nothing yet. */
export function candidate(pod: PodFacts, namespace: string | null, mesh: PreparedMesh): Candidate {
  return {
    pod,
    namespace,
    mesh,
    objectAnswers: new Uint8Array(mesh.webhooks.length).fill(notAsked),
    policyAnswers: new Map(),
  };
}

/** Whether the API server calls a webhook: it does, it does not, or the selectors make the request fail. */
export type WebhookAnswer = typeof matched | typeof missed | typeof failed;

/**
 * How the API server takes the webhook at an index: an invalid selector fails the request only where the other selector
 * and the rules match. Reproduces k8s.io/apiserver 0.35.
 */
export function webhookAnswer(subject: Candidate, index: number, labels: Labels): WebhookAnswer {
  const { mesh, namespace, pod, objectAnswers } = subject;
  const prepared = mesh.webhooks[index];
  if (!prepared) return missed;
  const byNamespace = mesh.namespaceAnswers(labels, namespace)[index];
  if (byNamespace === missed) return missed;
  let byObject = objectAnswers[index];
  if (byObject === notAsked) {
    byObject = answer(prepared.object, pod.labels);
    objectAnswers[index] = byObject;
  }
  if (byObject === missed || !prepared.webhook.coversPods) return missed;
  return byNamespace === failed || byObject === failed ? failed : matched;
}

const noCalls: readonly Call[] = [];
const nobody: readonly string[] = [];

/** Runs both gates. */
export function judge(subject: Candidate, labels: Labels): Judgement {
  const { webhooks } = subject.mesh;
  let calls: Call[] | undefined;
  for (let index = 0; index < webhooks.length; index++) {
    const answered = webhookAnswer(subject, index, labels);
    if (answered === missed) continue;
    if (answered === failed) return refused(labels, calls ?? noCalls);
    calls ??= [];
    calls.push(call(subject, index));
  }
  if (!calls) {
    return {
      labels,
      verdict: "not-injected",
      reason: "no-webhook",
      revision: null,
      injectedBy: nobody,
      calls: noCalls,
      webhook: null,
    };
  }
  const injecting = calls.filter(({ required }) => required);
  const telling = injecting[0] ?? calls[0];
  return {
    labels,
    verdict: injecting.length > 0 ? "injected" : "not-injected",
    reason: telling?.reason ?? "no-webhook",
    revision: telling?.revision ?? null,
    injectedBy: injecting.length > 0 ? [...new Set(injecting.map(({ revision }) => revision))] : nobody,
    calls,
    webhook: calls[0]?.webhook ?? null,
  };
}

function refused(labels: Labels, calls: readonly Call[]): Judgement {
  return {
    labels,
    verdict: "refused",
    reason: "selector-invalid",
    revision: null,
    injectedBy: nobody,
    calls,
    webhook: calls[0]?.webhook ?? null,
  };
}

function call(subject: Candidate, index: number): Call {
  const prepared = subject.mesh.webhooks[index];
  if (!prepared) throw new Error(`no webhook ${index}`);
  const { webhook, injector } = prepared;
  const { required, reason, logs } = policyAnswer(subject, injector);
  return {
    configuration: webhook.configuration,
    webhook: webhook.name,
    revision: webhook.revision,
    injector: injector.injector.configMap,
    release: injector.injector.release,
    required,
    reason,
    logs,
  };
}

/** What an injector answers for the pod; asked once. */
export function policyAnswer(subject: Candidate, injector: PreparedInjector): PolicyAnswer {
  const known = subject.policyAnswers.get(injector);
  if (known) return known;
  const answered = askPolicy(subject.pod, subject.namespace, injector.policy);
  subject.policyAnswers.set(injector, answered);
  return answered;
}
