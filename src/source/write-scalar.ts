/** One scalar as YAML or JSON text: without quotes only where Kubernetes' reader (and older readers of YAML 1.1) read it back the same. */
import type { Scalar } from "./node.ts";
import { isTimestamp, mayBeOther, resolvePlain } from "./scalar.ts";

export type Quotes = "single" | "double";

/** Texts that nothing but being a word, a number or a time can make special. */
const simple = /^[A-Za-z0-9_./][\w./@%+=~-]*(?::[\w./@%+=~-]+)*$/;
/** Characters that only an escape can hold; U+0085, U+2028 and U+2029 end lines in YAML 1.1. */
const special =
  /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
const specials = new RegExp(`["\\\\]|${special.source}`, "g");
const indicator = /^[,[\]{}#&*!|>'"%@`]|^[-?:](?: |$)|: |:$| #|^ | $|^---|^\.\.\.|^(?:<<|=)$/;
const flowIndicator = /[,[\]{}?]|^[-:]/;
const sexagesimal = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;

/**
 * Whether a text without quotes would be no text: to Kubernetes' reader (sigs.k8s.io/yaml 1.6: words, numbers, `~`), or to
 * readers that know YAML 1.1's dates and numbers to base 60.
 */
export function readsAsOther(text: string): boolean {
  if (!mayBeOther(text)) return false;
  return resolvePlain(text).kind !== "string" || sexagesimal.test(text) || isTimestamp(text);
}

/** Whether a text can stand without quotes in one line of a block, or inside of `[]` and `{}`. */
export function canBePlain(text: string, flow: boolean): boolean {
  if (simple.test(text)) return !readsAsOther(text) && !text.startsWith("...");
  if (text === "" || special.test(text) || indicator.test(text)) return false;
  return !(flow && flowIndicator.test(text)) && !readsAsOther(text);
}

/** A text in double quotes, which YAML and JSON read alike. Half a surrogate pair, which neither can say, becomes U+FFFD. */
export function doubleQuoted(text: string): string {
  return `"${text.replace(specials, escapeOf)}"`;
}

const shortEscapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

function escapeOf(character: string): string {
  const short = shortEscapes[character];
  if (short !== undefined) return short;
  const code = character.charCodeAt(0);
  return `\\u${((code & 0xf800) === 0xd800 ? 0xfffd : code).toString(16).padStart(4, "0")}`;
}

/** A text on one line: without quotes where that is safe and no quotes are asked for, else in those that need fewer escapes. */
export function stringText(text: string, flow: boolean, quotes?: Quotes): string {
  if (quotes === undefined && canBePlain(text, flow)) return text;
  const wanted = quotes ?? (/["\\]/.test(text) ? "single" : "double");
  return wanted === "double" || special.test(text) ? doubleQuoted(text) : `'${text.replaceAll("'", "''")}'`;
}

/** A number as every reader of YAML 1.1 and JSON reads it: whole numbers that a double only approximates stay doubles. */
export function numberText(value: number): string {
  if (Number.isNaN(value)) return ".nan";
  if (!Number.isFinite(value)) return value > 0 ? ".inf" : "-.inf";
  if (Object.is(value, -0)) return "-0.0";
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? value.toExponential() : String(value);
}

/** A scalar on one line. */
export function scalarText(value: Scalar, flow: boolean, quotes?: Quotes): string {
  if (typeof value === "string") return stringText(value, flow, quotes);
  return typeof value === "number" ? numberText(value) : String(value);
}

/** What no literal block holds: special characters, lines of nothing but white space, and nothing but empty lines. */
const noLiteral =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|(?:^|\n)[ \t]+(?:\n|$)|^\n*$/;

/** Which literal blocks are allowed: all, those that do not keep empty lines at their end, or none. */
export type Literals = "all" | "clipped" | "none";

/**
 * A text of several lines as a literal block: its header (`|-`) and its lines, indented; undefined where no block can say it, or
 * none that is allowed.
 */
export function literalText(
  text: string,
  pad: string,
  indent: number,
  literals: Literals,
): { readonly header: string; readonly lines: string } | undefined {
  if (literals === "none" || !text.includes("\n") || noLiteral.test(text)) return undefined;
  const keeps = text.endsWith("\n\n");
  if (keeps && literals !== "all") return undefined;
  const chomp = keeps ? "+" : text.endsWith("\n") ? "" : "-";
  const hint = /^\n*(?:[ \t]|$)/.test(text) ? String(indent) : "";
  const body = chomp === "-" ? text : text.slice(0, -1);
  return { header: `|${hint}${chomp}`, lines: body.replace(/^(?=[^\n])/gm, pad) };
}
