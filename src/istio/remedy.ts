/** What would get a pod its sidecar: changes that people can write, each tried by deciding again. */
import { answersFor, casesOf } from "./answers.ts";
import { knownRevisions } from "./cases.ts";
import type { Labels, Mesh, NamespaceFacts, PodFacts } from "./facts.ts";
import { type Candidate, candidate } from "./judge.ts";
import { injectValue, readInject } from "./policy.ts";
import { type PreparedMesh, prepareMesh } from "./prepare.ts";
import { doubtfulRevision } from "./revision.ts";
import { injectionKey, injectKey, revisionKey } from "./webhook.ts";

/** One thing to write differently. */
export type Change =
  | { readonly what: "namespace-label"; readonly key: string; readonly value: string }
  | { readonly what: "pod-label"; readonly key: string; readonly value: string }
  | { readonly what: "drop-pod-label"; readonly key: string }
  | { readonly what: "drop-pod-annotation"; readonly key: string }
  | { readonly what: "no-host-network" }
  | { readonly what: "policy-enabled"; readonly revision: string };

/** Changes that together give the pod a sidecar. */
export interface Opener {
  readonly changes: readonly Change[];
  /** A clause: `namespace shop had the label istio-injection: enabled`. */
  readonly says: string;
}

/**
 * The openers of a pod that gets no sidecar: single changes that do it, else the first pair that does. The likeliest
 * first. Empty where nothing helps, as in a namespace that the injector ignores.
 */
export function findOpeners(pod: PodFacts, namespace: NamespaceFacts, mesh: Mesh): readonly Opener[] {
  const prepared = prepareMesh(mesh);
  if (!casesOf(namespace, prepared).complete) return [];
  const { subject, labels } = situationOf(pod, namespace, prepared);
  const revision = labels.flatMap((each) => doubtfulRevision(pod, each, mesh)?.revision ?? [])[0];
  if (revision === undefined) return openersFor(subject, namespace, labels);
  // Where a revision may be installed, what is written for it is left as it is.
  const installed = situationOf(pod, namespace, subject.mesh.withRevision(revision));
  return openersFor(installed.subject, namespace, labels).map((opener) => {
    if (opens(opener.changes, { subject, namespace, labels })) return opener;
    return { ...opener, says: `${opener.says} and revision ${revision} is installed` };
  });
}

function situationOf(pod: PodFacts, namespace: NamespaceFacts, mesh: PreparedMesh): Situation {
  const labels = casesOf(namespace, mesh).cases.map((each) => each.labels);
  return { subject: candidate(pod, namespace.name, mesh), namespace, labels };
}

/** The openers as one sentence without a final full stop; undefined where there are none. */
export function remedyFor(pod: PodFacts, namespace: NamespaceFacts, mesh: Mesh): string | undefined {
  const openers = findOpeners(pod, namespace, mesh);
  const first = openers[0];
  if (!first) return undefined;
  const kind = kindOf(first);
  const second = openers.find((opener) => kindOf(opener) !== kind);
  return `It would be injected if ${first.says}${second ? `, or if ${second.says}` : ""}`;
}

/** Whether the label sidecar.istio.io/inject: "true" in the place of the annotation gets a pod its sidecar, whatever is not known. */
export function opensByLabel(pod: PodFacts, namespace: NamespaceFacts, mesh: Mesh): boolean {
  const prepared = prepareMesh(mesh);
  if (!casesOf(namespace, prepared).complete) return false;
  return opens([{ what: "pod-label", key: injectKey, value: "true" }], situationOf(pod, namespace, prepared));
}

/** Whether an opener touches the namespace or the pod, so that one of each is offered. */
function kindOf({ changes }: Opener): string {
  return changes.some(({ what }) => what === "namespace-label") ? "namespace" : "pod";
}

interface Situation {
  readonly subject: Candidate;
  readonly namespace: NamespaceFacts;
  readonly labels: readonly Labels[];
}

function openersFor(
  subject: Candidate,
  namespace: NamespaceFacts,
  labels: readonly Labels[],
): readonly Opener[] {
  const situation: Situation = { subject, namespace, labels };
  const changes = thinkable(situation);
  const singles = changes.filter((change) => opens([change], situation));
  if (singles.length > 0) return singles.map((change) => opener([change], situation));
  for (const [index, one] of changes.entries()) {
    for (const other of changes.slice(index + 1)) {
      if (subjectOf(one) === subjectOf(other)) continue;
      if (opens([one, other], situation)) return [opener([one, other], situation)];
    }
  }
  return [];
}

/** What a change changes: two changes of the same thing make no pair. */
function subjectOf(change: Change): string {
  if (change.what === "namespace-label") return "namespace";
  return "key" in change ? `pod ${change.key}` : change.what;
}

/** Changes to try, the likeliest to be meant first. */
function thinkable({ subject, namespace }: Situation): readonly Change[] {
  const { pod, mesh } = subject;
  const changes: Change[] = [];
  if (pod.hostNetwork) changes.push({ what: "no-host-network" });
  const revisions = knownRevisions(mesh.mesh.webhooks);
  const inject: Change = { what: "pod-label", key: injectKey, value: "true" };
  if (asksByAnnotation(pod, mesh)) changes.push(inject);
  if (Object.hasOwn(pod.labels, injectKey)) changes.push({ what: "drop-pod-label", key: injectKey });
  if (Object.hasOwn(pod.annotations, injectKey))
    changes.push({ what: "drop-pod-annotation", key: injectKey });
  if (namespace.name !== null || namespace.labels) {
    const byRevision = revisions.map(
      (value): Change => ({ what: "namespace-label", key: revisionKey, value }),
    );
    const enabled: Change = { what: "namespace-label", key: injectionKey, value: "enabled" };
    const labelled = namespace.labels?.some(
      (each) => Object.hasOwn(each, revisionKey) && !Object.hasOwn(each, injectionKey),
    );
    changes.push(...(labelled ? [...byRevision, enabled] : [enabled, ...byRevision]));
  }
  if (!changes.includes(inject)) changes.push(inject);
  changes.push(...revisions.map((value): Change => ({ what: "pod-label", key: revisionKey, value })));
  changes.push(
    ...mesh.mesh.injectors
      .filter(({ configMap, policy }) => configMap !== null && policy !== "enabled")
      .map(({ revision }): Change => ({ what: "policy-enabled", revision })),
  );
  return changes;
}

function asksByAnnotation(pod: PodFacts, mesh: PreparedMesh): boolean {
  const { from, value } = injectValue(pod, true);
  return from === "annotation" && readInject(value, mesh.facts.inject) === "inject";
}

/** Whether the pod is injected, whatever its namespace's labels and the mesh are, once the changes are made. */
function opens(changes: readonly Change[], { subject, labels }: Situation): boolean {
  const changed = candidate(
    changes.reduce(changePod, subject.pod),
    subject.namespace,
    changes.some(({ what }) => what === "policy-enabled")
      ? prepareMesh(changes.reduce(changeMesh, subject.mesh.mesh))
      : subject.mesh,
  );
  const cases = labels.map((each) => ({ when: "", labels: changes.reduce(changeNamespace, each) }));
  return answersFor(changed, cases).list.every(({ judged }) => judged.verdict === "injected");
}

function changePod(pod: PodFacts, change: Change): PodFacts {
  switch (change.what) {
    case "pod-label":
      return { ...pod, labels: { ...pod.labels, [change.key]: change.value } };
    case "drop-pod-label":
      return { ...pod, labels: without(pod.labels, change.key) };
    case "drop-pod-annotation":
      return { ...pod, annotations: without(pod.annotations, change.key) };
    case "no-host-network":
      return { ...pod, hostNetwork: false };
    default:
      return pod;
  }
}

/** Both ways to label a namespace exclude each other, so the one takes the other's place. */
function changeNamespace(labels: Labels, change: Change): Labels {
  if (change.what !== "namespace-label") return labels;
  return { ...without(without(labels, injectionKey), revisionKey), [change.key]: change.value };
}

function changeMesh(mesh: Mesh, change: Change): Mesh {
  if (change.what !== "policy-enabled") return mesh;
  const injectors = mesh.injectors.map((injector) =>
    injector.revision === change.revision ? { ...injector, policy: "enabled" } : injector,
  );
  return { ...mesh, injectors };
}

function without(labels: Labels, key: string): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([other]) => other !== key));
}

function opener(changes: readonly Change[], situation: Situation): Opener {
  return { changes, says: changes.map((change) => describe(change, situation)).join(" and ") };
}

function describe(change: Change, { subject, namespace, labels }: Situation): string {
  const { pod } = subject;
  switch (change.what) {
    case "namespace-label": {
      const who = namespace.name === null ? "its namespace" : `namespace ${namespace.name}`;
      const { key, value } = change;
      return `${who} had the label ${key}: ${quoted(value)}${insteadOf(labels, key, rivalOf(key))}`;
    }
    case "pod-label": {
      const { key, value } = change;
      const byAnnotation =
        key === injectKey && !Object.hasOwn(pod.labels, key) && Object.hasOwn(pod.annotations, key);
      const instead = byAnnotation ? " instead of the annotation" : insteadOf([pod.labels], key);
      return `the pod template had the label ${key}: ${quoted(value)}${instead}`;
    }
    case "drop-pod-label":
      return `the pod template had no label ${change.key}: ${quoted(pod.labels[change.key] ?? "")}`;
    case "drop-pod-annotation":
      return `the pod template had no annotation ${change.key}: ${quoted(pod.annotations[change.key] ?? "")}`;
    case "no-host-network":
      return "the pod did not use hostNetwork";
    case "policy-enabled":
      return `the injector of revision ${change.revision} had the policy enabled`;
  }
}

/** What a label, or the one that it would replace, says now; nothing where the sources disagree. */
function insteadOf(labels: readonly Labels[], ...keys: readonly string[]): string {
  const [only, ...others] = labels;
  const key = only && others.length === 0 ? keys.find((each) => Object.hasOwn(only, each)) : undefined;
  if (!only || key === undefined) return "";
  const value = quoted(only[key] ?? "");
  return key === keys[0] ? ` instead of ${value}` : ` instead of ${key}: ${value}`;
}

function rivalOf(key: string): string {
  return key === injectionKey ? revisionKey : injectionKey;
}

/** A label's value as YAML needs it written: quoted where it would not be read as a string. */
function quoted(value: string): string {
  return /^[A-Za-z][A-Za-z0-9._/-]*$/.test(value) && !/^(?:y|n|yes|no|on|off|true|false|null)$/i.test(value)
    ? value
    : JSON.stringify(value);
}
