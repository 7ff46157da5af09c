/** Pod templates as rules see them: metadata, containers, ports. CEL tells types by constructor, hence classes with lazy fields. */
import { type InvalidAnnotation, invalidAnnotations, type ReadYaml } from "../istio/annotations.ts";
import type { ContainerFacts } from "../istio/facts.ts";
import { sidecarState } from "../istio/sidecar-state.ts";
import { revisionKey } from "../istio/webhook.ts";
import { at, isObject, type Json, type JsonObject } from "../kube/json.ts";
import { readDocuments } from "../source/document.ts";
import { type Path, toValue } from "../source/node.ts";
import type { Workload } from "../world/world.ts";
import { type Held, heldOf, type Texts, textsOf } from "./cel-values.ts";
import { type EntryView, entriesOf, isMisspelled, nonStringsOf, straysOf } from "./entry.ts";
import type { MeshView } from "./mesh-view.ts";

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

  get spec(): Held {
    return heldOf(this.#spec);
  }

  get ports(): readonly PortView[] {
    const ports = this.#spec.ports;
    if (!Array.isArray(ports)) return none;
    return ports.flatMap((port: Json, index) => {
      const number = integer(at(port, ["containerPort"]));
      return number === undefined ? [] : [new PortView(this, index, number, at(port, ["protocol"]))];
    });
  }
}

/** A port of a container. */
export class PortView {
  readonly container: ContainerView;
  readonly index: bigint;
  readonly number: bigint;
  readonly protocol: string;

  constructor(container: ContainerView, index: number, number: bigint, protocol: Json | undefined) {
    this.container = container;
    this.index = BigInt(index);
    this.number = number;
    this.protocol = typeof protocol === "string" ? protocol : "TCP";
  }
}

function userOf(spec: JsonObject): bigint | undefined {
  return integer(at(spec, ["securityContext", "runAsUser"]));
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

  get ports(): readonly PortView[] {
    return this.appContainers.flatMap(({ ports }) => ports);
  }

  /** Undefined, and so not `has()`, unless it is written. */
  get runAsUser(): bigint | undefined {
    return userOf(this.#spec);
  }

  get invalidAnnotations(): readonly InvalidAnnotationView[] {
    this.#invalid ??= invalidAnnotations(this.workload.pod.annotations, this.#mesh.facts, readYaml).map(
      (one) => new InvalidAnnotationView(one),
    );
    return this.#invalid;
  }

  get spec(): Held {
    return heldOf(this.#spec);
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

  /** Whether a test holds of any container or init container. */
  someContainer(test: (container: ContainerFacts) => boolean): boolean {
    const { containers, initContainers } = this.workload.pod;
    return containers.some(test) || initContainers.some(test);
  }

  get #metadata(): Path {
    return [...this.workload.template, "metadata"];
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

function readYaml(text: string): ReturnType<ReadYaml> {
  const reading = readDocuments({ path: "", text })[0]?.read();
  if (!reading) return { ok: true, value: undefined };
  if (!reading.ok) return { ok: false, message: reading.error.message };
  return { ok: true, value: reading.root && toValue(reading.root) };
}
