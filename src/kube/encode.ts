/** Prints a decoded object as Go's json.Marshal does: in the order of the fields, maps by key, zero values kept or left out as each field says. */
import type { Json, JsonObject } from "./json.ts";
import { emptyMap, isObject } from "./json.ts";
import type { Field, StructType, Type } from "./schema.ts";
import { structType } from "./schema.ts";

/** `set` holds the fields that are not Go's zero value, by name; the result is the JSON object that Go prints. */
export function encodeStruct(type: StructType, set: JsonObject): JsonObject {
  const printed = emptyMap();
  for (const field of type.fields) {
    const value = set[field.name];
    if (!isLeftOut(field, value)) printed[field.name] = encodeField(field, value);
  }
  return printed;
}

/** Whether Go leaves out a field with this value. */
export function isLeftOut(field: Field, value: Json | undefined): boolean {
  if (field.omitZero && (value === undefined || value === null)) return true;
  if (!field.omitEmpty) return false;
  if (field.pointer) return value === undefined;
  switch (field.type.is) {
    case "list":
      return !Array.isArray(value) || value.length === 0;
    case "map":
      return !isObject(value) || Object.keys(value).length === 0;
    case "string":
    case "bool":
    case "int32":
    case "int64":
    case "any":
      return value === undefined || value === "" || value === false || value === 0;
    default:
      return false;
  }
}

/** A field that is not left out. */
export function encodeField(field: Field, value: Json | undefined): Json {
  return field.pointer && value === undefined ? null : encodeValue(field.type, value);
}

/** A decoded value; what was never set is Go's zero value. */
export function encodeValue(type: Type, value: Json | undefined): Json {
  switch (type.is) {
    case "struct":
      return encodeStruct(structType(type.name) as StructType, isObject(value) ? value : {});
    case "list":
      return Array.isArray(value) ? value.map((item: Json) => encodeValue(type.of, item)) : null;
    case "map":
      return isObject(value) ? encodeMap(type.of, value) : null;
    default:
      return value ?? zeroOf(type.is);
  }
}

/** A map in the order of its keys. */
export function encodeMap(of: Type, value: JsonObject): JsonObject {
  const printed = emptyMap();
  for (const key of Object.keys(value).sort()) printed[key] = encodeValue(of, value[key]);
  return printed;
}

/** What Go prints for a scalar that was never set. */
export function zeroOf(scalar: Exclude<Type["is"], "struct" | "list" | "map">): Json {
  switch (scalar) {
    case "string":
      return "";
    case "bool":
      return false;
    case "quantity":
      return "0";
    case "time":
    case "any":
      return null;
    default:
      return 0;
  }
}
