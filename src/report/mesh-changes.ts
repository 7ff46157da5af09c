/** What differs between two states of a mesh as JSON for programs; documented by schemas/mesh-changes.schema.json. */
import {
  type Aspect,
  type Cause,
  type ChangeKind,
  changeKinds,
  type Fact,
  type MeshChanges,
} from "../compare/changes.ts";
import type { Finding } from "../lint/finding.ts";
import type { Workload } from "../world/world.ts";
import { jsonText } from "./json.ts";

/** What is told around the changes. */
export interface ChangesFrame {
  /** What is compared: "main" and "working tree", "Istio 1.26" and "Istio 1.30". */
  readonly before: string;
  readonly after: string;
  /** sidelint's own version. */
  readonly version: string;
  /** Whether the same files are compared as two releases have them. */
  readonly isByRelease?: boolean;
  /** What is to be known before anything else, a sentence each. */
  readonly leads?: readonly string[];
  /** What the comparison rests on or leaves out, a sentence each. */
  readonly notes?: readonly string[];
  /** Findings that only one side has. */
  readonly findings?: { readonly appear: readonly Finding[]; readonly vanish: readonly Finding[] };
}

/** How the changes are written. */
export interface ChangesStyle {
  readonly colour: boolean;
  /** Columns. */
  readonly width: number;
  /** Whether everything is told that has been cut otherwise. */
  readonly verbose?: boolean;
}

/** The changes as indented JSON. */
export function meshChangesJson(changes: MeshChanges, frame: ChangesFrame): string {
  const { before, after, version, leads = [], notes = [], findings } = frame;
  return jsonText({
    schema: "sidelint.dev/mesh-changes/v1",
    version,
    before,
    after,
    workloads: changes.workloads,
    injected: changes.injected,
    counts: countsOf(changes),
    changes: changes.changes.map((change) => ({
      kind: change.kind,
      before: workloadData(change.before, change.cluster),
      after: workloadData(change.after, change.cluster),
      aspects: change.aspects.map(aspectData),
      causes: change.causes.map(causeData),
    })),
    ...(findings && {
      findings: { appear: findings.appear.map(findingData), vanish: findings.vanish.map(findingData) },
    }),
    notes: [...leads, ...notes],
  });
}

/** How many changes there are of each kind. */
export function countsOf({ changes }: MeshChanges): Readonly<Record<ChangeKind, number>> {
  const counts = Object.fromEntries(changeKinds.map((kind) => [kind, 0])) as Record<ChangeKind, number>;
  for (const { kind } of changes) counts[kind]++;
  return counts;
}

function workloadData(workload: Workload | undefined, cluster: string | null): object | null {
  if (!workload) return null;
  const { resource, name, namespace, template, root, decision } = workload;
  const { file, line } = workload.start();
  return {
    cluster,
    apiVersion: resource.apiVersion,
    kind: resource.kind,
    namespace: namespace.name,
    name,
    template: workload.label.endsWith(")") ? template.join(".") : null,
    file,
    line,
    root,
    verdict: decision.verdict,
    revision: decision.revision,
  };
}

function aspectData({ what, path, before, after }: Aspect): object {
  return { what, path: path ?? null, before, after };
}

function causeData({ about, before, after }: Cause): object {
  return { about, before: factData(before), after: factData(after) };
}

function factData(fact: Fact | undefined): object | null {
  if (!fact) return null;
  const { origin, value } = fact;
  const { file = null, line = null, column = null } = origin.location ?? {};
  return { value, where: origin.text, file, line, column };
}

function findingData({ rule, severity, message, help, location, workloads }: Finding): object {
  const { file, line, column } = location;
  return { rule, severity, message, help: help ?? null, file, line, column, workloads };
}
