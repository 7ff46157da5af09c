/** What differs in what pods themselves ask of their sidecars, where nobody knows how these are made. */
import { isReadFromPods } from "../istio/key-place.ts";
import { injectKey } from "../istio/webhook.ts";
import { isSameQuantity } from "../kube/quantity.ts";
import type { Workload } from "../world/world.ts";
import type { Aspect, AspectKind } from "./changes.ts";
import { isSameList } from "./sidecar-aspects.ts";
import { keysThatDiffer, settingsOf } from "./sidecar-causes.ts";

/** Annotations that differ and that injectors read, whatever templates they have: each by its key, with its values. */
export function settingAspects(before: Workload, after: Workload): readonly Aspect[] {
  const [left, right] = [before.pod.annotations, after.pod.annotations];
  return keysThatDiffer(left, right)
    .filter((key) => isReadFromPods(key, "annotations") && key !== injectKey)
    .flatMap((key): readonly Aspect[] => {
      const [one = null, other = null] = [left[key], right[key]];
      const what = kindOf(key);
      return one !== null && other !== null && isSame(what, one, other)
        ? []
        : [{ what, path: key, before: one, after: other }];
    });
}

/** What a setting is about, where that is one thing. */
function kindOf(key: string): AspectKind {
  const kinds = (["image", "resources", "capture", "probes", "native", "templates"] as const).filter((kind) =>
    settingsOf[kind].test(key),
  );
  const [only, ...others] = kinds;
  return only && only !== "resources" && others.length === 0 ? only : "other";
}

function isSame(what: AspectKind, one: string, other: string): boolean {
  return what === "capture" ? isSameList(one, other) : isSameQuantity(one, other);
}
