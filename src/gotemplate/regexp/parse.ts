/** Regular expressions in Go's syntax (regexp/syntax, Perl flags) to trees. */
import { Failure } from "../limits.ts";
import type { CharacterClass, Property, Range } from "./class.ts";
import { anyCharacter, complement, perlClasses, posixClasses, propertyOf, range } from "./class.ts";

export type Assertion =
  | "line start"
  | "line end"
  | "text start"
  | "text end"
  | "word boundary"
  | "no word boundary";

export type Expression =
  | { readonly is: "empty" }
  | { readonly is: "class"; readonly set: CharacterClass }
  | { readonly is: "assertion"; readonly kind: Assertion }
  | { readonly is: "sequence" | "choice"; readonly parts: readonly Expression[] }
  | { readonly is: "group"; readonly index: number; readonly body: Expression }
  | {
      readonly is: "repeat";
      readonly body: Expression;
      readonly least: number;
      readonly most: number;
      readonly greedy: boolean;
    };

export interface ParsedExpression {
  readonly expression: Expression;
  /** Names of the groups by index; the whole match is 0. */
  readonly names: readonly string[];
}

interface FlagSet {
  readonly ignoreCase: boolean;
  readonly multiline: boolean;
  readonly dotAll: boolean;
  readonly ungreedy: boolean;
}

const MAX_REPEAT = 1000;
const MAX_NESTING = 200;
const EMPTY: Expression = { is: "empty" };
const ESCAPED: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };

function bad(what: string, text: string): never {
  throw new Failure(`error parsing regexp: ${what}: \`${text}\``);
}

/** Where reading stands. */
interface Reading {
  readonly source: string;
  readonly chars: readonly string[];
  readonly names: string[];
  at: number;
  flags: FlagSet;
  nesting: number;
}

/** Parses an expression; throws a Failure in Go's words. */
export function parseExpression(source: string): ParsedExpression {
  const reading: Reading = {
    source,
    chars: [...source],
    names: [""],
    at: 0,
    flags: { ignoreCase: false, multiline: false, dotAll: false, ungreedy: false },
    nesting: 0,
  };
  const expression = readChoice(reading);
  if (reading.at < reading.chars.length) bad("unexpected )", source);
  return { expression, names: reading.names };
}

function rest({ chars, at }: Reading, from = at, to = chars.length): string {
  return chars.slice(from, to).join("");
}

/** The next few characters. */
function ahead(reading: Reading, count: number): string {
  return rest(reading, reading.at, reading.at + count);
}

function pointAt({ chars }: Reading, index: number): number {
  return chars[index]?.codePointAt(0) ?? 0;
}

function ofClass(reading: Reading, items: readonly (Range | Property)[], negated = false): Expression {
  return { is: "class", set: { items, negated, ignoreCase: reading.flags.ignoreCase } };
}

function readChoice(reading: Reading): Expression {
  const parts = [readSequence(reading)];
  while (reading.chars[reading.at] === "|") {
    reading.at++;
    parts.push(readSequence(reading));
  }
  return parts.length === 1 ? (parts[0] ?? EMPTY) : { is: "choice", parts };
}

function readSequence(reading: Reading): Expression {
  const parts: Expression[] = [];
  for (;;) {
    const char = reading.chars[reading.at];
    if (char === undefined || char === "|" || char === ")") break;
    if (ahead(reading, 2) === "\\Q") readQuoted(reading, parts);
    else {
      // Flags that stand alone are nothing, so that what follows repeats what went before them.
      const body = readAtom(reading) ?? parts.pop();
      if (body) parts.push(readRepetitions(reading, body));
    }
  }
  return parts.length === 1 ? (parts[0] ?? EMPTY) : { is: "sequence", parts };
}

/** \Q…\E: every character as it is; what follows repeats the last one. */
function readQuoted(reading: Reading, parts: Expression[]): void {
  reading.at += 2;
  const before = parts.length;
  while (reading.at < reading.chars.length && ahead(reading, 2) !== "\\E") {
    parts.push(ofClass(reading, [range(pointAt(reading, reading.at++))]));
  }
  reading.at += 2;
  const last = parts.length > before ? parts.pop() : undefined;
  if (last) parts.push(readRepetitions(reading, last));
}

function readRepetitions(reading: Reading, first: Expression): Expression {
  let body = first;
  let last = "";
  for (;;) {
    const start = reading.at;
    const bounds = readBounds(reading);
    if (!bounds) return body;
    const greedy = reading.chars[reading.at] !== "?";
    if (!greedy) reading.at++;
    const text = rest(reading, start, reading.at);
    if (last !== "") bad("invalid nested repetition operator", last + text);
    last = text;
    body = { is: "repeat", body, ...bounds, greedy: greedy !== reading.flags.ungreedy };
  }
}

function readBounds(reading: Reading): { readonly least: number; readonly most: number } | undefined {
  const char = reading.chars[reading.at];
  if (char === "*" || char === "+" || char === "?") {
    reading.at++;
    return { least: char === "+" ? 1 : 0, most: char === "?" ? 1 : Number.POSITIVE_INFINITY };
  }
  const found = char === "{" ? /^\{(\d+)(,(\d*))?\}/.exec(ahead(reading, 24)) : null;
  if (!found) return undefined;
  const [text, low = "0", comma, high] = found;
  const least = Number(low);
  const most = comma === undefined ? least : high ? Number(high) : Number.POSITIVE_INFINITY;
  const bounded = most !== Number.POSITIVE_INFINITY;
  if (least > MAX_REPEAT || (bounded && (most > MAX_REPEAT || most < least))) {
    bad("invalid repeat count", text);
  }
  reading.at += text.length;
  return { least, most };
}

/** One thing that can be repeated; undefined for flags that stand alone. */
function readAtom(reading: Reading): Expression | undefined {
  const { flags } = reading;
  const char = reading.chars[reading.at] ?? "";
  switch (char) {
    case "(":
      return readGroup(reading);
    case "[":
      return readBracket(reading);
    case "\\":
      return readEscape(reading);
    case "*":
    case "+":
    case "?":
    case "{":
      refuseRepetition(reading);
      reading.at++;
      break;
    default:
      reading.at++;
      break;
  }
  switch (char) {
    case ".":
      return { is: "class", set: flags.dotAll ? anyCharacter : notNewline };
    case "^":
      return { is: "assertion", kind: flags.multiline ? "line start" : "text start" };
    case "$":
      return { is: "assertion", kind: flags.multiline ? "line end" : "text end" };
    default:
      return ofClass(reading, [range(char.codePointAt(0) ?? 0)]);
  }
}

/** A repetition where there is nothing to repeat; a brace that starts none is a character like any other. */
function refuseRepetition(reading: Reading): void {
  const start = reading.at;
  if (!readBounds(reading)) return;
  if (reading.chars[reading.at] === "?") reading.at++;
  bad("missing argument to repetition operator", rest(reading, start, reading.at));
}

const notNewline: CharacterClass = { ...anyCharacter, items: complement([range(10)]) };

function readGroup(reading: Reading): Expression | undefined {
  const { flags, names, source } = reading;
  if (++reading.nesting > MAX_NESTING) bad("expression nests too deeply", rest(reading));
  const start = reading.at++;
  let index: number | undefined;
  const named = /^\?P?<([^>]*)>/.exec(rest(reading));
  if (named) {
    index = nameGroup(names, named[1] ?? "", named[0]);
    reading.at += [...named[0]].length;
  } else if (reading.chars[reading.at] !== "?") index = names.push("") - 1;
  else if (readFlags(reading, start)) {
    reading.nesting--;
    return undefined;
  }
  const body = readChoice(reading);
  if (reading.chars[reading.at] !== ")") bad("missing closing )", source);
  reading.at++;
  reading.nesting--;
  reading.flags = flags;
  return index === undefined ? body : { is: "group", index, body };
}

function nameGroup(names: string[], name: string, text: string): number {
  if (!/^\w+$/.test(name)) bad("invalid named capture", `(${text}`);
  return names.push(name) - 1;
}

/** Reads flags after "(?"; true when they stand alone and hold to the end of the group around them. */
function readFlags(reading: Reading, start: number): boolean {
  const found = /^\?([imsU]*)(?:-([imsU]+))?([:)])/.exec(rest(reading));
  if (!found) {
    const [shown = ""] = /^\(\?(?:<[=!]?|.)?/s.exec(rest(reading, start)) ?? [];
    return bad("invalid or unsupported Perl syntax", shown);
  }
  const [text, on = "", off = "", end] = found;
  const flag = (letter: string, known: boolean): boolean =>
    !off.includes(letter) && (known || on.includes(letter));
  const { ignoreCase, multiline, dotAll, ungreedy } = reading.flags;
  reading.flags = {
    ignoreCase: flag("i", ignoreCase),
    multiline: flag("m", multiline),
    dotAll: flag("s", dotAll),
    ungreedy: flag("U", ungreedy),
  };
  reading.at += text.length;
  return end === ")";
}

const ASSERTIONS: Readonly<Record<string, Assertion>> = {
  A: "text start",
  z: "text end",
  b: "word boundary",
  B: "no word boundary",
};

function readEscape(reading: Reading): Expression {
  const char = reading.chars[reading.at + 1];
  if (char === undefined) return bad("trailing backslash at end of expression", "");
  const kind = Object.hasOwn(ASSERTIONS, char) ? ASSERTIONS[char] : undefined;
  if (kind) {
    reading.at += 2;
    return { is: "assertion", kind };
  }
  return ofClass(reading, readClassEscape(reading) ?? [range(readEscapedPoint(reading))]);
}

/** \d and its like or \p{…} as items of a class; undefined when the escape is a single character. */
function readClassEscape(reading: Reading): readonly (Range | Property)[] | undefined {
  const char = reading.chars[reading.at + 1] ?? "";
  const perl = Object.hasOwn(perlClasses, char) ? perlClasses[char] : undefined;
  if (perl) {
    reading.at += 2;
    return perl;
  }
  if (char !== "p" && char !== "P") return undefined;
  const found = /^\\[pP](?:\{(\^?)([^}]*)\}|([^{]))/u.exec(rest(reading));
  const property = found && propertyOf(found[2] ?? found[3] ?? "");
  if (!found || !property) return bad("invalid character class range", found?.[0] ?? rest(reading));
  reading.at += [...found[0]].length;
  return [{ property, negated: (char === "P") !== (found[1] === "^") }];
}

/** A character written as a letter, in hexadecimal or octal digits, or as a sign after a backslash. */
function readEscapedPoint(reading: Reading): number {
  const char = reading.chars[reading.at + 1] ?? "";
  const known = Object.hasOwn(ESCAPED, char) ? ESCAPED[char] : undefined;
  if (known !== undefined) {
    reading.at += 2;
    return known;
  }
  const hex = /^\\x(?:([0-9a-fA-F]{2})|\{([0-9a-fA-F]{1,8})\})/.exec(ahead(reading, 12));
  const octal = /^\\(0[0-7]{0,2}|[1-7][0-7]{1,2})/.exec(ahead(reading, 4));
  const digits = hex?.[1] ?? hex?.[2] ?? octal?.[1];
  const code = digits === undefined ? Number.NaN : Number.parseInt(digits, hex ? 16 : 8);
  if (code <= 0x10ffff) {
    reading.at += (hex ?? octal)?.[0].length ?? 0;
    return code;
  }
  if (!/^[!-/:-@[-`{-~ ]$/.test(char)) return bad("invalid escape sequence", ahead(reading, 2));
  reading.at += 2;
  return char.codePointAt(0) ?? 0;
}

function readBracket(reading: Reading): Expression {
  const start = reading.at++;
  const negated = reading.chars[reading.at] === "^";
  if (negated) reading.at++;
  const items: (Range | Property)[] = [];
  for (let first = true; first || reading.chars[reading.at] !== "]"; first = false) {
    if (reading.at >= reading.chars.length) bad("missing closing ]", rest(reading, start));
    items.push(...(readNamedClass(reading) ?? readRange(reading, start)));
  }
  reading.at++;
  return ofClass(reading, items, negated);
}

/** [:alpha:], \d and \pL inside brackets; undefined where none of them starts. */
function readNamedClass(reading: Reading): readonly (Range | Property)[] | undefined {
  const char = reading.chars[reading.at];
  if (char === "\\") return readClassEscape(reading);
  const found = char === "[" ? /^\[:(\^?)([^:\]]*):\]/.exec(rest(reading)) : null;
  if (!found) return undefined;
  const [text, caret, name = ""] = found;
  const known = Object.hasOwn(posixClasses, name) ? posixClasses[name] : undefined;
  if (!known) return bad("invalid character class range", text);
  reading.at += text.length;
  return caret === "^" ? complement(known) : known;
}

function readRange(reading: Reading, start: number): readonly Range[] {
  const from = reading.at;
  const low = readBracketPoint(reading, start);
  const next = reading.chars[reading.at + 1];
  if (reading.chars[reading.at] !== "-" || next === "]" || next === undefined) return [range(low)];
  reading.at++;
  const high = readBracketPoint(reading, start);
  if (high < low) bad("invalid character class range", rest(reading, from, reading.at));
  return [range(low, high)];
}

function readBracketPoint(reading: Reading, start: number): number {
  if (reading.at >= reading.chars.length) bad("missing closing ]", rest(reading, start));
  if (reading.chars[reading.at] === "\\") return readEscapedPoint(reading);
  return pointAt(reading, reading.at++);
}
