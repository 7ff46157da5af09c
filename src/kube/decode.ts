/** Plain data as a typed Kubernetes object: refused where Go would refuse it, else printed as Go would print the object. */
import { encodeStruct, zeroOf } from "./encode.ts";
import type { Json, JsonObject } from "./json.ts";
import { isObject } from "./json.ts";
import { describe, goNumber, readInteger, readQuantity, readTime } from "./scalar.ts";
import type { Field, StructType, Type } from "./schema.ts";
import { foldName, structType } from "./schema.ts";

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

/**
 * Decodes plain data into a type of the table ("Pod", "Namespace", "PodTemplateSpec", "LabelSelector", …) and prints it back, without
 * applying defaults, as k8s.io/apimachinery 0.35 and sigs.k8s.io/yaml 1.6 do. Non-finite numbers are errors, as JSON has none.
 * Throws only for a type that the table does not hold.
 */
export function decode(typeName: string, json: Json, options: DecodeOptions): Decoded {
  const type = structType(typeName);
  if (!type) throw new RangeError(`no type ${typeName} in the schema`);
  const errors: DecodeError[] = [];
  const unknown: Path[] = [];
  const run: Run = { options, errors, unknown, here: [] };
  if (options.via === "scheme") checkKind(run, type, json);
  const typed = errors.length === 0 ? decodeStruct(run, type, json, undefined, true) : undefined;
  if (options.strict) {
    for (const path of unknown) errors.push({ path, message: `is no field of ${typeName}` });
    for (const path of options.duplicates ?? []) errors.push({ path, message: "is set twice" });
  }
  if (errors.length > 0) return { ok: false, errors };
  return { ok: true, value: encodeStruct(type, isObject(typed) ? typed : {}), unknown };
}

interface Run {
  readonly options: DecodeOptions;
  readonly errors: DecodeError[];
  readonly unknown: Path[];
  /** The path of the value being decoded; pushed and popped on the way. */
  readonly here: (string | number)[];
}

function refuse(run: Run, message: string): void {
  run.errors.push({ path: [...run.here], message });
}

function mismatch(run: Run, json: Json, wanted: string): void {
  refuse(run, `is ${describe(json)}, not ${wanted}`);
}

const GROUP_VERSIONS: Readonly<Record<string, readonly [group: string, version: string]>> = {
  Pod: ["", "v1"],
  Namespace: ["", "v1"],
  PodTemplate: ["", "v1"],
  ReplicationController: ["", "v1"],
  PersistentVolumeClaim: ["", "v1"],
  Deployment: ["apps", "v1"],
  ReplicaSet: ["apps", "v1"],
  StatefulSet: ["apps", "v1"],
  DaemonSet: ["apps", "v1"],
  Job: ["batch", "v1"],
  CronJob: ["batch", "v1"],
};

/** The serializer looks at kind and apiVersion first, without regard to case; what they leave out is the type asked for. */
function checkKind(run: Run, type: StructType, json: Json): void {
  const expected = GROUP_VERSIONS[type.name];
  if (!expected) return;
  if (json !== null && !isObject(json)) {
    mismatch(run, json, "a map");
    return;
  }
  const meta = { KIND: "", APIVERSION: "" };
  for (const [key, value] of Object.entries(json ?? {}).sort(byKey)) {
    const folded = foldName(key);
    if ((folded !== "KIND" && folded !== "APIVERSION") || value === null) continue;
    if (typeof value === "string") meta[folded] = value;
    else run.errors.push({ path: [key], message: `is ${describe(value)}, not a string` });
  }
  const [first = "", second, ...rest] = meta.APIVERSION === "/" ? [""] : meta.APIVERSION.split("/");
  if (rest.length > 0) {
    run.errors.push({
      path: ["apiVersion"],
      message: `is ${JSON.stringify(meta.APIVERSION)}, which has more than one '/'`,
    });
  }
  const group = second === undefined ? "" : first;
  const version = second ?? first;
  const isDefault = version === "" && (group === "" || group === expected[0]);
  const named = isDefault ? expected : [group, version];
  const kind = meta.KIND || type.name;
  if (kind !== type.name || named[0] !== expected[0] || named[1] !== expected[1]) {
    const wanted = `${type.name} of ${expected.filter((part) => part !== "").join("/")}`;
    run.errors.push({
      path: ["kind"],
      message: `says ${kind} of ${named.filter((part) => part !== "").join("/")}, not ${wanted}`,
    });
  }
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** `before` is what an earlier spelling of the same field has set; Go decodes into the same memory again. */
function decodeStruct(run: Run, type: StructType, json: Json, before: Typed, convert: boolean): Typed {
  if (json === null) return before;
  if (!isObject(json)) {
    mismatch(run, json, `a map (${type.name})`);
    return before;
  }
  const fields: Record<string, Json> = Object.assign(Object.create(null), before);
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

function dropUnknown(run: Run, key: string, json: Json): void {
  run.here.push(key);
  run.unknown.push([...run.here]);
  refuseNonFinite(run, json);
  run.here.pop();
}

/** Go turns the whole text into JSON first, which fails for an infinite number wherever it stands. */
function refuseNonFinite(run: Run, json: Json): void {
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
  const entries: Record<string, Json> = Object.assign(Object.create(null), before);
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

type ScalarType = Exclude<Type, { readonly is: "struct" | "list" | "map" }>;

function decodeScalar(run: Run, type: ScalarType, json: Json, before: Typed, convert: boolean): Typed {
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
