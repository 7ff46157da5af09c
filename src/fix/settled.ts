/** Whether an object holds the sidecar that it would be given: a second injection may order things anew, and loses the user's own settings. */
import { typedWorkload } from "../istio/inject/command.ts";
import { uninject } from "../istio/inject/uninject.ts";
import type { JsonObject } from "../kube/json.ts";
import type { WorkloadKind } from "../kube/workload.ts";
import { isSame } from "./same.ts";

/**
 * Whether an object was injected before and is what injection makes of its original.
 * @param kinds kinds that carry pod templates besides the built-in ones
 * @param inject what injection makes of an original; undefined where it makes nothing of it
 */
export function isSettled(
  object: JsonObject,
  kinds: readonly WorkloadKind[],
  inject: (original: JsonObject) => JsonObject | undefined,
): boolean {
  const original = uninject(object, { kinds });
  if (!original.ok || original.was === "untouched") return false;
  const again = inject(original.object);
  return again !== undefined && isSame(typedWorkload(object, kinds), typedWorkload(again, kinds));
}
