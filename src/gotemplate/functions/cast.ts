/** Values as numbers, as spf13/cast 1.7 converts them: what is none is zero. */
import { floatToInt64, parseFloat64, parseInt64 } from "../number.ts";
import { isFloat, isSigned, isUnsigned } from "../types.ts";
import type { Value } from "../values.ts";
import { floatOf, indirect, integerOf, kindOf, Typed } from "../values.ts";

/** Named types other than Go's own are not converted. */
function isBasic(value: Value): boolean {
  return !(value instanceof Typed) || value.type.name === value.type.kind;
}

/** "12.00" is "12"; other decimals stay. */
function withoutZeroDecimals(text: string): string {
  return text.replace(/\.0+$/, "");
}

export function toInt64(given: Value): bigint {
  const value = indirect(given);
  if (!isBasic(value)) return 0n;
  const kind = kindOf(value);
  if (isSigned(kind) || isUnsigned(kind)) return BigInt.asIntN(64, integerOf(value));
  if (isFloat(kind)) return floatToInt64(floatOf(value));
  if (typeof value === "string") return parseInt64(withoutZeroDecimals(value)) ?? 0n;
  return value === true ? 1n : 0n;
}

export function toFloat64(given: Value): number {
  const value = indirect(given);
  if (!isBasic(value)) return 0;
  const kind = kindOf(value);
  if (isSigned(kind) || isUnsigned(kind)) return Number(integerOf(value));
  if (isFloat(kind)) return floatOf(value);
  if (typeof value === "string") return parseFloat64(value) ?? 0;
  return value === true ? 1 : 0;
}
