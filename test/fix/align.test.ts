/** Which items of a list are still there in another one. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { alignLists } from "../../src/fix/align.ts";
import type { Value } from "../../src/source/node.ts";

const align = suite("align lists");

/** Each item's index before; `~` marks those that have moved, `+` is a new one. */
function origins(before: readonly Value[], after: readonly Value[]): string {
  return alignLists(before, after)
    .map(({ index, moved }) => (index < 0 ? "+" : `${moved ? "~" : ""}${index}`))
    .join(" ");
}

const named = (...names: readonly string[]): readonly Value[] => names.map((name) => ({ name }));

const cases: readonly (readonly [
  what: string,
  before: readonly Value[],
  after: readonly Value[],
  expected: string,
])[] = [
  ["nothing", [], [], ""],
  ["the same", named("a", "b"), named("a", "b"), "0 1"],
  ["by name, whatever else is said", [{ name: "a", x: 1 }], [{ name: "b" }, { name: "a", x: 2 }], "+ 0"],
  ["one goes, one comes", named("a", "b", "c"), [{ name: "a" }, { name: "d", x: 1 }, { name: "c" }], "0 + 2"],
  ["another name alone", [{ name: "a", v: 1 }, { name: "b" }], [{ name: "c", v: 1 }, { name: "b" }], "0 1"],
  ["one moves", named("a", "b", "c"), named("c", "a", "b"), "~2 0 1"],
  [
    "mounts by their path",
    [
      { name: "v", mountPath: "/a" },
      { name: "v", mountPath: "/b" },
    ],
    [
      { name: "v", mountPath: "/c" },
      { name: "w", mountPath: "/b" },
    ],
    "0 1",
  ],
  [
    "ports by number and protocol",
    [
      { containerPort: 53, protocol: "TCP" },
      { containerPort: 53, protocol: "UDP" },
    ],
    [{ containerPort: 53, protocol: "UDP", name: "dns" }],
    "1",
  ],
  [
    "names that are not unique name nothing",
    named("a", "a"),
    [{ name: "a" }, { name: "b" }, { name: "a" }],
    "0 + 1",
  ],
  ["texts: one between", ["a", "b"], ["a", "x", "b"], "0 + 1"],
  ["texts: one changes", ["a", "b", "c"], ["a", "x", "c"], "0 1 2"],
  ["texts: one moves and one comes", ["a", "b", "c"], ["c", "b", "x"], "2 ~1 +"],
  ["texts twice", ["a", "a", "b"], ["a", "b", "a"], "0 2 ~1"],
  ["equal maps whatever the order of keys", [{ a: 1, b: 2 }, "x"], ["y", "z", { b: 2, a: 1 }], "+ + 0"],
  ["other kinds are not paired", [["a"], "b"], [{ a: 1 }, "c"], "+ +"],
];
for (const [what, before, after, expected] of cases) {
  align(what, () => assert.is(origins(before, after), expected));
}

align("lists that are too long to compare all with all", () => {
  const before = Array.from({ length: 3000 }, (_, i) => `item ${i}`);
  const after = before.flatMap((item, i) => (i % 100 === 50 ? ["new", item] : i % 100 === 70 ? [] : [item]));
  const found = alignLists(before, after);
  assert.is(found.filter(({ index, moved }) => index >= 0 && !moved).length, 2970);
  found.forEach(({ index }, to) => {
    if (index >= 0) assert.is(before[index], after[to]);
  });
});

align.run();
