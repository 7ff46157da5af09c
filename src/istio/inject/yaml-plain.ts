/** What a plain YAML text would be read as by Kubernetes' reader (sigs.k8s.io/yaml 1.6), for a writer that has to quote what is no text. */

const words = new Set(
  (
    "y Y yes Yes YES n N no No NO true True TRUE false False FALSE on On ON off Off OFF ~ null Null NULL " +
    ".nan .NaN .NAN .inf .Inf .INF +.inf +.Inf +.INF -.inf -.Inf -.INF"
  ).split(" "),
);
const integer = /^([-+]?)(0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|0[0-7]*|[1-9][0-9]*)$/;
const signedBinary = /^0b([-+])([01]+)$/;
const decimal = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const sexagesimal = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;

/** Whether a text without quotes is read as a word, a number or a time, or as a number by older readers (1:30). */
export function readsAsOther(text: string): boolean {
  if (text === "" || words.has(text)) return true;
  const first = text.charCodeAt(0);
  if (first === 0x2e) return isFinite64(text, decimal);
  if (first > 0x39 || !/^[-+0-9]/.test(text)) return false;
  const digits = text.replaceAll("_", "");
  return isInteger(digits) || isFinite64(digits, decimal) || sexagesimal.test(text) || isTime(text);
}

function isFinite64(text: string, shape: RegExp): boolean {
  return shape.test(text) && Number.isFinite(Number(text));
}

const least = -(2n ** 63n);
const most = 2n ** 63n - 1n;
const mostUnsigned = 2n ** 64n - 1n;

function isInteger(text: string): boolean {
  const binary = signedBinary.exec(text);
  const [, sign, digits] = binary ? ["", binary[1], `0b${binary[2]}`] : (integer.exec(text) ?? []);
  if (sign === undefined || digits === undefined) return false;
  if (digits.replace(/^0[xXoObB]?0*/, "").length > 64) return false;
  const size = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits.toLowerCase());
  const value = sign === "-" ? -size : size;
  return value >= least && value <= (sign === "" ? mostUnsigned : most);
}

const time =
  /^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:(?:([Tt ])([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,][0-9]+)?)(?:Z|([-+])([0-9]{2}):([0-9]{2}))?)?$/;

/** A date, or a date and a time: with a zone behind T, without one behind a space. */
function isTime(text: string): boolean {
  const match = time.exec(text);
  if (!match) return false;
  const [, year, month, day, between, hour = 0, minute = 0, second = 0, , zoneHour = 0, zoneMinute = 0] =
    match;
  const isZoned = /(?:Z|[-+][0-9]{2}:[0-9]{2})$/.test(text) && between !== undefined;
  if (between !== undefined && isZoned !== (between !== " ")) return false;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return false;
  if (Number(zoneHour) > 24 || Number(zoneMinute) > 60) return false;
  return (
    Number(month) >= 1 &&
    Number(month) <= 12 &&
    Number(day) >= 1 &&
    Number(day) <= daysIn(Number(year), Number(month))
  );
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
