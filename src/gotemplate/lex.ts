/** The words of a Go template: text, and inside actions identifiers, constants, variables and delimiters. */
import { isPrint, quoteText } from "./text.ts";

export type TokenKind =
  | "error"
  | "end of file"
  | "text"
  | "left delimiter"
  | "right delimiter"
  | "space"
  | "assign"
  | "declare"
  | "pipe"
  | "char"
  | "charConstant"
  | "complex"
  | "number"
  | "string"
  | "rawString"
  | "variable"
  | "field"
  | "dot"
  | "nil"
  | "bool"
  | "identifier"
  | "left paren"
  | "right paren"
  | "keyword";

export interface Token {
  readonly kind: TokenKind;
  /** Offset in the template's text. */
  readonly at: number;
  readonly text: string;
  /** Counted from 1. */
  readonly line: number;
}

export interface Delimiters {
  readonly left: string;
  readonly right: string;
}

export type Lexer = () => Token;

const KEYWORDS: ReadonlySet<string> = new Set([
  "block",
  "break",
  "continue",
  "define",
  "else",
  "end",
  "if",
  "range",
  "template",
  "with",
]);
const WORD = /[\p{L}\p{Nd}_]+/uy;
const SPACES = /[ \t\r\n]+/y;
const NUMBER =
  /[+-]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?|0[oO][0-7_]*(?:\.[0-7_]*)?|0[bB][01_]*(?:\.[01_]*)?|[0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]*)?)i?/y;

function isSpace(char: string | undefined): boolean {
  return char === " " || char === "\t" || char === "\r" || char === "\n";
}

/** How a character is named in an error. */
function characterName(text: string, at: number): string {
  const point = text.codePointAt(at);
  if (point === undefined) return "U+FFFFFFFFFFFFFFFF";
  const code = `U+${point.toString(16).toUpperCase().padStart(4, "0")}`;
  return isPrint(point) ? `${code} '${String.fromCodePoint(point)}'` : code;
}

/**
 * Reads a template word by word. `taken` are the names of functions, because break and continue are keywords only where no function has
 * that name. After an error or the end the lexer repeats the end.
 */
export function lexer(input: string, { left, right }: Delimiters, taken: (name: string) => boolean): Lexer {
  let pos = 0;
  let line = 1;
  let counted = 0;
  let inAction = false;
  let parens = 0;
  let failed = false;

  const lineAt = (at: number): number => {
    for (; counted < at; counted++) if (input.charCodeAt(counted) === 10) line++;
    return line;
  };
  const token = (kind: TokenKind, start: number, end: number): Token => {
    const found = { kind, at: start, text: input.slice(start, end), line: lineAt(start) };
    pos = end;
    return found;
  };
  const failure = (message: string, at: number): Token => {
    failed = true;
    return { kind: "error", at, text: message, line: lineAt(at) };
  };
  const trimsBefore = (at: number): boolean => input[at] === "-" && isSpace(input[at + 1]);
  const trimsAfter = (at: number): boolean => isSpace(input[at]) && input[at + 1] === "-";
  /** The length of the right delimiter with its trim marker at an offset; 0 where there is none. */
  const rightDelimiterAt = (at: number): number => {
    if (trimsAfter(at) && input.startsWith(right, at + 2)) return right.length + 2;
    return input.startsWith(right, at) ? right.length : 0;
  };
  const skipSpaces = (at: number): number => {
    let end = at;
    while (end < input.length && isSpace(input[end])) end++;
    return end;
  };
  const spacesBefore = (start: number, end: number): number => {
    let begin = end;
    while (begin > start && isSpace(input[begin - 1])) begin--;
    return begin;
  };

  /** Text up to the next action, comments left out. */
  const text = (): Token => {
    for (;;) {
      const start = pos;
      const found = input.indexOf(left, pos);
      if (found === -1) {
        if (pos < input.length) return token("text", start, input.length);
        return { kind: "end of file", at: input.length, text: "EOF", line: lineAt(input.length) };
      }
      const end = trimsBefore(found + left.length) ? spacesBefore(start, found) : found;
      pos = found;
      if (end > start) {
        const piece = {
          kind: "text" as const,
          at: start,
          text: input.slice(start, end),
          line: lineAt(start),
        };
        return piece;
      }
      const inside = found + left.length + (trimsBefore(found + left.length) ? 2 : 0);
      if (!input.startsWith("/*", inside)) {
        inAction = true;
        parens = 0;
        const delimiter = token("left delimiter", found, found + left.length);
        pos = inside;
        return delimiter;
      }
      const problem = comment(inside);
      if (problem) return problem;
    }
  };

  const comment = (start: number): Token | undefined => {
    const close = input.indexOf("*/", start + 2);
    if (close === -1) return failure("unclosed comment", start);
    const delimiter = rightDelimiterAt(close + 2);
    if (delimiter === 0) return failure("comment ends before closing delimiter", start);
    pos = close + 2 + delimiter;
    if (delimiter > right.length) pos = skipSpaces(pos);
    return undefined;
  };

  const rightDelimiter = (length: number): Token => {
    const start = pos + length - right.length;
    const found = token("right delimiter", start, start + right.length);
    if (length > right.length) pos = skipSpaces(pos);
    inAction = false;
    return found;
  };

  const atTerminator = (at: number): boolean => {
    const char = input[at];
    return char === undefined || isSpace(char) || ".,|:)(".includes(char) || input.startsWith(right, at);
  };

  const wordEnd = (at: number): number => {
    WORD.lastIndex = at;
    return WORD.test(input) ? WORD.lastIndex : at;
  };

  const quoted = (kind: "string" | "charConstant", what: string): Token => {
    const quote = input[pos];
    for (let at = pos + 1; at < input.length; at++) {
      const char = input[at];
      if (char === "\n") break;
      if (char === quote) return token(kind, pos, at + 1);
      if (char === "\\") {
        at++;
        if (input[at] === "\n") break;
      }
    }
    return failure(`unterminated ${what}`, pos);
  };

  const rawQuoted = (): Token => {
    const close = input.indexOf("`", pos + 1);
    return close === -1 ? failure("unterminated raw quoted string", pos) : token("rawString", pos, close + 1);
  };

  const numberEnd = (at: number): number | undefined => {
    NUMBER.lastIndex = at;
    NUMBER.test(input);
    const end = NUMBER.lastIndex;
    return wordEnd(end) > end ? undefined : end;
  };

  const badNumber = (start: number): Token => {
    NUMBER.lastIndex = start;
    NUMBER.test(input);
    const end = NUMBER.lastIndex;
    const next = input.codePointAt(end);
    const extra = wordEnd(end) > end ? String.fromCodePoint(next ?? 0) : "";
    return failure(`bad number syntax: ${quoteText(input.slice(start, end) + extra)}`, start);
  };

  const number = (): Token => {
    const end = numberEnd(pos);
    if (end === undefined) return badNumber(pos);
    if (input[end] !== "+" && input[end] !== "-") return token("number", pos, end);
    const second = numberEnd(end);
    if (second === undefined || input[second - 1] !== "i") {
      return failure(`bad number syntax: ${quoteText(input.slice(pos, second ?? wordEnd(end + 1)))}`, pos);
    }
    return token("complex", pos, second);
  };

  const named = (kind: "field" | "variable"): Token => {
    if (atTerminator(pos + 1)) return token(kind === "field" ? "dot" : "variable", pos, pos + 1);
    const end = wordEnd(pos + 1);
    if (!atTerminator(end)) return failure(`bad character ${characterName(input, end)}`, pos);
    return token(kind, pos, end);
  };

  const identifier = (end: number): Token => {
    if (!atTerminator(end)) return failure(`bad character ${characterName(input, end)}`, pos);
    const word = input.slice(pos, end);
    if (word === "nil") return token("nil", pos, end);
    if (word === "true" || word === "false") return token("bool", pos, end);
    const control = word === "break" || word === "continue";
    return token(KEYWORDS.has(word) && !(control && taken(word)) ? "keyword" : "identifier", pos, end);
  };

  const space = (): Token => {
    SPACES.lastIndex = pos;
    SPACES.test(input);
    const end = SPACES.lastIndex;
    // The last space may be the one that a trim marker needs.
    if (trimsAfter(end - 1) && input.startsWith(right, end + 1)) {
      return end - 1 === pos ? rightDelimiter(right.length + 2) : token("space", pos, end - 1);
    }
    return token("space", pos, end);
  };

  const paren = (char: string): Token => {
    parens += char === "(" ? 1 : -1;
    if (parens < 0) return failure("unexpected right paren", pos);
    return token(char === "(" ? "left paren" : "right paren", pos, pos + 1);
  };

  const action = (): Token => {
    const delimiter = rightDelimiterAt(pos);
    if (delimiter > 0) return parens === 0 ? rightDelimiter(delimiter) : failure("unclosed left paren", pos);
    const char = input[pos];
    if (char === undefined) return failure("unclosed action", pos);
    if (isSpace(char)) return space();
    const digitNext = /[0-9]/.test(input[pos + 1] ?? "");
    if (/[0-9+-]/.test(char) || (char === "." && digitNext)) return number();
    switch (char) {
      case "=":
        return token("assign", pos, pos + 1);
      case ":":
        return input[pos + 1] === "=" ? token("declare", pos, pos + 2) : failure("expected :=", pos);
      case "|":
        return token("pipe", pos, pos + 1);
      case '"':
        return quoted("string", "quoted string");
      case "'":
        return quoted("charConstant", "character constant");
      case "`":
        return rawQuoted();
      case "$":
        return named("variable");
      case ".":
        return named("field");
      case "(":
      case ")":
        return paren(char);
      default:
        break;
    }
    const end = wordEnd(pos);
    if (end > pos) return identifier(end);
    if (char >= " " && char < "\x7f") return token("char", pos, pos + 1);
    return failure(`unrecognized character in action: ${characterName(input, pos)}`, pos);
  };

  return () => {
    if (failed) return { kind: "end of file", at: 0, text: "EOF", line: lineAt(pos) };
    return inAction ? action() : text();
  };
}
