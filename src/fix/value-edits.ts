/** The smallest edits of a text that make one of its documents say another value, and nothing else say anything else. */
import { type Document, readDocuments } from "../source/document.ts";
import { type Node, type Path, toValue, type Value } from "../source/node.ts";
import { type Outline, outlineOf } from "../source/outline.ts";
import { applyEdits, type Edit, sortedEdits } from "../source/splice.ts";
import type { Literals } from "../source/write-scalar.ts";
import { taskFor } from "./edit-task.ts";
import { editRoot } from "./node-edits.ts";
import { isList, isMap, isSame, says } from "./same.ts";

export type ValueEdits =
  | { readonly ok: true; readonly edits: readonly Edit[] }
  | { readonly ok: false; readonly reason: string };

/**
 * Edits that turn what `root` says into `after`. `root` is the root of one of the text's documents, or with `path` the root under
 * which something at that path becomes `after`. What need not change keeps its text: comments, the order of keys, quotes,
 * indentation, flow style, line ends. The edited text is read again; where it would not say exactly what it shall, or another
 * document would change, there is a reason instead of edits.
 */
export function editsBetween(text: string, root: Node, after: Value, path: Path = []): ValueEdits {
  const documents = readDocuments({ path: "", text });
  const index = documents.findIndex(
    ({ start, end }) => start <= root.start && root.start < Math.max(end, start + 1),
  );
  const document = documents[index];
  if (!document) return { ok: false, reason: "there is no document at this place of the text" };
  const reading = document.read();
  if (!reading.ok || !reading.root) return { ok: false, reason: "the document cannot be read" };
  if (reading.root.start !== root.start || reading.root.type !== root.type) {
    return { ok: false, reason: "the document is not the one that was read" };
  }
  const wanted = path.length === 0 ? after : withValueAt(toValue(reading.root), path, after);
  if (wanted === undefined) return { ok: false, reason: "nothing stands at that path" };
  if (says(reading.root, wanted)) return { ok: true, edits: [] };
  const outline = outlineOfDocument(document, reading.root);
  if (!outline) return { ok: false, reason: "the document is written in a way that cannot be edited" };
  const target = { text, documents, index, outline, root: reading.root, wanted };
  const edits = editsWith(target, "clipped", true);
  return edits.ok ? edits : editsWith(target, "none", false);
}

interface Target {
  readonly text: string;
  readonly documents: readonly Document[];
  readonly index: number;
  readonly outline: Outline;
  readonly root: Node;
  readonly wanted: Value;
}

/** The edits, checked; a literal block may take in a comment that follows it, and a moved one empty lines, so that there is a
 * second way without either. */
function editsWith(
  { text, documents, index, outline, root, wanted }: Target,
  literals: Literals,
  moves: boolean,
): ValueEdits {
  const task = taskFor(text, outline, literals, moves);
  editRoot(task, outline.root, root, wanted);
  if (task.refusal !== undefined) return { ok: false, reason: task.refusal };
  const reason = whyWrong(text, documents, index, task.edits, wanted);
  return reason === undefined ? { ok: true, edits: sortedEdits(task.edits) } : { ok: false, reason };
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

/** Why the edited text is not what it shall be: one document that says `wanted`, all others as they were. */
function whyWrong(
  text: string,
  before: readonly Document[],
  index: number,
  edits: readonly Edit[],
  wanted: Value,
): string | undefined {
  const applied = applyEdits(text, edits);
  if (!applied.ok) return `the edits of this document contradict each other (${applied.reason})`;
  const after = readDocuments({ path: "", text: applied.text });
  const isOther = ({ start, end }: Document, at: number) => {
    const now = after[at];
    return at !== index && (!now || text.slice(start, end) !== applied.text.slice(now.start, now.end));
  };
  if (after.length !== before.length || before.some(isOther))
    return "the edits would change another document";
  const reading = after[index]?.read();
  if (!reading?.ok) return `the edited document could not be read: ${reading?.error.message}`;
  const value = reading.root ? toValue(reading.root) : null;
  if (!isSame(value, wanted)) return "the edited document would not say exactly what it shall";
  const duplicates = (document: Document | undefined) => {
    const found = document?.read();
    return found?.ok ? (found.duplicates?.length ?? 0) : 0;
  };
  return duplicates(after[index]) > duplicates(before[index]) ? "a key would stand twice" : undefined;
}
