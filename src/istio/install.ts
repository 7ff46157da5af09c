/** An install of Istio as an IstioOperator, a resource of the Sail operator or Helm values of istiod describe it. */
import { at, isObject, type Json, type JsonObject } from "../kube/json.ts";
import { nearest } from "../kube/nearest.ts";
import type { Labels, Path } from "./facts.ts";
import {
  compatibilityValues,
  type InstallProfile,
  installProfile,
  platformNames,
  platformValues,
  profileNames,
} from "./install-profiles.ts";
import { layOver } from "./lay-over.ts";
import { show } from "./message.ts";
import type { ProfileOptions } from "./profile.ts";
import { nearestFacts, newestRelease, releaseFacts, releaseName } from "./releases.ts";
import { defaultRevision } from "./webhook.ts";

/** What an install says of the sidecar. */
export interface Install {
  /** What a stock install has to be told besides its release. */
  readonly options: Omit<ProfileOptions, "release">;
  /** The release, where the version or the tag of the images names one. */
  readonly release: string | undefined;
  /** The revision, `default` for the one without a name; undefined where only the operator knows. */
  readonly revision: string | undefined;
  /** Whether it installs an istiod at all: installs of gateways alone do not. */
  readonly hasIstiod: boolean;
  /** Variables that istiod is given besides those in the values. */
  readonly environment: Labels;
}

/** What is wrong with an install, as a clause after the path. */
export interface InstallProblem {
  readonly path: Path;
  readonly says: string;
}

export type InstallReading =
  | { readonly ok: true; readonly install: Install }
  | { readonly ok: false; readonly problems: readonly InstallProblem[] };

/** Whether an object describes an install of Istio. */
export function isInstall(apiVersion: string, kind: string): boolean {
  const group = apiVersion.slice(0, Math.max(0, apiVersion.indexOf("/")));
  if (group === "install.istio.io") return kind === "IstioOperator";
  return group === "sailoperator.io" && (kind === "Istio" || kind === "IstioRevision");
}

/**
 * Reads an install: an IstioOperator, an Istio or IstioRevision of the Sail operator, or Helm values of the chart istiod.
 * As `istioctl install` of istio/istio 1.30 and its charts put settings together, with the profiles of the release.
 * @param json the object, or the values, as parsed
 * @param release what its profiles are those of; default: what the install itself names, else the newest
 */
export function readInstall(json: Json | undefined, release?: string): InstallReading {
  if (!isObject(json)) return refused([{ path: [], says: `must be a map, is ${show(json ?? null)}` }]);
  const { apiVersion, kind } = json;
  if (kind === undefined && apiVersion === undefined) return readValues(json, release);
  if (typeof kind === "string" && typeof apiVersion === "string" && isInstall(apiVersion, kind))
    return kind === "IstioOperator" ? readOperator(json, release) : readSail(json, kind, release);
  const says = `is ${show(kind ?? null)}: an IstioOperator, an Istio or IstioRevision of the Sail operator, or Helm values are wanted`;
  return refused([{ path: ["kind"], says }]);
}

function refused(problems: readonly InstallProblem[]): InstallReading {
  return { ok: false, problems };
}

/** Reads parts of an install and gathers what is wrong with them. */
interface Reader {
  readonly problems: InstallProblem[];
  map(path: readonly string[]): JsonObject;
  text(path: readonly string[]): string | undefined;
  flag(path: readonly string[]): boolean | undefined;
}

function readerOf(json: JsonObject): Reader {
  const problems: InstallProblem[] = [];
  const wanted = <T extends Json>(
    path: readonly string[],
    is: (value: Json) => value is T,
    what: string,
  ): T | undefined => {
    const value = at(json, path) ?? null;
    if (value === null) return undefined;
    if (is(value)) return value;
    problems.push({ path, says: `must be ${what}, is ${show(value)}` });
    return undefined;
  };
  return {
    problems,
    map: (path) => wanted(path, isObject, "a map") ?? {},
    text(path) {
      const value = wanted(path, isScalar, "text");
      return value === undefined ? undefined : String(value);
    },
    flag: (path) => wanted(path, isFlag, "true or false"),
  };
}

function isScalar(value: Json): value is string | number | bigint {
  return typeof value === "string" || typeof value === "number" || typeof value === "bigint";
}

function isFlag(value: Json): value is boolean {
  return typeof value === "boolean";
}

function readOperator(json: JsonObject, release: string | undefined): InstallReading {
  const read = readerOf(json);
  const own = layOver(read.map(["spec", "values"]), read.map(["spec", "unvalidatedValues"]));
  const tag = read.text(["spec", "tag"]);
  const hub = read.text(["spec", "hub"]);
  const named = releaseOf(scalarAt(own, ["global", "tag"]) ?? tag);
  const minor = minorOf(release ?? named);
  const profile = profileNamed(read, ["spec", "profile"], minor);
  const component = read.flag(["spec", "components", "pilot", "enabled"]);
  const plugin = read.flag(["spec", "components", "cni", "enabled"]) ?? profile.cni;
  const spec: JsonObject = {
    ...textAt(read.text(["spec", "revision"]), "revision"),
    ...textAt(read.text(["spec", "compatibilityVersion"]), "compatibilityVersion"),
    global: { ...textAt(hub, "hub"), ...textAt(tag, "tag") },
    meshConfig: read.map(["spec", "meshConfig"]),
  };
  const install = installOf(read, ["spec", "values"], layOver(spec, own), {
    minor,
    release: named,
    profile,
    cni: cniOf(own) ?? plugin,
  });
  const environment = environmentOf(at(json, ["spec", "components", "pilot", "k8s", "env"]));
  return answered(read, { ...install, hasIstiod: component ?? profile.hasIstiod, environment });
}

/**
 * A resource of the Sail operator. The revision of an Istio that is updated in place has its name; with a revision for each version
 * the name ends with the version, of which an alias (`v1.30-latest`) does not say the patch.
 */
function readSail(json: JsonObject, kind: string, release: string | undefined): InstallReading {
  const read = readerOf(json);
  const version = read.text(["spec", "version"]) ?? "";
  const own = read.map(["spec", "values"]);
  const alias = /^v?(\d+\.\d+)-latest$/.exec(version)?.[1];
  const named = releaseOf(alias ?? version);
  const minor = minorOf(release ?? named);
  const profile = profileNamed(read, ["spec", "profile"], minor);
  const name = read.text(["metadata", "name"]) ?? "";
  const isInPlace = (read.text(["spec", "updateStrategy", "type"]) ?? "InPlace") === "InPlace";
  let revision: string | undefined;
  if (kind === "IstioRevision" || isInPlace) revision = name;
  else if (named !== undefined && alias === undefined) revision = `${name}-${version.replaceAll(".", "-")}`;
  const install = installOf(read, ["spec", "values"], own, {
    minor,
    release: named,
    profile,
    cni: cniOf(own),
  });
  return answered(read, { ...withRevision(install, revision), hasIstiod: true, environment: {} });
}

function withRevision<T extends Pick<Install, "options">>(install: T, name: string | undefined): T {
  const { revision: _, ...options } = install.options;
  const isNamed = name !== undefined && name !== "" && name !== defaultRevision;
  return {
    ...install,
    revision: name === "" ? defaultRevision : name,
    options: isNamed ? { ...options, revision: name } : options,
  };
}

/** Values as they are given to Helm: since 1.24 those of istiod itself stand at the top, and stood below `pilot` before. */
function readValues(json: JsonObject, release: string | undefined): InstallReading {
  const read = readerOf(json);
  const { cni, env, ...others } = json;
  const flat: JsonObject = {
    ...(isObject(cni) ? { cni } : {}),
    ...(isObject(env) ? { env } : {}),
  };
  const own = layOver(others, Object.keys(flat).length === 0 ? {} : { pilot: flat });
  const named = releaseOf(scalarAt(json, ["global", "tag"]));
  const install = installOf(read, [], own, {
    minor: minorOf(release ?? named),
    release: named,
    profile: { values: {}, mesh: {}, cni: false, hasIstiod: true },
    cni: cniOf(own),
  });
  return answered(read, { ...install, hasIstiod: true, environment: {} });
}

interface Known {
  readonly minor: number;
  readonly release: string | undefined;
  readonly profile: InstallProfile;
  readonly cni: boolean | undefined;
}

/** Values put upon those that their profile, platform and compatibility version bring along. */
function installOf(
  read: Reader,
  below: Path,
  own: JsonObject,
  known: Known,
): Omit<Install, "hasIstiod" | "environment"> {
  const brought = broughtAlong(read, below, own, known);
  const { meshConfig = null, revision: written, ...others } = layOver(brought.values, own);
  const mesh = layOver(brought.mesh, isObject(meshConfig) ? meshConfig : {});
  const cni = known.cni ?? cniOf(brought.values);
  const values = withCni(others, cni);
  const revision = typeof written === "string" ? written : "";
  return {
    release: known.release,
    revision: revision === "" ? defaultRevision : revision,
    options: {
      ...(revision === "" ? {} : { revision }),
      ...(cni === undefined ? {} : { cni }),
      ...(Object.keys(values).length === 0 ? {} : { values }),
      ...(Object.keys(mesh).length === 0 ? {} : { mesh }),
    },
  };
}

/** What stands below the values themselves; what cannot be named there is a problem. */
function broughtAlong(
  { problems }: Reader,
  below: Path,
  own: JsonObject,
  { minor, profile }: Known,
): Pick<InstallProfile, "values" | "mesh"> {
  const text = (path: readonly string[]) => scalarAt(own, path) ?? "";
  const name = text(["profile"]) || text(["global", "profile"]);
  const ofChart = name === "" ? undefined : installProfile(name, minor);
  if (name !== "" && !ofChart) problems.push(unknownName([...below, "profile"], name, profileNames(minor)));
  const platform =
    text(["global", "platform"]) ||
    text(["platform"]) ||
    (scalarAt(profile.values, ["global", "platform"]) ?? "");
  const ofPlatform = platformValues(platform, minor);
  if (!ofPlatform) problems.push(unknownName([...below, "global", "platform"], platform, platformNames));
  const values = [
    ofChart?.values ?? {},
    profile.values,
    compatibilityValues(text(["compatibilityVersion"]), minor),
    ofPlatform ?? {},
    platform === "" ? {} : { global: { platform } },
  ];
  return {
    values: values.reduce<JsonObject>(layOver, {}),
    mesh: layOver(ofChart?.mesh ?? {}, profile.mesh),
  };
}

/** The values as the chart of the plugin's state has them, without what only says where they come from. */
function withCni(values: JsonObject, cni: boolean | undefined): JsonObject {
  const { profile: _, platform: __, compatibilityVersion: ___, ...others } = values;
  const isTold = cni !== undefined && at(others, ["pilot", "cni", "enabled"]) !== undefined;
  return isTold ? layOver(others, { pilot: { cni: { enabled: cni } } }) : others;
}

function answered({ problems }: Reader, install: Install): InstallReading {
  return problems.length > 0 ? refused(problems) : { ok: true, install };
}

function profileNamed(read: Reader, path: readonly string[], minor: number): InstallProfile {
  const name = read.text(path) || "default";
  const profile = installProfile(name, minor);
  if (profile) return profile;
  read.problems.push(unknownName(path, name, profileNames(minor)));
  return { values: {}, mesh: {}, cni: false, hasIstiod: true };
}

function unknownName(path: Path, name: string, names: readonly string[]): InstallProblem {
  const [meant] = nearest(name, names);
  const hint = meant === undefined ? `it is one of ${names.join(", ")}` : `did you mean ${meant}?`;
  return { path, says: `cannot be ${JSON.stringify(name)}: ${hint}` };
}

/** Whether values say that the CNI plugin is there. */
function cniOf(values: JsonObject): boolean | undefined {
  const enabled = at(values, ["pilot", "cni", "enabled"]) ?? at(values, ["istio_cni", "enabled"]);
  return typeof enabled === "boolean" ? enabled : undefined;
}

/** The variables in the `env` of a container, or of a component's Deployment, that have a value themselves. */
export function environmentOf(list: Json | undefined): Labels {
  const environment: Record<string, string> = {};
  for (const variable of Array.isArray(list) ? list : []) {
    const name = at(variable, ["name"]);
    const value = at(variable, ["value"]);
    if (typeof name === "string" && typeof value === "string") environment[name] = value;
  }
  return environment;
}

function textAt(text: string | undefined, key: string): JsonObject {
  return text === undefined || text === "" ? {} : { [key]: text };
}

function scalarAt(json: JsonObject, path: readonly string[]): string | undefined {
  const value = at(json, path) ?? null;
  return value !== null && isScalar(value) ? String(value) : undefined;
}

function releaseOf(tag: string | undefined): string | undefined {
  return tag === undefined || "unknown" in releaseFacts(tag) ? undefined : releaseName(tag);
}

function minorOf(release: string | undefined): number {
  return Number(nearestFacts(release ?? newestRelease).minor.slice("1.".length));
}
