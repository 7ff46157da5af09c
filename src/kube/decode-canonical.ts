/** Decoding in one step: each value is checked and printed at once, and what is printed already is shared. */
import { decodeStruct } from "./decode-again.ts";
import { decodeScalar, dropUnknown, mismatch, type Run, refuseNonFinite, type Typed } from "./decode-run.ts";
import { encodeField, encodeMap, encodeStruct, encodeValue, isLeftOut } from "./encode.ts";
import type { Json, JsonObject } from "./json.ts";
import { emptyMap, isObject } from "./json.ts";
import type { Field, StructType, Type } from "./schema.ts";
import { foldName, structType } from "./schema.ts";

/** The struct as Go prints it, the same object where it is printed so already; undefined where nothing is set, or an error was noted. */
export function canonicalStruct(
  run: Run,
  type: StructType,
  json: Json,
  convert: boolean,
): JsonObject | undefined {
  if (json === null) return undefined;
  if (!isObject(json)) {
    mismatch(run, json, `a map (${type.name})`);
    return undefined;
  }
  if (hasOtherSpelling(run, type, json)) {
    const set = decodeStruct(run, type, json, undefined, convert);
    return encodeStruct(type, isObject(set) ? set : {});
  }
  let printed: (Json | undefined)[] | undefined;
  let last = -1;
  for (const key in json) {
    const given = json[key] as Json;
    const field = type.byName.get(key);
    if (!field) dropUnknown(run, key, given);
    const set = field && canonicalField(run, field, given, convert);
    const value = field && !isLeftOut(field, set) ? (set ?? encodeField(field, undefined)) : undefined;
    if (!printed && (!field || field.index < last || value === undefined || !Object.is(value, given)))
      printed = printedUpTo(type, json, last);
    if (!field) continue;
    if (printed) printed[field.index] = value;
    last = field.index;
  }
  for (const field of alwaysOf(type)) {
    if (Object.hasOwn(json, field.name)) continue;
    printed ??= printedUpTo(type, json, last);
    printed[field.index] = encodeField(field, undefined);
  }
  return printed ? inOrder(type, printed) : json;
}

/** The values of an object whose fields up to one are printed already, by the places of the fields. */
function printedUpTo(type: StructType, json: JsonObject, last: number): (Json | undefined)[] {
  return type.fields.map(({ name, index }) =>
    index <= last && Object.hasOwn(json, name) ? json[name] : undefined,
  );
}

/** The object of values, in the order in which Go prints them. */
function inOrder(type: StructType, printed: readonly (Json | undefined)[]): JsonObject {
  const object = emptyMap();
  for (const { name, index } of type.fields) {
    const value = printed[index];
    if (value !== undefined) object[name] = value;
  }
  return object;
}

/** Whether a key sets a field whose name it spells in another way, so that fields may be set twice. */
function hasOtherSpelling({ options }: Run, type: StructType, json: JsonObject): boolean {
  if (options.via === "scheme") return false;
  for (const key in json) if (!type.byName.has(key) && type.byFoldedName.has(foldName(key))) return true;
  return false;
}

const always = new Map<StructType, readonly Field[]>();

/** The fields that Go prints even where nothing set them. */
function alwaysOf(type: StructType): readonly Field[] {
  let fields = always.get(type);
  if (!fields) {
    fields = type.fields.filter((field) => !isLeftOut(field, undefined));
    always.set(type, fields);
  }
  return fields;
}

function canonicalField(run: Run, field: Field, json: Json, convert: boolean): Typed {
  if (json === null && field.pointer) return undefined;
  run.here.push(field.name);
  const value = canonicalValue(run, field.type, json, convert && !field.embedded);
  run.here.pop();
  return value;
}

function canonicalValue(run: Run, type: Type, json: Json, convert: boolean): Typed {
  switch (type.is) {
    case "struct":
      return canonicalStruct(run, structType(type.name) as StructType, json, convert);
    case "list":
      return canonicalList(run, type.of, json, convert);
    case "map":
      return canonicalMap(run, type.of, json, convert);
    case "any":
      refuseNonFinite(run, json);
      return json ?? undefined;
    default:
      return decodeScalar(run, type, json, undefined, convert);
  }
}

function canonicalList(run: Run, of: Type, json: Json, convert: boolean): Typed {
  if (json === null) return undefined;
  if (!Array.isArray(json)) {
    mismatch(run, json, "a list");
    return undefined;
  }
  const list: readonly Json[] = json;
  let items: Json[] | undefined;
  for (let index = 0; index < list.length; index++) {
    const item = list[index] as Json;
    run.here.push(index);
    const printed = canonicalValue(run, of, item, convert) ?? encodeValue(of, undefined);
    run.here.pop();
    if (!items && !Object.is(printed, item)) items = list.slice(0, index);
    items?.push(printed);
  }
  return items ?? list;
}

function canonicalMap(run: Run, of: Type, json: Json, convert: boolean): Typed {
  if (json === null) return undefined;
  if (!isObject(json)) {
    mismatch(run, json, "a map");
    return undefined;
  }
  // A map with a prototype is copied, so that whoever asks for a key finds what is in the map and nothing else.
  let isPrinted = !("constructor" in json);
  let isSorted = true;
  let last = "";
  const map = emptyMap();
  for (const key of Object.keys(json)) {
    run.here.push(key);
    const printed = canonicalValue(run, of, json[key] as Json, convert) ?? encodeValue(of, undefined);
    run.here.pop();
    if (key < last) isSorted = false;
    if (!Object.is(printed, json[key])) isPrinted = false;
    last = key;
    map[key] = printed;
  }
  if (!isSorted) return encodeMap(of, map);
  return isPrinted ? json : map;
}
