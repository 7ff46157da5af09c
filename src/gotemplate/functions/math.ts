/** The sprig functions on numbers. */
import type { Functions } from "../function.ts";
import { fn, fnIn } from "../function.ts";
import type { Context } from "../limits.ts";
import { Failure } from "../limits.ts";
import { decimalOrZero } from "../number.ts";
import { sprintValue } from "../printf.ts";
import type { Value } from "../values.ts";
import { toFloat64, toInt64 } from "./cast.ts";

const wrap = (value: bigint): bigint => BigInt.asIntN(64, value);

function dividing(b: Value): bigint {
  const divisor = toInt64(b);
  if (divisor === 0n) throw new Failure("runtime error: integer divide by zero");
  return divisor;
}

function extreme(values: readonly Value[], better: (a: bigint, b: bigint) => boolean): bigint {
  return values.map(toInt64).reduce((best, value) => (better(value, best) ? value : best));
}

/** Integers from start to stop, which is left out. */
function steps(context: Context, start: number, stop: number, step: number): number[] {
  if (stop < start ? step >= 0 : step <= 0) return [];
  const count = Math.ceil((stop - start) / step);
  context.makeList(count);
  return Array.from({ length: count }, (_, i) => start + i * step);
}

function sequence(context: Context, bounds: readonly number[]): string {
  const [first = 0, second = 0, third = 0] = bounds;
  const direction = (start: number, end: number): number => (end < start ? -1 : 1);
  let found: number[] = [];
  if (bounds.length === 1) found = steps(context, 1, first + direction(1, first), direction(1, first));
  else if (bounds.length === 2) {
    found = steps(context, first, second + direction(first, second), direction(first, second));
  } else if (bounds.length === 3 && !(third < first && second > 0)) {
    found = steps(context, first, third + direction(first, third), second);
  }
  return found.join(" ");
}

function round(value: Value, places: number, from: number): number {
  const power = 10 ** places;
  const digit = power * toFloat64(value);
  const part = digit - Math.trunc(digit);
  return (part >= from ? Math.ceil(digit) : Math.floor(digit)) / power;
}

/** A decimal number: units × 10^-scale. */
interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

function decimalOf(value: Value): Decimal {
  const number = toFloat64(value);
  if (!Number.isFinite(number)) throw new Failure(`Cannot create a Decimal from ${number}`);
  const [, digits = "0", fraction = "", exponent = "0"] =
    /^(-?\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(number.toExponential()) ?? [];
  const scale = fraction.length - Number(exponent);
  const units = BigInt(digits + fraction);
  return scale < 0 ? { units: units * 10n ** BigInt(-scale), scale: 0 } : { units, scale };
}

function add(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  const at = ({ units, scale: own }: Decimal): bigint => units * 10n ** BigInt(scale - own);
  return { units: at(a) + at(b), scale };
}

const DIVISION_PLACES = 16;

/** Rounded half away from zero, at sixteen places. */
function divide(a: Decimal, b: Decimal): Decimal {
  if (b.units === 0n) throw new Failure("decimal division by 0");
  const numerator = a.units * 10n ** BigInt(b.scale + DIVISION_PLACES);
  const denominator = b.units * 10n ** BigInt(a.scale);
  const negative = numerator < 0n !== denominator < 0n;
  const size = (value: bigint): bigint => (value < 0n ? -value : value);
  const quotient = (size(numerator) * 2n + size(denominator)) / (size(denominator) * 2n);
  return { units: negative ? -quotient : quotient, scale: DIVISION_PLACES };
}

function numberOf({ units, scale }: Decimal): number {
  return Number(`${units}e${-scale}`);
}

function decimals(
  first: Value,
  others: readonly Value[],
  combine: (a: Decimal, b: Decimal) => Decimal,
): number {
  return numberOf(others.map(decimalOf).reduce(combine, decimalOf(first)));
}

/** The text of a value read as an octal number. */
function octal(context: Context, value: Value): bigint {
  const text = sprintValue(value, context);
  if (!/^[+-]?[0-7]+$/.test(text) || text.length > 30) return 0n;
  const size = BigInt(`0o${text.replace(/^[+-]/, "")}`);
  const number = text.startsWith("-") ? -size : size;
  return BigInt.asIntN(64, number) === number ? number : 0n;
}

const biggest = fn("any, ...any", "int64", (first, ...others) =>
  extreme([first, ...others], (a, b) => a > b),
);

export const mathFunctions: Functions = {
  atoi: fn("string", "int", decimalOrZero),
  int64: fn("any", "int64", toInt64),
  int: fn("any", "int", toInt64),
  float64: fn("any", "float64", toFloat64),
  toDecimal: fnIn("any", "int64", octal),
  seq: fnIn("...int", "string", (context, ...bounds) => sequence(context, bounds)),
  until: fnIn("int", "ints", (context, count) => steps(context, 0, count, count < 0 ? -1 : 1)),
  untilStep: fnIn("int, int, int", "ints", steps),
  add1: fn("any", "int64", (value) => wrap(toInt64(value) + 1n)),
  add: fn("...any", "int64", (...values) => wrap(values.map(toInt64).reduce((a, b) => a + b, 0n))),
  sub: fn("any, any", "int64", (a, b) => wrap(toInt64(a) - toInt64(b))),
  div: fn("any, any", "int64", (a, b) => wrap(toInt64(a) / dividing(b))),
  mod: fn("any, any", "int64", (a, b) => toInt64(a) % dividing(b)),
  mul: fn("any, ...any", "int64", (first, ...others) =>
    others.reduce<bigint>((product, value) => wrap(product * toInt64(value)), toInt64(first)),
  ),
  add1f: fn("any", "float64", (value) => decimals(value, [1], add)),
  addf: fn("...any", "float64", (...values) => decimals(0, values, add)),
  subf: fn("any, ...any", "float64", (first, ...others) =>
    decimals(first, others, (a, b) => add(a, { units: -b.units, scale: b.scale })),
  ),
  divf: fn("any, ...any", "float64", (first, ...others) => decimals(first, others, divide)),
  mulf: fnIn("any, ...any", "float64", (context, first, ...others) => {
    context.spend(others.length * others.length);
    return decimals(first, others, (a, b) => ({ units: a.units * b.units, scale: a.scale + b.scale }));
  }),
  biggest,
  max: biggest,
  min: fn("any, ...any", "int64", (first, ...others) => extreme([first, ...others], (a, b) => a < b)),
  maxf: fn("any, ...any", "float64", (first, ...others) => Math.max(...[first, ...others].map(toFloat64))),
  minf: fn("any, ...any", "float64", (first, ...others) => Math.min(...[first, ...others].map(toFloat64))),
  ceil: fn("any", "float64", (value) => Math.ceil(toFloat64(value))),
  floor: fn("any", "float64", (value) => Math.floor(toFloat64(value))),
  round: fn("any, int, ...float64", "float64", (value, places, from = 0.5) => round(value, places, from)),
};
