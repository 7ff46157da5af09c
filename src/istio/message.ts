/** Messages of the mesh's configuration as plain data: read from YAML or JSON as protobuf reads them, and printed as it prints them. */
import { isObject, type Json, type JsonObject } from "../kube/json.ts";
import { durationText, parseDuration } from "./duration.ts";
import type { Path } from "./facts.ts";
import { goJson, keysSorted, type Printable, sortedKeys } from "./go-json.ts";
import { type FieldType, type MessageField, type MessageType, messageType } from "./mesh-schema.ts";

/**
 * A message in its canonical form: fields by their JSON names in the order of their declaration, enumerations by name, durations in
 * seconds, without the fields that have the zero value and do not tell it from being absent.
 */
export type Message = JsonObject;

/** What is wrong at a place. */
export interface MessageProblem {
  readonly path: Path;
  readonly message: string;
}

export interface MessageReading {
  readonly value: Message;
  readonly errors: readonly MessageProblem[];
  /** Fields that the message does not have: they are dropped without a word. */
  readonly unknown: readonly Path[];
}

/**
 * Reads plain data into a message over what is set already: a field that is named replaces the one of the base whole, null keeps it.
 * As github.com/golang/protobuf 1.5 (jsonpb) does. Throws only for a message that the schema does not hold.
 */
export function readMessage(name: string, json: Json, base: Message = {}): MessageReading {
  const run: Run = { errors: [], unknown: [], here: [] };
  const value = readFields(run, messageType(name), json, base);
  return { value, errors: run.errors, unknown: run.unknown };
}

/** The JSON text of a message, byte for byte as jsonpb prints it. */
export function printMessage(name: string, message: Message): string {
  return goJson(sorted({ is: "message", name }, message));
}

interface Run {
  readonly errors: MessageProblem[];
  readonly unknown: Path[];
  readonly here: (string | number)[];
}

function refuse(run: Run, message: string): void {
  run.errors.push({ path: [...run.here], message });
}

function readFields(run: Run, type: MessageType, json: Json, base: Message): Message {
  if (json === null) return base;
  if (!isObject(json)) {
    const what = run.here.length === 0 ? `a map of ${type.name} fields` : "a map";
    refuse(run, `must be ${what}, is ${show(json)}`);
    return base;
  }
  const set = new Map<string, Json>(Object.entries(base));
  const known = new Set<string>();
  for (const field of type.fields) {
    for (const key of [field.original, field.name]) if (Object.hasOwn(json, key)) known.add(key);
    const key = Object.hasOwn(json, field.name) ? field.name : field.original;
    const given = Object.hasOwn(json, key) ? json[key] : undefined;
    if (given === undefined || given === null) continue;
    run.here.push(key);
    const read = readValue(run, field.type, given);
    run.here.pop();
    for (const other of type.fields)
      if (field.choice !== undefined && other.choice === field.choice) set.delete(other.name);
    if (isLeftOut(field, read)) set.delete(field.name);
    else set.set(field.name, read);
  }
  for (const key of Object.keys(json)) if (!known.has(key)) run.unknown.push([...run.here, key]);
  return inOrder(type, set);
}

function inOrder(type: MessageType, set: ReadonlyMap<string, Json>): Message {
  const message: Record<string, Json> = {};
  for (const { name } of type.fields) {
    const value = set.get(name);
    if (value !== undefined) message[name] = value;
  }
  return message;
}

function isLeftOut(field: MessageField, value: Json): boolean {
  if (field.present) return false;
  switch (field.type.is) {
    case "list":
      return Array.isArray(value) && value.length === 0;
    case "map":
      return isObject(value) && Object.keys(value).length === 0;
    case "enum":
      return value === zeroOf(field.type);
    case "message":
    case "duration":
    case "any":
      return false;
    default:
      return value === "" || value === false || value === 0 || value === "0";
  }
}

function zeroOf(type: FieldType): Json {
  switch (type.is) {
    case "string":
      return "";
    case "bool":
      return false;
    case "int64":
      return "0";
    case "duration":
      return "0s";
    case "enum":
      return type.values.keys().next().value ?? 0;
    case "list":
      return [];
    case "message":
    case "map":
    case "any":
      return {};
    default:
      return 0;
  }
}

function readValue(run: Run, type: FieldType, json: Json): Json {
  switch (type.is) {
    case "list":
      return readList(run, type.of, json);
    case "map":
      return readMap(run, type.of, json);
    case "message":
      return readFields(run, messageType(type.name), json, {});
    case "enum":
      return readEnum(run, type.values, json);
    case "any":
      return readAny(run, json);
    default: {
      if (json === null) return zeroOf(type);
      const read = readScalar(type.is, json);
      if (read === undefined) refuse(run, `must be ${expected[type.is]}, is ${show(json)}`);
      return read ?? zeroOf(type);
    }
  }
}

function readList(run: Run, of: FieldType, json: Json): Json {
  if (!Array.isArray(json)) {
    refuse(run, `must be a list, is ${show(json)}`);
    return [];
  }
  return json.map((item: Json, index) => {
    run.here.push(index);
    const read = readValue(run, of, item);
    run.here.pop();
    return read;
  });
}

function readMap(run: Run, of: FieldType, json: Json): Json {
  const entries: Record<string, Json> = Object.create(null);
  if (!isObject(json)) {
    refuse(run, `must be a map, is ${show(json)}`);
    return entries;
  }
  for (const key of Object.keys(json)) {
    run.here.push(key);
    entries[key] = readValue(run, of, json[key] ?? null);
    run.here.pop();
  }
  return entries;
}

function readAny(run: Run, json: Json): Json {
  if (!isObject(json)) refuse(run, `must be a map, is ${show(json)}`);
  return json;
}

function readEnum(run: Run, values: ReadonlyMap<string, number>, json: Json): Json {
  if (typeof json === "string" && values.has(json)) return json;
  const number = json === null ? 0n : typeof json === "string" ? undefined : readInteger(json, "int32");
  if (number !== undefined) {
    for (const [name, value] of values) if (BigInt(value) === number) return name;
    return Number(number);
  }
  refuse(run, `must be one of ${[...values.keys()].join(", ")}, is ${show(json)}`);
  return 0;
}

const integerRange = {
  int32: [-2147483648n, 2147483647n],
  uint32: [0n, 4294967295n],
  int64: [-9223372036854775808n, 9223372036854775807n],
} as const;

const expected = {
  string: "text",
  bool: "true or false without quotes",
  int32: "a whole number",
  uint32: "a whole number from 0 to 4294967295",
  int64: "a whole number",
  double: "a number",
  duration: 'a duration such as "45s"',
} as const;

/** The canonical value, undefined when the value does not fit the type. */
function readScalar(type: keyof typeof expected, json: Json): Json | undefined {
  switch (type) {
    case "string":
      return typeof json === "string" ? json : undefined;
    case "bool":
      return typeof json === "boolean" ? json : undefined;
    case "double":
      return readDouble(json);
    case "duration": {
      const nanoseconds = typeof json === "string" ? parseDuration(json) : undefined;
      return nanoseconds === undefined ? undefined : durationText(nanoseconds);
    }
    default: {
      const number = readInteger(json, type);
      if (number === undefined) return undefined;
      return type === "int64" ? String(number) : Number(number);
    }
  }
}

const numberForm = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;

function readDouble(json: Json): Json | undefined {
  if (typeof json === "number" || typeof json === "bigint") return Number(json);
  if (typeof json !== "string") return undefined;
  if (json === "null") return 0;
  if (/^(?:NaN|-?Infinity)$/.test(json)) return json;
  const digits = jsonTrim(json);
  return numberForm.test(digits) ? Number(digits) : undefined;
}

function readInteger(json: Json, type: keyof typeof integerRange): bigint | undefined {
  let number: bigint;
  if (typeof json === "bigint") number = json;
  else if (typeof json === "number" && Number.isInteger(json)) number = BigInt(json);
  else if (typeof json === "string") {
    const digits = jsonTrim(json);
    if (digits === "null") return 0n;
    if (!/^-?(?:0|[1-9][0-9]{0,20})$/.test(digits)) return undefined;
    number = BigInt(digits);
  } else return undefined;
  const [least, most] = integerRange[type];
  return number >= least && number <= most ? number : undefined;
}

function jsonTrim(text: string): string {
  return text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");
}

/** What a value is, for messages. */
export function show(value: Json): string {
  if (Array.isArray(value)) return "a list";
  if (isObject(value)) return "a map";
  if (typeof value === "bigint") return String(value);
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** The parts of a value in the order in which they are printed: maps by key. */
function sorted(type: FieldType, json: Json): Printable {
  if (type.is === "list" && Array.isArray(json)) return json.map((item: Json) => sorted(type.of, item));
  if (!isObject(json)) return json;
  if (type.is === "map")
    return new Map(sortedKeys(json).map((key) => [key, sorted(type.of, json[key] ?? null)]));
  if (type.is !== "message") return keysSorted(json);
  const entries = messageType(type.name).fields.filter(({ name }) => Object.hasOwn(json, name));
  return new Map(entries.map((field) => [field.name, sorted(field.type, json[field.name] ?? null)]));
}
