/** Objects that are equal to the last value, but for what kube-inject prints empty and nobody wrote. */
import { isObject, type Json } from "../../src/kube/json.ts";

/** The keys that kube-inject prints although they are empty, and what they are then. */
const printedEmpty: Readonly<Record<string, string>> = {
  creationTimestamp: "null",
  metadata: "{}",
  resources: "{}",
  status: "{}",
  strategy: "{}",
  triggers: "null",
  updateStrategy: "{}",
};

/** The value without these, keys in the order of the alphabet. */
export function withoutEmpty(json: Json): Json {
  if (Array.isArray(json)) return json.map(withoutEmpty);
  if (!isObject(json)) return json;
  const entries = Object.entries(json).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    entries.flatMap(([key, value]) => {
      const kept = withoutEmpty(value);
      return printedEmpty[key] === JSON.stringify(kept) ? [] : [[key, kept]];
    }),
  );
}

/** The first place where two values differ by more than these keys; undefined when there is none. */
export function strictDifference(ours: Json, theirs: Json): string | undefined {
  return firstDifference(withoutEmpty(ours), withoutEmpty(theirs), "");
}

function firstDifference(ours: Json | undefined, theirs: Json | undefined, path: string): string | undefined {
  if (JSON.stringify(ours) === JSON.stringify(theirs)) return undefined;
  const isSameShape = Array.isArray(ours) === Array.isArray(theirs);
  if (isSameShape && isBranch(ours) && isBranch(theirs)) {
    const [mine, must] = [ours, theirs] as readonly { readonly [key: string]: Json }[];
    for (const key of new Set([...Object.keys(mine ?? {}), ...Object.keys(must ?? {})])) {
      const found = firstDifference(mine?.[key], must?.[key], `${path}/${key}`);
      if (found) return found;
    }
  }
  return `at ${path || "/"}: is ${JSON.stringify(ours)}, must be ${JSON.stringify(theirs)}`;
}

function isBranch(json: Json | undefined): boolean {
  return typeof json === "object" && json !== null;
}
