/** The smallest edits of a text that make one of its documents say another value, and nothing else say anything else. */
import { type Document, readDocuments } from "../source/document.ts";
import { type Node, type Path, toValue, type Value } from "../source/node.ts";
import { type Outline, outlineOf } from "../source/outline.ts";
import { applyEdits, type Edit, sortedEdits } from "../source/splice.ts";
import type { Literals } from "../source/write-scalar.ts";
import { type Spelled, taskFor } from "./edit-task.ts";
import { editRoot } from "./node-edits.ts";
import { isList, isMap, isSame, says } from "./same.ts";

export type ValueEdits =
  | { readonly ok: true; readonly edits: readonly Edit[] }
  | { readonly ok: false; readonly reason: string };

/**
 * Edits of a document's file after which the document says `after`, or with `path` says `after` at that path. What need not change
 * keeps its text: comments, the order of keys, quotes, indentation, flow style, line ends, all other documents. The edited document is
 * read again; where it would not say exactly what it shall, or would be another number of documents, there is a reason instead of edits.
 */
export function editsOfDocument(
  document: Document,
  after: Value,
  path: Path = [],
  options: EditOptions = {},
): ValueEdits {
  const reading = document.read();
  if (!reading.ok || !reading.root) return { ok: false, reason: "there is nothing that can be read" };
  const { root } = reading;
  const wanted = path.length === 0 ? after : withValueAt(toValue(root), path, after);
  if (wanted === undefined) return { ok: false, reason: "nothing stands at that path" };
  const { also, final = wanted } = options;
  if (says(root, wanted)) {
    if (!also || also.length === 0) return { ok: true, edits: [] };
    const reason = whyWrong(document, also, final);
    return reason === undefined ? { ok: true, edits: also } : { ok: false, reason };
  }
  const outline = outlineOfDocument(document, root);
  if (!outline) return { ok: false, reason: "the document is written in a way that cannot be edited" };
  const target = { document, outline, root, wanted, options };
  const edits = editsWith(target, "clipped", true);
  return edits.ok ? edits : editsWith(target, "none", false);
}

/** How edits are made where there is a choice. */
export interface EditOptions {
  /** Whether new keys stand where they stand in the value, rather than behind all others. */
  readonly ordered?: boolean;
  /** Whether an alias or a merge key that would have to be written out is a reason not to edit. */
  readonly keepsAliases?: boolean;
  /** Of maps of the value: entries as they are to be spelled in a block, with a comment behind them. */
  readonly spelled?: Spelled;
  /** Edits made otherwise, such as of keys, and what the document says with them. */
  readonly also?: readonly Edit[];
  readonly final?: Value;
}

function choicesOf({ ordered = false, keepsAliases = false, spelled }: EditOptions) {
  return { ordered, keepsAliases, spelled };
}

interface Target {
  readonly document: Document;
  readonly outline: Outline;
  readonly root: Node;
  readonly wanted: Value;
  readonly options: EditOptions;
}

/**
 * The edits, checked. A literal block may take in a comment that follows it, and a moved item empty lines, so that there is a
 * second way without either.
 */
function editsWith(target: Target, literals: Literals, moves: boolean): ValueEdits {
  const { document, outline, root, wanted, options } = target;
  const plain = taskFor(document.file.text, document.start, outline, literals, moves);
  const task = { ...plain, ...choicesOf(options) };
  editRoot(task, outline.root, root, wanted);
  if (task.refusal !== undefined) return { ok: false, reason: task.refusal };
  const edits = sortedEdits([...task.edits, ...(options.also ?? [])]);
  const reason = whyWrong(document, edits, options.final ?? wanted);
  return reason === undefined ? { ok: true, edits } : { ok: false, reason };
}

function outlineOfDocument({ file, body, end }: Document, root: Node): Outline | undefined {
  for (const json of [false, true]) {
    const outline = outlineOf(file.text, body, end, json);
    if (outline && outline.root.start === root.start) return outline;
  }
  return undefined;
}

/** A value in which something at a path is replaced; undefined where nothing stands there. */
function withValueAt(value: Value, path: Path, after: Value): Value | undefined {
  const [step, ...rest] = path;
  if (step === undefined) return after;
  if (
    typeof step === "number"
      ? !isList(value) || !(step in value)
      : !isMap(value) || !Object.hasOwn(value, step)
  ) {
    return undefined;
  }
  const inner = withValueAt((value as Record<string | number, Value>)[step] ?? null, rest, after);
  if (inner === undefined) return undefined;
  if (isList(value)) return value.map((item, index) => (index === step ? inner : item));
  return { ...(value as object), [step]: inner };
}

/** Why the edited document is not what it shall be: one document still, that says `wanted`. */
function whyWrong(document: Document, edits: readonly Edit[], wanted: Value): string | undefined {
  const { start, end, file } = document;
  if (edits.some((edit) => edit.start < start || edit.end > end)) return otherDocument;
  const text = file.text.slice(start, end);
  const moved = edits.map((edit) => ({ ...edit, start: edit.start - start, end: edit.end - start }));
  const applied = applyEdits(text, moved);
  if (!applied.ok) return `the edits of this document contradict each other (${applied.reason})`;
  const [before, ...more] = readDocuments({ path: "", text });
  const [after, ...others] = readDocuments({ path: "", text: applied.text });
  if (!before || !after || more.length > 0 || others.length > 0) return otherDocument;
  const isCut = after.start !== before.start || applied.text.length - after.end !== text.length - before.end;
  if (isCut) return otherDocument;
  const reading = after.read();
  if (!reading.ok) return `the edited document could not be read: ${reading.error.message}`;
  if (!isSame(reading.root ? toValue(reading.root) : null, wanted)) {
    return "the edited document would not say exactly what it shall";
  }
  return duplicatesOf(after) > duplicatesOf(document) ? "a key would stand twice" : undefined;
}

const otherDocument = "the edits would change another document";

function duplicatesOf(document: Document): number {
  const reading = document.read();
  return reading.ok ? (reading.duplicates?.length ?? 0) : 0;
}
