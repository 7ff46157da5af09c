/** The sprig functions that choose and refuse: default, empty, coalesce, ternary, fail. */
import type { Functions } from "../function.ts";
import { fn } from "../function.ts";
import { Failure } from "../limits.ts";
import type { Value } from "../values.ts";
import { isNil, isTrue, Typed } from "../values.ts";

/** Whether a value is what its type has for nothing; a struct never is. */
export function isEmpty(value: Value): boolean {
  if (value instanceof Typed && value.type.kind === "ptr") return isNil(value);
  return !isTrue(value);
}

export const flowFunctions: Functions = {
  default: fn("any, ...any", "any", (fallback, ...given) =>
    given.length === 0 || isEmpty(given[0]) ? fallback : given[0],
  ),
  empty: fn("any", "bool", isEmpty),
  coalesce: fn("...any", "any", (...values) => values.find((value) => !isEmpty(value)) ?? null),
  all: fn("...any", "bool", (...values) => !values.some(isEmpty)),
  any: fn("...any", "bool", (...values) => values.some((value) => !isEmpty(value))),
  ternary: fn("any, any, bool", "any", (yes, no, which) => (which ? yes : no)),
  fail: fn("string", "string", (message) => {
    throw new Failure(message);
  }),
  hello: fn("", "string", () => "Hello!"),
};
