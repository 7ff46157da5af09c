/** Plain data as a flow collection: JSON, or YAML between `{}` and `[]`. */
import type { Value } from "./node.ts";
import { doubleQuoted, type Quotes, scalarText } from "./write-scalar.ts";
import { keyText } from "./write-yaml.ts";

export interface FlowStyle {
  /** Whether it is JSON: all texts in double quotes. */
  readonly json: boolean;
  /** The quotes of all texts that are values; without them a text has quotes where it needs them. */
  readonly quotes?: Quotes | undefined;
  /** Whether no space stands behind `:` and `,`. */
  readonly tight: boolean;
  /** The indentation of the line it begins on and by how much its entries are indented; without it everything is one line. */
  readonly lines?: { readonly pad: string; readonly unit: string; readonly newline: string } | undefined;
}

/** A value without a line end behind it; readers of YAML 1.1 and, where asked for, of JSON read it back the same. */
export function writeFlow(value: Value, style: FlowStyle): string {
  if (typeof value !== "object" || value === null) {
    return scalarText(value, true, style.json ? "double" : style.quotes);
  }
  const inner = style.lines && {
    ...style,
    lines: { ...style.lines, pad: style.lines.pad + style.lines.unit },
  };
  if (isList(value)) {
    return enclosed(
      "[]",
      value.map((item) => writeFlow(item, inner ?? style)),
      style,
    );
  }
  const entries = Object.keys(value).map((key) => flowEntry(key, value[key] ?? null, inner ?? style));
  return enclosed("{}", entries, style);
}

/** `key: value` as it stands in a flow map. */
export function flowEntry(key: string, value: Value, style: FlowStyle): string {
  const name = style.json ? doubleQuoted(key) : keyText(key, true);
  return `${name}:${style.tight ? "" : " "}${writeFlow(value, style)}`;
}

const isList = (value: Value): value is readonly Value[] => Array.isArray(value);

function enclosed(brackets: "[]" | "{}", parts: readonly string[], style: FlowStyle): string {
  if (parts.length === 0) return brackets;
  const { lines, tight } = style;
  const open = brackets.charAt(0);
  const close = brackets.charAt(1);
  if (!lines) return open + parts.join(tight ? "," : ", ") + close;
  const { pad, unit, newline } = lines;
  const between = newline + pad + unit;
  return `${open}${between}${parts.join(`,${between}`)}${newline}${pad}${close}`;
}
