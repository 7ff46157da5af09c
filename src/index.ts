/** The public API: what the command line, the action and the functions call, over any tree of files. */
import type { MeshChanges } from "./compare/changes.ts";
import { compareClusters } from "./compare/compare.ts";
import { strayFixes } from "./fix/arrival.ts";
import type { EditedFile } from "./fix/edited.ts";
import { type FixContext, fixabilities, fixCounts, planFixes, type UnfixedFinding } from "./fix/plan.ts";
import { inClusters } from "./lint/clusters.ts";
import type { Finding } from "./lint/finding.ts";
import { type IdleSetting, idleSettings } from "./lint/idle-settings.ts";
import type { Rule } from "./lint/rule.ts";
import { defaultRules, inOrder, lint } from "./lint/run.ts";
import { settingsOf } from "./lint/settings.ts";
import { type Suppressed, suppress } from "./lint/suppress.ts";
import { type Explanation, explanationOf } from "./report/explanation.ts";
import { makeReport } from "./report/make.ts";
import type { Report, ReportedWorkload } from "./report/report.ts";
import { fileDiff } from "./report/unified-diff.ts";
import { once } from "./source/once.ts";
import { encodeLike } from "./source/text.ts";
import { type FileTree, overlayTree } from "./source/tree.ts";
import { type Reading, type ReadOptions, readWorld, worldOf, worldOfAll } from "./world/read.ts";

export type { Aspect, Cause, Fact, FailOn, MeshChanges, WorkloadChange } from "./compare/changes.ts";
export type { EditedFile } from "./fix/edited.ts";
export type { LeftAsIs } from "./fix/inject.ts";
export type { UnfixedFinding } from "./fix/plan.ts";
export { type InjectOptions, inject, type Rewriting, uninject } from "./fix/rewriting.ts";
export type { Finding, Severity } from "./lint/finding.ts";
export type { IdleSetting } from "./lint/idle-settings.ts";
export type { Rule } from "./lint/rule.ts";
export type { Suppressed } from "./lint/suppress.ts";
export { configuredRules, type UserRule } from "./lint/user-rules.ts";
export type { Explanation } from "./report/explanation.ts";
export type { Report, ReportedWorkload } from "./report/report.ts";
export { type FileTree, memoryTree } from "./source/tree.ts";
export { type Config, loadConfig } from "./world/config.ts";
export { readConfigFile } from "./world/extended-config.ts";
export type { FileProblem, InjectorFiles } from "./world/injector-files.ts";
export type { Workload, World } from "./world/world.ts";

export interface ScanOptions extends ReadOptions {
  /** The day for which `until` in the configuration is judged, as 2026-12-31; without it nothing expires. */
  readonly today?: string;
  /** Rules besides the built-in ones; `configuredRules` reads those that a configuration names. */
  readonly rules?: readonly Rule[];
  /** sidelint's own version, for reports. */
  readonly version?: string;
}

export interface Scan extends Reading {
  /** Rules are evaluated when the findings or the report are first read. */
  readonly findings: readonly Finding[];
  /** What comments, annotations and the configuration hide, and where they say so. */
  readonly suppressed: readonly Suppressed[];
  readonly report: Report;
  /** Settings of the configuration that fit nothing; none where just a part of what lies beside it was looked at. */
  readonly idleSettings: readonly IdleSetting[];
}

/**
 * Reads manifests from a tree and says for every pod template whether Istio injects a sidecar, and what is wrong with it.
 * Pure but for the tree; never throws for anything the files say.
 */
export function scan(tree: FileTree, options: ScanOptions = {}): Scan {
  const { config = {}, configPath } = options;
  const { collected, problems, isWhole, ...reading } = readWorld(tree, options);
  const { worlds, files, documentsOf } = reading;
  const world = worldOfAll(reading);
  const rules = {
    settings: settingsOf(config, world.configuration.belowConfig),
    rules: [...defaultRules(), ...(options.rules ?? [])],
  };
  const suppression = once(() =>
    suppress(
      inClusters(worlds.map((one) => ({ cluster: one.cluster, findings: lint(one, problems, rules) }))),
      {
        ...rules,
        world,
        files: collected.kept(),
        documentsOf,
        today: options.today,
        isWhole,
      },
    ),
  );
  const findings = once(() => {
    const { shown, own } = suppression();
    return own.length === 0 ? shown : [...shown, ...own].sort(inOrder);
  });
  // Of what could not be read nobody knows whether a setting fits it.
  const isRead =
    reading.failures.length === 0 && !world.skipped.some(({ reason }) => reason === "unreadable");
  const idle = once(() =>
    configPath !== undefined && isRead && isWhole(configPath) ? idleSettings(world, files) : [],
  );
  const report = once(() =>
    makeReport({
      world,
      worlds,
      findings: findings(),
      suppressed: suppression().suppressed,
      idleSettings: idle(),
      fixes: () => fixabilities(fixContext({ world, files }), findings()),
      fixCounts: () => fixCounts(fixContext({ world, files }), findings()),
      files: collected.files,
      documents: collected.documents,
      assume: options.assume,
      version: options.version ?? "",
    }),
  );
  return {
    ...reading,
    get findings() {
      return findings();
    },
    get suppressed() {
      return suppression().suppressed;
    },
    get report() {
      return report();
    },
    get idleSettings() {
      return idle();
    },
  };
}

/** Says of a workload of a scan's report what its sidecar is: image, resources, ports, capture and probes, each with its origin. Pure. */
export function explain(scanned: Scan, workload: ReportedWorkload): Explanation {
  return explanationOf(worldOf(scanned, workload.cluster), workload);
}

/**
 * What differs for the mesh between two scans: workloads that lost, gained or changed their sidecar, and the facts that did it. A sidecar is
 * rendered only for a workload whose pod template or injector differs. Pure.
 */
export function diff(before: Scan, after: Scan): MeshChanges {
  return compareClusters(before.worlds, after.worlds);
}

/** What `fix`, `inject` and `uninject` change, as one unified diff that `git apply` takes; empty where that is nothing. */
export function unifiedDiff(files: readonly EditedFile[]): string {
  return files.map(({ file, after }) => fileDiff(file, after)).join("");
}

/** Which fixes are made. */
export interface FixOptions {
  /** Also those that somebody should look at. */
  readonly unsafe?: boolean;
  /** Which of a scan's findings are fixed; asked in every pass. Default: all. */
  readonly select?: (scan: Scan) => readonly Finding[];
  /** Which of the files that were asked for may be changed. Default: all. */
  readonly mayEdit?: (file: string) => boolean;
}

/** A repository as fixes leave it. Nothing has been written. */
export interface Fixing {
  /** What is found afterwards. */
  readonly scan: Scan;
  /** The files that change, by path: as they were read, and their text afterwards. */
  readonly files: readonly EditedFile[];
  readonly fixed: readonly Finding[];
  /** Those of `fixed` that were not found at first: other fixes brought them to light. */
  readonly brought: readonly Finding[];
  /** Findings that have a fix which could not be made, and why. */
  readonly unfixed: readonly UnfixedFinding[];
}

/** Passes of fixes; those of one pass may bring about others. */
const mostPasses = 10;

/**
 * Fixes what can be fixed in the manifests of a tree, as edits of their texts, until nothing is left that can be. Every pass looks at
 * what the one before it made. Pure but for reading the tree.
 * @param first the scan of the tree with these options, where there is one already
 */
export function fix(
  tree: FileTree,
  options: ScanOptions = {},
  { unsafe = false, select = ({ findings }) => findings, mayEdit = () => true }: FixOptions = {},
  first: Scan = scan(tree, options),
): Fixing {
  const { onProgress: _, ...again } = options;
  const edited = new Map<string, EditedFile>();
  const fixed: Finding[] = [];
  const astray = new Map<Finding, string>();
  let bytes: ReadonlyMap<string, Uint8Array> = new Map();
  let current = first;
  for (let pass = 1; ; ) {
    const open = select(current).filter((finding) => !astray.has(finding));
    const plan = planFixes(fixContext(current, mayEdit), open, unsafe);
    if (plan.files.length === 0 || pass > mostPasses) {
      const endless = pass > mostPasses ? plan.fixed.map((finding) => ({ finding, reason: neverEnds })) : [];
      const stray = [...astray].map(([finding, reason]) => ({ finding, reason }));
      const unfixed = [...plan.unfixed, ...stray, ...endless];
      const files = [...edited.values()].sort((one, other) => (one.file.path < other.file.path ? -1 : 1));
      return { scan: current, files, fixed, brought: broughtBy(fixed, first.findings), unfixed };
    }
    const written = new Map([...bytes, ...bytesOf(tree, plan.files)]);
    const next = scan(overlayTree(tree, written), again);
    const strays = strayFixes(current.world, next.world, plan.fixed);
    for (const [finding, reason] of strays) astray.set(finding, reason);
    if (strays.size > 0) continue;
    for (const { file, after } of plan.files)
      edited.set(file.path, { file: edited.get(file.path)?.file ?? file, after });
    fixed.push(...plan.fixed);
    astray.clear();
    bytes = written;
    current = next;
    pass++;
  }
}

/** The findings that are not among those of the first scan, told apart by what they say and of whom: places move. */
function broughtBy(fixed: readonly Finding[], first: readonly Finding[]): readonly Finding[] {
  const nameOf = ({ rule, message, workloads }: Finding) => JSON.stringify([rule, message, workloads]);
  const known = new Map<string, number>();
  for (const finding of first) known.set(nameOf(finding), (known.get(nameOf(finding)) ?? 0) + 1);
  return fixed.filter((finding) => {
    const left = known.get(nameOf(finding)) ?? 0;
    known.set(nameOf(finding), left - 1);
    return left < 1;
  });
}

/** Edited files as they would be written: with the byte order mark that they had. */
function bytesOf(tree: FileTree, files: readonly EditedFile[]): readonly (readonly [string, Uint8Array])[] {
  return files.flatMap(({ file, after }) => {
    const before = tree.read(file.path);
    return "reason" in before ? [] : [[file.path, encodeLike(before, after)] as const];
  });
}

/** What was asked for may be changed, and nothing else that was read. */
function fixContext(
  { world, files }: Pick<Scan, "world" | "files">,
  mayEdit: (file: string) => boolean = () => true,
): FixContext {
  const asked = new Set(files);
  return { world, mayEdit: (file) => asked.has(file) && mayEdit(file) };
}

const neverEnds = `its fixes bring about new findings, also after ${mostPasses} passes`;
