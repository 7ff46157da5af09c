/** The plain facts that decide on injection: what a pod, its namespace, the webhooks and the injectors say. */
import type { JsonObject } from "../kube/json.ts";

export type Labels = { readonly [key: string]: string };
export type Path = readonly (string | number)[];

/** The part of a pod template that admission looks at. */
export interface PodFacts {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly hostNetwork: boolean;
  /** Names and images of `spec.containers` and `spec.initContainers`, in order. */
  readonly containers: readonly ContainerFacts[];
  readonly initContainers: readonly ContainerFacts[];
}

export interface ContainerFacts {
  readonly name: string;
  readonly image: string;
  /** The container as written, for resources, ports and security context. */
  readonly spec: JsonObject;
}

/** What is known of a workload's namespace. */
export interface NamespaceFacts {
  /** null: the repository does not say which namespace the workload goes to. */
  readonly name: string | null;
  /** null: nothing is known of its labels. Several entries: sources disagree, each is possible. Never empty. */
  readonly labels: readonly Labels[] | null;
}

/** A label selector as written (metav1.LabelSelector); undefined matches everything where a webhook uses it. */
export type Selector = JsonObject | undefined;

/** One webhook of a MutatingWebhookConfiguration that could inject sidecars into pods. */
export interface Webhook {
  readonly configuration: string;
  readonly name: string;
  /** Position in the configuration's `webhooks`. */
  readonly index: number;
  readonly namespaceSelector: Selector;
  readonly objectSelector: Selector;
  /** Whether its rules cover the creation of pods at all. */
  readonly coversPods: boolean;
  /** The revision of the istiod that it calls. */
  readonly revision: string;
  /** The revision or tag that it answers to. */
  readonly answersTo: string;
  /** Whether it has `matchConditions`, CEL that may keep the API server from calling it. */
  readonly conditional?: boolean;
  /** false: a stock webhook that we assumed. */
  readonly written: boolean;
}

/** The injector's own configuration: gate 2, for one revision. */
export interface Injector {
  readonly revision: string;
  /** The release of its istiod, such as "1.30.3" or "1.26". */
  readonly release: string;
  /** As YAML reads it: `policy: off` is the boolean false. */
  readonly policy: string | boolean | number | null;
  readonly neverInjectSelector: readonly Selector[];
  readonly alwaysInjectSelector: readonly Selector[];
  /** `values.global.proxy.resources`, when known. */
  readonly proxyResources: JsonObject | undefined;
  /** "namespace/name" of its ConfigMap; null when it is assumed. */
  readonly configMap: string | null;
  /** Whether the ConfigMap's `config` cannot be read: policy and selectors are a stock install's then, and may be others. */
  readonly unreadable?: boolean;
  /** Whether the ConfigMap's `values` cannot be read: what the sidecar requests and is limited to is not known then. */
  readonly valuesUnreadable?: boolean;
}

/** Everything about the mesh that admission depends on. */
export interface Mesh {
  /** The release the repository as a whole is judged by. */
  readonly release: string;
  /** In the order in which the API server calls them: configurations by name, then as listed. */
  readonly webhooks: readonly Webhook[];
  readonly injectors: readonly Injector[];
  /** Whether further revisions may run: the webhooks are assumed, or some of those that exist are known to be missing. */
  readonly revisionsAssumed?: boolean;
}
