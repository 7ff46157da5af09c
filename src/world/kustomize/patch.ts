/** Which objects the patches of a kustomization change, and what becomes of them. */
import { isObject, type Json, type JsonObject } from "../../kube/json.ts";
import { type Document, readDocuments } from "../../source/document.ts";
import { readEmbedded } from "../../source/embedded.ts";
import { nodeAt, type Path, toValue } from "../../source/node.ts";
import { type Draft, edited, identityOf, sameIdentity, withIdentity } from "./draft.ts";
import { jsonPatch } from "./json-patch.ts";
import { type BuildProblem, locationOfSource, type PatchEntry, type Source } from "./kustomization.ts";
import { mergePatch, type PatchSource } from "./merge.ts";
import { targetMatcher } from "./target.ts";

/** One document of a patch entry, parsed when an object may be meant by it. */
export interface PatchDocument {
  /** The kind of object it is for; undefined when that is not known before it is parsed. */
  readonly kind: string | undefined;
  content(): PatchContent | string;
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

/**
 * The objects after a kustomization's patches (v5.8.1). A patch that finds no object is passed over, and with a target not
 * even read: the object may be of a kind that does not matter here, or come from a remote base.
 */
export function applyPatches(
  drafts: readonly Draft[],
  entries: readonly PatchEntry[],
  patchOf: (entry: PatchEntry) => readonly PatchDocument[] | string,
): Patching {
  const problems: BuildProblem[] = [];
  let next = drafts;
  for (const entry of entries) {
    const result = applyPatch(next, entry, patchOf);
    if (typeof result !== "string") next = result;
    else {
      const subject = entry.file ?? "an inline patch";
      problems.push({ kind: "patch", subject, detail: result, location: locationOfSource(entry.source) });
    }
  }
  return { drafts: next.some(({ own }) => own) ? next.map(edited) : next, problems };
}

function applyPatch(
  drafts: readonly Draft[],
  entry: PatchEntry,
  patchOf: (entry: PatchEntry) => readonly PatchDocument[] | string,
): readonly Draft[] | string {
  const matcher = entry.target && targetMatcher(entry.target);
  if (typeof matcher === "string") return matcher;
  if (matcher && !drafts.some(matcher)) return drafts;
  const patch = patchOf(entry);
  if (typeof patch === "string") return patch;
  const kinds = matcher ? undefined : kindsOf(drafts);
  let next = drafts;
  for (const { kind, content } of patch) {
    if (kinds && kind !== undefined && !kinds.has(kind)) continue;
    const read = content();
    if (typeof read === "string") return read;
    if (read.type === "json") {
      return matcher ? applyOperations(next, matcher, read) : "a JSON patch needs a target";
    }
    for (const part of read.parts) next = applyPart(next, entry, part, matcher);
  }
  return next;
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
  matcher: ((draft: Draft) => boolean) | undefined,
): readonly Draft[] {
  const selected = new Set(matcher ? drafts.filter(matcher) : namedBy(value, drafts));
  if (selected.size === 0) return drafts;
  return drafts.flatMap((draft) => {
    if (!selected.has(draft)) return [draft];
    const renames = entry.allowNameChange || entry.allowKindChange;
    return mergePatch(renames ? withIdentity(draft) : draft, value, sourceOf, entry) ?? [];
  });
}

function applyOperations(
  drafts: readonly Draft[],
  matcher: (draft: Draft) => boolean,
  { operations, sourceOf }: Extract<PatchContent, { type: "json" }>,
): readonly Draft[] | string {
  const next: Draft[] = [];
  for (const draft of drafts) {
    const result = matcher(draft)
      ? jsonPatch(withIdentity(draft), operations, sourceOf)
      : { ok: true as const, draft };
    if (!result.ok) return result.reason;
    next.push(result.draft);
  }
  return next;
}

/** The one object that has, or had, the identity the patch gives; none when there are several. */
function namedBy(patch: JsonObject, drafts: readonly Draft[]): readonly Draft[] {
  const wanted = identityOf({ value: patch });
  const found = drafts.filter(
    (draft) =>
      draft.earlier.some((one) => sameIdentity(one, wanted)) || sameIdentity(identityOf(draft), wanted),
  );
  return found.length === 1 ? found : [];
}

/** Reads a patch: its file by `documentsOf`, or the text in the kustomization. A string says why it cannot be read. */
export function readPatch(
  entry: PatchEntry,
  documentsOf: (path: string) => readonly Document[] | undefined,
): readonly PatchDocument[] | string {
  const documents = entry.file ? documentsOf(entry.file) : inlineDocuments(entry);
  if (!documents) return `${entry.file} does not exist`;
  if (documents.length === 0) return "the patch is empty";
  return documents.map((document) => {
    const { kind, sure } = document.peek;
    return {
      kind: sure && !kind?.endsWith("List") ? kind : undefined,
      content: once(() => contentOf(document, entry)),
    };
  });
}

function contentOf(document: Document, entry: PatchEntry): PatchContent | string {
  const reading = document.read();
  if (!reading.ok) return `the patch cannot be read: ${reading.error.message}`;
  const value: Json = reading.root ? toValue(reading.root) : null;
  const isPlaced = document.file.path === (entry.file ?? entry.source.document.file.path);
  const sourceOf = (path: Path): Source => (isPlaced ? { document, path } : entry.source);
  if (Array.isArray(value)) return { type: "json", operations: value, sourceOf };
  return { type: "merge", parts: isObject(value) ? partsOf(value, sourceOf) : [] };
}

/** The documents of an inline patch. One alone has its places in the kustomization; several have none. */
function inlineDocuments({ text = "", source: { document, path } }: PatchEntry): readonly Document[] {
  const documents = readDocuments({ path: "", text });
  const kustomization = document.read();
  const scalar = kustomization.ok ? nodeAt(kustomization.root, path) : undefined;
  const [only] = documents;
  if (documents.length !== 1 || !only || scalar?.type !== "scalar") return documents;
  const read = () => readEmbedded(document.file, scalar);
  return [{ ...only, file: document.file, start: scalar.start, end: scalar.end, read: once(read) }];
}

function once<T>(make: () => T): () => T {
  let known: { readonly value: T } | undefined;
  return () => {
    known ??= { value: make() };
    return known.value;
  };
}

function partsOf(value: JsonObject, sourceOf: PatchSource): readonly MergePart[] {
  const { kind, items } = value;
  if (typeof kind !== "string" || !kind.endsWith("List") || !Array.isArray(items))
    return [{ value, sourceOf }];
  return items.flatMap((item: Json, index) =>
    isObject(item) ? partsOf(item, (path) => sourceOf(["items", index, ...path])) : [],
  );
}
