/** Which pods carry a sidecar that nobody injects. */
import { sidecarState } from "../istio/sidecar-state.ts";
import type { Workload } from "../world/world.ts";

/** Whether the manifest holds a sidecar already: one that the injector left there, or one in a pod that is not injected. */
export function injectedByHand({ pod, decision }: Pick<Workload, "pod" | "decision">): boolean {
  const state = sidecarState(pod);
  return state.is === "present" && (state.by === "status" || decision.verdict === "not-injected");
}
