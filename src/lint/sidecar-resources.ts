/** What a workload's sidecar may use of CPU and memory, and where each value comes from. */
import type { Workload, World } from "../world/world.ts";
import { ProxyView, type SettingView } from "./proxy.ts";

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
  if (!proxy.applies) return undefined;
  const { requests, limits } = proxy;
  return rows.map(([resource, bound]) => {
    const value = (bound === "request" ? requests : limits).get(resource) ?? null;
    if (value === null && !proxy.annotated && !proxy.meshKnown) {
      const { text } = workload.originOf(proxy.meshPlace);
      return {
        resource,
        bound,
        value,
        where: `the injector's values cannot be read: ${text}`,
        unknown: true,
      };
    }
    const other = limits.get(resource);
    if (value === null && bound === "request" && other !== undefined) {
      return { resource, bound, value: other, where: "Kubernetes takes the limit where there is no request" };
    }
    return { resource, bound, value, where: origin(proxy, `${bound}s`, resource, value, workload) };
  });
}

function origin(
  proxy: ProxyView,
  kind: string,
  resource: string,
  value: string | null,
  workload: Workload,
): string {
  const setting = proxy.settings.find((one) => one.kind === kind && one.resource === resource);
  if (setting) return workload.originOf({ of: "pod", path: pathOf(setting) }).text;
  if (value !== null) {
    const { meshPlace } = proxy;
    if (meshPlace.of !== "injector") return workload.originOf(meshPlace).text;
    return workload.originOf({ ...meshPlace, path: [...meshPlace.path, kind, resource] }).text;
  }
  return proxy.annotated
    ? "not set: annotations replace the mesh's defaults"
    : "set neither by the pod nor by the mesh";
}

function pathOf(setting: SettingView): readonly (string | number)[] {
  if (setting.key !== "") return ["metadata", "annotations", setting.key];
  return ["spec", setting.list, Number(setting.index), "resources", setting.kind, setting.resource];
}
