/** What rules see of the sidecar's resources: what the user set, and what comes of it. */
import {
  isAnnotated,
  meshResources,
  type ProxyResource,
  type ProxyResources,
  proxyResources,
  type ResourceKind,
  type ResourceName,
} from "../istio/proxy-resources.ts";
import { nearestFacts } from "../istio/releases.ts";
import type { JsonObject } from "../kube/json.ts";
import type { Workload, World } from "../world/world.ts";
import type { Texts } from "./cel-values.ts";

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

const kinds: readonly ResourceKind[] = ["requests", "limits"];
const names: readonly ResourceName[] = ["cpu", "memory"];

/** The resources of a workload's sidecar. */
export class ProxyView {
  readonly applies: boolean;
  readonly annotated: boolean;
  readonly #effective: ProxyResources;
  readonly #mesh: JsonObject;

  constructor(workload: Workload, world: World, injectedByHand: boolean) {
    const templates = workload.pod.annotations["inject.istio.io/templates"];
    this.#mesh = resourcesOfMesh(workload, world);
    this.#effective = proxyResources(workload.pod, this.#mesh);
    this.annotated = isAnnotated(workload.pod);
    this.applies =
      !injectedByHand &&
      (templates === undefined || templates.split(",").some((name) => name.trim() === "sidecar"));
  }

  get settings(): readonly SettingView[] {
    return kinds.flatMap((kind) =>
      names.flatMap((name) => {
        const set = this.#effective[kind][name];
        return set.from === "annotation" || set.from === "container"
          ? [new SettingView(kind, name, set)]
          : [];
      }),
    );
  }
  get requests(): Texts {
    return valuesOf(this.#effective, "requests");
  }
  get limits(): Texts {
    return valuesOf(this.#effective, "limits");
  }
  get meshRequests(): Texts {
    return valuesOf(meshResources(this.#mesh), "requests");
  }
  get meshLimits(): Texts {
    return valuesOf(meshResources(this.#mesh), "limits");
  }
}

/** The mesh's resources; those of a stock install where the repository does not show them. */
function resourcesOfMesh({ decision }: Workload, { mesh }: World): JsonObject {
  const injector = mesh.injectors.find(({ revision }) => revision === decision.revision) ?? mesh.injectors[0];
  return injector?.proxyResources ?? nearestFacts(injector?.release || mesh.release).proxyResources;
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
