/** What OpenTelemetry is told of the service behind a pod (OTEL_RESOURCE_ATTRIBUTES). */
import type { Labels } from "../facts.ts";
import type { Message } from "../message.ts";
import { type Container, objectOf, objectsOf, textOf } from "./pod.ts";

const prefix = "resource.opentelemetry.io/";

/**
 * The attributes where a tracing provider of the mesh asks for OpenTelemetry's conventions, else the empty text. As istio/istio 1.30.
 */
export function otelResourceAttributes(
  mesh: Message,
  annotations: Labels,
  labels: Labels,
  namespace: string,
  containers: readonly Container[],
): string {
  const isWanted = objectsOf(mesh.extensionProviders).some(
    ({ opentelemetry }) => objectOf(opentelemetry).serviceAttributeEnrichment === "OTEL_SEMANTIC_CONVENTIONS",
  );
  if (!isWanted) return "";
  const [first] = containers;
  const written = (name: string) => ownText(annotations, prefix + name);
  const attributes = {
    "service.namespace": written("service.namespace") || namespace,
    "service.version":
      written("service.version") ||
      ownText(labels, "app.kubernetes.io/version") ||
      (first && containers.length === 1 ? versionOf(textOf(first.image)) : ""),
    "service.instance.id":
      written("service.instance.id") || (first ? `${namespace}.$(POD_NAME).${textOf(first.name)}` : ""),
  };
  return Object.entries(attributes)
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `${name}=${value}`)
    .join(",");
}

function ownText(map: Labels, key: string): string {
  return (Object.hasOwn(map, key) ? map[key] : undefined) ?? "";
}

function versionOf(image: string): string {
  const { tag, digest } = imageVersion(image);
  return [tag, digest].filter((part) => part !== "").join("@");
}

/** Tag and digest of an image such as "registry:5000/nginx:1.21@sha256:abc"; empty what it does not have. */
export function imageVersion(image: string): { readonly tag: string; readonly digest: string } {
  const at = image.indexOf("@");
  const name = at === -1 ? image : image.slice(0, at);
  const colon = name.lastIndexOf(":");
  return {
    tag: colon > name.lastIndexOf("/") ? name.slice(colon + 1) : "",
    digest: at === -1 ? "" : image.slice(at + 1),
  };
}
