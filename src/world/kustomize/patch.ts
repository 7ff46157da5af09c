/** Which objects the patches of a kustomization change, and what becomes of them. */
import { isObject, type Json, type JsonObject } from "../../kube/json.ts";
import { podTemplatesOf, workloadKindNames } from "../../kube/workload.ts";
import { type Document, readDocuments } from "../../source/document.ts";
import { readEmbedded } from "../../source/embedded.ts";
import { type Location, locationOf } from "../../source/locate.ts";
import { nodeAt, type Path, toValue } from "../../source/node.ts";
import { once } from "../../source/once.ts";
import { isTemplateFault } from "../template.ts";
import { type Draft, edited, identityOf, sameIdentity, withIdentity } from "./draft.ts";
import { jsonPatch } from "./json-patch.ts";
import { type BuildProblem, locationOfSource, type PatchEntry, type Source } from "./kustomization.ts";
import { mergePatch, type PatchSource } from "./merge.ts";
import { targetMatcher } from "./target.ts";

/** One document of a patch entry, parsed when an object may be meant by it. */
export interface PatchDocument {
  /** The kind of object it is for; undefined when that is not known before it is parsed. */
  readonly kind: string | undefined;
  content(): PatchContent | PatchFailure;
}

type PatchContent =
  | { readonly type: "merge"; readonly parts: readonly MergePart[] }
  | { readonly type: "json"; readonly operations: readonly Json[]; readonly sourceOf: PatchSource };

interface MergePart {
  readonly value: JsonObject;
  readonly sourceOf: PatchSource;
}

interface Patching {
  readonly drafts: readonly Draft[];
  readonly problems: readonly BuildProblem[];
}

/** Why a patch is not applied, or not all of it. */
export interface PatchFailure {
  readonly kind: "patch" | "missing" | "remote" | "outside";
  readonly subject?: string;
  readonly detail: string;
  /** Where, if not at the entry. */
  readonly location?: Location | undefined;
  readonly refused?: BuildProblem["refused"];
}

/**
 * The objects after a kustomization's patches (v5.8.1). A patch that finds no object is passed over: with a target kustomize
 * does so too, and without one the object may be of a kind that does not matter here; for kinds that do, it is a problem.
 */
export function applyPatches(
  drafts: readonly Draft[],
  entries: readonly PatchEntry[],
  patchOf: (entry: PatchEntry) => readonly PatchDocument[] | PatchFailure,
): Patching {
  const problems: BuildProblem[] = [];
  let next = drafts;
  for (const entry of entries) {
    const result = applyPatch(next, entry, patchOf);
    next = result.drafts;
    for (const { kind, subject, detail, refused, location } of result.failures) {
      problems.push({
        kind,
        subject: subject ?? entry.file ?? "an inline patch",
        detail,
        location: location ?? locationOfSource(entry.source),
        ...(refused && { refused }),
      });
    }
  }
  return { drafts: next.some(({ own }) => own) ? next.map(edited) : next, problems };
}

interface Applied {
  readonly drafts: readonly Draft[];
  readonly failures: readonly PatchFailure[];
}

function applyPatch(
  drafts: readonly Draft[],
  entry: PatchEntry,
  patchOf: (entry: PatchEntry) => readonly PatchDocument[] | PatchFailure,
): Applied {
  const fail = (failure: PatchFailure): Applied => ({ drafts, failures: [failure] });
  const matcher = entry.target && targetMatcher(entry.target);
  if (typeof matcher === "string") return fail({ kind: "patch", detail: matcher });
  const patch = patchOf(entry);
  if ("detail" in patch) return fail(patch);
  if (matcher && !drafts.some(matcher)) return { drafts, failures: [] };
  const kinds = matcher ? undefined : kindsOf(drafts);
  const failures: PatchFailure[] = [];
  let next = drafts;
  for (const { kind, content } of patch) {
    if (kinds && kind !== undefined && !kinds.has(kind) && !isKeptKind(kind)) continue;
    const read = content();
    if ("detail" in read) return fail(read);
    if (read.type === "json") {
      if (matcher) return applyOperations(next, entry, matcher, read);
      return fail({ kind: "patch", detail: "a JSON patch needs a target", refused: "always" });
    }
    for (const part of read.parts) {
      const found = matcher ? next.filter(matcher) : namedBy(part.value, next);
      if (matcher ? found.length > 0 : found.length === 1) next = applyPart(next, entry, part, found);
      else if (!matcher && isKept(part.value)) failures.push(unmatched(part.value, found.length));
    }
  }
  return { drafts: next, failures };
}

let keptKinds: ReadonlySet<string> | undefined;

/** Whether objects of a kind may decide on injection by their own pods or labels. */
export function isKeptKind(kind: string): boolean {
  keptKinds ??= new Set(["Namespace", ...workloadKindNames()]);
  return keptKinds.has(kind);
}

function isKept({ apiVersion, kind }: JsonObject): boolean {
  if (typeof apiVersion !== "string" || typeof kind !== "string") return false;
  return (apiVersion === "v1" && kind === "Namespace") || podTemplatesOf(apiVersion, kind)?.[0] !== undefined;
}

function unmatched(value: JsonObject, found: number): PatchFailure {
  const { apiVersion, kind, name, namespace } = identityOf({ value });
  const where =
    namespace === "" ? "" : namespace === "default" ? " without a namespace" : ` in namespace ${namespace}`;
  const object = `${kind}/${name} (${apiVersion})${where}`;
  const detail =
    found === 0
      ? `there is no ${object} for the patch to change`
      : `${found} objects are or were called ${object}, and the patch can change only one`;
  return { kind: "patch", subject: `${kind}/${name}`, detail, refused: "when-complete" };
}

function kindsOf(drafts: readonly Draft[]): ReadonlySet<string> {
  const kinds = new Set<string>();
  for (const { value, earlier } of drafts) {
    if (typeof value.kind === "string") kinds.add(value.kind);
    for (const { kind } of earlier) kinds.add(kind);
  }
  return kinds;
}

function applyPart(
  drafts: readonly Draft[],
  entry: PatchEntry,
  { value, sourceOf }: MergePart,
  found: readonly Draft[],
): readonly Draft[] {
  const selected = new Set(found);
  return drafts.flatMap((draft) => {
    if (!selected.has(draft)) return [draft];
    const renames = entry.allowNameChange || entry.allowKindChange;
    return mergePatch(renames ? withIdentity(draft) : draft, value, sourceOf, entry) ?? [];
  });
}

function applyOperations(
  drafts: readonly Draft[],
  { forgetsName }: PatchEntry,
  matcher: (draft: Draft) => boolean,
  { operations, sourceOf }: Extract<PatchContent, { type: "json" }>,
): Applied {
  const next: Draft[] = [];
  for (const draft of drafts) {
    const result = matcher(draft)
      ? jsonPatch(withNotes(forgetsName ? draft : withIdentity(draft)), operations, sourceOf)
      : { ok: true as const, draft };
    if (!result.ok) {
      const failure: PatchFailure = { kind: "patch", detail: result.reason };
      return { drafts, failures: [result.unsure ? failure : { ...failure, refused: "when-complete" }] };
    }
    next.push(result.draft);
  }
  return { drafts: next, failures: [] };
}

/** Kustomize notes former names in the object's annotations, so that one with any has annotations that a patch can add to. */
function withNotes(draft: Draft): Draft {
  const { metadata } = draft.value;
  if (draft.earlier.length === 0 || !isObject(metadata) || isObject(metadata.annotations)) return draft;
  return { ...draft, value: { ...draft.value, metadata: { ...metadata, annotations: {} } } };
}

/** The object that has, or had, the identity the patch gives; several when that cannot be told. */
function namedBy(patch: JsonObject, drafts: readonly Draft[]): readonly Draft[] {
  const wanted = identityOf({ value: patch });
  const found = drafts.filter(
    (draft) =>
      draft.earlier.some((one) => sameIdentity(one, wanted)) || sameIdentity(identityOf(draft), wanted),
  );
  return found;
}

/** Reads a patch: its file by `documentsOf`, or the text in the kustomization; or why it cannot be read. */
export function readPatch(
  entry: PatchEntry,
  documentsOf: (path: string) => readonly Document[] | undefined,
): readonly PatchDocument[] | PatchFailure {
  const { url, file, text, source } = entry;
  if (url !== undefined)
    return { kind: "remote", subject: url, detail: `${url} is remote and is not fetched` };
  const documents = file ? documentsOf(file) : inlineDocuments(entry);
  if (!documents) return { kind: "missing", detail: `${file} does not exist`, refused: "always" };
  // What has no document is no patch to `patches`, and an error to `patchesStrategicMerge`.
  const mayBeEmpty = (file !== undefined || text) && source.path[0] === "patches";
  if (documents.length === 0 && !mayBeEmpty) {
    const detail = file === undefined && !text ? "there is neither a patch nor a path" : "the patch is empty";
    return { kind: "patch", detail, refused: "always" };
  }
  return documents.map((document) => {
    const { kind, sure } = document.peek;
    return {
      kind: sure && !kind?.endsWith("List") ? kind : undefined,
      content: once(() => contentOf(document, entry)),
    };
  });
}

function contentOf(document: Document, entry: PatchEntry): PatchContent | PatchFailure {
  const reading = document.read();
  if (!reading.ok) {
    const { message, offset } = reading.error;
    const location = document.file.path
      ? locationOf(document.file, { start: offset, end: offset })
      : undefined;
    const failure = { kind: "patch", detail: `the patch cannot be read: ${message}`, location } as const;
    return isTemplateFault(document, reading.error) ? failure : { ...failure, refused: "always" };
  }
  const value: Json = reading.root ? toValue(reading.root) : null;
  const isPlaced = document.file.path === (entry.file ?? entry.source.document.file.path);
  const sourceOf = (path: Path): Source => (isPlaced ? { document, path } : entry.source);
  if (Array.isArray(value)) {
    const problem = isStrict(entry.text ?? document.file.text) ? undefined : notJson;
    return problem ?? { type: "json", operations: value, sourceOf };
  }
  return { type: "merge", parts: isObject(value) ? partsOf(value, sourceOf) : [] };
}

const notJson: PatchFailure = {
  kind: "patch",
  detail: "the patch begins with [, and kustomize takes it for JSON, which it is not",
  refused: "always",
};

/** Whether a list that begins with a bracket is JSON, as it has to be; in block style it may be any YAML. */
function isStrict(text: string): boolean {
  if (!text.trimStart().startsWith("[")) return true;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The documents of an inline patch. One alone has its places in the kustomization; several have none. */
export function inlineDocuments({
  text = "",
  source: { document, path },
}: Pick<PatchEntry, "text" | "source">): readonly Document[] {
  const documents = readDocuments({ path: "", text });
  const kustomization = document.read();
  const scalar = kustomization.ok ? nodeAt(kustomization.root, path) : undefined;
  const [only] = documents;
  if (documents.length !== 1 || !only || scalar?.type !== "scalar") return documents;
  const read = () => readEmbedded(document.file, scalar);
  const { start, end } = scalar;
  return [{ ...only, file: document.file, start, end, within: { document, path }, read: once(read) }];
}

function partsOf(value: JsonObject, sourceOf: PatchSource): readonly MergePart[] {
  const { kind, items } = value;
  if (typeof kind !== "string" || !kind.endsWith("List") || !Array.isArray(items))
    return [{ value, sourceOf }];
  return items.flatMap((item: Json, index) =>
    isObject(item) ? partsOf(item, (path) => sourceOf(["items", index, ...path])) : [],
  );
}
