/** Decoding in two steps, for objects that set a field twice in different spellings: first what is set, then what is printed. */
import {
  byKey,
  decodeScalar,
  dropUnknown,
  mismatch,
  type Run,
  refuseNonFinite,
  type Typed,
} from "./decode-run.ts";
import { zeroOf } from "./encode.ts";
import type { Json, JsonObject } from "./json.ts";
import { emptyMap, isObject } from "./json.ts";
import type { Field, StructType, Type } from "./schema.ts";
import { foldName, structType } from "./schema.ts";

/** `before` is what an earlier spelling of the same field has set; Go decodes into the same memory again. */
export function decodeStruct(run: Run, type: StructType, json: Json, before: Typed, convert: boolean): Typed {
  if (json === null) return before;
  if (!isObject(json)) {
    mismatch(run, json, `a map (${type.name})`);
    return before;
  }
  const fields: Record<string, Json> = Object.assign(emptyMap(), before);
  for (const [key, field] of matchFields(run, type, json)) {
    const value = json[key] as Json;
    run.here.push(key);
    const set = decodeField(run, field, value, fields[field.name], convert && !field.embedded);
    run.here.pop();
    if (set === undefined) delete fields[field.name];
    else fields[field.name] = set;
  }
  return fields;
}

/** Which key of an object sets which field, in the order in which Go meets them; the others are noted as unknown. */
function matchFields(run: Run, type: StructType, json: JsonObject): readonly (readonly [string, Field])[] {
  const matched: [string, Field][] = [];
  let exact = true;
  for (const key of Object.keys(json)) {
    let field = type.byName.get(key);
    if (!field && run.options.via !== "scheme") {
      field = type.byFoldedName.get(foldName(key));
      if (field) exact = false;
    }
    if (field) matched.push([key, field]);
    else dropUnknown(run, key, json[key] as Json);
  }
  // Only spellings of one field depend on the order, which is that of the sorted keys.
  return exact ? matched : matched.sort(byKey);
}

function decodeField(run: Run, field: Field, json: Json, before: Typed, convert: boolean): Typed {
  if (json === null && field.pointer) return undefined;
  return decodeValue(run, field.type, json, before, convert);
}

function decodeValue(run: Run, type: Type, json: Json, before: Typed, convert: boolean): Typed {
  switch (type.is) {
    case "struct":
      return decodeStruct(run, structType(type.name) as StructType, json, before, convert);
    case "list":
      return decodeList(run, type.of, json, before, convert);
    case "map":
      return decodeMap(run, type.of, json, before, convert);
    case "any":
      refuseNonFinite(run, json);
      return json === null ? before : json;
    default:
      return decodeScalar(run, type, json, before, convert);
  }
}

function decodeList(run: Run, of: Type, json: Json, before: Typed, convert: boolean): Typed {
  if (json === null) return undefined;
  if (!Array.isArray(json)) {
    mismatch(run, json, "a list");
    return before;
  }
  const earlier = Array.isArray(before) ? before : [];
  return json.map((item: Json, index) => {
    run.here.push(index);
    const set = decodeValue(run, of, item, earlier[index], convert);
    run.here.pop();
    return set ?? zeroItem(of);
  });
}

function decodeMap(run: Run, of: Type, json: Json, before: Typed, convert: boolean): Typed {
  if (json === null) return undefined;
  if (!isObject(json)) {
    mismatch(run, json, "a map");
    return before;
  }
  const entries: Record<string, Json> = Object.assign(emptyMap(), before);
  for (const key of Object.keys(json)) {
    run.here.push(key);
    entries[key] = decodeValue(run, of, json[key] as Json, undefined, convert) ?? zeroItem(of);
    run.here.pop();
  }
  return entries;
}

/** The zero value of an item of a list or map, which cannot be absent. */
function zeroItem(type: Type): Json {
  if (type.is === "struct") return {};
  return type.is === "list" || type.is === "map" ? null : zeroOf(type.is);
}
