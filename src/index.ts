/** The public API: what the command line, the action and the functions call, over any tree of files. */
import type { Labels } from "./istio/facts.ts";
import type { Finding } from "./lint/finding.ts";
import { lint } from "./lint/run.ts";
import { makeReport } from "./report/make.ts";
import type { Report } from "./report/report.ts";
import type { FileTree } from "./source/tree.ts";
import { type WalkFailure, walk } from "./source/walk.ts";
import { buildWorld, workloadKinds } from "./world/build.ts";
import { collect } from "./world/collect.ts";
import type { Config } from "./world/config.ts";
import type { World } from "./world/world.ts";

export type { Finding, Severity } from "./lint/finding.ts";
export type { Report, ReportedWorkload } from "./report/report.ts";
export { type FileTree, memoryTree } from "./source/tree.ts";
export { type Config, loadConfig } from "./world/config.ts";
export type { Workload, World } from "./world/world.ts";

export interface ScanOptions {
  /** Files and directories of the tree; default: all of it. */
  readonly paths?: readonly string[];
  readonly config?: Config;
  /** The path of the configuration file, for messages. */
  readonly configPath?: string;
  /** Judge by this release, such as "1.30" or "1.26.8"; wins over the configuration and the repository. */
  readonly istioVersion?: string;
  /** Labels for every namespace that nothing describes. */
  readonly assume?: Labels;
  /** For workloads whose namespace nothing names. */
  readonly defaultNamespace?: string;
  /** Files with namespaces dumped from a cluster (`kubectl get ns -o yaml`), read besides the paths. */
  readonly namespaceDumps?: readonly string[];
  readonly onProgress?: (done: number, total: number) => void;
  /** sidelint's own version, for reports. */
  readonly version?: string;
}

export interface Scan {
  readonly world: World;
  readonly findings: readonly Finding[];
  readonly report: Report;
  /** What could not be read at all: paths that do not exist or may not be opened. */
  readonly failures: readonly WalkFailure[];
  /** The text of a file that the scan read and kept, for code frames. */
  textOf(file: string): string | undefined;
}

/**
 * Reads manifests from a tree and says for every pod template whether Istio injects a sidecar, and what is wrong with it.
 * Pure but for the tree; never throws for anything the files say.
 */
export function scan(tree: FileTree, options: ScanOptions = {}): Scan {
  const config = options.config ?? {};
  const walked = walk(tree, options.paths ?? ["."], { ignore: config.ignore ?? [] });
  const kinds = workloadKinds(config);
  const collected = collect(tree, walked.files, { kinds, onProgress: options.onProgress });
  const dumped = collect(tree, options.namespaceDumps ?? [], { kinds: [] });
  const world = buildWorld(collected, {
    config,
    configPath: options.configPath,
    istioVersion: options.istioVersion,
    dumps: dumped,
    assume: options.assume,
    defaultNamespace: options.defaultNamespace,
  });
  const problems = [...collected.problems, ...dumped.problems];
  const findings = lint(world, problems, { severities: config.rules ?? {} });
  const texts = new Map<string, string>();
  for (const workload of world.workloads)
    texts.set(workload.resource.document.file.path, workload.resource.document.file.text);
  return {
    world,
    findings,
    report: makeReport({
      world,
      findings,
      files: collected.files,
      documents: collected.documents,
      assume: options.assume,
      version: options.version ?? "",
    }),
    failures: walked.failures,
    textOf: (file) => texts.get(file),
  };
}
