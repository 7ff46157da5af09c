/** What a workload's sidecar may use of CPU and memory, and where each value comes from. */
import type { ProxyResource, ProxyResources } from "../istio/proxy-resources.ts";
import { at } from "../kube/json.ts";
import type { Workload, World } from "../world/world.ts";
import { ProxyView } from "./proxy.ts";

/** One of the four effective values. */
export interface SidecarResource {
  readonly resource: "cpu" | "memory";
  readonly bound: "request" | "limit";
  /** As written; null when it is not set. */
  readonly value: string | null;
  /** "apps/web.yaml:14:9", "default of Istio 1.30"; for a null value why it is not set. */
  readonly where: string;
  /** Whether nobody can tell: what the mesh sets cannot be read. */
  readonly unknown?: true;
}

const rows = [
  ["cpu", "request"],
  ["cpu", "limit"],
  ["memory", "request"],
  ["memory", "limit"],
] as const;

/** The four values in a fixed order; undefined for a workload that certainly gets no sidecar made from the stock template. */
export function sidecarResources(workload: Workload, world: World): readonly SidecarResource[] | undefined {
  if (workload.decision.verdict !== "injected" && workload.decision.verdict !== "unknown") return undefined;
  const proxy = new ProxyView(workload, world, false);
  return proxy.applies ? resourceRows(proxy.resources, proxy, workload) : undefined;
}

/** The four values of a sidecar that was rendered. */
export function renderedResources(
  resources: ProxyResources,
  workload: Workload,
  world: World,
): readonly SidecarResource[] {
  return resourceRows(resources, new ProxyView(workload, world, false), workload);
}

function resourceRows(
  resources: ProxyResources,
  proxy: ProxyView,
  workload: Workload,
): readonly SidecarResource[] {
  return rows.map(([resource, bound]): SidecarResource => {
    const set = resources[`${bound}s`][resource];
    const isTold = set.from !== "none" && set.from !== "limit";
    if (isTold || proxy.annotated || proxy.mesh.known) {
      const where = origin(set, proxy, `${bound}s`, resource, workload);
      return { resource, bound, value: set.value ?? null, where };
    }
    const where = `the injector's values cannot be read: ${proxy.mesh.originOf([]).text}`;
    return { resource, bound, value: null, where, unknown: true };
  });
}

function origin(
  set: ProxyResource,
  proxy: ProxyView,
  kind: string,
  resource: string,
  workload: Workload,
): string {
  const inPod = (path: readonly (string | number)[]) => workload.originOf({ of: "pod", path }).text;
  switch (set.from) {
    case "annotation":
      return inPod(["metadata", "annotations", set.annotation]);
    case "container":
      return inPod(["spec", set.list, set.index, "resources", kind, resource]);
    case "mesh":
      return proxy.mesh.originOf([kind, resource]).text;
    case "template":
      return `template: ${proxy.templateOrigin.text}`;
    case "limit":
      return "Kubernetes takes the limit where there is no request";
    case "none":
      if (proxy.annotated) return "not set: annotations replace the mesh's defaults";
      return at(proxy.mesh.resources, [kind, resource]) === undefined
        ? "set neither by the pod nor by the mesh"
        : "not set: the template leaves out the mesh's";
  }
}
