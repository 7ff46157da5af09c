/** What the mesh sets of a sidecar's resources where the pod says nothing, and where that stands. */
import type { Injector } from "../istio/facts.ts";
import { nearestFacts } from "../istio/releases.ts";
import { at, isObject, type JsonObject } from "../kube/json.ts";
import { istiodFor } from "../world/istiods.ts";
import { sidecarRevision } from "../world/sidecar.ts";
import type { Origin, Workload, World } from "../world/world.ts";

export interface MeshResources {
  readonly resources: JsonObject;
  /** Whether they can be read; if not, `resources` is empty. */
  readonly known: boolean;
  /** Where a request or limit stands: `["requests", "cpu"]`. */
  originOf(path: readonly string[]): Origin;
}

const inValues = ["global", "proxy", "resources"];

/** The mesh's resources as the injector of a workload has them; those of a stock install where the repository does not show them. */
export function meshResourcesFor(workload: Workload, world: World): MeshResources {
  const injector = injectorFor(workload, world);
  const revision = injector?.revision ?? "";
  const inInjector = (path: readonly string[]) =>
    workload.originOf({ of: "injector", revision, path: ["values", ...path] });
  if (injector?.valuesUnreadable) return { resources: {}, known: false, originOf: () => inInjector([]) };
  const configured = injector && configuredResources(injector, world);
  if (configured) return configured;
  if (injector?.proxyResources) {
    const originOf = (path: readonly string[]) => inInjector([...inValues, ...path]);
    return { resources: injector.proxyResources, known: true, originOf };
  }
  const release = injector?.release || world.mesh.release;
  return {
    resources: nearestFacts(release).proxyResources,
    known: true,
    originOf: () => workload.originOf({ of: "release", release }),
  };
}

/** The injector whose sidecar a workload gets, or would; undefined where that leaves a choice. */
export function injectorFor(workload: Workload, world: World): Injector | undefined {
  const asked = sidecarRevision(world, workload);
  return world.mesh.injectors.find(({ revision }) => revision === asked);
}

/**
 * Whether an injector is one of a stock install as far as resources, ports and capture go: no ConfigMap shows it or its mesh, no
 * IstioOperator or Sail resource is there, and sidelint.yaml tells no more than its release and its policy.
 */
export function isStock(injector: Injector | undefined, world: World): boolean {
  if (!injector) return true;
  const { configuration, meshConfigMaps, installs } = world;
  if (injector.configMap !== null || meshConfigMaps.length > 0 || installs.length > 0) return false;
  const { istio } = configuration.config;
  const own = istio?.revisions?.find(({ name }) => name === injector.revision);
  return [istio, own].every(
    (told) => told?.values === undefined && told?.meshConfig === undefined && told?.cni === undefined,
  );
}

/** The resources among the values of an injector that no ConfigMap shows, as its install and the configuration tell them. */
function configuredResources(injector: Injector, world: World): MeshResources | undefined {
  if (injector.configMap !== null || isStock(injector, world)) return undefined;
  const reading = istiodFor(world, injector.revision);
  if (!reading.ok) return undefined;
  const resources = at(reading.istiod.values.all, inValues);
  return {
    resources: isObject(resources) ? resources : {},
    known: true,
    originOf: (path) => reading.origins.values.originOf([...inValues, ...path]),
  };
}

const nativeTold = new WeakMap<World, boolean>();

/** Whether anything besides the release tells of native sidecars: the configuration, or a Deployment of istiod. */
export function tellsOfNative(world: World): boolean {
  let told = nativeTold.get(world);
  if (told === undefined) {
    const { istio, kubernetes } = world.configuration.config;
    told =
      kubernetes !== undefined ||
      istio?.nativeSidecars !== undefined ||
      (istio?.revisions?.some(({ nativeSidecars }) => nativeSidecars !== undefined) ?? false) ||
      world.workloads.some(
        ({ name, resource }) => resource.kind === "Deployment" && name.startsWith("istiod"),
      );
    nativeTold.set(world, told);
  }
  return told;
}
