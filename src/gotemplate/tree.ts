/** The tree of a parsed template, and its nodes printed as Go prints them in errors. */
import { quoteText } from "./text.ts";

export interface TextNode {
  readonly is: "text";
  readonly at: number;
  readonly text: string;
}
export interface ActionNode {
  readonly is: "action";
  readonly at: number;
  readonly pipe: Pipe;
}
export interface BranchNode {
  readonly is: "if" | "with" | "range";
  readonly at: number;
  readonly pipe: Pipe;
  readonly body: List;
  readonly otherwise: List | undefined;
}
export interface CallNode {
  readonly is: "template";
  readonly at: number;
  readonly name: string;
  readonly pipe: Pipe | undefined;
}
export interface LeapNode {
  readonly is: "break" | "continue";
  readonly at: number;
}
export type Node = TextNode | ActionNode | BranchNode | CallNode | LeapNode;

export interface List {
  readonly is: "list";
  readonly at: number;
  readonly nodes: readonly Node[];
}

export interface Pipe {
  readonly is: "pipe";
  readonly at: number;
  /** Whether its variables are assigned to and not declared. */
  readonly assigns: boolean;
  readonly variables: readonly Variable[];
  readonly commands: readonly Command[];
}
export interface Command {
  readonly is: "command";
  readonly at: number;
  /** At least one. */
  readonly args: readonly Operand[];
}
export interface Field {
  readonly is: "field";
  readonly at: number;
  readonly names: readonly string[];
}
export interface Chain {
  readonly is: "chain";
  readonly at: number;
  readonly node: Operand;
  readonly names: readonly string[];
}
export interface Variable {
  readonly is: "variable";
  readonly at: number;
  /** With its dollar sign. */
  readonly name: string;
  readonly names: readonly string[];
}
export interface Identifier {
  readonly is: "identifier";
  readonly at: number;
  readonly name: string;
}
export interface NumberConstant {
  readonly is: "number";
  readonly at: number;
  readonly text: string;
  /** The number as each kind it can be. */
  readonly int: bigint | undefined;
  readonly uint: bigint | undefined;
  readonly float: number | undefined;
  /** Real and imaginary part, when it was written as a complex number. */
  readonly complex: readonly [number, number] | undefined;
}
export interface StringConstant {
  readonly is: "string";
  readonly at: number;
  readonly quoted: string;
  readonly text: string;
}
export interface BoolConstant {
  readonly is: "bool";
  readonly at: number;
  readonly value: boolean;
}
export interface Dot {
  readonly is: "dot" | "nil";
  readonly at: number;
}
export type Operand =
  | Pipe
  | Field
  | Chain
  | Variable
  | Identifier
  | NumberConstant
  | StringConstant
  | BoolConstant
  | Dot;
export type AnyNode = Node | List | Command | Operand;

/** Whether a list holds nothing but space. */
export function isBlank(list: List): boolean {
  return list.nodes.every((node) => node.is === "text" && node.text.trim() === "");
}

/** A node as Go's templates print it. */
export function describe(node: AnyNode): string {
  switch (node.is) {
    case "list":
      return node.nodes.map(describe).join("");
    case "text":
      return node.text;
    case "action":
      return `{{${describe(node.pipe)}}}`;
    case "if":
    case "with":
    case "range": {
      const otherwise = node.otherwise ? `{{else}}${describe(node.otherwise)}` : "";
      return `{{${node.is} ${describe(node.pipe)}}}${describe(node.body)}${otherwise}{{end}}`;
    }
    case "template":
      return `{{template ${quoteText(node.name)}${node.pipe ? ` ${describe(node.pipe)}` : ""}}}`;
    case "break":
    case "continue":
      return `{{${node.is}}}`;
    default:
      return describeOperand(node);
  }
}

function describeOperand(node: Command | Operand): string {
  switch (node.is) {
    case "pipe": {
      const names = node.variables.map(describe).join(", ");
      const commands = node.commands.map(describe).join(" | ");
      return names === "" ? commands : `${names}${node.assigns ? " = " : " := "}${commands}`;
    }
    case "command":
      return node.args.map(inParens).join(" ");
    case "field":
      return node.names.map((name) => `.${name}`).join("");
    case "chain":
      return [inParens(node.node), ...node.names].join(".");
    case "variable":
      return [node.name, ...node.names].join(".");
    case "identifier":
      return node.name;
    case "number":
      return node.text;
    case "string":
      return node.quoted;
    case "bool":
      return String(node.value);
    case "dot":
      return ".";
    case "nil":
      return "nil";
  }
}

function inParens(node: Operand): string {
  return node.is === "pipe" ? `(${describe(node)})` : describe(node);
}
