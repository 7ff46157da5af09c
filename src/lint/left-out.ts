/** Namespaces whose workloads get no sidecar without anybody having said so. */
import { injectionKey, injectKey, revisionKey } from "../istio/webhook.ts";
import { at } from "../kube/json.ts";
import type { NamespaceRecord, Workload, World } from "../world/world.ts";
import { injectedByHand } from "./by-hand.ts";
import { PolicyView } from "./policies.ts";
import { isPartial } from "./workload-state.ts";

const modeKey = "istio.io/dataplane-mode";

/**
 * How many workloads of a namespace no webhook takes that have no word of their own, nor of the configuration. A namespace that several
 * places describe counts once, at the first; one that any of them labels was thought of, and does not count.
 */
export function countLeftOut(world: World): ReadonlyMap<NamespaceRecord, number> {
  const places = new Map<string, NamespaceRecord>();
  const labelled = new Set<string>();
  for (const record of world.namespaces) {
    if (!places.has(record.name)) places.set(record.name, record);
    if ([injectionKey, revisionKey, modeKey].some((key) => key in record.labels)) labelled.add(record.name);
  }
  const counts = new Map<NamespaceRecord, number>();
  for (const workload of world.workloads) {
    const { name } = workload.namespace;
    const record = name === null || labelled.has(name) ? undefined : places.get(name);
    if (record && isLeftOut(workload, world)) counts.set(record, (counts.get(record) ?? 0) + 1);
  }
  return counts;
}

const ownWords = [injectKey, revisionKey, modeKey];

function isLeftOut(workload: Workload, world: World): boolean {
  const { decision, pod } = workload;
  if (decision.reason !== "no-webhook" || pod.hostNetwork) return false;
  if (ownWords.some((key) => key in pod.labels || key in pod.annotations || isOnObject(workload, key)))
    return false;
  if (isPartial(workload) || injectedByHand(workload)) return false;
  return new PolicyView(workload, world).forbidden.length === 0;
}

/** Controllers of custom kinds may copy it to pods, and on other kinds it shows what its author wants. */
function isOnObject({ value }: Workload, key: string): boolean {
  return ["labels", "annotations"].some((map) => at(value, ["metadata", map, key]) !== undefined);
}
