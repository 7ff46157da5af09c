/** One value under one verb, with flags, width and precision, as Go's fmt prints scalars. */
import { formatFloat } from "./float.ts";
import { canBackquote, fromRune, isPrint, quoteRune, quoteText, runeError, toBytes } from "./text.ts";

export interface Flags {
  width: number | undefined;
  precision: number | undefined;
  minus: boolean;
  plus: boolean;
  sharp: boolean;
  space: boolean;
  zero: boolean;
  /** %+v and %#v, whose flags mean something of their own. */
  plusV: boolean;
  sharpV: boolean;
}

/** No flag set. */
export function noFlags(): Flags {
  return {
    width: undefined,
    precision: undefined,
    minus: false,
    plus: false,
    sharp: false,
    space: false,
    zero: false,
    plusV: false,
    sharpV: false,
  };
}

function characters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** Text filled up to the width: with zeros only when asked for and to the left. */
export function pad(flags: Flags, text: string, zero = flags.zero && !flags.minus): string {
  if (flags.width === undefined || flags.width === 0) return text;
  const missing = flags.width - characters(text);
  if (missing <= 0) return text;
  const filling = (zero ? "0" : " ").repeat(missing);
  return flags.minus ? text + filling : filling + text;
}

function truncated(flags: Flags, text: string): string {
  if (flags.precision === undefined || text.length <= flags.precision) return text;
  return [...text].slice(0, flags.precision).join("");
}

/** A string under %s or %v. */
export function formatString(flags: Flags, text: string): string {
  return pad(flags, truncated(flags, text));
}

/** A string under %q. */
export function formatQuoted(flags: Flags, text: string): string {
  const shown = truncated(flags, text);
  if (flags.sharp && canBackquote(shown)) return pad(flags, `\`${shown}\``);
  return pad(flags, quoteText(shown, flags.plus));
}

/** Bytes under %x or %X. */
export function formatHex(flags: Flags, bytes: Uint8Array, upper: boolean): string {
  const shown = flags.precision === undefined ? bytes : bytes.subarray(0, flags.precision);
  const prefix = flags.sharp ? "0x" : "";
  const pairs = Array.from(shown, (byte) => byte.toString(16).padStart(2, "0"));
  const lower = flags.space ? pairs.map((pair) => prefix + pair).join(" ") : pairs.join("");
  const text = shown.length === 0 ? "" : flags.space ? lower : prefix + lower;
  return pad(flags, upper ? text.toUpperCase() : text, false);
}

/** The verbs of strings; undefined for a verb that strings do not have. */
export function formatText(flags: Flags, text: string, verb: string): string | undefined {
  switch (verb) {
    case "v":
      return flags.sharpV ? formatQuoted(flags, text) : formatString(flags, text);
    case "s":
      return formatString(flags, text);
    case "q":
      return formatQuoted(flags, text);
    case "x":
    case "X":
      return formatHex(flags, toBytes(text), verb === "X");
    default:
      return undefined;
  }
}

const BASES: Readonly<Record<string, number>> = { v: 10, d: 10, b: 2, o: 8, O: 8, x: 16, X: 16 };

/** The verbs of integers; undefined for a verb that integers do not have. */
export function formatInteger(
  flags: Flags,
  value: bigint,
  verb: string,
  isSigned: boolean,
): string | undefined {
  if (verb === "v" && flags.sharpV && !isSigned) return formatBase(flags, value, 16, "v", true);
  const base = BASES[verb];
  if (base !== undefined) return formatBase(flags, value, base, verb, flags.sharp);
  const rune = value < 0n || value > 0x10ffffn ? runeError : Number(value);
  switch (verb) {
    case "c":
      return pad(flags, fromRune(rune));
    case "q":
      return pad(flags, quoteRune(rune, flags.plus));
    case "U":
      return formatUnicode(flags, value);
    default:
      return undefined;
  }
}

function formatBase(flags: Flags, value: bigint, base: number, verb: string, sharp: boolean): string {
  const negative = value < 0n;
  const sign = negative ? "-" : flags.plus ? "+" : flags.space ? " " : "";
  if (flags.precision === 0 && value === 0n) return pad(flags, "", false);
  let digits = (negative ? -value : value).toString(base);
  if (verb === "X") digits = digits.toUpperCase();
  if (flags.precision !== undefined) digits = digits.padStart(flags.precision, "0");
  else if (flags.zero && !flags.minus && flags.width !== undefined) {
    digits = digits.padStart(flags.width - sign.length, "0");
  }
  if (sharp) {
    if (base === 2) digits = `0b${digits}`;
    if (base === 8 && !digits.startsWith("0")) digits = `0${digits}`;
    if (base === 16) digits = `0${verb === "X" ? "X" : "x"}${digits}`;
  }
  if (verb === "O") digits = `0o${digits}`;
  return pad(flags, sign + digits, false);
}

function formatUnicode(flags: Flags, value: bigint): string {
  const code = BigInt.asUintN(64, value);
  const digits = code
    .toString(16)
    .toUpperCase()
    .padStart(Math.max(4, flags.precision ?? 0), "0");
  const shown = flags.sharp && code <= 0x10ffffn && isPrint(Number(code));
  return pad(flags, `U+${digits}${shown ? ` '${fromRune(Number(code))}'` : ""}`, false);
}

const FLOAT_VERBS: Readonly<Record<string, readonly [verb: string, precision: number]>> = {
  v: ["g", -1],
  b: ["b", -1],
  g: ["g", -1],
  G: ["G", -1],
  x: ["x", -1],
  X: ["X", -1],
  f: ["f", 6],
  F: ["f", 6],
  e: ["e", 6],
  E: ["E", 6],
};

/** The verbs of floats; undefined for a verb that floats do not have. */
export function formatNumber(
  flags: Flags,
  value: number,
  verb: string,
  bits: 32 | 64 = 64,
): string | undefined {
  const known = FLOAT_VERBS[verb];
  if (!known) return undefined;
  const precision = flags.precision ?? known[1];
  const printed = formatFloat(value, known[0], precision, bits);
  const signed = /^[+-]/.test(printed) ? printed : `+${printed}`;
  const sign = signed[0] === "+" && flags.space && !flags.plus ? " " : (signed[0] ?? "+");
  const size = signed.slice(1);
  const shownSign = flags.plus || sign !== "+" ? sign : "";
  if (size === "Inf") return pad(flags, shownSign + size, false);
  if (size === "NaN") return pad(flags, (flags.space || flags.plus ? sign : "") + size, false);
  const digits = flags.sharp && known[0] !== "b" ? withTrailingZeros(size, known[0], precision) : size;
  const zeros = flags.zero && !flags.minus && flags.width !== undefined && shownSign !== "";
  if (zeros) return shownSign + digits.padStart((flags.width ?? 0) - 1, "0");
  return pad(flags, shownSign + digits);
}

/** The sharp flag: always a point, and the zeros that %g leaves out. */
function withTrailingZeros(text: string, verb: string, precision: number): string {
  const tailAt = text.search(verb === "x" || verb === "X" ? /[pP]/ : /[eE]/);
  const body = tailAt === -1 ? text : text.slice(0, tailAt);
  const tail = tailAt === -1 ? "" : text.slice(tailAt);
  const counted = verb === "g" || verb === "G" || verb === "x";
  const significant = body.replace(".", "").replace(/^0+/, "").length || (body === "0" ? 1 : 0);
  const missing = counted ? Math.max(0, (precision === -1 ? 6 : precision) - significant) : 0;
  return `${body}${body.includes(".") ? "" : "."}${"0".repeat(missing)}${tail}`;
}

/** A boolean; undefined for a verb that booleans do not have. */
export function formatBool(flags: Flags, value: boolean, verb: string): string | undefined {
  return verb === "t" || verb === "v" ? pad(flags, String(value)) : undefined;
}

/** Integers one after the other in brackets, as bytes are printed. */
export function formatByteList(flags: Flags, bytes: Uint8Array, verb: string): string {
  if (flags.sharpV) {
    const inner = Array.from(bytes, (byte) => formatBase(flags, BigInt(byte), 16, "v", true)).join(", ");
    return `[]byte{${inner}}`;
  }
  return `[${Array.from(bytes, (byte) => formatBase(flags, BigInt(byte), 10, verb, flags.sharp)).join(" ")}]`;
}
