import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readDocuments } from "../../../src/source/document.ts";
import { type Kustomization, readKustomization } from "../../../src/world/kustomize/kustomization.ts";
import { rootsOf } from "../../../src/world/kustomize/roots.ts";

const roots = suite("roots of kustomizations");

function kustomization(directory: string, text: string): Kustomization {
  const [document] = readDocuments({ path: `${directory}/kustomization.yaml`, text });
  const read = document && readKustomization(document, directory);
  if (!read) throw new Error("no kustomization");
  return read;
}

const all = [kustomization("base", "resources: [a.yaml]"), kustomization("over", "resources: [../link]")];

roots("a base that is named by a link to its directory is none", () => {
  const identityOf = (path: string) => `/disk/${path === "link" ? "base" : path}`;
  assert.equal(
    rootsOf(all, identityOf).map(({ directory }) => directory),
    ["over"],
  );
});

roots("without links each directory is its own", () =>
  assert.equal(
    rootsOf(all).map(({ directory }) => directory),
    ["base", "over"],
  ),
);

roots.run();
