/** Values as CEL may hold them: keys that users choose never act as properties of JavaScript objects. */
import { isObject, type Json } from "../kube/json.ts";

/** What a map of texts is to CEL. */
export type Texts = ReadonlyMap<string, string>;

const noTexts: Texts = new Map();

/** Labels, annotations and the like as a map. */
export function textsOf(entries: { readonly [key: string]: string }): Texts {
  let texts: Map<string, string> | undefined;
  for (const key in entries) {
    const value = entries[key];
    if (value === undefined) continue;
    texts ??= new Map();
    texts.set(key, value);
  }
  return texts ?? noTexts;
}

/** JSON, or JSON in which maps stand for some of its objects. */
export type Held = Json | readonly Held[] | ReadonlyMap<string, Held>;

/**
 * Plain data for an expression. CEL tells types by the constructor of a value, which a key of that name would hide, so
 * objects with such a key become maps; all others stay as they are.
 */
export function heldOf(value: Json): Held {
  if (typeof value !== "object" || value === null) return value;
  let held = known.get(value);
  if (held === undefined) {
    held = hidesType(value) ? copyOf(value) : value;
    known.set(value, held);
  }
  return held;
}

/** Expressions ask for the same objects again and again. */
const known = new WeakMap<object, Held>();

function hidesType(value: Json): boolean {
  if (Array.isArray(value)) return value.some(hidesType);
  if (!isObject(value)) return false;
  return Object.hasOwn(value, "constructor") || Object.values(value).some(hidesType);
}

function copyOf(value: Json): Held {
  if (Array.isArray(value)) return value.map(copyOf);
  if (!isObject(value)) return value;
  return new Map(Object.entries(value).map(([key, inside]) => [key, copyOf(inside)]));
}

/** The plain data behind what an expression held. */
export function plainOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainOf);
  if (!(value instanceof Map)) return value;
  const plain: Record<string, unknown> = Object.create(null);
  for (const [key, inside] of value) if (typeof key === "string") plain[key] = plainOf(inside);
  return plain;
}
