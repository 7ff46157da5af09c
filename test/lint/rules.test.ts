/** The built-in rules as data: they compile, and their names hold together. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { rulesNamed } from "../../src/lint/catalogue.ts";
import { checkErrors } from "../../src/lint/check.ts";
import { ruleOf } from "../../src/lint/rule.ts";
import { defaultRules } from "../../src/lint/run.ts";

const rules = suite("built-in rules");

for (const { id, checks } of defaultRules()) {
  rules(`${id} compiles`, () => {
    assert.ok(checks.length > 0);
    assert.equal(
      checks.flatMap((check) => checkErrors(check)),
      [],
    );
  });
}

rules("ids are in order and given once", () => {
  const ids = defaultRules().map(({ id }) => id);
  assert.equal(ids, [...new Set(ids)].sort());
});

rules("a rule is found by its id and by the code of istioctl", () => {
  assert.equal(
    rulesNamed("IST0135").map(({ id }) => id),
    ["annotation-deprecated", "inject-annotation-deprecated"],
  );
  assert.equal(
    rulesNamed("reserved-port").map(({ id }) => id),
    ["reserved-port"],
  );
  assert.equal(rulesNamed("IST9999"), []);
});

rules("a file with one check in its top level becomes one check, a file with several keeps them", () => {
  const file = { id: "x", severity: "info", summary: "x" } as const;
  assert.equal(
    ruleOf({ ...file, on: "namespace", message: "m" }).checks.map(({ on, message }) => [on, message]),
    [["namespace", "m"]],
  );
  const checks = [{ on: "namespace", message: "a" } as const, { on: "workload", message: "b" } as const];
  assert.equal(ruleOf({ ...file, checks }).checks, checks);
});

for (const [check, errors] of [
  [{ when: "1 + 1" }, ["when: it must be a bool, and is a int"]],
  [{ each: "ns.name" }, ["each: it must be a list, and is a string"]],
  [{ group: "ns.workloads" }, ["group: it must be a string, and is a int"]],
  [
    { at: "pod.containers[true].image" },
    ["at: an index must be a string, an int or a list of these, and is a bool"],
  ],
  [{ at: "pdo.labels" }, ["at: pdo is no place of a workload: it starts at pod or workload"]],
  [{ at: "pod.labels[item.kye]", each: "pod.metadata" }, ["at: an Entry has no kye (did you mean key?)"]],
  [{ message: "{item.kye}", each: "pod.metadata" }, ["message: an Entry has no kye (did you mean key?)"]],
  [
    { message: "{item}", each: "pod.containers" },
    ["message: a Container has no text of its own; tell fields of it, such as name"],
  ],
  [
    { message: "{pod.containers}" },
    ["message: a list<Container> has no text of its own; tell fields of it, such as name"],
  ],
  [{ message: "{item.spec} {pod.containers.map(c, c.name)}", each: "pod.containers" }, []],
  [{ message: "{count}" }, ["message: there is no variable count (messages have it with group)"]],
  [{ message: "{count}", group: "ns.name" }, []],
  [
    { edits: [{ safety: "safe", when: "pod.name", do: [{ run: "uninject" }] }] },
    ["edits: a Pod has no name"],
  ],
  [
    { edits: [{ safety: "safe", when: "workload.name", do: [{ run: "uninject" }] }] },
    ["edits: it must be a bool, and is a string"],
  ],
  [
    { edits: [{ safety: "safe", do: [{ remove: "ns.labels.x" }] }] },
    ["edits: a place to change starts at pod or workload, and this at ns"],
  ],
  [
    { edits: [{ safety: "safe", do: [{ set: "pod.labels[true]", value: "1" }] }] },
    ["edits: an index must be a string, an int or a list of these, and is a bool"],
  ],
  [
    { edits: [{ safety: "safe", do: [{ set: "pod.labels.x", value: "item" }] }] },
    ["edits: there is no variable item (a check has it with each)"],
  ],
  [
    { edits: [{ safety: "safe", do: [{ rename: "pod.labels.x", key: "1" }] }] },
    ["edits: it must be a string, and is a int"],
  ],
  [
    { edits: [{ safety: "safe", do: [{ move: "pod.labels.x", to: "1" }] }] },
    ["edits: 1 is not a path of names and indices"],
  ],
  [
    { group: "ns.name", edits: [{ safety: "safe", do: [{ run: "uninject" }] }] },
    ["edits: what is told once for many findings (group) has no fix"],
  ],
  [{ help: "{" }, ["help: the brace at character 1 is not closed"]],
] as const) {
  rules(`${JSON.stringify(check)}: ${errors.join() || "fine"}`, () => {
    assert.equal(checkErrors({ on: "workload", message: "m", ...check }), errors);
  });
}

rules.run();
