/** A template over the data that the tables share. */
import type { Functions } from "../../src/gotemplate/function.ts";
import { sprigFunctions } from "../../src/gotemplate/functions/sprig.ts";
import { compile, execute } from "../../src/gotemplate/template.ts";

export const withSprig: Functions = sprigFunctions;

const data = JSON.stringify({
  name: "web",
  count: 3,
  ratio: 2.5,
  on: true,
  none: null,
  items: ["b", "a"],
  numbers: [3, 1, 2],
  labels: { tier: "front", app: "web" },
  empty: {},
  list: [],
  deep: { a: { b: "c" } },
  text: "héllo wörld",
  html: "<a href='x'>&\"</a>",
  lines: "one\ntwo",
});

export type Rendered =
  | { readonly ok: true; readonly output: string }
  | { readonly ok: false; readonly error: string; readonly partial: string };

/** What a template named inject gives; one that cannot be parsed gives its error and no output. */
export function rendered(template: string, functions: Functions = {}): Rendered {
  const compiled = compile("inject", template, { functions });
  if (!compiled.ok) return { ok: false, error: compiled.error, partial: "" };
  return execute(compiled.template, JSON.parse(data));
}
