/** Numbers as Go's strconv reads them: integers in any base, floats in decimal and hexadecimal, underscores between digits. */

const UNDERSCORES = /^[+-]?(?:0[xX](?:_?[0-9a-fA-F])+|0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|[0-9](?:_?[0-9])*)$/;
const INTEGER = /^([+-]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]([0-7]+)|0([0-7]+)|([1-9][0-9]*|0))$/;

export const minInt64 = -(2n ** 63n);
export const maxInt64 = 2n ** 63n - 1n;
export const maxUint64 = 2n ** 64n - 1n;

/** An integer of any size with Go's prefixes (0x, 0b, 0o, 0) and underscores; undefined when it is none. */
export function parseInteger(text: string): bigint | undefined {
  if (text.includes("_") && !UNDERSCORES.test(text)) return undefined;
  const found = INTEGER.exec(text.replaceAll("_", ""));
  if (!found) return undefined;
  const [, sign, hex, binary, octal, oldOctal, decimal] = found;
  const digits = hex ? `0x${hex}` : binary ? `0b${binary}` : decimal;
  const value = BigInt(digits ?? `0o${octal ?? oldOctal ?? "0"}`);
  return sign === "-" ? -value : value;
}

/** The integer if it fits int64. */
export function parseInt64(text: string): bigint | undefined {
  const value = parseInteger(text);
  return value !== undefined && value >= minInt64 && value <= maxInt64 ? value : undefined;
}

/** A decimal integer as strconv.Atoi reads it when its error is ignored: zero for no number, the nearest for one that does not fit. */
export function decimalOrZero(text: string): bigint {
  if (!/^[+-]?[0-9]+$/.test(text)) return 0n;
  if (text.length > 400) return text.startsWith("-") ? minInt64 : maxInt64;
  const value = BigInt(text.replace("+", ""));
  return value < minInt64 ? minInt64 : value > maxInt64 ? maxInt64 : value;
}

const DECIMAL_FLOAT = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;
const HEX_FLOAT = /^([+-]?)0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([+-]?[0-9]+)$/;
const SPECIAL: Readonly<Record<string, number>> = {
  inf: Number.POSITIVE_INFINITY,
  infinity: Number.POSITIVE_INFINITY,
  nan: Number.NaN,
};

/** A float64; undefined when the text is none or does not fit. */
export function parseFloat64(text: string): number | undefined {
  const word = /^([+-]?)([a-zA-Z]+)$/.exec(text);
  if (word) {
    const value = SPECIAL[(word[2] ?? "").toLowerCase()];
    return value === undefined || (Number.isNaN(value) && word[1])
      ? undefined
      : word[1] === "-"
        ? -value
        : value;
  }
  const plain = text.includes("_") ? withoutUnderscores(text) : text;
  if (plain === undefined) return undefined;
  const value = DECIMAL_FLOAT.test(plain) ? Number(plain) : hexFloat(plain);
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}

/** Underscores may stand between digits and behind a prefix. */
function withoutUnderscores(text: string): string | undefined {
  const hex = /^[+-]?0[xX]/.test(text);
  const misplaced = hex ? /(?<![0-9a-fA-FxX])_|_(?![0-9a-fA-F])/ : /(?<![0-9])_|_(?![0-9])/;
  return misplaced.test(text) ? undefined : text.replaceAll("_", "");
}

function hexFloat(text: string): number | undefined {
  const found = HEX_FLOAT.exec(text);
  if (!found) return undefined;
  const [, sign, whole = "", fraction = "", exponent = "0"] = found;
  if (whole + fraction === "") return undefined;
  const mantissa = Number(BigInt(`0x${whole}${fraction}`));
  const power = Number(exponent) - 4 * fraction.length;
  // In two halves, because 2 ** power alone may not be representable.
  const value = mantissa * 2 ** Math.trunc(power / 2) * 2 ** (power - Math.trunc(power / 2));
  return sign === "-" ? -value : value;
}

/** A float as Go converts it to int64: toward zero; what does not fit becomes the smallest, as on amd64. */
export function floatToInt64(value: number): bigint {
  if (!(Math.abs(value) < 2 ** 63)) return minInt64;
  return BigInt(Math.trunc(value));
}
