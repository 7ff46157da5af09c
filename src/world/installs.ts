/** The installs of Istio that the repository describes: IstioOperators, resources of the Sail operator, charts of Flux and Argo CD. */
import type { Labels } from "../istio/facts.ts";
import { environmentOf, type Install, isInstall, readInstall } from "../istio/install.ts";
import { type ChartKind, type IstiodChart, istiodCharts } from "../istio/install-gates.ts";
import { defaultRevision } from "../istio/webhook.ts";
import { at, isObject, type Json, jsonTextOf } from "../kube/json.ts";
import { type Path, toValue } from "../source/node.ts";
import type { ChartInstall } from "./chart-installs.ts";
import type { ChartValues } from "./chart-values.ts";
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
  if (isInstall(apiVersion, kind)) return [readPlaced(placed, placed.value, ownPlaces(placed), {}, release)];
  const charts = placed.charts ?? istiodCharts(placed.value).map((chart) => ownChart(placed, chart));
  return charts.map((chart) => {
    const { values, version, tagsOnly } = chart;
    if (values) return readPlaced(placed, values.values, chartPlaces(placed, values), chart, release);
    const origin = originInside(placed, []);
    return { ok: true, install: { ...untold(version, tagsOnly), placed, layers: [], tagsOnly, origin } };
  });
}

/** An install of which only the release is known. */
function untold(release: string | undefined, tagsOnly: boolean): Install {
  return { options: {}, release, revision: undefined, hasIstiod: !tagsOnly, environment: {} };
}

/** A chart as its object alone tells of it. */
function ownChart(
  placed: Placed,
  { values: path, version, tagsOnly, hasOtherValues }: IstiodChart,
): ChartInstall {
  const values = hasOtherValues ? undefined : valuesAt(placed, path);
  const originOf = (below: Path) => originInside(placed, [...path, ...below]);
  return { version, tagsOnly, values: isObject(values) ? { values, originOf } : undefined };
}

/** Values of a chart, which may be a text; none where there are none. */
function valuesAt(placed: Placed, path: Path): Json | undefined {
  const written = at(placed.value, path) ?? null;
  if (typeof written !== "string") return written ?? {};
  const reading = embeddedAt(placed, path)?.reading;
  return reading?.ok ? ((reading.root && toValue(reading.root)) ?? {}) : undefined;
}

/** Where what an install says stands. */
interface Places {
  originOf(of: InstallLayer["of"], path: Path): Origin;
  /** Of its revision; undefined where it does not say it. */
  readonly ofRevision: Origin | undefined;
  /** Of what is wrong, by the path in what is read. */
  ofProblem(path: Path): Origin;
}

function ownPlaces(placed: Placed): Places {
  const revision = placeOf(placed, "values", ["revision"]);
  return {
    originOf: (of, path) => originInside(placed, placeOf(placed, of, path)),
    ofRevision:
      revision[1] !== "profile" && at(placed.value, revision) !== undefined
        ? originInside(placed, revision)
        : undefined,
    ofProblem: (path) => originInside(placed, path),
  };
}

/** Places in values of a chart, which have the mesh's configuration below `meshConfig`. */
function chartPlaces(placed: Placed, { values, originOf }: ChartValues): Places {
  const find = (path: Path) => originOf(path) ?? originInside(placed, []);
  return {
    originOf: (of, path) => find(of === "mesh" ? ["meshConfig", ...path] : path),
    ofRevision: at(values, ["revision"]) === undefined ? undefined : originOf(["revision"]),
    ofProblem: find,
  };
}

function readPlaced(
  placed: Placed,
  json: Json,
  places: Places,
  { version, tagsOnly = false }: Partial<ChartKind>,
  release: string | undefined,
): PlacedInstallReading {
  const reading = readInstall(json, release ?? version);
  if (reading.ok) {
    const { install } = reading;
    return {
      ok: true,
      install: {
        ...install,
        release: install.release ?? version,
        hasIstiod: install.hasIstiod && !tagsOnly,
        placed,
        tagsOnly,
        layers: layersOf(install, places),
        origin: places.ofRevision ?? originInside(placed, []),
      },
    };
  }
  const named = at(json, ["spec", "revision"]) ?? at(json, ["revision"]);
  const faults = reading.problems.map(({ path, says }) => ({
    message: `${path.join(".")} ${says}`,
    origin: places.ofProblem(path),
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
  const told = ({ options, release, environment }: Install) => jsonTextOf([options, release, environment]);
  return told(a) === told(b);
}

function layersOf({ options }: Install, { originOf }: Places): readonly InstallLayer[] {
  const layer = (of: InstallLayer["of"], value = options[of]): readonly InstallLayer[] =>
    value ? [{ of, below: [], value, replaces: false, originOf: (path) => originOf(of, path) }] : [];
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
