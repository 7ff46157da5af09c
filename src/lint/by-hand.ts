/** Which pods carry a sidecar that nobody injects, and how it differs from one that is injected today. */
import { containersOf, findSidecar, objectOf, objectsOf, type Pod, textOf } from "../istio/inject/pod.ts";
import type { SidecarContainer, SidecarState } from "../istio/sidecar-state.ts";
import { sidecarState } from "../istio/sidecar-state.ts";
import { at, type Json, type JsonObject } from "../kube/json.ts";
import { sameJson } from "../kube/json-patch.ts";
import { isSameQuantity } from "../kube/quantity.ts";
import { injectionOf } from "../world/sidecar.ts";
import type { Workload, World } from "../world/world.ts";

/** Whether the manifest holds a sidecar already: one that the injector left there, or one in a pod that is not injected. */
export function injectedByHand({ pod, decision }: Pick<Workload, "pod" | "decision">): boolean {
  const state = sidecarState(pod);
  return state.is === "present" && (state.by === "status" || decision.verdict === "not-injected");
}

/** A sidecar that stands in a manifest. */
export class ByHandView {
  readonly list: string;
  readonly index: bigint;
  readonly #workload: Workload;
  readonly #world: World;
  readonly #container: SidecarContainer;
  #differences: readonly string[] | undefined;

  constructor(workload: Workload, world: World, container: SidecarContainer) {
    this.#workload = workload;
    this.#world = world;
    this.#container = container;
    this.list = container.list;
    this.index = BigInt(container.index);
  }

  /** What an injection of today gives otherwise: `image istio/proxyv2:1.16.0, now istio/proxyv2:1.30.3`; empty where that is not known. */
  get differences(): readonly string[] {
    this.#differences ??= this.#compare();
    return this.#differences;
  }

  #compare(): readonly string[] {
    const made = injectionOf(this.#world, this.#workload);
    const today = made.state === "injected" ? findSidecar(made.rendered) : undefined;
    const written = this.#workload.pod[this.#container.list][this.#container.index]?.spec;
    if (made.state !== "injected" || !today || !written) return none;
    const state = sidecarState(this.#workload.pod);
    return [
      ...differingImage(written, today),
      ...differingResources(written, today),
      ...(sameJson(written.args, today.args) ? [] : ["its arguments"]),
      ...differingEnvironment(written, today),
      ...differingAdditions(state, made.rendered),
    ];
  }
}

const none: readonly never[] = [];

/** The sidecar that somebody injected into a manifest; a gateway, which is a proxy alone, is none. */
export function sidecarByHand(workload: Workload): SidecarContainer | undefined {
  if (!injectedByHand(workload)) return undefined;
  const state = sidecarState(workload.pod);
  if (state.is !== "present" || !state.container) return undefined;
  const { list, index } = state.container;
  const args = workload.pod[list][index]?.spec.args;
  const isSidecar = Array.isArray(args) && args[0] === "proxy" && args[1] === "sidecar";
  return isSidecar ? state.container : undefined;
}

function differingImage(written: JsonObject, today: JsonObject): readonly string[] {
  const [was, is] = [textOf(written.image), textOf(today.image)];
  return was === is ? none : [`image ${was}, now ${is}`];
}

const rows = [
  ["requests", "cpu", "CPU request"],
  ["limits", "cpu", "CPU limit"],
  ["requests", "memory", "memory request"],
  ["limits", "memory", "memory limit"],
] as const;

function differingResources(written: JsonObject, today: JsonObject): readonly string[] {
  return rows.flatMap(([kind, name, title]) => {
    const [was, is] = [written, today].map((one) => scalar(at(one, ["resources", kind, name])));
    if (was === is || (was !== undefined && is !== undefined && isSameQuantity(was, is))) return [];
    return [`${title} ${was ?? "none"}, now ${is ?? "none"}`];
  });
}

function scalar(value: Json | undefined): string | undefined {
  return value === undefined || value === null || typeof value === "object" ? undefined : String(value);
}

/** What the application, not the template, gives to the sidecar's environment. */
const ofApplication: ReadonlySet<string> = new Set([
  "ISTIO_KUBE_APP_PROBERS",
  "ISTIO_PROMETHEUS_ANNOTATIONS",
]);

function differingEnvironment(written: JsonObject, today: JsonObject): readonly string[] {
  const names = (container: JsonObject) =>
    new Set(
      objectsOf(container.env)
        .map(({ name }) => textOf(name))
        .filter((name) => !ofApplication.has(name)),
    );
  return differing("environment", names(written), names(today));
}

/** Init containers and volumes, which the status of an injection lists. */
function differingAdditions(state: SidecarState, rendered: Pod): readonly string[] {
  if (state.is !== "present" || !state.status) return none;
  const now = (names: readonly (Json | undefined)[]) => new Set(names.map(textOf));
  const { containers, initContainers, volumes } = state.status;
  const init = containersOf(rendered, "initContainers").map(({ name }) => name);
  const others = containersOf(rendered, "containers").map(({ name }) => name);
  const today = objectsOf(objectOf(rendered.spec).volumes).map(({ name }) => name);
  return [
    ...differing("containers", new Set([...containers, ...initContainers]), now([...others, ...init])),
    ...differing("volumes", new Set(volumes), now(today)),
  ];
}

/** "volumes (without istio-data, with istio-envoy)"; nothing where the names are the same. */
function differing(what: string, was: ReadonlySet<string>, is: ReadonlySet<string>): readonly string[] {
  const missing = [...is].filter((name) => !was.has(name));
  const more = [...was].filter((name) => !is.has(name));
  if (missing.length + more.length === 0) return none;
  const told = [
    ...(missing.length > 0 ? [`${named(missing)} missing`] : []),
    ...(more.length > 0 ? [`${named(more)} no longer there`] : []),
  ];
  return [`${what} (${told.join(", ")})`];
}

/** How many names are told one by one. */
const most = 3;

function named(names: readonly string[]): string {
  return names.length > most ? String(names.length) : names.join(", ");
}
