/** JSON text as Go's encoding/json writes it: sorted keys, its number formats, its escapes. */
import type { Node, Scalar } from "./node.ts";

const escaped = /[<>&\u2028\u2029]|\\\\|\\ud[89a-f][0-9a-f]{2}/g;
const anyLessSafe = /[<>&\u2028\u2029\udc00-\udfff]/;

/** A string as encoding/json quotes it: `<`, `>`, `&`, U+2028 and U+2029 are escaped, invalid bytes are `\ufffd`. */
export function goQuote(text: string): string {
  const quoted = JSON.stringify(text);
  if (!anyLessSafe.test(text)) return quoted;
  return quoted.replace(escaped, (found) => {
    if (found === "\\\\") return found;
    return found.length > 1 ? "\\ufffd" : `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

/** A scalar as encoding/json writes it; a number's shortest digits, with an exponent below 1e-6 and from 1e21. */
export function goScalar(value: Scalar): string {
  if (typeof value === "string") return goQuote(value);
  return Object.is(value, -0) ? "-0" : String(value);
}

/** The order in which encoding/json puts keys: by UTF-8 bytes, which is by code points. */
export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return x >= 0xd800 && y >= 0xd800 ? rank(x) - rank(y) : x - y;
  }
  return a.length - b.length;
}

/** Surrogates stand for characters behind all others. */
const rank = (code: number): number => (code < 0xe000 ? code + 0x10000 : code);

/** A node as the JSON text that sigs.k8s.io/yaml 1.6.0 makes of its document, byte for byte. */
export function toGoJson(root: Node | undefined): string {
  if (!root) return "null";
  const parts: string[] = [];
  const todo: (Node | string)[] = [root];
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    if (typeof next === "string") parts.push(next);
    else if (next.type === "scalar") parts.push(goScalar(next.value));
    else if (next.type === "list") {
      parts.push("[");
      todo.push("]");
      for (let i = next.items.length - 1; i >= 0; i--) {
        const item = next.items[i];
        if (item) todo.push(item);
        if (i > 0) todo.push(",");
      }
    } else {
      parts.push("{");
      todo.push("}");
      const entries = next.entries.toSorted((a, b) => compareKeys(a.key, b.key));
      for (let i = entries.length - 1; i >= 0; i--) {
        const entry = entries[i];
        if (entry) todo.push(entry.value, `${i > 0 ? "," : ""}${goQuote(entry.key)}:`);
      }
    }
  }
  return parts.join("");
}

/**
 * A float as sigs.k8s.io/yaml writes it where a key or a string is wanted: strconv.FormatFloat(x, 'g', -1, 32), so the
 * shortest digits that give the same 32-bit float, with an exponent below 1e-4 and from 1e6 (its own names for infinities).
 */
export function goFloat32(value: number): string {
  const single = Math.fround(value);
  if (Number.isNaN(single)) return ".nan";
  if (!Number.isFinite(single)) return single > 0 ? ".inf" : "-.inf";
  if (single === 0) return Object.is(single, -0) ? "-0" : "0";
  let digits = 1;
  while (digits < 9 && Math.fround(Number(single.toExponential(digits - 1))) !== single) digits++;
  const [mantissa = "", exponent = "0"] = roundHalfEven(single, digits).split("e");
  const power = Number(exponent);
  if (power >= -4 && power < 6) return Number(`${mantissa}e${power}`).toString();
  const magnitude = String(Math.abs(power)).padStart(2, "0");
  return `${mantissa}e${power < 0 ? "-" : "+"}${magnitude}`;
}

/** Like toExponential, but of two equally near numbers it takes the one whose last digit is even, as Go does. */
function roundHalfEven(value: number, digits: number): string {
  const exact = value.toExponential(60);
  const point = exact.indexOf(".");
  const cut = point + digits;
  const isTie = /^50*e/.test(exact.slice(cut));
  const last = digits === 1 ? exact.charAt(point - 1) : exact.charAt(cut - 1);
  if (!isTie || Number(last) % 2 === 1) return value.toExponential(digits - 1);
  return exact.slice(0, digits === 1 ? point : cut) + exact.slice(exact.indexOf("e"));
}
