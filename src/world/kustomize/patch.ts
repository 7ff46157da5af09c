/** Which objects the patches of a kustomization change, and what becomes of them. */
import { isObject, type Json, type JsonObject } from "../../kube/json.ts";
import { type Document, readDocuments } from "../../source/document.ts";
import { readEmbedded } from "../../source/embedded.ts";
import { nodeAt, type Path, toValue } from "../../source/node.ts";
import { type Draft, identityKey, identityOf, withIdentity } from "./draft.ts";
import { jsonPatch } from "./json-patch.ts";
import { type BuildProblem, locationOfSource, type PatchEntry, type Source } from "./kustomization.ts";
import { mergePatch, type PatchSource } from "./merge.ts";
import { targetMatcher } from "./target.ts";

/** The contents of a patch entry. */
export type Patch =
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
 * The objects after a kustomization's patches (v5.8.1). A patch without a target that finds no object is passed over:
 * the object may be of a kind that does not matter here, or come from a remote base.
 */
export function applyPatches(
  drafts: readonly Draft[],
  entries: readonly PatchEntry[],
  patchOf: (entry: PatchEntry) => Patch | string,
): Patching {
  const problems: BuildProblem[] = [];
  let next = drafts;
  for (const entry of entries) {
    const result = applyPatch(next, entry, patchOf(entry));
    if (typeof result !== "string") next = result;
    else {
      const subject = entry.file ?? "an inline patch";
      problems.push({ kind: "patch", subject, detail: result, location: locationOfSource(entry.source) });
    }
  }
  return { drafts: next, problems };
}

function applyPatch(
  drafts: readonly Draft[],
  entry: PatchEntry,
  patch: Patch | string,
): readonly Draft[] | string {
  if (typeof patch === "string") return patch;
  const matcher = entry.target && targetMatcher(entry.target);
  if (typeof matcher === "string") return matcher;
  if (patch.type === "json") {
    return matcher ? applyOperations(drafts, matcher, patch) : "a JSON patch needs a target";
  }
  let next = drafts;
  for (const { value, sourceOf } of patch.parts) {
    const selected = matcher ? next.filter(matcher) : namedBy(value, next);
    next = next.flatMap((draft) => {
      if (!selected.includes(draft)) return [draft];
      const renames = entry.allowNameChange || entry.allowKindChange;
      return mergePatch(renames ? withIdentity(draft) : draft, value, sourceOf, entry) ?? [];
    });
  }
  return next;
}

function applyOperations(
  drafts: readonly Draft[],
  matcher: (draft: Draft) => boolean,
  { operations, sourceOf }: Extract<Patch, { type: "json" }>,
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
  const key = identityKey(identityOf({ value: patch }));
  const found = drafts.filter((draft) =>
    [...draft.earlier, identityOf(draft)].some((one) => identityKey(one) === key),
  );
  return found.length === 1 ? found : [];
}

/** Reads a patch: its file by `documentsOf`, or the text in the kustomization. A string says why it cannot be read. */
export function readPatch(
  entry: PatchEntry,
  documentsOf: (path: string) => readonly Document[] | undefined,
): Patch | string {
  const documents = entry.file ? documentsOf(entry.file) : inlineDocuments(entry);
  if (!documents) return `${entry.file} does not exist`;
  const parts: MergePart[] = [];
  for (const document of documents) {
    const reading = document.read();
    if (!reading.ok) return `the patch cannot be read: ${reading.error.message}`;
    if (!reading.root) continue;
    const value: Json = toValue(reading.root);
    const isPlaced = document.file.path === (entry.file ?? entry.source.document.file.path);
    const sourceOf = (path: Path): Source => (isPlaced ? { document, path } : entry.source);
    if (Array.isArray(value)) return { type: "json", operations: value, sourceOf };
    if (isObject(value)) parts.push(...partsOf(value, sourceOf));
  }
  return parts.length > 0 ? { type: "merge", parts } : "the patch is empty";
}

/** The documents of an inline patch. One alone has its places in the kustomization; several have none. */
function inlineDocuments({ text = "", source: { document, path } }: PatchEntry): readonly Document[] {
  const documents = readDocuments({ path: "", text });
  const kustomization = document.read();
  const scalar = kustomization.ok ? nodeAt(kustomization.root, path) : undefined;
  const [only] = documents;
  if (documents.length !== 1 || !only || scalar?.type !== "scalar") return documents;
  const reading = readEmbedded(document.file, scalar);
  return [{ ...only, file: document.file, start: scalar.start, end: scalar.end, read: () => reading }];
}

function partsOf(value: JsonObject, sourceOf: PatchSource): readonly MergePart[] {
  const { kind, items } = value;
  if (typeof kind !== "string" || !kind.endsWith("List") || !Array.isArray(items))
    return [{ value, sourceOf }];
  return items.flatMap((item: Json, index) =>
    isObject(item) ? partsOf(item, (path) => sourceOf(["items", index, ...path])) : [],
  );
}
