/** Lengths of time: the sprig functions duration and durationRound, and Go's way of reading and writing them. */
import type { Functions } from "../function.ts";
import { fn } from "../function.ts";
import { decimalOrZero } from "../number.ts";
import type { Value } from "../values.ts";
import { integerOf, Typed } from "../values.ts";

const SECOND = 1_000_000_000n;
const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ms: 1_000_000n,
  s: SECOND,
  m: 60n * SECOND,
  h: 3600n * SECOND,
};
const PART = /(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/y;

/** The nanoseconds of a text such as "1h30m"; undefined when it is none. */
export function parseDuration(text: string): bigint | undefined {
  const negative = text.startsWith("-");
  const body = text.replace(/^[+-]/, "");
  if (body === "0") return 0n;
  if (body === "") return undefined;
  let total = 0n;
  let at = 0;
  while (at < body.length) {
    PART.lastIndex = at;
    const [found, whole = "", fraction = "", unit = ""] = PART.exec(body) ?? [];
    if (found === undefined || whole + fraction === "") return undefined;
    const size = UNITS[unit] ?? 0n;
    total += BigInt(whole || "0") * size;
    if (fraction !== "") total += (BigInt(fraction) * size) / 10n ** BigInt(fraction.length);
    at += found.length;
  }
  return total >= 2n ** 63n ? undefined : negative ? -total : total;
}

/** Nanoseconds as Go prints a time.Duration: "1h1m1s", "1.5s", "250ms". */
export function formatDuration(nanoseconds: bigint): string {
  if (nanoseconds === 0n) return "0s";
  const sign = nanoseconds < 0n ? "-" : "";
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  const decimal = (value: bigint, unit: bigint): string => {
    const digits = String(unit).length - 1;
    const fraction =
      digits === 0
        ? ""
        : String(value % unit)
            .padStart(digits, "0")
            .replace(/0+$/, "");
    return `${value / unit}${fraction === "" ? "" : `.${fraction}`}`;
  };
  if (size < 1000n) return `${sign}${size}ns`;
  if (size < 1_000_000n) return `${sign}${decimal(size, 1000n)}µs`;
  if (size < SECOND) return `${sign}${decimal(size, 1_000_000n)}ms`;
  const minutes = size / (60n * SECOND);
  const seconds = decimal(size % (60n * SECOND), SECOND);
  if (minutes === 0n) return `${sign}${seconds}s`;
  const hours = minutes / 60n;
  return `${sign}${hours === 0n ? "" : `${hours}h`}${minutes % 60n}m${seconds}s`;
}

function isInt64(value: Value): boolean {
  return value instanceof Typed && value.type.name === "int64";
}

function duration(value: Value): string {
  let seconds = 0n;
  if (typeof value === "string") seconds = decimalOrZero(value);
  else if (isInt64(value)) seconds = integerOf(value);
  return formatDuration(BigInt.asIntN(64, seconds * SECOND));
}

const ROUNDED: readonly (readonly [string, bigint])[] = [
  ["y", 365n * 86_400n * SECOND],
  ["mo", 30n * 86_400n * SECOND],
  ["d", 86_400n * SECOND],
  ["h", 3600n * SECOND],
  ["m", 60n * SECOND],
  ["s", SECOND],
];

function durationRound(value: Value): string {
  let length = 0n;
  if (typeof value === "string") length = parseDuration(value) ?? 0n;
  else if (isInt64(value)) length = integerOf(value);
  const size = length < 0n ? -length : length;
  const unit = ROUNDED.find(([, unitSize]) => size > unitSize);
  return unit ? `${size / unit[1]}${unit[0]}` : "0s";
}

export const durationFunctions: Functions = {
  duration: fn("any", "string", duration),
  durationRound: fn("any", "string", durationRound),
};
