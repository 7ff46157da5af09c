/** Plain data as block YAML that Kubernetes reads back the same. */
import type { Value } from "./node.ts";
import { canBePlain, doubleQuoted, type Literals, literalText, scalarText } from "./write-scalar.ts";

export interface YamlStyle {
  /** By how many columns (1 to 9) the entries of a map are indented below its key; default 2. */
  readonly indent?: number;
  /** By how many columns the dashes of a list are indented below its key; default 0. */
  readonly listIndent?: number;
  /** How many spaces follow a dash; default 1. */
  readonly gap?: number;
  /** The column of the outermost map or list; default 0. */
  readonly column?: number;
  /**
   * Which texts of several lines may be literal blocks: all, those that do not end in empty lines (which a block can only keep
   * together with those that follow it), or none; default all.
   */
  readonly literals?: Literals;
}

interface Writer {
  readonly indent: number;
  readonly listIndent: number;
  readonly dash: string;
  readonly literals: Literals;
  out: string;
}

/**
 * A value as YAML, ending in a line feed. Maps keep the order of their keys; texts have quotes only where Kubernetes' reader
 * (sigs.k8s.io/yaml 1.6, YAML 1.1) would read something else without, and are literal blocks where they have several lines.
 */
export function writeYaml(value: Value, style: YamlStyle = {}): string {
  const { indent = 2, listIndent = 0, gap = 1, column = 0, literals = "all" } = style;
  const to: Writer = { indent, listIndent, dash: `-${" ".repeat(gap)}`, literals, out: "" };
  if (isNested(value)) writeNested(to, value, column, false);
  else {
    to.out = padOf(column);
    writeFlat(to, value, column);
  }
  return to.out;
}

type Nested = readonly Value[] | { readonly [key: string]: Value };

const isList = (value: Nested): value is readonly Value[] => Array.isArray(value);

/** Whether a value takes lines of its own: a map or list that is not empty. */
function isNested(value: Value): value is Nested {
  if (typeof value !== "object" || value === null) return false;
  for (const _ in value) return true;
  return false;
}

const pads: string[] = [];
function padOf(column: number): string {
  let pad = pads[column];
  if (pad === undefined) {
    pad = " ".repeat(column);
    if (column < 256) pads[column] = pad;
  }
  return pad;
}

/** Writes a map or list; `begun` says that its first line is begun. */
function writeNested(to: Writer, value: Nested, column: number, begun: boolean): void {
  if (isList(value)) writeList(to, value, column, begun);
  else writeMap(to, value, column, begun);
}

function writeMap(to: Writer, map: { readonly [key: string]: Value }, column: number, begun: boolean): void {
  const pad = padOf(column);
  let lead = begun ? "" : pad;
  for (const key of Object.keys(map)) {
    const value = map[key] ?? null;
    if (key.length > longestKey) to.out += `${lead}? ${doubleQuoted(key)}\n${pad}:`;
    else to.out += `${lead}${keyText(key)}:`;
    lead = pad;
    if (isNested(value)) {
      to.out += "\n";
      writeNested(to, value, column + (isList(value) ? to.listIndent : to.indent), false);
    } else {
      to.out += " ";
      writeFlat(to, value, column);
    }
  }
}

function writeList(to: Writer, list: readonly Value[], column: number, begun: boolean): void {
  const pad = padOf(column);
  let lead = begun ? "" : pad;
  for (const item of list) {
    to.out += lead + to.dash;
    lead = pad;
    if (isNested(item)) writeNested(to, item, column + to.dash.length, true);
    else writeFlat(to, item, column);
  }
}

/** Writes what goes on with its line: a scalar, or an empty map or list. */
function writeFlat(to: Writer, value: Value, column: number): void {
  if (typeof value === "object" && value !== null) {
    to.out += isList(value) ? "[]\n" : "{}\n";
    return;
  }
  if (typeof value === "string" && value.includes("\n")) {
    const block = literalText(value, padOf(column + to.indent), to.indent, to.literals);
    if (block) {
      to.out += `${block.header}\n${block.lines}\n`;
      return;
    }
  }
  to.out += `${scalarText(value, false)}\n`;
}

/** Readers look for the `:` of a key no further than 1,024 characters. */
const longestKey = 480;

/** A key as it stands before its colon; longer ones than 480 characters need a `?`. */
export function keyText(key: string, flow = false): string {
  return canBePlain(key, flow) ? key : doubleQuoted(key);
}
