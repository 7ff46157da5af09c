/** What decoding takes and gives, one run of it, and the scalars. */
import type { Json, JsonObject } from "./json.ts";
import { describe, goNumber, readInteger, readQuantity, readTime } from "./scalar.ts";
import type { Type } from "./schema.ts";

export type Path = readonly (string | number)[];

/**
 * `scheme`: the API machinery's serializer, as API clients use it: field names are case-sensitive, no conversions.
 * `unmarshal`: sigs.k8s.io/yaml, as `istioctl kube-inject` and the injector's configuration use it: case is ignored, numbers and
 * booleans become strings where a string is wanted.
 * `json`: encoding/json, as the injector reads back what it merged: case is ignored, no conversions.
 */
export type Via = "scheme" | "unmarshal" | "json";

export interface DecodeOptions {
  readonly via: Via;
  /** Refuse unknown and duplicate fields. */
  readonly strict?: boolean;
  /** Where the text had a key twice, which plain data does not tell. */
  readonly duplicates?: readonly Path[];
  /** Whether the number at a path was written as a floating-point number although its value is whole: `1e6` prints as such in a string. */
  readonly isFloat?: (path: Path) => boolean;
}

export interface DecodeError {
  readonly path: Path;
  /** What was found and what is wanted, such as "is a boolean, not a string". */
  readonly message: string;
}

export type Decoded =
  | {
      readonly ok: true;
      /** The object as json.Marshal prints it. */
      readonly value: JsonObject;
      /** Fields that the type does not have; they are dropped. */
      readonly unknown: readonly Path[];
    }
  | { readonly ok: false; readonly errors: readonly DecodeError[] };

/**
 * A decoded value before it is printed: structs hold the fields that were set, lists and maps are nil (undefined) or not, and quantities
 * and times are already in their printed form. undefined is Go's zero value.
 */
export type Typed = Json | undefined;

export interface Run {
  readonly options: DecodeOptions;
  readonly errors: DecodeError[];
  readonly unknown: Path[];
  /** The path of the value being decoded; pushed and popped on the way. */
  readonly here: (string | number)[];
}

/** Notes an error at the value that is decoded now. */
export function refuse(run: Run, message: string): void {
  run.errors.push({ path: [...run.here], message });
}

/** Notes that a value is of another kind than the wanted one. */
export function mismatch(run: Run, json: Json, wanted: string): void {
  refuse(run, `is ${describe(json)}, not ${wanted}`);
}

/** Notes a field that the type does not have. */
export function dropUnknown(run: Run, key: string, json: Json): void {
  run.here.push(key);
  run.unknown.push([...run.here]);
  refuseNonFinite(run, json);
  run.here.pop();
}

/** Go turns the whole text into JSON first, which fails for an infinite number wherever it stands. */
export function refuseNonFinite(run: Run, json: Json): void {
  const waiting: Json[] = [json];
  const seen = new Set<Json>();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next === "number" && !Number.isFinite(next)) {
      refuse(run, `is ${next}, which JSON cannot say`);
      return;
    }
    if (typeof next !== "object" || next === null || seen.has(next)) continue;
    seen.add(next);
    for (const part of Array.isArray(next) ? next : Object.values(next)) waiting.push(part);
  }
}

export type ScalarType = Exclude<Type, { readonly is: "struct" | "list" | "map" }>;

/** A scalar as Go reads it; `before` is what was set earlier. */
export function decodeScalar(run: Run, type: ScalarType, json: Json, before: Typed, convert: boolean): Typed {
  switch (type.is) {
    case "string":
      return decodeString(run, json, before, convert);
    case "bool":
      if (json === null || typeof json === "boolean") return json ?? before;
      mismatch(run, json, "a boolean");
      return before;
    case "int32":
    case "int64":
      return json === null ? before : integer(run, json, type.is, before);
    case "intOrString":
      if (json === null) return typeof before === "string" ? 0 : before;
      return typeof json === "string" ? json : integer(run, json, "int32", before);
    case "quantity": {
      const read = readQuantity(json);
      if (read.ok) return read.value;
      refuse(run, read.error);
      return before;
    }
    default: {
      if (json === null) return undefined;
      const read = readTime(json);
      if (read.ok) return read.value;
      refuse(run, read.error);
      return before;
    }
  }
}

function decodeString(run: Run, json: Json, before: Typed, convert: boolean): Typed {
  if (json === null) return before;
  if (typeof json === "string") return json;
  if (convert && run.options.via === "unmarshal") {
    if (typeof json === "boolean" || typeof json === "bigint") return String(json);
    if (typeof json === "number") return goNumber(json, run.options.isFloat?.(run.here) ?? false);
  }
  mismatch(run, json, "a string");
  return before;
}

function integer(run: Run, json: Json, size: "int32" | "int64", before: Typed): Typed {
  const read = readInteger(json, size);
  if (read.ok) return read.value;
  refuse(run, read.error);
  return before;
}

/** The order of an object's entries by their keys, in which Go meets them. */
export function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
