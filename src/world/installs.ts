/** The install of a revision as the repository's IstioOperators and Sail resources describe it, with its places. */
import type { Labels } from "../istio/facts.ts";
import { environmentOf, type Install, readInstall } from "../istio/install.ts";
import { defaultRevision } from "../istio/webhook.ts";
import { at, type Json } from "../kube/json.ts";
import type { Path } from "../source/node.ts";
import type { InstallLayer } from "./configured.ts";
import { originInside } from "./embedded.ts";
import type { Origin, Placed, World } from "./world.ts";

/** The install of a revision, and what it lays over a stock one. */
export interface RepositoryInstall extends Install {
  readonly placed: Placed;
  readonly layers: readonly InstallLayer[];
}

/** What is wrong with an install, and where. */
export interface InstallFault {
  readonly message: string;
  readonly origin: Origin;
}

export type RepositoryInstallReading =
  | { readonly ok: true; readonly install: RepositoryInstall | undefined }
  | { readonly ok: false; readonly faults: readonly InstallFault[] };

/**
 * The one install of the repository that brings an istiod of a revision; none where several tell different things, since nobody says which
 * of them is applied.
 * @param release what the profiles of an install are those of; default: what the install itself names, else the newest
 */
export function installOf(world: World, revision: string, release?: string): RepositoryInstallReading {
  const found: RepositoryInstall[] = [];
  const faults: InstallFault[] = [];
  for (const placed of world.installs) {
    const reading = readInstall(placed.value, release);
    if (reading.ok) {
      const { install } = reading;
      if (!install.hasIstiod || install.revision !== revision) continue;
      found.push({ ...install, placed, layers: layersOf(placed, install) });
    } else if ((at(placed.value, ["spec", "revision"]) || defaultRevision) === revision) {
      for (const { path, says } of reading.problems)
        faults.push({ message: `${path.join(".")} ${says}`, origin: originInside(placed, path) });
    }
  }
  if (faults.length > 0) return { ok: false, faults };
  const [first, ...others] = found;
  const isCertain = others.every((other) => first !== undefined && areSame(first, other));
  return { ok: true, install: isCertain ? first : undefined };
}

/**
 * The variables that the repository's Deployments of an istiod give it, as far as all of them that bring a variable agree on its value.
 * @param namespace that of the injector's ConfigMap
 */
export function deployedEnvironment(world: World, revision: string, namespace: string): Labels {
  const name = revision === defaultRevision ? "istiod" : `istiod-${revision}`;
  const environment: Record<string, string> = {};
  const disputed = new Set<string>();
  for (const workload of world.workloads) {
    if (workload.name !== name || workload.resource.kind !== "Deployment") continue;
    if ((workload.namespace.name ?? namespace) !== namespace) continue;
    const containers = at(workload.value, [...workload.template, "spec", "containers"]);
    const discovery = Array.isArray(containers)
      ? containers.find((one: Json) => at(one, ["name"]) === "discovery")
      : undefined;
    for (const [key, text] of Object.entries(environmentOf(at(discovery, ["env"])))) {
      if (environment[key] !== undefined && environment[key] !== text) disputed.add(key);
      environment[key] = text;
    }
  }
  for (const key of disputed) delete environment[key];
  return environment;
}

/** Whether two installs are told the same, as overlays tell it that bring one install into several clusters. */
function areSame(a: Install, b: Install): boolean {
  const text = (_: string, value: unknown) => (typeof value === "bigint" ? String(value) : value);
  const told = ({ options, release, environment }: Install) =>
    JSON.stringify([options, release, environment], text);
  return told(a) === told(b);
}

function layersOf(placed: Placed, { options }: Install): readonly InstallLayer[] {
  const layer = (of: InstallLayer["of"], value = options[of]): readonly InstallLayer[] => {
    const originOf = (path: Path) => originInside(placed, placeOf(placed, of, path));
    return value ? [{ of, below: [], value, replaces: false, originOf }] : [];
  };
  return [...layer("values"), ...layer("mesh")];
}

/** Settings that an install may name outside of its values. */
const short: Readonly<Record<string, Path>> = {
  "global.hub": ["spec", "hub"],
  "global.tag": ["spec", "tag"],
  revision: ["spec", "revision"],
};

/** Where an install says what stands at a path of the values or of the mesh; its profile where it does not say so itself. */
function placeOf({ value }: Placed, of: InstallLayer["of"], path: Path): Path {
  const places: readonly (Path | undefined)[] =
    of === "mesh"
      ? [
          ["spec", "values", "meshConfig", ...path],
          ["spec", "meshConfig", ...path],
        ]
      : [["spec", "unvalidatedValues", ...path], ["spec", "values", ...path], short[path.join(".")]];
  return places.find((place) => place && at(value, place) !== undefined) ?? ["spec", "profile"];
}
