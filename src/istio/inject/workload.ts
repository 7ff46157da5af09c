/** Injection into the pod template of a workload, as istiod does it for the pods that the workload's controller makes. */
import { decode } from "../../kube/decode.ts";
import type { Json } from "../../kube/json.ts";
import type { Labels } from "../facts.ts";
import { knownSpec } from "./known-fields.ts";
import type { Owner } from "./owner.ts";
import type { Injection } from "./pipeline.ts";
import { metadataOf, objectOf, type Pod, textOf, withMetadata } from "./pod.ts";
import { type Istiod, injectAdmitted } from "./webhook.ts";

/** A pod template and the workload it belongs to. */
export interface TemplateSource {
  /** The workload; its namespace is empty where nobody names one. */
  readonly owner: Owner;
  /** Metadata and spec of the pod as parsed; of a Pod the whole object. */
  readonly template: Json;
  /** The annotations of the Namespace, which hold the user ids of OpenShift. */
  readonly namespaceAnnotations?: Labels;
}

export type TemplateInjection =
  | {
      readonly ok: true;
      /** The template as Kubernetes reads it, before and after. */
      readonly before: Pod;
      readonly after: Pod;
      /** The rendered templates alone: what was injected. */
      readonly rendered: Pod;
      readonly templates: readonly string[];
    }
  | (Injection & { readonly ok: false });

/**
 * Injects into a pod template whatever the gates say: default templates, aliases and injected annotations of the injector count, as they
 * do at admission. As istio/istio 1.30 does it for a pod whose owners lead to the workload.
 */
export function injectTemplate(istiod: Istiod, source: TemplateSource): TemplateInjection {
  const typed = decode("Pod", source.template, { via: "json" });
  if (!typed.ok) {
    const [first] = typed.errors;
    const message = `${first?.path.join(".") ?? ""} ${first?.message ?? ""}`.trim();
    return { ok: false, errors: [{ stage: "object", message, ...(first && { path: first.path }) }] };
  }
  const before: Pod = { metadata: metadataOf(typed.value), spec: objectOf(typed.value.spec) };
  const { owner } = source;
  const name = owner.kind === "Pod" ? textOf(metadataOf(before).name) : "";
  const sent = withMetadata(before, { namespace: owner.namespace, name });
  const pod = { ...sent, spec: knownSpec(objectOf(sent.spec), istiod.facts) };
  const injection = injectAdmitted(istiod, {
    pod,
    owner,
    variables: {},
    namespaceAnnotations: source.namespaceAnnotations ?? {},
  });
  if (!injection.ok) return injection;
  const { rendered, templates } = injection;
  return { ok: true, before, after: named(injection.pod, before), rendered, templates };
}

/** The pod with the name and namespace that its template has. */
function named(pod: Pod, { metadata: written }: Pod): Pod {
  const { name: _, namespace: __, ...metadata } = metadataOf(pod);
  const { name, namespace } = objectOf(written);
  return {
    spec: objectOf(pod.spec),
    metadata: {
      ...(name === undefined ? {} : { name }),
      ...(namespace === undefined ? {} : { namespace }),
      ...metadata,
    },
  };
}
