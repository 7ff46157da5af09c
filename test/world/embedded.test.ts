/** YAML inside strings of objects: where its values stand, whoever wrote the string. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Path } from "../../src/source/node.ts";
import { type Files, scanned } from "./scanned.ts";

const inside = suite("YAML inside strings");

const pod = (annotation: string) => `apiVersion: v1
kind: Pod
metadata:
  name: web
  annotations:
    ${annotation}
spec: {containers: [{name: web, image: shop/web:1}]}
`;
const block = pod("config: |\n      a: b\n      list:\n        - c: two");
const annotation = ["metadata", "annotations", "config"];

const cases: readonly (readonly [what: string, files: Files, path: Path, where: string | undefined])[] = [
  ["a value of a block", { "a.yaml": block }, ["a"], "a.yaml:7:7"],
  ["a value in a list", { "a.yaml": block }, ["list", 0, "c"], "a.yaml:9:11"],
  ["what is not there", { "a.yaml": block }, ["b"], undefined],
  ["a value in quotes", { "a.yaml": pod(`config: '{a: b, c: d}'`) }, ["c"], "a.yaml:6:21"],
  ["a text that is no YAML", { "a.yaml": pod("config: '[a'") }, ["a"], undefined],
  ["a number", { "a.yaml": pod("config: 1") }, ["a"], undefined],
  [
    "a string that a build leaves alone",
    { "a.yaml": block, "kustomization.yaml": "resources: [a.yaml]\nnamePrefix: x-\n" },
    ["a"],
    "a.yaml:7:7",
  ],
  [
    "a string that a build sets has no places inside",
    {
      "a.yaml": block,
      "kustomization.yaml": "resources: [a.yaml]\ncommonAnnotations: {config: 'a: b'}\n",
    },
    ["a"],
    undefined,
  ],
];
for (const [what, files, path, where] of cases) {
  inside(what, () => {
    const [workload] = scanned(files).world.workloads;
    const found = workload?.locate([...annotation, ...path]);
    assert.is(found && `${found.file}:${found.line}:${found.column}`, where);
    assert.ok(workload?.locate(annotation), "the string itself stands somewhere");
  });
}

inside.run();
