/** JSON as Go's encoding/json reads it into an interface and writes it from values, with its complaints. */
import type { Functions } from "../function.ts";
import { fn, fnIn } from "../function.ts";
import type { Context } from "../limits.ts";
import { Failure, LimitReached } from "../limits.ts";
import { isPrint, joined, sortedText, toBytes } from "../text.ts";
import type { StructField } from "../types.ts";
import { isFloat, isSigned, isUnsigned } from "../types.ts";
import type { Dict, Value } from "../values.ts";
import {
  boolOf,
  bytesOf,
  elementsOf,
  fieldValue,
  floatOf,
  integerOf,
  isNil,
  keysOf,
  kindOf,
  lookUp,
  newDict,
  rawField,
  rawKey,
  rawOf,
  Typed,
  targetOf,
  textOf,
} from "../values.ts";
import { encodeBase64 } from "./encoding.ts";

const MAX_DEPTH = 10_000;

/** The value of a JSON text: objects, arrays, strings, numbers as floats. Throws a Failure in Go's words. */
export function parseJson(text: string): Value {
  const position = { at: 0, depth: 0 };
  const value = readValue(text, position);
  skipSpace(text, position);
  if (position.at < text.length) throw invalid(text, position.at, "after top-level value");
  return value;
}

interface Position {
  at: number;
  depth: number;
}

function skipSpace(text: string, position: Position): void {
  while (/[ \t\r\n]/.test(text[position.at] ?? "")) position.at++;
}

/** Where even a space would be wrong; at the end of the text Go tries one. */
const NO_SPACE = /^(?:in (?!string literal)|after decimal)/;

function invalid(text: string, at: number, where: string): Failure {
  if (at < text.length) {
    // Go shows the byte it stumbled over as if it were a character.
    const char = String.fromCharCode(toBytes(String.fromCodePoint(text.codePointAt(at) ?? 0))[0] ?? 0);
    return new Failure(`invalid character ${quotedCharacter(char)} ${where}`);
  }
  return new Failure(
    NO_SPACE.test(where) ? `invalid character ' ' ${where}` : "unexpected end of JSON input",
  );
}

function quotedCharacter(char: string): string {
  if (char === "'") return "'\\''";
  if (char === '"') return "'\"'";
  if (char === "\\") return "'\\\\'";
  const point = char.codePointAt(0) ?? 0;
  if (isPrint(point)) return `'${char}'`;
  const known: Readonly<Record<string, string>> = { "\n": "\\n", "\t": "\\t", "\r": "\\r" };
  return `'${known[char] ?? `\\x${point.toString(16).padStart(2, "0")}`}'`;
}

function readValue(text: string, position: Position): Value {
  skipSpace(text, position);
  const char = text[position.at];
  switch (char) {
    case "{":
      return nested(position, () => readObject(text, position));
    case "[":
      return nested(position, () => readArray(text, position));
    case '"':
      return readString(text, position);
    case "t":
      return readWord(text, position, "true", true);
    case "f":
      return readWord(text, position, "false", false);
    case "n":
      return readWord(text, position, "null", null);
    default:
      return readNumber(text, position);
  }
}

function nested<T>(position: Position, read: () => T): T {
  // Deeper than Go goes, and deeper than the stack allows, come to the same complaint.
  if (++position.depth > Math.min(MAX_DEPTH, 1000)) throw new Failure("exceeded max depth");
  position.at++;
  const value = read();
  position.depth--;
  return value;
}

function readWord(text: string, position: Position, word: string, value: Value): Value {
  for (let i = 1; i < word.length; i++) {
    if (text[position.at + i] === word[i]) continue;
    throw invalid(text, position.at + i, `in literal ${word} (expecting '${word[i]}')`);
  }
  position.at += word.length;
  return value;
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;

function readNumber(text: string, position: Position): number {
  NUMBER.lastIndex = position.at;
  const [found] = NUMBER.exec(text) ?? [];
  if (found === undefined) {
    if (text[position.at] !== "-") throw invalid(text, position.at, "looking for beginning of value");
    throw invalid(text, position.at + 1, "in numeric literal");
  }
  position.at += found.length;
  const next = text[position.at] ?? "";
  const goesOn = next === "." ? !/[.eE]/.test(found) : /^[eE]$/.test(next) && !/[eE]/.test(found);
  if (goesOn) {
    const signed = next !== "." && /[+-]/.test(text[position.at + 1] ?? "");
    const where = next === "." ? "after decimal point in numeric literal" : "in exponent of numeric literal";
    throw invalid(text, position.at + (signed ? 2 : 1), where);
  }
  const number = Number(found);
  if (Number.isFinite(number)) return number;
  throw new Failure(`json: cannot unmarshal number ${found} into Go value of type float64`);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

function readString(text: string, position: Position): string {
  let out = "";
  let start = ++position.at;
  for (;;) {
    const char = text[position.at];
    if (char === undefined) throw invalid(text, position.at, "");
    if (char < " ") throw invalid(text, position.at, "in string literal");
    if (char === '"') break;
    if (char !== "\\") {
      position.at++;
      continue;
    }
    out += text.slice(start, position.at) + readEscape(text, position);
    start = position.at;
  }
  out += text.slice(start, position.at++);
  return wellFormed(out);
}

function readEscape(text: string, position: Position): string {
  const char = text[position.at + 1];
  const known = char === undefined ? undefined : ESCAPES[char];
  if (known !== undefined) {
    position.at += 2;
    return known;
  }
  if (char !== "u") throw invalid(text, position.at + 1, "in string escape code");
  const digits = text.slice(position.at + 2, position.at + 6);
  const bad = /[^0-9a-fA-F]|$/.exec(digits)?.index ?? 0;
  if (bad < 4) throw invalid(text, position.at + 2 + bad, "in \\u hexadecimal character escape");
  position.at += 6;
  return String.fromCharCode(Number.parseInt(digits, 16));
}

/** What is no text becomes U+FFFD, as Go has it. */
function wellFormed(text: string): string {
  return text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd");
}

function readArray(text: string, position: Position): Value[] {
  const list: Value[] = [];
  skipSpace(text, position);
  if (text[position.at] === "]") {
    position.at++;
    return list;
  }
  for (;;) {
    list.push(readValue(text, position));
    skipSpace(text, position);
    const char = text[position.at];
    if (char !== "," && char !== "]") throw invalid(text, position.at, "after array element");
    position.at++;
    if (char === "]") return list;
  }
}

function readObject(text: string, position: Position): Dict {
  const dict = newDict();
  for (let first = true; ; first = false) {
    skipSpace(text, position);
    if (first && text[position.at] === "}") break;
    if (text[position.at] !== '"') {
      throw invalid(text, position.at, "looking for beginning of object key string");
    }
    const key = readString(text, position);
    skipSpace(text, position);
    if (text[position.at] !== ":") throw invalid(text, position.at, "after object key");
    position.at++;
    dict[key] = readValue(text, position);
    skipSpace(text, position);
    const char = text[position.at];
    if (char === "}") break;
    if (char !== ",") throw invalid(text, position.at, "after object key:value pair");
    position.at++;
  }
  position.at++;
  return dict;
}

interface Style {
  readonly context: Context;
  readonly escapeHtml: boolean;
  /** Two spaces for each level, or none at all. */
  readonly pretty: boolean;
}

/** A value as JSON. Throws a Failure for what JSON does not have. */
export function toJson(value: Value, style: Style, depth = 0): string {
  style.context.enter(depth);
  style.context.spend(1);
  if (value === undefined || value === null) return "null";
  const kind = kindOf(value);
  if (value instanceof Typed && value.type.marshalJson) return value.type.marshalJson(value.raw);
  if (isSigned(kind) || isUnsigned(kind)) return String(integerOf(value));
  if (isFloat(kind)) return numberText(floatOf(value));
  switch (kind) {
    case "bool":
      return String(boolOf(value));
    case "string":
      return stringJson(textOf(value), style.escapeHtml);
    case "ptr":
      return isNil(value) ? "null" : toJson(targetOf(value as Typed), style, depth + 1);
    case "slice":
      return listJson(value, style, depth);
    case "map":
      return mapJson(value, style, depth);
    case "struct":
      return structJson(value as Typed, style, depth);
    default:
      throw new Failure(`json: unsupported type: ${(value as Typed).type.name}`);
  }
}

function numberText(value: number): string {
  if (!Number.isFinite(value)) throw new Failure(`json: unsupported value: ${value}`);
  return Object.is(value, -0) ? "-0" : String(value);
}

const UNSAFE = /[\0-\x1f"\\\u2028\u2029\ud800-\udfff\x7f<>&]/;

function stringJson(text: string, escapeHtml: boolean): string {
  if (!UNSAFE.test(text)) return `"${text}"`;
  const quoted = JSON.stringify(text)
    .replace(/[\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16)}`)
    // What is no text comes escaped by its number; an escaped backslash before such letters is none of that.
    .replace(/\\\\|\\ud[89a-f][0-9a-f]{2}/g, (pair) => (pair === "\\\\" ? pair : "\\ufffd"));
  if (!escapeHtml) return quoted;
  return quoted.replace(/[<>&]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`);
}

function listJson(value: Value, style: Style, depth: number): string {
  if (isNil(value)) return "null";
  if (value instanceof Typed && value.type.elem?.kind === "uint8") return `"${encodeBase64(bytesOf(value))}"`;
  return enclosed(
    "[]",
    elementsOf(value).map((element) => toJson(element, style, depth + 1)),
    style,
    depth,
  );
}

function member(key: string, value: Value, style: Style, depth: number): string {
  return `${stringJson(key, style.escapeHtml)}:${style.pretty ? " " : ""}${toJson(value, style, depth + 1)}`;
}

function mapJson(value: Value, style: Style, depth: number): string {
  if (isNil(value)) return "null";
  const keys = new Map(keysOf(value).map((key) => [String(rawOf(key)), key]));
  const members = sortedText(keys.keys()).map((name) => {
    const key = keys.get(name);
    return member(name, lookUp(value, rawKey(key)), style, depth);
  });
  return enclosed("{}", members, style, depth);
}

function structJson(value: Typed, style: Style, depth: number): string {
  const members: string[] = [];
  for (const field of value.type.fields?.() ?? []) {
    if (field.key === undefined || isUnset(value, field)) continue;
    const held = fieldValue(value, { field, through: [] });
    if (field.omitEmpty && isOmitted(held)) continue;
    if (field.omitZero && (rawOf(held) ?? null) === null) continue;
    members.push(member(field.key, held, style, depth));
  }
  return enclosed("{}", members, style, depth);
}

/** Whether a field is left out because nothing is there, which is what most fields of a struct are. */
function isUnset({ raw }: Typed, field: StructField): boolean {
  return field.omitEmpty === true && field.type.kind !== "struct" && rawField(raw, field) === undefined;
}

/** What omitempty leaves out: nothing of a kind, never a struct, of pointers only nil. */
function isOmitted(value: Value): boolean {
  const kind = kindOf(value);
  if (kind === "struct") return false;
  if (kind === "ptr") return isNil(value);
  if (kind === "slice" || kind === "map" || kind === "string") return isNil(value) || textOrSize(value) === 0;
  return value === null || value === false || isNil(value) || String(rawOf(value) ?? 0) === "0";
}

function textOrSize(value: Value): number {
  const kind = kindOf(value);
  return kind === "string"
    ? textOf(value).length
    : kind === "slice"
      ? elementsOf(value).length
      : keysOf(value).length;
}

function enclosed(brackets: string, members: readonly string[], style: Style, depth: number): string {
  style.context.makeText(members.reduce((sum, text) => sum + text.length + 1, 0));
  const [open = "", close = ""] = brackets;
  if (!style.pretty || members.length === 0) return joined(open + members.join(",") + close);
  const space = "  ".repeat(depth);
  return `${open}\n${members.map((text) => `${space}  ${text}`).join(",\n")}\n${space}${close}`;
}

function writer(escapeHtml: boolean, pretty: boolean) {
  return (context: Context, value: Value): string => toJson(value, { context, escapeHtml, pretty });
}

/** The functions without "must" return nothing instead of an error. */
function quietly<T>(fallback: T, write: () => T): T {
  try {
    return write();
  } catch (error) {
    if (error instanceof Failure && !(error instanceof LimitReached)) return fallback;
    throw error;
  }
}

const plain = writer(true, false);
const pretty = writer(true, true);
const raw = writer(false, false);

export const jsonFunctions: Functions = {
  fromJson: fn("string", "any", (text) => quietly<Value>(null, () => parseJson(text))),
  mustFromJson: fn("string", "any", parseJson),
  toJson: fnIn("any", "string", (context, value) => quietly("", () => plain(context, value))),
  mustToJson: fnIn("any", "string", plain),
  toPrettyJson: fnIn("any", "string", (context, value) => quietly("", () => pretty(context, value))),
  mustToPrettyJson: fnIn("any", "string", pretty),
  toRawJson: fnIn("any", "string", raw),
  mustToRawJson: fnIn("any", "string", raw),
};
