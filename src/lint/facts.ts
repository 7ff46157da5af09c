/** Facts by which checks pass over workloads: a word each, worked out without evaluating an expression. */
import type { ContainerFacts } from "../istio/facts.ts";
import { at, type Json } from "../kube/json.ts";
import type { PodView } from "./pod-view.ts";
import type { Fact } from "./rule.ts";
import type { DecisionView, NamespaceView, WorkloadView } from "./views.ts";

/** What facts are worked out from. */
export interface FactSources {
  readonly workload: WorkloadView;
  readonly pod: PodView;
  readonly decision: DecisionView;
}

/** A fact: what it says of a workload, and whether it holds. */
export interface FactDefinition {
  readonly means: string;
  readonly holds: (sources: FactSources) => boolean;
}

/** Every fact by its word. */
export const facts: Readonly<Record<Fact, FactDefinition>> = {
  "image-auto": {
    means: "A container has the image `auto`.",
    holds: ({ pod }) => pod.someContainer(({ image }) => image === "auto"),
  },
  "invalid-annotations": {
    means: "`pod.invalidAnnotations` has entries.",
    holds: ({ pod }) => pod.invalidAnnotations.length > 0,
  },
  misplaced: {
    means: "`workload.misplaced` has entries.",
    holds: ({ workload }) => workload.misplaced.length > 0,
  },
  misspelled: {
    means: "`pod.misspelled` or `ns.misspelled` has entries.",
    holds: ({ pod }) => pod.misspelled.length > 0,
  },
  "non-strings": {
    means: "`pod.nonStrings`, `workload.nonStrings` or `ns.nonStrings` has entries.",
    holds: ({ workload, pod }) => pod.nonStrings.length > 0 || workload.nonStrings.length > 0,
  },
  "proxy-user": {
    means: "The pod or a container runs as user 1337.",
    holds: ({ pod }) => pod.runsAs(1337n),
  },
  "several-revisions": {
    means: "`decision.injectedBy` names more than one revision.",
    holds: ({ decision }) => decision.injectedBy.length > 1,
  },
  "sidecar-ports": {
    means: "A container lists a port from 15000 to 15099.",
    holds: ({ pod }) => pod.someContainer(listsSidecarPort),
  },
  stray: {
    means: "`pod.strays`, `workload.strays` or `ns.strays` has entries.",
    holds: ({ workload, pod }) => pod.strays.length > 0 || workload.strays.length > 0,
  },
  unknown: {
    means: "The verdict is unknown.",
    holds: ({ decision }) => decision.verdict === "unknown",
  },
};

/** The facts that are known of namespaces; any other one counts as if it held. */
export const namespaceFacts: { readonly [fact in Fact]?: (ns: NamespaceView) => boolean } = {
  misspelled: (ns) => ns.misspelled.length > 0,
  "non-strings": (ns) => ns.nonStrings.length > 0,
  stray: (ns) => ns.strays.length > 0,
};

function listsSidecarPort({ spec }: ContainerFacts): boolean {
  return Array.isArray(spec.ports) && spec.ports.some(isSidecarPort);
}

function isSidecarPort(port: Json): boolean {
  const number = at(port, ["containerPort"]);
  if (typeof number !== "number" && typeof number !== "bigint") return false;
  return number >= 15000 && number <= 15099;
}
