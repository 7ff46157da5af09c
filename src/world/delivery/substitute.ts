/** What Flux fills in after a build: `${VAR}` and the operators of drone/envsubst 1.0, as far as a value is known for certain. */
import { at, isObject, type Json, type JsonObject } from "../../kube/json.ts";
import { scalarText } from "../resource.ts";
import type { Substitute } from "./order.ts";

/** The variables of a build; one that is undefined has a value that the repository does not show. */
export interface Variables {
  readonly known: ReadonlyMap<string, string | undefined>;
  /** Whether there are no others: then one that is not known is empty. */
  readonly isComplete: boolean;
}

const disabled = "kustomize.toolkit.fluxcd.io/substitute";

/** Fills variables into all texts of an object, unless its label or annotation forbids it. What is not known stays as it is written. */
export function substitution(variables: Variables): Substitute {
  return (value) => (isLeftAlone(value) ? value : filledMap(value, variables));
}

/** Whether a label or annotation of an object forbids that anything is filled in. */
export function isLeftAlone(value: JsonObject): boolean {
  return ["labels", "annotations"].some(
    (map) => scalarText(at(value, ["metadata", map, disabled])) === "disabled",
  );
}

function filled(value: Json, variables: Variables): Json {
  if (typeof value === "string") return value.includes("$") ? retyped(value, variables) : value;
  if (Array.isArray(value))
    return same(
      value,
      value.map((item: Json) => filled(item, variables)),
    );
  return isObject(value) ? filledMap(value, variables) : value;
}

function filledMap(value: JsonObject, variables: Variables): JsonObject {
  let changed: Record<string, Json> | undefined;
  for (const [key, item] of Object.entries(value)) {
    const next = filled(item, variables);
    if (next === item) continue;
    changed ??= { ...value };
    changed[key] = next;
  }
  return changed ?? value;
}

function same(list: readonly Json[], next: readonly Json[]): Json {
  return next.every((item, index) => item === list[index]) ? (list as Json) : (next as Json);
}

/** The objects are written as YAML before and read again after: a plain text may have become a boolean. */
function retyped(text: string, variables: Variables): Json {
  const next = fill(text, variables);
  return next !== text && (next === "true" || next === "false") ? next === "true" : next;
}

/** A text with its variables filled in; those whose values are not known stay. `$$` stands for a dollar. */
export function fill(text: string, variables: Variables): string {
  return text.replace(/\$\$(?=\{)|\$\{([^{}$]*)\}/g, (whole, inside: string | undefined) =>
    inside === undefined ? "$" : (textOfVariable(inside, variables) ?? whole),
  );
}

function textOfVariable(inside: string, { known, isComplete }: Variables): string | undefined {
  const [, length, name = "", operation = ""] = /^(#?)([A-Za-z_][A-Za-z0-9_]*)([\s\S]*)$/.exec(inside) ?? [];
  if (name === "" || (length && operation)) return undefined;
  const isKnown = known.has(name) || isComplete;
  const value = known.has(name) ? known.get(name) : isComplete ? "" : undefined;
  if (!isKnown || value === undefined) return undefined;
  if (length) return String([...value].length);
  return operation === "" ? value : operated(value, operation);
}

/** The operators of drone/envsubst; undefined for what is none of them. */
function operated(value: string, operation: string): string | undefined {
  const [, unless] = /^:?[-=]([\s\S]*)$/.exec(operation) ?? [];
  if (unless !== undefined) return value === "" ? unless : value;
  const [, when] = /^:?\+([\s\S]*)$/.exec(operation) ?? [];
  if (when !== undefined) return value === "" ? "" : when;
  switch (operation) {
    case "^":
      return value.charAt(0).toUpperCase() + value.slice(1);
    case "^^":
      return value.toUpperCase();
    case ",":
      return value.charAt(0).toLowerCase() + value.slice(1);
    case ",,":
      return value.toLowerCase();
  }
  const [, from, length] = /^:(\d+)(?::(\d+))?$/.exec(operation) ?? [];
  if (from !== undefined)
    return value.slice(Number(from), length ? Number(from) + Number(length) : undefined);
  const [, how, old = "", next = ""] = /^(\/\/?)([^/*?[\]]+)(?:\/([\s\S]*))?$/.exec(operation) ?? [];
  if (how !== undefined) return how === "//" ? value.replaceAll(old, next) : value.replace(old, () => next);
  return undefined;
}
