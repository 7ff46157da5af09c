/** The sprig functions that ask what a value is. */
import type { Functions } from "../function.ts";
import { fn } from "../function.ts";
import type { Value } from "../values.ts";
import { kindOf, typeOf } from "../values.ts";

function typeName(value: Value): string {
  return value === null || value === undefined ? "<nil>" : typeOf(value).name;
}

function kindName(value: Value): string {
  return kindOf(value ?? undefined);
}

export const kindFunctions: Functions = {
  typeOf: fn("any", "string", typeName),
  typeIs: fn("string, any", "bool", (name, value) => typeName(value) === name),
  typeIsLike: fn("string, any", "bool", (name, value) => [name, `*${name}`].includes(typeName(value))),
  kindOf: fn("any", "string", kindName),
  kindIs: fn("string, any", "bool", (name, value) => kindName(value) === name),
};
