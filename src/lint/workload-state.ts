/** What several views ask of a workload: which release judges it, and whether it is a fragment. */
import type { Workload, World } from "../world/world.ts";

/** The release that judges a workload: of the injector that is called, else the mesh's. */
export function releaseFor({ decision }: Workload, world: World): string {
  const call = decision.calls.find(({ required }) => required) ?? decision.calls[0];
  return call?.release || world.mesh.release;
}

/** A fragment, such as a patch that lies about: no container has an image. */
export function isPartial({ pod }: Workload): boolean {
  return !pod.containers.some(({ image }) => image !== "");
}
