/** What of an object is not known although it is written: variables that Flux fills in, and what is changed by something that is not run. */
import type { PodFacts } from "../istio/facts.ts";
import type { OpenValue } from "../istio/open-values.ts";
import { injectKey } from "../istio/webhook.ts";
import type { Json } from "../kube/json.ts";
import { isLeftAlone } from "./delivery/substitute.ts";
import type { Delivery } from "./delivery.ts";
import type { Placed } from "./world.ts";

const none: readonly OpenValue[] = [];

/** Whether a text that Flux delivers waits for a variable whose value the repository does not show. */
export function isWaiting(text: string, delivery: Pick<Delivery, "by"> | undefined): boolean {
  return delivery?.by === "flux" && text.includes("${");
}

/** The values of a pod template that decide on injection, or may, and are not known. */
export function openValuesOf(
  { delivery, changedBy, value }: Placed,
  { labels, annotations }: PodFacts,
  hostNetwork: Json | undefined,
): readonly OpenValue[] {
  if (changedBy !== undefined) return [{ path: [], says: changedBy }];
  if (delivery?.by !== "flux") return none;
  const open: OpenValue[] = [];
  const add = (text: Json | undefined, path: OpenValue["path"]) => {
    if (typeof text === "string" && isWaiting(text, delivery))
      open.push({ path, says: `Nothing says what Flux fills in for ${text}` });
  };
  for (const [key, text] of Object.entries(labels)) add(text, ["metadata", "labels", key]);
  add(annotations[injectKey], ["metadata", "annotations", injectKey]);
  add(hostNetwork, ["spec", "hostNetwork"]);
  return open.length > 0 && isLeftAlone(value) ? none : open;
}
