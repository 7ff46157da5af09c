/** Compares two states of a repository: what each workload's pods get before and after, and why that differs. */
import type { Decision } from "../istio/decision.ts";
import type { Workload, World } from "../world/world.ts";
import {
  type Aspect,
  type ChangeKind,
  changeKinds,
  type MeshChanges,
  type WorkloadChange,
} from "./changes.ts";
import { matchWorkloads } from "./match.ts";

/**
 * What differs for the mesh between two states. A workload that stands elsewhere and gets what it got is no change. Pure.
 * @param before the state that is left
 * @param after the state that comes
 */
export function compareWorlds(before: World, after: World): MeshChanges {
  const { pairs, removed, added } = matchWorkloads(before.workloads, after.workloads);
  const changes = [
    ...pairs.flatMap(([one, other]) => changeOf(one, other) ?? []),
    ...added.map((workload) => alone("added", workload)),
    ...removed.map((workload) => alone("removed", workload)),
  ];
  return {
    workloads: { before: before.workloads.length, after: after.workloads.length },
    injected: { before: injectedIn(before), after: injectedIn(after) },
    changes: changes.sort((a, b) => changeKinds.indexOf(a.kind) - changeKinds.indexOf(b.kind)),
  };
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

function alone(kind: "added" | "removed", workload: Workload): WorkloadChange {
  const verdict = verdictText[workload.decision.verdict];
  const isNew = kind === "added";
  return {
    kind,
    before: isNew ? undefined : workload,
    after: isNew ? workload : undefined,
    aspects: [{ what: "verdict", before: isNew ? null : verdict, after: isNew ? verdict : null }],
    causes: [],
  };
}

function changeOf(before: Workload, after: Workload): WorkloadChange | undefined {
  const kind = kindOf(before.decision, after.decision);
  if (kind) return { kind, before, after, aspects: [verdictAspect(before, after)], causes: [] };
  const aspects = revisionAspects(before.decision, after.decision);
  return aspects.length === 0 ? undefined : { kind: "changed", before, after, aspects, causes: [] };
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

function verdictAspect(before: Workload, after: Workload): Aspect {
  return {
    what: "verdict",
    before: verdictText[before.decision.verdict],
    after: verdictText[after.decision.verdict],
  };
}

function revisionAspects(before: Decision, after: Decision): readonly Aspect[] {
  const [left, right] = [before, after].map(({ injectedBy }) => injectedBy.join(", "));
  if (!left || !right || left === right) return [];
  return [{ what: "revision", before: left, after: right }];
}
