/** Whether a document is no YAML because it is a template of Helm, Ansible and the like that will be. */
import { type Document, readDocuments } from "../source/document.ts";
import type { ReadError } from "../source/reading.ts";

/**
 * Whether the braces of templates explain why a document cannot be read: the fault is at a line with some, or there is none
 * once words stand in their place. A document that merely mentions braces is broken all the same.
 */
export function isTemplateFault(document: Document, error: ReadError): boolean {
  const { file, start, end } = document;
  const text = file.text.slice(start, end);
  if (!text.includes("{{") && !text.includes("{%")) return false;
  if (opens(lineAt(file.text, error.offset))) return true;
  return readDocuments({ path: file.path, text: withoutActions(text) })[0]?.read().ok ?? true;
}

function opens(line: string): boolean {
  return line.includes("{{") || line.includes("{%");
}

function lineAt(text: string, offset: number): string {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const end = text.indexOf("\n", start);
  return text.slice(start, end < 0 ? text.length : end);
}

const closers: Readonly<Record<string, string>> = { "{{": "}}", "{%": "%}", "{#": "#}" };

/** The text with a word in place of every action, and nothing in place of one that has its lines for itself. */
function withoutActions(text: string): string {
  const unclosed = new Set<string>();
  let result = "";
  let from = 0;
  for (let at = text.indexOf("{"); at >= 0; at = text.indexOf("{", Math.max(at + 1, from))) {
    const closer = closers[text.slice(at, at + 2)];
    if (closer === undefined || unclosed.has(closer)) continue;
    const close = text.indexOf(closer, at + 2);
    if (close < 0) {
      unclosed.add(closer);
      continue;
    }
    const isAlone = isLineEnd(text, at - 1, -1) && isLineEnd(text, close + 2, 1);
    result += text.slice(from, at) + (isAlone ? "" : "x");
    from = close + 2;
  }
  return result + text.slice(from);
}

/** Whether only blanks stand between a position and the end of its line, in one direction. */
function isLineEnd(text: string, from: number, step: 1 | -1): boolean {
  let at = from;
  while (text[at] === " " || text[at] === "\t" || text[at] === "\r") at += step;
  return text[at] === undefined || text[at] === "\n";
}
