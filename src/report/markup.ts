/** Text made safe to stand in XML and HTML. */
import { plain } from "./cells.ts";

const references: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** The text with lone surrogates, which no file of UTF-8 can hold, replaced. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Cs}/gu, "\ufffd");
}

/** One line of text for content and attributes of XML or HTML; what neither can hold is made visible. */
export function escaped(text: string): string {
  return escapedLines(plain(text));
}

/** The same for text whose line ends and other controls are meant. */
export function escapedLines(text: string): string {
  return wellFormed(text)
    .replace(/[&<>"']/g, (character) => references[character] ?? character)
    .replace(/[\ufffe\uffff]/g, "\ufffd");
}

/** The attributes of a tag, each with a blank before it; what is undefined is left out. */
export function attributes(values: Readonly<Record<string, string | number | undefined>>): string {
  return Object.entries(values)
    .map(([name, value]) => (value === undefined ? "" : ` ${name}="${escaped(String(value))}"`))
    .join("");
}
