/**
 * The messages MeshConfig and ProxyConfig of Istio 1.30 and all they contain, in the order in which their fields are declared. A line is
 * a message and its fields; an indented line continues it. A field is its JSON name, `=name` where the other spelling is not its snake
 * case, `|n` where it belongs to the n-th choice of which one is set at most, and `:type`. Types: none or s string, b bool, i int32,
 * u uint32, l int64, d double, t duration, a any JSON object, `*` behind one that may be absent as such, [] list of, {} map of, else
 * the name of a message or enumeration. The lines `enum` give the names of values from 0 on.
 */
import { meshSchemaTable } from "./mesh-schema-table.ts";

export type ScalarName = "string" | "bool" | "int32" | "uint32" | "int64" | "double" | "duration" | "any";

export type FieldType =
  | { readonly is: ScalarName }
  | { readonly is: "enum"; readonly values: ReadonlyMap<string, number> }
  | { readonly is: "message"; readonly name: string }
  | { readonly is: "list" | "map"; readonly of: FieldType };

export interface MessageField {
  readonly name: string;
  /** The name in the protobuf definition, which is read as well. */
  readonly original: string;
  readonly type: FieldType;
  /** Whether being set to the zero value differs from being absent. */
  readonly present: boolean;
  /** Fields of one number exclude each other. */
  readonly choice: number | undefined;
}

export interface MessageType {
  readonly name: string;
  readonly fields: readonly MessageField[];
}

const scalars: Readonly<Record<string, ScalarName>> = {
  s: "string",
  b: "bool",
  i: "int32",
  u: "uint32",
  l: "int64",
  d: "double",
  t: "duration",
  a: "any",
};

interface Tables {
  readonly messages: ReadonlyMap<string, string>;
  readonly enums: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

let tables: Tables | undefined;
const expanded = new Map<string, MessageType>();

/** The message of a name such as "ProxyConfig". Throws only for a name that the table does not hold. */
export function messageType(name: string): MessageType {
  const known = expanded.get(name);
  if (known) return known;
  tables ??= readTable();
  const line = tables.messages.get(name);
  if (line === undefined) throw new RangeError(`no message ${name} in the schema`);
  const type = { name, fields: line === "" ? [] : line.split(" ").map(fieldOf) };
  expanded.set(name, type);
  return type;
}

function readTable(): Tables {
  const messages = new Map<string, string>();
  const enums = new Map<string, ReadonlyMap<string, number>>();
  for (const line of meshSchemaTable.trim().replaceAll("\n  ", " ").split("\n")) {
    const [name = "", ...rest] = line.split(" ");
    const [enumName = "", ...values] = rest;
    if (name === "enum") enums.set(enumName, enumValues(values));
    else messages.set(name, rest.join(" "));
  }
  return { messages, enums };
}

function enumValues(names: readonly string[]): ReadonlyMap<string, number> {
  const values = new Map<string, number>();
  let next = 0;
  for (const text of names) {
    const [name = "", number = String(next)] = text.split("=");
    values.set(name, Number(number));
    next = Number(number) + 1;
  }
  return values;
}

const fieldForm = /^(\w+)(?:=(\w+))?(?:\|(\d))?(?::(.+))?$/;

function fieldOf(text: string): MessageField {
  const [, name = "", original, choice, type = "s"] = fieldForm.exec(text) ?? [];
  return {
    name,
    original: original ?? name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    type: typeOf(type.replace("*", "")),
    present: choice !== undefined || type.endsWith("*"),
    choice: choice === undefined ? undefined : Number(choice),
  };
}

function typeOf(text: string): FieldType {
  if (text.startsWith("[]")) return { is: "list", of: typeOf(text.slice(2)) };
  if (text.startsWith("{}")) return { is: "map", of: typeOf(text.slice(2)) };
  const scalar = scalars[text];
  if (scalar) return { is: scalar };
  const values = tables?.enums.get(text);
  return values ? { is: "enum", values } : { is: "message", name: text };
}
