/** The text of one item with another value: read and edited on its own, so that a long list costs no more than its items. */

import { isSame } from "../fix/same.ts";
import { editsOfDocument } from "../fix/value-edits.ts";
import type { JsonObject } from "../kube/json.ts";
import { readDocuments } from "../source/document.ts";
import { type Node, toValue } from "../source/node.ts";
import { applyEdits, type Edit } from "../source/splice.ts";

/**
 * The edit of a list's text after which one of its items says `after`; its comments and the order of its keys stay. Undefined where the
 * item is not written as a block of its own: in flow style, with anchors or aliases, or with lines that leave its column.
 */
export function itemEdit(text: string, item: Node, after: JsonObject): Edit | undefined {
  if (item.type !== "map" || item.flow) return undefined;
  const { start } = item;
  const column = start - (text.lastIndexOf("\n", start - 1) + 1);
  if (!/^ *-? *$/.test(text.slice(start - column, start))) return undefined;
  const end = endOfLine(text, item.end);
  const block = text.slice(start, end);
  // Others may repeat what is anchored here.
  if (anchor.test(block)) return undefined;
  const own = moved(block, column);
  const [document, second] = own === undefined ? [] : readDocuments({ path: "", text: own });
  const reading = document?.read();
  if (own === undefined || !document || second || !reading?.ok || !reading.root) return undefined;
  if (!isSame(toValue(reading.root), toValue(item))) return undefined;
  const plan = editsOfDocument(document, after);
  const edited = plan.ok ? applyEdits(own, plan.edits) : undefined;
  return edited?.ok ? { start, end, text: indented(edited.text, column) } : undefined;
}

const anchor = /(?:^|[\s,[{])&[^\s&]/;

function endOfLine(text: string, offset: number): number {
  if (offset > 0 && text.charAt(offset - 1) === "\n") return offset;
  const end = text.indexOf("\n", offset);
  return end < 0 ? text.length : end + 1;
}

/** A block whose first line begins at a column, at column 0; undefined where another line begins before that column. */
function moved(block: string, column: number): string | undefined {
  const pad = " ".repeat(column);
  const lines = block.split("\n");
  for (let index = 1; index < lines.length; index++) {
    const line = lines[index] ?? "";
    if (line.startsWith(pad)) lines[index] = line.slice(column);
    else if (line.trim() === "") lines[index] = "";
    else return undefined;
  }
  return lines.join("\n");
}

function indented(block: string, column: number): string {
  const pad = " ".repeat(column);
  const lines = block.split("\n");
  for (let index = 1; index < lines.length; index++) {
    const line = lines[index] ?? "";
    if (line !== "" && line !== "\r") lines[index] = pad + line;
  }
  // Joined, the text is one piece; what replaces by a pattern keeps all of its pieces, which takes four times the room.
  return lines.join("\n");
}
