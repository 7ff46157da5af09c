/** The nouns of the world: resources, workloads, namespaces, and where each fact stands. */
import type { Decision, Place } from "../istio/decision.ts";
import type { Mesh, NamespaceFacts, PodFacts } from "../istio/facts.ts";
import type { JsonObject } from "../kube/json.ts";
import type { Document } from "../source/document.ts";
import type { Location, Part } from "../source/locate.ts";
import type { Path } from "../source/node.ts";
import type { ChartInstall } from "./chart-installs.ts";
import type { Problem } from "./collect.ts";
import type { Configuration } from "./configured.ts";
import type { Delivery } from "./delivery.ts";
import type { Fault } from "./guard.ts";
import type { Reach } from "./kustomize/reach.ts";

/** One Kubernetes object; the items of a List are resources too. */
export interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** As written; null when absent. */
  readonly namespace: string | null;
  readonly value: JsonObject;
  readonly document: Document;
  /** Where the object stands in its document; empty unless it is an item of a List. */
  readonly path: Path;
}

/** A place of origin for a fact that does not stand in a manifest. */
export interface Origin {
  /** For people: "apps/ns.yaml:6:5", "sidelint.yaml:4", "--assume", "default of Istio 1.30". */
  readonly text: string;
  readonly location: Location | undefined;
}

/** A place of a document: of an object's own file, of a patch, or of a kustomization. */
export interface Source {
  readonly document: Document;
  readonly path: Path;
}

/** A resource as one build (or plain file) brings it into the cluster. */
export interface Placed {
  readonly resource: Resource;
  /** The object as it arrives, with what its kustomization changes. */
  readonly value: JsonObject;
  readonly name: string;
  /** Directory of the kustomization; null for a plain file. */
  readonly root: string | null;
  readonly namespace: string | null;
  readonly namespaceOrigin: Origin | undefined;
  /** What brings it into the cluster, where an object of Argo CD or Flux does. */
  readonly delivery?: Delivery;
  /** Whether helm or kustomize made it, so that nothing of it can be edited. */
  readonly isRendered?: true;
  /** The charts of istiod that it installs, where its delivery tells of their values. */
  readonly charts?: readonly ChartInstall[];
  /** Why anything of it may be different in the cluster, as a sentence: something changes it that is not run here. */
  readonly changedBy?: string;
  /** Where a value of the object was set. */
  locate(path: Path, part?: Part): Location | undefined;
  /** The same as a place of the document that sets it, whether or not anything is written there. */
  sourceOf(path: Path): Source;
}

/** A resource that carries a pod template, in one build (or as a plain file). */
export interface Workload {
  readonly resource: Resource;
  /** The object as it arrives in the cluster; the resource's own value unless a kustomization changes it. */
  readonly value: JsonObject;
  /** Unique among the workloads of a scan. */
  readonly id: string;
  /** "Deployment/web". */
  readonly label: string;
  readonly name: string;
  /** Path of the pod template below the object; empty for a Pod. */
  readonly template: Path;
  /** Directory of the kustomization that builds it; null for a plain file. */
  readonly root: string | null;
  /** With any name prefix or suffix and namespace of its kustomization applied. */
  readonly namespace: NamespaceFacts;
  readonly namespaceOrigin: Origin | undefined;
  /** What brings it into the cluster, where an object of Argo CD or Flux does. */
  readonly delivery?: Delivery;
  /** Where the labels of its namespace stand; one entry per possible set of labels. */
  readonly namespaceLabelOrigins: readonly Origin[];
  readonly pod: PodFacts;
  readonly decision: Decision;
  /** Of a pod that Helm values tell of: its labels and annotations are known, as far as they stand there, and nothing else. */
  readonly isValues?: true;
  /** Whether helm or kustomize made it, so that nothing of it can be edited. */
  readonly isRendered?: true;
  /** The place that stands for the whole workload: where its object begins. */
  start(): Location;
  /** Where a value of the object stands; undefined when it is not written anywhere. */
  locate(path: Path, part?: Part): Location | undefined;
  /** The place of the document that sets a value. */
  sourceOf(path: Path): Source;
  /** Where a step of the decision looked. */
  originOf(place: Place): Origin;
}

/** A Namespace object, a namespace of the configuration, or a line of a dump. */
export interface NamespaceRecord {
  readonly name: string;
  readonly labels: { readonly [key: string]: string };
  readonly origin: Origin;
  /** Where something of it is told, where that is not the Namespace object alone. */
  originOf?(path: Path): Origin;
  /** The Namespace object; undefined when it is known from elsewhere. */
  readonly placed: Placed | undefined;
  /** Directory of the kustomization that builds it; null when it stands for the whole repository. */
  readonly root: string | null;
  /** What brings the Namespace object, or makes a namespace with these labels. */
  readonly delivery?: Delivery;
}

/** A fact that the repository does not hold, and how many verdicts it would decide. */
export interface MissingFact {
  readonly what: "namespace-labels" | "namespace" | "revision";
  /** The name of the namespace or revision, or a path glob. */
  readonly subject: string;
  readonly decides: number;
  /** The line for sidelint.yaml, with `<namespace>` where a namespace is to be named. */
  readonly line: string;
  /** Where a namespace is labelled in ways that disagree, a place for each; absent where nothing says how it is labelled. */
  readonly places?: readonly string[];
  /** The one of several clusters that lacks it; the line says it of that cluster alone. */
  readonly cluster?: string;
}

/** What was left unread, and why; counted once per directory. */
export interface Skipped {
  readonly reason:
    | "helm-template"
    | "template"
    | "outside-link"
    | "remote-base"
    | "outside-base"
    | "plugin"
    | "unreadable"
    | "incomplete-build"
    | "rival-install"
    | "delivery";
  readonly path: string;
  readonly files: number;
  /** For people: the URL of a remote base, the reason of a read failure. */
  readonly detail: string;
}

/** A kustomization that only kustomize itself can build. */
export interface Unmodelled {
  readonly directory: string;
  /** Whether a delivery of it adds something of its own, which the directory alone does not have. */
  readonly isChanged: boolean;
  reach(): Reach;
}

export interface World {
  /** The name of the cluster that it is; null where there is one, and nobody named it. */
  readonly cluster: string | null;
  readonly mesh: Mesh;
  /** Where the webhooks come from; `install`: those that an install of the repository makes; `cluster`: those of a dump; `stock`: assumed, because nothing shows any. */
  readonly webhooks: "stock" | "repository" | "configuration" | "install" | "cluster";
  /** The webhook configurations and injector ConfigMaps that were found, for rules that look at them. */
  readonly webhookConfigurations: readonly Placed[];
  readonly injectorConfigMaps: readonly Placed[];
  /** The ConfigMaps `istio[-<revision>]` that hold the configuration of a mesh. */
  readonly meshConfigMaps: readonly Placed[];
  /** What tells how Istio is installed: IstioOperators, resources of the Sail operator, charts of istiod that Flux or Argo CD install. */
  readonly installs: readonly Placed[];
  /** The objects of the kinds that were asked for (`ReadOptions.besides`); they decide on nothing. */
  readonly besides: readonly Placed[];
  /** What sidelint.yaml and flags say, and where. */
  readonly configuration: Configuration & { readonly istioVersion: string | undefined };
  readonly namespaces: readonly NamespaceRecord[];
  /** Namespaces that OpenShift Service Mesh 2 manages (ServiceMeshMemberRoll, ServiceMeshMember); "*" stands for all. */
  readonly memberNamespaces: readonly string[];
  readonly workloads: readonly Workload[];
  /** What Argo CD and Flux bring into clusters, as far as the repository shows. */
  readonly deliveries: readonly Delivery[];
  /** What Helm values say of pods that no template has made yet; these are no workloads. */
  readonly valuesPods: readonly Workload[];
  /** Kustomizations of which plugins or charts make a part. */
  readonly unmodelled: readonly Unmodelled[];
  readonly missing: readonly MissingFact[];
  /** The missing facts as one text for sidelint.yaml; empty when none is missing. */
  readonly missingConfiguration: string;
  readonly skipped: readonly Skipped[];
  /** What could not be read inside documents: the embedded configuration of injectors. */
  readonly unreadable: readonly Fault[];
  /** What kustomize refuses to build; here it is built as far as that goes. */
  readonly refused: readonly Problem[];
  /** What sidelint itself failed at; the rest of the world is whole. */
  readonly faults: readonly Fault[];
}
