/** Objects made equal that mean the same to Kubernetes: without what Go leaves out or a client may leave out. */
import type { Json } from "../../src/kube/json.ts";
import { formatQuantity, parseQuantity } from "../../src/kube/quantity.ts";

const zeroCountsNot = new Set(
  "initialDelaySeconds timeoutSeconds periodSeconds successThreshold failureThreshold hostPort".split(" "),
);
const falseCountsNot = new Set("readOnly stdin stdinOnce tty hostNetwork hostPID hostIPC".split(" "));
const textMaps = new Set(["annotations", "labels"]);
const quantityMaps = new Set(["limits", "requests"]);

/** The value without nulls, empty maps, lists and texts, and without zeros that cannot be told from absent; quantities canonical. */
export function canonical(json: Json, key = ""): Json | undefined {
  if (json === null || json === "") return undefined;
  if (json === 0 && zeroCountsNot.has(key)) return undefined;
  if (json === false && falseCountsNot.has(key)) return undefined;
  if (Array.isArray(json)) {
    const items = json.map((item: Json) => canonical(item) ?? {});
    return items.length === 0 ? undefined : items;
  }
  if (typeof json !== "object") return json;
  const entries: [string, Json][] = [];
  for (const [name, value] of Object.entries(json).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const kept = textMaps.has(key) ? value : quantityMaps.has(key) ? quantity(value) : canonical(value, name);
    if (kept !== undefined) entries.push([name, kept]);
  }
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function quantity(json: Json): Json {
  const read = parseQuantity(String(json));
  return read.ok ? formatQuantity(read.quantity) : json;
}

/** What differs between two values; undefined when they mean the same. */
export function difference(ours: Json | undefined, theirs: Json | undefined): string | undefined {
  return firstDifference(canonical(ours ?? null), canonical(theirs ?? null), "");
}

function firstDifference(ours: Json | undefined, theirs: Json | undefined, path: string): string | undefined {
  if (JSON.stringify(ours) === JSON.stringify(theirs)) return undefined;
  const bothMaps = [ours, theirs].every((each) => typeof each === "object" && each !== null);
  if (bothMaps && Array.isArray(ours) === Array.isArray(theirs)) {
    const [mine, must] = [ours, theirs] as { readonly [key: string]: Json }[];
    for (const key of new Set([...Object.keys(mine ?? {}), ...Object.keys(must ?? {})])) {
      const found = firstDifference(mine?.[key], must?.[key], `${path}/${key}`);
      if (found) return found;
    }
  }
  return `at ${path || "/"}: is ${JSON.stringify(ours)}, must be ${JSON.stringify(theirs)}`;
}
