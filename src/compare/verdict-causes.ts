/** Which facts made an answer another one: those without which the answer would be what it was. */
import { describeLabels } from "../istio/cases.ts";
import { decide } from "../istio/decide.ts";
import type { Decision, Step } from "../istio/decision.ts";
import type { Labels, Mesh, NamespaceFacts, PodFacts } from "../istio/facts.ts";
import { prepareMesh } from "../istio/prepare.ts";
import { injectKey, namespaceNameKey } from "../istio/webhook.ts";
import { jsonTextOf } from "../kube/json.ts";
import { sameJson } from "../kube/json-patch.ts";
import type { Origin, Workload, World } from "../world/world.ts";
import type { Cause, Fact } from "./changes.ts";

/** A workload in its world. */
export interface Side {
  readonly world: World;
  readonly workload: Workload;
}

/** All that a decision is made of. */
interface State {
  readonly pod: PodFacts;
  readonly namespace: NamespaceFacts;
  readonly mesh: Mesh;
}

/** A fact that differs: how it is taken over from another state, and how it is told. */
interface Difference {
  into(state: State, from: State): State;
  tell(before: Side, after: Side): Cause;
}

/** The answer as far as it matters to a pod. */
export function outcomeOf({ verdict, injectedBy }: Pick<Decision, "verdict" | "injectedBy">): string {
  return `${verdict} ${injectedBy.join()}`;
}

/**
 * The facts that made the answer another one: each of which, taken back alone, would restore it, or would have made it so alone; where it
 * took several, those that matter at all.
 */
export function verdictCauses(before: Side, after: Side): readonly Cause[] {
  const left = stateOf(before);
  const right = stateOf(after);
  const all = differences(before, after, left, right);
  const was = outcomeOf(before.workload.decision);
  const is = outcomeOf(after.workload.decision);
  const outcome = ({ pod, namespace, mesh }: State) => outcomeOf(decide(pod, namespace, mesh));
  const backward = new Map(all.map((one) => [one, outcome(one.into(right, left))]));
  const restoring = all.filter((one) => backward.get(one) === was);
  const enough =
    restoring.length > 0 ? restoring : all.filter((one) => outcome(one.into(left, right)) === is);
  const some = enough.length > 0 ? enough : all.filter((one) => backward.get(one) !== is);
  return (some.length > 0 ? some : all.slice(0, 1)).map((one) => one.tell(before, after));
}

function stateOf({ world, workload: { pod, namespace } }: Side): State {
  return { pod, namespace, mesh: world.mesh };
}

function differences(before: Side, after: Side, left: State, right: State): readonly Difference[] {
  return [
    ...labelDifferences(left.pod.labels, right.pod.labels).map(podLabel),
    ...labelDifferences(left.pod.annotations, right.pod.annotations)
      .filter((key) => key === injectKey)
      .map(podAnnotation),
    ...(left.pod.hostNetwork === right.pod.hostNetwork ? [] : [hostNetwork]),
    ...namespaceDifferences(left.namespace, right.namespace),
    ...(before.world.mesh === after.world.mesh || sameMesh(left.mesh, right.mesh) ? [] : [meshDifference]),
  ];
}

function labelDifferences(left: Labels, right: Labels): readonly string[] {
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].filter(
    (key) => own(left, key) !== own(right, key),
  );
}

function own(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}

/** The labels with those of a key as other labels have it. */
function withKey(labels: Labels, key: string, from: Labels): Labels {
  const { [key]: _, ...others } = labels;
  const value = own(from, key);
  return value === undefined ? others : { ...others, [key]: value };
}

const podLabel = (key: string): Difference => ({
  into: (state, { pod }) => ({
    ...state,
    pod: { ...state.pod, labels: withKey(state.pod.labels, key, pod.labels) },
  }),
  tell: (before, after) => podLabelCause(key, before, after),
});

/** A pod's label as a cause. */
export function podLabelCause(key: string, before: Side, after: Side): Cause {
  return cause(`pod label ${key}`, before, after, ({ workload }) => ({
    origin: workload.originOf({ of: "pod", path: ["metadata", "labels", key] }),
    value: own(workload.pod.labels, key) ?? null,
  }));
}

const podAnnotation = (key: string): Difference => ({
  into: (state, { pod }) => ({
    ...state,
    pod: { ...state.pod, annotations: withKey(state.pod.annotations, key, pod.annotations) },
  }),
  tell: (before, after) => annotationCause(key, before, after),
});

/** A pod's annotation as a cause. */
export function annotationCause(key: string, before: Side, after: Side): Cause {
  return cause(`annotation ${key}`, before, after, ({ workload }) => ({
    origin: workload.originOf({ of: "pod", path: ["metadata", "annotations", key] }),
    value: own(workload.pod.annotations, key) ?? null,
  }));
}

const hostNetwork: Difference = {
  into: (state, { pod }) => ({ ...state, pod: { ...state.pod, hostNetwork: pod.hostNetwork } }),
  tell: (before, after) =>
    cause("hostNetwork", before, after, ({ workload }) => ({
      origin: workload.originOf({ of: "pod", path: ["spec", "hostNetwork"] }),
      value: String(workload.pod.hostNetwork),
    })),
};

function namespaceDifferences(left: NamespaceFacts, right: NamespaceFacts): readonly Difference[] {
  if (left.name !== right.name) return [namespaceName];
  const [one, ...others] = left.labels ?? [];
  const [other, ...more] = right.labels ?? [];
  if (one && other && others.length === 0 && more.length === 0)
    return labelDifferences(one, other)
      .filter((key) => key !== namespaceNameKey)
      .map(namespaceLabel);
  return sameJson(left.labels, right.labels) ? [] : [namespaceLabels];
}

const namespaceLabel = (key: string): Difference => ({
  into: (state, { namespace }) => ({
    ...state,
    namespace: {
      ...state.namespace,
      labels: [withKey(state.namespace.labels?.[0] ?? {}, key, namespace.labels?.[0] ?? {})],
    },
  }),
  tell: (before, after) =>
    cause(
      `label ${key} of namespace ${after.workload.namespace.name ?? ""}`,
      before,
      after,
      ({ workload }) => ({
        origin: workload.originOf({ of: "namespace", path: ["metadata", "labels", key] }),
        value: own(workload.namespace.labels?.[0] ?? {}, key) ?? null,
      }),
    ),
});

const namespaceLabels: Difference = {
  into: (state, { namespace }) => ({ ...state, namespace }),
  tell: (before, after) =>
    cause(`labels of namespace ${after.workload.namespace.name ?? ""}`, before, after, labelsFact),
};

/** What is known of the labels of a namespace, as far as they matter to injection. */
function labelsFact({ world, workload }: Side): Fact {
  const { labels } = workload.namespace;
  const relevant = labels?.map((each) => describeLabels(prepareMesh(world.mesh).relevantLabels(each)));
  return {
    origin: workload.originOf({ of: "namespace", path: ["metadata", "labels"] }),
    value: relevant ? [...new Set(relevant)].join(" or ") : "not known",
  };
}

const namespaceName: Difference = {
  into: (state, { namespace }) => ({ ...state, namespace }),
  tell: (before, after) =>
    cause("namespace", before, after, ({ workload }) => ({
      origin: workload.namespaceOrigin ?? startOrigin(workload),
      value: workload.namespace.name ?? "not known",
    })),
};

function startOrigin(workload: Workload): Origin {
  const location = workload.start();
  return { text: `${location.file}:${location.line}:${location.column}`, location };
}

function cause(about: string, before: Side, after: Side, factOf: (side: Side) => Fact): Cause {
  return { about, before: factOf(before), after: factOf(after) };
}

const sameMeshes = new WeakMap<Mesh, WeakMap<Mesh, boolean>>();

/** Whether two meshes decide alike whatever they are asked: what was told of them is the same. Remembered, as all workloads ask it. */
function sameMesh(left: Mesh, right: Mesh): boolean {
  const known = sameMeshes.get(left) ?? new WeakMap<Mesh, boolean>();
  sameMeshes.set(left, known);
  const answer = known.get(right) ?? sameJson(plainMesh(left), plainMesh(right));
  known.set(right, answer);
  return answer;
}

function plainMesh({ release, webhooks, injectors, revisionsAssumed }: Mesh) {
  const whole = { release, webhooks, injectors, revisionsAssumed: revisionsAssumed ?? false };
  return JSON.parse(jsonTextOf(whole));
}

const meshDifference: Difference = {
  into: (state, { mesh }) => ({ ...state, mesh }),
  tell: (before, after) => stepCause(before, after) ?? releaseCause(before, after),
};

/** The first step of the way to the answer that came out another way. */
function stepCause(before: Side, after: Side): Cause | undefined {
  const left = decidingSteps(before);
  const right = decidingSteps(after);
  const stepFact = ({ workload }: Side, step: Step | undefined): Fact | undefined =>
    step && { origin: workload.originOf(step.place), value: withoutSubject(step) };
  for (const [key, step] of right) {
    const other = left.get(key);
    if (other ? other.outcome === step.outcome : step.outcome === "passed") continue;
    return { about: aboutOf(step), before: stepFact(before, other), after: stepFact(after, step) };
  }
  for (const [key, step] of left) {
    if (!right.has(key) && step.outcome !== "passed")
      return { about: aboutOf(step), before: stepFact(before, step), after: undefined };
  }
  return undefined;
}

function decidingSteps({ workload }: Side): ReadonlyMap<string, Step> {
  const { steps } = workload.decision;
  const asked = steps.filter(({ gate }) => gate !== "namespace");
  return new Map(asked.map((step) => [`${step.gate} ${step.subject ?? pathOf(step)}`, step]));
}

function pathOf({ place }: Step): string {
  return place.of === "release" ? "release" : `${place.of} ${place.path.join(".")}`;
}

function aboutOf({ gate, subject, place }: Step): string {
  if (gate === "webhook") return `webhook ${subject ?? ""}`.trim();
  const key = place.of === "pod" ? place.path.at(-1) : undefined;
  return key === undefined ? "injection policy" : String(key);
}

/** What a step says, without what it is about. */
function withoutSubject({ says, subject }: Step): string {
  const told =
    subject !== undefined && says.startsWith(`${subject} `) ? says.slice(subject.length + 1) : says;
  return told.replace(/^(?:label|annotation) \S+ is /, "");
}

/** The release by which a repository is judged. */
function releaseCause(before: Side, after: Side): Cause {
  return cause("release of Istio", before, after, ({ world, workload }) => ({
    origin: releaseOrigin(world, workload),
    value: world.mesh.release,
  }));
}

function releaseOrigin({ configuration, mesh }: World, workload: Workload): Origin {
  const { istioVersion, config, configPath, locateInConfig } = configuration;
  if (istioVersion === undefined && config.istio?.version !== undefined) {
    const location = locateInConfig(["istio", "version"]);
    const text = location && `${location.file}:${location.line}:${location.column}`;
    return { text: text ?? configPath ?? "the configuration", location };
  }
  return workload.originOf({ of: "release", release: mesh.release });
}
