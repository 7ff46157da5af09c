/** Strategic merge patches: what merges with what, in which order lists come out, and what is refused. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Json } from "../../src/kube/json.ts";
import { strategicMerge } from "../../src/kube/strategic-merge.ts";

/** The merged object, or "refused: path: message". */
function merged(type: string, original: Json, patch: Json): unknown {
  const result = strategicMerge(type, original, patch);
  if (!result.ok) return `refused: ${result.error.path.join(".")}: ${result.error.message}`;
  return JSON.parse(
    JSON.stringify(result.value, (_, value) => (typeof value === "bigint" ? `${value}n` : value)),
  );
}

/** A list of maps by name: `a b=1` is [{name: a}, {name: b, image: "1"}], `-c` one with `$patch: delete`. */
function named(text: string): readonly Json[] {
  const items = text.split(" ").filter((item) => item !== "");
  return items.map((item): Json => {
    const [, deletes, name = "", image] = /^(-?)([^=]*)(?:=(.*))?$/.exec(item) ?? [];
    return { name, ...(image === undefined ? {} : { image }), ...(deletes ? { $patch: "delete" } : {}) };
  });
}

function spelled(list: unknown): string {
  const items = list as readonly { readonly name: string; readonly image?: string }[];
  return items.map(({ name, image }) => (image === undefined ? name : `${name}=${image}`)).join(" ");
}

const order = suite("strategic merge: order of lists");

const containers: readonly (readonly [original: string, patch: string, expected: string, why: string])[] = [
  ["a b c", "d", "d a b c", "what only the patch has goes first"],
  ["a b c", "b d", "a b d c", "others stay before the item of the patch that followed them"],
  ["a b c", "c a", "b c a", "the patch's order wins"],
  ["a b c", "b=1", "a b=1 c", "a merged item keeps its place"],
  ["a b", "a=1 a=2", "a=2 b", "a later item of the patch merges over an earlier one"],
  ["a b", "c c=2", "c=2 a b", "so it does with an item that the patch added"],
  ["a=1 b a=2", "c", "c a=1 a=2 b", "items of the same name are gathered"],
  ["a=1 a=2", "a=3", "a=3 a=2", "the first of the same name is merged"],
  ["a b c", "-b", "a c", "an item is deleted"],
  ["a b c", "b=2 -b", "b=2 a c", "deleted wherever the patch says so, then added"],
  ["a b a", "-a", "b", "all of a name are deleted"],
  ["a", "-b", "a", "what is not there is not deleted"],
];
for (const [original, patch, expected, why] of containers) {
  order(`${original} + ${patch} is ${expected}: ${why}`, () => {
    const result = strategicMerge("PodSpec", { containers: named(original) }, { containers: named(patch) });
    assert.ok(result.ok);
    assert.is(spelled(result.value.containers), expected);
  });
}

const ordered: readonly (readonly [original: string, patch: string, order: string, expected: string])[] = [
  ["a b c", "", "c b a", "c b a"],
  ["a b c", "d", "d b a", "d b a c"],
  ["a b c", "b=2", "c b", "a c b=2"],
  ["a b c", "d -a", "d c", "b d c"],
  ["a b", "-a b=2 c", "c b", "refused"],
  ["a b", "c", "b", "refused"],
  ["a", "c d", "", "a d c"],
];
for (const [original, patch, given, expected] of ordered) {
  order(`${original} + ${patch || "nothing"} in the order ${given || "of nothing"} is ${expected}`, () => {
    const result = strategicMerge(
      "PodSpec",
      { containers: named(original) },
      {
        "$setElementOrder/containers": named(given),
        ...(patch === "" ? {} : { containers: named(patch) }),
      },
    );
    assert.is(result.ok ? spelled(result.value.containers) : "refused", expected);
  });
}

const values: readonly (readonly [original: string, patch: string, expected: string])[] = [
  ["a b c", "d", "d a b c"],
  ["a b c", "c a", "b c a"],
  ["a b a", "c c", "c a b"],
  ["a a", "b", "b a"],
  ["a a x", "b", "a b x"],
  ["", "b a b", "b a"],
];
for (const [original, patch, expected] of values) {
  order(`the finalizers ${original} + ${patch} are ${expected}`, () => {
    const words = (text: string) => text.split(" ").filter((word) => word !== "");
    const result = strategicMerge(
      "ObjectMeta",
      { finalizers: words(original) },
      { finalizers: words(patch) },
    );
    assert.equal(result.ok && result.value.finalizers, words(expected));
  });
}
order.run();

const maps = suite("strategic merge: maps, fields and directives");

type MapCase = readonly [what: string, type: string, original: Json, patch: Json, expected: unknown];
const cases: readonly MapCase[] = [
  ["null is an empty map", "Pod", null, { spec: { hostNetwork: true } }, { spec: { hostNetwork: true } }],
  ["a patch of nothing", "Pod", { kind: "Pod" }, null, { kind: "Pod" }],
  [
    "null deletes",
    "Pod",
    { spec: { nodeName: "n" } },
    { spec: { nodeName: null, hostname: null } },
    { spec: {} },
  ],
  [
    "maps merge",
    "ObjectMeta",
    { labels: { a: "1", b: "2" } },
    { labels: { b: "3", c: "4" } },
    { labels: { a: "1", b: "3", c: "4" } },
  ],
  [
    "fields that nobody knows",
    "Pod",
    { own: { a: 1 } },
    { other: { b: 1 } },
    { own: { a: 1 }, other: { b: 1 } },
  ],
  ["lists without a key are replaced", "Container", { args: ["a"] }, { args: ["b"] }, { args: ["b"] }],
  [
    "tolerations are replaced",
    "PodSpec",
    { tolerations: [{ key: "a" }] },
    { tolerations: [{ key: "b" }] },
    { tolerations: [{ key: "b" }] },
  ],
  [
    "ports merge by number alone",
    "Container",
    { ports: [{ containerPort: 53, protocol: "TCP" }] },
    { ports: [{ containerPort: 53, protocol: "UDP" }] },
    { ports: [{ containerPort: 53, protocol: "UDP" }] },
  ],
  [
    "another kind of value replaces",
    "PodSpec",
    { containers: [] },
    { containers: { a: 1 } },
    { containers: { a: 1 } },
  ],
  [
    "names of fields without regard to case",
    "Pod",
    { Spec: { containers: [{ name: "a" }] } },
    { Spec: { containers: [{ name: "b" }] } },
    { Spec: { containers: [{ name: "b" }, { name: "a" }] } },
  ],
  [
    "nulls and directives are dropped from what is added",
    "PodSpec",
    {},
    {
      securityContext: { fsGroup: 1, runAsUser: null },
      containers: [{ name: "a", $patch: "delete" }, { name: "b" }],
    },
    { securityContext: { fsGroup: 1 }, containers: [{ name: "b" }] },
  ],
  [
    "but stay in an item added to a list",
    "PodSpec",
    { containers: [] },
    { containers: [{ name: "a", image: null, env: [{ name: "E", $patch: "delete" }] }] },
    { containers: [{ name: "a", image: null, env: [{ name: "E", $patch: "delete" }] }] },
  ],
  [
    "a map is replaced",
    "PodSpec",
    { securityContext: { fsGroup: 1 } },
    { securityContext: { $patch: "replace", runAsUser: 2 } },
    { securityContext: { runAsUser: 2 } },
  ],
  [
    "a map is emptied",
    "ObjectMeta",
    { labels: { a: "b" } },
    { labels: { $patch: "delete", c: "d" } },
    { labels: {} },
  ],
  [
    "a list is replaced",
    "PodSpec",
    { containers: [{ name: "a" }] },
    { containers: [{ $patch: "replace" }, { name: "b" }] },
    { containers: [{ name: "b" }] },
  ],
  [
    "only keys to retain stay",
    "PodSpec",
    { volumes: [{ name: "v", emptyDir: {} }] },
    { volumes: [{ name: "v", $retainKeys: ["name", "secret"], secret: { secretName: "s" } }] },
    { volumes: [{ name: "v", secret: { secretName: "s" } }] },
  ],
  [
    "values are deleted from a list, then others added",
    "ObjectMeta",
    { finalizers: ["a", "b"] },
    { "$deleteFromPrimitiveList/finalizers": ["b"], finalizers: ["c"] },
    { finalizers: ["c", "a"] },
  ],
  [
    "an integer is not a floating-point number where they are kept apart",
    "Container",
    { ports: [{ containerPort: 80n }] },
    {
      ports: [
        { containerPort: 80, name: "x" },
        { containerPort: 80n, name: "y" },
      ],
    },
    {
      ports: [
        { containerPort: 80, name: "x" },
        { containerPort: "80n", name: "y" },
      ],
    },
  ],
  [
    "a key that JavaScript treats in its own way",
    "ObjectMeta",
    JSON.parse('{"labels": {"__proto__": "a"}}'),
    JSON.parse('{"labels": {"__proto__": "b", "constructor": "c"}}'),
    JSON.parse('{"labels": {"__proto__": "b", "constructor": "c"}}'),
  ],
];
for (const [what, type, original, patch, expected] of cases) {
  maps(what, () => {
    assert.is(JSON.stringify(merged(type, original, patch)), JSON.stringify(expected));
  });
}

maps("the inputs stay as they are", () => {
  const original = { metadata: { finalizers: ["a", "a"] }, spec: { containers: named("a b") } };
  const patch = {
    metadata: { "$setElementOrder/finalizers": ["b"], finalizers: ["b"] },
    spec: { $retainKeys: ["containers"], containers: named("-a b=1 c c=2") },
  };
  const before = JSON.stringify([original, patch]);
  assert.ok(strategicMerge("Pod", original, patch).ok);
  assert.is(JSON.stringify([original, patch]), before);
});
maps.run();

const refused = suite("strategic merge: what is refused, and where");

const refusals: readonly (readonly [type: string, original: Json, patch: Json, expected: string])[] = [
  ["Pod", [], {}, "refused: : the object is a list, not a map"],
  [
    "PodSpec",
    { containers: [{ name: "a" }] },
    { containers: [{ name: "b" }, { image: "x" }] },
    'refused: containers.1: has an item without "name", by which the list merges',
  ],
  [
    "PodSpec",
    { containers: [{ image: "x" }] },
    { containers: [{ name: "b" }] },
    'refused: containers: has an item without "name", by which the list merges',
  ],
  [
    "ObjectMeta",
    { finalizers: ["a"] },
    { finalizers: ["a", 1] },
    "refused: finalizers: merges a string with a number in one list",
  ],
  [
    "ObjectMeta",
    { finalizers: ["a"] },
    { finalizers: [null] },
    "refused: finalizers: merges a string with null in one list",
  ],
  [
    "PodSpec",
    { hostNetwork: [1] },
    { hostNetwork: [2] },
    "refused: hostNetwork: gives a list for hostNetwork, which is none",
  ],
  ["Pod", { spec: { own: {} } }, { spec: { own: {} } }, 'refused: spec.own: "own" is no field of PodSpec'],
  [
    "ObjectMeta",
    { labels: { a: {} } },
    { labels: { a: {} } },
    'refused: labels.a: merges deeper than the type goes: "a" is below a value that has no fields',
  ],
  ["PodSpec", {}, { $patch: "merge" }, 'refused: : has a $patch that is "merge", not "replace" or "delete"'],
  [
    "PodSpec",
    { containers: [{ name: "a" }] },
    { containers: [{ $patch: "merge" }] },
    'refused: containers.0: has a $patch that is "merge", not "delete" or "replace"',
  ],
  [
    "PodSpec",
    {},
    { $retainKeys: ["containers"], hostname: "h" },
    'refused: : sets "hostname", which its $retainKeys does not name',
  ],
  ["PodSpec", {}, { $retainKeys: "containers" }, "refused: : has a $retainKeys that is no list of names"],
  [
    "ObjectMeta",
    { finalizers: ["a"] },
    { $deleteFromPrimitiveList: ["a"] },
    'refused: $deleteFromPrimitiveList: has "$deleteFromPrimitiveList", which is not "$deleteFromPrimitiveList/" and the name of a list',
  ],
  [
    "PodSpec",
    { containers: null },
    { "$setElementOrder/containers": [{ name: "a" }] },
    'refused: $setElementOrder/containers: the list "containers" it orders is null, not a list',
  ],
  [
    "PodSpec",
    { containers: [{ name: {} }] },
    { containers: [{ name: {} }] },
    "refused: containers.0: has a map or list where a plain value tells items apart",
  ],
];
for (const [type, original, patch, expected] of refusals) {
  refused(expected, () => {
    assert.is(merged(type, original, patch), expected);
  });
}

refused("a type that the table does not hold is a mistake of the caller", () => {
  assert.throws(() => strategicMerge("Gateway", {}, {}), /no type Gateway/);
});
refused.run();
