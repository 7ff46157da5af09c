/** Our own injector: what a stock install of Istio injects, for repositories that do not bring an injector's configuration. */
import { sprigFunctions } from "../gotemplate/functions/sprig.ts";
import { compile, execute } from "../gotemplate/template.ts";
import type { Value } from "../gotemplate/values.ts";
import { at, isObject, type Json, type JsonObject } from "../kube/json.ts";
import { profileSource } from "./generated/profile.ts";
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

/** What profiles/releases.yaml says of one release. */
interface Row {
  readonly since: string;
  readonly features?: JsonObject;
  readonly values?: JsonObject;
  readonly mesh?: JsonObject;
}

/** profiles/ as scripts/generate.ts packs it. */
interface Source {
  readonly rows: readonly Row[];
  /** Pieces that templates share. */
  readonly blocks: string;
  /** The templates for pods, by name. */
  readonly templates: Readonly<Record<string, string>>;
}

/** A release's row with all rows before it. */
interface Release {
  readonly features: JsonObject;
  readonly values: JsonObject;
  readonly mesh: JsonObject;
}

let source: Source | undefined;

/** Parsed on the first use: most checks need none of it. */
function readSource(): Source {
  source ??= JSON.parse(profileSource) as Source;
  return source;
}

/**
 * The injector of an install as it would be with the given options, by the behaviour of istio/istio 1.20, 1.24, 1.26, 1.28 and 1.30;
 * releases between and after them are like the nearest one before, older ones like 1.20.
 */
export function profileOf(options: ProfileOptions): Profile {
  const facts = nearestFacts(options.release);
  const { features, values, mesh } = releaseOf(facts);
  const install = valuesOf(options, facts, { features, values });
  return {
    config: configOf(facts, features, install),
    values: install,
    mesh: meshOf(options, mesh, install),
  };
}

function releaseOf(facts: ReleaseFacts): Release {
  const [oldest, ...later] = readSource().rows;
  const reached = [oldest, ...later.filter(({ since }) => minorOf(since) <= minorOf(facts.minor))];
  const empty: Release = { features: {}, values: {}, mesh: {} };
  return reached.reduce<Release>(
    (before, row) => ({
      features: changed(before.features, row?.features ?? {}),
      values: changed(before.values, row?.values ?? {}),
      mesh: changed(before.mesh, row?.mesh ?? {}),
    }),
    empty,
  );
}

function minorOf(release: string): number {
  return Number(release.split(".")[1]);
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

/** Laid over as Helm lays values over a chart's: maps merge, everything else is replaced. */
function laidOver(base: JsonObject, over: JsonObject): JsonObject {
  const all: Record<string, Json> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const before = all[key];
    all[key] = isObject(before) && isObject(value) ? laidOver(before, value) : value;
  }
  return all;
}

/** What the chart tells the injector of the install's values. */
const toldValues = ["gateways", "global", "istio_cni", "revision", "sidecarInjectorWebhook"];
const toldPilotValues = ["cni", "env"];

function valuesOf(
  { values = {}, revision, cni }: ProfileOptions,
  facts: ReleaseFacts,
  release: Pick<Release, "features" | "values">,
): JsonObject {
  const tag = facts.release === facts.minor ? `${facts.minor}.${facts.lastPatch}` : facts.release;
  const defaults = laidOver(release.values, { global: { tag } });
  const { cniValue } = release.features;
  const pilot = Object.fromEntries(
    toldPilotValues.flatMap((key) => {
      const own = laidOver(objectAt(values, [key]), objectAt(values, ["pilot", key]));
      return Object.keys(own).length > 0 ? [[key, own]] : [];
    }),
  );
  const told = Object.entries(values).filter(([key]) => toldValues.includes(key));
  return [
    Object.fromEntries(told),
    cniValue === "pilot" ? { pilot } : {},
    revision === undefined ? {} : { revision: revision === defaultRevision ? "" : revision },
    cni === undefined
      ? {}
      : cniValue === "pilot"
        ? { pilot: { cni: { enabled: cni } } }
        : { istio_cni: { enabled: cni } },
  ].reduce<JsonObject>(laidOver, defaults);
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
  return [made, objectAt(values, ["meshConfig"]), mesh].reduce<JsonObject>(laidOver, defaults);
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

function configOf(facts: ReleaseFacts, features: JsonObject, install: JsonObject): JsonObject {
  const webhook = objectAt(install, ["sidecarInjectorWebhook"]);
  const defaults = webhook.defaultTemplates;
  return {
    policy: at(install, ["global", "proxy", "autoInject"]) ?? "enabled",
    alwaysInjectSelector: webhook.alwaysInjectSelector ?? [],
    neverInjectSelector: webhook.neverInjectSelector ?? [],
    injectedAnnotations: webhook.injectedAnnotations ?? {},
    defaultTemplates: Array.isArray(defaults) && defaults.length > 0 ? defaults : ["sidecar"],
    templates: { ...templatesOf(facts, features), ...objectAt(webhook, ["templates"]) },
  };
}

const made = new Map<string, JsonObject>();

/** The templates of a release: what is between [[ ]] is decided here, what is between {{ }} when a pod comes. */
function templatesOf(facts: ReleaseFacts, features: JsonObject): JsonObject {
  const known = made.get(facts.release);
  if (known) return known;
  const { blocks, templates } = readSource();
  const data = { ...features, facts: dataOf(facts) };
  const texts: Record<string, string> = {};
  for (const [name, text] of Object.entries(templates)) texts[name] = render(name, blocks + text, data);
  for (const name of Array.isArray(features.otherTemplates) ? features.otherTemplates : []) {
    texts[String(name)] = `{{ fail "template ${name} makes a Deployment of its own, it is none for pods" }}`;
  }
  made.set(facts.release, texts);
  return texts;
}

/** What the table of releases knows about templates; a field or function that it does not name is there in all releases. */
function dataOf({
  templateFields,
  templateFunctions,
  multusNamespaces,
  nativeSidecarAnnotation,
}: ReleaseFacts) {
  return { templateFields, templateFunctions, multusNamespaces, nativeSidecarAnnotation };
}

function render(name: string, text: string, data: Value): string {
  const compiled = compile(name, text, {
    functions: sprigFunctions,
    delimiters: { left: "[[", right: "]]" },
  });
  const executed = compiled.ok ? execute(compiled.template, data) : compiled;
  if (!executed.ok) throw new Error(`profile: ${executed.error}`);
  return executed.output;
}
