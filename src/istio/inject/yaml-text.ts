/** Plain data as the YAML text that Kubernetes' own writer makes of it (sigs.k8s.io/yaml 1.6). */

import { formatFloat } from "../../gotemplate/float.ts";
import { byteLength } from "../../gotemplate/text.ts";
import { isObject, type Json } from "../../kube/json.ts";
import { compareYamlKeys } from "./yaml-order.ts";
import { readsAsOther } from "./yaml-plain.ts";

/** Beyond this column a text is broken at its next space. */
const lineWidth = 80;
/** Keys with more bytes stand behind a question mark. */
const longestKey = 128;

/**
 * The text of a value, ending in a newline: keys in natural order, lists not indented below their key. Empty where a text holds a
 * character that YAML cannot.
 */
export function yamlText(value: Json): string {
  const lines: string[] = [];
  if (!writeValue(lines, value, "", "")) return "";
  // A block that ends in such a separator has its line break already.
  return lines.map((line) => (/[\u2028\u2029]$/.test(line) ? line : `${line}\n`)).join("");
}

/** Writes a value whose first line starts with `lead`, such as "- ", and whose other lines are indented by `indent`. */
function writeValue(lines: string[], value: Json, lead: string, indent: string): boolean {
  if (Array.isArray(value)) {
    if (value.length === 0) lines.push(`${lead}[]`);
    return value.every((item: Json, index) =>
      writeValue(lines, item, `${index === 0 ? lead : indent}- `, `${indent}  `),
    );
  }
  if (isObject(value)) {
    const keys = Object.keys(value).sort(compareYamlKeys);
    if (keys.length === 0) lines.push(`${lead}{}`);
    return keys.every((key, index) =>
      writeEntry(lines, index === 0 ? lead : indent, key, value[key] ?? null, indent),
    );
  }
  return writeScalar(lines, value, lead, indent);
}

function writeScalar(lines: string[], value: Json, lead: string, indent: string): boolean {
  if (typeof value === "string") {
    const text = asRead(value);
    if (text === undefined) return false;
    const start = { column: columns(lead), indent: indent === "" ? "  " : indent };
    lines.push(lead + stringText(text, start));
  } else lines.push(lead + (typeof value === "number" ? numberText(value) : String(value)));
  return true;
}

function writeEntry(lines: string[], lead: string, key: string, value: Json, indent: string): boolean {
  if (!isWritable(key) || key.includes("\u0085")) return false;
  const below = `${indent}  `;
  if (breaks.test(key) || byteLength(key) > longestKey) {
    lines.push(`${lead}? ${stringText(key, { column: columns(lead) + 2, indent: below })}`);
    return writeValue(lines, value, `${indent}: `, below);
  }
  const head = `${lead}${stringText(key)}:`;
  if (Array.isArray(value) && value.length > 0) {
    lines.push(head);
    return writeValue(lines, value, indent, indent);
  }
  if (isObject(value) && Object.keys(value).length > 0) {
    lines.push(head);
    return writeValue(lines, value, below, below);
  }
  return writeValue(lines, value, `${head} `, below);
}

function numberText(value: number): string {
  const isInteger = Number.isInteger(value) && value < 2 ** 64 && value >= -(2 ** 63);
  return isInteger ? String(value) : formatFloat(value, "g", -1);
}

/** A text as the writer has it: it reads JSON as YAML first, where NEL is a line break. Undefined where that reading fails. */
function asRead(text: string): string | undefined {
  if (!isWritable(text)) return undefined;
  return text.replace(/ *\u0085[ \u0085]*/g, (run) => "\n".repeat(run.replaceAll(" ", "").length - 1) || " ");
}

const unreadable = /[\u007f-\u0084\u0086-\u009f\ufffe\uffff]/;
function isWritable(text: string): boolean {
  return !unreadable.test(text);
}

/** Where a text begins and how far its further lines are indented; without a start it stays on its line. */
interface Start {
  readonly column: number;
  readonly indent: string;
}

const breaks = /[\n\r\u0085\u2028\u2029]/;
/** Characters that only double quotes can hold. */
const special = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\ufeff\ufffe\uffff\ud800-\udfff]| [\n\u2028\u2029]/;
const plain = /^(?! )[^#,[\]{}&*!|>'"%@`?:-].*(?<! )$|^[?:-](?! |$).*(?<! )$/s;
const indicator = /: |:$| #|^---|^\.\.\./;

function stringText(text: string, start?: Start): string {
  const isSpecial = special.test(text);
  if (text.includes("\n") && start && !isSpecial && !text.endsWith(" ")) return literal(text, start.indent);
  if (isSpecial || text.includes("\n") || readsAsOther(text)) return doubleQuoted(text, start);
  if (plain.test(text) && !indicator.test(text) && !breaks.test(text)) return folded(text, 0, start);
  if (/[\u2028\u2029] /.test(text)) return doubleQuoted(text, start);
  return `'${folded(text.replaceAll("'", "''"), 1, start)}'`;
}

/** The columns that a line's beginning takes. */
function columns(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** Lines are broken at single spaces within the text. */
function folded(text: string, offset: number, start: Start | undefined): string {
  if (!start || (text.length + start.column <= lineWidth && !breaks.test(text))) return text;
  const { indent } = start;
  let column = start.column + offset;
  let out = "";
  let previous = "";
  for (let i = 0; i < text.length; i++) {
    const char = text[i] ?? "";
    const next = text[i + 1];
    if (isLineBreak(previous) && !isLineBreak(char)) {
      out += indent;
      column = indent.length;
    }
    const isInner = i > 0 && next !== undefined;
    if (char === " " && isInner && previous !== " " && next !== " " && column > lineWidth) {
      out += `\n${indent}`;
      column = indent.length;
    } else {
      out += char;
      column = isLineBreak(char) ? 0 : column + 1;
    }
    previous = char;
  }
  return out;
}

function isLineBreak(char: string): boolean {
  return char === "\u2028" || char === "\u2029" || char === "\n";
}

function literal(text: string, indent: string): string {
  const hint = /^[ \n\u2028\u2029]/.test(text) ? "2" : "";
  const chomp = !/[\n\u2028\u2029]$/.test(text)
    ? "-"
    : /(?:^|[\n\u2028\u2029])[\n\u2028\u2029]$/.test(text)
      ? "+"
      : "";
  const body = text.replace(/\n$/, "").replace(/(^|[\n\u2028\u2029])(?=[^\n\u2028\u2029])/g, `$1${indent}`);
  return `|${hint}${chomp}\n${body}`;
}

const escapes: Readonly<Record<string, string>> = {
  "\0": "\\0",
  "\u0007": "\\a",
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\v": "\\v",
  "\f": "\\f",
  "\r": "\\r",
  "\u001b": "\\e",
  '"': '\\"',
  "\\": "\\\\",
  "\u0085": "\\N",
  "\u2028": "\\L",
  "\u2029": "\\P",
};
const escapedAlways = /[\u0000-\u001f"\\\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/;

function doubleQuoted(text: string, start: Start | undefined): string {
  const indent = start?.indent ?? "";
  // A byte order mark at the beginning makes the writer escape all that follows.
  const all = text.startsWith("\ufeff");
  let column = (start?.column ?? 0) + 1;
  let out = "";
  let space = false;
  let at = 0;
  for (const char of text) {
    const next = at + char.length;
    if (all || char.length > 1 || escapedAlways.test(char)) {
      const sequence = escaped(char);
      out += sequence;
      column += sequence.length;
      space = false;
    } else if (char === " " && start && !space && column > lineWidth && at > 0 && next < text.length) {
      out += `\n${indent}${text[next] === " " ? "\\" : ""}`;
      column = indent.length + (text[next] === " " ? 1 : 0);
      space = true;
    } else {
      out += char;
      column++;
      space = char === " ";
    }
    at = next;
  }
  return `"${out}"`;
}

function escaped(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  if (code === 0xa0) return "\\_";
  return (
    escapes[char] ??
    (code < 0x100 ? `\\x${hex(code, 2)}` : code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`)
  );
}

function hex(code: number, digits: number): string {
  return code.toString(16).toUpperCase().padStart(digits, "0");
}
