/** Patches that bring the sidecar into what a kustomization builds. */
import { patchFor } from "../kube/merge-patch.ts";
import { writeYaml } from "../source/write-yaml.ts";
import type { InjectedObject } from "./inject.ts";

export function patchesOf(objects: readonly InjectedObject[]): string {
  return objects.map(({ before, after }) => writeYaml(patchFor(before, after))).join("---\n");
}
