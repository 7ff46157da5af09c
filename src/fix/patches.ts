/** Patches that bring the sidecar into what a kustomization builds: one document a workload, or a kustomization with all of them. */
import type { JsonObject } from "../kube/json.ts";
import { sameJson } from "../kube/json-patch.ts";
import { type ObjectPatch, patchFor } from "../kube/merge-patch.ts";
import { toValue, type Value } from "../source/node.ts";
import { readYaml } from "../source/read.ts";
import { writeYaml } from "../source/write-yaml.ts";
import type { InjectedObject } from "./inject.ts";

/** An object with its patch. */
export interface Patched extends InjectedObject {
  readonly patch: Exclude<ObjectPatch, { readonly form: "none" }>;
}

/** The objects that a patch changes, each with its patch. */
export function patchesFor(objects: readonly InjectedObject[]): readonly Patched[] {
  return objects.flatMap((object): readonly Patched[] => {
    const patch = patchFor(object.before, object.after);
    return patch.form === "none" ? [] : [{ ...object, patch }];
  });
}

/**
 * The patches as documents: a strategic merge patch is what a file holds that `patches` names by its path, a JSON patch is an entry of
 * `patches` with its target.
 */
export function patchDocuments(patched: readonly Patched[]): string {
  return patched
    .flatMap(({ patch }) => (patch.form === "impossible" ? [] : [documentOf(patch)]))
    .join("---\n");
}

type Possible = Exclude<Patched["patch"], { readonly form: "impossible" }>;

function documentOf(patch: Possible): string {
  return writeYaml(patch.form === "strategic" ? patch.document : entryOf(patch));
}

function entryOf(patch: Possible): JsonObject {
  if (patch.form === "strategic") return { patch: patchText(patch.document) };
  return { target: patch.target, patch: patchText(patch.operations.map((operation) => ({ ...operation }))) };
}

/** kustomize reads a patch without the line feed at its end, which may belong to a text; then something has to follow. */
function patchText(value: Value): string {
  const text = writeYaml(value);
  const read = readYaml(text.trimEnd());
  return read.ok && read.root && sameJson(toValue(read.root), value) ? text : `${text}...\n`;
}

/**
 * A kustomization that takes what others build, or plain files, and adds the sidecars: its patches come last, so that they meet the
 * objects with their final names.
 * @param builds what it takes, as it names it
 */
export function injectingKustomization(patched: readonly Patched[], builds: readonly string[]): string {
  return writeYaml({
    apiVersion: "kustomize.config.k8s.io/v1beta1",
    kind: "Kustomization",
    resources: [...new Set(builds)].sort(),
    patches: patched.flatMap(({ patch }) => (patch.form === "impossible" ? [] : [entryOf(patch)])),
  });
}
