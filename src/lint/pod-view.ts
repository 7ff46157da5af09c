/** Pod templates as rules see them: metadata, containers, ports. CEL tells types by constructor, hence classes with lazy fields. */
import { type InvalidAnnotation, invalidAnnotations } from "../istio/annotations.ts";
import type { ContainerFacts } from "../istio/facts.ts";
import { type LostSetting, lostSettings } from "../istio/lost-settings.ts";
import { sidecarState } from "../istio/sidecar-state.ts";
import { revisionKey } from "../istio/webhook.ts";
import { at, isObject, type Json, type JsonObject, jsonTextOf } from "../kube/json.ts";
import type { Path } from "../source/node.ts";
import { parseYaml } from "../world/istiods.ts";
import type { Workload } from "../world/world.ts";
import { type Held, heldOf, type Texts, textsOf } from "./cel-values.ts";
import { type EntryView, entriesOf, isMisspelled, nonStringsOf, straysOf } from "./entry.ts";
import { type OutdatedView, outdatedOf, unknownKeysOf } from "./key-views.ts";
import type { MeshView } from "./mesh-view.ts";
import { type ProbeView, unresolvedProbes } from "./probe-view.ts";

const none: readonly never[] = [];
const templatesKey = "inject.istio.io/templates";
const nothing: JsonObject = Object.freeze(Object.create(null));

/** A container or init container. */
export class ContainerView {
  readonly list: string;
  readonly index: bigint;
  readonly name: string;
  readonly image: string;
  readonly #spec: JsonObject;

  constructor(list: string, index: number, { name, image, spec }: ContainerFacts) {
    this.list = list;
    this.index = BigInt(index);
    this.name = name;
    this.image = image;
    this.#spec = spec;
  }

  /** Undefined, and so not `has()`, unless it is written. */
  get runAsUser(): bigint | undefined {
    return userOf(this.#spec);
  }

  /** Likewise. */
  get runAsGroup(): bigint | undefined {
    return groupOf(this.#spec);
  }

  get spec(): Held {
    return heldOf(this.#spec);
  }

  /** The container as plain data. */
  get written(): JsonObject {
    return this.#spec;
  }

  get ports(): readonly PortView[] {
    const ports = this.#spec.ports;
    if (!Array.isArray(ports)) return none;
    return ports.flatMap((port: Json, index) => {
      const number = integer(at(port, ["containerPort"]));
      return number === undefined ? [] : [new PortView(this, index, number, port)];
    });
  }
}

/** A port of a container. */
export class PortView {
  readonly container: ContainerView;
  readonly index: bigint;
  readonly number: bigint;
  readonly name: string;
  readonly protocol: string;

  constructor(container: ContainerView, index: number, number: bigint, port: Json) {
    const [name, protocol] = [at(port, ["name"]), at(port, ["protocol"])];
    this.container = container;
    this.index = BigInt(index);
    this.number = number;
    this.name = typeof name === "string" ? name : "";
    this.protocol = typeof protocol === "string" ? protocol : "TCP";
  }
}

function userOf(spec: JsonObject): bigint | undefined {
  return integer(at(spec, ["securityContext", "runAsUser"]));
}

function groupOf(spec: JsonObject): bigint | undefined {
  return integer(at(spec, ["securityContext", "runAsGroup"]));
}

function integer(value: Json | undefined): bigint | undefined {
  if (typeof value === "bigint") return value;
  return typeof value === "number" && Number.isInteger(value) ? BigInt(value) : undefined;
}

/** The pod template of a workload. */
export class PodView {
  readonly workload: Workload;
  readonly hostNetwork: boolean;
  readonly #mesh: MeshView;
  #containers: readonly ContainerView[] | undefined;
  #initContainers: readonly ContainerView[] | undefined;
  #labels: Texts | undefined;
  #annotations: Texts | undefined;
  #invalid: readonly InvalidAnnotationView[] | undefined;
  #nonStrings: readonly EntryView[] | undefined;
  #misspelled: readonly EntryView[] | undefined;
  #strays: readonly EntryView[] | undefined;
  #unknown: readonly EntryView[] | undefined;
  #unresolved: readonly ProbeView[] | undefined;

  constructor(workload: Workload, mesh: MeshView) {
    this.workload = workload;
    this.#mesh = mesh;
    this.hostNetwork = workload.pod.hostNetwork;
  }

  get labels(): Texts {
    this.#labels ??= textsOf(this.workload.pod.labels);
    return this.#labels;
  }

  get annotations(): Texts {
    this.#annotations ??= textsOf(this.workload.pod.annotations);
    return this.#annotations;
  }

  get containers(): readonly ContainerView[] {
    this.#containers ??= this.workload.pod.containers.map(
      (container, index) => new ContainerView("containers", index, container),
    );
    return this.#containers;
  }

  get initContainers(): readonly ContainerView[] {
    this.#initContainers ??= this.workload.pod.initContainers.map(
      (container, index) => new ContainerView("initContainers", index, container),
    );
    return this.#initContainers;
  }

  get allContainers(): readonly ContainerView[] {
    return [...this.initContainers, ...this.containers];
  }

  get appContainers(): readonly ContainerView[] {
    return this.allContainers.filter(({ name }) => !istioContainers.has(name));
  }

  /** Init containers that the injector did not bring. */
  get earlyContainers(): readonly ContainerView[] {
    return this.initContainers.filter(({ name, image }) => !istioContainers.has(name) && image !== "");
  }

  /** Whether the manifest has the sidecar end when the work is done, by one of the known ways. */
  get stopsSidecar(): boolean {
    return this.someContainer(
      ({ spec, image }) => stopsSidecar.test(commandOf(spec)) || wrappers.test(image),
    );
  }

  get dnsPolicy(): string {
    const { dnsPolicy } = this.#spec;
    return typeof dnsPolicy === "string" ? dnsPolicy : "";
  }

  get searches(): readonly string[] {
    const searches = at(this.#spec, ["dnsConfig", "searches"]);
    return Array.isArray(searches) ? searches.filter((one: Json) => typeof one === "string") : none;
  }

  get lostSettings(): readonly LostSettingView[] {
    const written = this.workload.pod.annotations[proxyConfigKey];
    const read = written === undefined ? undefined : parseYaml(written);
    if (!read?.ok) return none;
    return lostSettings(read.value).map((one) => new LostSettingView(one));
  }

  get unresolvedProbes(): readonly ProbeView[] {
    this.#unresolved ??= unresolvedProbes(this.appContainers);
    return this.#unresolved;
  }

  get ports(): readonly PortView[] {
    return this.appContainers.flatMap(({ ports }) => ports);
  }

  /** Undefined, and so not `has()`, unless it is written. */
  get runAsUser(): bigint | undefined {
    return userOf(this.#spec);
  }

  /** Likewise. */
  get runAsGroup(): bigint | undefined {
    return groupOf(this.#spec);
  }

  get invalidAnnotations(): readonly InvalidAnnotationView[] {
    this.#invalid ??= invalidAnnotations(this.workload.pod.annotations, this.#mesh.facts, parseYaml).map(
      (one) => new InvalidAnnotationView(one),
    );
    return this.#invalid;
  }

  get spec(): Held {
    return heldOf(this.#spec);
  }

  /** Whether the pod's spec has a key. */
  hasOwn(key: string): boolean {
    return Object.hasOwn(this.#spec, key);
  }

  get #spec(): JsonObject {
    const spec = at(this.workload.value, [...this.workload.template, "spec"]);
    return isObject(spec) ? spec : nothing;
  }

  get templates(): readonly string[] {
    const written = this.workload.pod.annotations[templatesKey];
    return written === undefined ? none : written.split(",").map((name) => name.trim());
  }

  get metadata(): readonly EntryView[] {
    return entriesOf(this.workload, this.#metadata, () => true);
  }

  get nonStrings(): readonly EntryView[] {
    this.#nonStrings ??= nonStringsOf(this.workload, this.#metadata);
    return this.#nonStrings;
  }

  get misspelled(): readonly EntryView[] {
    this.#misspelled ??= entriesOf(this.workload, this.#metadata, isMisspelled);
    return this.#misspelled;
  }

  get unknownKeys(): readonly EntryView[] {
    this.#unknown ??= unknownKeysOf(this.#mesh.world, this.workload, this.#metadata);
    return this.#unknown;
  }

  get outdated(): readonly OutdatedView[] {
    return outdatedOf(this.workload.pod.annotations, this.#mesh.release);
  }

  get strays(): readonly EntryView[] {
    this.#strays ??= straysOf(this.workload, this.#metadata, "Pod", (key, map) => this.#counts(key, map));
    return this.#strays;
  }

  /** Whether a key that means nothing in its map is no mistake: it is there rightly too, or was left by an injector. */
  #counts(key: string, map: string): boolean {
    const { labels, annotations } = this.workload.pod;
    if (key in (map === "labels" ? annotations : labels)) return true;
    return (
      key === revisionKey && (templatesKey in annotations || sidecarState(this.workload.pod).is !== "absent")
    );
  }

  /** Whether the pod, or any of its containers, is set to run as a user. */
  runsAs(user: bigint): boolean {
    return this.runAsUser === user || this.someContainer((one) => userOf(one.spec) === user);
  }

  /** Whether the pod, or any of its containers, is set to run as some user. */
  get namesUser(): boolean {
    return this.runAsUser !== undefined || this.someContainer((one) => userOf(one.spec) !== undefined);
  }

  /** Whether the pod, or any of its containers, is set to run as one of these groups. */
  runsAsGroup(groups: () => readonly bigint[]): boolean {
    const isNamed =
      this.runAsGroup !== undefined || this.someContainer((one) => groupOf(one.spec) !== undefined);
    return (
      isNamed &&
      groups().some(
        (group) => this.runAsGroup === group || this.someContainer((one) => groupOf(one.spec) === group),
      )
    );
  }

  /** Whether a test holds of any container or init container. */
  someContainer(test: (container: ContainerFacts) => boolean): boolean {
    const { containers, initContainers } = this.workload.pod;
    return containers.some(test) || initContainers.some(test);
  }

  get #metadata(): Path {
    return [...this.workload.template, "metadata"];
  }
}

const proxyConfigKey = "proxy.istio.io/config";

/** Calls that end the sidecar, and programs that make them (scuttle and others of its kind). */
const stopsSidecar =
  /quitquitquit|pilot-agent|scuttle|kubexit|envoy-preflight|ISTIO_QUIT_API|ENVOY_ADMIN_API|ISTIO_ADMIN|pkill|killall/i;
const wrappers = /scuttle|kubexit|envoy-preflight|istio-quit/i;

/** All that a container is told to do, as one text. */
function commandOf({ command, args, env, lifecycle }: JsonObject): string {
  return jsonTextOf([command, args, env, lifecycle]);
}

/** A field of proxy.istio.io/config that no ProxyConfig has, and that is nearly the name of one. */
export class LostSettingView {
  readonly name: string;
  readonly meant: string;
  /** Where inside the value's YAML. */
  readonly path: readonly (string | bigint)[];

  constructor({ name, meant, path }: LostSetting) {
    this.name = name;
    this.meant = meant;
    this.path = path.map((step) => (typeof step === "number" ? BigInt(step) : step));
  }
}

const istioContainers = new Set(["istio-proxy", "istio-init", "istio-validation", "enable-core-dump"]);

/** An annotation that the injector refuses. */
export class InvalidAnnotationView {
  readonly key: string;
  readonly value: string;
  readonly problem: string;
  /** Where inside the value's YAML; empty for the value as a whole. */
  readonly path: readonly (string | bigint)[];

  constructor({ annotation, value, message, path }: InvalidAnnotation) {
    this.key = annotation;
    this.value = value;
    this.problem = message;
    this.path = path.map((step) => (typeof step === "number" ? BigInt(step) : step));
  }
}
