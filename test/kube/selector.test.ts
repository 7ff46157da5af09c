/** Label selectors: what matches, what is refused, how they print. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Json } from "../../src/kube/json.ts";
import {
  compileSelector,
  formatSelector,
  isEmptySelector,
  type Labels,
  matches,
  type Selector,
  validateSelector,
} from "../../src/kube/selector.ts";

function compiled(json: Json | undefined): Selector {
  const result = compileSelector(json);
  if (!result.ok) throw new Error(result.error);
  return result.selector;
}

const expression = (key: string, operator: string, values?: Json): Json => ({
  matchExpressions: [{ key, operator, ...(values === undefined ? {} : { values }) }],
});

const selector = suite("label selector");

const matching: readonly (readonly [Json | undefined, Labels, boolean])[] = [
  [undefined, {}, false],
  [null, { a: "b" }, false],
  [{}, {}, true],
  [{ matchLabels: null, matchExpressions: [] }, { a: "b" }, true],
  [{ matchLabels: { a: "b" } }, { a: "b", c: "d" }, true],
  [{ matchLabels: { a: "b" } }, { a: "B" }, false],
  [{ matchLabels: { a: "b" } }, { a: "b " }, false],
  [{ matchLabels: { a: "" } }, {}, false],
  [{ matchLabels: { a: null } }, { a: "" }, true],
  [expression("a", "In", ["b", "c"]), { a: "c" }, true],
  [expression("a", "In", ["b"]), {}, false],
  [expression("a", "NotIn", ["b"]), {}, true],
  [expression("a", "NotIn", ["b"]), { a: "b" }, false],
  [expression("a", "NotIn", ["b"]), { a: "c" }, true],
  [expression("a", "Exists"), { a: "" }, true],
  [expression("a", "Exists", []), {}, false],
  [expression("a", "DoesNotExist"), { a: "" }, false],
  [expression("a", "DoesNotExist"), { b: "" }, true],
  [expression("toString", "Exists"), {}, false],
  [
    { matchLabels: { a: "b" }, matchExpressions: [{ key: "a", operator: "NotIn", values: ["b"] }] },
    { a: "b" },
    false,
  ],
];

selector("matches by plain equality, absent labels included", () => {
  for (const [json, labels, expected] of matching) {
    assert.is(
      matches(compiled(json), labels),
      expected,
      `${JSON.stringify(json)} on ${JSON.stringify(labels)}`,
    );
  }
});

const invalid: readonly (readonly [json: Json, reasons: number, names: string])[] = [
  [expression("a", "Nope"), 1, "Nope"],
  [expression("a", "in", ["b"]), 1, '"in"'],
  [expression("a", "In"), 1, "needs values"],
  [expression("a", "NotIn", []), 1, "needs values"],
  [expression("a", "Exists", ["b"]), 1, "takes no values"],
  [expression("a b", "Exists"), 1, "a b"],
  [expression("a", "In", ["b "]), 1, "b "],
  [expression("-", "In"), 2, "-"],
  [{ matchLabels: { a: "b c" } }, 1, "b c"],
  [{ matchLabels: { "": "b" } }, 2, "empty"],
  [
    {
      matchExpressions: [
        { key: "a", operator: "Nope" },
        { key: "b", operator: "In" },
      ],
    },
    2,
    "Nope",
  ],
];

selector("is refused with the offender's name, for as many reasons as the API server has", () => {
  for (const [json, reasons, names] of invalid) {
    const result = compileSelector(json);
    assert.is(result.ok, false, JSON.stringify(json));
    if (!result.ok) assert.ok(result.error.includes(names), result.error);
    assert.is(validateSelector(json).length, reasons, JSON.stringify(json));
  }
});

selector("is refused, and nothing thrown, when it has another shape", () => {
  const odd: readonly Json[] = [
    "a=b",
    1,
    true,
    [],
    { matchLabels: [] },
    { matchLabels: "a" },
    { matchLabels: { a: true } },
    { matchLabels: { a: 1 } },
    { matchLabels: { a: {} } },
    { matchExpressions: {} },
    { matchExpressions: ["a"] },
    { matchExpressions: [{ key: 1, operator: "Exists" }] },
    { matchExpressions: [{ key: "a", operator: "In", values: "b" }] },
    { matchExpressions: [{ key: "a", operator: "In", values: [true] }] },
    { matchExpressions: [null] },
  ];
  for (const json of odd) {
    assert.is(compileSelector(json).ok, false, JSON.stringify(json));
    assert.ok(validateSelector(json).length > 0, JSON.stringify(json));
  }
});

selector("takes booleans for strings where a YAML library reads it", () => {
  const result = compileSelector({ MatchLabels: { a: true, b: 1 } }, "unmarshal");
  assert.ok(result.ok);
  if (result.ok) assert.is(formatSelector(result.selector), "a=true,b=1");
});

selector("prints sorted by key, values sorted", () => {
  const json = {
    matchLabels: { m: "n" },
    matchExpressions: [
      { key: "x", operator: "NotIn", values: ["z", "b"] },
      { key: "b", operator: "DoesNotExist" },
      { key: "a", operator: "Exists" },
      { key: "a", operator: "In", values: ["v"] },
    ],
  };
  assert.is(formatSelector(compiled(json)), "a,a in (v),!b,m=n,x notin (b,z)");
  assert.is(formatSelector(compiled(undefined)), "");
});

selector("is empty only when it restricts nothing", () => {
  assert.ok(isEmptySelector(compiled({})));
  assert.not.ok(isEmptySelector(compiled(null)));
  assert.not.ok(isEmptySelector(compiled({ matchLabels: { a: "b" } })));
});

selector.run();
