/** JSON text as Go's encoding/json prints it, for the values of annotations and environment variables that hold JSON. */
import { isObject, type Json } from "../kube/json.ts";

/** Plain data in the order in which it is printed; a map keeps the order of its entries whatever its keys look like. */
export type Printable = Json | readonly Printable[] | ReadonlyMap<string, Printable>;

const escaped = /[<>&\u2028\u2029]|\\\\|\\ud[89a-f][0-9a-f]{2}/g;
const needsEscape = /[<>&\u2028\u2029\ud800-\udfff]/;

/** The text of a value; objects keep the order of their keys, which is what a Go struct does. */
export function goJson(value: Printable): string {
  if (typeof value === "string") return goQuote(value);
  if (Array.isArray(value)) return `[${value.map(goJson).join(",")}]`;
  if (value instanceof Map) {
    return `{${[...value].map(([key, item]) => `${goQuote(key)}:${goJson(item)}`).join(",")}}`;
  }
  if (typeof value === "object" && value !== null) {
    return `{${Object.entries(value)
      .map(([key, item]) => `${goQuote(key)}:${goJson(item)}`)
      .join(",")}}`;
  }
  return Object.is(value, -0) ? "-0" : String(value);
}

/** A value with the keys of its maps sorted on every level, as Go prints what it has no struct for. */
export function keysSorted(value: Json): Printable {
  if (Array.isArray(value)) return value.map(keysSorted);
  if (!isObject(value)) return value;
  return new Map(sortedKeys(value).map((key) => [key, keysSorted(value[key] ?? null)]));
}

/** The keys of a map in the order of their UTF-8 bytes. */
export function sortedKeys(map: object): readonly string[] {
  return Object.keys(map).sort(compareKeys);
}

function compareKeys(a: string, b: string): number {
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

function goQuote(text: string): string {
  const quoted = JSON.stringify(text);
  if (!needsEscape.test(text)) return quoted;
  return quoted.replace(escaped, (found) => {
    if (found === "\\\\") return found;
    return found.length > 1 ? "\\ufffd" : `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
