/** Scalars as Go's JSON decoder reads and prints them: integers, floating-point numbers, quantities, times. */
import type { Json } from "./json.ts";
import { formatQuantity, unmarshalQuantity } from "./quantity.ts";

export type ReadScalar<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: string };

function failure(error: string): { readonly ok: false; readonly error: string } {
  return { ok: false, error };
}

/** What kind of value it is, for messages: "a boolean". */
export function describe(json: Json): string {
  if (json === null) return "null";
  if (Array.isArray(json)) return "a list";
  if (typeof json === "object") return "a map";
  if (typeof json === "string") return "a string";
  return typeof json === "boolean" ? "a boolean" : "a number";
}

const BOUNDS = { int32: [-(2n ** 31n), 2n ** 31n - 1n], int64: [-(2n ** 63n), 2n ** 63n - 1n] } as const;

/** A JSON number as a Go integer of a size; a fraction or a number out of range is an error, `80.0` is not. */
export function readInteger(json: Json, size: "int32" | "int64"): ReadScalar<number | bigint> {
  if (typeof json !== "number" && typeof json !== "bigint")
    return failure(`is ${describe(json)}, not a number`);
  if (Number.isSafeInteger(json) && (size === "int64" || (Number(json) | 0) === json)) {
    return { ok: true, value: Number(json) + 0 };
  }
  // Go reads the digits that JSON prints: of a large floating-point number those are the shortest that tell it apart.
  const text = String(json);
  if (!/^-?[0-9]+$/.test(text)) return failure(`is ${text}, not a whole number`);
  const value = BigInt(text);
  const [least, most] = BOUNDS[size];
  if (value < least || value > most) return failure(`is ${text}, which does not fit into ${size}`);
  return { ok: true, value: Number.isSafeInteger(Number(value)) ? Number(value) : value };
}

/** Quantities that are in canonical form whatever they mean: three digits and a usual suffix. */
const CANONICAL = /^[1-9][0-9]{0,2}(?:m|Ki|Mi|Gi)?$/;

/** A quantity as Quantity.UnmarshalJSON reads it from a string or number, in canonical form; null is zero. */
export function readQuantity(json: Json): ReadScalar<string> {
  if (json === null) return { ok: true, value: "0" };
  if (typeof json === "string" && CANONICAL.test(json)) return { ok: true, value: json };
  if (typeof json === "object" || typeof json === "boolean")
    return failure(`is ${describe(json)}, not a quantity`);
  const read = unmarshalQuantity(typeof json === "string" ? jsonText(json) : String(json));
  return read.ok
    ? { ok: true, value: formatQuantity(read.quantity) }
    : failure(`is ${JSON.stringify(String(json))}, which is no quantity`);
}

/** Go escapes the line separators too, and a quantity does not resolve escapes. */
function jsonText(text: string): string {
  return JSON.stringify(text).replace(/[\u2028\u2029]/g, "\\u2028");
}

// One digit is enough for the hour, and a fraction of a second may follow although the layout has none.
const TIME = /^(\d{4})-(\d{2})-(\d{2})T(\d{1,2}):(\d{2}):(\d{2})(?:[.,]\d+)?(?:Z|([+-])(\d{2}):(\d{2}))$/;

/** A time as metav1.Time reads (RFC 3339) and prints it (UTC, whole seconds); null for Go's zero time. */
export function readTime(json: Json): ReadScalar<string | null> {
  if (typeof json !== "string")
    return failure(`is ${describe(json)}, not a time such as "2006-01-02T15:04:05Z"`);
  const match = TIME.exec(json);
  if (!match) return failure(`is ${JSON.stringify(json)}, not a time such as "2006-01-02T15:04:05Z"`);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  const zoneHour = Number(match[8] ?? 0);
  const zoneMinute = Number(match[9] ?? 0);
  const instant = new Date(0);
  instant.setUTCFullYear(year, month - 1, day);
  const isDay = instant.getUTCMonth() === month - 1 && instant.getUTCDate() === day;
  if (!isDay || hour > 23 || minute > 59 || second > 59 || zoneHour > 24 || zoneMinute > 60) {
    return failure(`is ${JSON.stringify(json)}, which is no time of any day`);
  }
  const offset = (match[7] === "-" ? -1 : 1) * (zoneHour * 60 + zoneMinute);
  instant.setUTCHours(hour, minute - offset, second);
  const text = `${yearText(instant.getUTCFullYear())}${instant.toISOString().slice(-20, -5)}Z`;
  return { ok: true, value: text === "0001-01-01T00:00:00Z" && !/[.,]0*[1-9]/.test(json) ? null : text };
}

function yearText(year: number): string {
  const digits = String(Math.abs(year)).padStart(year < 0 ? 3 : 4, "0");
  return year < 0 ? `-${digits}` : digits;
}

/**
 * A number as sigs.k8s.io/yaml writes it into a string: integers in full, floating-point numbers as strconv.FormatFloat(n, 'g', -1, 32),
 * that is with the precision of 32 bits and an exponent from 1e+06 on. `isFloat` tells a whole number that was written as `1e6` or `1.0`.
 */
export function goNumber(value: number, isFloat: boolean): string {
  if (Number.isSafeInteger(value) && !isFloat && !Object.is(value, -0)) return String(value);
  const narrow = Math.fround(value);
  if (Number.isNaN(narrow)) return "NaN";
  if (!Number.isFinite(narrow)) return narrow > 0 ? "+Inf" : "-Inf";
  if (narrow === 0) return Object.is(narrow, -0) ? "-0" : "0";
  const { mantissa, exponent } = shortest(Math.abs(narrow));
  const sign = narrow < 0 ? "-" : "";
  if (exponent >= -4 && exponent < 6)
    return `${sign}${Number(`${mantissa}e${exponent - mantissa.length + 1}`)}`;
  const fraction = mantissa.length > 1 ? `.${mantissa.slice(1)}` : "";
  const power = String(Math.abs(exponent)).padStart(2, "0");
  return `${sign}${mantissa.charAt(0)}${fraction}e${exponent < 0 ? "-" : "+"}${power}`;
}

/** The fewest decimal digits that tell a positive 32-bit number from its neighbours; of several the closest, of two as close the even one. */
function shortest(narrow: number): { readonly mantissa: string; readonly exponent: number } {
  const [exact = "", power = "0"] = narrow.toExponential(100).replace(".", "").split("e");
  for (let length = 1; ; length++) {
    const below = Number(exact.slice(0, length));
    const rest = exact.slice(length).replace(/0+$/, "");
    const upFirst = rest === "5" ? below % 2 === 1 : rest > "5";
    for (const mantissa of upFirst ? [below + 1, below] : [below, below + 1]) {
      if (length < 9 && Math.fround(Number(`${mantissa}e${Number(power) - length + 1}`)) !== narrow) continue;
      const carried = String(mantissa).length - length;
      return { mantissa: String(mantissa).replace(/0+$/, ""), exponent: Number(power) + carried };
    }
  }
}
