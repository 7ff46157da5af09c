/** Patches as text: entries that kustomize takes, grouped by what they are for. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { InjectedObject } from "../../src/fix/inject.ts";
import { patchesOf } from "../../src/fix/patches.ts";
import type { JsonObject } from "../../src/kube/json.ts";
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

patches("there is nothing to say of what does not change", () => {
  assert.is(patchesOf([]), "");
  assert.is(
    patchesOf([injected("a.yaml", null, workload("apps/v1", "Deployment", "a"), [{ name: "app" }])]),
    "",
  );
});

patches(
  "each kustomization has a document, plain files have one together, and what has no name is remarked on",
  () => {
    const text = patchesOf([
      injected("b.yaml", null, workload("apps/v1", "Deployment", "b"), both),
      injected("base/a.yaml", "prod", workload("apps/v1", "Deployment", "a"), both),
      injected("c\n.yaml", null, workload("apps/v1", "Deployment", "c"), both),
      injected("base/a.yaml", "dev", workload("argoproj.io/v1alpha1", "Rollout", "a"), both),
      injected("d.yaml", null, workload("batch/v1", "Job"), both),
    ]);
    const comments = text.split("\n").filter((line) => line.startsWith("#"));
    assert.equal(comments, [
      "# No patch for a Job of d.yaml: it has no metadata.name, by which a kustomization finds it.",
      '# resources: ["b.yaml","c\\n.yaml"]',
      '# resources: ["prod"]',
      '# resources: ["dev"]',
    ]);
    const entries = valuesOf(text).map((document) => document.patches as readonly JsonObject[]);
    assert.equal(
      entries.map((list) => list.map((entry) => Object.keys(entry).join())),
      [["patch", "patch"], ["patch"], ["target,patch"]],
    );
    assert.equal(JSON.parse(JSON.stringify(valuesOf(String(entries[1]?.[0]?.patch)))), [
      {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: "a" },
        spec: { template: { spec: { containers: both } } },
      },
    ]);
    assert.equal(
      { ...(entries[2]?.[0]?.target as JsonObject) },
      {
        group: "argoproj.io",
        version: "v1alpha1",
        kind: "Rollout",
        name: "a",
      },
    );
  },
);

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
    const text = patchesOf(objects).replace(/^# /, "");
    writeFileSync(join(root, "kustomization.yaml"), text);
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
