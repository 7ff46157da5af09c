/** Objects as a delivery brings them: with its namespace, its metadata and its variables. */
import { at, isObject, type JsonObject } from "../../kube/json.ts";
import type { Path } from "../../source/node.ts";
import type { Delivery } from "../delivery.ts";
import { isClusterScoped } from "../kustomize/draft.ts";
import { locationOfSource } from "../kustomize/kustomization.ts";
import { scalarText } from "../resource.ts";
import type { Placed, Source } from "../world.ts";
import type { CommonMetadata, Plan } from "./order.ts";

/**
 * An object of a build, or of a file, as its delivery brings it into the cluster.
 * @param doubt why the delivery may bring something else, as a sentence
 */
export function arriving(
  one: Placed,
  delivery: Delivery,
  { metadata, substitute }: Plan,
  doubt?: string,
): Placed {
  const described = metadata ? withMetadata(one.value, metadata) : one.value;
  const value = substitute ? substitute(described) : described;
  const written = scalarText(at(value, ["metadata", "namespace"])) || null;
  const target = delivery.namespace;
  const { apiVersion, kind } = one.resource;
  const isFilled = written === null && target?.how === "fills-in" && !isClusterScoped(apiVersion, kind);
  const namespace = isFilled ? target.name : written;
  const changedBy = one.changedBy ?? doubt;
  const sourceOf = (path: Path): Source => addedBy(metadata, path) ?? one.sourceOf(path);
  return {
    resource: one.resource,
    value,
    name: scalarText(at(value, ["metadata", "name"])) || one.name,
    root: one.root,
    namespace,
    get namespaceOrigin() {
      if (namespace === null) return undefined;
      return isFilled || (target && isSetBy(delivery, one)) ? target?.origin : one.namespaceOrigin;
    },
    delivery,
    ...(one.isRendered && { isRendered: true }),
    ...(changedBy !== undefined && { changedBy }),
    locate(path, part) {
      const added = addedBy(metadata, path);
      return added ? locationOfSource(added) : one.locate(path, part);
    },
    sourceOf,
  };
}

/** Whether the namespace of an object was set by the delivery, in place of its own. */
function isSetBy({ placed, namespace }: Delivery, one: Placed): boolean {
  if (namespace?.how !== "overrides") return false;
  return one.sourceOf(["metadata", "namespace"]).document === placed.resource.document;
}

function withMetadata(value: JsonObject, { labels, annotations }: CommonMetadata): JsonObject {
  const metadata = isObject(value.metadata) ? value.metadata : {};
  const over = (name: string, pairs: Readonly<Record<string, string>>) => {
    const own = metadata[name];
    return Object.keys(pairs).length === 0
      ? undefined
      : { [name]: { ...(isObject(own) ? own : {}), ...pairs } };
  };
  return {
    ...value,
    metadata: { ...metadata, ...over("labels", labels), ...over("annotations", annotations) },
  };
}

/** Where the metadata of a delivery says what stands at a path of an object. */
function addedBy(metadata: CommonMetadata | undefined, [first, map, key]: Path): Source | undefined {
  if (!metadata || first !== "metadata" || typeof key !== "string") return undefined;
  if (map !== "labels" && map !== "annotations") return undefined;
  if (!Object.hasOwn(metadata[map], key)) return undefined;
  return { document: metadata.source.document, path: [...metadata.source.path, map, key] };
}
