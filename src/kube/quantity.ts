/** Kubernetes quantities (`100m`, `1.5Gi`, `2e3`) of any size, without loss: read, printed, compared and added as resource.Quantity does. */

/** The family of suffixes a quantity was written with, and is printed with. */
export type Format = "DecimalSI" | "BinarySI" | "DecimalExponent";

/** The number `unscaled × 10^exponent`. */
export interface Quantity {
  readonly unscaled: bigint;
  readonly exponent: number;
  readonly format: Format;
  /** How it was written, where Kubernetes prints exactly that again; else undefined. */
  readonly text: string | undefined;
  /** Whether Kubernetes keeps it as a 64-bit integer; the others never pass as integers and round their own way. */
  readonly compact: boolean;
}

export type ParsedQuantity =
  | { readonly ok: true; readonly quantity: Quantity }
  | { readonly ok: false; readonly error: string };

const MAX_INT64 = 2n ** 63n - 1n;
const MIN_INT64 = -(2n ** 63n);
/** Kubernetes rounds anything finer up to this power of ten. */
const NANO = -9;
/** Digits that always fit into 64 bits. */
const SAFE_DIGITS = 18;
/** Larger exponents keep Kubernetes' own reader busy for minutes or for ever, so nothing useful is written with them. */
const MAX_EXPONENT = 10_000;

const DECIMAL_SUFFIXES: ReadonlyMap<string, number> = new Map([
  ["n", -9],
  ["u", -6],
  ["m", -3],
  ["", 0],
  ["k", 3],
  ["M", 6],
  ["G", 9],
  ["T", 12],
  ["P", 15],
  ["E", 18],
]);
const BINARY_SUFFIXES: ReadonlyMap<string, number> = new Map([
  ["Ki", 10],
  ["Mi", 20],
  ["Gi", 30],
  ["Ti", 40],
  ["Pi", 50],
  ["Ei", 60],
]);

const ZERO: Quantity = { unscaled: 0n, exponent: 0, format: "DecimalSI", text: "0", compact: true };

/**
 * Reads a quantity as resource.ParseQuantity of Kubernetes 1.35 does, with its leniencies: `+1`, `.5`, `1.` and `Ki` (zero) are valid,
 * finer than nano is rounded away from zero, binary quantities are capped at 2^63-1. Exponents beyond ±10000 are refused.
 */
export function parseQuantity(text: string): ParsedQuantity {
  if (text === "0") return { ok: true, quantity: ZERO };
  const parts = split(text);
  if (!parts) {
    const letters = /^[+-]?[0-9]+(?:\.[0-9]*)?([A-Za-z]+)$/.exec(text)?.[1];
    if (letters !== undefined) return failure(noSuffix(text, letters));
    return failure(
      `${JSON.stringify(text)} is not a quantity: it takes a number and a suffix, such as 100m or 1.5Gi`,
    );
  }
  const suffix = interpret(parts.suffix);
  if (suffix === undefined) {
    return failure(noSuffix(text, parts.suffix));
  }
  if (Math.abs(suffix.exponent) > MAX_EXPONENT) {
    return failure(`${JSON.stringify(text)} has an exponent beyond ${MAX_EXPONENT}`);
  }
  const quantity = asCompact(text, parts, suffix) ?? asDecimal(parts, suffix);
  return quantity ? { ok: true, quantity } : failure(`${JSON.stringify(text)} has no digits`);
}

function noSuffix(text: string, suffix: string): string {
  return `${JSON.stringify(text)} ends in ${JSON.stringify(suffix)}, which is no suffix of a quantity (n u m k M G T P E Ki Mi Gi Ti Pi Ei, or an exponent such as e3)`;
}

function failure(error: string): ParsedQuantity {
  return { ok: false, error };
}

interface Parts {
  readonly negative: boolean;
  /** Without leading zeros; "0" when nothing else is left. */
  readonly whole: string;
  readonly fraction: string;
  /** Whether a digit was written at all. */
  readonly hasDigits: boolean;
  readonly suffix: string;
}

const NUMBER = /^([+-]?)([0-9]*)(\.?)([0-9]*)/;
const SUFFIX = /^[eEinumkKMGTP]*[+-]?[0-9]*$/;

function split(text: string): Parts | undefined {
  if (text === "") return undefined;
  const [number = "", sign, digits = "", , fraction = ""] = NUMBER.exec(text) ?? [];
  const suffix = text.slice(number.length);
  if (!SUFFIX.test(suffix)) return undefined;
  let from = 0;
  while (digits.charCodeAt(from) === 48) from++;
  return {
    negative: sign === "-",
    whole: from === digits.length ? "0" : digits.slice(from),
    fraction,
    hasDigits: digits !== "" || fraction !== "",
    suffix,
  };
}

interface Suffix {
  readonly base: 2 | 10;
  readonly exponent: number;
  readonly format: Format;
}

const EXPONENT = /^[eE]([+-]?[0-9]+)$/;

function interpret(suffix: string): Suffix | undefined {
  const decimal = DECIMAL_SUFFIXES.get(suffix);
  if (decimal !== undefined) return { base: 10, exponent: decimal, format: "DecimalSI" };
  const binary = BINARY_SUFFIXES.get(suffix);
  if (binary !== undefined) return { base: 2, exponent: binary, format: "BinarySI" };
  const written = EXPONENT.exec(suffix)?.[1];
  if (written === undefined) return undefined;
  const exponent = BigInt(written);
  if (!fitsInt64(exponent)) return undefined;
  // Kubernetes keeps the lower 32 bits, so that 1e4294967299 is 1e3.
  return { base: 10, exponent: Number(BigInt.asIntN(32, exponent)), format: "DecimalExponent" };
}

/** The common case, where Kubernetes keeps a 64-bit integer; undefined when the number might not fit into one. */
function asCompact(text: string, parts: Parts, suffix: Suffix): Quantity | undefined {
  const { whole, fraction } = parts;
  const { format, base } = suffix;
  if (base === 2) {
    // A cautious estimate: ten binary digits count as three decimal ones.
    if (fraction !== "" || 14 - whole.length - Math.trunc((suffix.exponent * 3) / 10) < 0) return undefined;
  } else if (whole.length + fraction.length > SAFE_DIGITS) return undefined;
  const exponent = base === 2 ? 0 : suffix.exponent - fraction.length;
  if (exponent < NANO) return undefined;
  const digits = whole + fraction;
  const magnitude = BigInt(digits);
  const size = base === 2 ? magnitude << BigInt(suffix.exponent) : magnitude;
  if (size > MAX_INT64) return undefined;
  const canonical =
    base === 2
      ? (magnitude & 7n) !== 0n
      : exponent % 3 === 0 && !digits.endsWith("000") && !digits.startsWith("0");
  return {
    unscaled: parts.negative ? -size : size,
    exponent,
    format,
    text: canonical ? text : undefined,
    compact: true,
  };
}

/** Any number at all; undefined when nothing but a sign or a point was written. */
function asDecimal(parts: Parts, suffix: Suffix): Quantity | undefined {
  if (!parts.hasDigits) return undefined;
  let unscaled = BigInt(parts.whole + parts.fraction);
  let exponent = -parts.fraction.length;
  let format = suffix.format;
  if (suffix.base === 10) exponent += suffix.exponent;
  else unscaled <<= BigInt(suffix.exponent);
  if (unscaled !== 0n) {
    unscaled = rescaleUp(unscaled, exponent, NANO);
    exponent = NANO;
  }
  if (format === "BinarySI" && unscaled !== 0n) {
    const one = 10n ** 9n;
    if (unscaled > MAX_INT64 * one) {
      unscaled = MAX_INT64;
      exponent = 0;
    } else if (unscaled < one) format = "DecimalSI";
  }
  return {
    unscaled: parts.negative ? -unscaled : unscaled,
    exponent,
    format,
    text: undefined,
    compact: false,
  };
}

/** `unscaled × 10^from` as a multiple of `10^to`, rounded away from zero. */
function rescaleUp(unscaled: bigint, from: number, to: number): bigint {
  if (from >= to) return unscaled * 10n ** BigInt(from - to);
  const divisor = 10n ** BigInt(to - from);
  const quotient = unscaled / divisor;
  if (unscaled % divisor === 0n) return quotient;
  return unscaled < 0n ? quotient - 1n : quotient + 1n;
}

/** -1, 0 or 1 as `a` is less than, equal to or greater than `b`. */
export function compareQuantities(a: Quantity, b: Quantity): -1 | 0 | 1 {
  const exponent = Math.min(a.exponent, b.exponent);
  const left = rescaleUp(a.unscaled, a.exponent, exponent);
  const right = rescaleUp(b.unscaled, b.exponent, exponent);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Whether two quantities are the same number, however they were written. */
export function equalQuantities(a: Quantity, b: Quantity): boolean {
  return compareQuantities(a, b) === 0;
}

/** Whether two texts are the same quantity; texts that are none are the same when they are equal. */
export function isSameQuantity(a: string, b: string): boolean {
  const left = parseQuantity(a);
  const right = parseQuantity(b);
  return left.ok && right.ok ? equalQuantities(left.quantity, right.quantity) : a === b;
}

/** -1, 0 or 1. */
export function signOf(quantity: Quantity): -1 | 0 | 1 {
  return quantity.unscaled === 0n ? 0 : quantity.unscaled < 0n ? -1 : 1;
}

/** `a + b`, in the format of `a`, or of `b` when `a` is zero. */
export function addQuantities(a: Quantity, b: Quantity): Quantity {
  const format = a.unscaled === 0n ? b.format : a.format;
  const compact = a.compact && b.compact;
  if (compact && b.unscaled === 0n) return { ...a, format, text: undefined };
  if (compact && a.unscaled === 0n) return { ...b, format, text: undefined };
  const exponent = Math.min(a.exponent, b.exponent);
  const left = rescaleUp(a.unscaled, a.exponent, exponent);
  const right = rescaleUp(b.unscaled, b.exponent, exponent);
  const sum = left + right;
  const fits = fitsInt64(left) && fitsInt64(right) && fitsInt64(sum);
  return { unscaled: sum, exponent, format, text: undefined, compact: compact && fits };
}

/** `a - b`, in the format of `a`, or of `b` when `a` is zero. */
export function subtractQuantities(a: Quantity, b: Quantity): Quantity {
  return addQuantities(a, { ...b, unscaled: -b.unscaled, text: undefined });
}

function fitsInt64(value: bigint): boolean {
  return value >= MIN_INT64 && value <= MAX_INT64;
}

/** The number rounded up to an integer, as Quantity.Value rounds; beyond 64 bits, where Go overflows, the true number. */
export function integerValueOf(quantity: Quantity): bigint {
  return scaledValue(quantity, 0);
}

/** A thousand times the number, rounded up to an integer, as Quantity.MilliValue; beyond 64 bits the true number. */
export function milliValueOf(quantity: Quantity): bigint {
  return scaledValue(quantity, -3);
}

function scaledValue(quantity: Quantity, exponent: number): bigint {
  const drop = exponent - quantity.exponent;
  if (quantity.compact || drop <= 0) return rescaleUp(quantity.unscaled, quantity.exponent, exponent);
  // What Go keeps as a decimal is rounded by code that is right for positive numbers only: small divisors work on the lower 64 bits.
  const narrow = quantity.unscaled < MAX_INT64 && drop < 19;
  const unscaled = narrow ? BigInt.asIntN(64, quantity.unscaled) : quantity.unscaled;
  const divisor = 10n ** BigInt(drop);
  const quotient = unscaled / divisor;
  return unscaled % divisor === 0n || (unscaled < 0n && !narrow) ? quotient : quotient + 1n;
}

/** The number where it is a 64-bit integer and Kubernetes knows so without conversion, as Quantity.AsInt64; else undefined. */
export function asInt64(quantity: Quantity): bigint | undefined {
  if (!quantity.compact || quantity.exponent < 0) return undefined;
  if (quantity.unscaled === 0n) return 0n;
  if (quantity.exponent > SAFE_DIGITS + 1) return undefined;
  const value = rescaleUp(quantity.unscaled, quantity.exponent, 0);
  return fitsInt64(value) ? value : undefined;
}

/**
 * The canonical text: no fraction, the largest suffix that loses nothing. Numbers too large for their largest suffix print without one,
 * as Kubernetes prints them.
 */
export function formatQuantity(quantity: Quantity): string {
  if (quantity.text !== undefined) return quantity.text;
  if (quantity.unscaled === 0n) return "0";
  return (quantity.format === "BinarySI" ? binaryText(quantity) : undefined) ?? decimalText(quantity);
}

/** undefined when the binary form would round, or is no shorter than the plain number. */
function binaryText({ unscaled, exponent }: Quantity): string | undefined {
  const whole = rescaleUp(unscaled, exponent, 0);
  if (whole > -1024n && whole < 1024n) return undefined;
  if (exponent < 0 && whole * 10n ** BigInt(-exponent) !== unscaled) return undefined;
  let mantissa = whole;
  let power = 0;
  while ((mantissa & 1023n) === 0n) {
    mantissa >>= 10n;
    power += 10;
  }
  return mantissa + suffixOf(BINARY_SUFFIXES, power);
}

function decimalText({ unscaled, exponent, format }: Quantity): string {
  const digits = unscaled.toString();
  let end = digits.length;
  while (digits.charCodeAt(end - 1) === 48) end--;
  const power = exponent + digits.length - end;
  const excess = ((power % 3) + 3) % 3;
  const multiple = power - excess;
  const mantissa = digits.slice(0, end) + "0".repeat(excess);
  if (format !== "DecimalExponent") return mantissa + suffixOf(DECIMAL_SUFFIXES, multiple);
  return multiple === 0 ? mantissa : `${mantissa}e${multiple}`;
}

function suffixOf(suffixes: ReadonlyMap<string, number>, exponent: number): string {
  for (const [suffix, power] of suffixes) if (power === exponent) return suffix;
  return "";
}

/**
 * Reads a quantity out of a JSON token (`"1Gi"` with its quotes, `1`, `null`) as Quantity.UnmarshalJSON does: white space inside the
 * quotes is dropped, escapes are not resolved, null is zero.
 */
export function unmarshalQuantity(token: string): ParsedQuantity {
  if (token === "null") return { ok: true, quantity: { ...ZERO, format: "DecimalExponent" } };
  const quoted = token.length >= 2 && token.startsWith('"') && token.endsWith('"');
  const text = quoted ? token.slice(1, -1) : token;
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charAt(start))) start++;
  while (end > start && isSpace(text.charAt(end - 1))) end--;
  return parseQuantity(text.slice(start, end));
}

/** Go's unicode.IsSpace, which counts next line as space and the byte order mark not. */
function isSpace(character: string): boolean {
  return character === "\u0085" || (character !== "\uFEFF" && character.trim() === "");
}

/** The JSON token of a quantity, as Quantity.MarshalJSON. */
export function marshalQuantity(quantity: Quantity): string {
  return `"${formatQuantity(quantity)}"`;
}
