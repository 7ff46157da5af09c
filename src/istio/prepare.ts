/** A mesh made ready for deciding on many pods: selectors compiled, injectors found, namespaces remembered. */
import { casesByName, listedNames, type NamespaceCases, namespaceCases } from "./cases.ts";
import type { Possibility, Reason } from "./decision.ts";
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

/** Something of the mesh that is not known, and the mesh as it may be: if it matters, the two answers differ. */
export interface MeshDoubt {
  readonly reason: Reason;
  readonly sides: readonly { readonly when: string; readonly mesh: PreparedMesh }[];
}

export interface PreparedMesh {
  readonly mesh: Mesh;
  readonly facts: ReleaseFacts;
  readonly webhooks: readonly PreparedWebhook[];
  /** What a namespace of a name, or one whose name is not known, could be labelled when nothing says. */
  cases(name: string | null): NamespaceCases;
  /** The names of namespaces that selectors list; undefined where none looks at the name. */
  readonly names: readonly string[] | undefined;
  /** The first thing that is not known of it; undefined for nearly every mesh. */
  readonly doubt: MeshDoubt | undefined;
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
  const names = listedNames(mesh.webhooks);
  const nameless = casesByName(cases, names);
  let doubt: { readonly is: MeshDoubt | undefined } | undefined;
  const made: PreparedMesh = {
    mesh,
    facts: nearestFacts(mesh.release),
    webhooks,
    cases: (name) => (name === null ? nameless : cases),
    names,
    get doubt() {
      doubt ??= { is: doubtOf(mesh, webhooks) };
      return doubt.is;
    },
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

/** More webhooks and a policy that is enabled only ever add to what is injected, so that the two extremes tell all. */
function doubtOf(mesh: Mesh, webhooks: readonly PreparedWebhook[]): MeshDoubt | undefined {
  if (mesh.webhooks.some(({ conditional }) => conditional)) {
    // An invalid selector fails the request before conditions are looked at.
    const without = webhooks.filter(
      ({ webhook, namespace, object }) =>
        !webhook.conditional || namespace.error !== undefined || object.error !== undefined,
    );
    const side = (given: readonly PreparedWebhook[]): PreparedMesh =>
      prepareMesh({ ...mesh, webhooks: given.map(({ webhook }) => ({ ...webhook, conditional: false })) });
    return {
      reason: "conditions-unknown",
      sides: [
        { when: "matchConditions hold", mesh: side(webhooks) },
        { when: "matchConditions do not hold", mesh: side(without) },
      ],
    };
  }
  if (!mesh.injectors.some(({ unreadable }) => unreadable)) return undefined;
  const side = (policy: string): PreparedMesh => {
    const injectors = mesh.injectors.map((one) =>
      one.unreadable ? { ...one, policy, unreadable: false } : one,
    );
    return prepareMesh({ ...mesh, injectors });
  };
  return {
    reason: "injector-unreadable",
    sides: [
      { when: "policy enabled", mesh: side("enabled") },
      { when: "policy disabled", mesh: side("disabled") },
    ],
  };
}

function rememberRelevant({ cases }: NamespaceCases): PreparedMesh["relevantLabels"] {
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
