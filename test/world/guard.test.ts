import { suite } from "uvu";
import * as assert from "uvu/assert";
import { memoryTree, scan } from "../../src/index.ts";
import { type Fault, guarded } from "../../src/world/guard.ts";

const guards = suite("faults of sidelint");

guards("what throws is a fault of the file, and gives nothing", () => {
  const faults: Fault[] = [];
  const file = { path: "a.yaml", text: "" };
  assert.is(
    guarded(file, faults, () => 1),
    1,
  );
  const deep = (n: number): number => 1 + deep(n + 1);
  assert.is(
    guarded(file, faults, () => deep(0)),
    undefined,
  );
  assert.is(faults.length, 1);
  assert.is(faults[0]?.file, file);
  assert.match(faults[0]?.error.message ?? "", /fault of sidelint.*RangeError/);
});

guards("one file that sidelint fails at is a finding, and the others are read", () => {
  const pod = (name: string) => `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: shop}\n`;
  const tree = memoryTree({ "a.yaml": pod("a"), "b.yaml": pod("b") });
  const { findings, report } = scan({
    ...tree,
    read(path) {
      if (path === "a.yaml") throw new TypeError("a mistake");
      return tree.read(path);
    },
  });
  assert.equal(
    report.workloads.map(({ name }) => name),
    ["b"],
  );
  const [fault] = findings.filter(({ location }) => location.file === "a.yaml");
  assert.is(fault?.severity, "error");
  assert.match(fault?.message ?? "", /fault of sidelint.*a mistake/);
});

guards("one build that sidelint fails at is a finding, and the others are made", () => {
  const files = {
    "a/kustomization.yaml": "resources: [../pod.yaml]\npatches: [{path: ../p.yaml}]\n",
    "b/kustomization.yaml": "resources: [../pod.yaml]\nnamePrefix: b-\n",
    "p.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n",
    "pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: shop}\n",
  };
  const tree = memoryTree(files);
  const { findings, report } = scan(
    {
      ...tree,
      read(path) {
        if (path === "p.yaml") throw new TypeError("a mistake");
        return tree.read(path);
      },
    },
    { paths: ["a", "b", "pod.yaml"] },
  );
  assert.equal(
    report.workloads.map(({ name }) => name),
    ["b-a"],
  );
  assert.ok(
    findings.some(
      ({ message, location }) => /a mistake/.test(message) && location.file === "a/kustomization.yaml",
    ),
  );
});

guards.run();
