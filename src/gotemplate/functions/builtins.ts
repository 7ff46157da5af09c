/** The functions every Go template has. */
import type { Functions } from "../function.ts";
import { fn, fnIn } from "../function.ts";
import type { Context } from "../limits.ts";
import { Failure } from "../limits.ts";
import { printable, sprint, sprintf, sprintln } from "../printf.ts";
import { byteLength, sliceBytes, toBytes } from "../text.ts";
import { isSigned, isUnsigned, stringType, uint8Type } from "../types.ts";
import type { Value } from "../values.ts";
import {
  elementOf,
  elemTypeOf,
  indirect,
  integerOf,
  isNil,
  isTrue,
  kindOf,
  lengthOf,
  lookUp,
  rawKey,
  subslice,
  Typed,
  textOf,
  typeOf,
  view,
  zeroOf,
} from "../values.ts";
import { prepared } from "./call-value.ts";
import type { Show } from "./compare.ts";
import { equal, isLess } from "./compare.ts";
import { escapeHtml, escapeJs, escapeQuery } from "./escape.ts";

/** An index into something of a length, as a number. */
function indexOf(index: Value, length: number): number {
  const kind = kindOf(index ?? undefined);
  if (kind === "invalid") throw new Failure("cannot index slice/array with nil");
  if (!isSigned(kind) && !isUnsigned(kind)) {
    throw new Failure(`cannot index slice/array with type ${typeOf(index ?? null).name}`);
  }
  const at = integerOf(index);
  if (at < 0n || at > BigInt(length)) throw new Failure(`index out of range: ${at}`);
  return Number(at);
}

function isNilReference(value: Value): boolean {
  return value === null || (value instanceof Typed && value.type.kind === "ptr" && isNil(value));
}

function index(item: Value, ...indexes: readonly Value[]): Value {
  let here: Value = item ?? undefined;
  if (here === undefined) throw new Failure("index of untyped nil");
  for (const at of indexes) {
    here = indirect(here);
    if (isNilReference(here)) throw new Failure("index of nil pointer");
    here = indexOnce(here, at);
  }
  return here;
}

function indexOnce(item: Value, at: Value): Value {
  switch (kindOf(item)) {
    case "string": {
      const length = lengthOf(item);
      const offset = indexOf(at, length);
      if (offset === length) throw new Failure("reflect: string index out of range");
      return view(uint8Type, toBytes(textOf(item))[offset]);
    }
    case "slice": {
      const length = lengthOf(item);
      const offset = indexOf(at, length);
      if (offset === length) throw new Failure("reflect: slice index out of range");
      return elementOf(item, offset);
    }
    case "map": {
      const key = prepared(at, (item instanceof Typed && item.type.key) || stringType);
      return lookUp(item, rawKey(key)) ?? zeroOf(elemTypeOf(item));
    }
    default:
      throw new Failure(`can't index item of type ${typeOf(item ?? null).name}`);
  }
}

/** The room that Go's lists read from JSON have: they double as they grow. It decides which complaint comes first. */
function roomOf(length: number): number {
  return length === 0 ? 0 : 2 ** Math.ceil(Math.log2(length));
}

function slice(item: Value, ...indexes: readonly Value[]): Value {
  const value = indirect(item ?? undefined);
  if (value === undefined) throw new Failure("slice of untyped nil");
  if (isNilReference(value)) throw new Failure("slice of nil pointer");
  if (indexes.length > 3) throw new Failure(`too many slice indexes: ${indexes.length}`);
  const kind = kindOf(value);
  if (kind === "string" && indexes.length === 3) throw new Failure("cannot 3-index slice a string");
  if (kind !== "string" && kind !== "slice") {
    throw new Failure(`can't slice item of type ${typeOf(value ?? null).name}`);
  }
  const length = lengthOf(value);
  const room = kind === "slice" ? roomOf(length) : length;
  const [start = 0, end = length, capacity = length] = indexes.map((at) => indexOf(at, room));
  if (start > end) throw new Failure(`invalid slice index: ${start} > ${end}`);
  if (end > capacity) throw new Failure(`invalid slice index: ${end} > ${capacity}`);
  // Go would show what lies in a slice's spare room; ours have none.
  if (end > length) throw new Failure(`index out of range: ${end}`);
  if (kind === "slice") return subslice(value, start, end);
  const text = sliceBytes(textOf(value), start, end);
  return value instanceof Typed ? new Typed(value.type, text) : text;
}

function length(item: Value): number {
  const value = indirect(item);
  if (value === undefined) throw new Failure("reflect: call of reflect.Value.Type on zero Value");
  if (isNilReference(value)) throw new Failure("len of nil pointer");
  const kind = kindOf(value);
  if (kind === "string") return byteLength(textOf(value));
  if (kind === "slice" || kind === "map") return lengthOf(value);
  throw new Failure(`len of type ${typeOf(value).name}`);
}

/** The arguments of an escaping function as one text. */
function textOfAll(context: Context, args: readonly Value[]): string {
  const [only] = args;
  if (args.length === 1 && typeof only === "string") return only;
  return sprint(
    args.map((arg) => (kindOf(arg) === "func" ? arg : printable(arg))),
    context,
  );
}

function showing(context: Context): Show {
  return (verb, value) => sprintf(verb, [value], context);
}

/** What can be ordered can be compared, so that no error needs words here. */
function isLessOrEqual(a: Value, b: Value): boolean {
  return isLess(a, b) || equal(a, [b], () => "");
}

export const builtins: Functions = {
  // The compiler evaluates these three in its own way, and these only when nothing special is to be done.
  and: fn("value, ...value", "value", (first) => first),
  or: fn("value, ...value", "value", (first) => first),
  call: fn("value, ...value", "value", (first) => first),
  html: fnIn("...any", "string", (context, ...args) => escapeHtml(textOfAll(context, args))),
  index: fn("value, ...value", "value", index),
  slice: fn("value, ...value", "value", slice),
  js: fnIn("...any", "string", (context, ...args) => escapeJs(textOfAll(context, args))),
  len: fn("value", "int", length),
  not: fn("value", "bool", (value) => !isTrue(value)),
  print: fnIn("...any", "string", (context, ...args) => sprint(args, context)),
  printf: fnIn("string, ...any", "string", (context, format, ...args) => sprintf(format, args, context)),
  println: fnIn("...any", "string", (context, ...args) => sprintln(args, context)),
  urlquery: fnIn("...any", "string", (context, ...args) => escapeQuery(textOfAll(context, args))),
  eq: fnIn("value, ...value", "bool", (context, first, ...others) => equal(first, others, showing(context))),
  ne: fnIn("value, value", "bool", (context, a, b) => !equal(a, [b], showing(context))),
  lt: fn("value, value", "bool", isLess),
  le: fn("value, value", "bool", isLessOrEqual),
  gt: fn("value, value", "bool", (a, b) => !isLessOrEqual(a, b)),
  ge: fn("value, value", "bool", (a, b) => !isLess(a, b)),
};
