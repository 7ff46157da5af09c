/** Injection as the webhook of istiod does it for a pod that is about to be created. */
import type { ReadYaml } from "../annotations.ts";
import type { Labels, PodFacts } from "../facts.ts";
import { injectBare } from "../legacy/inject.ts";
import { effectiveProxyConfig } from "../mesh-config.ts";
import type { Message } from "../message.ts";
import { askPolicy, type PolicyAnswer } from "../policy.ts";
import type { ReleaseFacts } from "../releases.ts";
import type { Values } from "../values.ts";
import { parseInjectPath } from "./cluster.ts";
import type { Injector } from "./injector.ts";
import { knownSpec } from "./known-fields.ts";
import { proxyIds, resetProxyUser } from "./openshift.ts";
import { type Owner, ownerOf } from "./owner.ts";
import { type Injection, injectPod } from "./pipeline.ts";
import {
  annotationOf,
  annotationsOf,
  labelsOf,
  metadataOf,
  objectOf,
  type Pod,
  textOf,
  withMetadata,
} from "./pod.ts";
import type { TemplateWatch } from "./render.ts";

/** What an istiod is configured with. */
export interface Istiod {
  readonly injector: Injector;
  readonly mesh: Message;
  readonly values: Values;
  readonly revision: string;
  /** Whether native sidecars are used where the pod does not say. */
  readonly native: boolean;
  readonly platform: "" | "openshift";
  readonly compliancePolicy: string;
  readonly facts: ReleaseFacts;
  readonly readYaml: ReadYaml;
  /** Told of what templates do. */
  readonly watch?: TemplateWatch;
}

/** The request of the API server. */
export interface Admission {
  /** The pod as `decode` of src/kube gives it. */
  readonly pod: Pod;
  readonly namespace: string;
  /** The path of the webhook's URL, "/inject" and what follows. */
  readonly path: string;
  /** The annotations of the Namespace, for OpenShift. */
  readonly namespaceAnnotations: Labels;
}

export type Answer = Injection | { readonly ok: true; readonly skipped: PolicyAnswer };

/** Injects into a pod if the policy says so; the pod that comes back is the one that the API server then has. */
export function injectAtAdmission(istiod: Istiod, admission: Admission): Answer {
  const own = textOf(metadataOf(admission.pod).namespace);
  const namespace = own || admission.namespace;
  const sent = withMetadata(admission.pod, { namespace });
  const pod = { ...sent, spec: knownSpec(objectOf(sent.spec), istiod.facts) };
  const policy = askPolicy(factsOf(pod), namespace, istiod.injector.policy);
  if (!policy.required) return { ok: true, skipped: policy };
  const injection = injectAdmitted(istiod, {
    pod,
    owner: ownerOf(pod),
    variables: parseInjectPath(admission.path),
    namespaceAnnotations: admission.namespaceAnnotations,
  });
  if (!injection.ok || own !== "") return injection;
  const { namespace: _, ...metadata } = metadataOf(injection.pod);
  return { ...injection, pod: { ...injection.pod, metadata } };
}

/** A pod that the policy lets through, with what the request says of it. */
export interface Admitted {
  readonly pod: Pod;
  readonly owner: Owner;
  /** The environment that the webhook's URL gives. */
  readonly variables: Labels;
  /** The annotations of the Namespace, for OpenShift. */
  readonly namespaceAnnotations: Labels;
}

/** The injection itself, with the configuration that a pod's own annotation gives and the users of OpenShift. */
export function injectAdmitted(
  istiod: Istiod,
  { pod, owner, variables, namespaceAnnotations }: Admitted,
): Injection {
  const text = annotationOf(pod, "proxy.istio.io/config");
  const config = text === undefined ? undefined : istiod.readYaml(text);
  const isOpenShift = istiod.platform === "openshift";
  const { bareInjection } = istiod.facts;
  const { bare, injectedAnnotations } = istiod.injector;
  if (bare && bareInjection !== null)
    return injectBare({
      ...istiod,
      pod,
      owner,
      proxyConfig: effectiveProxyConfig(istiod.mesh, config?.ok ? config.value : undefined, istiod.facts),
      variables,
      ids: proxyIds({}),
      template: bare,
      injectedAnnotations,
      release: bareInjection,
      by: "webhook",
      ownMesh: istiod.mesh,
    });
  return injectPod({
    ...istiod,
    pod: isOpenShift ? resetProxyUser(pod) : pod,
    owner,
    proxyConfig: effectiveProxyConfig(istiod.mesh, config?.ok ? config.value : undefined, istiod.facts),
    variables,
    ids: proxyIds(isOpenShift ? namespaceAnnotations : {}),
  });
}

/** What the policy looks at. */
export function factsOf(pod: Pod): PodFacts {
  return {
    labels: labelsOf(pod),
    annotations: annotationsOf(pod),
    hostNetwork: objectOf(pod.spec).hostNetwork === true,
    containers: [],
    initContainers: [],
  };
}
