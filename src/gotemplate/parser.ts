/** What parsing goes through: the words read so far, the variables known, and the errors that end it. */
import type { Lexer, Token, TokenKind } from "./lex.ts";
import { Failure } from "./limits.ts";
import { quoteText } from "./text.ts";
import type { List } from "./tree.ts";

/** Actions and parentheses nested deeper than this are refused: no template needs it and no stack could follow. */
const MAX_NESTING = 400;

export interface Parser {
  /** The name that errors tell. */
  readonly name: string;
  readonly text: string;
  readonly next: Lexer;
  readonly hasFunction: (name: string) => boolean;
  /** The words read lately. */
  readonly tokens: Token[];
  /** Index of the next word to read. */
  here: number;
  /** Where the action began that is read now; undefined between actions. */
  actionAt: number | undefined;
  rangeDepth: number;
  nesting: number;
  variables: string[];
  /** The templates found so far. */
  readonly trees: Map<string, List>;
}

/** Ends the parsing with an error at the line of the word read last. */
export function fail(parser: Parser, message: string): never {
  const last = parser.tokens[parser.tokens.length - 1];
  throw new Failure(`template: ${parser.name}:${lineAt(parser, last?.at ?? 0)}: ${message}`);
}

/** The line of an offset, counted from 1. */
function lineAt({ text }: Parser, at: number): number {
  return text.slice(0, at).split("\n").length;
}

/** Forgets the words that were taken but for the last, whose line errors tell. */
export function forgetTaken(parser: Parser): void {
  if (parser.here <= 32) return;
  parser.tokens.splice(0, parser.here - 1);
  parser.here = 1;
}

/** The next word, spaces included, without taking it. */
export function peek(parser: Parser): Token {
  for (;;) {
    const token = parser.tokens[parser.here];
    if (token) return token;
    parser.tokens.push(parser.next());
  }
}

/** Takes the next word. */
export function read(parser: Parser): Token {
  const token = peek(parser);
  parser.here++;
  return token;
}

/** The next word that is no space, without taking it. */
export function peekWord(parser: Parser): Token {
  while (peek(parser).kind === "space") parser.here++;
  return peek(parser);
}

/** Takes the next word that is no space. */
export function readWord(parser: Parser): Token {
  const token = peekWord(parser);
  parser.here++;
  return token;
}

/** Ends the parsing at a word that has no place in a context. */
export function unexpected(parser: Parser, token: Token, context: string): never {
  const { name, actionAt } = parser;
  if (token.kind !== "error") return fail(parser, `unexpected ${tokenName(token)} in ${context}`);
  const begun = actionAt === undefined ? undefined : lineAt(parser, actionAt);
  if (begun === undefined || begun === lineAt(parser, token.at)) return fail(parser, token.text);
  const started = `started at ${name}:${begun}`;
  return fail(parser, `${token.text}${token.text.endsWith(" action") ? " " : " in action "}${started}`);
}

/** Takes the next word, which must be of a kind. */
export function expect(parser: Parser, kind: TokenKind, context: string): Token {
  const token = readWord(parser);
  return token.kind === kind ? token : unexpected(parser, token, context);
}

export function isKeyword(token: Token, ...words: string[]): boolean {
  return token.kind === "keyword" && words.includes(token.text);
}

/** Gives failures of constants a place. */
export function constant<T>(parser: Parser, make: () => T): T {
  try {
    return make();
  } catch (error) {
    return fail(parser, error instanceof Failure ? error.message : String(error));
  }
}

/** Parses something that may contain others of its kind. */
export function nested<T>(parser: Parser, parse: (parser: Parser) => T): T {
  if (parser.nesting >= MAX_NESTING) fail(parser, `actions nested more than ${MAX_NESTING} deep`);
  parser.nesting++;
  const result = parse(parser);
  parser.nesting--;
  return result;
}

/** A word as errors show it. */
function tokenName({ kind, text }: Token): string {
  if (kind === "end of file") return "EOF";
  if (kind === "keyword" || kind === "dot" || kind === "nil") return `<${text}>`;
  const chars = [...text];
  return chars.length > 10 ? `${quoteText(chars.slice(0, 10).join(""))}...` : quoteText(text);
}
