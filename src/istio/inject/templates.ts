/** Which templates make a pod's sidecar. */
import { annotationOf, type Pod } from "./pod.ts";

export const templatesAnnotation = "inject.istio.io/templates";

/**
 * The names of the templates in the order in which they are laid over the pod: those of the annotation inject.istio.io/templates, else
 * the default ones; each alias is replaced once by what it stands for.
 */
export function chooseTemplates(
  pod: Pod,
  defaults: readonly string[],
  aliases: { readonly [name: string]: readonly string[] },
): readonly string[] {
  const asked = annotationOf(pod, templatesAnnotation)
    ?.split(",")
    .map((name) => name.trim());
  return (asked ?? defaults).flatMap((name) =>
    Object.hasOwn(aliases, name) ? (aliases[name] ?? []) : [name],
  );
}
