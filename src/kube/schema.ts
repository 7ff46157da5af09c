/** The Go types behind Kubernetes objects, expanded from the compact table on first use. */
import { podSchema } from "./pod-schema.ts";

export type Scalar = "string" | "bool" | "int32" | "int64" | "intOrString" | "quantity" | "time" | "any";

export type Type =
  | { readonly is: Scalar }
  | { readonly is: "list" | "map"; readonly of: Type }
  | { readonly is: "struct"; readonly name: string };

export interface Field {
  readonly name: string;
  /** Its place among the fields of its type. */
  readonly index: number;
  readonly type: Type;
  /** Whether Go keeps a pointer, so that absent and zero differ. */
  readonly pointer: boolean;
  readonly omitEmpty: boolean;
  readonly omitZero: boolean;
  /** Whether it comes from a struct that Go embeds without a name of its own. */
  readonly embedded: boolean;
  /** How a strategic merge patch merges a list: by the value of this key of its items, by the items themselves (""), or not at all. */
  readonly mergeKey: string | undefined;
  /** Whether patches made by kubectl name the keys to keep. */
  readonly retainKeys: boolean;
}

export interface StructType {
  readonly name: string;
  /** In the order in which Go prints them. */
  readonly fields: readonly Field[];
  /** By exact name. */
  readonly byName: ReadonlyMap<string, Field>;
  /** By `foldName` of the name. */
  readonly byFoldedName: ReadonlyMap<string, Field>;
}

const SCALARS: Readonly<Record<string, Type>> = {
  s: { is: "string" },
  b: { is: "bool" },
  i: { is: "int32" },
  l: { is: "int64" },
  x: { is: "intOrString" },
  q: { is: "quantity" },
  t: { is: "time" },
  a: { is: "any" },
};

let lines: ReadonlyMap<string, string> | undefined;
const expanded = new Map<string, StructType>();

/** The struct of a name such as "Pod" or "Container"; undefined for a name the table does not hold. */
export function structType(name: string): StructType | undefined {
  const known = expanded.get(name);
  if (known) return known;
  lines ??= linesByType();
  const line = lines.get(name);
  if (line === undefined) return undefined;
  const type = expand(name, line);
  expanded.set(name, type);
  return type;
}

function linesByType(): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const line of podSchema.trim().replaceAll("\n  ", " ").split("\n")) {
    const space = line.indexOf(" ");
    if (space === -1) found.set(line, "");
    else found.set(line.slice(0, space), line.slice(space + 1));
  }
  return found;
}

function expand(name: string, line: string): StructType {
  const fields = line === "" ? [] : line.split(" ").map(fieldOf);
  const byFoldedName = new Map<string, Field>();
  for (const field of fields) {
    const folded = foldName(field.name);
    if (!byFoldedName.has(folded)) byFoldedName.set(folded, field);
  }
  return { name, fields, byName: new Map(fields.map((field) => [field.name, field])), byFoldedName };
}

const FIELD = /^([A-Za-z0-9]+)([*?0^!]*)(?::([^@]+))?(?:@(.*))?$/;

function fieldOf(text: string, index: number): Field {
  const [, name = "", flags = "", type = "s", mergeKey] = FIELD.exec(text) ?? [];
  return {
    name,
    index,
    type: typeOf(type),
    pointer: flags.includes("*"),
    omitEmpty: flags.includes("?"),
    omitZero: flags.includes("0"),
    embedded: flags.includes("^"),
    mergeKey,
    retainKeys: flags.includes("!"),
  };
}

function typeOf(text: string): Type {
  if (text.startsWith("[]")) return { is: "list", of: typeOf(text.slice(2)) };
  if (text.startsWith("{}")) return { is: "map", of: typeOf(text.slice(2)) };
  return SCALARS[text] ?? { is: "struct", name: text };
}

/** A field name without regard to case, as Go's encoding/json compares them: of all other letters only ſ and the Kelvin sign count. */
export function foldName(name: string): string {
  return name.replace(/[a-z\u017F\u212A]+/g, (letters) =>
    letters.replaceAll("\u017F", "S").replaceAll("\u212A", "K").toUpperCase(),
  );
}
