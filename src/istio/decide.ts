/** Will this pod get a sidecar? Both gates over plain facts, with the trace that led to the answer. */
import { describeLabels, type NamespaceCase } from "./cases.ts";
import type { Decision, Possibility, Reason, Step } from "./decision.ts";
import type { Mesh, NamespaceFacts, PodFacts } from "./facts.ts";
import { type Candidate, candidate, type Judgement, judge } from "./judge.ts";
import { type PreparedMesh, prepareMesh } from "./prepare.ts";
import { nearestFacts } from "./releases.ts";
import { remedyFor } from "./remedy.ts";
import { doubtfulRevision } from "./revision.ts";
import { trace } from "./trace.ts";

/**
 * Whether a pod gets a sidecar. Where the labels of its namespace are not known for certain every case is tried, and the
 * verdict is unknown only where the cases differ. Cheap once the mesh is known; steps and remedy are made when read.
 */
export function decide(pod: PodFacts, namespace: NamespaceFacts, mesh: Mesh): Decision {
  const subject = candidate(pod, namespace.name, prepareMesh(mesh));
  const cases = casesOf(namespace, subject.mesh);
  const judgements = cases.map(({ labels }) => judge(subject, labels));
  const [first] = judgements;
  if (!first) throw new Error("a namespace with no possible labels");
  const certain = namespace.labels?.length === 1;
  const summary = certain ? first : summarise(first, judgements, doubtOf(namespace));
  const doubt =
    summary.verdict === "unknown" || !namespace.labels ? undefined : doubtful(subject, cases, judgements);
  if (doubt) return decision(pod, namespace, mesh, doubt.summary, doubt.possibilities, doubt.revisions);
  const possibilities = namespace.labels
    ? possibilitiesOf(cases, judgements)
    : sharedPossibilities(subject.mesh, judgements);
  return decision(pod, namespace, mesh, summary, possibilities);
}

function casesOf(namespace: NamespaceFacts, mesh: PreparedMesh): readonly NamespaceCase[] {
  if (!namespace.labels) return mesh.cases;
  return namespace.labels.map((labels) => ({ when: describeLabels(mesh.relevantLabels(labels)), labels }));
}

/** What an answer hinges on where the cases differ. */
function doubtOf(namespace: NamespaceFacts): Reason {
  if (namespace.labels) return "namespace-labels-differ";
  return namespace.name === null ? "namespace-unknown" : "namespace-labels-unknown";
}

type Summary = Pick<Decision, "verdict" | "reason" | "revision" | "injectedBy" | "calls">;

/** What several cases have in common: the verdict if they all agree, and of the rest what is the same in all. */
function summarise(first: Judgement, judgements: readonly Judgement[], doubt: Reason): Summary {
  const { verdict } = first;
  if (judgements.some((other) => other.verdict !== verdict)) {
    return { ...undecided, reason: doubt };
  }
  const same = judgements.every(
    (other) =>
      other.reason === first.reason && other.revision === first.revision && other.webhook === first.webhook,
  );
  if (same) return first;
  // Where webhooks match in some cases only, the injector's reason says more than that no webhook matches in the others.
  const telling = judgements.find(({ reason }) => reason !== "no-webhook") ?? first;
  return { verdict, reason: telling.reason, revision: null, injectedBy: [], calls: [] };
}

const undecided = { verdict: "unknown", revision: null, injectedBy: [], calls: [] } as const;

interface Doubt {
  readonly summary: Summary;
  readonly revisions: readonly string[];
  readonly possibilities: readonly Possibility[];
}

/**
 * Both answers where one more revision, which nobody shows, would change them; undefined where none would. The verdict is
 * unknown where they differ; else the reason is the one with that revision, as it says more than that no webhook matches.
 */
function doubtful(
  { pod, namespace, mesh }: Candidate,
  cases: readonly NamespaceCase[],
  judgements: readonly Judgement[],
): Doubt | undefined {
  const revisions = new Set<string>();
  let summary: Summary | undefined;
  const possibilities = possibilitiesOf(cases, judgements).flatMap((without): readonly Possibility[] => {
    const asked = doubtfulRevision(pod, without.labels, mesh.mesh);
    if (!asked) return [without];
    const { revision } = asked;
    const judged = judge(candidate(pod, namespace, mesh.withRevision(revision)), without.labels);
    if (judged.verdict === without.verdict && judged.reason === without.reason) return [without];
    revisions.add(revision);
    if (judged.verdict !== without.verdict) summary = { ...undecided, reason: "revision-unknown" };
    summary ??= { ...undecided, verdict: judged.verdict, reason: judged.reason };
    return [
      possibility(`revision ${revision} is installed`, judged),
      { ...without, when: `no webhook answers to ${revision}` },
    ];
  });
  return summary && { summary, revisions: [...revisions], possibilities };
}

function possibilitiesOf(
  cases: readonly NamespaceCase[],
  judgements: readonly Judgement[],
): readonly Possibility[] {
  return judgements.map((judged, index) => possibility(cases[index]?.when ?? "", judged));
}

function possibility(when: string, { labels, verdict, reason, revision, webhook }: Judgement): Possibility {
  return { when, labels, verdict, reason, revision, webhook };
}

/** The mesh's cases have few answers for many pods, so pods with the same answers share them. */
function sharedPossibilities(mesh: PreparedMesh, judgements: readonly Judgement[]): readonly Possibility[] {
  let key = "";
  for (const { reason, revision, webhook, verdict } of judgements)
    key += `${verdict} ${reason} ${revision} ${webhook}\n`;
  let shared = mesh.possibilities.get(key);
  if (!shared) {
    shared = possibilitiesOf(mesh.cases, judgements);
    mesh.possibilities.set(key, shared);
  }
  return shared;
}

/** Holds on to the inputs only: steps and remedy are worked out again by the few who read them. */
function decision(
  pod: PodFacts,
  namespace: NamespaceFacts,
  mesh: Mesh,
  summary: Summary,
  possibilities: readonly Possibility[],
  revisionsInDoubt: readonly string[] = [],
): Decision {
  const { verdict, reason, revision, injectedBy, calls } = summary;
  let steps: readonly Step[] | undefined;
  let remedy: { readonly says: string | undefined } | undefined;
  return {
    verdict,
    reason,
    revision,
    injectedBy,
    calls,
    possibilities,
    revisionsInDoubt,
    ambient: isAmbient(pod, mesh, possibilities),
    get steps() {
      steps ??= trace(
        candidate(pod, namespace.name, prepareMesh(mesh)),
        namespace,
        possibilities,
        revisionsInDoubt,
      );
      return steps;
    },
    get remedy() {
      remedy ??= { says: verdict === "not-injected" ? remedyFor(pod, namespace, mesh) : undefined };
      return remedy.says;
    },
  };
}

const dataplaneMode = "istio.io/dataplane-mode";

/** Whether ambient would take the pod were it without a sidecar, in every case. */
function isAmbient(pod: PodFacts, mesh: Mesh, possibilities: readonly Possibility[]): boolean {
  const own = pod.labels[dataplaneMode];
  if (!nearestFacts(mesh.release).ambient || pod.hostNetwork || own === "none") return false;
  return own === "ambient" || possibilities.every(({ labels }) => labels[dataplaneMode] === "ambient");
}
