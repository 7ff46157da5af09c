/** The image of the proxy: <hub>/<image>:<tag>[-<type>]. */
import type { Labels } from "../facts.ts";
import type { Message } from "../message.ts";
import type { Values } from "../values.ts";
import { objectOf, textOf } from "./pod.ts";

const typeAnnotation = "sidecar.istio.io/proxyImageType";
const knownTypes = ["distroless", "debug"];

/**
 * The image's type is that of the annotation, else of the proxy configuration where that has an image at all, else the variant of the
 * values. As ProxyImage of istio/istio 1.30.
 */
export function proxyImage(values: Values, proxyConfig: Message, annotations: Labels): string {
  const { image } = proxyConfig;
  const configured = image === undefined ? values.variant : textOf(objectOf(image).imageType);
  const type = Object.hasOwn(annotations, typeAnnotation) ? (annotations[typeAnnotation] ?? "") : configured;
  return `${values.hub}/${values.image || "proxyv2"}:${tagOfType(values.tag, type)}`;
}

/** One known type at the end of the tag gives way to the type asked for; `default` asks for none. */
function tagOfType(tag: string, type: string): string {
  if (type === "") return tag;
  const known = knownTypes.find((each) => tag.endsWith(`-${each}`));
  const base = known ? tag.slice(0, -known.length - 1) : tag;
  return type === "default" ? base : `${base}-${type}`;
}
