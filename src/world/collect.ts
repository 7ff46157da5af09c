/** Reads every given file once and keeps the documents that decide on injection. */
import { isListKind, podTemplatesOf, type WorkloadKind, workloadKindNames } from "../kube/workload.ts";
import {
  type Document,
  decodeText,
  type ReadError,
  readDocuments,
  type SourceFile,
} from "../source/document.ts";
import type { FileTree } from "../source/tree.ts";
import { resourcesOf } from "./resource.ts";
import type { Resource, Skipped } from "./world.ts";

/** A document that could not be read although it looks like a manifest, or a file that could not. */
export interface Problem {
  readonly file: SourceFile;
  readonly error: ReadError;
}

export interface Collected {
  /** Resources by the file that holds them, in file and document order; only kinds that decide on injection. */
  readonly resources: ReadonlyMap<string, readonly Resource[]>;
  /** The document of each kustomization, by directory ("." for the top). */
  readonly kustomizations: ReadonlyMap<string, Document>;
  readonly problems: readonly Problem[];
  readonly skipped: readonly Skipped[];
  readonly files: number;
  readonly documents: number;
}

export interface CollectOptions {
  readonly kinds: readonly WorkloadKind[];
  /** Called after every file with the number of files done. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Files above this many bytes are not manifests anybody reviews; etcd refuses objects above 1.5 MiB. */
export const largestFile = 32 * 1024 * 1024;

const worldKinds = ["Namespace", "MutatingWebhookConfiguration", "ConfigMap", "Kustomization"];

/** Reads files of a tree in the given order. Failures become problems or skips; nothing is thrown. */
export function collect(tree: FileTree, files: readonly string[], options: CollectOptions): Collected {
  const wanted = new Set([...worldKinds, ...workloadKindNames(options.kinds)]);
  const anyWanted = new RegExp(`\\b(?:${[...wanted].join("|")})\\b|List\\b|kind["']?\\s*:\\s*"[^"\n]*\\\\`);
  const charts = new Set(files.filter((file) => baseName(file) === "Chart.yaml").map(directoryOf));
  const resources = new Map<string, readonly Resource[]>();
  const kustomizations = new Map<string, Document>();
  const problems: Problem[] = [];
  const skips: { reason: Skipped["reason"]; path: string; detail: string }[] = [];
  let documents = 0;

  files.forEach((path, index) => {
    options.onProgress?.(index, files.length);
    if (inChartTemplates(path, charts)) {
      skips.push({ reason: "helm-template", path: chartOf(path, charts), detail: "" });
      return;
    }
    const bytes = tree.read(path);
    if ("reason" in bytes) {
      skips.push({ reason: "unreadable", path, detail: bytes.reason });
      return;
    }
    if (bytes.length > largestFile) {
      problems.push(
        fileProblem(
          path,
          `the file has ${megabytes(bytes.length)}, more than the ${megabytes(largestFile)} that are read`,
        ),
      );
      return;
    }
    const decoded = decodeText(bytes);
    if (!decoded.ok) {
      problems.push(fileProblem(path, decoded.error.message));
      return;
    }
    const file: SourceFile = { path, text: decoded.text };
    const isKustomization = kustomizationNames.has(baseName(path));
    if (!isKustomization && !anyWanted.test(file.text)) return;

    const found: Resource[] = [];
    for (const document of readDocuments(file)) {
      documents++;
      if (isKustomization && !kustomizations.has(directoryOf(path)))
        kustomizations.set(directoryOf(path), document);
      const { kind, sure } = document.peek;
      if (sure && !isKustomization && (kind === undefined || !(wanted.has(kind) || kind.endsWith("List"))))
        continue;
      if (kind === "ConfigMap" && sure && !mayConfigureIstio(document)) continue;
      const reading = document.read();
      if (reading.ok) {
        for (const resource of resourcesOf(document, reading.root)) {
          if (decidesOnInjection(resource, options.kinds)) found.push(resource);
        }
      } else if (hasTemplateBraces(document)) {
        skips.push({ reason: "helm-template", path: directoryOf(path), detail: "" });
      } else if (isKustomization || looksLikeManifest(document)) {
        problems.push({ file, error: reading.error });
      }
    }
    if (found.length > 0) resources.set(path, found);
  });
  options.onProgress?.(files.length, files.length);
  return { resources, kustomizations, problems, skipped: countByPath(skips), files: files.length, documents };
}

function decidesOnInjection(resource: Resource, kinds: readonly WorkloadKind[]): boolean {
  const { apiVersion, kind, name } = resource;
  if (kind === "Namespace") return apiVersion === "v1";
  if (kind === "MutatingWebhookConfiguration") return true;
  if (kind === "ConfigMap") return apiVersion === "v1" && name.startsWith("istio");
  return podTemplatesOf(apiVersion, kind, kinds) !== undefined && !isListKind(apiVersion, kind);
}

function mayConfigureIstio(document: Document): boolean {
  return textOf(document).includes("istio");
}

/** Whether a text has `apiVersion` and `kind` lines, which is what tells a manifest from other YAML and JSON. */
function looksLikeManifest(document: Document): boolean {
  const text = textOf(document);
  return /^[\s{"']*apiVersion["']?\s*:/m.test(text) && /^[\s{,"']*kind["']?\s*:/m.test(text);
}

function hasTemplateBraces(document: Document): boolean {
  return textOf(document).includes("{{");
}

function textOf(document: Document): string {
  return document.file.text.slice(document.start, document.end);
}

const kustomizationNames = new Set(["kustomization.yaml", "kustomization.yml", "Kustomization"]);

/** Whether kustomize would take a file of this name for a directory's kustomization. */
export function isKustomizationFile(path: string): boolean {
  return kustomizationNames.has(baseName(path));
}

/** The directory of a path; "." at the top. */
export function directoryOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "." : path.slice(0, slash) || "/";
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function chartOf(path: string, charts: ReadonlySet<string>): string {
  for (let directory = directoryOf(path); ; directory = directoryOf(directory)) {
    if (charts.has(directory) || directory === "." || directory === "/") return directory;
  }
}

function inChartTemplates(path: string, charts: ReadonlySet<string>): boolean {
  if (charts.size === 0) return false;
  const chart = chartOf(path, charts);
  if (!charts.has(chart)) return false;
  return path.startsWith(chart === "." ? "templates/" : `${chart}/templates/`);
}

function fileProblem(path: string, message: string): Problem {
  return { file: { path, text: "" }, error: { message, offset: 0 } };
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MiB`;
}

function countByPath(
  skips: readonly { reason: Skipped["reason"]; path: string; detail: string }[],
): readonly Skipped[] {
  const counts = new Map<string, Skipped>();
  for (const skip of skips) {
    const key = `${skip.reason}\n${skip.path}\n${skip.detail}`;
    const known = counts.get(key);
    counts.set(key, { ...skip, files: (known?.files ?? 0) + 1 });
  }
  return [...counts.values()];
}
