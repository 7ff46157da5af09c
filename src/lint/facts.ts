/** Facts by which checks pass over workloads: a word each, worked out without evaluating an expression. */
import type { ContainerFacts } from "../istio/facts.ts";
import { at, type Json } from "../kube/json.ts";
import type { PodView } from "./pod-view.ts";
import type { PolicyView } from "./policies.ts";
import type { ProxyView } from "./proxy.ts";
import type { Fact } from "./rule.ts";
import type { DecisionView, NamespaceView, WorkloadView } from "./views.ts";

/** What facts are worked out from. */
export interface FactSources {
  readonly workload: WorkloadView;
  readonly pod: PodView;
  readonly decision: DecisionView;
  readonly proxy: ProxyView;
  readonly policy: PolicyView;
}

/** A fact: what it says of a workload, and whether it holds. */
export interface FactDefinition {
  readonly means: string;
  readonly holds: (sources: FactSources) => boolean;
}

/** Every fact by its word. */
export const facts: Readonly<Record<Fact, FactDefinition>> = {
  "by-hand": {
    means: "`workload.byHand` has an entry.",
    holds: ({ workload }) => workload.byHand.length > 0,
  },
  "dns-policy": {
    means: "The pod has a dnsPolicy of its own.",
    holds: ({ pod }) => pod.hasOwn("dnsPolicy"),
  },
  forbidden: {
    means: "`policy.forbidden` has entries.",
    holds: ({ policy }) => policy.forbidden.length > 0,
  },
  "image-auto": {
    means: "A container has the image `auto`.",
    holds: ({ pod }) => pod.someContainer(({ image }) => image === "auto"),
  },
  "invalid-annotations": {
    means: "`pod.invalidAnnotations` has entries.",
    holds: ({ pod }) => pod.invalidAnnotations.length > 0,
  },
  "init-containers": {
    means: "The pod has init containers.",
    holds: ({ workload }) => workload.workload.pod.initContainers.length > 0,
  },
  "install-capture": {
    means: "The install of Istio, not the pod, may keep the sidecar from traffic.",
    holds: ({ decision, proxy }) => decision.mayInject && proxy.capturesByInstall,
  },
  job: {
    means: "It is a Job or a CronJob.",
    holds: ({ workload: { kind } }) => kind === "Job" || kind === "CronJob",
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
  "odd-annotations": {
    means: "An annotation of Istio's holds what is not plain text: quotes, braces, line breaks; JSON aside.",
    holds: ({ pod }) => hasOddAnnotation(pod.workload.pod.annotations),
  },
  "outdated-annotations": {
    means: "`pod.outdated` has entries.",
    holds: ({ pod }) => pod.outdated.length > 0,
  },
  "proxy-user": {
    means: "The pod or a container runs as the user or the group of the sidecar that it may get.",
    holds: ({ decision, pod, proxy }) =>
      decision.mayInject &&
      ((pod.namesUser && proxy.users.some((user) => pod.runsAs(user))) ||
        pod.runsAsGroup(() => proxy.groups)),
  },
  rendered: {
    means: "The sidecar is not one of the stock template alone, so that what is known of it is rendered.",
    holds: ({ decision, proxy }) => decision.mayInject && proxy.rendered,
  },
  required: {
    means: "`policy.required` has entries.",
    holds: ({ policy }) => policy.required.length > 0,
  },
  "several-revisions": {
    means: "`decision.injectedBy` names more than one revision.",
    holds: ({ decision }) => decision.injectedBy.length > 1,
  },
  "sidecar-ports": {
    means: "A container lists a port that the sidecar may listen on.",
    holds: ({ pod, proxy }) =>
      pod.someContainer(listsSidecarPort) ||
      (proxy.movesPorts && pod.someContainer(({ spec }) => "ports" in spec)),
  },
  stray: {
    means: "`pod.strays`, `workload.strays` or `ns.strays` has entries.",
    holds: ({ workload, pod }) => pod.strays.length > 0 || workload.strays.length > 0,
  },
  "unknown-keys": {
    means: "`pod.unknownKeys`, `workload.unknownKeys` or `ns.unknownKeys` has entries.",
    holds: ({ workload, pod }) => pod.unknownKeys.length > 0 || workload.unknownKeys.length > 0,
  },
  "unresolved-probes": {
    means: "`pod.unresolvedProbes` has entries.",
    holds: ({ pod }) => pod.unresolvedProbes.length > 0,
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
  "unknown-keys": (ns) => ns.unknownKeys.length > 0,
};

const odd = /["'\\\n\r\t{}[\]#&*!|>%@`]|: |^[-?:] /;

/** What an injector reads itself, or writes. */
const structured: ReadonlySet<string> = new Set(["proxy.istio.io/config", "sidecar.istio.io/status"]);

/** A star alone stands for all addresses or ports; JSON is what some annotations want. */
function hasOddAnnotation(annotations: { readonly [key: string]: string }): boolean {
  for (const key in annotations) {
    const value = annotations[key];
    if (value === undefined || value === "*" || !key.includes("istio.io/") || structured.has(key)) continue;
    if (odd.test(value) && !isJson(value)) return true;
  }
  return false;
}

function isJson(text: string): boolean {
  if (!text.startsWith("{") && !text.startsWith("[")) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function listsSidecarPort({ spec }: ContainerFacts): boolean {
  return Array.isArray(spec.ports) && spec.ports.some(isSidecarPort);
}

function isSidecarPort(port: Json): boolean {
  const number = at(port, ["containerPort"]);
  if (typeof number !== "number" && typeof number !== "bigint") return false;
  return number >= 15000 && number <= 15099;
}
