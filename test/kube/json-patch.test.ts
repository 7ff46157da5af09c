/** JSON patches between two values: exact, in small steps, and tested before they touch an item. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Json } from "../../src/kube/json.ts";
import { type JsonOperation, jsonPatch, sameJson } from "../../src/kube/json-patch.ts";

const patches = suite("JSON patches between values");

/** "op path value" */
const written = (operations: readonly JsonOperation[]) =>
  operations.map((one) => `${one.op} ${one.path}${"value" in one ? ` ${JSON.stringify(one.value)}` : ""}`);

const rows: readonly (readonly [name: string, before: Json, after: Json, expected: readonly string[]])[] = [
  ["nothing for what is the same", { a: [1, { b: null }], c: 1n }, { c: 1, a: [1, { b: null }] }, []],
  ["the whole where the kinds differ", { a: 1 }, [1], ["replace  [1]"]],
  [
    "entries of maps one by one, with their names escaped",
    { a: { "x/y~z": 1, gone: 2 }, same: 1 },
    { a: { "x/y~z": 2, come: { d: [] } }, same: 1 },
    ["remove /a/gone", "replace /a/x~1y~0z 2", 'add /a/come {"d":[]}'],
  ],
  [
    "null is a value",
    { a: null, b: 1 },
    { b: null, c: null },
    ["remove /a", "replace /b null", "add /c null"],
  ],
  ["a list without keys as a whole", { l: ["a", "b"] }, { l: ["a", "c", "b"] }, ['replace /l ["a","c","b"]']],
  [
    "a list with a key twice as a whole",
    [{ name: "a" }, { name: "a" }],
    [{ name: "a" }],
    ['replace  [{"name":"a"}]'],
  ],
  [
    "items by their key, tested before they are touched",
    { l: [{ name: "a", v: 1 }, { name: "b" }, { name: "c" }, { name: "d", v: { w: 1 } }] },
    { l: [{ name: "new" }, { name: "a", v: 2 }, { name: "c" }, { name: "d", v: {} }, { name: "e" }] },
    [
      'add /l/0 {"name":"new"}',
      'test /l/1/name "a"',
      "replace /l/1/v 2",
      'test /l/2/name "b"',
      "remove /l/2",
      'test /l/3/name "d"',
      "remove /l/3/v/w",
      'add /l/4 {"name":"e"}',
    ],
  ],
  [
    "ports by their number where not all have names",
    [{ containerPort: 80 }, { containerPort: 81, name: "x" }],
    [{ containerPort: 81, name: "y" }],
    ["test /0/containerPort 80", "remove /0", "test /0/containerPort 81", 'replace /0/name "y"'],
  ],
  [
    "an item that goes to another place leaves the others alone",
    [{ name: "a" }, { name: "b" }, { name: "c" }],
    [{ name: "b" }, { name: "c" }, { name: "a" }],
    ['test /0/name "a"', "remove /0", 'add /2 {"name":"a"}'],
  ],
];

for (const [name, before, after, expected] of rows) {
  patches(name, () => {
    const operations = jsonPatch(before, after);
    assert.equal(written(operations), expected);
    assert.ok(sameJson(applied(before, operations), after));
  });
}

/** What RFC 6902 makes of a value; throws where it refuses. */
function applied(value: Json, operations: readonly JsonOperation[]): Json {
  const root = { value: structuredClone(value) } as Record<string, unknown>;
  for (const one of operations) {
    const steps = one.path
      .split("/")
      .slice(1)
      .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
    const last = steps.pop();
    let here: unknown = last === undefined ? root : root.value;
    for (const step of steps) here = (here as Record<string, unknown>)[step];
    apply(here, last ?? "value", one);
  }
  return root.value as Json;
}

function apply(parent: unknown, key: string, one: JsonOperation): void {
  const map = parent as Record<string, unknown>;
  const isThere = typeof parent === "object" && parent !== null && Object.hasOwn(parent, key);
  if (one.op === "test")
    assert.ok(isThere && sameJson(map[key] as Json, one.value), `${one.path} is as tested`);
  else if (one.op === "add" && Array.isArray(parent)) {
    assert.ok(Number(key) <= parent.length, one.path);
    parent.splice(Number(key), 0, structuredClone(one.value));
  } else {
    assert.ok(isThere || one.op === "add", `${one.path} is there`);
    if (one.op !== "remove") map[key] = structuredClone(one.value);
    else if (Array.isArray(parent)) parent.splice(Number(key), 1);
    else delete map[key];
  }
}

patches.run();
