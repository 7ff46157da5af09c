/** The installs of Istio that the repository describes: IstioOperators, resources of the Sail operator, charts of Flux and Argo CD. */
import type { Labels } from "../istio/facts.ts";
import { environmentOf, type Install, isInstall, readInstall } from "../istio/install.ts";
import { istiodCharts } from "../istio/install-gates.ts";
import { defaultRevision } from "../istio/webhook.ts";
import { at, type Json } from "../kube/json.ts";
import { type Path, toValue } from "../source/node.ts";
import type { InstallLayer } from "./configured.ts";
import { embeddedAt, originInside } from "./embedded.ts";
import type { Origin, Placed, World } from "./world.ts";

/** An install of the repository, and what it lays over a stock one. */
export interface RepositoryInstall extends Install {
  readonly placed: Placed;
  readonly layers: readonly InstallLayer[];
  /** Whether it brings revision tags and nothing else. */
  readonly tagsOnly: boolean;
  /** Where its revision is told, else the object itself. */
  readonly origin: Origin;
}

/** What is wrong with an install, and where. */
export interface InstallFault {
  readonly message: string;
  readonly origin: Origin;
}

/** One install of an object, or what keeps it from being read. */
export type PlacedInstallReading =
  | { readonly ok: true; readonly install: RepositoryInstall }
  | { readonly ok: false; readonly revision: string; readonly faults: readonly InstallFault[] };

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
  for (const reading of world.installs.flatMap((placed) => placedInstalls(placed, release))) {
    if (!reading.ok) {
      if (reading.revision === revision) faults.push(...reading.faults);
    } else if (reading.install.hasIstiod && reading.install.revision === revision)
      found.push(reading.install);
  }
  if (faults.length > 0) return { ok: false, faults };
  const [first, ...others] = found;
  const isCertain = others.every((other) => first !== undefined && areSame(first, other));
  return { ok: true, install: isCertain ? first : undefined };
}

/** The installs that one object describes: one, or as many as it has charts of istiod. */
export function placedInstalls(placed: Placed, release?: string): readonly PlacedInstallReading[] {
  const { apiVersion, kind } = placed.resource;
  if (isInstall(apiVersion, kind)) return [readPlaced(placed, placed.value, [], {}, release)];
  return istiodCharts(placed.value).map(({ values: path, version, tagsOnly }) =>
    readPlaced(placed, valuesAt(placed, path), path, { version, tagsOnly }, release),
  );
}

/** Values of a chart, which may be a text; none where there are none. */
function valuesAt(placed: Placed, path: Path): Json {
  const written = at(placed.value, path) ?? null;
  if (typeof written !== "string") return written ?? {};
  const reading = embeddedAt(placed, path)?.reading;
  return (reading?.ok && reading.root && toValue(reading.root)) || {};
}

interface Chart {
  readonly version?: string | undefined;
  readonly tagsOnly?: boolean;
}

function readPlaced(
  placed: Placed,
  json: Json,
  below: Path,
  { version, tagsOnly = false }: Chart,
  release: string | undefined,
): PlacedInstallReading {
  const reading = readInstall(json, release ?? version);
  if (reading.ok) {
    const { install } = reading;
    const where = below.length === 0 ? placeOf : inChart(below);
    return {
      ok: true,
      install: {
        ...install,
        release: install.release ?? version,
        hasIstiod: install.hasIstiod && !tagsOnly,
        placed,
        tagsOnly,
        layers: layersOf(placed, install, where),
        get origin() {
          const told = where(placed, "values", ["revision"]);
          const isTold = told[1] !== "profile" && at(placed.value, told) !== undefined;
          return originInside(placed, isTold ? told : []);
        },
      },
    };
  }
  const named = at(json, ["spec", "revision"]) ?? at(json, ["revision"]);
  const faults = reading.problems.map(({ path, says }) => ({
    message: `${path.join(".")} ${says}`,
    origin: originInside(placed, [...below, ...path]),
  }));
  return { ok: false, revision: String(named || defaultRevision), faults };
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

type PlaceIn = (placed: Placed, of: InstallLayer["of"], path: Path) => Path;

function layersOf(placed: Placed, { options }: Install, where: PlaceIn): readonly InstallLayer[] {
  const layer = (of: InstallLayer["of"], value = options[of]): readonly InstallLayer[] => {
    const originOf = (path: Path) => originInside(placed, where(placed, of, path));
    return value ? [{ of, below: [], value, replaces: false, originOf }] : [];
  };
  return [...layer("values"), ...layer("mesh")];
}

/** Places in values of a chart, which have the mesh's configuration below `meshConfig`. */
function inChart(below: Path): PlaceIn {
  return (_, of, path) => [...below, ...(of === "mesh" ? ["meshConfig"] : []), ...path];
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
