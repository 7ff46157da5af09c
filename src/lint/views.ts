import type { Decision, Possibility } from "../istio/decision.ts";
import type { Injector, Labels, NamespaceFacts, Selector } from "../istio/facts.ts";
import { isReadFromPods } from "../istio/key-place.ts";
import { injectValue, readInject } from "../istio/policy.ts";
import { missed, prepareMesh } from "../istio/prepare.ts";
import { meshResources, quantityText } from "../istio/proxy-resources.ts";
import { opensByLabel } from "../istio/remedy.ts";
import { isUnknownKey } from "../istio/unknown-key.ts";
import { injectionKey, injectKey, revisionKey } from "../istio/webhook.ts";
import { at, isObject, type Json, type JsonObject } from "../kube/json.ts";
import { isPlaceholder } from "../kube/placeholder.ts";
import { groupOf } from "../kube/workload.ts";
import type { Path } from "../source/node.ts";
import { configuredNamespaces } from "../world/configured.ts";
import { lackOf } from "../world/missing.ts";
import type { MissingFact, NamespaceRecord, Placed, Workload, World } from "../world/world.ts";
import { ByHandView, injectedByHand, sidecarByHand } from "./by-hand.ts";
import { type Held, heldOf, type Texts, textsOf } from "./cel-values.ts";
import { type EntryView, entriesOf, isMisspelled, nonStringsOf, straysOf } from "./entry.ts";
import { unknownKeysOf } from "./key-views.ts";
import { countLeftOut } from "./left-out.ts";
import { MeshView } from "./mesh-view.ts";
import { type SettingView, settingsOf } from "./proxy.ts";

import { enumeration } from "./template.ts";
import { isPartial } from "./workload-state.ts";

const noLabels: Labels = Object.freeze(Object.create(null));

/** What one run knows of the whole world, shared by all subjects. */
export interface Surroundings {
  readonly world: World;
  /** The mesh as a release judges it. */
  mesh(release: string): MeshView;
  /** Workloads by the name of their namespace. */
  readonly population: ReadonlyMap<string, number>;
  /** How many workloads of a namespace get no sidecar without anybody having said so. */
  leftOut(): ReadonlyMap<NamespaceRecord, number>;
  /** The names of namespaces whose labels stand in a file. */
  readonly written: ReadonlySet<string>;
  /** The namespaces that the configuration describes, by name. */
  configured(): ReadonlyMap<string, NamespaceRecord>;
}

/** Labels by which a namespace joins a mesh. */
const decisiveKeys = [injectionKey, revisionKey, "istio.io/dataplane-mode"];

/** The surroundings of a world. */
export function surroundingsOf(world: World): Surroundings {
  const population = new Map<string, number>();
  for (const { namespace } of world.workloads) {
    if (namespace.name !== null) population.set(namespace.name, (population.get(namespace.name) ?? 0) + 1);
  }
  const meshes = new Map<string, MeshView>();
  const mesh = (release: string): MeshView => {
    const known = meshes.get(release) ?? new MeshView(world, release);
    meshes.set(release, known);
    return known;
  };
  const written = new Set(
    world.namespaces.filter((record) => record.placed || record.origin.location).map(({ name }) => name),
  );
  let left: ReadonlyMap<NamespaceRecord, number> | undefined;
  const leftOut = () => {
    left ??= countLeftOut(world);
    return left;
  };
  let told: ReadonlyMap<string, NamespaceRecord> | undefined;
  const configured = () => {
    told ??= new Map(configuredNamespaces(world.configuration).map((record) => [record.name, record]));
    return told;
  };
  return { world, population, leftOut, mesh, written, configured };
}

/** Whether some webhook takes pods without labels of their own from a namespace with these labels. */
function isOpen(world: World, labels: Labels, name: string): boolean {
  const { webhooks, namespaceAnswers } = prepareMesh(world.mesh);
  const answers = namespaceAnswers(labels, name);
  return webhooks.some(({ webhook }, index) => webhook.coversPods && answers[index] !== missed);
}

/** Whether a selector asks for a key at all. */
function asksFor(selector: Selector, key: string): boolean {
  const labels = at(selector, ["matchLabels"]);
  const expressions = at(selector, ["matchExpressions"]);
  return (
    (isObject(labels) && Object.hasOwn(labels, key)) ||
    (Array.isArray(expressions) && expressions.some((one: Json) => at(one, ["key"]) === key))
  );
}

const none: readonly never[] = [];

/** The object around a pod template. */
export class WorkloadView {
  readonly workload: Workload;
  readonly #world: World;
  #nonStrings: readonly EntryView[] | undefined;
  #misplaced: readonly EntryView[] | undefined;
  #strays: readonly EntryView[] | undefined;
  #byHand: readonly ByHandView[] | undefined;

  constructor(workload: Workload, world: World) {
    this.workload = workload;
    this.#world = world;
  }

  get apiVersion(): string {
    return this.workload.resource.apiVersion;
  }
  get kind(): string {
    return this.workload.resource.kind;
  }
  get name(): string {
    return this.workload.name;
  }
  get label(): string {
    return this.workload.label;
  }
  get namespace(): string {
    return this.workload.namespace.name ?? "";
  }
  get file(): string {
    return this.workload.resource.document.file.path;
  }
  get directory(): string {
    const { root } = this.workload;
    return root ?? (this.file.includes("/") ? this.file.slice(0, this.file.lastIndexOf("/")) : ".");
  }
  get isPod(): boolean {
    return this.workload.template.length === 0;
  }
  get labels(): Texts {
    return textsOf(stringsOf(this.workload, "labels"));
  }
  get annotations(): Texts {
    return textsOf(stringsOf(this.workload, "annotations"));
  }
  get nonStrings(): readonly EntryView[] {
    this.#nonStrings ??= this.isPod
      ? none
      : this.#around.flatMap((path) => nonStringsOf(this.workload, path));
    return this.#nonStrings;
  }
  get partial(): boolean {
    return isPartial(this.workload);
  }
  get templated(): boolean {
    return isTemplated(this.workload);
  }
  get injectedByHand(): boolean {
    return injectedByHand(this.workload);
  }
  get byHand(): readonly ByHandView[] {
    if (!this.#byHand) {
      const container = sidecarByHand(this.workload);
      this.#byHand = container ? [new ByHandView(this.workload, this.#world, container)] : none;
    }
    return this.#byHand;
  }

  /** What stands on the object (or, of a CronJob, on its Job template) although Istio reads it from pods, and is not on the pod. */
  get misplaced(): readonly EntryView[] {
    this.#misplaced ??= this.#findMisplaced();
    return this.#misplaced;
  }

  #findMisplaced(): readonly EntryView[] {
    if (this.isPod || !copiesTemplates(this.workload)) return none;
    const lost = (key: string, _value: Json, map: string) =>
      isReadFromPods(key, map) && !(isUnknownKey(key) && !isMisspelled(key)) && !this.#onPods(key);
    return this.#around.flatMap((path) => entriesOf(this.workload, path, lost));
  }

  /** Other settings on the object that have no effect there; what Istio's installers and controllers write is none. */
  get strays(): readonly EntryView[] {
    this.#strays ??= this.#findStrays();
    return this.#strays;
  }

  #findStrays(): readonly EntryView[] {
    if (this.isPod || !copiesTemplates(this.workload)) return none;
    const labels = at(this.workload.value, ["metadata", "labels"]);
    if (isObject(labels) && bookkeeping.some((key) => Object.hasOwn(labels, key))) return none;
    const counted = (key: string, map: string) => isReadFromPods(key, map) || this.#onPods(key);
    return this.#around.flatMap((path) => straysOf(this.workload, path, "Workload", counted));
  }

  /** Keys of Istio's domain on the object that nothing knows, and its pods lack. */
  get unknownKeys(): readonly EntryView[] {
    if (this.isPod) return none;
    const counted = (key: string) => this.#onPods(key);
    return this.#around.flatMap((path) => unknownKeysOf(this.#world, this.workload, path, counted));
  }

  /** The metadata around its pods. */
  get #around(): readonly Path[] {
    return this.kind === "CronJob" ? aroundCronJobs : aroundOthers;
  }

  #onPods(key: string): boolean {
    const { labels, annotations } = this.workload.pod;
    return key in labels || key in annotations;
  }
}

/** Kinds of Kubernetes and the controllers that copy a template's metadata, and nothing else, to their pods. */
const builtInKinds = new Set([
  "Deployment",
  "ReplicaSet",
  "StatefulSet",
  "DaemonSet",
  "Job",
  "CronJob",
  "ReplicationController",
  "DeploymentConfig",
  "Rollout",
]);

/** Knative makes its Revisions, and they their pods, from the template alone. */
function copiesTemplates({ resource }: Workload): boolean {
  return builtInKinds.has(resource.kind) || groupOf(resource.apiVersion) === "serving.knative.dev";
}

const aroundOthers: readonly Path[] = [["metadata"]];
const aroundCronJobs: readonly Path[] = [["metadata"], ["spec", "jobTemplate", "metadata"]];

/** Labels of what Istio's installers and its gateway controller write. */
const bookkeeping = [
  "operator.istio.io/component",
  "install.operator.istio.io/owning-resource",
  "gateway.istio.io/managed",
];

function stringsOf(workload: Workload, map: string): Labels {
  const result: Record<string, string> = Object.create(null);
  const entries = at(workload.value, ["metadata", map]);
  if (!isObject(entries)) return noLabels;
  for (const key in entries) {
    const value = entries[key];
    if (value !== undefined && (typeof value !== "object" || value === null))
      result[key] = String(value ?? "");
  }
  return result;
}

/** Whether a value that decides on injection is yet to be filled in by some other program. */
function isTemplated({ pod, namespace }: Workload): boolean {
  const values = [
    namespace.name ?? "",
    pod.labels[injectKey] ?? "",
    pod.annotations[injectKey] ?? "",
    pod.labels[revisionKey] ?? "",
    ...(namespace.labels ?? []).flatMap((labels) => [labels[injectionKey] ?? "", labels[revisionKey] ?? ""]),
  ];
  return values.some(isPlaceholder);
}

/** A namespace: the one of a workload, or one the check is about. */
export class NamespaceView {
  readonly name: string;
  readonly known: boolean;
  readonly record: NamespaceRecord | undefined;
  readonly #labels: Labels;
  readonly #surroundings: Surroundings;

  constructor(facts: NamespaceFacts, record: NamespaceRecord | undefined, surroundings: Surroundings) {
    this.name = facts.name ?? "";
    this.known = facts.labels?.length === 1;
    this.#labels = (this.known ? facts.labels?.[0] : undefined) ?? noLabels;
    this.record = record;
    this.#surroundings = surroundings;
  }

  get labels(): Texts {
    return textsOf(this.#labels);
  }
  get inMemberRoll(): boolean {
    const members = this.#surroundings.world.memberNamespaces;
    if (members.length > 0 && (this.name === "" || members.includes(this.name) || members.includes("*")))
      return true;
    return Object.hasOwn(this.#labels, "maistra.io/member-of");
  }
  get workloads(): bigint {
    return BigInt(this.#surroundings.population.get(this.name) ?? 0);
  }
  get nonStrings(): readonly EntryView[] {
    return this.record?.placed ? nonStringsOf(this.record.placed, ["metadata"]) : none;
  }
  get strays(): readonly EntryView[] {
    if (!this.record?.placed) return none;
    const { webhooks } = this.#surroundings.world.mesh;
    const labels = this.record.labels;
    return straysOf(this.record.placed, ["metadata"], "Namespace", (key, map) =>
      map === "annotations"
        ? key in labels
        : webhooks.some(({ namespaceSelector }) => asksFor(namespaceSelector, key)),
    );
  }
  get unknownKeys(): readonly EntryView[] {
    const { world } = this.#surroundings;
    return this.record?.placed ? unknownKeysOf(world, this.record.placed, ["metadata"]) : none;
  }
  get leftOut(): bigint {
    return BigInt((this.record && this.#surroundings.leftOut().get(this.record)) ?? 0);
  }
  /** Whether some webhook takes pods of the namespace that say nothing themselves. */
  get answered(): boolean {
    return isOpen(this.#surroundings.world, this.#labels, this.name);
  }
  /** The configuration file whose labels count in the place of the object's; they may say the same of injection. */
  get overruledBy(): string {
    const { placed, name } = this.record ?? {};
    if (!placed) return "";
    const said = this.#surroundings.configured().get(name ?? "");
    const differs = said && decisiveKeys.some((key) => said.labels[key] !== this.#labels[key]);
    return differs ? (said.origin.location?.file ?? said.origin.text) : "";
  }
  /** Whether its labels stand in a file, so that a finding can point at them. */
  get written(): boolean {
    return this.#surroundings.written.has(this.name);
  }
  get misspelled(): readonly EntryView[] {
    return this.record?.placed ? entriesOf(this.record.placed, ["metadata"], isMisspelled) : none;
  }
}

/** What the two gates say of a workload. */
export class DecisionView {
  readonly decision: Decision;
  readonly #workload: Workload;
  readonly #mesh: MeshView;
  readonly #missing: readonly MissingFact[];

  constructor(workload: Workload, mesh: MeshView, missing: readonly MissingFact[]) {
    this.#missing = missing;
    this.decision = workload.decision;
    this.#workload = workload;
    this.#mesh = mesh;
  }

  get verdict(): string {
    return this.decision.verdict;
  }
  get reason(): string {
    return this.decision.reason;
  }
  get revision(): string {
    return this.decision.revision ?? "";
  }
  get injectedBy(): readonly string[] {
    return this.decision.injectedBy;
  }
  get remedy(): string {
    const { remedy = "" } = this.decision;
    return remedy.charAt(0).toLowerCase() + remedy.slice(1);
  }
  get mayInject(): boolean {
    const { verdict } = this.decision;
    return verdict === "injected" || verdict === "unknown" || isTemplated(this.#workload);
  }
  get certain(): boolean {
    return this.decision.verdict !== "unknown" && !isTemplated(this.#workload);
  }
  /** "label", "annotation" or "": what counts as the pod's own word. */
  get askedBy(): string {
    return injectValue(this.#workload.pod, this.#mesh.facts.injectLabel).from ?? "";
  }
  get askedValue(): string {
    return injectValue(this.#workload.pod, this.#mesh.facts.injectLabel).value;
  }
  get asksFor(): string {
    return readInject(this.askedValue, this.#mesh.facts.inject);
  }
  get labelOpens(): boolean {
    const { pod, namespace } = this.#workload;
    return opensByLabel(pod, namespace, this.#mesh.world.mesh);
  }
  get hinge(): string {
    const { possibilities, revisionsInDoubt } = this.decision;
    if (this.missing === "") return "";
    if (revisionsInDoubt.length === 0) return hingeOf(possibilities);
    const installed = possibilities.find(({ verdict }) => verdict === "injected");
    return installed ? `injected where ${installed.when}, else not` : "";
  }
  get missing(): string {
    return lackOf(this.#workload)?.subject ?? "";
  }
  get missingLine(): string {
    const lack = lackOf(this.#workload);
    const found = this.#missing.find(({ what, subject }) => what === lack?.what && subject === lack.subject);
    return found?.line ?? "";
  }
  /** What the namespace says, for people: "no istio-injection or istio.io/rev label", "istio-injection: disabled". */
  get shutBy(): string {
    const labels = this.#workload.namespace.labels;
    if (labels?.length !== 1) return "";
    const injection = labels[0]?.[injectionKey];
    const revision = labels[0]?.[revisionKey];
    if (injection !== undefined) return `it is labelled ${injectionKey}: ${injection || '""'}`;
    if (revision !== undefined) return `it is labelled ${revisionKey}: ${revision || '""'}`;
    return `it has no ${injectionKey} or ${revisionKey} label`;
  }
  get shutWhere(): string {
    const labels = this.#workload.namespace.labels?.[0] ?? {};
    const key = [injectionKey, revisionKey].find((one) => labels[one] !== undefined);
    if (key === undefined) return this.#workload.namespaceLabelOrigins[0]?.text ?? "";
    return this.#workload.originOf({ of: "namespace", path: ["metadata", "labels", key] }).text;
  }
}

/** "injected where the namespace has istio-injection=enabled, else not". */
function hingeOf(possibilities: readonly Possibility[]): string {
  const injecting = possibilities.filter(({ verdict }) => verdict === "injected");
  if (injecting.length === 0 || injecting.length === possibilities.length) return "";
  const cases = [...new Set(injecting.map(({ when }) => when))];
  const named = cases.filter((when) => when !== "unlabelled");
  const clauses = [
    ...(named.length > 0 ? [`has ${enumeration(named, "or")}`] : []),
    ...(named.length < cases.length ? ["has no injection label"] : []),
  ];
  return `injected where the namespace ${clauses.join(" or ")}, else not`;
}

/** A MutatingWebhookConfiguration. */
export class WebhookConfigurationView {
  readonly placed: Placed;

  constructor(placed: Placed) {
    this.placed = placed;
  }

  get name(): string {
    return this.placed.name;
  }
  get webhooks(): readonly WebhookView[] {
    const listed = this.placed.value.webhooks;
    if (!Array.isArray(listed)) return none;
    return listed.flatMap((one: Json, index) => (isObject(one) ? [new WebhookView(index, one)] : []));
  }
}

/** One entry of a MutatingWebhookConfiguration. */
export class WebhookView {
  readonly index: bigint;
  readonly #spec: JsonObject;

  constructor(index: number, spec: JsonObject) {
    this.index = BigInt(index);
    this.#spec = spec;
  }

  get name(): string {
    return typeof this.#spec.name === "string" ? this.#spec.name : "";
  }
  get spec(): Held {
    return heldOf(this.#spec);
  }
  get namespaceSelector(): Held {
    return heldOf(this.#spec.namespaceSelector ?? null);
  }
  get objectSelector(): Held {
    return heldOf(this.#spec.objectSelector ?? null);
  }
}

/** An injector's configuration: ConfigMap istio-sidecar-injector of a revision, or what is assumed in its place. */
export class InjectorView {
  readonly injector: Injector;

  constructor(injector: Injector) {
    this.injector = injector;
  }

  get revision(): string {
    return this.injector.revision;
  }
  get policy(): string {
    return this.injector.policy === null ? "" : String(this.injector.policy);
  }
  get configMap(): string {
    return this.injector.configMap ?? "";
  }
  get valuesKnown(): boolean {
    return this.injector.proxyResources !== undefined && !this.injector.valuesUnreadable;
  }
  get settings(): readonly SettingView[] {
    return settingsOf(meshResources(this.injector.proxyResources), "mesh");
  }
  get requests(): Texts {
    return quantitiesOf(this.injector, "requests");
  }
  get limits(): Texts {
    return quantitiesOf(this.injector, "limits");
  }
}

/** What an injector's values give every sidecar whose pod says nothing. */
function quantitiesOf({ proxyResources }: Injector, kind: "requests" | "limits"): Texts {
  const result: Record<string, string> = Object.create(null);
  for (const name of ["cpu", "memory"]) {
    const value = quantityText(at(proxyResources, [kind, name]));
    if (value !== undefined) result[name] = value;
  }
  return textsOf(result);
}

/** A document that could not be read, or that kustomize refuses to build. */
export class DocumentView {
  readonly file: string;
  readonly reason: string;
  readonly refused: boolean;

  constructor(file: string, reason: string, refused: boolean) {
    this.file = file;
    this.reason = reason;
    this.refused = refused;
  }
}
