/** How many workloads of each namespace get no sidecar without anybody having said so. */
import { injectKey, revisionKey } from "../istio/webhook.ts";
import { at } from "../kube/json.ts";
import type { Workload, World } from "../world/world.ts";
import { injectedByHand } from "./by-hand.ts";
import { PolicyView } from "./policies.ts";
import { isPartial } from "./workload-state.ts";

/** Workloads without a word of their own, or of the configuration, that no webhook takes, by the name of their namespace. */
export function countLeftOut(world: World): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const workload of world.workloads) {
    const { namespace, decision, pod } = workload;
    if (namespace.name === null || decision.reason !== "no-webhook" || pod.hostNetwork) continue;
    if (ownWords.some((key) => key in pod.labels || key in pod.annotations)) continue;
    if (ownWords.some((key) => isOnObject(workload, key)) || isPartial(workload) || injectedByHand(workload))
      continue;
    if (new PolicyView(workload, world).forbidden.length > 0) continue;
    counts.set(namespace.name, (counts.get(namespace.name) ?? 0) + 1);
  }
  return counts;
}

/** Controllers of custom kinds may copy it to pods, and on other kinds it shows what its author wants. */
function isOnObject({ value }: Workload, key: string): boolean {
  return ["labels", "annotations"].some((map) => at(value, ["metadata", map, key]) !== undefined);
}

const ownWords = [injectKey, revisionKey, "istio.io/dataplane-mode"];
