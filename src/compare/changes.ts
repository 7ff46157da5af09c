/** What a change does to the mesh: workloads that lost, gained or changed their sidecar, and the facts that did it. */
import type { Origin, Workload } from "../world/world.ts";

/**
 * `lost`, `gained`: the sidecar. `refused`: no pod is created any more. `undecided`: the verdict was known and is not; `decided`: the
 * other way round, also where one state could not be read as far as the workload is concerned, which then has no workload. `changed`: what
 * is injected, or by which revision. `added`, `removed`: the workload itself.
 */
export type ChangeKind =
  | "lost"
  | "gained"
  | "refused"
  | "undecided"
  | "decided"
  | "changed"
  | "added"
  | "removed";

/** The kinds in the order in which they are told. */
export const changeKinds: readonly ChangeKind[] = [
  "lost",
  "refused",
  "gained",
  "undecided",
  "decided",
  "changed",
  "added",
  "removed",
];

export type AspectKind =
  | "verdict"
  | "revision"
  | "image"
  | "resources"
  | "capture"
  | "probes"
  | "native"
  | "templates"
  | "other";

/** One thing about a workload's pods that differs. */
export interface Aspect {
  readonly what: AspectKind;
  /** Which one: "limits.cpu", "includedRanges", "web readinessProbe", "istio-proxy env GOMEMLIMIT". */
  readonly path?: string;
  /** Texts for people; null where there is none. */
  readonly before: string | null;
  readonly after: string | null;
}

/** A fact as one side has it. */
export interface Fact {
  readonly origin: Origin;
  /** null: the side does not have it. */
  readonly value: string | null;
}

/** A fact that differs and did it. */
export interface Cause {
  /** For people: "label istio-injection of namespace shop". */
  readonly about: string;
  /** Undefined where nothing of that side has a place for it. */
  readonly before: Fact | undefined;
  readonly after: Fact | undefined;
  /** The aspects that it can have to do with; all of them where it is not said. */
  readonly of?: readonly AspectKind[];
}

/** What happened to one workload. */
export interface WorkloadChange {
  readonly kind: ChangeKind;
  /** The cluster that it is about, where there are several; else null. */
  readonly cluster: string | null;
  /** Undefined for a workload that was added, or could not be read. */
  readonly before: Workload | undefined;
  /** Undefined for one that was removed, or cannot be read. */
  readonly after: Workload | undefined;
  readonly aspects: readonly Aspect[];
  readonly causes: readonly Cause[];
}

/** What could not be read of each of two states: the fact that hides a workload of the other one; undefined where it would have been seen. */
export interface Gaps {
  readonly before: (workload: Workload) => Fact | undefined;
  readonly after: (workload: Workload) => Fact | undefined;
}

/** What differs between two states of a mesh. */
export interface MeshChanges {
  /** How many workloads there are, and how many of them are injected for certain. */
  readonly workloads: { readonly before: number; readonly after: number };
  readonly injected: { readonly before: number; readonly after: number };
  /** In the order of the kinds; among them as the worlds have their workloads. */
  readonly changes: readonly WorkloadChange[];
}

/** What an exit status may be made to say: `lost` also stands for pods that are refused, `changed` for all that is neither lost nor gained. */
export type FailOn = "lost" | "gained" | "changed";

const failing: Readonly<Record<ChangeKind, FailOn | undefined>> = {
  lost: "lost",
  refused: "lost",
  gained: "gained",
  undecided: "changed",
  decided: "changed",
  changed: "changed",
  added: undefined,
  removed: undefined,
};

/** Whether any change is of a kind that is asked for. */
export function hasAny({ changes }: MeshChanges, asked: readonly FailOn[]): boolean {
  return changes.some(({ kind }) => asked.some((one) => failing[kind] === one));
}
