/** Will this pod get a sidecar? Both gates over plain facts, with the trace that led to the answer. */
import { type Answer, answersFor, casesOf, isNeverInjected } from "./answers.ts";
import type { Decision, Possibility, Reason, Step } from "./decision.ts";
import type { Labels, Mesh, NamespaceFacts, PodFacts } from "./facts.ts";
import { type Candidate, candidate, type Judgement, judge } from "./judge.ts";
import { type PreparedMesh, prepareMesh } from "./prepare.ts";
import { nearestFacts } from "./releases.ts";
import { remedyFor } from "./remedy.ts";
import { doubtfulRevision } from "./revision.ts";
import { trace } from "./trace.ts";

/**
 * Whether a pod gets a sidecar. Where the labels of its namespace, its name, or something of the mesh are not known for
 * certain every case is tried, and the verdict is unknown only where the cases differ, or are too many to be tried. Cheap
 * once the mesh is known; steps and remedy are made when read.
 */
export function decide(pod: PodFacts, namespace: NamespaceFacts, mesh: Mesh): Decision {
  const subject = candidate(pod, namespace.name, prepareMesh(mesh));
  const { cases, complete } = casesOf(namespace, subject.mesh);
  const { list: answers, doubt } = answersFor(subject, cases);
  const summary =
    complete || isNeverInjected(subject)
      ? summarise(answers, namespace, doubt)
      : { ...undecided, reason: doubtOf(namespace) };
  const revisions =
    summary.verdict === "unknown" || !namespace.labels ? undefined : doubtful(subject, answers);
  if (revisions) {
    return decision(subject, namespace, revisions.summary, revisions.possibilities, revisions.revisions);
  }
  const possibilities = namespace.labels
    ? possibilitiesOf(answers)
    : sharedPossibilities(subject.mesh, answers);
  return decision(subject, namespace, summary, possibilities);
}

/** What an answer hinges on where the cases differ. */
function doubtOf({ name, labels }: NamespaceFacts): Reason {
  if (name === null) return "namespace-unknown";
  return labels ? "namespace-labels-differ" : "namespace-labels-unknown";
}

type Summary = Pick<Decision, "verdict" | "reason" | "revision" | "injectedBy" | "calls">;

/** What several cases have in common: the verdict if they all agree, and of the rest what is the same in all. */
function summarise(
  answers: readonly Answer[],
  namespace: NamespaceFacts,
  meshDoubt: Reason | undefined,
): Summary {
  const [first, ...others] = answers.map(({ judged }) => judged);
  if (!first) throw new Error("a namespace with no possible labels");
  const { verdict } = first;
  if (others.some((other) => other.verdict !== verdict)) {
    return { ...undecided, reason: reasonFor(answers, namespace, meshDoubt) };
  }
  const same = others.every(
    (other) =>
      other.reason === first.reason && other.revision === first.revision && other.webhook === first.webhook,
  );
  if (same) return first;
  // Where webhooks match in some cases only, the injector's reason says more than that no webhook matches in the others.
  const telling = [first, ...others].find(({ reason }) => reason !== "no-webhook") ?? first;
  return { verdict, reason: telling.reason, revision: null, injectedBy: [], calls: [] };
}

/** What the mesh leaves open is named where the answers for each state of the namespace differ alone for it. */
function reasonFor(
  answers: readonly Answer[],
  namespace: NamespaceFacts,
  meshDoubt: Reason | undefined,
): Reason {
  if (meshDoubt === undefined) return doubtOf(namespace);
  const byLabels = new Map<Labels, Set<string>>();
  for (const { judged } of answers) {
    const verdicts = byLabels.get(judged.labels) ?? new Set<string>();
    byLabels.set(judged.labels, verdicts.add(judged.verdict));
  }
  const sets = new Set([...byLabels.values()].map((verdicts) => [...verdicts].sort().join()));
  return sets.size === 1 ? meshDoubt : doubtOf(namespace);
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
function doubtful({ pod, namespace, mesh }: Candidate, answers: readonly Answer[]): Doubt | undefined {
  if (!mesh.mesh.revisionsAssumed) return undefined;
  const revisions = new Set<string>();
  let summary: Summary | undefined;
  const possibilities = possibilitiesOf(answers).flatMap((without): readonly Possibility[] => {
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

function possibilitiesOf(answers: readonly Answer[]): readonly Possibility[] {
  return answers.map(({ when, judged }) => possibility(when, judged));
}

function possibility(when: string, { labels, verdict, reason, revision, webhook }: Judgement): Possibility {
  return { when, labels, verdict, reason, revision, webhook };
}

/** The mesh's cases have few answers for many pods, so pods with the same answers share them. */
function sharedPossibilities(mesh: PreparedMesh, answers: readonly Answer[]): readonly Possibility[] {
  let key = "";
  for (const { when, judged } of answers)
    key += `${when} ${judged.verdict} ${judged.reason} ${judged.revision} ${judged.webhook}\n`;
  let shared = mesh.possibilities.get(key);
  if (!shared) {
    shared = possibilitiesOf(answers);
    mesh.possibilities.set(key, shared);
  }
  return shared;
}

/** Holds on to the inputs only: steps and remedy are worked out again by the few who read them. */
function decision(
  { pod, mesh: { mesh } }: Candidate,
  namespace: NamespaceFacts,
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
      steps ??= trace(candidate(pod, namespace.name, prepareMesh(mesh)), namespace, {
        reason,
        possibilities,
        revisionsInDoubt,
      });
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
