/** Why no pod can be created of a template that is injected, and where the fault stands. */
import { type InvalidAnnotation, invalidAnnotations } from "../istio/annotations.ts";
import type { Path } from "../istio/facts.ts";
import type { InjectionError } from "../istio/inject/pipeline.ts";
import { templatesAnnotation } from "../istio/inject/templates.ts";
import { injectTemplate, type TemplateSource } from "../istio/inject/workload.ts";
import { requestAboveLimit, type Sidecar } from "../istio/sidecar.ts";
import { at, isObject, type Json } from "../kube/json.ts";
import { templateOrigin } from "./istiods.ts";
import type { ReadableIstiod } from "./sidecar.ts";
import type { Origin, Workload } from "./world.ts";

/** A fault, by whoever refuses the pod for it. */
export interface Refusal {
  readonly by: "injector" | "api-server";
  /** What is wrong, in words for people. */
  readonly message: string;
  readonly origin: Origin;
  /** The annotation without which the injection would succeed, where it breaks what a template renders. */
  readonly breaking?: string;
}

/** Why the injector fails, with the annotation that is at fault wherever there is one. */
export function refusalsOf(
  errors: readonly InjectionError[],
  reading: ReadableIstiod,
  workload: Workload,
  source: TemplateSource,
): readonly Refusal[] {
  const { istiod } = reading;
  if (errors.some(({ stage }) => stage === "annotations")) {
    return invalidAnnotations(workload.pod.annotations, istiod.facts, istiod.readYaml).map((one) => ({
      by: "injector",
      message: `${one.annotation} ${one.message}`,
      origin: originOfAnnotation(workload, one),
    }));
  }
  return errors.map((error): Refusal => {
    const { message, annotation, template } = error;
    const { bare, templates } = istiod.injector;
    const isUnknown = template !== undefined && !bare && !templates.has(template);
    const breaking = isUnknown ? undefined : (annotation ?? breakingAnnotation(reading, workload, source));
    const asked = breaking ?? (isUnknown && isChosen(workload) ? templatesAnnotation : undefined);
    const origin =
      asked === undefined
        ? template === undefined
          ? reading.origins.config.originOf([])
          : templateOrigin(reading, template)
        : workload.originOf({ of: "pod", path: ["metadata", "annotations", asked] });
    return { by: "injector", message, origin, ...(breaking !== undefined && { breaking }) };
  });
}

/** Whether it is the pod that asks for templates. */
function isChosen({ pod }: Workload): boolean {
  return Object.hasOwn(pod.annotations, templatesAnnotation);
}

/** More annotations than a pod has for Istio; each is an injection. */
const mostTries = 20;

/** The annotation without which the injection succeeds: templates put values into YAML as they are. */
export function breakingAnnotation(
  { istiod }: Pick<ReadableIstiod, "istiod">,
  { pod }: Pick<Workload, "pod">,
  source: TemplateSource,
): string | undefined {
  return Object.keys(pod.annotations)
    .filter((key) => key.includes("istio.io/"))
    .slice(0, mostTries)
    .find((key) => injectTemplate(istiod, { ...source, template: without(source.template, key) }).ok);
}

function without(template: Json, key: string): Json {
  const metadata = at(template, ["metadata"]);
  const annotations = at(metadata, ["annotations"]);
  if (!isObject(template) || !isObject(metadata) || !isObject(annotations)) return template;
  const { [key]: _, ...others } = annotations;
  return { ...template, metadata: { ...metadata, annotations: others } };
}

function originOfAnnotation(workload: Workload, { annotation, path }: InvalidAnnotation): Origin {
  const below: Path = ["metadata", "annotations", annotation, ...path];
  return workload.originOf({ of: "pod", path: below });
}

/** What the API server refuses of an injected pod. */
export function refusalsByServer(sidecar: Sidecar, workload: Workload): readonly Refusal[] {
  const above = requestAboveLimit(sidecar);
  if (!above) return [];
  const { resource, request, limit } = above;
  const title = resource === "cpu" ? "CPU" : resource;
  return [
    {
      by: "api-server",
      message: `the sidecar requests ${title} ${request.value} and is limited to ${limit.value}`,
      origin: workload.originOf({ of: "pod", path: placeOf(above) }),
    },
  ];
}

/** Where the pod sets the request, else the limit; the pod where it sets neither. */
function placeOf({ resource, request, limit }: NonNullable<ReturnType<typeof requestAboveLimit>>): Path {
  for (const [kind, set] of [
    ["requests", request],
    ["limits", limit],
  ] as const) {
    if (set.from === "annotation") return ["metadata", "annotations", set.annotation];
    if (set.from === "container") return ["spec", set.list, set.index, "resources", kind, resource];
  }
  return [];
}
