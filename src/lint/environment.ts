/** The environment that rules see: every type, variable and function, each with its documentation. */

import { rangesCover } from "../istio/capture/ranges.ts";
import { isPlaceholder } from "../kube/placeholder.ts";
import { ByHandView } from "./by-hand.ts";
import { CaptureView } from "./capture-view.ts";
import { EntryView } from "./entry.ts";
import {
  compareQuantityTexts,
  counted,
  meantWord,
  quantityError,
  releaseAtLeast,
  selectorError,
  suspicion,
  yamlString,
} from "./functions.ts";
import { OutdatedView } from "./key-views.ts";
import { MeshView } from "./mesh-view.ts";
import { ContainerView, InvalidAnnotationView, LostSettingView, PodView, PortView } from "./pod-view.ts";
import { PolicyEntryView, PolicyView } from "./policies.ts";
import { ProbeView } from "./probe-view.ts";
import { BreakingAnnotationView, ProxyView, SettingView, SidecarPortView } from "./proxy.ts";
import type { SubjectKind } from "./rule.ts";
import { SuppressionView } from "./suppression.ts";
import { enumeration } from "./template.ts";
import { TemplateView } from "./template-view.ts";
import {
  DecisionView,
  DocumentView,
  InjectorView,
  NamespaceView,
  WebhookConfigurationView,
  WebhookView,
  WorkloadView,
} from "./views.ts";

/** A field, variable or function: its CEL type or signature, and what it means. */
export type Documented = readonly [type: string, means: string];

/** A type of the environment; its values are told by the constructor that made them. */
export interface TypeDefinition {
  readonly view: new (...given: never[]) => object;
  readonly means: string;
  readonly fields: Readonly<Record<string, Documented>>;
}

/** A function of the environment, by its CEL signature. */
export interface FunctionDefinition {
  readonly signature: string;
  readonly means: string;
  readonly run: (...given: never[]) => unknown;
}

export const types: Readonly<Record<string, TypeDefinition>> = {
  Entry: {
    view: EntryView,
    means: "A label or annotation as it is written.",
    fields: {
      map: ["string", "`labels` or `annotations`; `metadata` for a name that stands beside them."],
      key: ["string", "The key."],
      value: ["string", "The value as text; empty for lists and maps."],
      written: [
        "string",
        "The value as it is spelled in the object's own file; empty where it does not stand there.",
      ],
      type: ["string", "What YAML makes of the value: string, boolean, number, null, list or map."],
      intended: [
        "string",
        "The known Istio key that this key misspells (`a or b` where two are as near); empty when it misspells none.",
      ],
      candidates: ["list<string>", "The known Istio keys that this key may misspell."],
      belongsIn: ["string", "Where a key of Istio's counts: `labels` or `annotations`."],
      belongsTo: ["string", "What it counts on: `pods`, `pods or Namespaces`."],
      inKustomization: ["bool", "Whether a kustomization sets it, not the object's own file."],
      within: ["string", "`metadata`, or `jobTemplate` for the metadata of a CronJob's Job template."],
    },
  },
  InvalidAnnotation: {
    view: InvalidAnnotationView,
    means: "An annotation that the injector refuses.",
    fields: {
      key: ["string", "The annotation."],
      value: ["string", "Its value."],
      problem: ["string", "What is wrong, and what is allowed."],
      path: [
        "list",
        "Where inside the YAML of its value, as an index for `at`; empty where it is the value as a whole.",
      ],
    },
  },
  Outdated: {
    view: OutdatedView,
    means: "An annotation that this release of Istio calls deprecated, or no longer has.",
    fields: {
      key: ["string", "The annotation."],
      since: ["string", "The release that deprecated it, or the first without it."],
      gone: ["bool", "Whether this release does without it."],
      instead: ["string", "What to do instead, as a clause."],
    },
  },
  Capture: {
    view: CaptureView,
    means: "The traffic that goes through the sidecar: by the pod's annotations, else by the install.",
    fields: {
      inboundPorts: ["string", "Inbound ports that are captured: `*` for all, a list, or empty for none."],
      excludedInboundPorts: ["list<int>", "Inbound ports that are not, where inboundPorts is `*`."],
      uncapturedPorts: [
        "list<int>",
        "TCP ports that the containers list and that connections reach past the sidecar, by the rules of its release.",
      ],
      outbound: ["bool", "Whether anything that the pod sends goes through it."],
      unusablePorts: ["list<string>", "Parts of outboundPorts that iptables takes for no port."],
      outboundRanges: [
        "string",
        "Destinations that are captured: `*` for all, CIDR ranges, or empty for none.",
      ],
      excludedOutboundRanges: ["string", "CIDR ranges that are not; they count first."],
      outboundPorts: ["string", "Destination ports that are captured whatever outboundRanges says."],
    },
  },
  LostSetting: {
    view: LostSettingView,
    means: "A field of proxy.istio.io/config that no ProxyConfig has, so that it is dropped without a word.",
    fields: {
      name: ["string", "The field as written."],
      meant: ["string", "The field that was surely meant."],
      path: ["list", "Where inside the YAML of the annotation, as an index for `at`."],
    },
  },
  Port: {
    view: PortView,
    means: "A port of a container.",
    fields: {
      container: ["Container", "The container that lists it."],
      index: ["int", "Its place in the list, from 0."],
      number: ["int", "`containerPort`."],
      name: ["string", "Its name; empty when it has none."],
      protocol: ["string", "TCP unless it says otherwise."],
    },
  },
  Probe: {
    view: ProbeView,
    means: "A probe or lifecycle handler that asks a port of its container.",
    fields: {
      container: ["Container", "The container."],
      name: ["string", "`readinessProbe`, `lifecycle.preStop`."],
      path: ["list", "Where the port stands below the container, as an index for `at`."],
      port: ["string", "The name of the port."],
    },
  },
  Container: {
    view: ContainerView,
    means: "A container or init container.",
    fields: {
      list: ["string", "`containers` or `initContainers`."],
      index: ["int", "Its place in that list, from 0."],
      name: ["string", "Its name."],
      image: ["string", "Its image; empty when none is written."],
      runAsUser: ["int", "`securityContext.runAsUser`; absent (test with `has`) unless it is written."],
      runAsGroup: ["int", "`securityContext.runAsGroup`, likewise."],
      ports: ["list<Port>", "Its ports."],
      spec: ["dyn", "The container as written."],
    },
  },
  Pod: {
    view: PodView,
    means: "A pod template.",
    fields: {
      labels: ["map<string, string>", "Its labels. Values that are no strings appear as their text."],
      annotations: ["map<string, string>", "Its annotations, in the same way."],
      hostNetwork: ["bool", "Whether it uses the host's network."],
      containers: ["list<Container>", "Its containers."],
      initContainers: ["list<Container>", "Its init containers."],
      allContainers: ["list<Container>", "Init containers, then containers."],
      appContainers: [
        "list<Container>",
        "All but istio-proxy, istio-init, istio-validation and enable-core-dump.",
      ],
      ports: ["list<Port>", "The ports of all app containers."],
      runAsUser: [
        "int",
        "`securityContext.runAsUser` of the pod; absent (test with `has`) unless it is written.",
      ],
      runAsGroup: ["int", "`securityContext.runAsGroup` of the pod, likewise."],
      templates: ["list<string>", "What inject.istio.io/templates names; empty without that annotation."],
      metadata: ["list<Entry>", "All labels and annotations."],
      nonStrings: [
        "list<Entry>",
        "Names, labels and annotations whose value is no string; an absent value (null) only where the key is Istio's.",
      ],
      misspelled: ["list<Entry>", "Labels and annotations that misspell a known Istio key."],
      strays: ["list<Entry>", "Labels and annotations of Istio's that have no effect on pods."],
      unknownKeys: [
        "list<Entry>",
        "Labels and annotations in Istio's domain that no release knows, nor an injector or webhook of the repository.",
      ],
      outdated: ["list<Outdated>", "Annotations that this release calls deprecated, or no longer has."],
      invalidAnnotations: [
        "list<InvalidAnnotation>",
        "Annotations that the injector of this release refuses.",
      ],
      earlyContainers: ["list<Container>", "Init containers that the injector did not bring."],
      stopsSidecar: [
        "bool",
        "Whether the manifest has the sidecar end when the work is done, such as by a POST to /quitquitquit.",
      ],
      dnsPolicy: ["string", "Its dnsPolicy; empty when none is written."],
      searches: ["list<string>", "The search domains of its dnsConfig."],
      lostSettings: [
        "list<LostSetting>",
        "Fields of proxy.istio.io/config that are nearly the name of one that a ProxyConfig has.",
      ],
      unresolvedProbes: [
        "list<Probe>",
        "Probes and handlers of app containers whose port has a name that no port of the same container has.",
      ],
      spec: ["dyn", "The pod's spec as written."],
    },
  },
  ByHand: {
    view: ByHandView,
    means: "A sidecar that somebody injected into the manifest.",
    fields: {
      list: ["string", "Where its container stands: `containers` or `initContainers`."],
      index: ["int", "Its place in that list, from 0."],
      differences: [
        "list<string>",
        "What an injection of today gives otherwise: `CPU limit none, now 2`; empty where nothing differs, or nobody can tell.",
      ],
    },
  },
  Workload: {
    view: WorkloadView,
    means: "An object with a pod template.",
    fields: {
      apiVersion: ["string", "Its apiVersion."],
      kind: ["string", "Its kind."],
      name: ["string", "Its name, as built."],
      label: ["string", "Kind and name: `Deployment/web`."],
      namespace: ["string", "The name of its namespace; empty when nothing says it."],
      file: ["string", "The file it stands in."],
      directory: ["string", "The kustomization that builds it, else the directory of its file."],
      isPod: ["bool", "Whether it is a Pod itself."],
      labels: ["map<string, string>", "The labels of the object itself, not of its pods."],
      annotations: ["map<string, string>", "The annotations of the object itself."],
      nonStrings: ["list<Entry>", "Like pod.nonStrings, of the object around the pods; empty for a Pod."],
      unknownKeys: [
        "list<Entry>",
        "Labels and annotations in Istio's domain on the object itself that no release knows, nor an injector or webhook of the repository.",
      ],
      misplaced: [
        "list<Entry>",
        "Labels and annotations of the object itself that Istio reads from pods only, and that the pod template lacks.",
      ],
      strays: [
        "list<Entry>",
        "Other labels and annotations of Istio's on the object itself, which have no effect there and which the pod template lacks.",
      ],
      partial: ["bool", "Whether it is a fragment, such as a patch: what it lacks may come from elsewhere."],
      templated: [
        "bool",
        "Whether another program has yet to fill in what decides on injection (`${X}`, `{{ x }}`).",
      ],
      injectedByHand: ["bool", "Whether the manifest carries the sidecar already."],
      byHand: [
        "list<ByHand>",
        "The sidecar that the manifest carries already, if any; a gateway, which is a proxy alone, is none.",
      ],
    },
  },
  Namespace: {
    view: NamespaceView,
    means: "A namespace.",
    fields: {
      name: ["string", "Its name; empty when nothing says it."],
      known: ["bool", "Whether its labels are known for certain."],
      labels: ["map<string, string>", "Its labels; empty unless they are known."],
      inMemberRoll: [
        "bool",
        "Whether OpenShift Service Mesh 2 manages it, where the annotation is the documented way in.",
      ],
      written: ["bool", "Whether its labels stand in a file, where a finding can point at them."],
      overruledBy: [
        "string",
        "The configuration file that gives it other labels of the mesh, which count instead; empty where there is none (of the subject only).",
      ],
      answered: ["bool", "Whether some webhook takes its pods by the labels of the namespace."],
      strays: [
        "list<Entry>",
        "Labels and annotations of Istio's that have no effect on a Namespace (of the subject only).",
      ],
      workloads: ["int", "How many workloads go there."],
      leftOut: [
        "int",
        "How many of them get no sidecar without anybody having said so; of several places that describe the namespace at the first, and 0 where one of them labels it (of the subject only).",
      ],
      unknownKeys: ["list<Entry>", "Like pod.unknownKeys (of the subject only)."],
      nonStrings: [
        "list<Entry>",
        "Names, labels and annotations whose value is no string (of the subject only).",
      ],
      misspelled: [
        "list<Entry>",
        "Labels and annotations that misspell a known Istio key (of the subject only).",
      ],
    },
  },
  Decision: {
    view: DecisionView,
    means: "What the webhooks and the injector's policy say of a workload.",
    fields: {
      verdict: ["string", "injected, not-injected, refused (by an invalid selector) or unknown."],
      reason: ["string", "Why: no-webhook, host-network, inject-true, policy-disabled and so on."],
      revision: ["string", "The revision that injects; empty when none does."],
      injectedBy: ["list<string>", "Every revision that injects."],
      mayInject: ["bool", "Whether there will, or may, be a sidecar."],
      certain: ["bool", "Whether the verdict is neither unknown nor based on text yet to be filled in."],
      askedBy: [
        "string",
        "Where sidecar.istio.io/inject counts: `label`, `annotation`, or empty where there is none.",
      ],
      askedValue: ["string", "The value that counts."],
      asksFor: [
        "string",
        "What it means to this release: `inject`, `skip`, `nothing` (empty or absent) or `invalid`.",
      ],
      remedy: [
        "string",
        "What would open the gates, as a clause without capital or full stop; empty when nothing would.",
      ],
      labelOpens: [
        "bool",
        'Whether the label sidecar.istio.io/inject: "true", in the place of the annotation, would get the pod its sidecar.',
      ],
      hinge: ["string", "For an unknown verdict: `injected where the namespace has …, else not`."],
      missing: [
        "string",
        "What is not known: the name of the namespace, or the files whose namespace is not said.",
      ],
      missingLine: ["string", "The line for sidelint.yaml that would say it."],
      shutBy: [
        "string",
        "What the namespace says: `it is labelled istio-injection: disabled`; empty when not known.",
      ],
      shutWhere: ["string", "Where that stands: `platform/namespaces.yaml:6:5`."],
    },
  },
  Setting: {
    view: SettingView,
    means:
      "A request or limit of the sidecar that the pod's author wrote, and that counts; of an injector, one of its values.",
    fields: {
      kind: ["string", "`requests` or `limits`."],
      resource: ["string", "`cpu` or `memory`."],
      title: ["string", "`CPU` or `memory`, for messages."],
      value: ["string", "The quantity as written."],
      name: ["string", "`proxyCPU`, or `resources.requests.cpu` in a container."],
      key: ["string", "The annotation; empty for a container's setting."],
      list: [
        "string",
        "Of the istio-proxy container that has it: `containers` or `initContainers`; else empty.",
      ],
      index: ["int", "The place of that container, from 0."],
    },
  },
  BreakingAnnotation: {
    view: BreakingAnnotationView,
    means: "An annotation without which the injection would succeed.",
    fields: {
      key: ["string", "The annotation."],
      problem: ["string", "What the injector says."],
    },
  },
  SidecarPort: {
    view: SidecarPortView,
    means: "A port that the sidecar listens on.",
    fields: {
      number: ["int", "The port."],
      purpose: ["string", "What it is for: `outbound traffic`, `DNS`."],
    },
  },
  Template: {
    view: TemplateView,
    means: "A template that the injector lacks.",
    fields: {
      name: ["string", "The name that the pod gives; may be empty."],
      known: ["list<string>", "The templates and aliases that the injector has."],
      meant: ["string", "The one of them that is nearly the name; empty where none is."],
      shown: [
        "bool",
        "Whether the injector's configuration is there to be read, not that of a stock install.",
      ],
    },
  },
  Proxy: {
    view: ProxyView,
    means: "The sidecar of a workload, as injection would really produce it.",
    fields: {
      applies: ["bool", "Whether the sidecar template is used: not for gateways and pods injected by hand."],
      annotated: [
        "bool",
        "Whether any of the four annotations is set, so that the mesh's defaults do not count.",
      ],
      settings: ["list<Setting>", "What the author set, by annotation or in a container called istio-proxy."],
      requests: [
        "map<string, string>",
        "What the sidecar will request; nothing where Kubernetes takes the limit for it.",
      ],
      limits: ["map<string, string>", "What it will be limited to."],
      meshKnown: [
        "bool",
        "Whether the mesh's own requests and limits are known: the injector's values can be read, or there are none.",
      ],
      meshRequests: ["map<string, string>", "What it requests when nothing is set."],
      meshLimits: ["map<string, string>", "What it is limited to when nothing is set."],
      usualRequests: [
        "map<string, string>",
        "What to request where the author left it out: `fixes` of sidelint.yaml, else meshRequests.",
      ],
      usualLimits: ["map<string, string>", "What to limit it to likewise."],
      ports: ["list<SidecarPort>", "The ports that it may listen on."],
      capture: ["Capture", "The traffic that goes through it."],
      mode: ["string", "How traffic gets to it: REDIRECT, TPROXY, or NONE where it does not."],
      user: [
        "int",
        "The user whose traffic is left alone as its own; absent (test with `has`) where that is not known.",
      ],
      users: ["list<int>", "All users whose traffic is left alone; empty where they are not known."],
      groups: ["list<int>", "The groups likewise."],
      native: [
        "string",
        "Whether it is a native sidecar, an init container that goes on running: `yes`, `no`, or `unknown` where nobody tells the release of the nodes.",
      ],
      cni: ["bool", "Whether the CNI plugin redirects traffic, not an init container."],
      rewritesProbes: ["bool", "Whether its agent answers the probes of the application."],
      rendered: [
        "bool",
        "Whether other templates than the stock one make it, so that all this is read from the rendered pod.",
      ],
      breakingAnnotations: [
        "list<BreakingAnnotation>",
        "Annotations that break what the templates render, so that the injection fails; rendered to find out.",
      ],
      unknownTemplates: [
        "list<Template>",
        "The templates that the pod asks for and its injector certainly lacks.",
      ],
    },
  },
  Policy: {
    view: PolicyView,
    means: "What the configuration asks of a workload.",
    fields: {
      required: ["list<PolicyEntry>", "The entries of `require` that cover it."],
      forbidden: ["list<PolicyEntry>", "The entries of `forbid` that cover it."],
      because: [
        "string",
        "What decides whether it gets a sidecar, and where that stands: `namespace shop has istio-injection=disabled (ns.yaml:5:5)`.",
      ],
    },
  },
  PolicyEntry: {
    view: PolicyEntryView,
    means: "An entry of `require` or `forbid`.",
    fields: {
      reason: ["string", "Its reason."],
      where: ["string", "Where it stands, as file:line:column."],
    },
  },
  Mesh: {
    view: MeshView,
    means: "The mesh, seen from the subject.",
    fields: {
      release: ["string", "The Istio release that judges the subject, such as 1.30."],
      revisions: ["list<string>", "Revisions and tags that a webhook answers to."],
      webhooksKnown: [
        "bool",
        "Whether all webhooks or revisions are given: none are assumed, and none are known to be missing.",
      ],
      ignoredNamespaces: ["list<string>", "Namespaces in which the injector refuses all pods."],
      readsInjectLabel: [
        "bool",
        "Whether the injector reads sidecar.istio.io/inject from labels (since 1.12).",
      ],
    },
  },
  WebhookConfiguration: {
    view: WebhookConfigurationView,
    means: "A MutatingWebhookConfiguration.",
    fields: {
      name: ["string", "Its name."],
      webhooks: ["list<Webhook>", "Its webhooks."],
    },
  },
  Webhook: {
    view: WebhookView,
    means: "One webhook of a configuration.",
    fields: {
      name: ["string", "Its name."],
      index: ["int", "Its place in the configuration, from 0."],
      namespaceSelector: ["dyn", "Its namespaceSelector; null when there is none."],
      objectSelector: ["dyn", "Its objectSelector; null when there is none."],
      spec: ["dyn", "The webhook as written."],
    },
  },
  Injector: {
    view: InjectorView,
    means: "The configuration of a revision's injector.",
    fields: {
      revision: ["string", "The revision."],
      policy: ["string", "Its policy, as text."],
      configMap: ["string", "namespace/name of its ConfigMap; empty when it is assumed."],
      settings: ["list<Setting>", "What its values set for every sidecar whose pod says nothing."],
      valuesKnown: ["bool", "Whether its values tell requests and limits of sidecars."],
      requests: ["map<string, string>", "What a sidecar requests where its pod says nothing."],
      limits: ["map<string, string>", "What a sidecar is limited to where its pod says nothing."],
    },
  },
  Document: {
    view: DocumentView,
    means: "A document that could not be read, or that kustomize refuses to build.",
    fields: {
      file: ["string", "Its file."],
      reason: ["string", "What the reader says."],
      refused: ["bool", "Whether kustomize refuses the build that it describes, though it can be read."],
    },
  },
  Suppression: {
    view: SuppressionView,
    means: "A comment, an annotation or an `ignore` entry that does not do what its author meant.",
    fields: {
      kind: ["string", "`comment`, `annotation` or `config`."],
      problem: [
        "string",
        "`unused`, `unknown-rule`, `no-rule`, `no-reason`, `misplaced` (a comment for a file that is not at its head) or `unknown-word`.",
      ],
      rule: ["string", "The rule as it is named; empty when it is about all rules."],
      what: ["string", "What it says: `sidelint-ignore double-injection`."],
      meant: ["string", "The known rule that an unknown name misspells; empty when there is none."],
      until: ["string", "The last day of an `ignore` entry; empty when it has none."],
    },
  },
};

const mesh: Documented = ["Mesh", "The mesh."];

/** The variables of each kind of subject. `namespace` is a reserved word of CEL, hence `ns`. */
export const variables: Readonly<Record<SubjectKind, Readonly<Record<string, Documented>>>> = {
  workload: {
    workload: ["Workload", "The object with the pod template."],
    pod: ["Pod", "Its pod template."],
    ns: ["Namespace", "Its namespace."],
    decision: ["Decision", "Whether it gets a sidecar."],
    proxy: ["Proxy", "Its sidecar."],
    policy: ["Policy", "What the configuration asks of it."],
    mesh,
  },
  namespace: { ns: ["Namespace", "The namespace."], mesh },
  "webhook-configuration": { configuration: ["WebhookConfiguration", "The webhook configuration."], mesh },
  injector: { injector: ["Injector", "The injector."], mesh },
  document: { document: ["Document", "The document that could not be read or built."] },
  suppression: { suppression: ["Suppression", "What was meant to hide findings."] },
};

const define = <Given extends never[]>(
  signature: string,
  means: string,
  run: (...given: Given) => unknown,
): FunctionDefinition => ({ signature, means, run });

export const functions: readonly FunctionDefinition[] = [
  define(
    "Mesh.atLeast(string): bool",
    'Whether the release is this minor release or newer: `mesh.atLeast("1.12")`.',
    ({ release }: MeshView, wanted: string) => releaseAtLeast(release, wanted),
  ),
  define(
    "placeholder(string): bool",
    "Whether another program has yet to fill in a text: it holds `{{`, `${`, `$(`, `%{`, `<%`, or is `<…>` or `LIKE_THIS`.",
    isPlaceholder,
  ),
  define(
    "quantityError(string): string",
    "Why a text is no Kubernetes quantity; empty when it is one.",
    quantityError,
  ),
  define(
    "meant(string, list): string",
    'Of some words, the one that a text is one slip or another letter case away from: `meant("enable", ["enabled", "disabled"])`; else empty.',
    meantWord,
  ),
  define(
    "compareQuantities(string, string): int",
    "-1, 0 or 1 as the first is below, equal to or above the second; 0 when either is no quantity.",
    (a: string, b: string) => BigInt(compareQuantityTexts(a, b)),
  ),
  define(
    "suspicion(string, string, string): string",
    "Why a quantity is surely not meant, given `requests` or `limits`, `cpu` or `memory`, and the quantity; empty when it may be.",
    suspicion,
  ),
  define(
    "selectorError(dyn): string",
    "Why the API server refuses a label selector; empty when it does not.",
    selectorError,
  ),
  define(
    "rangesCover(string, string): bool",
    "Whether a list of CIDR ranges covers all of another, where `*` stands for every IPv4 address; false where either is empty or no such list.",
    rangesCover,
  ),
  define("counted(int, string): string", "`1 workload`, `12 workloads`.", counted),
  define("either(list<string>): string", "`a`, `a or b`, `a, b or c`.", (items: readonly string[]) =>
    enumeration(items, "or"),
  ),
  define("yaml(string): string", 'A text as YAML writes it: `enabled`, `"true"`.', yamlString),
];
