/**
 * Go values in JavaScript. Plain data are themselves: a boolean, a number is a float64, a bigint an int, a string a string, an array a
 * []interface {}, an object a map[string]interface {}, null a nil interface, undefined no value at all (a key that is missing). Whatever
 * else Go knows (int32, []string, structs, pointers, nil slices) is a Typed: a type and the raw data seen through it.
 */

import { byteLength, sortedText, toBytes } from "./text.ts";
import type { GoType, Kind, Method, StructField } from "./types.ts";
import {
  anyMap,
  anySlice,
  anyType,
  boolType,
  float64Type,
  intType,
  isFloat,
  isSigned,
  isUnsigned,
  stringType,
} from "./types.ts";

export type Value = undefined | null | boolean | number | bigint | string | readonly Value[] | Dict | Typed;

/** A map[string]interface {}. Templates may write to it with functions such as set. */
export interface Dict {
  [key: string]: Value;
}

/**
 * A value of a type that plain data cannot tell. The raw value follows the type: string kinds a string, integers a number or bigint,
 * floats a number, slices an array (bytes a Uint8Array), maps a record or Map, structs a record by the fields' keys, pointers the raw
 * value they point to; undefined or null stands for the zero value.
 */
export class Typed {
  readonly type: GoType;
  readonly raw: unknown;
  /** Whether the value lives behind a pointer or in a slice, so that methods of the pointer may be called on it. */
  readonly addressable: boolean;

  constructor(type: GoType, raw: unknown, addressable = false) {
    this.type = type;
    this.raw = raw;
    this.addressable = addressable;
  }
}

/** The value that raw data are when seen through a type. */
export function view(type: GoType, raw: unknown, addressable = false): Value {
  switch (type) {
    case anyType:
      return (raw ?? null) as Value;
    case stringType:
      return (raw ?? "") as string;
    case boolType:
      return (raw ?? false) as boolean;
    case float64Type:
      return Number(raw ?? 0);
    case intType:
      return BigInt((raw ?? 0) as number | bigint);
    case anySlice:
    case anyMap:
      return raw === undefined || raw === null ? new Typed(type, undefined, addressable) : (raw as Value);
    default:
      return type.kind === "interface" || type.kind === "value"
        ? ((raw ?? null) as Value)
        : new Typed(type, raw, addressable);
  }
}

/** The zero value of a type. */
export function zeroOf(type: GoType): Value {
  return view(type, undefined);
}

/** The raw data of a value, as functions take them. */
export function rawOf(value: Value): unknown {
  return value instanceof Typed ? value.raw : value;
}

/** The dynamic type; of a nil interface, interface {} itself. */
export function typeOf(value: Exclude<Value, undefined>): GoType {
  switch (typeof value) {
    case "boolean":
      return boolType;
    case "number":
      return float64Type;
    case "bigint":
      return intType;
    case "string":
      return stringType;
    default:
      if (value === null) return anyType;
      if (value instanceof Typed) return value.type;
      return Array.isArray(value) ? anySlice : anyMap;
  }
}

/** The kind of a value; "invalid" of none. */
export function kindOf(value: Value): Kind | "invalid" {
  return value === undefined ? "invalid" : typeOf(value).kind;
}

export function isDict(value: Value): value is Dict {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Typed);
}

/** Whether a value is nil: a nil interface, pointer, slice, map or function. */
export function isNil(value: Value): boolean {
  if (value === undefined || value === null) return true;
  if (!(value instanceof Typed) || (value.raw !== undefined && value.raw !== null)) return false;
  const { kind } = value.type;
  return kind === "ptr" || kind === "slice" || kind === "map" || kind === "func";
}

/** What a pointer points to; the pointer itself when it is nil; any other value as it is. */
export function indirect(value: Value): Value {
  let here = value;
  while (here instanceof Typed && here.type.kind === "ptr" && !isNil(here)) here = targetOf(here);
  return here;
}

/** The target of a pointer that is not nil. */
export function targetOf(pointer: Typed): Value {
  return view(pointer.type.elem ?? anyType, pointer.raw, true);
}

/** Whether a value counts as true in a condition. */
export function isTrue(value: Value): boolean {
  switch (typeof value) {
    case "undefined":
      return false;
    case "boolean":
      return value;
    case "string":
      return value !== "";
    case "number":
      return value !== 0;
    case "bigint":
      return value !== 0n;
    default:
      break;
  }
  if (value === null) return false;
  if (value instanceof Typed) return isTrueTyped(value);
  if (Array.isArray(value)) return value.length > 0;
  for (const _ in value as Dict) return true;
  return false;
}

function isTrueTyped(value: Typed): boolean {
  const { kind } = value.type;
  if (kind === "struct") return true;
  if (kind === "slice" || kind === "map" || kind === "string") return lengthOf(value) > 0;
  if (kind === "bool") return value.raw === true;
  if (isSigned(kind) || isUnsigned(kind) || isFloat(kind)) return Number(value.raw ?? 0) !== 0;
  if (kind === "complex128") return (value.raw as readonly number[]).some((part) => part !== 0);
  return !isNil(value);
}

/** The whole number in a value of an integer kind. */
export function integerOf(value: Value): bigint {
  if (typeof value === "bigint") return value;
  return value instanceof Typed ? BigInt((value.raw ?? 0) as number | bigint) : 0n;
}

/** The number in a value of a float kind. */
export function floatOf(value: Value): number {
  if (typeof value === "number") return value;
  return value instanceof Typed ? Number(value.raw ?? 0) : 0;
}

/** The text in a value of a string kind. */
export function textOf(value: Value): string {
  if (typeof value === "string") return value;
  return value instanceof Typed ? ((value.raw ?? "") as string) : "";
}

/** The boolean in a value of kind bool. */
export function boolOf(value: Value): boolean {
  return value === true || (value instanceof Typed && value.raw === true);
}

export type MapKey = string | number | bigint | boolean;
type RawMap = ReadonlyMap<MapKey, unknown> | Readonly<Record<string, unknown>>;

function rawMapOf(value: Value): RawMap {
  return ((value instanceof Typed ? value.raw : value) ?? {}) as RawMap;
}

function rawListOf(value: Value): ArrayLike<unknown> {
  return ((value instanceof Typed ? value.raw : value) ?? []) as ArrayLike<unknown>;
}

/** The length of a string in bytes, of a slice or of a map. */
export function lengthOf(value: Value): number {
  switch (kindOf(value)) {
    case "string":
      return byteLength(textOf(value));
    case "slice":
      return rawListOf(value).length;
    case "map": {
      const map = rawMapOf(value);
      return map instanceof Map ? map.size : Object.keys(map).length;
    }
    default:
      return 0;
  }
}

/** An element of a slice. */
export function elementOf(value: Value, index: number): Value {
  const raw = rawListOf(value)[index];
  return value instanceof Typed ? view(value.type.elem ?? anyType, raw, true) : ((raw ?? null) as Value);
}

/** All elements of a slice. */
export function elementsOf(value: Value): Value[] {
  if (Array.isArray(value)) return value as Value[];
  const list = rawListOf(value);
  const found: Value[] = [];
  for (let i = 0; i < list.length; i++) found.push(elementOf(value, i));
  return found;
}

/** Part of a slice, from start to end. */
export function subslice(value: Value, start: number, end: number): Value {
  const list = rawListOf(value);
  const part =
    list instanceof Uint8Array ? list.subarray(start, end) : Array.prototype.slice.call(list, start, end);
  return value instanceof Typed ? new Typed(value.type, isNil(value) ? undefined : part) : (part as Value[]);
}

/** What a map holds under a key; undefined when it does not. The key is raw: a string for string keys. */
export function lookUp(value: Value, key: MapKey): Value {
  const map = rawMapOf(value);
  let raw: unknown;
  if (map instanceof Map) {
    if (!map.has(key)) return undefined;
    raw = map.get(key);
  } else {
    const name = String(key);
    if (!Object.hasOwn(map, name)) return undefined;
    raw = (map as Readonly<Record<string, unknown>>)[name];
  }
  return value instanceof Typed ? view(value.type.elem ?? anyType, raw) : ((raw ?? null) as Value);
}

/** The type of the elements of a map or slice. */
export function elemTypeOf(value: Value): GoType {
  return (value instanceof Typed && value.type.elem) || anyType;
}

/** The keys of a map as values, in the order in which Go's templates and printing visit them. */
export function keysOf(value: Value): Value[] {
  const map = rawMapOf(value);
  const raw = map instanceof Map ? [...map.keys()] : Object.keys(map);
  if (!(value instanceof Typed)) return sortedText(raw as string[]);
  const type = value.type.key ?? stringType;
  if (type.kind === "string") return sortedText(raw as string[]).map((key) => view(type, key));
  if (isSigned(type.kind) || isUnsigned(type.kind)) {
    const numbers = raw.map((key) => BigInt(key as string | number | bigint));
    return numbers.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)).map((key) => view(type, key));
  }
  return raw.map((key) => view(type, key));
}

/** A key of a map as its raw data have it. */
export function rawKey(key: Value): MapKey {
  return rawOf(key) as MapKey;
}

/** The bytes of a string or of a slice of bytes. */
export function bytesOf(value: Value): Uint8Array {
  if (kindOf(value) === "string") return toBytes(textOf(value));
  return Uint8Array.from(rawListOf(value) as ArrayLike<number>);
}

interface Found {
  /** The embedded structs on the way. */
  readonly through: readonly StructField[];
}
export interface FoundField extends Found {
  readonly field: StructField;
}
export interface FoundMethod extends Found {
  readonly method: Method;
  /** Whether it belongs to the pointer alone. */
  readonly onPointer: boolean;
  /** The type that declares it. */
  readonly declaredBy: GoType;
}

const fieldTables = new WeakMap<GoType, Map<string, FoundField | undefined>>();
const methodTables = new WeakMap<GoType, Map<string, FoundMethod | undefined>>();

/** The field a struct type has under a name, its own or one of an embedded struct. */
export function fieldOf(type: GoType, name: string): FoundField | undefined {
  return remembered(fieldTables, type, name, (struct, through) => {
    const field = struct.fields?.().find((candidate) => candidate.name === name);
    return field && { field, through };
  });
}

/** The method a type, or a pointer to it, has under a name. */
export function methodOf(type: GoType, name: string): FoundMethod | undefined {
  return remembered(methodTables, type, name, (declaredBy, through) => {
    const own = ownMethod(declaredBy.methods, name);
    if (own) return { method: own, onPointer: false, declaredBy, through };
    const method = ownMethod(declaredBy.pointerMethods, name);
    return method && { method, onPointer: true, declaredBy, through };
  });
}

function ownMethod(methods: Readonly<Record<string, Method>> | undefined, name: string): Method | undefined {
  return methods && Object.hasOwn(methods, name) ? methods[name] : undefined;
}

function remembered<T>(
  tables: WeakMap<GoType, Map<string, T | undefined>>,
  type: GoType,
  name: string,
  find: (type: GoType, through: readonly StructField[]) => T | undefined,
): T | undefined {
  let table = tables.get(type);
  if (!table) {
    table = new Map();
    tables.set(type, table);
  }
  const known = table.get(name);
  if (known !== undefined || table.has(name)) return known;
  const found = nearest(type, find);
  // A template can ask for any number of names; only a struct's own are worth remembering for ever.
  if (table.size < 1000) table.set(name, found);
  return found;
}

/** Searches a type, then its embedded structs level by level, as Go promotes fields and methods. */
function nearest<T>(
  type: GoType,
  find: (type: GoType, through: readonly StructField[]) => T | undefined,
): T | undefined {
  let level: { readonly type: GoType; readonly through: readonly StructField[] }[] = [{ type, through: [] }];
  for (let depth = 0; level.length > 0 && depth < 16; depth++) {
    for (const { type: here, through } of level) {
      const found = find(here, through);
      if (found !== undefined) return found;
    }
    level = level.flatMap(({ type: here, through }) =>
      (here.kind === "struct" ? (here.fields?.() ?? []) : [])
        .filter((field) => field.embedded)
        .map((field) => ({ type: field.type, through: [...through, field] })),
    );
  }
  return undefined;
}

/** The raw record of a field's owner, after the embedded structs on the way. */
export function rawThrough(raw: unknown, through: readonly StructField[]): unknown {
  let here = raw;
  for (const field of through) here = rawField(here, field);
  return here;
}

/** The raw value of a field in a struct's raw record. */
export function rawField(raw: unknown, field: StructField): unknown {
  if (field.read) return field.read(raw);
  if (field.key === undefined) return raw;
  if (typeof raw !== "object" || raw === null || !Object.hasOwn(raw, field.key)) return undefined;
  return (raw as Readonly<Record<string, unknown>>)[field.key];
}

/** The value of a struct's field. */
export function fieldValue(struct: Typed, found: FoundField): Value {
  const raw = rawField(rawThrough(struct.raw, found.through), found.field);
  return view(found.field.type, raw, struct.addressable);
}

/** An empty map[string]interface {}; keys such as __proto__ are keys like any other. */
export function newDict(): Dict {
  return Object.create(null) as Dict;
}
