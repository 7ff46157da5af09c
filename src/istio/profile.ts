/** Our own injector: what a stock install of Istio injects, for repositories that do not bring an injector's configuration. */
import { at, isObject, type Json, type JsonObject } from "../kube/json.ts";
import { bareTemplate } from "./bare-template.ts";
import { profileSource } from "./generated/profile.ts";
import { layOver } from "./lay-over.ts";
import { nearestFacts, type ReleaseFacts } from "./releases.ts";
import { defaultRevision } from "./webhook.ts";

/** What an install of istiod is told. */
export interface ProfileOptions {
  /** "1.30" or "1.30.3"; of a release that is not known the nearest one is taken. */
  readonly release: string;
  /** "" and "default" are the default revision. */
  readonly revision?: string;
  /** Whether Istio's CNI plugin captures the traffic. */
  readonly cni?: boolean;
  /** Helm values of istiod, laid over the release's defaults. */
  readonly values?: JsonObject;
  /** `meshConfig`, laid over the release's and that of the values. */
  readonly mesh?: JsonObject;
}

/** What the ConfigMaps of such an install hold, parsed. */
export interface Profile {
  /** `config` of ConfigMap istio-sidecar-injector. */
  readonly config: JsonObject;
  /** `values` of ConfigMap istio-sidecar-injector. */
  readonly values: JsonObject;
  /** `mesh` of ConfigMap istio. */
  readonly mesh: JsonObject;
}

/** profiles/ as scripts/profile.ts packs it: texts as numbers of lines, so that releases share what they have in common. */
export interface PackedProfile {
  /** What changes in the chart's defaults in a release, oldest first; null takes a key away. */
  readonly changes: readonly {
    readonly since: Version;
    /** The release that was looked at, where the row stands for older ones too. */
    readonly like?: string;
    readonly values: JsonObject;
    readonly mesh: JsonObject;
  }[];
  readonly lines: readonly string[];
  readonly texts: readonly (readonly number[])[];
  /** The numbers of the templates' texts, by name, since a release; oldest first. */
  readonly releases: readonly {
    readonly since: Version;
    readonly templates: Readonly<Record<string, number>>;
  }[];
}

type Version = readonly [minor: number, patch: number];

let unpacked: PackedProfile | undefined;

/** Parsed on the first use: most checks need none of it. */
function unpack(): PackedProfile {
  unpacked ??= JSON.parse(profileSource()) as PackedProfile;
  return unpacked;
}

/**
 * The injector of an install as it would be with the given options, by the behaviour of istio/istio 1.6, 1.8, 1.20, 1.24, 1.26, 1.28 and
 * 1.30; releases between and after them are like the nearest one before, but 1.9 to 1.19, which are like 1.20.
 */
export function profileOf(options: ProfileOptions): Profile {
  const facts = nearestFacts(options.release);
  const version = versionOf(facts);
  const defaults = defaultsOf(version);
  const values = valuesOf(options, facts, defaults.values);
  return { config: configOf(facts, values), values, mesh: meshOf(options, defaults.mesh, values) };
}

/** The later release whose injector a release is taken to have; undefined where the release itself was looked at, or an older one. */
export function laterProfile(release: string): string | undefined {
  const [minor, patch] = versionOf(nearestFacts(release));
  const like = reached(unpack().changes, [minor, patch]).findLast((row) => row.like)?.like;
  return like !== undefined && versionOf(nearestFacts(like))[0] > minor ? like : undefined;
}

function versionOf({ release, lastPatch }: ReleaseFacts): Version {
  const [, minor = 0, patch = lastPatch] = release.split(".").map(Number);
  return [minor, patch];
}

/** Of things since a release, oldest first, those that a release has reached; the oldest one counts for what is older still. */
function reached<T extends { readonly since: Version }>(
  things: readonly T[],
  [minor, patch]: Version,
): readonly T[] {
  return things.filter(
    ({ since }, index) => index === 0 || since[0] < minor || (since[0] === minor && since[1] <= patch),
  );
}

/** Values and mesh configuration of an install that is told nothing. */
function defaultsOf(version: Version): Pick<Profile, "values" | "mesh"> {
  const rows = reached(unpack().changes, version);
  return {
    values: rows.reduce<JsonObject>((before, { values }) => changed(before, values), {}),
    mesh: rows.reduce<JsonObject>((before, { mesh }) => changed(before, mesh), {}),
  };
}

/** Laid over, and what is null taken away. */
function changed(base: JsonObject, changes: JsonObject): JsonObject {
  const all: Record<string, Json> = { ...base };
  for (const [key, value] of Object.entries(changes)) {
    const before = all[key];
    if (value === null) delete all[key];
    else all[key] = isObject(value) ? changed(isObject(before) ? before : {}, value) : value;
  }
  return all;
}

/** What the chart tells the injector of the install's values. */
const toldValues = ["gateways", "global", "istio_cni", "revision", "sidecarInjectorWebhook"];
const toldPilotValues = ["cni", "env"];

function valuesOf(
  { values = {}, revision, cni }: ProfileOptions,
  { minor, release, lastPatch }: ReleaseFacts,
  defaults: JsonObject,
): JsonObject {
  const tag = release === minor ? `${minor}.${lastPatch}` : release;
  const told = Object.entries(values).filter(([key]) => toldValues.includes(key));
  const isOfPilot = isObject(defaults.pilot);
  const plugin = { enabled: cni ?? null };
  return [
    { global: { tag } },
    Object.fromEntries(told),
    isOfPilot ? pilotValues(values) : {},
    revision === undefined ? {} : { revision: revision === defaultRevision ? "" : revision },
    cni === undefined ? {} : isOfPilot ? { pilot: { cni: plugin } } : { istio_cni: plugin },
  ].reduce<JsonObject>(layOver, defaults);
}

/** Settings of pilot stand below `pilot` or beside it. */
function pilotValues(values: JsonObject): JsonObject {
  const pilot: Record<string, Json> = {};
  for (const key of toldPilotValues) {
    const own = layOver(objectAt(values, [key]), objectAt(values, ["pilot", key]));
    if (Object.keys(own).length > 0) pilot[key] = own;
  }
  return { pilot };
}

function objectAt(value: JsonObject, path: readonly string[]): JsonObject {
  const found = at(value, path);
  return isObject(found) ? found : {};
}

function textAt(value: JsonObject, path: readonly string[]): string {
  const found = at(value, path);
  return typeof found === "string" ? found : "";
}

/** The mesh configuration that the chart makes of the values, with the install's own over it. */
function meshOf(
  { values = {}, mesh = {} }: ProfileOptions,
  defaults: JsonObject,
  install: JsonObject,
): JsonObject {
  const namespace = textAt(install, ["global", "istioNamespace"]);
  const revision = textAt(install, ["revision"]);
  const meshId = textAt(install, ["global", "meshID"]);
  const imageType = textAt(install, ["global", "variant"]);
  const tracing = tracingOf(install, namespace);
  const made = {
    defaultConfig: {
      discoveryAddress: `istiod${revision && `-${revision}`}.${namespace}.svc:15012`,
      ...(meshId && { meshId }),
      ...(imageType && { image: { imageType } }),
      ...(tracing && { tracing }),
    },
    rootNamespace: namespace,
  };
  return [made, objectAt(values, ["meshConfig"]), mesh].reduce<JsonObject>(layOver, defaults);
}

/** Where spans go, by the tracer that the values name. */
function tracingOf(install: JsonObject, namespace: string): JsonObject | undefined {
  const own = objectAt(install, ["global", "tracer"]);
  switch (at(install, ["global", "proxy", "tracer"])) {
    case "zipkin":
      return { zipkin: { address: textAt(own, ["zipkin", "address"]) || `zipkin.${namespace}:9411` } };
    case "datadog":
      return { datadog: { address: textAt(own, ["datadog", "address"]) || "$(HOST_IP):8126" } };
    case "lightstep":
      return { lightstep: objectAt(own, ["lightstep"]) };
    default:
      return undefined;
  }
}

function configOf(facts: ReleaseFacts, values: JsonObject): JsonObject {
  const templates = templatesOf(versionOf(facts));
  const webhook = objectAt(values, ["sidecarInjectorWebhook"]);
  const { defaultTemplates } = webhook;
  const policy = {
    policy: at(values, ["global", "proxy", "autoInject"]) ?? "enabled",
    alwaysInjectSelector: webhook.alwaysInjectSelector ?? [],
    neverInjectSelector: webhook.neverInjectSelector ?? [],
    injectedAnnotations: webhook.injectedAnnotations ?? {},
  };
  if (facts.bareInjection !== null) return { ...policy, template: templates[bareTemplate] ?? "" };
  return {
    ...policy,
    defaultTemplates:
      Array.isArray(defaultTemplates) && defaultTemplates.length > 0 ? defaultTemplates : ["sidecar"],
    templates: { ...templates, ...objectAt(webhook, ["templates"]) },
  };
}

/** The texts of templates that `profileOf` gave out. */
const given = new Set<string>();

/** Whether a text is one of our own templates, as `profileOf` gave it to somebody. */
export function isProfileTemplate(text: string): boolean {
  return given.has(text);
}

function templatesOf(version: Version): Readonly<Record<string, string>> {
  const { lines, texts, releases } = unpack();
  const templates = reached(releases, version).at(-1)?.templates ?? {};
  return Object.fromEntries(
    Object.entries(templates).map(([name, number]) => {
      const text = (texts[number] ?? []).map((line) => lines[line]).join("\n");
      given.add(text);
      return [name, text];
    }),
  );
}
