/** JSON whose integers and floating-point numbers stay apart, as they do in Go: integers of 64 bits are bigints, all else numbers. */
import type { Json } from "../../src/kube/json.ts";

const token = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const marker = "\u0000number";

/** Reads a JSON text. */
export function readExact(text: string): Json {
  const marked = text.replace(token, (each) => (each.startsWith('"') ? each : JSON.stringify(marker + each)));
  return JSON.parse(marked, (_, value) =>
    typeof value === "string" && value.startsWith(marker) ? exactNumber(value.slice(marker.length)) : value,
  );
}

function exactNumber(text: string): number | bigint {
  if (!/^-?\d+$/.test(text)) return Number(text);
  const integer = BigInt(text);
  return BigInt.asIntN(64, integer) === integer ? integer : Number(text);
}

/** The value with its numbers as Go prints them and its keys sorted, as text: equal for values that print the same. */
export function printExact(json: unknown): string {
  return JSON.stringify(json, (_, value) => {
    if (typeof value === "bigint" || typeof value === "number") return `#${value}`;
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
