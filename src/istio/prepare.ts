/** A mesh made ready for deciding on many pods: selectors compiled, injectors found, namespaces remembered. */
import { type NamespaceCase, namespaceCases } from "./cases.ts";
import type { Possibility } from "./decision.ts";
import type { Injector, Labels, Mesh, Webhook } from "./facts.ts";
import { type Policy, preparePolicy } from "./policy.ts";
import { nearestFacts, type ReleaseFacts } from "./releases.ts";
import { withRevision } from "./revision.ts";
import { type Selection, select } from "./selection.ts";
import { namespaceNameKey } from "./webhook.ts";

/** An injector with its policy compiled. */
export interface PreparedInjector {
  readonly injector: Injector;
  readonly policy: Policy;
}

export interface PreparedWebhook {
  readonly webhook: Webhook;
  readonly namespace: Selection;
  readonly object: Selection;
  readonly injector: PreparedInjector;
}

/** How a selector answers for labels. */
export const missed = 0;
export const matched = 1;
export const failed = 2;

export interface PreparedMesh {
  readonly mesh: Mesh;
  readonly facts: ReleaseFacts;
  readonly webhooks: readonly PreparedWebhook[];
  /** What a namespace could be labelled when nothing says. */
  readonly cases: readonly NamespaceCase[];
  /** Answers for the cases that some pod had. */
  readonly possibilities: Map<string, readonly Possibility[]>;
  /** Those of a namespace's labels that some case turns on. */
  relevantLabels(labels: Labels): Labels;
  /** The mesh with one more revision, made when first asked for. */
  withRevision(revision: string): PreparedMesh;
  /** For each webhook how its namespaceSelector answers for a namespace; remembered by the identity of `labels`. */
  namespaceAnswers(labels: Labels, name: string | null): Uint8Array;
}

const prepared = new WeakMap<Mesh, PreparedMesh>();

/** Prepares a mesh; the result is remembered as long as the mesh lives. */
export function prepareMesh(mesh: Mesh): PreparedMesh {
  const known = prepared.get(mesh);
  if (known) return known;
  const injectors = new Map<string, PreparedInjector>();
  const webhooks = mesh.webhooks.map((webhook) => ({
    webhook,
    namespace: select(webhook.namespaceSelector),
    object: select(webhook.objectSelector),
    injector: injectorFor(webhook.revision, mesh, injectors),
  }));
  const cases = namespaceCases(mesh.webhooks);
  const made: PreparedMesh = {
    mesh,
    facts: nearestFacts(mesh.release),
    webhooks,
    cases,
    possibilities: new Map(),
    relevantLabels: rememberRelevant(cases),
    withRevision: rememberRevisions(mesh),
    namespaceAnswers: rememberNamespaces(webhooks),
  };
  prepared.set(mesh, made);
  return made;
}

/** The injector of a revision; one that is not known is assumed to be as a stock install has it. */
function injectorFor(revision: string, mesh: Mesh, known: Map<string, PreparedInjector>): PreparedInjector {
  const earlier = known.get(revision);
  if (earlier) return earlier;
  const found = mesh.injectors.find((injector) => injector.revision === revision);
  const injector: Injector = found
    ? { ...found, release: found.release || mesh.release }
    : {
        revision,
        release: mesh.release,
        policy: "enabled",
        neverInjectSelector: [],
        alwaysInjectSelector: [],
        proxyResources: undefined,
        configMap: null,
      };
  const made = { injector, policy: preparePolicy(injector, nearestFacts(injector.release)) };
  known.set(revision, made);
  return made;
}

function rememberRevisions(mesh: Mesh): PreparedMesh["withRevision"] {
  const known = new Map<string, PreparedMesh>();
  return (revision) => {
    let made = known.get(revision);
    if (!made) {
      made = prepareMesh(withRevision(mesh, revision));
      known.set(revision, made);
    }
    return made;
  };
}

function rememberNamespaces(webhooks: readonly PreparedWebhook[]): PreparedMesh["namespaceAnswers"] {
  const memory = new WeakMap<Labels, Map<string | null, Uint8Array>>();
  return (labels, name) => {
    let byName = memory.get(labels);
    if (!byName) {
      byName = new Map();
      memory.set(labels, byName);
    }
    let answers = byName.get(name);
    if (!answers) {
      const seen = labelsOf(labels, name);
      answers = Uint8Array.from(webhooks, ({ namespace }) => answer(namespace, seen));
      byName.set(name, answers);
    }
    return answers;
  };
}

function rememberRelevant(cases: readonly NamespaceCase[]): PreparedMesh["relevantLabels"] {
  const keys = new Set(cases.flatMap(({ labels }) => Object.keys(labels)));
  const memory = new WeakMap<Labels, Labels>();
  return (labels) => {
    let relevant = memory.get(labels);
    if (!relevant) {
      relevant = Object.fromEntries(Object.entries(labels).filter(([key]) => keys.has(key)));
      memory.set(labels, relevant);
    }
    return relevant;
  };
}

/** How a selector answers for labels. */
export function answer(selection: Selection, labels: Labels): number {
  if (selection.error !== undefined) return failed;
  return selection.matches(labels) ? matched : missed;
}

/** The labels that the API server sees on a namespace: since Kubernetes 1.21 always with its name. */
export function labelsOf(labels: Labels, name: string | null): Labels {
  return name === null ? labels : { ...labels, [namespaceNameKey]: name };
}
