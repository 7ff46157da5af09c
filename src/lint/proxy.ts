/** What rules see of the sidecar: resources and who set them, ports, user, capture; by cheap models where they hold, else rendered. */

import { sidecarTemplate } from "../istio/inject/injector.ts";
import { rewritesProbes } from "../istio/inject/probes.ts";
import { templatesAnnotation } from "../istio/inject/templates.ts";
import { effectiveProxyConfig, meshDefaultsOf } from "../istio/mesh-config.ts";
import { areNative } from "../istio/native-sidecars.ts";
import {
  isAnnotated,
  meshResources,
  ownProxy,
  type ProxyResource,
  type ProxyResources,
  proxyResources,
  type ResourceKind,
  type ResourceName,
} from "../istio/proxy-resources.ts";
import { nearestFacts } from "../istio/releases.ts";
import { configuredPorts, type ProxySettings, type Sidecar } from "../istio/sidecar.ts";
import { nativeKey } from "../istio/sidecar-state.ts";
import { at } from "../kube/json.ts";
import { isPlain, likeSidecar } from "../world/calibration.ts";
import type { Config } from "../world/config.ts";
import { type IstiodReading, istiodFor, parseYaml, templateOrigin } from "../world/istiods.ts";
import { type ReadableIstiod, sidecarOf } from "../world/sidecar.ts";
import type { Origin, Workload, World } from "../world/world.ts";
import { type CapturedPod, CaptureView, captureSettings } from "./capture-view.ts";
import type { Texts } from "./cel-values.ts";
import {
  injectorFor,
  isStock,
  type MeshResources,
  meshResourcesFor,
  tellsOfNative,
} from "./mesh-resources.ts";
import { type TemplateView, unknownTemplates } from "./template-view.ts";

/** A request or limit of the sidecar that the pod's author wrote, and that counts. */
export class SettingView {
  readonly kind: string;
  readonly resource: string;
  readonly value: string;
  readonly key: string;
  readonly list: string;
  readonly index: bigint;

  constructor(kind: ResourceKind, resource: ResourceName, set: ProxyResource & { readonly value: string }) {
    this.kind = kind;
    this.resource = resource;
    this.value = set.value;
    this.key = set.from === "annotation" ? set.annotation : "";
    this.list = set.from === "container" ? set.list : "";
    this.index = BigInt(set.from === "container" ? set.index : -1);
  }

  get title(): string {
    return this.resource === "cpu" ? "CPU" : this.resource;
  }
  get name(): string {
    return this.key === ""
      ? `resources.${this.kind}.${this.resource}`
      : this.key.slice(this.key.indexOf("/") + 1);
  }
}

/** A port that the sidecar listens on. */
export class SidecarPortView {
  readonly number: bigint;
  readonly purpose: string;

  constructor(number: number, purpose: string) {
    this.number = BigInt(number);
    this.purpose = purpose;
  }
}

/** An annotation without which the injection would succeed. */
export class BreakingAnnotationView {
  readonly key: string;
  readonly problem: string;

  constructor(key: string, problem: string) {
    this.key = key;
    this.problem = problem;
  }
}

const kinds: readonly ResourceKind[] = ["requests", "limits"];
const names: readonly ResourceName[] = ["cpu", "memory"];

/** Ports of a sidecar that no configuration moves. */
const fixedPorts: readonly (readonly [number, string])[] = [
  [15004, "debugging"],
  [15008, "HBONE"],
  [15021, "health checks"],
  [15053, "DNS"],
  [15090, "Envoy's metrics"],
];

const modeKey = "sidecar.istio.io/interceptionMode";
const configKey = "proxy.istio.io/config";
const statusPortKey = "status.sidecar.istio.io/port";

/** The users that OpenShift gives to all containers of a pod alike, and that its istiod takes back from the sidecar. */
const firstOfOpenShift = 1_000_000_000n;

/** The sidecar of a workload: the container that injection would really produce. */
export class ProxyView {
  readonly annotated: boolean;
  readonly #workload: Workload;
  readonly #world: World;
  readonly #injectedByHand: boolean;
  #meshResources: MeshResources | undefined;
  #effective: ProxyResources | undefined;
  #exact: { readonly sidecar: Sidecar | undefined; readonly rendered: boolean } | undefined;
  #istiod: { readonly reading: IstiodReading | undefined } | undefined;
  #settings: readonly SettingView[] | undefined;

  constructor(workload: Workload, world: World, injectedByHand: boolean) {
    this.#workload = workload;
    this.#world = world;
    this.#injectedByHand = injectedByHand;
    this.annotated = isAnnotated(workload.pod);
  }

  /** Whether a sidecar template is used: not for gateways, nor for pods injected by hand. */
  get applies(): boolean {
    if (this.#injectedByHand || !this.#asksForSidecar) return false;
    const { rendered, sidecar } = this.#inspected;
    return !rendered || sidecar !== undefined;
  }

  get #asksForSidecar(): boolean {
    const written = this.#asked;
    if (written === undefined || written.includes(sidecarTemplate)) return true;
    const aliases = this.#reading?.istiod.injector.aliases ?? {};
    return written.some((name) => Object.hasOwn(aliases, name) && aliases[name]?.includes(sidecarTemplate));
  }

  /** What inject.istio.io/templates names; undefined without it. */
  get #asked(): readonly string[] | undefined {
    const written = this.#workload.pod.annotations[templatesAnnotation];
    return written?.split(",").map((name) => name.trim());
  }

  /** The istiod that the repository or the configuration shows; undefined for a stock one. */
  get #shown(): IstiodReading | undefined {
    if (!this.#istiod) {
      const injector = injectorFor(this.#workload, this.#world);
      const isShown = injector && !isStock(injector, this.#world);
      this.#istiod = { reading: isShown ? istiodFor(this.#world, injector.revision) : undefined };
    }
    return this.#istiod.reading;
  }

  /** The same, as far as it can be read. */
  get #reading(): ReadableIstiod | undefined {
    const shown = this.#shown;
    return shown?.ok ? shown : undefined;
  }

  /** Whether no model says what the sidecar is, so that it is rendered. */
  get rendered(): boolean {
    return this.#inspected.rendered;
  }

  /** The rendered sidecar where the models may not hold: with the repository's own templates, or with several. */
  get #inspected(): { readonly sidecar: Sidecar | undefined; readonly rendered: boolean } {
    this.#exact ??= this.#inspect();
    return this.#exact;
  }

  #inspect(): { readonly sidecar: Sidecar | undefined; readonly rendered: boolean } {
    const asked = this.#asked;
    const severalAsked = asked !== undefined && (asked.length !== 1 || asked[0] !== sidecarTemplate);
    const reading = this.#reading;
    if (severalAsked) {
      const made = sidecarOf(this.#world, this.#workload);
      return made.state === "injected"
        ? { sidecar: made.sidecar, rendered: true }
        : { sidecar: undefined, rendered: false };
    }
    if (!reading || isPlain(this.#world, this.#workload, reading))
      return { sidecar: undefined, rendered: false };
    const { made, sidecar } = likeSidecar(this.#world, this.#workload, reading);
    return { sidecar, rendered: made };
  }

  /** What the mesh sets where the pod says nothing. */
  get mesh(): MeshResources {
    this.#meshResources ??= meshResourcesFor(this.#workload, this.#world);
    return this.#meshResources;
  }

  /** The effective requests and limits, each with who set it. */
  get resources(): ProxyResources {
    this.#effective ??=
      this.#inspected.sidecar?.resources ?? proxyResources(this.#workload.pod, this.mesh.resources);
    return this.#effective;
  }

  /** Whether the mesh's resources can be read. */
  get meshKnown(): boolean {
    return this.mesh.known;
  }
  get settings(): readonly SettingView[] {
    this.#settings ??= settingsOf(this.resources, "annotation", "container");
    return this.#settings;
  }
  get requests(): Texts {
    return valuesOf(this.resources, "requests");
  }
  get limits(): Texts {
    return valuesOf(this.resources, "limits");
  }
  get meshRequests(): Texts {
    return valuesOf(meshResources(this.mesh.resources), "requests");
  }
  get meshLimits(): Texts {
    return valuesOf(meshResources(this.mesh.resources), "limits");
  }

  get usualRequests(): Texts {
    return usualOf(this.meshRequests, this.#world.configuration.config.fixes, {
      cpu: "proxyCPU",
      memory: "proxyMemory",
    });
  }
  get usualLimits(): Texts {
    return usualOf(this.meshLimits, this.#world.configuration.config.fixes, {
      cpu: "proxyCPULimit",
      memory: "proxyMemoryLimit",
    });
  }

  /** What decides on ports and capture: the mesh's configuration and the pod's own. */
  get #proxySettings(): ProxySettings {
    const known = this.#reading?.istiod;
    if (known) return known;
    const facts = nearestFacts(this.#release);
    return { mesh: meshDefaultsOf(facts), facts, readYaml: parseYaml };
  }
  get #release(): string {
    return injectorFor(this.#workload, this.#world)?.release || this.#world.mesh.release;
  }

  get ports(): readonly SidecarPortView[] {
    const { sidecar } = this.#inspected;
    const listed = sidecar?.ports.map(({ number, purpose }): [number, string] => [number, purpose]) ?? [
      ...configuredPorts(this.#proxySettings, this.#workload.pod.annotations, this.mode !== "NONE"),
      ...fixedPorts,
    ];
    return listed.map(([number, purpose]) => new SidecarPortView(number, purpose));
  }

  /** Whether the sidecar's ports may be others than those of a stock install. */
  get movesPorts(): boolean {
    const { annotations } = this.#workload.pod;
    return this.#shown !== undefined || statusPortKey in annotations || configKey in annotations;
  }

  /** REDIRECT, TPROXY or NONE. */
  get mode(): string {
    const { annotations } = this.#workload.pod;
    const annotated = annotations[modeKey];
    if (annotated !== undefined) return annotated;
    if (!(configKey in annotations) && this.#shown === undefined) return "REDIRECT";
    const { mesh, facts } = this.#proxySettings;
    const own = annotations[configKey];
    const read = own === undefined ? undefined : parseYaml(own);
    const { interceptionMode } = effectiveProxyConfig(mesh, read?.ok ? read.value : undefined, facts);
    return typeof interceptionMode === "string" ? interceptionMode : "REDIRECT";
  }

  get capture(): CaptureView {
    const { sidecar, rendered } = this.#inspected;
    const pod = this.#capturedPod;
    if (rendered && sidecar?.capture) return new CaptureView(sidecar.capture, pod);
    const of = (setting: keyof typeof captureSettings): string => this.#captureSetting(setting);
    return new CaptureView(
      {
        includedRanges: of("includedRanges"),
        excludedRanges: of("excludedRanges"),
        includedOutboundPorts: of("includedOutboundPorts"),
        includedInboundPorts: of("includedInboundPorts"),
        excludedInboundPorts: of("excludedInboundPorts"),
      },
      pod,
    );
  }

  get #capturedPod(): CapturedPod {
    const { facts } = this.#proxySettings;
    const listed = this.#workload.pod.containers.flatMap(({ spec }) => spec.ports ?? []);
    const ports = (Array.isArray(listed) ? listed : []).flatMap((port) => {
      const number = at(port, ["containerPort"]);
      const isTcp = (at(port, ["protocol"]) ?? "TCP") === "TCP";
      return isTcp && (typeof number === "number" || typeof number === "bigint") ? [BigInt(number)] : [];
    });
    const nftables = at(this.#reading?.istiod.values.all, ["global", "nativeNftables"]) === true;
    return { mode: this.mode, facts: facts.capture, ownPorts: facts.excludedInboundPorts, nftables, ports };
  }

  /** The pod's annotation, else the value of the install. */
  #captureSetting(setting: keyof typeof captureSettings): string {
    const [annotation, value, fallback] = captureSettings[setting];
    const annotated = this.#workload.pod.annotations[annotation];
    if (annotated !== undefined) return annotated;
    const installed = at(this.#reading?.istiod.values.all, ["global", "proxy", value]);
    return typeof installed === "string" ? installed : fallback;
  }

  /** Whether the values of the install keep all sidecars from traffic. */
  get capturesByInstall(): boolean {
    const proxy = at(this.#reading?.istiod.values.all, ["global", "proxy"]);
    const says = (key: string) => at(proxy, [key]);
    return (
      says("includeInboundPorts") === "" || says("includeIPRanges") === "" || Boolean(says("excludeIPRanges"))
    );
  }

  /** The user whose traffic is taken for the sidecar's own, where any is captured; undefined where it is not known. */
  get user(): bigint | undefined {
    const { sidecar, rendered } = this.#inspected;
    if (rendered) return this.#userOf(sidecar);
    const own = at(ownProxy(this.#workload.pod)?.spec, ["securityContext", "runAsUser"]);
    const follows = nearestFacts(this.#release).followsProxyUser;
    const asked = typeof own === "number" || typeof own === "bigint" ? BigInt(own) : 0n;
    if (asked >= firstOfOpenShift) return undefined;
    return follows && asked > 0n ? asked : 1337n;
  }

  /** All users whose traffic is left alone; none where they are not known. */
  get users(): readonly bigint[] {
    const { sidecar, rendered } = this.#inspected;
    const several = rendered ? (sidecar?.capture?.users ?? []) : [];
    if (several.length > 1) return several.map(BigInt);
    const { user } = this;
    return user === undefined ? [] : [user];
  }

  /** The group whose traffic is left alone, in a list; empty where it is not known. */
  get groups(): readonly bigint[] {
    if (this.user === undefined && this.users.length === 0) return [];
    const { sidecar, rendered } = this.#inspected;
    if (rendered) return sidecar?.capture && sidecar.group !== undefined ? [BigInt(sidecar.group)] : [];
    const own = at(ownProxy(this.#workload.pod)?.spec, ["securityContext", "runAsGroup"]);
    const isNamed = typeof own === "number" || typeof own === "bigint";
    if (isNamed && nearestFacts(this.#release).followsProxyUser) return Number(own) > 0 ? [BigInt(own)] : [];
    return [1337n];
  }

  #userOf(sidecar: Sidecar | undefined): bigint | undefined {
    const { capture } = sidecar ?? {};
    // On OpenShift the user follows from annotations of the Namespace, which only the cluster may hold.
    const isOpenShift = this.#reading?.istiod.platform === "openshift";
    if (capture?.user === undefined || (isOpenShift && capture.user === 1337)) return undefined;
    return BigInt(capture.user);
  }

  /** "yes", "no", or "unknown" where it depends on nodes that nobody tells of. */
  get native(): string {
    const facts = nearestFacts(this.#release);
    const written = facts.nativeSidecarAnnotation ? this.#workload.pod.annotations[nativeKey] : undefined;
    if (written !== undefined) return written === "true" ? "yes" : written === "false" ? "no" : "unknown";
    const native = this.#nativeByDefault;
    return native === undefined ? "unknown" : native ? "yes" : "no";
  }

  get #nativeByDefault(): boolean | undefined {
    const injector = injectorFor(this.#workload, this.#world);
    if (injector && (tellsOfNative(this.#world) || !isStock(injector, this.#world))) {
      const reading = istiodFor(this.#world, injector.revision);
      return reading.ok ? reading.native : undefined;
    }
    const release = nearestFacts(this.#release);
    return areNative({ release, setting: undefined, kubernetesVersion: undefined });
  }

  /** Whether the CNI plugin redirects traffic, not an init container. */
  get cni(): boolean {
    const values = this.#reading?.istiod.values.all;
    return ["pilot.cni", "istio_cni"].some((name) => at(values, [...name.split("."), "enabled"]) === true);
  }

  get rewritesProbes(): boolean {
    const setting = this.#reading?.istiod.values.rewriteAppHTTPProbe ?? true;
    return rewritesProbes(this.#workload.pod.annotations, setting);
  }

  /** Where the template stands that makes the sidecar. */
  get templateOrigin(): Origin {
    const release = this.#release;
    const name = this.#inspected.sidecar?.templates[0] ?? sidecarTemplate;
    const known = this.#reading && templateOrigin(this.#reading, name);
    return known ?? this.#workload.originOf({ of: "release", release });
  }

  /** Annotations that break what the templates render, so that the injection fails. */
  get breakingAnnotations(): readonly BreakingAnnotationView[] {
    const made = sidecarOf(this.#world, this.#workload);
    if (made.state !== "refused") return [];
    return made.refusals.flatMap(({ breaking, message }) =>
      breaking === undefined ? [] : [new BreakingAnnotationView(breaking, message)],
    );
  }

  get unknownTemplates(): readonly TemplateView[] {
    return unknownTemplates(this.#asked, this.#workload, this.#world);
  }
}

/** The requests and limits that certain origins set. */
export function settingsOf(
  resources: ProxyResources,
  ...origins: readonly ProxyResource["from"][]
): readonly SettingView[] {
  return kinds.flatMap((kind) =>
    names.flatMap((name) => {
      const set = resources[kind][name];
      return set.from !== "none" && origins.includes(set.from) ? [new SettingView(kind, name, set)] : [];
    }),
  );
}

/** What is asked for; a request that Kubernetes would copy from the limit is not. */
function valuesOf(resources: ProxyResources, kind: ResourceKind): Texts {
  const result = new Map<string, string>();
  for (const name of names) {
    const { from, value } = resources[kind][name];
    if (from !== "none" && from !== "limit") result.set(name, value);
  }
  return result;
}

type Fixes = NonNullable<Config["fixes"]>;

/** The mesh's requests or limits, with what the configuration wants instead. */
function usualOf(
  mesh: Texts,
  fixes: Fixes | undefined,
  settings: Readonly<Record<ResourceName, keyof Fixes>>,
): Texts {
  if (!fixes) return mesh;
  const usual = new Map(mesh);
  for (const name of names) {
    const wanted = fixes[settings[name]];
    if (wanted !== undefined) usual.set(name, String(wanted));
  }
  return usual;
}
