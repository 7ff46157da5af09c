/** Compares two states of a repository: what each workload's pods get before and after, and why that differs. */
import type { Decision } from "../istio/decision.ts";
import type { Sidecar } from "../istio/sidecar.ts";
import { at } from "../kube/json.ts";
import { sameJson } from "../kube/json-patch.ts";
import { type InjectionReading, isNativeFor, istiodOf, sidecarOf } from "../world/sidecar.ts";
import type { Workload, World } from "../world/world.ts";
import {
  type Aspect,
  type ChangeKind,
  changeKinds,
  type Fact,
  type Gaps,
  type MeshChanges,
  type WorkloadChange,
} from "./changes.ts";
import { areSameInstalls } from "./installs.ts";
import { matchWorkloads } from "./match.ts";
import { settingAspects } from "./setting-aspects.ts";
import { type InjectedSide, sidecarAspects } from "./sidecar-aspects.ts";
import { sidecarCauses } from "./sidecar-causes.ts";
import { outcomeOf, type Side, verdictCauses } from "./verdict-causes.ts";

const noGaps: Gaps = { before: () => undefined, after: () => undefined };

/**
 * What differs for the mesh between two states. A workload that stands elsewhere and gets what it got is no change. A sidecar is rendered
 * only where the pod template or the injector differs. Pure.
 * @param before the state that is left
 * @param after the state that comes
 * @param gaps what could not be read of either, so that workloads which are missing there may be there
 */
export function compareWorlds(before: World, after: World, gaps = noGaps): MeshChanges {
  const { pairs, removed, added } = matchWorkloads(before.workloads, after.workloads);
  const isSameInstall = areSameInstalls(before, after);
  const compared = pairs.flatMap(
    ([one, other]) =>
      changeOf({ world: before, workload: one }, { world: after, workload: other }, isSameInstall) ?? [],
  );
  const changes = [
    ...compared,
    ...added.map((workload) => alone("added", workload, gaps.before(workload))),
    ...removed.map((workload) => alone("removed", workload, gaps.after(workload))),
  ].filter(({ aspects: [verdict] }) => verdict?.before !== verdict?.after);
  return {
    workloads: { before: before.workloads.length, after: after.workloads.length },
    injected: { before: injectedIn(before), after: injectedIn(after) },
    changes: inOrder(changes),
  };
}

/** The same for all clusters of two states: those of one name are compared, the workloads of others came or went. */
export function compareClusters(
  before: readonly World[],
  after: readonly World[],
  gaps = noGaps,
): MeshChanges {
  const [left, right] = [before[0], after[0]];
  if (left && right && before.length === 1 && after.length === 1) return compareWorlds(left, right, gaps);
  const names = new Set([...after, ...before].map(({ cluster }) => cluster));
  const all = [...names].map((cluster) => {
    const [one, other] = [before, after].map((worlds) => worlds.find((world) => world.cluster === cluster));
    const { changes, ...counts } = one && other ? compareWorlds(one, other, gaps) : onOneSide(one, other);
    return { ...counts, changes: changes.map((change): WorkloadChange => ({ ...change, cluster })) };
  });
  const sum = (of: "workloads" | "injected", side: "before" | "after") =>
    all.reduce((total, counts) => total + counts[of][side], 0);
  return {
    workloads: { before: sum("workloads", "before"), after: sum("workloads", "after") },
    injected: { before: sum("injected", "before"), after: sum("injected", "after") },
    changes: inOrder(all.flatMap(({ changes }) => changes)),
  };
}

function onOneSide(before: World | undefined, after: World | undefined): MeshChanges {
  const changes = [
    ...(after?.workloads ?? []).map((workload) => alone("added", workload)),
    ...(before?.workloads ?? []).map((workload) => alone("removed", workload)),
  ];
  return {
    workloads: { before: before?.workloads.length ?? 0, after: after?.workloads.length ?? 0 },
    injected: { before: before ? injectedIn(before) : 0, after: after ? injectedIn(after) : 0 },
    changes,
  };
}

function inOrder(changes: readonly WorkloadChange[]): readonly WorkloadChange[] {
  return changes.toSorted((a, b) => changeKinds.indexOf(a.kind) - changeKinds.indexOf(b.kind));
}

function injectedIn({ workloads }: World): number {
  return workloads.filter(({ decision }) => decision.verdict === "injected").length;
}

const verdictText = {
  injected: "injected",
  "not-injected": "not injected",
  refused: "refused",
  unknown: "unknown",
} as const;

/** A workload that only one state has, or that `hidden` keeps from being seen in the other. */
function alone(kind: "added" | "removed", workload: Workload, hidden?: Fact): WorkloadChange {
  const verdict = verdictText[workload.decision.verdict];
  const none = hidden ? verdictText.unknown : null;
  const isNew = kind === "added";
  const cause = { about: "what cannot be read", before: undefined, after: undefined };
  return {
    kind: hidden ? (isNew ? "decided" : "undecided") : kind,
    cluster: null,
    before: isNew ? undefined : workload,
    after: isNew ? workload : undefined,
    aspects: [{ what: "verdict", before: isNew ? none : verdict, after: isNew ? verdict : none }],
    causes: hidden ? [{ ...cause, [isNew ? "before" : "after"]: hidden }] : [],
  };
}

function changeOf(before: Side, after: Side, isSameInstall: boolean): WorkloadChange | undefined {
  const { workload: one } = before;
  const { workload: other } = after;
  const kind = kindOf(one.decision, other.decision);
  if (kind) {
    const aspects: readonly Aspect[] = [
      {
        what: "verdict",
        before: verdictText[one.decision.verdict],
        after: verdictText[other.decision.verdict],
      },
    ];
    return { kind, cluster: null, before: one, after: other, aspects, causes: verdictCauses(before, after) };
  }
  const isSameAnswer = outcomeOf(one.decision) === outcomeOf(other.decision);
  const { verdict } = other.decision;
  if (verdict !== "injected" && verdict !== "unknown") return undefined;
  if (isSameAnswer && isSameInstall && isSameTemplate(one, other)) return undefined;
  const sidecars = sidecarChange(before, after, isSameInstall);
  if (isSameAnswer) return sidecars && { ...sidecars, cluster: null, before: one, after: other };
  const revision: Aspect = {
    what: "revision",
    before: one.decision.injectedBy.join(", "),
    after: other.decision.injectedBy.join(", "),
  };
  return {
    kind: sidecars?.kind ?? "changed",
    cluster: null,
    before: one,
    after: other,
    aspects: [revision, ...(sidecars?.aspects ?? [])],
    causes: verdictCauses(before, after),
  };
}

/** What became of the verdict; undefined where it is what it was. */
function kindOf(before: Decision, after: Decision): ChangeKind | undefined {
  if (before.verdict === after.verdict) return undefined;
  if (after.verdict === "unknown") return "undecided";
  if (after.verdict === "refused") return "refused";
  if (before.verdict === "unknown") return "decided";
  if (after.verdict === "injected") return "gained";
  return before.verdict === "injected" ? "lost" : "changed";
}

/** Whether two workloads ask an injector for the same. */
function isSameTemplate(one: Workload, other: Workload): boolean {
  if (one.namespace.name !== other.namespace.name || one.label !== other.label) return false;
  return one.value === other.value || sameJson(at(one.value, one.template), at(other.value, other.template));
}

type SidecarChange = Pick<WorkloadChange, "kind" | "aspects" | "causes">;

/** What differs in the sidecars of two workloads that both get one, or may. */
function sidecarChange(before: Side, after: Side, isSameInstall: boolean): SidecarChange | undefined {
  const left = sidecarOf(before.world, before.workload);
  const right = sidecarOf(after.world, after.workload);
  if (left.state === "none" || right.state === "none") return undefined;
  const told = (kind: ChangeKind, aspects: readonly Aspect[]): SidecarChange | undefined =>
    aspects.length === 0
      ? undefined
      : { kind, aspects, causes: sidecarCauses(before, after, aspects, isSameInstall) };
  // Why nothing is known is no change, nor is where it says so; settings of the pods themselves are known all the same.
  if (left.state === "unknown" && right.state === "unknown")
    return told("changed", settingAspects(before.workload, after.workload));
  if (left.state === "unknown" || right.state === "unknown")
    return told("changed", [
      { what: "other", path: "sidecar", before: stateText(left), after: stateText(right) },
    ]);
  const [one, other] = [refusalOf(left), refusalOf(right)];
  if (one !== other && (one === undefined || other === undefined)) {
    const isCertain = after.workload.decision.verdict === "injected";
    const kind = isCertain ? (other === undefined ? "gained" : "refused") : "changed";
    return told(kind, [{ what: "verdict", before: stateText(left), after: stateText(right) }]);
  }
  if (left.state !== "injected" || right.state !== "injected") return undefined;
  return told("changed", sidecarAspects(injectedSide(before, left), injectedSide(after, right)));
}

function stateText(reading: InjectionReading): string {
  if (reading.state === "unknown") return `unknown: ${reading.why}`;
  const refusal = refusalOf(reading);
  return refusal === undefined ? "injected" : `refused: ${refusal}`;
}

/** Why no pod is created: the injector or the API server refuses it. */
function refusalOf(reading: InjectionReading): string | undefined {
  return reading.state === "unknown" ? undefined : reading.refusals[0]?.message;
}

function injectedSide(side: Side, reading: InjectionReading & { readonly state: "injected" }): InjectedSide {
  const { sidecar, before, pod } = reading;
  return { sidecar, before, pod, native: sidecar && nativeOf(side, sidecar) };
}

const nativeKey = "sidecar.istio.io/nativeSidecar";

/** Whether a sidecar is native; undefined where nodes decide that nobody tells of. Stock templates need not be asked a second time. */
function nativeOf({ world, workload }: Side, sidecar: Sidecar): boolean | undefined {
  const istiod = istiodOf(world, workload);
  if (!istiod?.ok || istiod.native !== undefined || sidecar.native) return sidecar.native;
  if (istiod.source === "config-map") return isNativeFor(world, workload, sidecar);
  return Object.hasOwn(workload.pod.annotations, nativeKey) ? false : undefined;
}
