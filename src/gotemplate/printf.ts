/** Go's fmt for templates: Sprint, Sprintln and Sprintf over values, with every verb, flag and complaint. */
import type { Flags } from "./format.ts";
import {
  formatBool,
  formatByteList,
  formatHex,
  formatInteger,
  formatNumber,
  formatQuoted,
  formatString,
  formatText,
  noFlags,
  pad,
} from "./format.ts";
import type { Context } from "./limits.ts";
import { Failure, LimitReached } from "./limits.ts";
import { fromBytes, joined } from "./text.ts";
import type { GoType } from "./types.ts";
import { anyType, isFloat, isSigned, isUnsigned } from "./types.ts";
import type { Value } from "./values.ts";
import {
  boolOf,
  bytesOf,
  elementsOf,
  fieldValue,
  floatOf,
  indirect,
  integerOf,
  isNil,
  keysOf,
  kindOf,
  lookUp,
  methodOf,
  rawKey,
  rawThrough,
  Typed,
  targetOf,
  textOf,
  typeOf,
} from "./values.ts";

interface Printer {
  readonly context: Context;
  flags: Flags;
  /** While a complaint about a verb is printed, methods are not asked. */
  complaining: boolean;
}

/** Where pointers would point, if anything had an address. */
const ADDRESS = 0xc000000000n;
const MAX_NUMBER = 1_000_000;

/** The value that a template's print actions hand to fmt: pointers followed, "<no value>" for none. */
export function printable(value: Value): Value {
  const target = value instanceof Typed && value.type.kind === "ptr" ? indirect(value) : value;
  return target === undefined || target === null ? "<no value>" : target;
}

/** The text of what prints as it is: texts, booleans and whole numbers, of floating-point numbers those without an exponent. */
function plainText(value: Value): string | undefined {
  switch (typeof value) {
    case "string":
      return value;
    case "bigint":
    case "boolean":
      return String(value);
    case "number":
      return Number.isInteger(value) && Math.abs(value) < 1e6 && !Object.is(value, -0)
        ? String(value)
        : undefined;
    default:
      return undefined;
  }
}

/** The text of a value as an action prints it; undefined for a function, which has none. */
export function printed(value: Value, context: Context): string | undefined {
  const plain = plainText(value);
  if (plain !== undefined) return plain;
  const target = printable(value);
  if (kindOf(target) === "func") return undefined;
  const printer: Printer = { context, flags: noFlags(), complaining: false };
  if (target instanceof Typed && target.addressable) {
    const said = stringMethod(printer, target, "v", true);
    if (said !== undefined) return said;
  }
  return printArgument(printer, target, "v");
}

/** Values one after the other, with a space between two of which neither is a string. */
export function sprint(args: readonly Value[], context: Context): string {
  const printer: Printer = { context, flags: noFlags(), complaining: false };
  let out = "";
  let previousIsString = false;
  args.forEach((arg, i) => {
    const isString = kindOf(arg) === "string";
    if (i > 0 && !isString && !previousIsString) out += " ";
    out += printArgument(printer, arg, "v");
    context.makeText(out.length);
    previousIsString = isString;
  });
  return joined(out);
}

/** Values with a space between them and a newline after. */
export function sprintln(args: readonly Value[], context: Context): string {
  const printer: Printer = { context, flags: noFlags(), complaining: false };
  const texts = args.map((arg) => printArgument(printer, arg, "v"));
  context.makeText(texts.reduce((sum, text) => sum + text.length, 0));
  return joined(`${texts.join(" ")}\n`);
}

/** One value under %v. */
export function sprintValue(value: Value, context: Context): string {
  return plainText(value) ?? sprint([value], context);
}

function printArgument(printer: Printer, arg: Value, verb: string): string {
  const value = arg ?? null;
  if (value === null) {
    return verb === "T" || verb === "v" ? pad(printer.flags, "<nil>") : badVerb(printer, undefined, verb);
  }
  if (verb === "T") return formatString(printer.flags, typeOf(value).name);
  if (verb === "p") return printPointer(printer, value, verb);
  const said = value instanceof Typed ? askMethods(printer, value, verb) : undefined;
  return said ?? printValue(printer, value, verb, 0);
}

function badVerb(printer: Printer, value: Value, verb: string): string {
  if (value === undefined || value === null) return `%!${verb}(<nil>)`;
  printer.complaining = true;
  const shown = printValue(printer, value, "v", 0);
  printer.complaining = false;
  return `%!${verb}(${typeOf(value).name}=${shown})`;
}

/** What a String or Error method says, under the verbs that ask for it. */
function askMethods(printer: Printer, value: Typed, verb: string): string | undefined {
  if (printer.complaining || printer.flags.sharpV || !"vsxXq".includes(verb)) return undefined;
  return stringMethod(printer, value, verb, false);
}

function stringMethod(printer: Printer, value: Typed, verb: string, asPointer: boolean): string | undefined {
  const isPointer = value.type.kind === "ptr";
  const type: GoType = isPointer ? (value.type.elem ?? anyType) : value.type;
  const found = methodOf(type, "Error") ?? methodOf(type, "String");
  if (!found || found.method.signature.in.length > 0 || found.method.signature.out.kind !== "string") {
    return undefined;
  }
  if (found.onPointer && !isPointer && !asPointer) return undefined;
  if (isPointer && isNil(value) && !found.onPointer) return "<nil>";
  try {
    const said = found.method.call(rawThrough(value.raw, found.through), []);
    return formatText(printer.flags, said as string, verb);
  } catch (error) {
    if (!(error instanceof Failure) || error instanceof LimitReached) throw error;
    return isNil(value) ? "<nil>" : `%!${verb}(PANIC=String method: ${error.message})`;
  }
}

function printValue(printer: Printer, value: Value, verb: string, depth: number): string {
  printer.context.spend(1);
  printer.context.enter(depth);
  if (value === undefined || value === null) {
    return depth > 0 && printer.flags.sharpV ? "interface {}(nil)" : "<nil>";
  }
  if (depth > 0 && value instanceof Typed) {
    const said = askMethods(printer, value, verb);
    if (said !== undefined) return said;
  }
  return printKind(printer, value, verb, depth) ?? badVerb(printer, value, verb);
}

function printKind(
  printer: Printer,
  value: Exclude<Value, undefined | null>,
  verb: string,
  depth: number,
): string | undefined {
  const { flags } = printer;
  const { kind } = typeOf(value);
  if (isSigned(kind) || isUnsigned(kind)) return formatInteger(flags, integerOf(value), verb, isSigned(kind));
  if (isFloat(kind)) return formatNumber(flags, floatOf(value), verb, kind === "float32" ? 32 : 64);
  switch (kind) {
    case "bool":
      return formatBool(flags, boolOf(value), verb);
    case "string":
      return formatText(flags, textOf(value), verb);
    case "complex128":
      return printComplex(flags, value as Typed, verb);
    case "slice":
      return printSlice(printer, value, verb, depth);
    case "map":
      return printMap(printer, value, verb, depth);
    case "struct":
      return printStruct(printer, value as Typed, verb, depth);
    default:
      return printReference(printer, value as Typed, verb, depth);
  }
}

function printComplex(flags: Flags, value: Typed, verb: string): string | undefined {
  const [real = 0, imaginary = 0] = value.raw as readonly number[];
  const first = formatNumber(flags, real, verb);
  const second = formatNumber({ ...flags, plus: true }, imaginary, verb);
  return first === undefined || second === undefined ? undefined : `(${first}${second}i)`;
}

function printSlice(
  printer: Printer,
  value: Exclude<Value, undefined | null>,
  verb: string,
  depth: number,
): string | undefined {
  const type = typeOf(value);
  const { flags } = printer;
  if (type.elem?.kind === "uint8") {
    const bytes = printBytes(flags, value, verb, type.name === "[]uint8" && depth === 0);
    if (bytes !== undefined) return bytes;
  }
  if (flags.sharpV && isNil(value)) return `${type.name}(nil)`;
  const items = printAll(printer, elementsOf(value), verb, depth);
  return flags.sharpV ? `${type.name}{${items.join(", ")}}` : `[${items.join(" ")}]`;
}

function printBytes(flags: Flags, value: Value, verb: string, plain: boolean): string | undefined {
  const bytes = bytesOf(value);
  switch (verb) {
    case "s":
      return formatString(flags, fromBytes(bytes));
    case "q":
      return formatQuoted(flags, fromBytes(bytes));
    case "x":
    case "X":
      return formatHex(flags, bytes, verb === "X");
    case "v":
    case "d":
      if (!plain) return undefined;
      return flags.sharpV && isNil(value) ? "[]byte(nil)" : formatByteList(flags, bytes, verb);
    default:
      return undefined;
  }
}

function printAll(
  printer: Printer,
  values: readonly Value[],
  verb: string,
  depth: number,
): readonly string[] {
  let length = 0;
  return values.map((value) => {
    const text = printValue(printer, value, verb, depth + 1);
    length += text.length + 1;
    printer.context.makeText(length);
    return text;
  });
}

function printMap(
  printer: Printer,
  value: Exclude<Value, undefined | null>,
  verb: string,
  depth: number,
): string {
  const { sharpV } = printer.flags;
  if (sharpV && isNil(value)) return `${typeOf(value).name}(nil)`;
  const keys = keysOf(value);
  const shownKeys = printAll(printer, keys, verb, depth);
  const values = printAll(
    printer,
    keys.map((key) => lookUp(value, rawKey(key))),
    verb,
    depth,
  );
  const pairs = shownKeys.map((key, i) => `${key}:${values[i] ?? ""}`);
  return sharpV ? `${typeOf(value).name}{${pairs.join(", ")}}` : `map[${pairs.join(" ")}]`;
}

function printStruct(printer: Printer, value: Typed, verb: string, depth: number): string {
  const { sharpV, plusV } = printer.flags;
  const fields = value.type.fields?.() ?? [];
  const record = new Typed(value.type, value.raw);
  const texts = fields.map((field) => {
    const shown = printValue(printer, fieldValue(record, { field, through: [] }), verb, depth + 1);
    return plusV || sharpV ? `${field.name}:${shown}` : shown;
  });
  return sharpV ? `${value.type.name}{${texts.join(", ")}}` : `{${texts.join(" ")}}`;
}

function printReference(printer: Printer, value: Typed, verb: string, depth: number): string | undefined {
  if (value.type.kind === "ptr" && depth === 0 && !isNil(value)) {
    const target = targetOf(value);
    if (["slice", "struct", "map"].includes(kindOf(target))) {
      return `&${printValue(printer, target, verb, depth + 1)}`;
    }
  }
  return printPointer(printer, value, verb);
}

function printPointer(printer: Printer, value: Exclude<Value, undefined | null>, verb: string): string {
  const { kind, name } = typeOf(value);
  if (!["ptr", "func", "map", "slice"].includes(kind)) return badVerb(printer, value, verb);
  const address = isNil(value) ? 0n : ADDRESS;
  const { flags } = printer;
  if (verb === "v" && flags.sharpV)
    return `(${name})(${address === 0n ? "nil" : `0x${address.toString(16)}`})`;
  if (verb === "v" && address === 0n) return pad(flags, "<nil>");
  if (verb === "v" || verb === "p") {
    return formatInteger({ ...flags, sharp: !flags.sharp }, address, "x", false) ?? "";
  }
  if ("bodxX".includes(verb)) return formatInteger(flags, address, verb, false) ?? "";
  return badVerb(printer, value, verb);
}

const FLAG_NAMES: Readonly<Record<string, "sharp" | "zero" | "plus" | "minus" | "space">> = {
  "#": "sharp",
  "0": "zero",
  "+": "plus",
  "-": "minus",
  " ": "space",
};

/** What is left to read of a format and which argument comes next. */
interface Position {
  at: number;
  argument: number;
  /** Whether an [n] was just read. */
  indexed: boolean;
  reordered: boolean;
  valid: boolean;
}

/** Text with its verbs replaced by arguments. */
export function sprintf(format: string, args: readonly Value[], context: Context): string {
  const printer: Printer = { context, flags: noFlags(), complaining: false };
  const here: Position = { at: 0, argument: 0, indexed: false, reordered: false, valid: true };
  let out = "";
  while (here.at < format.length) {
    const percent = format.indexOf("%", here.at);
    out += format.slice(here.at, percent === -1 ? format.length : percent);
    if (percent === -1) break;
    here.at = percent + 1;
    out += printVerb(printer, format, args, here);
    context.makeText(out.length);
  }
  if (!here.reordered && here.argument < args.length) {
    printer.flags = noFlags();
    const extra = args.slice(here.argument).map((arg) => {
      if (arg === null || arg === undefined) return "<nil>";
      return `${typeOf(arg).name}=${printArgument(printer, arg, "v")}`;
    });
    out += `%!(EXTRA ${extra.join(", ")})`;
  }
  context.makeText(out.length);
  return joined(out);
}

function printVerb(printer: Printer, format: string, args: readonly Value[], here: Position): string {
  const flags = noFlags();
  printer.flags = flags;
  here.valid = true;
  here.indexed = false;
  for (;;) {
    const flag = FLAG_NAMES[format[here.at] ?? ""];
    if (!flag) break;
    flags[flag] = true;
    here.at++;
  }
  readIndex(format, args.length, here);
  let complaint = readWidth(flags, format, args, here);
  if (format[here.at] === "." && here.at + 1 < format.length)
    complaint += readPrecision(flags, format, args, here);
  if (!here.indexed) readIndex(format, args.length, here);
  const point = format.codePointAt(here.at);
  if (point === undefined) return `${complaint}%!(NOVERB)`;
  const verb = String.fromCodePoint(point);
  here.at += verb.length;
  if (verb === "%") return `${complaint}%`;
  if (!here.valid) return `${complaint}%!${verb}(BADINDEX)`;
  if (here.argument >= args.length) return `${complaint}%!${verb}(MISSING)`;
  if (verb === "v" || verb === "w") {
    flags.sharpV = flags.sharp;
    flags.sharp = false;
    flags.plusV = flags.plus;
    flags.plus = false;
  }
  return complaint + printArgument(printer, args[here.argument++] ?? null, verb);
}

function readWidth(flags: Flags, format: string, args: readonly Value[], here: Position): string {
  if (format[here.at] !== "*") {
    flags.width = readNumber(format, here);
    if (here.indexed && flags.width !== undefined) here.valid = false;
    return "";
  }
  here.at++;
  here.indexed = false;
  const width = numberArgument(args, here);
  if (width === undefined) return "%!(BADWIDTH)";
  flags.width = Math.abs(width);
  if (width < 0) {
    flags.minus = true;
    flags.zero = false;
  }
  return "";
}

function readPrecision(flags: Flags, format: string, args: readonly Value[], here: Position): string {
  here.at++;
  if (here.indexed) here.valid = false;
  here.indexed = false;
  readIndex(format, args.length, here);
  if (format[here.at] !== "*") {
    flags.precision = readNumber(format, here) ?? 0;
    return "";
  }
  here.at++;
  here.indexed = false;
  const precision = numberArgument(args, here);
  if (precision === undefined || precision < 0) return "%!(BADPREC)";
  flags.precision = precision;
  return "";
}

/** A number in the format; what is too large counts as none and spoils the rest. */
function readNumber(format: string, here: Position): number | undefined {
  const start = here.at;
  let number = 0;
  while (format[here.at] !== undefined && /[0-9]/.test(format[here.at] ?? "")) {
    if (number > MAX_NUMBER) {
      here.at = format.length;
      return undefined;
    }
    number = number * 10 + Number(format[here.at]);
    here.at++;
  }
  return here.at === start ? undefined : number;
}

/** An [n] that says which argument comes next. */
function readIndex(format: string, count: number, here: Position): void {
  if (format[here.at] !== "[") return;
  here.reordered = true;
  const close = format.indexOf("]", here.at);
  const digits = close === -1 ? "" : format.slice(here.at + 1, close);
  const index = /^[0-9]{1,7}$/.test(digits) ? Number(digits) - 1 : -1;
  here.at = close === -1 ? here.at + 1 : close + 1;
  here.indexed = close !== -1 && /^[0-9]{1,7}$/.test(digits);
  if (index >= 0 && index < count && index < MAX_NUMBER) here.argument = index;
  else here.valid = false;
}

function numberArgument(args: readonly Value[], here: Position): number | undefined {
  if (here.argument >= args.length) return undefined;
  const arg = args[here.argument++];
  const kind = kindOf(arg);
  if (!isSigned(kind) && !isUnsigned(kind)) return undefined;
  const number = integerOf(arg);
  return number > MAX_NUMBER || number < -MAX_NUMBER ? undefined : Number(number);
}
