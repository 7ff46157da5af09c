/** The function `render` of old templates: a template inside a value, executed over the same data. */
import type { Functions } from "../../gotemplate/function.ts";
import { fnIn } from "../../gotemplate/function.ts";
import { compile, execute } from "../../gotemplate/template.ts";
import type { Value } from "../../gotemplate/values.ts";

/** Deeper than any values nest; templates that render themselves end here. */
const mostDeep = 20;

/** Functions with `render` among them, which gives "" for what cannot be executed (istio/istio 1.6.14). */
export function withRender(functions: Functions, depth = 0): Functions {
  return {
    ...functions,
    render: fnIn("string", "string", (context, text) => {
      if (depth >= mostDeep) return "";
      context.spend(text.length);
      const compiled = compile("inject", text, { functions: withRender(functions, depth + 1) });
      if (!compiled.ok) return "";
      const executed = execute(compiled.template, context.root as Value, { limits: context.limits });
      return executed.ok ? executed.output : "";
    }),
  };
}
