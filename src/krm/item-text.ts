/** The text of one item with another value: read and edited on its own, so that a long list costs no more than its items. */

import { isSame } from "../fix/same.ts";
import { editsOfDocument } from "../fix/value-edits.ts";
import type { JsonObject } from "../kube/json.ts";
import { readDocuments } from "../source/document.ts";
import { type Node, toValue } from "../source/node.ts";
import { applyEdits, type Edit } from "../source/splice.ts";

/**
 * The edit of a list's text after which one of its items says `after`; its comments and the order of its keys stay. Undefined where the
 * item is not written for itself: with anchors or aliases, with lines that leave its column, or in flow style over several lines of a block.
 */
export function itemEdit(text: string, item: Node, after: JsonObject, inFlow: boolean): Edit | undefined {
  if (item.type !== "map") return undefined;
  return item.flow ? flowEdit(text, item, after, inFlow) : blockEdit(text, item, after);
}

function flowEdit(text: string, item: Node, after: JsonObject, inFlow: boolean): Edit | undefined {
  const { start, end } = item;
  const own = text.slice(start, end);
  const edited = anchor.test(own) ? undefined : editedText(own, item, after);
  const isSafe = inFlow || edited?.includes("\n") === false;
  return edited !== undefined && isSafe ? { start, end, text: edited } : undefined;
}

function blockEdit(text: string, item: Node, after: JsonObject): Edit | undefined {
  const block = blockOf(text, item);
  if (!block) return undefined;
  const { start, end, column } = block;
  const own = alone(text.slice(start, end), column);
  const edited = own === undefined ? undefined : editedText(own, item, after);
  return edited === undefined ? undefined : { start, end, text: indented(edited, column) };
}

/** Where the lines of an item stand: from its first character, in a column of the first line, to the end of its last line. */
export interface ItemBlock {
  readonly start: number;
  readonly end: number;
  readonly column: number;
}

/** The lines of an item in block style; undefined where something else stands in front of it. */
export function blockOf(text: string, item: Node): ItemBlock | undefined {
  const { start } = item;
  const column = start - (text.lastIndexOf("\n", start - 1) + 1);
  if (!/^ *-? *$/.test(text.slice(start - column, start))) return undefined;
  return { start, end: endOfLine(text, item.end), column };
}

/** The lines of an item as a text of their own; undefined where they do not stand for themselves. */
export function alone(block: string, column: number): string | undefined {
  return anchor.test(block) ? undefined : moved(block, column);
}

/** A text that is an item alone, edited to say something else; undefined where it does not say what the item says. */
function editedText(own: string, item: Node, after: JsonObject): string | undefined {
  const [document, second] = readDocuments({ path: "", text: own });
  const reading = document?.read();
  if (!document || second || !reading?.ok || !reading.root) return undefined;
  if (!isSame(toValue(reading.root), toValue(item))) return undefined;
  const plan = editsOfDocument(document, after);
  const edited = plan.ok ? applyEdits(own, plan.edits) : undefined;
  return edited?.ok ? edited.text : undefined;
}

/** Others may repeat what is anchored in an item. */
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

/** The reverse of `alone`. */
export function indented(block: string, column: number): string {
  const pad = " ".repeat(column);
  const lines = block.split("\n");
  for (let index = 1; index < lines.length; index++) {
    const line = lines[index] ?? "";
    if (line !== "" && line !== "\r") lines[index] = pad + line;
  }
  // Joined, the text is one piece; what replaces by a pattern keeps all of its pieces, which takes four times the room.
  return lines.join("\n");
}
