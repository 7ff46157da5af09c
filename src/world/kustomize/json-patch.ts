/** JSON patches (RFC 6902) as kustomize applies them (v5.8.1, with evanphx/json-patch v4). */
import { at, isObject, type Json, type JsonObject } from "../../kube/json.ts";
import type { Path } from "../../source/node.ts";
import { type Draft, edited, makeRoomAt, noTies, removeAt, setAt, sourceAt } from "./draft.ts";
import type { Source } from "./kustomization.ts";
import type { PatchSource } from "./merge.ts";

/** The patched draft, or why the patch does not apply; then nothing of it is. */
export type Patched =
  | { readonly ok: true; readonly draft: Draft }
  | {
      readonly ok: false;
      readonly reason: string;
      /** Whether it hangs on what is not built here: images, replicas, names of other objects. */
      readonly unsure?: boolean;
    };

/** Applies operations in order; the first that cannot be applied fails the whole patch. */
export function jsonPatch(draft: Draft, operations: readonly Json[], sourceOf: PatchSource): Patched {
  let next: Draft = { ...draft, ties: noTies, own: new Set() };
  for (const [index, operation] of operations.entries()) {
    const result = isObject(operation)
      ? apply(next, operation, (path) => sourceOf([index, ...path]))
      : refuse(`operation ${index} is no object`);
    if (!result.ok) return { ...result, unsure: isObject(operation) && isUnsure(operation) };
    next = result.draft;
  }
  return { ok: true, draft: edited(next) };
}

function isUnsure({ op, path, from, value }: JsonObject): boolean {
  if (`${path}`.endsWith("/replicas") || `${from}`.endsWith("/replicas")) return true;
  if (op !== "test" || ownName.test(`${path}`)) return false;
  return (
    /image|replicas|name/i.test(`${path}`) || (isObject(value) || Array.isArray(value) ? named(value) : false)
  );
}

/** Names that nothing changes which is not built here. */
const ownName = /^\/metadata\/(?:name|namespace)$|\/(?:initC|c)ontainers\/\d+\/name$/;

function named(value: Json): boolean {
  if (Array.isArray(value)) return value.some(named);
  return (
    isObject(value) &&
    Object.entries(value).some(([key, one]) => /image|replicas|name/i.test(key) || named(one))
  );
}

function refuse(reason: string): Patched {
  return { ok: false, reason };
}

function apply(draft: Draft, operation: JsonObject, sourceOf: PatchSource): Patched {
  const { op, path: pointer, from } = operation;
  if (typeof pointer !== "string") return refuse("an operation has no path");
  const path = resolve(draft, pointer, op === "add");
  if (!path) return refuse(`${pointer} is no place in the object`);
  const value = operation.value ?? null;
  switch (op) {
    case "add":
      return insert(draft, path, value, sourceOf(["value"]));
    case "replace":
      if (!hasPlace(draft, path)) return refuse(`nothing stands at ${pointer}`);
      return { ok: true, draft: setAt(draft, path, value, sourceOf(["value"])) };
    case "remove":
      if (at(draft.value, path) === undefined) return refuse(`nothing stands at ${pointer}`);
      return { ok: true, draft: removeAt(draft, path, sourceOf(["path"])) };
    case "test":
      return same(at(draft.value, path), value)
        ? { ok: true, draft }
        : refuse(`the test of ${pointer} fails`);
    case "copy":
    case "move":
      return typeof from === "string" ? carry(draft, op, from, pointer) : refuse("an operation has no from");
    default:
      return refuse(`unknown operation ${JSON.stringify(op)}`);
  }
}

function carry(draft: Draft, op: "copy" | "move", from: string, pointer: string): Patched {
  const origin = resolve(draft, from, false);
  const value = origin && at(draft.value, origin);
  if (!origin || value === undefined) return refuse(`nothing stands at ${from}`);
  const source = sourceAt(draft, origin);
  const rest = op === "move" ? removeAt(draft, origin) : sharing(draft, value);
  const target = resolve(rest, pointer, true);
  return target ? insert(rest, target, value, source) : refuse(`${pointer} is no place in the object`);
}

/** What stands in two places must not be written to in both: if the edit made it, the edit begins anew. */
function sharing(draft: Draft, value: Json): Draft {
  const isOwn = typeof value === "object" && value !== null && draft.own?.has(value);
  return isOwn ? { ...draft, own: new Set() } : draft;
}

/** Whether a value may be replaced: any key of a map that is there, also a new one, but only items a list has. */
function hasPlace(draft: Draft, path: Path): boolean {
  if (typeof path.at(-1) === "number") return at(draft.value, path) !== undefined;
  return path.length === 0 || isObject(at(draft.value, path.slice(0, -1)));
}

/** A map's entry is set, into a list an item is inserted. */
function insert(draft: Draft, path: Path, value: Json, source: Source): Patched {
  const parent = path.slice(0, -1);
  const last = path.at(-1);
  const here = at(draft.value, parent);
  if (typeof last !== "number") {
    if (last !== undefined && !isObject(here)) return refuse(`nothing stands at /${parent.join("/")}`);
    return { ok: true, draft: setAt(draft, path, value, source) };
  }
  const length = Array.isArray(here) ? here.length : -1;
  if (last > length) return refuse(`/${path.join("/")} is beyond the end of the list`);
  return { ok: true, draft: setAt(makeRoomAt(draft, path), path, value, source) };
}

/**
 * The path that a JSON pointer means in an object, list indices as numbers; negative ones count from the end.
 * `-` is the place after the last item, and where something is added -1 means that place too.
 */
function resolve(draft: Draft, pointer: string, adding: boolean): Path | undefined {
  if (pointer !== "" && !pointer.startsWith("/")) return undefined;
  const parts = pointer.split("/").slice(1);
  const path: (string | number)[] = [];
  let below: Json | undefined = draft.value;
  for (const [position, part] of parts.entries()) {
    const here: Json | undefined = below;
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    if (!Array.isArray(here)) {
      path.push(key);
      below = at(here, [key]);
      continue;
    }
    const length = here.length + (adding && position === parts.length - 1 ? 1 : 0);
    const index = key === "-" ? here.length : /^-?\d+$/.test(key) ? Number(key) : undefined;
    if (index === undefined || index < -length) return undefined;
    const counted = index < 0 ? length + index : index;
    path.push(counted);
    below = at(here, [counted]);
  }
  return path;
}

function same(a: Json | undefined, b: Json): boolean {
  if (a === undefined) return b === null;
  if (Array.isArray(a)) {
    return (
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item: Json, index) => same(item, b[index] ?? null))
    );
  }
  if (!isObject(a)) return a === b;
  if (!isObject(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => same(a[key], b[key] ?? null));
}
