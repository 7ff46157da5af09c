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

/** Parses an expression; throws a Failure in Go's words. */
export function parseExpression(source: string): ParsedExpression {
  const chars = [...source];
  let at = 0;
  let flags: FlagSet = { ignoreCase: false, multiline: false, dotAll: false, ungreedy: false };
  const names = [""];
  let nesting = 0;

  const rest = (from: number, to = chars.length): string => chars.slice(from, to).join("");
  const point = (index: number): number => chars[index]?.codePointAt(0) ?? 0;
  const literal = (code: number): Expression => ({
    is: "class",
    set: { items: [range(code)], negated: false, ignoreCase: flags.ignoreCase },
  });
  const ofClass = (items: readonly (Range | Property)[], negated = false): Expression => ({
    is: "class",
    set: { items, negated, ignoreCase: flags.ignoreCase },
  });

  const choice = (): Expression => {
    const parts = [sequence()];
    while (chars[at] === "|") {
      at++;
      parts.push(sequence());
    }
    return parts.length === 1 ? (parts[0] ?? EMPTY) : { is: "choice", parts };
  };

  const sequence = (): Expression => {
    const parts: Expression[] = [];
    while (at < chars.length && chars[at] !== "|" && chars[at] !== ")") {
      if (rest(at, at + 2) === "\\Q") quotedLiteral(parts);
      else {
        const body = atom();
        if (body) parts.push(repeated(body));
      }
    }
    return parts.length === 1 ? (parts[0] ?? EMPTY) : { is: "sequence", parts };
  };

  /** \Q…\E: every character as it is; what follows repeats the last one. */
  const quotedLiteral = (parts: Expression[]): void => {
    at += 2;
    const before = parts.length;
    while (at < chars.length && rest(at, at + 2) !== "\\E") parts.push(literal(point(at++)));
    at += 2;
    const last = parts.length > before ? parts.pop() : undefined;
    if (last) parts.push(repeated(last));
  };

  const repeated = (first: Expression): Expression => {
    let body = first;
    let last = "";
    for (;;) {
      const start = at;
      const bounds = repetition();
      if (!bounds) return body;
      const greedy = chars[at] !== "?";
      if (!greedy) at++;
      const text = rest(start, at);
      if (last !== "") bad("invalid nested repetition operator", last + text);
      last = text;
      body = { is: "repeat", body, ...bounds, greedy: greedy !== flags.ungreedy };
    }
  };

  const repetition = (): { readonly least: number; readonly most: number } | undefined => {
    const char = chars[at];
    if (char === "*" || char === "+" || char === "?") {
      at++;
      return { least: char === "+" ? 1 : 0, most: char === "?" ? 1 : Number.POSITIVE_INFINITY };
    }
    const found = char === "{" ? /^\{(\d+)(,(\d*))?\}/.exec(rest(at, at + 24)) : null;
    if (!found) return undefined;
    const [text, low = "0", comma, high] = found;
    const least = Number(low);
    const most = comma === undefined ? least : high ? Number(high) : Number.POSITIVE_INFINITY;
    if (least > MAX_REPEAT || (most !== Number.POSITIVE_INFINITY && (most > MAX_REPEAT || most < least))) {
      bad("invalid repeat count", text);
    }
    at += text.length;
    return { least, most };
  };

  const atom = (): Expression | undefined => {
    const char = chars[at] ?? "";
    switch (char) {
      case "(":
        return group();
      case "[":
        return bracket();
      case ".":
        at++;
        return {
          is: "class",
          set: flags.dotAll ? anyCharacter : { ...anyCharacter, items: complement([range(10)]) },
        };
      case "^":
        at++;
        return { is: "assertion", kind: flags.multiline ? "line start" : "text start" };
      case "$":
        at++;
        return { is: "assertion", kind: flags.multiline ? "line end" : "text end" };
      case "\\":
        return escaped();
      case "*":
      case "+":
      case "?":
        return bad("missing argument to repetition operator", char);
      default:
        at++;
        return literal(char.codePointAt(0) ?? 0);
    }
  };

  const group = (): Expression | undefined => {
    const start = at;
    if (++nesting > MAX_NESTING) bad("expression nests too deeply", rest(start));
    const outer = flags;
    at++;
    let index: number | undefined;
    if (chars[at] === "?") {
      const named = /^\?P?<([^>]*)>/.exec(rest(at));
      if (named) {
        index = nameGroup(named[1] ?? "", named[0]);
        at += [...named[0]].length;
      } else if (setFlags(start)) {
        nesting--;
        return undefined;
      }
    } else {
      index = names.length;
      names.push("");
    }
    const body = choice();
    if (chars[at] !== ")") bad("missing closing )", source);
    at++;
    nesting--;
    flags = outer;
    return index === undefined ? body : { is: "group", index, body };
  };

  const nameGroup = (name: string, text: string): number => {
    if (!/^\w+$/.test(name)) bad("invalid named capture", `(${text}`);
    if (names.includes(name)) bad("duplicate capture group name", name);
    return names.push(name) - 1;
  };

  /** Reads flags after "(?"; true when they stand alone and hold to the end of the group around them. */
  const setFlags = (start: number): boolean => {
    const found = /^\?([imsU]*)(?:-([imsU]+))?([:)])/.exec(rest(at));
    if (!found) return bad("invalid or unsupported Perl syntax", perlSyntax(rest(start)));
    const [text, on = "", off = "", end] = found;
    const flag = (letter: string, known: boolean): boolean =>
      off.includes(letter) ? false : known || on.includes(letter);
    flags = {
      ignoreCase: flag("i", flags.ignoreCase),
      multiline: flag("m", flags.multiline),
      dotAll: flag("s", flags.dotAll),
      ungreedy: flag("U", flags.ungreedy),
    };
    at += text.length;
    return end === ")";
  };

  const perlSyntax = (text: string): string => /^\(\?(?:<[=!]?|.)?/s.exec(text)?.[0] ?? text;

  const escaped = (): Expression => {
    const char = chars[at + 1];
    if (char === undefined) return bad("trailing backslash at end of expression", "");
    const kind = ({ A: "text start", z: "text end", b: "word boundary", B: "no word boundary" } as const)[
      char as "A"
    ];
    if (kind) {
      at += 2;
      return { is: "assertion", kind };
    }
    const items = classEscape();
    return items ? ofClass(items) : literal(escapedPoint());
  };

  /** \d and its like or \p{…} as items of a class; undefined when the escape is a single character. */
  const classEscape = (): readonly (Range | Property)[] | undefined => {
    const char = chars[at + 1] ?? "";
    const perl = Object.hasOwn(perlClasses, char) ? perlClasses[char] : undefined;
    if (perl) {
      at += 2;
      return perl;
    }
    if (char !== "p" && char !== "P") return undefined;
    const found = /^\\[pP](?:\{(\^?)([^}]*)\}|([^{]))/u.exec(rest(at));
    const property = found && propertyOf(found[2] ?? found[3] ?? "");
    if (!found || !property) return bad("invalid character class range", found?.[0] ?? rest(at));
    at += [...found[0]].length;
    return [{ property, negated: (char === "P") !== (found[1] === "^") }];
  };

  const escapedPoint = (): number => {
    const char = chars[at + 1] ?? "";
    const known = Object.hasOwn(ESCAPED, char) ? ESCAPED[char] : undefined;
    if (known !== undefined) {
      at += 2;
      return known;
    }
    const found =
      /^\\x(?:([0-9a-fA-F]{2})|\{([0-9a-fA-F]{1,8})\})/.exec(rest(at, at + 12)) ??
      /^\\(?:(0[0-7]{0,2}|[1-7][0-7]{1,2}))/.exec(rest(at, at + 4));
    if (found) {
      const octal = found[2] === undefined && !found[0].startsWith("\\x");
      const code = Number.parseInt(found[1] ?? found[2] ?? "", octal ? 8 : 16);
      if (code <= 0x10ffff) {
        at += found[0].length;
        return code;
      }
    }
    const code = point(at + 1);
    if (code < 0x80 && !/[A-Za-z0-9]/.test(char)) {
      at += 2;
      return code;
    }
    return bad("invalid escape sequence", rest(at, at + 2));
  };

  const bracket = (): Expression => {
    const start = at;
    at++;
    const negated = chars[at] === "^";
    if (negated) at++;
    const items: (Range | Property)[] = [];
    for (let first = true; first || chars[at] !== "]"; first = false) {
      if (at >= chars.length) bad("missing closing ]", rest(start));
      bracketItem(items, start);
    }
    at++;
    return ofClass(items, negated);
  };

  const bracketItem = (items: (Range | Property)[], start: number): void => {
    if (rest(at, at + 2) === "[:") {
      const found = /^\[:(\^?)([^:\]]*):\]/.exec(rest(at));
      if (found) {
        const known = Object.hasOwn(posixClasses, found[2] ?? "") ? posixClasses[found[2] ?? ""] : undefined;
        if (!known) bad("invalid character class range", found[0]);
        else items.push(...(found[1] === "^" ? complement(known) : known));
        at += found[0].length;
        return;
      }
    }
    const shorthand = chars[at] === "\\" ? classEscape() : undefined;
    if (shorthand) {
      items.push(...shorthand);
      return;
    }
    const from = at;
    const low = bracketPoint(start);
    if (chars[at] !== "-" || chars[at + 1] === "]" || at + 1 >= chars.length) {
      items.push(range(low));
      return;
    }
    at++;
    const high = bracketPoint(start);
    if (high < low) bad("invalid character class range", rest(from, at));
    items.push(range(low, high));
  };

  const bracketPoint = (start: number): number => {
    if (at >= chars.length) bad("missing closing ]", rest(start));
    if (chars[at] === "\\") return escapedPoint();
    return point(at++);
  };

  const expression = choice();
  if (at < chars.length) bad("unexpected )", source);
  return { expression, names };
}
