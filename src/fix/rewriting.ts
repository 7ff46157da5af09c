/** Sidecars written into the manifests of a world, or taken out of them, as edits of their texts. */
import type { JsonObject } from "../kube/json.ts";
import type { FileProblem } from "../world/injector-files.ts";
import type { Workload, World } from "../world/world.ts";
import { type EditedFile, editFiles } from "./edited.ts";
import { type InjectedObject, injectResources, type LeftAsIs } from "./inject.ts";
import { uninjectResources } from "./uninject.ts";
import { injectionWay, type WayOptions } from "./way.ts";

/** How workloads are injected; see `inject`. */
export type InjectOptions = WayOptions;

/** Files as they become, and what is worth knowing of the workloads that stay as they are. Nothing has been written. */
export interface Rewriting {
  readonly files: readonly EditedFile[];
  /** The workloads that change. */
  readonly workloads: readonly {
    readonly before: JsonObject;
    readonly after: JsonObject;
    /** Whether istiod would give it a native sidecar on some clusters, and it has an ordinary one now. */
    readonly isNativeOpen?: boolean;
  }[];
  readonly left: readonly LeftAsIs[];
  /** What keeps everything from being changed: then there are no files. */
  readonly problems: readonly FileProblem[];
}

/**
 * Writes the sidecar into the manifests of a scan, as edits of their texts: `by: "gates"` into those that the cluster would inject,
 * `by: "command"` into all, as `istioctl kube-inject` does. Pure; a second time it changes nothing.
 */
export function inject({ world }: { readonly world: World }, options: InjectOptions): Rewriting {
  const reading = injectionWay(world, options);
  if (!reading.ok) return { ...nothing, problems: reading.problems };
  const { objects, left, problems } = injectResources(written(world), reading.way);
  return rewritten(objects, left, problems);
}

/** Takes the sidecars out of the manifests of a scan again; `left` says what injection did not record. Pure. */
export function uninject({ world }: { readonly world: World }): Rewriting {
  const { objects, unrecorded, problems } = uninjectResources({ ...world, workloads: written(world) });
  return rewritten(objects, unrecorded, problems);
}

const nothing: Rewriting = { files: [], workloads: [], left: [], problems: [] };

function rewritten(
  workloads: readonly InjectedObject[],
  left: readonly LeftAsIs[],
  problems: readonly FileProblem[],
): Rewriting {
  if (problems.length > 0) return { ...nothing, problems };
  const edited = editFiles(workloads);
  if (edited.problems.length > 0) return { ...nothing, problems: edited.problems };
  return { files: edited.files, workloads, left, problems: [] };
}

/** The workloads that files hold: what helm and kustomize made has none that could be changed. */
function written({ workloads }: World): readonly Workload[] {
  return workloads.some(({ isRendered }) => isRendered)
    ? workloads.filter(({ isRendered }) => !isRendered)
    : workloads;
}
