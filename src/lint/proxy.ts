/** What rules see of the sidecar's resources: what the user set, and what comes of it. */
import type { Place } from "../istio/decision.ts";
import type { Injector } from "../istio/facts.ts";
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
import { defaultRevision } from "../istio/webhook.ts";
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
  /** Whether the mesh's resources can be read. */
  readonly meshKnown: boolean;
  /** Where the mesh's resources stand: with an injector, or in a release. */
  readonly meshPlace: Place;
  readonly #effective: ProxyResources;
  readonly #mesh: JsonObject;

  constructor(workload: Workload, world: World, injectedByHand: boolean) {
    const templates = workload.pod.annotations["inject.istio.io/templates"];
    const { resources, place, known } = resourcesOfMesh(workload, world);
    this.#mesh = resources;
    this.meshPlace = place;
    this.meshKnown = known;
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
function resourcesOfMesh(
  workload: Workload,
  { mesh }: World,
): { readonly resources: JsonObject; readonly place: Place; readonly known: boolean } {
  const injector = injectorFor(workload, mesh.injectors);
  if (injector?.valuesUnreadable) {
    return {
      resources: {},
      place: { of: "injector", revision: injector.revision, path: ["values"] },
      known: false,
    };
  }
  if (injector?.proxyResources) {
    const path = ["values", "global", "proxy", "resources"];
    return {
      resources: injector.proxyResources,
      known: true,
      place: { of: "injector", revision: injector.revision, path },
    };
  }
  const release = injector?.release || mesh.release;
  return { resources: nearestFacts(release).proxyResources, place: { of: "release", release }, known: true };
}

/**
 * The injector whose sidecar the workload gets, or would: of the revision that injects, or the only one that might; where
 * several might the default one, and none where that leaves a choice.
 */
function injectorFor({ decision }: Workload, injectors: readonly Injector[]): Injector | undefined {
  const of = (asked: string) => injectors.find(({ revision }) => revision === asked);
  if (decision.revision !== null) return of(decision.revision);
  const injecting = decision.possibilities.filter(({ verdict }) => verdict === "injected");
  const [only, ...others] = new Set(injecting.map(({ revision }) => revision));
  if (only && others.length === 0) return of(only);
  return of(defaultRevision) ?? (injectors.length === 1 ? injectors[0] : undefined);
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
