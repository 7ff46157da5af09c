/** The report as data: what every format is made from, and word for word what `--format json` prints (schemas/report.schema.json). */

import type { Possibility, Reason, Verdict } from "../istio/decision.ts";
import type { BaselineEntry } from "../lint/baseline.ts";
import type { Finding, Severity } from "../lint/finding.ts";
import type { IdleSetting } from "../lint/idle-settings.ts";
import type { Suppressed } from "../lint/suppress.ts";
import type { Document } from "../source/document.ts";
import type { MissingFact, Skipped, World } from "../world/world.ts";

/** A step of a trace with the place it looked at. */
export interface ReportedStep {
  readonly gate: "namespace" | "webhook" | "policy";
  readonly outcome: "open" | "shut" | "passed";
  readonly says: string;
  /** "apps/ns.yaml:6:5", "sidelint.yaml:4:3", "default of Istio 1.30". */
  readonly where: string;
}

export interface ReportedWorkload {
  /** Tells it from every other workload of the report. */
  readonly id: string;
  /** The cluster that it goes to; null where there is one, and nobody named it. */
  readonly cluster: string | null;
  readonly apiVersion: string;
  readonly kind: string;
  /** null: not known. */
  readonly namespace: string | null;
  readonly name: string;
  /** The path of its pod template where its object has several, such as `spec.worker.template`; else null. */
  readonly template: string | null;
  readonly file: string;
  readonly line: number;
  /** Directory of the kustomization that builds it, null for a plain file. */
  readonly root: string | null;
  /** The object of Argo CD or Flux that brings it, where one does. */
  readonly delivery?: { readonly object: string; readonly where: string; readonly cluster: string | null };
  readonly verdict: Verdict;
  readonly reason: Reason;
  /** One short clause for people: why the verdict is what it is. */
  readonly why: string;
  /** `file:line:column` of the deciding reason, or the release whose default it is. */
  readonly whyWhere: string;
  readonly revision: string | null;
  readonly possibilities: readonly Possibility[];
  readonly trace: readonly ReportedStep[];
  readonly remedy: string | null;
  readonly ambient: boolean;
}

export interface Summary {
  readonly workloads: {
    readonly total: number;
    readonly injected: number;
    readonly notInjected: number;
    /** How many of these carry a sidecar that was injected by hand; absent where none does. */
    readonly byHand?: number;
    readonly refused: number;
    readonly unknown: number;
  };
  readonly findings: Readonly<Record<Severity, number>>;
  readonly suppressed: number;
  /** Where just a part of the findings is told: how many there are in all of what was read. */
  readonly whole?: { readonly findings: Readonly<Record<Severity, number>>; readonly suppressed: number };
  readonly files: { readonly read: number; readonly withWorkloads: number };
  readonly documents: number;
  readonly missing: readonly MissingFact[];
  /** All missing facts as one text to put into sidelint.yaml, with comments; empty when none is missing. */
  readonly configuration: string;
  readonly skipped: readonly Skipped[];
  /** Settings of the configuration that fit nothing; none where just a part of the repository was looked at. */
  readonly idleSettings: readonly IdleSetting[];
}

export interface ReportedCluster {
  readonly name: string;
  readonly version: string;
  readonly webhooks: World["webhooks"];
}

export interface Report {
  readonly schema: "sidelint.dev/report/v1";
  readonly version: string;
  readonly istio: {
    readonly version: string;
    readonly webhooks: World["webhooks"];
    readonly assumed: readonly string[];
    /** Where there are several: the mesh of each, of which the first is the one above. */
    readonly clusters?: readonly ReportedCluster[];
  };
  readonly workloads: readonly ReportedWorkload[];
  readonly findings: readonly Finding[];
  /** The findings that can be fixed; worked out when somebody asks. */
  readonly fixes?: ReadonlyMap<Finding, ReportedFix>;
  /** How many they are, where that is all that somebody asks for. */
  readonly fixCounts?: FixCounts;
  /** Findings that are hidden on purpose, and are not among the others. */
  readonly suppressed: readonly Suppressed[];
  readonly summary: Summary;
  /** What findings were compared with, where somebody asked for that; then `findings` are the new ones. */
  readonly baseline?: ComparedBaseline;
}

/** How many of the findings can be fixed. */
export interface FixCounts {
  readonly safe: number;
  readonly unsafe: number;
}

/** What would fix a finding. */
export interface ReportedFix {
  readonly safety: "safe" | "unsafe";
  /** Edits of texts, each of one file; none where they were not worked out. */
  readonly edits: readonly {
    readonly file: { readonly path: string; readonly text: string };
    readonly start: number;
    readonly end: number;
    readonly text: string;
  }[];
}

/** What a report says of the baseline that its findings were compared with. */
export interface ComparedBaseline {
  readonly file: string;
  /** How many findings it holds that are still there. */
  readonly known: number;
  /** What it holds and is no longer found. */
  readonly gone: readonly BaselineEntry[];
}

/** What a reporter may ask for besides the report: the text of a file, for code frames. */
export interface Presentation {
  readonly colour: boolean;
  /** Columns of the terminal. */
  readonly width: number;
  readonly quiet: boolean;
  readonly milliseconds: number | undefined;
  /** Whether just a part of the repository was looked at. */
  readonly isPart?: boolean;
  /** Whether files that were named were taken as what a cluster holds, and are no manifests for that. */
  readonly hasDumps?: boolean;
  textOf(file: string): string | undefined;
  /** The file as it is stored, for offsets in bytes; without it files are taken for UTF-8 without a mark. */
  bytesOf?(file: string): Uint8Array | undefined;
  /** The documents of a file, for fingerprints; without it findings go by rule and message alone. */
  documentsOf?(file: string): readonly Document[] | undefined;
  /** What there is to read of a rule. */
  ruleOf?(id: string): DescribedRule | undefined;
}

/** A rule as a reader of findings wants it; `why` and `fix` are Markdown. */
export interface DescribedRule {
  readonly severity: Severity;
  readonly summary: string;
  readonly why: string;
  readonly fix: string;
  readonly bad: readonly RuleExample[];
  readonly good: readonly RuleExample[];
}

interface RuleExample {
  readonly title?: string;
  readonly manifest: string;
}

/** A format: the whole text of a report, ending in a line end. */
export type Reporter = (report: Report, presentation: Presentation) => string;
