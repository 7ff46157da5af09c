/** Template text to trees: the grammar of Go's text/template, Go 1.26. */
import { numberOf, stringOf } from "./constant.ts";
import type { Delimiters, Token, TokenKind } from "./lex.ts";
import { lexer } from "./lex.ts";
import { Failure } from "./limits.ts";
import { quoteText } from "./text.ts";
import type { BranchNode, Command, List, Node, Operand, Pipe, Variable } from "./tree.ts";
import { describe, isBlank } from "./tree.ts";

/** Actions and parentheses nested deeper than this are refused: no template needs it and no stack could follow. */
const MAX_NESTING = 400;
const OPERANDS: ReadonlySet<TokenKind> = new Set([
  "bool",
  "charConstant",
  "complex",
  "dot",
  "field",
  "identifier",
  "number",
  "nil",
  "rawString",
  "string",
  "variable",
  "left paren",
]);

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
  const next = lexer(text, delimiters, hasFunction);
  const tokens: Token[] = [];
  /** Index of the next token to read. */
  let here = 0;
  let actionLine = 0;
  let rangeDepth = 0;
  let nesting = 0;
  let variables: string[] = ["$"];
  const trees = new Map<string, List>();

  const fail = (message: string): never => {
    throw new Failure(`template: ${name}:${tokens[tokens.length - 1]?.line ?? 1}: ${message}`);
  };
  const peek = (): Token => {
    while (tokens.length <= here) tokens.push(next());
    return tokens[here] as Token;
  };
  const read = (): Token => {
    const token = peek();
    here++;
    return token;
  };
  const peekWord = (): Token => {
    while (peek().kind === "space") here++;
    return peek();
  };
  const readWord = (): Token => {
    const token = peekWord();
    here++;
    return token;
  };
  const unexpected = (token: Token, context: string): never => {
    if (token.kind !== "error") return fail(`unexpected ${tokenName(token)} in ${context}`);
    if (actionLine === 0 || actionLine === token.line) return fail(token.text);
    const started = `action started at ${name}:${actionLine}`;
    return fail(
      `${token.text}${token.text.endsWith(" action") ? started.slice("action".length) : ` in ${started}`}`,
    );
  };
  const expect = (kind: TokenKind, context: string): Token => {
    const token = readWord();
    return token.kind === kind ? token : unexpected(token, context);
  };
  const isKeyword = (token: Token, ...words: string[]): boolean =>
    token.kind === "keyword" && words.includes(token.text);
  /** Turns failures of constants into failures with a place. */
  const constant = <T>(make: () => T): T => {
    try {
      return make();
    } catch (error) {
      return fail(error instanceof Failure ? error.message : String(error));
    }
  };
  const nested = <T>(parse: () => T): T => {
    if (nesting >= MAX_NESTING) fail(`actions nested more than ${MAX_NESTING} deep`);
    nesting++;
    const result = parse();
    nesting--;
    return result;
  };
  const add = (tree: string, list: List): void => {
    const known = trees.get(tree);
    if (!known || isBlank(known)) trees.set(tree, list);
    else if (!isBlank(list)) fail(`template: multiple definition of template ${quoteText(tree)}`);
  };

  /** A template of its own inside the text: its variables start anew. */
  const definition = (context: string): List => {
    const outer = { variables, rangeDepth, actionLine };
    variables = ["$"];
    rangeDepth = 0;
    actionLine = 0;
    const { list, end } = itemList();
    if (end.is !== "end") fail(`unexpected {{${end.is}}} in ${context}`);
    ({ variables, rangeDepth, actionLine } = outer);
    return list;
  };

  const define = (): void => {
    const token = readWord();
    if (token.kind !== "string" && token.kind !== "rawString") unexpected(token, "define clause");
    const tree = constant(() => stringOf(token));
    expect("right delimiter", "define clause");
    add(
      tree,
      nested(() => definition("define clause")),
    );
  };

  const top = (): List => {
    const nodes: Node[] = [];
    const { at } = peek();
    while (peek().kind !== "end of file") {
      const start = here;
      if (read().kind === "left delimiter" && isKeyword(readWord(), "define")) {
        define();
        continue;
      }
      here = start;
      const node = textOrAction();
      if (isEnd(node)) return fail(`unexpected {{${node.is}}}`);
      nodes.push(node);
    }
    return { is: "list", at, nodes };
  };

  const itemList = (): { readonly list: List; readonly end: ListEnd } => {
    const nodes: Node[] = [];
    const { at } = peekWord();
    while (peekWord().kind !== "end of file") {
      const node = textOrAction();
      if (isEnd(node)) return { list: { is: "list", at, nodes }, end: node };
      nodes.push(node);
    }
    return fail("unexpected EOF");
  };

  const textOrAction = (): Node | ListEnd => {
    const token = readWord();
    if (token.kind === "text") return { is: "text", at: token.at, text: token.text };
    if (token.kind !== "left delimiter") return unexpected(token, "input");
    actionLine = token.line;
    const node = nested(action);
    actionLine = 0;
    return node;
  };

  const action = (): Node | ListEnd => {
    const token = peekWord();
    if (token.kind !== "keyword") {
      return { is: "action", at: token.at, pipe: pipeline("command", "right delimiter") };
    }
    here++;
    switch (token.text) {
      case "if":
      case "with":
      case "range":
        return branch(token.text);
      case "break":
      case "continue":
        return leap(token.text, token.at);
      case "end":
        return { is: "end", at: expect("right delimiter", "end").at };
      case "else":
        return otherwise();
      case "template":
        return call();
      case "block":
        return block();
      default:
        return unexpected(token, "command");
    }
  };

  const leap = (word: "break" | "continue", at: number): Node => {
    const token = readWord();
    if (token.kind !== "right delimiter") unexpected(token, `{{${word}}}`);
    if (rangeDepth === 0) fail(`{{${word}}} outside {{range}}`);
    return { is: word, at };
  };

  const otherwise = (): ListEnd => {
    const token = peekWord();
    if (isKeyword(token, "if", "with")) return { is: "else", at: token.at };
    return { is: "else", at: expect("right delimiter", "else").at };
  };

  const branch = (word: "if" | "with" | "range"): BranchNode => {
    const known = variables.length;
    const pipe = pipeline(word, "right delimiter");
    if (word === "range") rangeDepth++;
    const { list, end } = itemList();
    if (word === "range") rangeDepth--;
    const rest = end.is === "else" ? elseList(word, end) : undefined;
    variables.length = known;
    return { is: word, at: pipe.at, pipe, body: list, otherwise: rest };
  };

  const elseList = (word: string, end: ListEnd): List => {
    if (word !== "range" && isKeyword(peek(), word)) {
      here++;
      const node = nested(() => branch(word as "if" | "with"));
      return { is: "list", at: end.at, nodes: [node] };
    }
    const { list, end: last } = itemList();
    if (last.is !== "end") fail(`expected end; found {{${last.is}}}`);
    return list;
  };

  const templateName = (token: Token, context: string): string => {
    if (token.kind !== "string" && token.kind !== "rawString") return unexpected(token, context);
    return constant(() => stringOf(token));
  };

  const call = (): Node => {
    const token = readWord();
    const target = templateName(token, "template clause");
    const empty = peekWord().kind === "right delimiter";
    if (empty) here++;
    const pipe = empty ? undefined : pipeline("template clause", "right delimiter");
    return { is: "template", at: token.at, name: target, pipe };
  };

  const block = (): Node => {
    const token = readWord();
    const target = templateName(token, "block clause");
    const pipe = pipeline("block clause", "right delimiter");
    add(target, definition("block clause"));
    return { is: "template", at: token.at, name: target, pipe };
  };

  const variable = (token: Token): Variable => ({
    is: "variable",
    at: token.at,
    name: token.text,
    names: [],
  });

  /** The variables before := or =, if any. */
  const declarations = (context: string): { readonly assigns: boolean; readonly variables: Variable[] } => {
    const found: Variable[] = [];
    for (;;) {
      const start = peekWord();
      if (start.kind !== "variable") return { assigns: false, variables: found };
      const before = here;
      here++;
      const after = peekWord();
      if (after.kind === "assign" || after.kind === "declare") {
        here++;
        found.push(variable(start));
        variables.push(start.text);
        return { assigns: after.kind === "assign", variables: found };
      }
      if (after.kind !== "char" || after.text !== ",") {
        here = before;
        return { assigns: false, variables: found };
      }
      here++;
      found.push(variable(start));
      variables.push(start.text);
      if (context !== "range" || found.length > 1) fail(`too many declarations in ${context}`);
      const next = peekWord().kind;
      if (next !== "variable" && next !== "right delimiter" && next !== "right paren") {
        fail("range can only initialize variables");
      }
    }
  };

  const pipeline = (context: string, end: TokenKind): Pipe => {
    const { at } = peekWord();
    const { assigns, variables: declared } = declarations(context);
    const commands: Command[] = [];
    for (;;) {
      const token = peekWord();
      if (token.kind === end) break;
      if (!OPERANDS.has(token.kind)) {
        here++;
        unexpected(token, context);
      }
      commands.push(command());
    }
    here++;
    if (commands.length === 0) fail(`missing value for ${context}`);
    commands.slice(1).forEach(({ args: [first] }, i) => {
      if (first && ["bool", "dot", "nil", "number", "string"].includes(first.is)) {
        fail(`non executable command in pipeline stage ${i + 2}`);
      }
    });
    return { is: "pipe", at, assigns, variables: declared, commands };
  };

  const command = (): Command => {
    const { at } = peekWord();
    const args: Operand[] = [];
    for (;;) {
      peekWord();
      const found = operand();
      if (found) args.push(found);
      const token = read();
      if (token.kind === "space") continue;
      if (token.kind === "right delimiter" || token.kind === "right paren") here--;
      else if (token.kind !== "pipe") unexpected(token, "operand");
      break;
    }
    if (args.length === 0) fail("empty command");
    return { is: "command", at, args };
  };

  const operand = (): Operand | undefined => {
    const node = term();
    if (!node || peek().kind !== "field") return node;
    const { at } = peek();
    const names: string[] = [];
    while (peek().kind === "field") names.push(read().text.slice(1));
    switch (node.is) {
      case "field":
        return { ...node, at, names: [...node.names, ...names] };
      case "variable":
        return { ...node, at, names: [...node.names, ...names] };
      case "bool":
      case "string":
      case "number":
      case "nil":
      case "dot":
        return fail(`unexpected . after term ${quoteText(describe(node))}`);
      default:
        return { is: "chain", at, node, names };
    }
  };

  const term = (): Operand | undefined => {
    const token = readWord();
    const { at, text: word } = token;
    switch (token.kind) {
      case "identifier":
        if (!hasFunction(word)) fail(`function ${quoteText(word)} not defined`);
        return { is: "identifier", at, name: word };
      case "dot":
      case "nil":
        return { is: token.kind, at };
      case "variable":
        if (!variables.includes(word)) fail(`undefined variable ${quoteText(word)}`);
        return variable(token);
      case "field":
        return { is: "field", at, names: [word.slice(1)] };
      case "bool":
        return { is: "bool", at, value: word === "true" };
      case "charConstant":
      case "complex":
      case "number":
        return constant(() => numberOf(token));
      case "left paren":
        return nested(() => pipeline("parenthesized pipeline", "right paren"));
      case "string":
      case "rawString":
        return { is: "string", at, quoted: word, text: constant(() => stringOf(token)) };
      default:
        here--;
        return undefined;
    }
  };

  const list = top();
  add(name, list);
  return trees;
}

/** A token as errors show it. */
function tokenName({ kind, text }: Token): string {
  if (kind === "end of file") return "EOF";
  if (kind === "error") return text;
  if (kind === "keyword" || kind === "dot" || kind === "nil") return `<${text}>`;
  const chars = [...text];
  return chars.length > 10 ? `${quoteText(chars.slice(0, 10).join(""))}...` : quoteText(text);
}
