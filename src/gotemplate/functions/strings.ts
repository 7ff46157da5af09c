/** The sprig functions on strings: cutting, filling, case, quoting. */
import type { Functions } from "../function.ts";
import { fn, fnIn } from "../function.ts";
import type { Context } from "../limits.ts";
import { Failure } from "../limits.ts";
import { sprintValue } from "../printf.ts";
import {
  byteLength,
  compareText,
  fromBytes,
  fromRune,
  joined,
  quoteText,
  runes,
  sliceBytes,
  toBytes,
} from "../text.ts";
import type { Value } from "../values.ts";
import { bytesOf, elementsOf, indirect, kindOf, methodOf, rawThrough, Typed } from "../values.ts";
import { isLower, isSpace, isUpper, toLower, toUpper, trimSpace } from "./letters.ts";

/** Any value as text, as sprig's strval makes it. */
export function textFor(value: Value, context: Context): string {
  if (typeof value === "string") return value;
  if (value instanceof Typed) {
    if (value.type.name === "[]uint8") return fromBytes(bytesOf(value));
    const type = value.type.kind === "ptr" ? (value.type.elem ?? value.type) : value.type;
    const found = methodOf(type, "String");
    if (found && (!found.onPointer || value.type.kind === "ptr")) {
      return found.method.call(rawThrough(value.raw, found.through), []) as string;
    }
  }
  return sprintValue(value, context);
}

/** The elements of a list as texts, nil left out; anything else is one text. */
export function textsOf(value: Value, context: Context): string[] {
  if (value === undefined || value === null) return [];
  if (kindOf(value) !== "slice") return [textFor(value, context)];
  return elementsOf(value)
    .filter((element) => element !== null)
    .map((element) => textFor(element, context));
}

function abbreviate(text: string, offset: number, width: number): string {
  const length = byteLength(text);
  if (text === "" || width < 4) return "";
  if (length <= width) return text;
  const room = width - 3;
  let start = Math.min(offset, length);
  if (length - start < room) start = length - room;
  if (start <= 4) return `${sliceBytes(text, 0, room)}...`;
  if (width < 7) return "";
  if (start + room < length) return `...${abbreviate(sliceBytes(text, start, length), 0, room)}`;
  return `...${sliceBytes(text, length - room, length)}`;
}

function truncate(count: number, text: string): string {
  const length = byteLength(text);
  if (count < 0) return length + count > 0 ? sliceBytes(text, length + count, length) : text;
  return length > count ? sliceBytes(text, 0, count) : text;
}

function substring(start: number, end: number, text: string): string {
  const length = byteLength(text);
  if (start < 0) {
    if (end < 0 || end > length) {
      throw new Failure(
        `runtime error: slice bounds out of range [:${end}]${end > length ? ` with length ${length}` : ""}`,
      );
    }
    return sliceBytes(text, 0, end);
  }
  const last = end < 0 || end > length ? length : end;
  if (start > last) throw new Failure(`runtime error: slice bounds out of range [${start}:${last}]`);
  return sliceBytes(text, start, last);
}

function repeated(context: Context, count: number, text: string): string {
  if (count < 0) throw new Failure("strings: negative Repeat count");
  context.makeText(count * text.length);
  return text.repeat(count);
}

/** Cuts the characters of a set off both ends. */
function trimSet(set: string, text: string): string {
  const cut = new Set(set);
  const chars = [...text];
  let start = 0;
  let end = chars.length;
  while (start < end && cut.has(chars[start] ?? "")) start++;
  while (end > start && cut.has(chars[end - 1] ?? "")) end--;
  return chars.slice(start, end).join("");
}

/** Replaces what `change` makes of each character, told whether a word begins there. */
function byWords(text: string, gap: (point: number) => boolean, change: (char: string) => string): string {
  let begins = true;
  return runes(text)
    .map((point) => {
      const char = fromRune(point);
      if (gap(point)) {
        begins = true;
        return char;
      }
      const result = begins ? change(char) : char;
      begins = false;
      return result;
    })
    .join("");
}

const WORD_CHARACTER = /[\p{L}\p{Nd}_]/u;

/** Where strings.Title sees a word end. */
function separates(point: number): boolean {
  const char = fromRune(point);
  return point < 0x80 ? !WORD_CHARACTER.test(char) : !/[\p{L}\p{Nd}]/u.test(char) && isSpace(point);
}

function swapCase(text: string): string {
  let afterSpace = true;
  return runes(text)
    .map((point) => {
      const char = fromRune(point);
      const lower = isLower(char);
      if (!lower && !isUpper(char)) {
        afterSpace = isSpace(point);
        return char;
      }
      if (!lower) afterSpace = false;
      else if (afterSpace) afterSpace = false;
      return lower ? toUpper(char) : toLower(char);
    })
    .join("");
}

/** Byte by byte, as the original does: other bytes than ASCII come out as the characters of their numbers. */
function withoutSpace(text: string): string {
  const bytes = [...toBytes(text)];
  const kept = bytes.filter((byte) => !isSpace(byte));
  return kept.length === bytes.length ? text : kept.map((byte) => String.fromCharCode(byte)).join("");
}

function initials(text: string): string {
  let begins = true;
  let out = "";
  for (const byte of toBytes(text)) {
    if (isSpace(byte)) begins = true;
    else if (begins) {
      out += String.fromCharCode(byte);
      begins = false;
    }
  }
  return out;
}

function wrap(context: Context, given: number, separator: string, text: string, breakWords: boolean): string {
  const newline = separator === "" ? "\n" : separator;
  const width = Math.max(given, 1);
  context.makeText(text.length + (text.length / width) * newline.length);
  const bytes = toBytes(text);
  const lines: string[] = [];
  let line = "";
  let offset = 0;
  const take = (end: number, next: number): void => {
    lines.push(line + fromBytes(bytes.subarray(offset, end)));
    line = "";
    offset = next;
  };
  while (bytes.length - offset > width) {
    if (bytes[offset] === 32) {
      offset++;
      continue;
    }
    const space = bytes.subarray(offset, offset + width + 1).lastIndexOf(32);
    if (space >= 0) take(offset + space, offset + space + 1);
    else if (breakWords) take(offset + width, offset + width);
    else {
      const next = bytes.indexOf(32, offset + width);
      if (next === -1) {
        line += fromBytes(bytes.subarray(offset));
        offset = bytes.length;
      } else take(next, next + 1);
    }
  }
  return joined([...lines, line + fromBytes(bytes.subarray(offset))].join(newline));
}

function indented(context: Context, spaces: number, text: string): string {
  if (spaces < 0) throw new Failure("strings: negative Repeat count");
  const lines = text.split("\n");
  context.makeText(text.length + lines.length * spaces);
  const padding = " ".repeat(spaces);
  return padding + lines.join(`\n${padding}`);
}

/** Text split at a separator as strings.Split does: the empty separator splits between characters. */
export function splitText(text: string, separator: string): string[] {
  return separator === "" ? [...text] : text.split(separator);
}

/** At most `count` parts; all of them when it is negative, none when it is zero. */
function splitAtMost(text: string, separator: string, count: number): string[] {
  if (count === 0) return [];
  const parts = splitText(text, separator);
  if (count < 0 || parts.length <= count) return parts;
  return [...parts.slice(0, count - 1), parts.slice(count - 1).join(separator)];
}

function numbered(parts: readonly string[]): Record<string, string> {
  return Object.fromEntries(parts.map((part, i) => [`_${i}`, part]));
}

function replaceAll(context: Context, old: string, replacement: string, text: string): string {
  const count = old === "" ? text.length + 1 : text.split(old).length - 1;
  context.makeText(text.length + count * replacement.length);
  if (old !== "") return text.split(old).join(replacement);
  return replacement + [...text].map((char) => char + replacement).join("");
}

function given(values: readonly Value[]): readonly Value[] {
  return values.filter((value) => value !== null && value !== undefined);
}

export const stringFunctions: Functions = {
  abbrev: fn("int, string", "string", (width, text) => (width < 4 ? text : abbreviate(text, 0, width))),
  abbrevboth: fn("int, int, string", "string", (left, right, text) =>
    right < 4 || (left > 0 && right < 7) ? text : abbreviate(text, left, right),
  ),
  trunc: fn("int, string", "string", truncate),
  trim: fn("string", "string", trimSpace),
  upper: fn("string", "string", (text) => toUpper(text)),
  lower: fn("string", "string", (text) => toLower(text)),
  title: fn("string", "string", (text) => byWords(text, separates, toUpper)),
  untitle: fn("string", "string", (text) => byWords(text, isSpace, toLower)),
  substr: fn("int, int, string", "string", substring),
  repeat: fnIn("int, string", "string", repeated),
  trimall: fn("string, string", "string", trimSet),
  trimAll: fn("string, string", "string", trimSet),
  trimSuffix: fn("string, string", "string", (end, text) =>
    end !== "" && text.endsWith(end) ? text.slice(0, -end.length) : text,
  ),
  trimPrefix: fn("string, string", "string", (start, text) =>
    text.startsWith(start) ? text.slice(start.length) : text,
  ),
  nospace: fn("string", "string", withoutSpace),
  initials: fn("string", "string", initials),
  swapcase: fn("string", "string", swapCase),
  wrap: fnIn("int, string", "string", (context, width, text) => wrap(context, width, "", text, false)),
  wrapWith: fnIn("int, string, string", "string", (context, width, separator, text) =>
    wrap(context, width, separator, text, true),
  ),
  contains: fn("string, string", "bool", (part, text) => text.includes(part)),
  hasPrefix: fn("string, string", "bool", (start, text) => text.startsWith(start)),
  hasSuffix: fn("string, string", "bool", (end, text) => text.endsWith(end)),
  quote: fnIn("...any", "string", (context, ...values) =>
    given(values)
      .map((value) => quoteText(textFor(value, context)))
      .join(" "),
  ),
  squote: fnIn("...any", "string", (context, ...values) =>
    given(values)
      .map((value) => `'${sprintValue(value, context)}'`)
      .join(" "),
  ),
  cat: fnIn("...any", "string", (context, ...values) =>
    given(values)
      .map((value) => sprintValue(value, context))
      .join(" "),
  ),
  indent: fnIn("int, string", "string", indented),
  nindent: fnIn("int, string", "string", (context, spaces, text) => `\n${indented(context, spaces, text)}`),
  replace: fnIn("string, string, string", "string", replaceAll),
  plural: fn("string, string, int", "string", (one, many, count) => (count === 1 ? one : many)),
  toString: fnIn("any", "string", (context, value) => textFor(value, context)),
  toStrings: fnIn("any", "strings", (context, value) => textsOf(value, context)),
  join: fnIn("string, any", "string", (context, separator, value) => {
    const texts = textsOf(value, context);
    context.makeText(texts.reduce((sum, text) => sum + text.length + separator.length, 0));
    return joined(texts.join(separator));
  }),
  sortAlpha: fnIn("any", "strings", (context, value) =>
    kindOf(indirect(value)) === "slice"
      ? textsOf(value, context).sort(compareText)
      : [textFor(value, context)],
  ),
  split: fn("string, string", "stringMap", (separator, text) => numbered(splitText(text, separator))),
  splitn: fn("string, int, string", "stringMap", (separator, count, text) =>
    numbered(splitAtMost(text, separator, count)),
  ),
  splitList: fn("string, string", "strings", (separator, text) => splitText(text, separator)),
};
