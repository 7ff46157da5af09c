/** What the text of a scalar means: YAML 1.1 as go.yaml.in/yaml/v2 2.4.4 resolves it for Kubernetes. */
import { decodeBase64 } from "./base64.ts";
import type { Scalar } from "./node.ts";
import { type Problem, problems, tagMismatch } from "./problem.ts";

/** The type that Go gives a scalar; `unsigned` is an integer that only fits 64 bits without sign. */
export type ScalarKind = "string" | "int" | "unsigned" | "float" | "bool" | "null";

export interface Resolved {
  readonly kind: ScalarKind;
  readonly value: Scalar;
}

const named = new Map<string, Resolved>();
function name(kind: ScalarKind, value: Scalar, words: string): void {
  for (const word of words.split(" ")) named.set(word, { kind, value });
}
name("bool", true, "y Y yes Yes YES true True TRUE on On ON");
name("bool", false, "n N no No NO false False FALSE off Off OFF");
name("null", null, "~ null Null NULL");
named.set("", { kind: "null", value: null });
name("float", Number.NaN, ".nan .NaN .NAN");
name("float", Number.POSITIVE_INFINITY, ".inf .Inf .INF +.inf +.Inf +.INF");
name("float", Number.NEGATIVE_INFINITY, "-.inf -.Inf -.INF");

const firstOfOthers = new Uint8Array(128);
for (const character of "+-0123456789yYnNtTfFoO~.") firstOfOthers[character.charCodeAt(0)] = 1;

/** Whether a text could resolve to anything but a string: a cheap look at its first character. */
export function mayBeOther(text: string): boolean {
  const code = text.charCodeAt(0);
  return text.length === 0 || (code < 128 && firstOfOthers[code] === 1);
}

/** What a plain scalar without tag means. */
export function resolvePlain(text: string): Resolved {
  if (mayBeOther(text)) {
    const word = named.get(text);
    if (word) return word;
    const code = text.charCodeAt(0);
    if (code === 46) {
      const number = parseGoFloat(text);
      if (number !== undefined) return { kind: "float", value: number };
    } else if (code < 58) return resolveNumber(text);
  }
  return { kind: "string", value: text };
}

const smallInteger = /^-?[1-9][0-9]{0,14}$/;

function resolveNumber(text: string): Resolved {
  if (smallInteger.test(text)) return { kind: "int", value: Number(text) };
  const plain = text.includes("_") ? text.replaceAll("_", "") : text;
  const integer = parseGoInteger(plain);
  if (integer !== undefined) return integer;
  const number = parseDecimal(plain);
  if (number !== undefined) return { kind: "float", value: number };
  return parseSignedBinary(plain) ?? { kind: "string", value: text };
}

const minInt64 = -(2n ** 63n);
const maxInt64 = 2n ** 63n - 1n;
const maxUint64 = 2n ** 64n - 1n;

/** Go's ParseInt and ParseUint with base 0: prefixes 0x, 0o, 0b, and 0 for octal. */
function parseGoInteger(text: string): Resolved | undefined {
  const match = /^([+-]?)(0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|0[0-7]*|[1-9][0-9]*)$/.exec(text);
  if (!match) return undefined;
  const sign = match[1] ?? "";
  const digits = match[2] ?? "";
  if (digits.length < 16 && digits.charCodeAt(0) !== 48) {
    const small = Number(digits);
    return { kind: "int", value: sign === "-" ? -small : small };
  }
  if (digits.replace(/^0[xXoObB]?0*/, "").length > 64) return undefined;
  const octal = /^0[0-7]+$/.test(digits);
  return integerOf(sign, BigInt(octal ? `0o${digits.slice(1)}` : digits.toLowerCase()));
}

function integerOf(sign: string, magnitude: bigint): Resolved | undefined {
  const value = sign === "-" ? -magnitude : magnitude;
  if (value < minInt64 || value > (sign === "" ? maxUint64 : maxInt64)) return undefined;
  const number = Number(value);
  return {
    kind: value > maxInt64 ? "unsigned" : "int",
    value: Number.isSafeInteger(number) ? number : value,
  };
}

/** go-yaml's second look at binary: a sign after the prefix is accepted, as in 0b-1. */
function parseSignedBinary(text: string): Resolved | undefined {
  const match = /^0b([+-])([01]+)$/.exec(text);
  return match ? integerOf(match[1] ?? "", BigInt(`0b${match[2]}`)) : undefined;
}

/** A decimal number; undefined when it is none, or beyond a double. */
function parseDecimal(text: string): number | undefined {
  if (!/^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/.test(text)) return undefined;
  const number = Number(text);
  return Number.isFinite(number) ? number : undefined;
}

/** Go's ParseFloat for a text that begins with a point: underscores may stand between digits. */
function parseGoFloat(text: string): number | undefined {
  if (!text.includes("_")) return parseDecimal(text);
  if (/(^|[^0-9])_|_([^0-9]|$)/.test(text)) return undefined;
  return parseDecimal(text.replaceAll("_", ""));
}

const prefix = "tag:yaml.org,2002:";

/** The tag that makes a scalar `<<` a merge key whatever its style. */
export const mergeTag = `${prefix}merge`;

/** What a scalar with a tag means, or why it does not fit the tag. Unknown tags leave a string. */
export function resolveTagged(tag: string, text: string): Resolved | Problem {
  const wanted = tag.startsWith(prefix) ? tag.slice(prefix.length) : undefined;
  switch (wanted) {
    case "binary": {
      const decoded = decodeBase64(text);
      return decoded === undefined ? problems.binary : { kind: "string", value: decoded };
    }
    case "bool":
    case "int":
    case "float":
    case "null":
      return fit(wanted, resolvePlain(text));
    case "timestamp":
      return isTimestamp(text) ? { kind: "string", value: text } : tagMismatch("no time", "!!timestamp");
    default:
      return { kind: "string", value: text };
  }
}

function fit(wanted: "bool" | "int" | "float" | "null", found: Resolved): Resolved | Problem {
  const kind = found.kind === "unsigned" ? "int" : found.kind;
  if (kind === wanted) return found;
  if (wanted === "float" && found.kind === "int") return { kind: "float", value: Number(found.value) };
  return tagMismatch(kind === "string" ? "!!str" : `!!${kind}`, `!!${wanted}`);
}

const timestamp =
  /^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:(?:[Tt]([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,][0-9]+)?(?:Z|[+-](?:[01][0-9]|2[0-4]):(?:[0-5][0-9]|60)))|(?: +([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,][0-9]+)?))?$/;

/** Whether go-yaml reads a text as a time: a date, or a date and a time in one of three forms. */
export function isTimestamp(text: string): boolean {
  const match = timestamp.exec(text);
  if (!match) return false;
  const [year = 0, month = 0, day = 0, ...clock] = match.slice(1).map((part) => Number(part ?? 0));
  const [hour = 0, minute = 0, second = 0, hour2 = 0, minute2 = 0, second2 = 0] = clock;
  if (hour > 23 || minute > 59 || second > 59 || hour2 > 23 || minute2 > 59 || second2 > 59) return false;
  if (month < 1 || month > 12 || day < 1) return false;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day <= (month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31);
}
