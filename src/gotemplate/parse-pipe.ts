/** The inside of an action: pipelines, commands, operands. */
import { numberOf, stringOf } from "./constant.ts";
import type { Token, TokenKind } from "./lex.ts";
import type { Parser } from "./parser.ts";
import { constant, fail, nested, peek, peekWord, read, readWord, unexpected } from "./parser.ts";
import { quoteText } from "./text.ts";
import type { Command, Operand, Pipe, Variable } from "./tree.ts";
import { describe } from "./tree.ts";

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

/** A pipeline up to the word that ends it, which is taken too. */
export function parsePipe(parser: Parser, context: string, end: TokenKind): Pipe {
  const { at } = peekWord(parser);
  const { assigns, variables } = declarations(parser, context);
  const commands: Command[] = [];
  for (;;) {
    const token = readWord(parser);
    if (token.kind === end) break;
    if (!OPERANDS.has(token.kind)) unexpected(parser, token, context);
    parser.here--;
    commands.push(command(parser));
  }
  if (commands.length === 0) fail(parser, `missing value for ${context}`);
  commands.slice(1).forEach(({ args: [first] }, i) => {
    if (first && ["bool", "dot", "nil", "number", "string"].includes(first.is)) {
      fail(parser, `non executable command in pipeline stage ${i + 2}`);
    }
  });
  return { is: "pipe", at, assigns, variables, commands };
}

/** The variables before := or =, if any. */
function declarations(
  parser: Parser,
  context: string,
): { readonly assigns: boolean; readonly variables: readonly Variable[] } {
  const variables: Variable[] = [];
  for (;;) {
    const start = peekWord(parser);
    if (start.kind !== "variable") return { assigns: false, variables };
    const before = parser.here++;
    const after = readWord(parser);
    const isLast = after.kind === "assign" || after.kind === "declare";
    if (!isLast && (after.kind !== "char" || after.text !== ",")) {
      parser.here = before;
      return { assigns: false, variables };
    }
    variables.push(variableOf(start));
    parser.variables.push(start.text);
    if (isLast) return { assigns: after.kind === "assign", variables };
    if (context !== "range" || variables.length > 1) fail(parser, `too many declarations in ${context}`);
    if (!["variable", "right delimiter", "right paren"].includes(peekWord(parser).kind)) {
      fail(parser, "range can only initialize variables");
    }
  }
}

function variableOf({ at, text }: Token): Variable {
  return { is: "variable", at, name: text, names: [] };
}

function command(parser: Parser): Command {
  const { at } = peekWord(parser);
  const args: Operand[] = [];
  for (;;) {
    peekWord(parser);
    const found = operand(parser);
    if (found) args.push(found);
    const token = read(parser);
    if (token.kind === "space") continue;
    if (token.kind === "right delimiter" || token.kind === "right paren") parser.here--;
    else if (token.kind !== "pipe") unexpected(parser, token, "operand");
    break;
  }
  if (args.length === 0) fail(parser, "empty command");
  return { is: "command", at, args };
}

/** A term with the fields behind it; undefined where none starts. */
function operand(parser: Parser): Operand | undefined {
  const node = term(parser);
  if (!node || peek(parser).kind !== "field") return node;
  const { at } = peek(parser);
  const names: string[] = [];
  while (peek(parser).kind === "field") names.push(read(parser).text.slice(1));
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
      return fail(parser, `unexpected . after term ${quoteText(describe(node))}`);
    default:
      return { is: "chain", at, node, names };
  }
}

function term(parser: Parser): Operand | undefined {
  const token = readWord(parser);
  const { at, text } = token;
  switch (token.kind) {
    case "identifier":
      if (!parser.hasFunction(text)) fail(parser, `function ${quoteText(text)} not defined`);
      return { is: "identifier", at, name: text };
    case "dot":
    case "nil":
      return { is: token.kind, at };
    case "variable":
      if (!parser.variables.includes(text)) fail(parser, `undefined variable ${quoteText(text)}`);
      return variableOf(token);
    case "field":
      return { is: "field", at, names: [text.slice(1)] };
    case "bool":
      return { is: "bool", at, value: text === "true" };
    case "charConstant":
    case "complex":
    case "number":
      return constant(parser, () => numberOf(token));
    case "left paren":
      return nested(parser, () => parsePipe(parser, "parenthesized pipeline", "right paren"));
    case "string":
    case "rawString":
      return { is: "string", at, quoted: text, text: constant(parser, () => stringOf(token)) };
    default:
      parser.here--;
      return undefined;
  }
}
