/** The sprig functions on dictionaries. Those that write, write to the map they are given. */
import type { Functions } from "../function.ts";
import { fn, fnIn } from "../function.ts";
import type { Context } from "../limits.ts";
import { Failure } from "../limits.ts";
import { sortedText } from "../text.ts";
import type { Dict, Value } from "../values.ts";
import { isDict, isNil, kindOf, newDict, typeOf } from "../values.ts";
import { isEmpty } from "./flow.ts";
import { deepCopy, deepEqual } from "./same.ts";
import { textFor } from "./strings.ts";

type MaybeDict = Dict | undefined;

function read(dict: MaybeDict, key: string): Value {
  return dict && Object.hasOwn(dict, key) ? (dict[key] ?? null) : undefined;
}

function write(dict: Dict, key: string, value: Value): void {
  if (key !== "__proto__") dict[key] = value;
  else Object.defineProperty(dict, key, { value, enumerable: true, writable: true, configurable: true });
}

function writable(dict: MaybeDict): Dict {
  if (!dict) throw new Failure("assignment to entry in nil map");
  return dict;
}

function selected(dict: MaybeDict, keep: (key: string) => boolean): Dict {
  const found = newDict();
  for (const key of Object.keys(dict ?? {})) if (keep(key)) write(found, key, read(dict, key));
  return found;
}

function fromPairs(context: Context, values: readonly Value[]): Dict {
  const dict = newDict();
  for (let i = 0; i < values.length; i += 2) {
    write(dict, textFor(values[i] ?? null, context), i + 1 < values.length ? (values[i + 1] ?? null) : "");
  }
  return dict;
}

/** Fills the first map from the second, as mergo 1.0 does: deep where both have maps, and only over what is empty unless told. */
export function mergeInto(context: Context, target: Dict, source: Dict, overwrite: boolean, depth = 0): void {
  context.enter(depth);
  if (target === source) return;
  for (const key of Object.keys(source)) {
    context.spend(1);
    const given = read(source, key);
    const known = read(target, key);
    if (isNil(given)) {
      if (overwrite) write(target, key, given ?? null);
      continue;
    }
    if (isDict(given) && isDict(known)) {
      mergeInto(context, known, given, overwrite, depth + 1);
      if (!isEmpty(known)) continue;
    }
    if (overwrite || known === undefined || isEmpty(known)) write(target, key, given);
  }
}

function merging(overwrite: boolean) {
  return fnIn("dict, ...dict", "any", (context, given, ...sources) => {
    const target = given ?? newDict();
    for (const source of sources) if (source) mergeInto(context, target, source, overwrite);
    return target;
  });
}

/** How Go names what is in an interface when it is not what was asked for. */
function held(value: Value): string {
  return value === null || value === undefined ? "nil" : typeOf(value).name;
}

function dig(values: readonly Value[]): Value {
  if (values.length < 3) throw new Failure("dig needs at least three arguments");
  const mapOrRefuse = (value: Value): Value => {
    if (kindOf(value ?? undefined) === "map" && held(value) === "map[string]interface {}") return value;
    throw new Failure(`interface conversion: interface {} is ${held(value)}, not map[string]interface {}`);
  };
  let here = mapOrRefuse(values.at(-1));
  const keys = values.slice(0, -2);
  for (const key of keys) {
    if (typeof key !== "string") {
      throw new Failure(`interface conversion: interface {} is ${held(key)}, not string`);
    }
  }
  for (const [i, key] of keys.entries()) {
    const next = isDict(here) ? read(here, key as string) : undefined;
    if (next === undefined) return values.at(-2);
    here = i < keys.length - 1 ? mapOrRefuse(next) : next;
  }
  return here;
}

const merge = merging(false);
const mergeOverwrite = merging(true);
const copy = fnIn("any", "any", (context, value) => {
  if (value === null || value === undefined) {
    throw new Failure("reflect: call of reflect.Value.Type on zero Value");
  }
  return deepCopy(context, value);
});

export const dictFunctions: Functions = {
  dict: fnIn("...any", "dict", (context, ...values) => fromPairs(context, values)),
  get: fn("dict, string", "any", (dict, key) => {
    const value = read(dict, key);
    return value === undefined ? "" : value;
  }),
  set: fn("dict, string, any", "dict", (dict, key, value) => {
    write(writable(dict), key, value);
    return dict;
  }),
  unset: fn("dict, string", "dict", (dict, key) => {
    if (dict) delete dict[key];
    return dict;
  }),
  hasKey: fn("dict, string", "bool", (dict, key) => read(dict, key) !== undefined),
  pluck: fn("string, ...dict", "list", (key, ...dicts) =>
    dicts.map((dict) => read(dict, key)).filter((value) => value !== undefined),
  ),
  // Go's order changes with every run; ours is that of the keys.
  keys: fn("...dict", "strings", (...dicts) => dicts.flatMap((dict) => sortedText(Object.keys(dict ?? {})))),
  values: fn("dict", "list", (dict) =>
    sortedText(Object.keys(dict ?? {})).map((key) => read(dict, key) ?? null),
  ),
  pick: fn("dict, ...string", "dict", (dict, ...keys) => selected(dict, (key) => keys.includes(key))),
  omit: fn("dict, ...string", "dict", (dict, ...keys) => selected(dict, (key) => !keys.includes(key))),
  merge,
  mustMerge: merge,
  mergeOverwrite,
  mustMergeOverwrite: mergeOverwrite,
  deepCopy: copy,
  mustDeepCopy: copy,
  deepEqual: fnIn("any, any", "bool", (context, a, b) => deepEqual(context, a, b)),
  dig: fn("...any", "any", (...values) => dig(values)),
};
