/** The edits of one document of a text, found by its root: what tests give in place of a Document. */
import { editsOfDocument, type ValueEdits } from "../../src/fix/value-edits.ts";
import { readDocuments } from "../../src/source/document.ts";
import type { Node, Path, Value } from "../../src/source/node.ts";

export function editsBetween(text: string, root: Node, after: Value, path: Path = []): ValueEdits {
  const document = readDocuments({ path: "", text }).findLast(({ start }) => start <= root.start);
  const reading = document?.read();
  if (!document || !reading?.ok || reading.root?.start !== root.start || reading.root.type !== root.type) {
    return { ok: false, reason: "no document of the text has this root" };
  }
  return editsOfDocument(document, after, path);
}
