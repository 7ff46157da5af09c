/** Decoding in one step: each value is checked and printed at once, and what is printed already is shared. */
import { decodeStruct } from "./decode-again.ts";
import { decodeScalar, dropUnknown, mismatch, type Run, refuseNonFinite, type Typed } from "./decode-run.ts";
import { encodeField, encodeStruct, encodeValue, isLeftOut } from "./encode.ts";
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
  const keys = Object.keys(json);
  if (hasOtherSpelling(run, type, keys)) {
    const set = decodeStruct(run, type, json, undefined, convert);
    return encodeStruct(type, isObject(set) ? set : {});
  }
  const fields: Field[] = [];
  const values: Json[] = [];
  let isPrinted = true;
  let last = -1;
  for (const key of keys) {
    const given = json[key] as Json;
    const field = type.byName.get(key);
    if (!field) dropUnknown(run, key, given);
    const value = field && canonicalField(run, field, given, convert);
    if (!field || isLeftOut(field, value)) {
      isPrinted = false;
      continue;
    }
    const printed = value ?? encodeField(field, undefined);
    if (field.index < last || !Object.is(printed, given)) isPrinted = false;
    last = field.index;
    fields.push(field);
    values.push(printed);
  }
  for (const field of alwaysOf(type)) {
    if (Object.hasOwn(json, field.name)) continue;
    isPrinted = false;
    fields.push(field);
    values.push(encodeField(field, undefined));
  }
  return isPrinted ? json : inOrder(fields, values);
}

/** The object of some fields with their values, in the order in which Go prints them. */
function inOrder(fields: readonly Field[], values: readonly Json[]): JsonObject {
  const order = fields.map((_, at) => at);
  order.sort((a, b) => (fields[a]?.index ?? 0) - (fields[b]?.index ?? 0));
  const object = emptyMap();
  for (const at of order) object[fields[at]?.name ?? ""] = values[at] as Json;
  return object;
}

/** Whether a key sets a field whose name it spells in another way, so that fields may be set twice. */
function hasOtherSpelling({ options }: Run, type: StructType, keys: readonly string[]): boolean {
  if (options.via === "scheme") return false;
  for (const key of keys) if (!type.byName.has(key) && type.byFoldedName.has(foldName(key))) return true;
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
  let isPrinted = true;
  const items = json.map((item: Json, index) => {
    run.here.push(index);
    const printed = canonicalValue(run, of, item, convert) ?? encodeValue(of, undefined);
    run.here.pop();
    if (!Object.is(printed, item)) isPrinted = false;
    return printed;
  });
  return isPrinted ? json : items;
}

function canonicalMap(run: Run, of: Type, json: Json, convert: boolean): Typed {
  if (json === null) return undefined;
  if (!isObject(json)) {
    mismatch(run, json, "a map");
    return undefined;
  }
  // A map with a prototype is copied, so that whoever asks for a key finds what is in the map and nothing else.
  let isPrinted = !("constructor" in json);
  let last = "";
  const entries: [key: string, printed: Json][] = [];
  for (const key of Object.keys(json)) {
    run.here.push(key);
    const printed = canonicalValue(run, of, json[key] as Json, convert) ?? encodeValue(of, undefined);
    run.here.pop();
    if (key < last || !Object.is(printed, json[key])) isPrinted = false;
    last = key;
    entries.push([key, printed]);
  }
  if (isPrinted) return json;
  const map = emptyMap();
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [key, printed] of entries) map[key] = printed;
  return map;
}
