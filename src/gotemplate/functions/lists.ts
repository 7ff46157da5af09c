/** The sprig functions on lists; those that begin with "must" differ only in how Go's code would have them called. */
import type { Functions, GoFunction } from "../function.ts";
import { fn, fnIn } from "../function.ts";
import type { Context } from "../limits.ts";
import { Failure } from "../limits.ts";
import { anySlice } from "../types.ts";
import type { Value } from "../values.ts";
import { elementOf, elementsOf, kindOf, lengthOf, subslice, Typed } from "../values.ts";
import { toInt64 } from "./cast.ts";
import { isEmpty } from "./flow.ts";
import { deepEqual } from "./same.ts";

const NIL_POINTER = "runtime error: invalid memory address or nil pointer dereference";

/** The elements of a list; a Failure in the words of the function when the value is none. */
function listOf(value: Value, refusal: (kind: string) => string): readonly Value[] {
  if (value === undefined || value === null) throw new Failure(NIL_POINTER);
  const kind = kindOf(value);
  if (kind !== "slice") throw new Failure(refusal(kind));
  return elementsOf(value);
}

function named(name: string): (kind: string) => string {
  return (kind) => `Cannot find ${name} on type ${kind}`;
}

function contains(context: Context, list: readonly Value[], wanted: Value): boolean {
  return list.some((element) => deepEqual(context, element, wanted));
}

function unique(context: Context, value: Value): Value[] {
  const found: Value[] = [];
  for (const element of listOf(value, named("uniq"))) {
    if (!contains(context, found, element)) found.push(element);
  }
  return found;
}

function part(value: Value, indices: readonly Value[]): Value {
  listOf(value, (kind) => `list should be type of slice or array but ${kind}`);
  const length = lengthOf(value);
  if (length === 0) return null;
  const start = Number(toInt64(indices[0]));
  const end = indices.length < 2 ? length : Number(toInt64(indices[1]));
  if (start < 0 || start > end || end > length) {
    throw new Failure("reflect.Value.Slice: slice index out of bounds");
  }
  return subslice(value, start, end);
}

function chunks(size: number, value: Value): readonly (readonly Value[])[] {
  const list = listOf(value, (kind) => `Cannot chunk type ${kind}`);
  // A size below zero makes no chunks where Go's arithmetic happens to come out at none.
  if (size < 0 && Math.floor((list.length - 1) / size) === -1) return [];
  if (size <= 0) throw new Failure("runtime error: makeslice: len out of range");
  return Array.from({ length: Math.ceil(list.length / size) }, (_, i) =>
    list.slice(i * size, (i + 1) * size),
  );
}

function joinLists(context: Context, lists: readonly Value[]): Value {
  const found: Value[] = [];
  for (const list of lists) {
    for (const element of listOf(list, (kind) => `Cannot concat type ${kind} as list`)) found.push(element);
    context.makeList(found.length);
  }
  return found.length === 0 ? new Typed(anySlice, undefined) : found;
}

/** Go's nil slice for an empty list where the original returns nil. */
function orNil(list: readonly Value[], rest: () => readonly Value[]): readonly Value[] | undefined {
  return list.length === 0 ? undefined : rest();
}

function has(context: Context, wanted: Value, value: Value): boolean {
  if (value === null || value === undefined) return false;
  return contains(context, listOf(value, named("has")), wanted);
}

const list = fn("...any", "list", (...values) => values);
const push = fn("any, any", "list", (value, last) => [
  ...listOf(value, (kind) => `Cannot push on type ${kind}`),
  last,
]);

const plain: Readonly<Record<string, GoFunction>> = {
  prepend: fn("any, any", "list", (value, first) => [
    first,
    ...listOf(value, (kind) => `Cannot prepend on type ${kind}`),
  ]),
  first: fn("any", "any", (value) =>
    listOf(value, named("first")).length === 0 ? null : elementOf(value, 0),
  ),
  last: fn("any", "any", (value) => listOf(value, named("last")).at(-1) ?? null),
  rest: fn("any", "list", (value) => {
    const all = listOf(value, named("rest"));
    return orNil(all, () => all.slice(1));
  }),
  initial: fn("any", "list", (value) => {
    const all = listOf(value, named("initial"));
    return orNil(all, () => all.slice(0, -1));
  }),
  reverse: fn("any", "list", (value) => [...listOf(value, named("reverse"))].reverse()),
  compact: fn("any", "list", (value) =>
    listOf(value, (kind) => `Cannot compact on type ${kind}`).filter((element) => !isEmpty(element)),
  ),
  uniq: fnIn("any", "list", unique),
  without: fnIn("any, ...any", "list", (context, value, ...omitted) =>
    listOf(value, named("without")).filter((element) => !contains(context, omitted, element)),
  ),
  has: fnIn("any, any", "bool", has),
  slice: fn("any, ...any", "any", (value, ...indices) => part(value, indices)),
  chunk: fn("int, any", "lists", chunks),
};

function must(name: string): string {
  return `must${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

export const listFunctions: Functions = {
  ...plain,
  ...Object.fromEntries(Object.entries(plain).map(([name, call]) => [must(name), call])),
  list,
  tuple: list,
  push,
  append: push,
  mustPush: push,
  mustAppend: push,
  concat: fnIn("...any", "any", (context, ...lists) => joinLists(context, lists)),
};
