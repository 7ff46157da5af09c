/** What injection does differently to two pods: the differences between them that are not in the pods as they are written. */
import { isObject, type Json, type JsonObject } from "../kube/json.ts";
import { sameJson } from "../kube/json-patch.ts";
import { injectedNames } from "./pod-view.ts";

/** A part that differs; undefined where a side does not have it. */
export interface Difference {
  readonly path: readonly string[];
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

/** A state of a part: as it is written, and injected. */
interface Part {
  readonly written: Json | undefined;
  readonly injected: Json | undefined;
}

/**
 * The smallest parts that differ between two injected pods, given as views. What injection leaves as it is written does not count, nor does
 * a part that is written differently, except in the containers that are injected.
 */
export function injectedDifferences(
  before: { readonly written: JsonObject; readonly injected: JsonObject },
  after: { readonly written: JsonObject; readonly injected: JsonObject },
): readonly Difference[] {
  const found: Difference[] = [];
  walk([], before, after, found);
  return found;
}

function walk(path: readonly string[], before: Part, after: Part, found: Difference[]): void {
  if (sameJson(before.injected, after.injected)) return;
  const isOurs = injectedNames.has(path[0] ?? "");
  if (!isOurs && isUntouched(before) && isUntouched(after)) return;
  if (isTaken(before) || isTaken(after)) {
    found.push({ path, before: before.injected, after: after.injected });
    return;
  }
  const isWritten = !isOurs && (isObject(before.written) || isObject(after.written));
  if (isWritten || (isObject(before.injected) && isObject(after.injected))) {
    for (const key of keysOf(before.injected, after.injected))
      walk([...path, key], partAt(before, key), partAt(after, key), found);
    return;
  }
  if (!isOurs && !sameJson(before.written, after.written)) return;
  found.push({ path, before: before.injected, after: after.injected });
}

/** Whether injection takes a part of the pod away. */
function isTaken({ written, injected }: Part): boolean {
  return written !== undefined && injected === undefined;
}

function isUntouched({ written, injected }: Part): boolean {
  return sameJson(written, injected);
}

function keysOf(left: Json | undefined, right: Json | undefined): readonly string[] {
  const keys = (value: Json | undefined) => (isObject(value) ? Object.keys(value) : []);
  return [...new Set([...keys(left), ...keys(right)])];
}

function partAt({ written, injected }: Part, key: string): Part {
  return { written: valueAt(written, key), injected: valueAt(injected, key) };
}

function valueAt(value: Json | undefined, key: string): Json | undefined {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}
