/** The sidecar that a workload's pods get, or would get: worked out on demand, once for workloads that ask the same. */
import type { Labels } from "../istio/facts.ts";
import type { InjectionError } from "../istio/inject/pipeline.ts";
import type { Pod } from "../istio/inject/pod.ts";
import type { TemplateSource } from "../istio/inject/workload.ts";
import { readSidecar, type Sidecar } from "../istio/sidecar.ts";
import { defaultRevision } from "../istio/webhook.ts";
import { at, jsonTextOf } from "../kube/json.ts";
import { type IstiodReading, istiodFor } from "./istiods.ts";
import { injectOpen, type OpenInjection, type OpenSetting } from "./open-settings.ts";
import { breakingAnnotation, type Refusal, refusalsByServer, refusalsOf } from "./refusals.ts";
import { stringMap } from "./resource.ts";
import { isSlipOfStock } from "./unshown-template.ts";
import type { Workload, World } from "./world.ts";

/** What an injection makes of a workload's pods, whatever the gates say. */
export type InjectionReading =
  | {
      readonly state: "injected";
      /** Undefined where the templates add no container istio-proxy. */
      readonly sidecar: Sidecar | undefined;
      /** The template as Kubernetes reads it, and injected. */
      readonly before: Pod;
      readonly pod: Pod;
      readonly rendered: Pod;
      /** Empty unless the API server refuses the injected pod. */
      readonly refusals: readonly Refusal[];
      /** Placeholders that would be refused as they stand: what they are for is not known, the rest is. */
      readonly open: readonly OpenSetting[];
    }
  | { readonly state: "refused"; readonly refusals: readonly Refusal[] }
  | { readonly state: "unknown"; readonly why: string };

/** The sidecar of a workload. `none`: the gates are shut. */
export type SidecarReading = InjectionReading | { readonly state: "none" };

/** The istiod that injects into a workload, or would, as `istiodFor` reads it. */
export type ReadableIstiod = IstiodReading & { readonly ok: true };

const none: SidecarReading = { state: "none" };

/** The sidecar that a workload gets, or may get: what `injectionOf` says, unless the verdict is that there is none. */
export function sidecarOf(world: World, workload: Workload): SidecarReading {
  const { verdict, possibilities } = workload.decision;
  const may = verdict === "unknown" && possibilities.some((one) => one.verdict === "injected");
  return verdict === "injected" || may ? injectionOf(world, workload) : none;
}

/**
 * The revision whose sidecar a workload gets, or would: of the revision that injects, or the only one that might; where several might
 * the default one; undefined where that leaves a choice.
 */
export function sidecarRevision(world: World, { decision }: Workload): string | undefined {
  if (decision.revision !== null) return decision.revision;
  const injecting = decision.possibilities.filter(({ verdict }) => verdict === "injected");
  const [only, ...others] = new Set(injecting.map(({ revision }) => revision));
  if (only && others.length === 0) return only;
  const { injectors } = world.mesh;
  if (injectors.some(({ revision }) => revision === defaultRevision)) return defaultRevision;
  return injectors.length === 1 ? injectors[0]?.revision : undefined;
}

/** The istiod of that revision; undefined where that leaves a choice. */
export function istiodOf(world: World, workload: Workload): IstiodReading | undefined {
  const revision = sidecarRevision(world, workload);
  return revision === undefined ? undefined : istiodFor(world, revision);
}

/** What was worked out for a world: by workload, and by what an injection reads. */
interface Known {
  readonly ofWorkload: WeakMap<Workload, InjectionReading>;
  readonly ofInputs: Map<string, Made>;
}

/** An injection without its places, which differ between workloads that ask the same. */
interface Made extends OpenInjection {
  readonly sidecar: Sidecar | undefined;
}

const known = new WeakMap<World, Known>();

/** What an injection makes of a workload's pods, as if the gates were open. */
export function injectionOf(world: World, workload: Workload): InjectionReading {
  const ofWorld = known.get(world) ?? { ofWorkload: new WeakMap(), ofInputs: new Map() };
  known.set(world, ofWorld);
  const read = ofWorld.ofWorkload.get(workload) ?? readInjection(world, workload, ofWorld.ofInputs);
  ofWorld.ofWorkload.set(workload, read);
  return read;
}

function readInjection(world: World, workload: Workload, shared: Map<string, Made>): InjectionReading {
  const revision = sidecarRevision(world, workload);
  if (revision === undefined) return unknown("it is not known which revision would inject");
  const reading = istiodFor(world, revision);
  if (!reading.ok) {
    const [problem] = reading.problems;
    return unknown(problem ? `${problem.origin.text}: ${problem.message}` : "its injector cannot be read");
  }
  const source = sourceOf(world, workload);
  const key = jsonTextOf([revision, source]);
  const made = shared.get(key) ?? make(reading, workload, source);
  shared.set(key, made);
  const { injection, sidecar, open } = made;
  if (!injection.ok) {
    const broken = injection.errors.find(({ stage }) => stage === "object");
    if (broken) return unknown(`its pod template cannot be read: ${broken.message}`);
    const unshown = unshownTemplate(injection.errors, reading);
    if (unshown !== undefined)
      return unknown(`nothing here shows the injector's templates, and a stock install has no ${unshown}`);
    return { state: "refused", refusals: refusalsOf(injection.errors, reading, workload, source) };
  }
  const { before, after: pod, rendered } = injection;
  const refusals = sidecar ? refusalsByServer(sidecar, workload) : [];
  return { state: "injected", sidecar, before, pod, rendered, refusals, open };
}

/** Whether the sidecar is a native one; undefined where that depends on nodes of which nobody tells the release. */
export function isNativeFor(world: World, workload: Workload, { native }: Sidecar): boolean | undefined {
  const reading = istiodOf(world, workload);
  if (!reading?.ok || reading.native !== undefined) return native;
  const { sidecar } = make(
    { ...reading, istiod: { ...reading.istiod, native: true } },
    workload,
    sourceOf(world, workload),
  );
  return sidecar?.native === native ? native : undefined;
}

/** A template that a pod asks for and that may well be there, as nothing shows the injector's configuration. */
function unshownTemplate(
  errors: readonly InjectionError[],
  { source, istiod: { injector } }: ReadableIstiod,
): string | undefined {
  if (source === "config-map" || injector.bare) return undefined;
  const { templates, aliases } = injector;
  const known = [...templates.keys(), ...Object.keys(aliases)];
  return errors
    .map(({ template }) => template)
    .find((name) => name !== undefined && !templates.has(name) && !isSlipOfStock(name, known));
}

function unknown(why: string): InjectionReading {
  return { state: "unknown", why };
}

function make({ istiod }: ReadableIstiod, workload: Workload, source: TemplateSource): Made {
  const made = injectOpen(istiod, source, (tried) => breakingAnnotation({ istiod }, workload, tried));
  const { injection } = made;
  return { ...made, sidecar: injection.ok ? readSidecar(istiod, injection) : undefined };
}

function sourceOf(world: World, workload: Workload): TemplateSource {
  const { resource, name, namespace, value, template } = workload;
  const { kind, apiVersion } = resource;
  return {
    owner: { kind, apiVersion, name, namespace: namespace.name ?? "" },
    template: at(value, template) ?? null,
    namespaceAnnotations: annotationsOfNamespace(world, namespace.name),
  };
}

/** The annotations of a Namespace of the repository; none where it holds no such Namespace. */
export function annotationsOfNamespace({ namespaces }: World, name: string | null): Labels {
  const record = namespaces.find((one) => one.name === name && one.placed);
  return stringMap(at(record?.placed?.value, ["metadata", "annotations"]));
}
