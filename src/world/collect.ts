/** Reads every given file once and keeps the documents that decide on injection. */
import type { WorkloadKind } from "../kube/workload.ts";
import { type Document, readDocuments } from "../source/document.ts";
import type { ReadError, SourceFile } from "../source/reading.ts";
import { decodeText, hasMark } from "../source/text.ts";
import type { FileTree } from "../source/tree.ts";
import { baseName, chartAbove, chartOfTemplate, directoryOf, isValuesFile } from "./file-names.ts";
import { guarded } from "./guard.ts";
import { nothing, type Sifted, type Skip, sieveFor, sift } from "./sift.ts";
import type { Resource, Skipped } from "./world.ts";

export { chartAbove, directoryOf, isKustomizationFile } from "./file-names.ts";
export { carriesCharts, isMembership } from "./sift.ts";

/** A document that could not be read although it looks like a manifest, or a file that could not. */
export interface Problem {
  readonly file: SourceFile;
  readonly error: ReadError;
  /** That it is not the document that cannot be read, but kustomize refuses the build that it describes. */
  readonly refusedBy?: "kustomize";
}

export interface Collected {
  /** Resources by the file that holds them, in file and document order; only kinds that decide on injection. */
  readonly resources: ReadonlyMap<string, readonly Resource[]>;
  /** The document of each kustomization, by directory ("." for the top). */
  readonly kustomizations: ReadonlyMap<string, Document>;
  readonly problems: readonly Problem[];
  readonly skipped: readonly Skipped[];
  /** The directories of charts. */
  readonly charts: ReadonlySet<string>;
  /** Files of Helm values in charts that speak of Istio. */
  readonly valuesFiles: readonly string[];
  readonly files: number;
  /** The paths of the files that were read or passed over, in order. */
  readonly paths: readonly string[];
  readonly documents: number;
  /** A file that holds a resource, a kustomization or a problem; others are not kept. */
  fileOf(path: string): SourceFile | undefined;
  /** The paths of these files. */
  kept(): Iterable<string>;
  /** Whether a file was among those read, also when it holds nothing of interest. */
  hasRead(path: string): boolean;
  /** The documents of any file of the tree, read now unless they are kept; undefined when there is no such file. */
  documentsOf(path: string): readonly Document[] | undefined;
  /** The text of any file of the tree, read now; undefined when there is no such file or it is no text. */
  textOf(path: string): string | undefined;
  /** The text of everything below a directory, read now, whatever the names of the files; what is no text is left out. */
  textBelow(directory: string): string;
  /** Whether a path that a file names lies beyond what may be read; then there are no documents and no text. */
  isOutside(path: string): boolean;
  /** What that is outside of, in words. */
  readonly bounds: string;
  /** What a look at one of the files gave; undefined where there was none, or it failed. */
  lookAt(path: string): Look | undefined;
  /** The kinds of workloads that were looked for besides those that Kubernetes has. */
  readonly kinds: readonly WorkloadKind[];
  /** What a directory is after following links, the same for two paths of one; undefined for anything else. */
  identityOf(path: string): string | undefined;
  /** Whether there is a file of any kind, be it too large, no text or a pipe. */
  isFile(path: string): boolean;
}

export interface CollectOptions {
  readonly kinds: readonly WorkloadKind[];
  /** Called after every file with the number of files done. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Whether a path lies beyond what may be read besides the files given; default: none does. */
  readonly isOutside?: ((path: string) => boolean) | undefined;
  /** Whether there is a repository that what is outside of is measured by; default: there is. */
  readonly isRepository?: boolean;
  /** Kinds of objects to keep besides, although they decide nothing; default: none. */
  readonly besides?: readonly string[] | undefined;
  /** Another state of these files that was collected: what is the same in it is neither read nor parsed again. */
  readonly earlier?: Earlier | undefined;
}

/** Another state of the same files. */
export interface Earlier {
  readonly collected: Collected;
  /** Whether a file is the same in both, for certain. */
  isSame(path: string): boolean;
}

/** What a look at a file gave; of one without interest the text is forgotten. */
interface Look {
  readonly opened: SourceFile | Skip | Problem;
  readonly isValues: boolean;
  readonly found: Sifted | undefined;
}

/** Reads files of a tree in the given order. Failures become problems or skips; nothing is thrown. */
export function collect(tree: FileTree, files: readonly string[], options: CollectOptions): Collected {
  const charts = new Set(files.filter((file) => baseName(file) === "Chart.yaml").map(directoryOf));
  const given = new Set(files);
  const gathered = gather(tree, files, charts, options);
  const { resources, kustomizations, problems, skips, valuesFiles, documents, kept } = gathered;
  const { kinds, isRepository = true } = options;
  return {
    resources,
    kustomizations,
    problems,
    skipped: countByPath(skips),
    charts,
    valuesFiles,
    files: files.length,
    paths: files,
    documents,
    kinds,
    fileOf: (path) => kept.get(path)?.file,
    kept: () => kept.keys(),
    hasRead: (path) => given.has(path),
    lookAt: (path) =>
      gathered.looks.get(path) ??
      (given.has(path) && !gathered.failed.has(path)
        ? { ...nothingSeen, opened: { path, text: "" } }
        : undefined),
    ...reachBeyond(tree, given, kept, options),
    bounds: isRepository
      ? "the repository"
      : "this directory (there is no git repository; run one level higher)",
  };
}

/** What the files gave, one after the other. */
interface Gathered {
  readonly resources: Map<string, readonly Resource[]>;
  readonly kustomizations: Map<string, Document>;
  readonly problems: Problem[];
  readonly skips: Skip[];
  readonly valuesFiles: string[];
  readonly kept: Map<string, Kept>;
  readonly looks: Map<string, Look>;
  /** The files that sidelint itself failed at. */
  readonly failed: Set<string>;
  documents: number;
}

function gather(
  tree: FileTree,
  files: readonly string[],
  charts: ReadonlySet<string>,
  options: CollectOptions,
): Gathered {
  const gathered: Gathered = {
    resources: new Map(),
    kustomizations: new Map(),
    problems: [],
    skips: [],
    valuesFiles: [],
    kept: new Map(),
    looks: new Map(),
    failed: new Set(),
    documents: 0,
  };
  const known = sharedLooks(options, charts);
  const anew = looker(tree, charts, options, known, gathered);
  files.forEach((path, index) => {
    options.onProgress?.(index, files.length);
    const chart = chartOfTemplate(path, charts);
    if (chart !== undefined) gathered.skips.push({ reason: "helm-template", path: chart, detail: "" });
    else {
      const look = known(path) ?? anew(path);
      if (look) add(gathered, path, look);
    }
  });
  options.onProgress?.(files.length, files.length);
  return gathered;
}

/** Opens files and looks at them; what is alike was looked at in an earlier state. */
function looker(
  tree: FileTree,
  charts: ReadonlySet<string>,
  { kinds, besides }: CollectOptions,
  known: ReturnType<typeof sharedLooks>,
  { problems, kept, failed }: Gathered,
): (path: string) => Look | undefined {
  const sieve = sieveFor(kinds, (path) => chartAbove(path, charts) !== undefined, besides);
  return (path) => {
    const opened = guarded({ path, text: "" }, problems, () => open(tree, path));
    const isText = opened !== undefined && "text" in opened;
    const isValues = isText && isValuesFile(opened) && chartAbove(path, charts) !== undefined;
    const alike = isText && known(path, opened);
    if (alike) return alike;
    const found = isText ? guarded(opened, problems, () => sift(opened, sieve, isValues)) : undefined;
    if (isText && !found) kept.set(path, { file: opened, documents: [] });
    if (opened && (found || !isText)) return { opened, isValues, found };
    failed.add(path);
    return undefined;
  };
}

function add(gathered: Gathered, path: string, look: Look): void {
  const { opened, found, isValues } = look;
  if (found !== nothing || isValues)
    gathered.looks.set(path, found?.kept || isValues ? look : { ...look, opened: forgotten(opened) });
  if ("reason" in opened) gathered.skips.push(opened);
  else if ("error" in opened) gathered.problems.push(opened);
  if (isValues) gathered.valuesFiles.push(path);
  if (!found || !("text" in opened)) return;
  gathered.documents += found.documents;
  gathered.problems.push(...found.problems);
  gathered.skips.push(...found.skips);
  if (found.kustomization) gathered.kustomizations.set(directoryOf(path), found.kustomization);
  if (found.resources.length > 0) gathered.resources.set(path, found.resources);
  if (found.kept) gathered.kept.set(path, { file: opened, documents: found.kept });
}

type Beyond = Pick<Collected, "documentsOf" | "textOf" | "textBelow" | "isOutside" | "identityOf" | "isFile">;

/** Reads of the tree what files name, also beyond those that were given. */
function reachBeyond(
  tree: FileTree,
  given: ReadonlySet<string>,
  kept: ReadonlyMap<string, Kept>,
  options: CollectOptions,
): Beyond {
  const isOutside = (path: string) => !given.has(path) && (options.isOutside?.(path) ?? false);
  const openBeyond = (path: string) => {
    const opened = isOutside(path) ? undefined : open(tree, path);
    return opened && "text" in opened ? opened : undefined;
  };
  return {
    isOutside,
    documentsOf(path) {
      const known = kept.get(path);
      if (known) return known.documents;
      const opened = openBeyond(path);
      return opened && readDocuments(opened);
    },
    textOf: (path) => openBeyond(path)?.text,
    textBelow: (directory) =>
      filesBelow(tree, directory)
        .map((path) => openBeyond(path)?.text ?? "")
        .join("\n"),
    identityOf(path) {
      const found = isOutside(path) ? undefined : tree.stat(path);
      return found?.type === "directory" ? found.identity : undefined;
    },
    isFile: (path) => (tree.stat(path)?.type ?? "directory") !== "directory",
  };
}

function open(tree: FileTree, path: string): SourceFile | Skip | Problem {
  const bytes = tree.read(path);
  if ("reason" in bytes) {
    if (!bytes.tooLarge) return { reason: "unreadable", path, detail: bytes.reason };
    return { file: { path, text: "" }, error: { message: bytes.reason, offset: 0 } };
  }
  const decoded = decodeText(bytes);
  if ("text" in decoded) return { path, text: decoded.text, ...(hasMark(bytes) && { hasMark: true }) };
  const { error: message, offset } = decoded;
  return { file: { path, text: "" }, error: { message, offset } };
}

interface Kept {
  readonly file: SourceFile;
  readonly documents: readonly Document[];
}

/** A file as one whose text nobody asks for. */
function forgotten(opened: Look["opened"]): Look["opened"] {
  return "text" in opened ? { path: opened.path, text: "" } : opened;
}

/** What a look at a file gave in an earlier state: of the same file, or of one with the same text. */
function sharedLooks(
  { earlier, kinds }: CollectOptions,
  charts: ReadonlySet<string>,
): (path: string, opened?: SourceFile) => Look | undefined {
  if (!earlier || JSON.stringify(kinds) !== JSON.stringify(earlier.collected.kinds)) return () => undefined;
  const { collected, isSame } = earlier;
  return (path, opened) => {
    if (opened ? collected.fileOf(path)?.text !== opened.text : !isSame(path)) return undefined;
    // What a file is taken for hangs on the chart that it lies in.
    return chartAbove(path, charts) === chartAbove(path, collected.charts)
      ? collected.lookAt(path)
      : undefined;
  };
}

const nothingSeen = { isValues: false, found: nothing } as const;

function filesBelow(tree: FileTree, directory: string): readonly string[] {
  const entries = tree.list(directory);
  if ("reason" in entries) return [];
  return entries.flatMap(({ name, type }) => {
    const path = directory === "." ? name : `${directory}/${name}`;
    return type === "directory" ? filesBelow(tree, path) : type === "file" ? [path] : [];
  });
}

function countByPath(skips: readonly Skip[]): readonly Skipped[] {
  const counts = new Map<string, Skipped>();
  for (const skip of skips) {
    const key = `${skip.reason}\n${skip.path}\n${skip.detail}`;
    const known = counts.get(key);
    counts.set(key, { ...skip, files: (known?.files ?? 0) + 1 });
  }
  return [...counts.values()];
}
