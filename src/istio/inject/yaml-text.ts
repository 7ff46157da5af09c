/** Plain data as the YAML text that Kubernetes' own writer makes of it (sigs.k8s.io/yaml 1.6). */
import { formatFloat } from "../../gotemplate/float.ts";
import { isObject, type Json } from "../../kube/json.ts";
import { sortedKeys } from "../go-json.ts";

/** The text of a value, ending in a newline: keys sorted, lists not indented below their key. Long lines are not folded. */
export function yamlText(value: Json): string {
  const lines: string[] = [];
  writeValue(lines, value, "", "");
  return `${lines.join("\n")}\n`;
}

/** Writes a value whose first line starts with `lead`, such as "- ", and whose other lines are indented by `indent`. */
function writeValue(lines: string[], value: Json, lead: string, indent: string): void {
  if (Array.isArray(value)) {
    if (value.length === 0) lines.push(`${lead}[]`);
    value.forEach((item: Json, index) => {
      writeValue(lines, item, `${index === 0 ? lead : indent}- `, `${indent}  `);
    });
  } else if (isObject(value)) {
    const keys = sortedKeys(value);
    if (keys.length === 0) lines.push(`${lead}{}`);
    keys.forEach((key, index) => {
      writeEntry(
        lines,
        `${index === 0 ? lead : indent}${scalarText(key, "", true)}:`,
        value[key] ?? null,
        indent,
      );
    });
  } else lines.push(`${lead}${scalarText(value, indent, false)}`);
}

function writeEntry(lines: string[], head: string, value: Json, indent: string): void {
  if (Array.isArray(value) && value.length > 0) {
    lines.push(head);
    writeValue(lines, value, indent, indent);
  } else if (isObject(value) && Object.keys(value).length > 0) {
    lines.push(head);
    writeValue(lines, value, `${indent}  `, `${indent}  `);
  } else writeValue(lines, value, `${head} `, `${indent}  `);
}

function scalarText(value: Json, indent: string, isKey: boolean): string {
  if (typeof value === "string") return stringText(value, indent, isKey);
  if (typeof value !== "number") return String(value);
  // A whole number that no 64-bit integer holds is read as a float.
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 64) return String(value);
  return Math.abs(value) < 2 ** 64
    ? String(value).replace(/e([+-])([0-9])$/, "e$10$2")
    : formatFloat(value, "g", -1);
}

function stringText(text: string, indent: string, isKey: boolean): string {
  const isSpecial = special.test(text) || / \n/.test(text);
  if (text.includes("\n") && !isKey && !isSpecial && !text.endsWith(" ")) return literal(text, indent);
  if (text.includes("\n") || isSpecial || readsAsOther(text)) return doubleQuoted(text);
  if (plain.test(text) && !hasIndicator(text)) return text;
  return `'${text.replaceAll("'", "''")}'`;
}

/** Characters that only double quotes can hold. */
const special = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/;
const plain = /^(?! )[^#,[\]{}&*!|>'"%@`?:-].*(?<! )$|^[?:-](?! |$).*(?<! )$/s;

function hasIndicator(text: string): boolean {
  return /: |:$| #|^---|^\.\.\./.test(text);
}

const words =
  /^(?:~|null|Null|NULL|true|True|TRUE|false|False|FALSE|y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF|<<)?$/;
const numbers =
  /^[-+]?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|\.(?:inf|Inf|INF)|(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9_]+)(?:[eE][-+]?[0-9]+)?|[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?)$|^\.(?:nan|NaN|NAN)$/;
const times =
  /^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?.*)?$/;

/** Whether a plain text would be read as something that is no text. */
function readsAsOther(text: string): boolean {
  if (words.test(text)) return true;
  if (!/^[-+.0-9]/.test(text)) return false;
  return numbers.test(text) || times.test(text);
}

function literal(text: string, indent: string): string {
  const hint = /^[ \n]/.test(text) ? "2" : "";
  const chomp = !text.endsWith("\n") ? "-" : /(?:^|\n)\n$/.test(text) ? "+" : "";
  const below = indent === "" ? "  " : indent;
  const lines = text.replace(/\n$/, "").split("\n");
  return [`|${hint}${chomp}`, ...lines.map((line) => (line === "" ? "" : below + line))].join("\n");
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

function doubleQuoted(text: string): string {
  let quoted = "";
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    if (escapes[char]) quoted += escapes[char];
    else if (!special.test(char)) quoted += char;
    else quoted += code < 0x100 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`;
  }
  return `"${quoted}"`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).toUpperCase().padStart(digits, "0");
}
