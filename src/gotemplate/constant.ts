/** The constants of a template: numbers and characters as Go's literals, strings without their quotes. */

import type { Token } from "./lex.ts";
import { Failure } from "./limits.ts";
import { floatToInt64, maxInt64, maxUint64, minInt64, parseFloat64, parseInteger } from "./number.ts";
import { quoteText, unescapeText } from "./text.ts";
import type { NumberConstant } from "./tree.ts";

/** The text of a string constant; throws a Failure for an escape that Go does not know. */
export function stringOf(token: Token): string {
  const body = token.text.slice(1, -1);
  if (token.kind === "rawString") return body.replaceAll("\r", "");
  const text = unescapeText(body, '"');
  if (text === undefined) throw new Failure("invalid syntax");
  return text;
}

/** The number of a number, character or complex constant; throws a Failure when it is none or fits no type. */
export function numberOf(token: Token): NumberConstant {
  if (token.kind === "charConstant") return character(token);
  if (token.kind === "complex" || token.text.endsWith("i")) return complexNumber(token);
  const { text, at } = token;
  const whole = parseInteger(text);
  const int = whole !== undefined && whole >= minInt64 && whole <= maxInt64 ? whole : undefined;
  const uint =
    whole !== undefined && whole >= 0n && whole <= maxUint64 && !/^\+/.test(text) ? whole : undefined;
  if (int !== undefined || uint !== undefined) {
    return { is: "number", at, text, int, uint, float: Number(int ?? uint), complex: undefined };
  }
  const float = parseFloat64(text);
  if (float === undefined) throw new Failure(`illegal number syntax: ${quoteText(text)}`);
  if (!/[.eEpP]/.test(text)) throw new Failure(`integer overflow: ${quoteText(text)}`);
  return { is: "number", at, text, ...integersOf(float), float, complex: undefined };
}

/** A float is also an integer when it is whole and fits. */
function integersOf(float: number): { readonly int: bigint | undefined; readonly uint: bigint | undefined } {
  const whole = Number.isInteger(float);
  const int = whole && Math.abs(float) < 2 ** 63 ? floatToInt64(float) : undefined;
  return { int, uint: whole && float >= 0 && float < 2 ** 64 ? BigInt(float) : undefined };
}

function character({ text, at }: Token): NumberConstant {
  const value = unescapeText(text.slice(1, -1), "'");
  const point = value?.codePointAt(0);
  if (value === undefined || point === undefined || value === "'") throw new Failure("invalid syntax");
  if ([...value].length > 1) throw new Failure(`malformed character constant: ${text}`);
  const byte = point >= 0xdc80 && point <= 0xdcff ? point - 0xdc00 : point;
  const int = BigInt(byte);
  return { is: "number", at, text, int, uint: int, float: byte, complex: undefined };
}

function complexNumber({ text, at }: Token): NumberConstant {
  const split = Math.max(...[...text.matchAll(/(?<![eEpP])[+-]/g)].map((sign) => sign.index), 0);
  const imaginary = parseFloat64(text.slice(split, -1));
  const real = split === 0 ? 0 : parseFloat64(text.slice(0, split));
  if (real === undefined || imaginary === undefined) {
    throw new Failure(`illegal number syntax: ${quoteText(text)}`);
  }
  const complex: readonly [number, number] = [real, imaginary];
  if (imaginary !== 0)
    return { is: "number", at, text, int: undefined, uint: undefined, float: undefined, complex };
  return { is: "number", at, text, ...integersOf(real), float: real, complex };
}
