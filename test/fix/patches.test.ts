/** Patches as text: documents, and a kustomization that kustomize takes as it is. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { InjectedObject } from "../../src/fix/inject.ts";
import { injectingKustomization, patchDocuments, patchesFor } from "../../src/fix/patches.ts";
import type { Json, JsonObject } from "../../src/kube/json.ts";
import { sameJson } from "../../src/kube/json-patch.ts";
import { readDocuments } from "../../src/source/document.ts";
import { toValue } from "../../src/source/node.ts";
import { resourcesOf } from "../../src/world/resource.ts";

const patches = suite("patches as text");

function valuesOf(text: string): readonly JsonObject[] {
  return readDocuments({ path: "", text }).flatMap((document) => {
    const reading = document.read();
    return reading.ok && reading.root ? [toValue(reading.root) as JsonObject] : [];
  });
}

/** An object that injection changes in its containers. */
function injected(
  path: string,
  root: string | null,
  before: JsonObject,
  containers: readonly JsonObject[],
): InjectedObject {
  const [document] = readDocuments({ path, text: JSON.stringify(before) });
  const reading = document?.read();
  const [resource] = document && reading?.ok ? resourcesOf(document, reading.root) : [];
  if (!resource) throw new Error("not read");
  const after = { ...before, spec: { template: { spec: { containers } } } };
  return { resource, before, after, root };
}

const workload = (apiVersion: string, kind: string, name?: string): JsonObject => ({
  apiVersion,
  kind,
  metadata: name === undefined ? { generateName: "x-" } : { name },
  spec: { template: { spec: { containers: [{ name: "app" }] } } },
});
const proxy = { name: "proxy", args: ["on", "1"], env: [{ name: "TEXT", value: "a: b\n# c\n" }] };
const both = [{ name: "app" }, proxy];

patches("what does not change has no patch", () => {
  const object = workload("apps/v1", "Deployment", "a");
  assert.equal(patchesFor([injected("a.yaml", null, object, [{ name: "app" }])]), []);
});

patches("documents are files for patches or entries of it, and keep what they delete", () => {
  const text = patchDocuments(
    patchesFor([
      injected("a.yaml", null, workload("apps/v1", "Deployment", "a"), [{ name: "app", resources: {} }]),
      injected("b.yaml", null, workload("apps/v1", "Deployment", "b"), [proxy]),
      injected("c.yaml", null, workload("argoproj.io/v1alpha1", "Rollout", "c"), both),
      injected("d.yaml", null, workload("batch/v1", "Job"), both),
    ]),
  );
  const specOf = (containers: Json): JsonObject => ({ template: { spec: { containers } } });
  const [first, second, third, ...others] = valuesOf(text);
  assert.ok(sameJson(first?.spec, specOf([{ name: "app", resources: {} }])), text);
  assert.ok(sameJson(second?.spec, specOf([proxy, { name: "app", $patch: "delete" }])), text);
  const target = { group: "argoproj.io", version: "v1alpha1", kind: "Rollout", name: "c" };
  assert.ok(sameJson(third?.target, target), text);
  assert.is(others.length, 0);
});

patches("an entry that is deleted stays in the patch", () => {
  const before = { ...workload("apps/v1", "Deployment", "a"), metadata: { name: "a", labels: { x: "y" } } };
  const object = { ...injected("a.yaml", null, before, both), after: { ...before, metadata: { name: "a" } } };
  const [document] = valuesOf(patchDocuments(patchesFor([object])));
  assert.ok(sameJson(document?.metadata, { name: "a", labels: null }));
});

patches("kustomize itself, where it is installed, takes them as they are", () => {
  if (spawnSync("kustomize", ["version"]).status !== 0) {
    console.log("  (skipped: no kustomize on PATH)");
    return;
  }
  const root = mkdtempSync(join(tmpdir(), "sidelint-patches-"));
  try {
    const objects = [
      injected("a.yaml", null, workload("apps/v1", "Deployment", "a"), both),
      injected("b.yaml", null, workload("argoproj.io/v1alpha1", "Rollout", "b.c"), both),
      injected("c.yaml", null, workload("argoproj.io/v1alpha1", "Rollout", "b-c"), [proxy]),
    ];
    for (const { resource, before } of objects) {
      writeFileSync(join(root, resource.document.file.path), JSON.stringify(before));
    }
    writeFileSync(
      join(root, "kustomization.yaml"),
      injectingKustomization(patchesFor(objects), ["a.yaml", "b.yaml", "c.yaml"]),
    );
    const { stdout, stderr } = spawnSync("kustomize", ["build", root], { encoding: "utf8" });
    assert.is(stderr, "");
    const built = valuesOf(stdout);
    for (const { after } of objects)
      assert.ok(
        built.some((one) => sameJson(one, after)),
        stdout,
      );
  } finally {
    rmSync(root, { recursive: true });
  }
});

patches.run();
