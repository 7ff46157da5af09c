/** What several views ask of a workload: which release judges it, and whether it is a fragment. */
import type { Workload, World } from "../world/world.ts";

/** The release that judges a workload: of the injector that is called, else the mesh's. */
export function releaseFor({ decision }: Workload, world: World): string {
  const call = decision.calls.find(({ required }) => required) ?? decision.calls[0];
  return call?.release || world.mesh.release;
}

/** A fragment, such as a patch that lies about: no container has an image. What values say of a pod is meant for one that is whole. */
export function isPartial({ pod, isValues }: Workload): boolean {
  return isValues !== true && !pod.containers.some(({ image }) => image !== "");
}
