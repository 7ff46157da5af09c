/** One strategic merge patch while it is applied: where it is, and the first thing that is wrong with it. */
import { emptyMap, isObject, type Json, type JsonObject } from "./json.ts";
import { describe } from "./scalar.ts";
import type { Field, Type } from "./schema.ts";
import { foldName, structType } from "./schema.ts";

export interface MergeError {
  /** Where in the patch; items of lists by their index there. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

export interface Run {
  /** The path in the patch; pushed and popped on the way. */
  readonly here: (string | number)[];
  /** After the first error the merge goes on, and its result counts for nothing. */
  error: MergeError | undefined;
}

/** Notes that the patch cannot be applied. */
export function refuse(run: Run, message: string): void {
  run.error ??= { path: [...run.here], message };
}

/** Does something one step further down the patch. */
export function below<T>(run: Run, step: string | number, act: () => T): T {
  run.here.push(step);
  const result = act();
  run.here.pop();
  return result;
}

/** A copy without a prototype, so that any key can be set. */
export function copyOf(object: JsonObject): Record<string, Json> {
  return Object.assign(emptyMap(), object);
}

/** An own value of an object, or undefined. */
export function own(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** The list, or nothing where it is none, which is refused. */
export function listOr(run: Run, json: Json, what: string): readonly Json[] {
  if (Array.isArray(json)) return json;
  refuse(run, `${what} is ${describe(json)}, not a list`);
  return [];
}

/** The field of a type that a key of the patch means: by its exact name first, else without regard to case. */
export function fieldOf(run: Run, type: Type, key: string): Field | undefined {
  const struct = type.is === "struct" ? structType(type.name) : undefined;
  if (!struct) {
    refuse(
      run,
      `merges deeper than the type goes: ${JSON.stringify(key)} is below a value that has no fields`,
    );
    return undefined;
  }
  const field = struct.byName.get(key) ?? struct.byFoldedName.get(foldName(key));
  if (!field) refuse(run, `${JSON.stringify(key)} is no field of ${struct.name}`);
  return field;
}

/** The type of the items of a list field. Behind a pointer Go takes whatever it finds for a list. */
export function itemType(run: Run, { type, pointer, name }: Field): Type | undefined {
  if (type.is === "list" && !pointer) return type.of;
  if (pointer) return type.is === "list" ? type.of : type;
  refuse(run, `gives a list for ${name}, which is none`);
  return undefined;
}

/** The value of an item's merge key, null included; undefined, which is refused, where the item has none. */
export function keyOf(run: Run, item: Json, key: string): Json | undefined {
  if (!isObject(item)) {
    refuse(run, `has an item that is ${describe(item)}, not a map with ${JSON.stringify(key)}`);
    return undefined;
  }
  const value = own(item, key);
  if (value === undefined)
    refuse(run, `has an item without ${JSON.stringify(key)}, by which the list merges`);
  return value;
}
