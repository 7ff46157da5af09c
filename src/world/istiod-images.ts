/** The images that the repository's Deployments of an istiod run, which say of which release it is. */
import { defaultRevision } from "../istio/webhook.ts";
import { at, type Json } from "../kube/json.ts";
import type { Placed } from "./world.ts";

/** Whether an object may be the Deployment of an istiod. */
export function isIstiod({ resource, name }: Placed): boolean {
  return resource.kind === "Deployment" && (name === "istiod" || name.startsWith("istiod-"));
}

/**
 * The images of the istiod of a revision: of the Deployments that are built with the ConfigMap of its injector, else of all that go to its
 * namespace.
 */
export function istiodImages(
  istiods: readonly Placed[],
  configMap: Placed,
  revision: string,
): readonly string[] {
  const wanted = revision === defaultRevision ? "istiod" : `istiod-${revision}`;
  const namespace = namespaceOf(configMap);
  const all = istiods.filter((one) => one.name === wanted && namespaceOf(one) === namespace);
  const beside = all.filter(({ root }) => root === configMap.root);
  return (beside.length > 0 ? beside : all).flatMap(({ value }) => {
    const containers = at(value, ["spec", "template", "spec", "containers"]);
    const discovery = Array.isArray(containers)
      ? containers.find((one: Json) => at(one, ["name"]) === "discovery")
      : undefined;
    const image = at(discovery, ["image"]);
    return typeof image === "string" ? [image] : [];
  });
}

function namespaceOf({ namespace }: Placed): string {
  return namespace ?? "istio-system";
}
