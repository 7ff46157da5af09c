/** What is wrong with an expression, in the words of rules: what the library of CEL says, told with the names that were probably meant. */
import type { ASTNode } from "@marcbachmann/cel-js";
import { meantBy } from "../kube/nearest.ts";
import { types } from "./environment.ts";

/** Why an expression cannot be evaluated, and where in its text. */
export interface CelFault {
  readonly ok: false;
  readonly error: string;
  readonly offset?: number;
}

/** The names that an expression may use. */
export interface KnownNames {
  /** Variables, those with fields of their own with their names. */
  readonly variables: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  functions(): readonly string[];
}

/** The fault that an error of the library is; errors of other sorts keep their message. */
export function faultOf(error: unknown, names?: KnownNames, ast?: ASTNode): CelFault {
  const offset = rangeOf(error)?.start;
  const said = firstLine(error);
  const misnamed =
    /^(?:Unknown variable|found no matching)/.test(said) && ast && names
      ? unknownMethod(ast, names)
      : undefined;
  if (misnamed) return misnamed;
  const text = inWords(said, error, names);
  return { ok: false, error: text, ...(offset !== undefined && { offset }) };
}

function rangeOf(error: unknown): { readonly start: number } | undefined {
  return error instanceof Error && "range" in error
    ? (error.range as { readonly start: number } | undefined)
    : undefined;
}

/** The first line of what the library says; the rest shows the expression. */
function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n", 1)[0] ?? text;
}

function inWords(said: string, error: unknown, names: KnownNames | undefined): string {
  for (const [pattern, tell] of wordings) {
    const match = pattern.exec(said);
    if (match) return tell(match.slice(1), { error, names });
  }
  return said;
}

interface Circumstances {
  readonly error: unknown;
  readonly names: KnownNames | undefined;
}

type Wording = readonly [
  pattern: RegExp,
  tell: (parts: readonly (string | undefined)[], circumstances: Circumstances) => string,
];

const wordings: readonly Wording[] = [
  [/^Expected (\w+), got (\w+)$/, ([wanted, got]) => `${token(wanted)} is missing before ${token(got)}`],
  [/^Unexpected token: EOF$/, () => "the expression ends too early"],
  [/^Unexpected token: (\w+)$/, ([got]) => `${token(got)} makes no sense here`],
  [/^Unexpected character: '?(.)'?$/su, ([character = ""], { error }) => strayText(character, error)],
  [/^No such key: (.*)$/s, ([key = ""], { error, names }) => noField(key, error, names)],
  [/^Unknown variable: (.*)$/s, ([name = ""], { names }) => noVariable(name, names)],
  [/^found no matching overload for '(.*)'$/s, ([call = ""], { names }) => noFunction(call, names)],
  [
    /^no such overload: (.+) (==|!=|<=|>=|<|>|\+|-|\*|\/|%|in) (.+)$/s,
    ([left, operator, right]) => `${operator} does not go with ${left} and ${right}`,
  ],
  [/^no such overload: ([!-])(.+)$/s, ([operator, type]) => `${operator} does not go with ${type}`],
  [/^Unterminated .*string$/, () => "the quote is not closed"],
  [
    /^Invalid escape sequence: (.*)$/s,
    ([sequence]) => `${sequence} is no escape sequence; a backslash is written twice`,
  ],
  [/^Cannot index type '(.*)'$/s, ([type]) => `a value of type ${type} has no fields`],
  [
    /^Logical operator requires bool operands, got '(.*)'$/s,
    ([type]) => `&& and || take bools, and this is of type ${type}`,
  ],
  [
    /^(\w+)\(.*\) predicate must return bool, got '(.*)'$/s,
    ([name, type]) => `${name} asks each for a bool, and this is of type ${type}`,
  ],
  [/^has\(\) invalid argument$/, () => "has asks for a field, such as has(item.runAsUser)"],
  [
    /^List index must be int, got 'string'$/,
    () => "a list has no fields; exists, all, filter and map go through it",
  ],
];

const tokens: Readonly<Record<string, string>> = {
  EOF: "the end",
  NUMBER: "the number",
  STRING: "the text",
  BOOLEAN: "the bool",
  NULL: "null",
  IDENTIFIER: "a name",
  PLUS: "+",
  MINUS: "-",
  MULTIPLY: "*",
  DIVIDE: "/",
  MODULO: "%",
  EQ: "==",
  NE: "!=",
  LT: "<",
  LE: "<=",
  GT: ">",
  GE: ">=",
  AND: "&&",
  OR: "||",
  NOT: "!",
  IN: "in",
  LPAREN: "(",
  RPAREN: ")",
  LBRACKET: "[",
  RBRACKET: "]",
  LBRACE: "{",
  RBRACE: "}",
  DOT: ".",
  COMMA: "a comma",
  COLON: ":",
  QUESTION: "?",
  BYTES: "the bytes",
};

function token(name = ""): string {
  return tokens[name] ?? name;
}

const instead: Readonly<Record<string, string>> = { "=": "==", "&": "&&", "|": "||", and: "&&", or: "||" };

/** Something where an operator should be: `=`, `and`, or anything else. */
function strayText(character: string, error: unknown): string {
  const { start = 0 } = rangeOf(error) ?? {};
  const input = nodeOf(error)?.input ?? "";
  const word = /^\w+/.exec(input.slice(start))?.[0] ?? character;
  const operator = instead[word];
  if (operator !== undefined) return `${word} is no operator; write ${operator}`;
  return /^\w/.test(word) ? `there is no operator before ${word}` : `${word} makes no sense here`;
}

function nodeOf(error: unknown): ASTNode | undefined {
  return error instanceof Error && "node" in error ? (error.node as ASTNode | undefined) : undefined;
}

function noField(key: string, error: unknown, names: KnownNames | undefined): string {
  const type = typeOfOwner(nodeOf(error));
  if (type === undefined) return `there is no key ${key}`;
  const variable = type.startsWith("$") ? type.slice(1) : undefined;
  const own = variable === undefined ? types[type]?.fields : names?.variables[variable];
  if (own === undefined || typeof own === "string") return `there is no key ${key}`;
  const known = Object.keys(own);
  const holder =
    variable === "parameters" ? "the rule has no parameter" : `${withArticle(variable ?? type)} has no`;
  const others = variable === "parameters" && known.length > 0 ? ` (it has ${known.join(", ")})` : "";
  return `${holder} ${key}${meant(key, known) || others}`;
}

/** The type of what a field is asked of, where it was worked out. */
function typeOfOwner(node: ASTNode | undefined): string | undefined {
  if (node?.op !== "." && node?.op !== "[]") return undefined;
  const [owner] = node.args as unknown as readonly [{ readonly checkedType?: { readonly name: string } }];
  return owner.checkedType?.name;
}

function withArticle(type: string): string {
  return `${/^[AEIO]/.test(type) ? "an" : "a"} ${type}`;
}

const absent: Readonly<Record<string, string>> = {
  item: "a check has it with each",
  count: "messages have it with group",
  parameters: "the rule declares none",
};

function noVariable(name: string, names: KnownNames | undefined): string {
  const known = Object.keys(names?.variables ?? {});
  const why =
    absent[name] ??
    (meantBy(name, known) === undefined
      ? `a text stands in quotes; there are ${known.join(", ")}`
      : undefined);
  return `there is no variable ${name}${why === undefined ? meant(name, known) : ` (${why})`}`;
}

function noFunction(call: string, names: KnownNames | undefined): string {
  const name = /(\w+)\([^(]*\)$/s.exec(call)?.[1] ?? call;
  const known = [...(names?.functions() ?? []), ...macros];
  return known.includes(name)
    ? `${name} is not for this: ${call}`
    : `there is no function ${name}${meant(name, known)}`;
}

const macros = ["all", "exists", "exists_one", "map", "filter", "has"];

/** A loop whose name is misspelled: its variable would be told, which is no fault of its own. */
function unknownMethod(ast: ASTNode, names: KnownNames): CelFault | undefined {
  const known = new Set([...names.functions(), ...macros]);
  for (const { node, name, from } of callsOf(ast)) {
    if (known.has(name)) continue;
    const offset = node.input.indexOf(name, from);
    return { ok: false, error: noFunction(`${name}()`, names), offset };
  }
  return undefined;
}

interface Call {
  readonly node: ASTNode;
  readonly name: string;
  /** Where the name is looked for. */
  readonly from: number;
  readonly given: readonly unknown[];
}

/** All calls of functions and methods below a node. */
export function callsOf(node: unknown): readonly Call[] {
  if (Array.isArray(node)) return node.flatMap(callsOf);
  if (typeof node !== "object" || node === null || !("op" in node) || !("args" in node)) return [];
  const one = node as ASTNode;
  const inside = callsOf(one.args);
  if (one.op === "call") {
    const [name, given] = one.args as unknown as readonly [string, readonly unknown[]];
    return [...inside, { node: one, name, from: one.start, given }];
  }
  if (one.op !== "rcall") return inside;
  const [name, receiver, given] = one.args as unknown as readonly [string, ASTNode, readonly unknown[]];
  return [...inside, { node: one, name, from: receiver.end, given }];
}

function meant(given: string, known: readonly string[]): string {
  const name = meantBy(given, known);
  return name === undefined ? "" : ` (did you mean ${name}?)`;
}
