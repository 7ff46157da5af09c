/** Template text to trees: the grammar of Go's text/template, Go 1.26. */
import { stringOf } from "./constant.ts";
import type { Delimiters, Token } from "./lex.ts";
import { lexer } from "./lex.ts";
import { parsePipe } from "./parse-pipe.ts";
import type { Parser } from "./parser.ts";
import {
  constant,
  expect,
  fail,
  forgetTaken,
  isKeyword,
  nested,
  peek,
  peekWord,
  read,
  readWord,
  unexpected,
} from "./parser.ts";
import { quoteText } from "./text.ts";
import type { BranchNode, List, Node } from "./tree.ts";
import { isBlank } from "./tree.ts";

/** Where a list of nodes ended: at its {{end}} or at an {{else}}, which may be followed by if or with. */
interface ListEnd {
  readonly is: "end" | "else";
  readonly at: number;
}

function isEnd(node: Node | ListEnd): node is ListEnd {
  return node.is === "end" || node.is === "else";
}

/**
 * The templates that a text defines, by name: the text itself and every {{define}} and {{block}} in it.
 * Throws a Failure whose message is Go's, with the template's name and the line.
 */
export function parseTemplate(
  name: string,
  text: string,
  delimiters: Delimiters,
  hasFunction: (name: string) => boolean,
): ReadonlyMap<string, List> {
  const parser: Parser = {
    name,
    text,
    next: lexer(text, delimiters, hasFunction),
    hasFunction,
    tokens: [],
    here: 0,
    actionAt: undefined,
    rangeDepth: 0,
    nesting: 0,
    variables: ["$"],
    trees: new Map(),
  };
  add(parser, name, top(parser));
  return parser.trees;
}

/** Everything up to the end of the text; only here templates may be defined. */
function top(parser: Parser): List {
  const nodes: Node[] = [];
  const { at } = peek(parser);
  while (peek(parser).kind !== "end of file") {
    const start = parser.here;
    if (read(parser).kind === "left delimiter" && isKeyword(readWord(parser), "define")) {
      define(parser);
      continue;
    }
    parser.here = start;
    const node = textOrAction(parser);
    if (isEnd(node)) return fail(parser, `unexpected {{${node.is}}}`);
    nodes.push(node);
  }
  return { is: "list", at, nodes };
}

/** Makes a template known; only one that holds nothing but space may be defined again. */
function add(parser: Parser, name: string, list: List): void {
  const known = parser.trees.get(name);
  if (!known || isBlank(known)) parser.trees.set(name, list);
  else if (!isBlank(list)) fail(parser, `template: multiple definition of template ${quoteText(name)}`);
}

function define(parser: Parser): void {
  const name = templateName(parser, readWord(parser), "define clause");
  expect(parser, "right delimiter", "define clause");
  add(
    parser,
    name,
    nested(parser, () => definition(parser, "define clause")),
  );
}

/** A template of its own inside the text: its variables start anew. */
function definition(parser: Parser, context: string): List {
  const { variables, rangeDepth, actionAt } = parser;
  Object.assign(parser, { variables: ["$"], rangeDepth: 0, actionAt: undefined });
  const { list, end } = itemList(parser);
  if (end.is !== "end") fail(parser, `unexpected {{${end.is}}} in ${context}`);
  Object.assign(parser, { variables, rangeDepth, actionAt });
  return list;
}

function itemList(parser: Parser): { readonly list: List; readonly end: ListEnd } {
  const nodes: Node[] = [];
  const { at } = peekWord(parser);
  while (peekWord(parser).kind !== "end of file") {
    const node = textOrAction(parser);
    if (isEnd(node)) return { list: { is: "list", at, nodes }, end: node };
    nodes.push(node);
  }
  return fail(parser, "unexpected EOF");
}

function textOrAction(parser: Parser): Node | ListEnd {
  forgetTaken(parser);
  const token = readWord(parser);
  if (token.kind === "text") return { is: "text", at: token.at, text: token.text };
  if (token.kind !== "left delimiter") return unexpected(parser, token, "input");
  parser.actionAt = token.at;
  const node = nested(parser, action);
  parser.actionAt = undefined;
  return node;
}

function action(parser: Parser): Node | ListEnd {
  const token = peekWord(parser);
  if (token.kind !== "keyword") {
    return { is: "action", at: token.at, pipe: parsePipe(parser, "command", "right delimiter") };
  }
  parser.here++;
  switch (token.text) {
    case "if":
    case "with":
    case "range":
      return branch(parser, token.text);
    case "break":
    case "continue":
      return leap(parser, token.text, token.at);
    case "end":
      return { is: "end", at: expect(parser, "right delimiter", "end").at };
    case "else":
      return otherwise(parser);
    case "template":
      return call(parser);
    case "block":
      return block(parser);
    default:
      return unexpected(parser, token, "command");
  }
}

function leap(parser: Parser, word: "break" | "continue", at: number): Node {
  const token = readWord(parser);
  if (token.kind !== "right delimiter") unexpected(parser, token, `{{${word}}}`);
  if (parser.rangeDepth === 0) fail(parser, `{{${word}}} outside {{range}}`);
  return { is: word, at };
}

function otherwise(parser: Parser): ListEnd {
  const token = peekWord(parser);
  if (isKeyword(token, "if", "with")) return { is: "else", at: token.at };
  return { is: "else", at: expect(parser, "right delimiter", "else").at };
}

function branch(parser: Parser, word: "if" | "with" | "range"): BranchNode {
  const known = parser.variables.length;
  const loops = word === "range" ? 1 : 0;
  const pipe = parsePipe(parser, word, "right delimiter");
  parser.rangeDepth += loops;
  const { list, end } = itemList(parser);
  parser.rangeDepth -= loops;
  const rest = end.is === "else" ? elseList(parser, word, end) : undefined;
  parser.variables.length = known;
  return { is: word, at: pipe.at, pipe, body: list, otherwise: rest };
}

/** What follows an {{else}}; {{else if}} and {{else with}} are a list of one branch and share its {{end}}. */
function elseList(parser: Parser, word: "if" | "with" | "range", end: ListEnd): List {
  if (word !== "range" && isKeyword(peek(parser), word)) {
    parser.here++;
    const node = nested(parser, () => branch(parser, word));
    return { is: "list", at: end.at, nodes: [node] };
  }
  const { list, end: last } = itemList(parser);
  if (last.is !== "end") fail(parser, `expected end; found {{${last.is}}}`);
  return list;
}

function templateName(parser: Parser, token: Token, context: string): string {
  if (token.kind !== "string" && token.kind !== "rawString") return unexpected(parser, token, context);
  return constant(parser, () => stringOf(token));
}

function call(parser: Parser): Node {
  const token = readWord(parser);
  const name = templateName(parser, token, "template clause");
  const empty = peekWord(parser).kind === "right delimiter";
  if (empty) parser.here++;
  const pipe = empty ? undefined : parsePipe(parser, "template clause", "right delimiter");
  return { is: "template", at: token.at, name, pipe };
}

/** A template that is defined and called in one. */
function block(parser: Parser): Node {
  const token = readWord(parser);
  const name = templateName(parser, token, "block clause");
  const pipe = parsePipe(parser, "block clause", "right delimiter");
  add(parser, name, definition(parser, "block clause"));
  return { is: "template", at: token.at, name, pipe };
}
