/** Floats as Go's strconv prints them: verbs e, f, g, x and b, shortest or with a precision, rounded exactly and half to even. */

/** Decimal digits and where the point stands: 0.d1d2d3… × 10^point. */
interface Decimal {
  readonly digits: string;
  readonly point: number;
}

const SHORTEST = /^(\d)(?:\.(\d+))?e([+-]\d+)$/;

function shortest(value: number, bits: 32 | 64): Decimal {
  if (value === 0) return { digits: "", point: 0 };
  let text = value.toExponential();
  for (let precision = 0; bits === 32 && precision < 10; precision++) {
    text = value.toExponential(precision);
    if (Math.fround(Number(text)) === value) break;
  }
  const [, first = "", rest = "", exponent = "0"] = SHORTEST.exec(text) ?? [];
  return { digits: (first + rest).replace(/0+$/, ""), point: Number(exponent) + 1 };
}

/** Mantissa and exponent with value = mantissa × 2^exponent; the value is finite and not negative. */
function parts(value: number): readonly [bigint, number] {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const exponent = Number(bits >> 52n) & 0x7ff;
  const fraction = bits & ((1n << 52n) - 1n);
  return exponent === 0 ? [fraction, -1074] : [fraction | (1n << 52n), exponent - 1075];
}

function exact(value: number): Decimal {
  const [mantissa, exponent] = parts(value);
  if (mantissa === 0n) return { digits: "", point: 0 };
  const whole = exponent >= 0 ? mantissa << BigInt(exponent) : mantissa * 5n ** BigInt(-exponent);
  const digits = whole.toString();
  return { digits: digits.replace(/0+$/, ""), point: digits.length - Math.max(0, -exponent) };
}

/** Keeps so many digits; what is cut off is rounded, a half to the even neighbour. */
function rounded({ digits, point }: Decimal, keep: number): Decimal {
  if (keep >= digits.length) return { digits, point };
  if (keep < 0) return { digits: "", point };
  const next = digits.charCodeAt(keep) - 48;
  const last = keep > 0 ? digits.charCodeAt(keep - 1) - 48 : 0;
  const up = next > 5 || (next === 5 && (digits.length > keep + 1 || last % 2 === 1));
  const kept = digits.slice(0, keep);
  if (!up) return { digits: kept.replace(/0+$/, ""), point };
  const raised = (BigInt(kept === "" ? "0" : kept) + 1n).toString().padStart(keep, "0");
  return { digits: raised.replace(/0+$/, ""), point: point + (raised.length - keep) };
}

function exponentText(exponent: number, letter: string): string {
  const digits = String(Math.abs(exponent)).padStart(2, "0");
  return `${letter}${exponent < 0 ? "-" : "+"}${digits}`;
}

function withExponent({ digits, point }: Decimal, precision: number, letter: string): string {
  const first = digits[0] ?? "0";
  const fraction = precision > 0 ? `.${digits.slice(1, precision + 1).padEnd(precision, "0")}` : "";
  return first + fraction + exponentText(digits === "" ? 0 : point - 1, letter);
}

function withPoint({ digits, point }: Decimal, precision: number): string {
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, "0") : "0";
  if (precision <= 0) return whole;
  const fraction = point > 0 ? digits.slice(point) : "0".repeat(Math.min(-point, precision)) + digits;
  return `${whole}.${fraction.slice(0, precision).padEnd(precision, "0")}`;
}

function hexadecimal(value: number, precision: number, upper: boolean): string {
  let [mantissa, exponent] = parts(value);
  if (mantissa === 0n) exponent = 0;
  else {
    while (mantissa < 1n << 60n) {
      mantissa <<= 1n;
      exponent--;
    }
    exponent += 60;
  }
  if (precision >= 0 && precision < 15) {
    const shift = BigInt(60 - 4 * precision);
    const extra = mantissa & ((1n << shift) - 1n);
    const half = 1n << (shift - 1n);
    mantissa >>= shift;
    if (extra > half || (extra === half && (mantissa & 1n) === 1n)) mantissa++;
    mantissa <<= shift;
    if (mantissa >= 1n << 61n) {
      mantissa >>= 1n;
      exponent++;
    }
  }
  const digits = (mantissa & ((1n << 60n) - 1n)).toString(16).padStart(15, "0");
  const fraction =
    precision < 0 ? digits.replace(/0+$/, "") : digits.slice(0, precision).padEnd(precision, "0");
  const text = `0x${mantissa >> 60n}${fraction === "" ? "" : `.${fraction}`}${exponentText(exponent, "p")}`;
  return upper ? text.toUpperCase() : text;
}

/**
 * A float with its sign as strconv.FormatFloat writes it.
 * @param verb one of b e E f F g G x X
 * @param precision digits after the point (of g: in all); -1 for as few as tell the number
 */
export function formatFloat(value: number, verb: string, precision: number, bits: 32 | 64 = 64): string {
  if (Number.isNaN(value)) return "NaN";
  const negative = value < 0 || Object.is(value, -0);
  const size = Math.abs(value);
  const sign = negative ? "-" : "";
  if (size === Number.POSITIVE_INFINITY) return negative ? "-Inf" : "+Inf";
  return sign + unsigned(size, verb, precision, bits);
}

function unsigned(value: number, verb: string, precision: number, bits: 32 | 64): string {
  switch (verb) {
    case "b": {
      const [mantissa, exponent] = parts(value);
      return `${mantissa}p${exponent < 0 ? "" : "+"}${exponent}`;
    }
    case "x":
    case "X":
      return hexadecimal(value, precision, verb === "X");
    case "e":
    case "E": {
      if (precision >= 0) return withExponent(rounded(exact(value), precision + 1), precision, verb);
      const decimal = shortest(value, bits);
      return withExponent(decimal, Math.max(decimal.digits.length - 1, 0), verb);
    }
    case "f":
    case "F": {
      if (precision >= 0) {
        const decimal = exact(value);
        return withPoint(rounded(decimal, decimal.point + precision), precision);
      }
      const decimal = shortest(value, bits);
      return withPoint(decimal, Math.max(decimal.digits.length - decimal.point, 0));
    }
    default:
      return general(value, verb, precision, bits);
  }
}

function general(value: number, verb: string, precision: number, bits: 32 | 64): string {
  const decimal = precision < 0 ? shortest(value, bits) : rounded(exact(value), precision || 1);
  const { digits, point } = decimal;
  let limit = precision < 0 ? 6 : precision || 1;
  if (precision >= 0 && limit > digits.length && digits.length >= point) limit = digits.length;
  const exponent = digits === "" ? -1 : point - 1;
  if (exponent < -4 || exponent >= limit) {
    return withExponent(decimal, Math.max(digits.length - 1, 0), verb === "G" ? "E" : "e");
  }
  return withPoint(decimal, Math.max(digits.length - point, 0));
}
