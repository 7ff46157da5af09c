import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Json } from "../../../src/kube/json.ts";
import { readDocuments } from "../../../src/source/document.ts";
import { type Draft, draftOf, sourceAt } from "../../../src/world/kustomize/draft.ts";
import { jsonPatch } from "../../../src/world/kustomize/json-patch.ts";
import { resourcesOf } from "../../../src/world/resource.ts";

const patches = suite("JSON patches");

function documentIn(path: string, text: string) {
  const [document] = readDocuments({ path, text });
  if (!document) throw new Error("no document");
  return document;
}

function draftFrom(text: string): Draft {
  const document = documentIn("a.yaml", `apiVersion: v1\nkind: Pod\n${text}`);
  const reading = document.read();
  const [resource] = reading.ok ? resourcesOf(document, reading.root) : [];
  if (!resource) throw new Error("no resource");
  return draftOf(resource);
}

const patchFile = documentIn("patch.yaml", "[]");

function patched(draft: Draft, operations: readonly Json[]): Draft {
  const result = jsonPatch(draft, operations, (path) => ({ document: patchFile, path }));
  if (!result.ok) throw new Error(result.reason);
  return result.draft;
}

const place = (draft: Draft, path: readonly (string | number)[]) => {
  const { document, path: found } = sourceAt(draft, path);
  return `${document.file.path}/${found.join("/")}`;
};

patches("what is copied is not changed with its original, nor the other way round", () => {
  const before = draftFrom("spec: {a: {b: [1, 2]}}\n");
  const { value } = patched(before, [
    { op: "add", path: "/spec/a/c", value: 0 },
    { op: "add", path: "/spec/a/b/0", value: 0 },
    { op: "copy", from: "/spec/a", path: "/spec/d" },
    { op: "add", path: "/spec/a/b/-", value: 3 },
    { op: "add", path: "/spec/d/c", value: 4 },
    { op: "copy", from: "/spec", path: "/spec/e" },
    { op: "remove", path: "/spec/e/d" },
  ]);
  assert.is(
    JSON.stringify(value.spec),
    '{"a":{"b":[0,1,2,3],"c":0},"d":{"b":[0,1,2],"c":4},"e":{"a":{"b":[0,1,2,3],"c":0}}}',
  );
  assert.is(JSON.stringify(before.value.spec), '{"a":{"b":[1,2]}}', "the draft that was given is as it was");
});

patches("items know where they stand when others are put before them, moved and removed", () => {
  const draft = patched(draftFrom("spec: {l: [{m: a}, {m: b}, {m: c}]}\n"), [
    { op: "replace", path: "/spec/l/1/m", value: "B" },
    { op: "add", path: "/spec/l/0", value: { m: "first" } },
    { op: "add", path: "/spec/l/-", value: { m: "last" } },
    { op: "remove", path: "/spec/l/1" },
    { op: "move", from: "/spec/l/2", path: "/spec/l/0" },
  ]);
  assert.is(JSON.stringify(draft.value.spec), '{"l":[{"m":"c"},{"m":"first"},{"m":"B"},{"m":"last"}]}');
  assert.equal(
    [0, 1, 2, 3].map((index) => place(draft, ["spec", "l", index, "m"])),
    ["a.yaml/spec/l/2/m", "patch.yaml/1/value/m", "patch.yaml/0/value", "patch.yaml/2/value/m"],
  );
  assert.is(place(draft, ["spec", "l"]), "a.yaml/spec/l");
  assert.is(place(draft, ["spec", "l", 2]), "a.yaml/spec/l/1");
});

patches("what is set as a whole forgets the changes below it, and what is removed says who did so", () => {
  const draft = patched(draftFrom("spec: {a: {b: 1}}\n"), [
    { op: "add", path: "/spec/a/b", value: 2 },
    { op: "add", path: "/spec/a", value: { b: 3 } },
    { op: "add", path: "/spec/c", value: 1 },
    { op: "remove", path: "/spec/c" },
  ]);
  assert.is(place(draft, ["spec", "a", "b"]), "patch.yaml/1/value/b");
  assert.is(place(draft, ["spec", "c"]), "patch.yaml/3/path");
});

const tests: readonly (readonly [path: string, value: Json, isUnsure: boolean])[] = [
  ["/metadata/name", "other", false],
  ["/spec/containers/0/name", "other", false],
  ["/metadata/labels", { a: "b" }, false],
  ["/metadata/labels", null, false],
  ["/spec/containers/0/image", "other", true],
  ["/spec/containers/0", { image: "other" }, true],
  ["/spec/serviceAccountName", "other", true],
  ["/spec/replicas", 1, true],
];
for (const [path, value, isUnsure] of tests) {
  patches(
    `a test of ${path} with ${JSON.stringify(value)} that fails ${isUnsure ? "may" : "does"} refuse the build`,
    () => {
      const draft = draftFrom(
        "metadata: {name: web, labels: {x: y}}\nspec: {containers: [{name: c, image: i}]}\n",
      );
      const result = jsonPatch(draft, [{ op: "test", path, value }], (below) => ({
        document: patchFile,
        path: below,
      }));
      assert.is(result.ok, false);
      assert.is(!result.ok && (result.unsure ?? false), isUnsure);
    },
  );
}

patches.run();
