/** Message templates: text with CEL expressions in braces. */

/** A piece of a template: literal text, or an expression between braces. */
export type Piece =
  | { readonly type: "text"; readonly text: string }
  /** `start`: where the expression begins in the template. */
  | { readonly type: "expression"; readonly text: string; readonly start: number };

export type ParsedTemplate =
  | { readonly ok: true; readonly pieces: readonly Piece[] }
  | { readonly ok: false; readonly error: string; readonly offset: number };

/**
 * Splits a template. `{…}` holds an expression, in which strings and nested braces may hold braces; `{{` and `}}` are
 * literal braces. A brace that is never closed, or closed without being opened, is an error.
 */
export function parseTemplate(template: string): ParsedTemplate {
  const pieces: Piece[] = [];
  let text = "";
  let position = 0;
  while (position < template.length) {
    const character = template[position] ?? "";
    if ((character === "{" || character === "}") && template[position + 1] === character) {
      text += character;
      position += 2;
    } else if (character === "{") {
      const end = endOfExpression(template, position + 1);
      if (end < 0) {
        return { ok: false, error: `the brace at character ${position + 1} is not closed`, offset: position };
      }
      if (text !== "") pieces.push({ type: "text", text });
      text = "";
      const inside = template.slice(position + 1, end);
      const start = position + 1 + inside.length - inside.trimStart().length;
      pieces.push({ type: "expression", text: inside.trim(), start });
      position = end + 1;
    } else if (character === "}") {
      return {
        ok: false,
        error: `the brace at character ${position + 1} closes nothing; }} is a literal brace`,
        offset: position,
      };
    } else {
      text += character;
      position++;
    }
  }
  if (text !== "") pieces.push({ type: "text", text });
  return { ok: true, pieces };
}

/** The offset of the brace that ends an expression, or -1. */
function endOfExpression(template: string, start: number): number {
  let depth = 0;
  let quote = "";
  for (let position = start; position < template.length; position++) {
    const character = template[position] ?? "";
    if (quote !== "") {
      if (character === "\\") position++;
      else if (character === quote) quote = "";
    } else if (character === '"' || character === "'") quote = character;
    else if (character === "{") depth++;
    else if (character === "}" && depth-- === 0) return position;
  }
  return -1;
}

/** The text of a value that an expression gave: lists are enumerated ("a, b and c"), numbers stand as they are, maps as YAML writes them in a line. */
export function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return enumeration(value.map(textOf));
  return typeof value === "object" && value !== null ? textOfMap(value) : String(value);
}

/** Plain data, such as a part of a spec; the views of the environment have fields of their own to tell. */
function textOfMap(value: object): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  const entries: readonly (readonly [unknown, unknown])[] | undefined =
    value instanceof Map
      ? [...value]
      : prototype === null || prototype === Object.prototype
        ? Object.entries(value)
        : undefined;
  if (entries === undefined) return "{…}";
  return `{${entries.map(([key, one]) => `${key}: ${Array.isArray(one) ? `[${one.map(textOf).join(", ")}]` : textOf(one)}`).join(", ")}}`;
}

/** "a", "a and b", "a, b and c". */
export function enumeration(items: readonly string[], conjunction = "and"): string {
  if (items.length < 2) return items[0] ?? "";
  return `${items.slice(0, -1).join(", ")} ${conjunction} ${items[items.length - 1]}`;
}
