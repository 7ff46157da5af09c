/** The answer to the question whether a pod gets a sidecar, with the way that led there: types alone. */
import type { Labels, Path } from "./facts.ts";

/** `refused`: a webhook that would be asked has an invalid selector, so the API server refuses the pod. */
export type Verdict = "injected" | "not-injected" | "refused" | "unknown";

export type Reason =
  | "no-webhook"
  | "selector-invalid"
  | "host-network"
  | "ignored-namespace"
  | "inject-true"
  | "inject-false"
  | "never-selector"
  | "always-selector"
  | "policy-enabled"
  | "policy-disabled"
  | "policy-illegal"
  | "namespace-unknown"
  | "namespace-labels-unknown"
  | "namespace-labels-differ"
  | "revision-unknown"
  | "conditions-unknown"
  | "injector-unreadable"
  | "pod-unknown";

/**
 * What a step looked at; the world turns it into a location. Paths start at the pod template, at the Namespace object, at
 * the webhook in its configuration, and at the injector's `config`.
 */
export type Place =
  | { readonly of: "pod"; readonly path: Path }
  /** `nth`: by which of the sets of labels that are given for the namespace; the first when absent. */
  | { readonly of: "namespace"; readonly path: Path; readonly nth?: number }
  | { readonly of: "webhook"; readonly configuration: string; readonly index: number; readonly path: Path }
  /** `path`: in its configuration, or below `values`. */
  | { readonly of: "injector"; readonly revision: string; readonly path: Path }
  | { readonly of: "release"; readonly release: string };

/** One check of the trace. */
export interface Step {
  readonly gate: "namespace" | "webhook" | "policy";
  /** `passed`: looked at, decides nothing. */
  readonly outcome: "open" | "shut" | "passed";
  /** A plain sentence without a final full stop: what was looked at and what it said. */
  readonly says: string;
  /** The webhook, or the revision of the injector, that the step is about; `says` starts with it. */
  readonly subject?: string;
  readonly place: Place;
}

/** One webhook that the API server calls for the pod, and what the injector behind it answers. */
export interface Call {
  readonly configuration: string;
  readonly webhook: string;
  readonly revision: string;
  /** "namespace/name" of the ConfigMap, null when assumed. */
  readonly injector: string | null;
  readonly release: string;
  readonly required: boolean;
  readonly reason: Reason;
  /** What istiod would log: `warn: …`, `error: …`. */
  readonly logs: readonly string[];
}

/** The answer for one state of the namespace, or of the mesh. */
export interface Possibility {
  /**
   * Names the case: "unlabelled", "istio-injection=enabled", "istio.io/rev=other", the labels of a known Namespace,
   * whether a revision is installed, whether matchConditions hold, or what a policy may be; several joined by commas.
   */
  readonly when: string;
  readonly labels: Labels;
  readonly verdict: Exclude<Verdict, "unknown">;
  readonly reason: Reason;
  readonly revision: string | null;
  /** The first webhook that matches. */
  readonly webhook: string | null;
}

export interface Decision {
  readonly verdict: Verdict;
  /** Of the first call that injects; if none injects, of the first call. For an unknown verdict, what it hinges on. */
  readonly reason: Reason;
  readonly revision: string | null;
  /** The revisions that inject; two of them are a double injection. */
  readonly injectedBy: readonly string[];
  readonly calls: readonly Call[];
  readonly steps: readonly Step[];
  /** For a `no`: what would open the gate, as a sentence; undefined when nothing the user writes would. */
  readonly remedy: string | undefined;
  /** Every case that was considered when the namespace or its revision is not known for certain; else one entry. */
  readonly possibilities: readonly Possibility[];
  /** The revisions that nobody shows and that the answer, if only its reason, depends on; empty for most. */
  readonly revisionsInDoubt: readonly string[];
  /** Whether the pod is captured by the ambient mesh when it has no sidecar. */
  readonly ambient: boolean;
}
