/** The public API: what the command line, the action and the functions call, over any tree of files. */
import { strayFixes } from "./fix/arrival.ts";
import { type EditedFile, editFiles } from "./fix/edited.ts";
import { type InjectedObject, injectResources, type LeftAsIs } from "./fix/inject.ts";
import { type FixContext, fixabilities, fixCounts, planFixes, type UnfixedFinding } from "./fix/plan.ts";
import { uninjectResources } from "./fix/uninject.ts";
import { injectionWay, type WayOptions } from "./fix/way.ts";
import type { Labels } from "./istio/facts.ts";
import type { JsonObject } from "./kube/json.ts";
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
import type { Document } from "./source/document.ts";
import type { Location } from "./source/locate.ts";
import type { Path } from "./source/node.ts";
import { once } from "./source/once.ts";
import { absolutePath, isInside, pathBelow } from "./source/path.ts";
import { hasRepository, outsideOf } from "./source/reach.ts";
import { encodeLike } from "./source/text.ts";
import { type FileTree, overlayTree } from "./source/tree.ts";
import { type WalkFailure, walk } from "./source/walk.ts";
import { buildWorld } from "./world/build.ts";
import { collect, directoryOf, type Problem } from "./world/collect.ts";
import type { Config } from "./world/config.ts";
import { workloadKinds } from "./world/configured.ts";
import { dumpFailures } from "./world/dumps.ts";
import { guarded } from "./world/guard.ts";
import type { FileProblem } from "./world/injector-files.ts";
import type { Skipped, World } from "./world/world.ts";

export type { EditedFile } from "./fix/edited.ts";
export type { LeftAsIs } from "./fix/inject.ts";
export type { UnfixedFinding } from "./fix/plan.ts";
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

export interface ScanOptions {
  /** Files and directories of the tree; default: all of it. */
  readonly paths?: readonly string[];
  readonly config?: Config;
  /** The path of the configuration file: its patterns are relative to its directory. */
  readonly configPath?: string;
  /** Where something of the configuration stands; `loadConfig` gives it. */
  readonly locateInConfig?: (path: Path) => Location | undefined;
  /** Judge by this release, such as "1.30" or "1.26.8"; wins over the configuration and the repository. */
  readonly istioVersion?: string;
  /** Labels for every namespace that nothing describes. */
  readonly assume?: Labels;
  /** For workloads whose namespace nothing names. */
  readonly defaultNamespace?: string;
  /** Files with namespaces dumped from a cluster (`kubectl get ns -o yaml`), read besides the paths. */
  readonly namespaceDumps?: readonly string[];
  /** The day for which `until` in the configuration is judged, as 2026-12-31; without it nothing expires. */
  readonly today?: string;
  /** Rules besides the built-in ones; `configuredRules` reads those that a configuration names. */
  readonly rules?: readonly Rule[];
  readonly onProgress?: (done: number, total: number) => void;
  /** sidelint's own version, for reports. */
  readonly version?: string;
}

export interface Scan {
  readonly world: World;
  /** Rules are evaluated when the findings or the report are first read. */
  readonly findings: readonly Finding[];
  /** What comments, annotations and the configuration hide, and where they say so. */
  readonly suppressed: readonly Suppressed[];
  readonly report: Report;
  /** Settings of the configuration that fit nothing; none where just a part of what lies beside it was looked at. */
  readonly idleSettings: readonly IdleSetting[];
  /** What could not be read at all: paths that do not exist or may not be opened, and dumps without a namespace. */
  readonly failures: readonly WalkFailure[];
  /** Documents that look like manifests and could not be read. */
  readonly unreadable: readonly Problem[];
  /** The files that were read, in order. */
  readonly files: readonly string[];
  /** Whether a path lies beyond the repository of what was asked for. */
  isOutside(path: string): boolean;
  /** The documents of a file that the scan read and kept, or of any other that may be read. */
  documentsOf(file: string): readonly Document[] | undefined;
  /** The text of a file that the scan read and kept, for code frames. */
  textOf(file: string): string | undefined;
}

/**
 * Reads manifests from a tree and says for every pod template whether Istio injects a sidecar, and what is wrong with it.
 * Pure but for the tree; never throws for anything the files say.
 */
export function scan(tree: FileTree, options: ScanOptions = {}): Scan {
  const root = (tree.root ?? "").replace(/\/$/, "");
  const config = options.config ?? {};
  const configBase = options.configPath === undefined ? "." : directoryOf(options.configPath);
  const paths = options.paths ?? ["."];
  const walked = walk(tree, paths, { ignore: unreadPaths(config), ignoreBase: configBase });
  const kinds = workloadKinds(config);
  const isOutside = outsideOf(tree, paths, walked.outsideLinks);
  const read = collect(tree, walked.files, {
    kinds,
    onProgress: options.onProgress,
    isOutside,
    isRepository: hasRepository(tree, paths),
  });
  const collected = { ...read, skipped: [...read.skipped, ...walked.outsideLinks.map(outsideLink)] };
  const dumpPaths = [...new Set(options.namespaceDumps ?? [])];
  const dumps = collect(tree, dumpPaths, { kinds: [] });
  const untold = dumpFailures(dumps, dumpPaths);
  const world = buildWorld(collected, {
    config,
    configPath: options.configPath,
    locateInConfig: options.locateInConfig ?? (() => undefined),
    belowConfig: (path) => pathBelow(absolutePath(root, configBase), absolutePath(root, path)),
    istioVersion: options.istioVersion,
    dumps,
    assume: options.assume,
    defaultNamespace: options.defaultNamespace,
  });
  const told = ({ file }: Problem) => !untold.some(({ path }) => path === file.path);
  const problems = [
    ...collected.problems,
    ...dumps.problems.filter(told),
    ...world.unreadable,
    ...world.refused,
    ...world.faults,
  ];
  const rules = {
    settings: settingsOf(config, world.configuration.belowConfig),
    rules: [...defaultRules(), ...(options.rules ?? [])],
  };
  const documentsOf = (path: string) => guarded({ path, text: "" }, [], () => collected.documentsOf(path));
  const isWhole = wholeBelow(tree, root, paths);
  const suppression = once(() =>
    suppress(lint(world, problems, rules), {
      ...rules,
      world,
      files: collected.kept(),
      documentsOf,
      today: options.today,
      isWhole,
    }),
  );
  const findings = once(() => {
    const { shown, own } = suppression();
    return own.length === 0 ? shown : [...shown, ...own].sort(inOrder);
  });
  const configText = (file: string) => (file === options.configPath ? collected.textOf(file) : undefined);
  const report = once(() =>
    makeReport({
      world,
      findings: findings(),
      suppressed: suppression().suppressed,
      fixes: () => fixabilities(fixContext({ world, files: walked.files }), findings()),
      fixCounts: () => fixCounts(fixContext({ world, files: walked.files }), findings()),
      files: collected.files,
      documents: collected.documents,
      assume: options.assume ?? (config.assumptions?.namespaceLabels === "absent" ? {} : undefined),
      version: options.version ?? "",
    }),
  );
  return {
    world,
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
      const { configPath } = options;
      return configPath !== undefined && isWhole(configPath) ? idleSettings(world, walked.files) : [];
    },
    failures: [...walked.failures, ...untold],
    unreadable: collected.problems,
    files: walked.files,
    isOutside,
    documentsOf,
    textOf: (file) => (collected.fileOf(file) ?? dumps.fileOf(file))?.text ?? configText(file),
  };
}

/** Says of a workload of a scan's report what its sidecar is: image, resources, ports, capture and probes, each with its origin. Pure. */
export function explain(scanned: Scan, workload: ReportedWorkload): Explanation {
  return explanationOf(scanned.world, workload);
}

/** What `fix`, `inject` and `uninject` change, as one unified diff that `git apply` takes; empty where that is nothing. */
export function diff(files: readonly EditedFile[]): string {
  return files.map(({ file, after }) => fileDiff(file, after)).join("");
}

/** How workloads are injected; see `inject`. */
export type InjectOptions = WayOptions;

/** Files as they become, and what is worth knowing of the workloads that stay as they are. Nothing has been written. */
export interface Rewriting {
  readonly files: readonly EditedFile[];
  /** The workloads that change. */
  readonly workloads: readonly {
    readonly before: JsonObject;
    readonly after: JsonObject;
    /** Whether istiod would give it a native sidecar on some clusters, and it has an ordinary one now. */
    readonly isNativeOpen?: boolean;
  }[];
  readonly left: readonly LeftAsIs[];
  /** What keeps everything from being changed: then there are no files. */
  readonly problems: readonly FileProblem[];
}

/**
 * Writes the sidecar into the manifests of a scan, as edits of their texts: `by: "gates"` into those that the cluster would inject,
 * `by: "command"` into all, as `istioctl kube-inject` does. Pure; a second time it changes nothing.
 */
export function inject(scanned: Scan, options: InjectOptions): Rewriting {
  const { world } = scanned;
  const reading = injectionWay(world, options);
  if (!reading.ok) return { ...nothing, problems: reading.problems };
  const { objects, left, problems } = injectResources(world.workloads, reading.way);
  return rewritten(objects, left, problems);
}

/** Takes the sidecars out of the manifests of a scan again; `left` says what injection did not record. Pure. */
export function uninject(scanned: Scan): Rewriting {
  const { objects, unrecorded, problems } = uninjectResources(scanned.world);
  return rewritten(objects, unrecorded, problems);
}

const nothing: Rewriting = { files: [], workloads: [], left: [], problems: [] };

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

function rewritten(
  workloads: readonly InjectedObject[],
  left: readonly LeftAsIs[],
  problems: readonly FileProblem[],
): Rewriting {
  if (problems.length > 0) return { ...nothing, problems };
  const edited = editFiles(workloads);
  if (edited.problems.length > 0) return { ...nothing, problems: edited.problems };
  return { files: edited.files, workloads, left, problems: [] };
}

/** The patterns among what the configuration ignores; the rest is about findings. */
function unreadPaths({ ignore = [] }: Config): readonly string[] {
  return ignore.filter((entry) => typeof entry === "string");
}

/** Whether the directory of a file is among what was asked for, and not just the file. */
function wholeBelow(tree: FileTree, root: string, paths: readonly string[]): (file: string) => boolean {
  const directories = paths
    .filter((path) => tree.stat(path)?.type === "directory")
    .map((path) => absolutePath(root, path));
  return (file) => {
    const absolute = absolutePath(root, file);
    return directories.some((directory) => isInside(directory, absolute));
  };
}

function outsideLink(path: string): Skipped {
  return { reason: "outside-link", path, files: 1, detail: "" };
}
