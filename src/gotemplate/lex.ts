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
const WORD = /[\p{L}\p{Nd}_]*/uy;
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

/** Where reading stands. */
interface Lexing extends Delimiters {
  readonly input: string;
  /** Whether a function has the name break or continue, which then are no keywords. */
  readonly taken: (name: string) => boolean;
  pos: number;
  inAction: boolean;
  parens: number;
  failed: boolean;
}

/**
 * Reads a template word by word. `taken` tells the names of functions, because break and continue are keywords only where no function
 * has that name. After an error or the end the lexer repeats the end.
 */
export function lexer(input: string, { left, right }: Delimiters, taken: (name: string) => boolean): Lexer {
  const lexing: Lexing = {
    input,
    left,
    right,
    taken,
    pos: 0,
    inAction: false,
    parens: 0,
    failed: false,
  };
  return () => {
    if (lexing.failed) return endOfFile(lexing);
    return lexing.inAction ? readInside(lexing) : readText(lexing);
  };
}

/** The text from start to end as a token; reading goes on behind it. */
function token(lexing: Lexing, kind: TokenKind, end: number, start = lexing.pos): Token {
  const found = { kind, at: start, text: lexing.input.slice(start, end) };
  lexing.pos = end;
  return found;
}

function failure(lexing: Lexing, message: string, at = lexing.pos): Token {
  lexing.failed = true;
  return { kind: "error", at, text: message };
}

function endOfFile(lexing: Lexing): Token {
  return { kind: "end of file", at: lexing.input.length, text: "EOF" };
}

/** Whether the marker that trims the text before an action stands at an offset. */
function trimsBefore({ input }: Lexing, at: number): boolean {
  return input[at] === "-" && isSpace(input[at + 1]);
}

function trimsAfter({ input }: Lexing, at: number): boolean {
  return isSpace(input[at]) && input[at + 1] === "-";
}

/** The length of the right delimiter with its trim marker at an offset; 0 where there is none. */
function rightDelimiterAt(lexing: Lexing, at: number): number {
  const { input, right } = lexing;
  if (trimsAfter(lexing, at) && input.startsWith(right, at + 2)) return right.length + 2;
  return input.startsWith(right, at) ? right.length : 0;
}

function skipSpaces({ input }: Lexing, at: number): number {
  let end = at;
  while (end < input.length && isSpace(input[end])) end++;
  return end;
}

/** Where the space before an offset begins. */
function spacesBefore({ input }: Lexing, start: number, end: number): number {
  let begin = end;
  while (begin > start && isSpace(input[begin - 1])) begin--;
  return begin;
}

/** Text up to the next action, comments left out. */
function readText(lexing: Lexing): Token {
  const { input, left } = lexing;
  for (;;) {
    const start = lexing.pos;
    const found = input.indexOf(left, start);
    if (found === -1) return start < input.length ? token(lexing, "text", input.length) : endOfFile(lexing);
    const trims = trimsBefore(lexing, found + left.length);
    const end = trims ? spacesBefore(lexing, start, found) : found;
    if (end > start) {
      const text = token(lexing, "text", end);
      lexing.pos = found;
      return text;
    }
    const inside = found + left.length + (trims ? 2 : 0);
    if (!input.startsWith("/*", inside)) {
      Object.assign(lexing, { inAction: true, parens: 0 });
      const delimiter = token(lexing, "left delimiter", found + left.length, found);
      lexing.pos = inside;
      return delimiter;
    }
    const problem = skipComment(lexing, inside);
    if (problem) return problem;
  }
}

function skipComment(lexing: Lexing, start: number): Token | undefined {
  const close = lexing.input.indexOf("*/", start + 2);
  if (close === -1) return failure(lexing, "unclosed comment", start);
  const delimiter = rightDelimiterAt(lexing, close + 2);
  if (delimiter === 0) return failure(lexing, "comment ends before closing delimiter", start);
  const end = close + 2 + delimiter;
  lexing.pos = delimiter > lexing.right.length ? skipSpaces(lexing, end) : end;
  return undefined;
}

/** Takes the right delimiter, whose length tells whether it trims what follows. */
function rightDelimiter(lexing: Lexing, length: number): Token {
  const { right, pos } = lexing;
  const found = token(lexing, "right delimiter", pos + length, pos + length - right.length);
  if (length > right.length) lexing.pos = skipSpaces(lexing, lexing.pos);
  lexing.inAction = false;
  return found;
}

/** Whether a name may end at an offset. */
function atTerminator({ input, right }: Lexing, at: number): boolean {
  const char = input[at];
  return char === undefined || isSpace(char) || ".,|:)(".includes(char) || input.startsWith(right, at);
}

function wordEnd({ input }: Lexing, at: number): number {
  let end = at;
  while (isAsciiWord(input.charCodeAt(end))) end++;
  if (!(input.charCodeAt(end) > 127)) return end;
  WORD.lastIndex = end;
  WORD.test(input);
  return WORD.lastIndex;
}

function isAsciiWord(code: number): boolean {
  return (
    (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95
  );
}

/** The next word inside an action. */
function readInside(lexing: Lexing): Token {
  const { input, pos } = lexing;
  const delimiter = rightDelimiterAt(lexing, pos);
  if (delimiter > 0) {
    return lexing.parens === 0 ? rightDelimiter(lexing, delimiter) : failure(lexing, "unclosed left paren");
  }
  const char = input[pos];
  if (char === undefined) return failure(lexing, "unclosed action");
  if (isSpace(char)) return readSpace(lexing);
  const next = input[pos + 1];
  // A point that ends the whole text is read as a number, as Go does.
  if (/[0-9+-]/.test(char) || (char === "." && (next === undefined || /[0-9]/.test(next)))) {
    return readNumber(lexing);
  }
  return readSign(lexing, char) ?? readName(lexing, char);
}

/** A word that its first character tells. */
function readSign(lexing: Lexing, char: string): Token | undefined {
  const { input, pos } = lexing;
  switch (char) {
    case "=":
      return token(lexing, "assign", pos + 1);
    case ":":
      return input[pos + 1] === "=" ? token(lexing, "declare", pos + 2) : failure(lexing, "expected :=");
    case "|":
      return token(lexing, "pipe", pos + 1);
    case '"':
      return readQuoted(lexing, "string", "quoted string");
    case "'":
      return readQuoted(lexing, "charConstant", "character constant");
    case "`":
      return readRaw(lexing);
    case "$":
      return readMember(lexing, "variable");
    case ".":
      return readMember(lexing, "field");
    case "(":
    case ")":
      lexing.parens += char === "(" ? 1 : -1;
      if (lexing.parens < 0) return failure(lexing, "unexpected right paren");
      return token(lexing, char === "(" ? "left paren" : "right paren", pos + 1);
    default:
      return undefined;
  }
}

function readSpace(lexing: Lexing): Token {
  const { input, pos, right } = lexing;
  const end = skipSpaces(lexing, pos);
  // The last space may be the one that a trim marker needs.
  if (!trimsAfter(lexing, end - 1) || !input.startsWith(right, end + 1)) return token(lexing, "space", end);
  return end - 1 === pos ? rightDelimiter(lexing, right.length + 2) : token(lexing, "space", end - 1);
}

function readQuoted(lexing: Lexing, kind: "string" | "charConstant", what: string): Token {
  const { input, pos } = lexing;
  for (let at = pos + 1; at < input.length && input[at] !== "\n"; at++) {
    if (input[at] === input[pos]) return token(lexing, kind, at + 1);
    if (input[at] === "\\" && input[at + 1] !== "\n") at++;
  }
  return failure(lexing, `unterminated ${what}`);
}

function readRaw(lexing: Lexing): Token {
  const close = lexing.input.indexOf("`", lexing.pos + 1);
  if (close === -1) return failure(lexing, "unterminated raw quoted string");
  return token(lexing, "rawString", close + 1);
}

/** Where the number that starts at an offset ends, whatever follows. */
function numberEnd({ input }: Lexing, at: number): number {
  NUMBER.lastIndex = at;
  NUMBER.test(input);
  return NUMBER.lastIndex;
}

function readNumber(lexing: Lexing): Token {
  const { input, pos } = lexing;
  const end = numberEnd(lexing, pos);
  if (wordEnd(lexing, end) > end) return badNumber(lexing, end);
  if (input[end] !== "+" && input[end] !== "-") return token(lexing, "number", end);
  const second = numberEnd(lexing, end);
  const isComplex = input[second - 1] === "i" && wordEnd(lexing, second) === second;
  return isComplex ? token(lexing, "complex", second) : badNumber(lexing, second);
}

/** The error shows the character that spoiled the number too. */
function badNumber(lexing: Lexing, end: number): Token {
  const { input, pos } = lexing;
  const spoiler = wordEnd(lexing, end) > end ? String.fromCodePoint(input.codePointAt(end) ?? 0) : "";
  return failure(lexing, `bad number syntax: ${quoteText(input.slice(pos, end) + spoiler)}`);
}

/** A field or variable, or the dot or dollar alone. */
function readMember(lexing: Lexing, kind: "field" | "variable"): Token {
  const { input, pos } = lexing;
  if (atTerminator(lexing, pos + 1)) return token(lexing, kind === "field" ? "dot" : kind, pos + 1);
  const end = wordEnd(lexing, pos + 1);
  if (atTerminator(lexing, end)) return token(lexing, kind, end);
  return failure(lexing, `bad character ${characterName(input, end)}`);
}

function readName(lexing: Lexing, char: string): Token {
  const { input, pos } = lexing;
  const end = wordEnd(lexing, pos);
  if (end === pos) {
    if (char >= " " && char < "\x7f") return token(lexing, "char", pos + 1);
    return failure(lexing, `unrecognized character in action: ${characterName(input, pos)}`);
  }
  if (!atTerminator(lexing, end)) return failure(lexing, `bad character ${characterName(input, end)}`);
  return token(lexing, kindOfName(lexing, input.slice(pos, end)), end);
}

function kindOfName({ taken }: Lexing, word: string): TokenKind {
  if (word === "nil") return "nil";
  if (word === "true" || word === "false") return "bool";
  const mayBeTaken = word === "break" || word === "continue";
  return KEYWORDS.has(word) && !(mayBeTaken && taken(word)) ? "keyword" : "identifier";
}
