/** Objects as the plain files bring them into a cluster that they stand in. */
import { locateIn, placeText } from "./resource.ts";
import type { Placed, Resource } from "./world.ts";

/** An object as it stands in its file, brought by no kustomization. */
export function placedAlone(resource: Resource): Placed {
  const locate: Placed["locate"] = (path, part) => locateIn(resource, path, part);
  const { value, name, namespace } = resource;
  return {
    resource,
    value,
    name,
    root: null,
    namespace,
    get namespaceOrigin() {
      const location = namespace === null ? undefined : locate(["metadata", "namespace"]);
      return location && { text: placeText(location), location };
    },
    locate,
    sourceOf: (path) => ({ document: resource.document, path: [...resource.path, ...path] }),
  };
}
