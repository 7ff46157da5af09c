/** The mesh that the repository and the configuration describe: webhooks, injectors, release. */
import type { Injector, Mesh, Webhook } from "../istio/facts.ts";
import { configFault, isInjectorName, readInjectorConfig } from "../istio/injector-config.ts";
import { gatePaths, type InstallGates, readGates } from "../istio/install-gates.ts";
import { layOver } from "../istio/lay-over.ts";
import { newestRelease, releaseName } from "../istio/releases.ts";
import { areIncomplete } from "../istio/revision.ts";
import { defaultRevision, inCallOrder, readWebhookConfiguration, stockWebhooks } from "../istio/webhook.ts";
import { at, isObject, type Json, type JsonObject } from "../kube/json.ts";
import { type Path, toValue } from "../source/node.ts";
import type { ReadError } from "../source/reading.ts";
import type { Config } from "./config.ts";
import { embeddedAt, locateInside } from "./embedded.ts";
import type { Fault } from "./guard.ts";
import { istiodImages } from "./istiod-images.ts";
import type { InstalledRevision } from "./mesh-installs.ts";
import { locateResource } from "./resource.ts";
import type { Origin, Placed } from "./world.ts";

export interface MeshSources {
  readonly webhookConfigurations: readonly Placed[];
  readonly injectorConfigMaps: readonly Placed[];
  /** The Deployments of istiods that go where these ConfigMaps go; default: none. */
  readonly istiods?: readonly Placed[];
  /** Whether the webhook configurations are those of a dump. */
  readonly isLive?: boolean;
  /** The revisions that installs bring; default: none. */
  readonly installed?: readonly InstalledRevision[];
  readonly config: Config;
  /** A release asked for on the command line; wins over every other source. */
  readonly istioVersion: string | undefined;
}

export interface MeshReading {
  readonly mesh: Mesh;
  readonly webhooks: "stock" | "repository" | "configuration" | "install" | "cluster";
  /** Where an install tells of a webhook or of an injector that nothing else shows. */
  readonly installOrigin: InstallOrigin;
  /** The embedded texts of injectors that cannot be read. */
  readonly unreadable: readonly Fault[];
}

/** A place of a mesh that installs describe: undefined where none does. */
export type InstallOrigin = (
  place:
    | { readonly of: "webhook"; readonly configuration: string; readonly index: number }
    | { readonly of: "injector"; readonly revision: string; readonly path: Path },
) => Origin | undefined;

/** Builds the mesh; what nobody describes is assumed to be a stock install of the release. */
export function readMesh(sources: MeshSources): MeshReading {
  const { config } = sources;
  const unreadable: Fault[] = [];
  const injectors = sources.injectorConfigMaps.flatMap((placed) =>
    injectorOf(placed, sources.istiods ?? [], unreadable),
  );
  unreadable.push(...sources.injectorConfigMaps.filter(isMeshConfigMap).flatMap(meshFault));
  const installed = config.istio?.webhooks === "stock" ? [] : (sources.installed ?? []);
  const asked = sources.istioVersion ?? config.istio?.version;
  const release = releaseName(asked ?? releaseOf(injectors) ?? releaseOfInstalls(installed) ?? newestRelease);
  const written =
    config.istio?.webhooks === "stock"
      ? []
      : sources.webhookConfigurations.flatMap(({ value }) => readWebhookConfiguration(value));
  const revisions = config.istio?.revisions;
  const releaseOfRevision = (name: string) =>
    config.istio?.revisions?.find((one) => one.name === name)?.version ??
    asked ??
    installed.find(({ revision }) => revision === name)?.release ??
    release;
  const isWithout = (sources.isLive ?? false) && written.length === 0 && installed.length === 0;
  const isShown = (written.length > 0 || isWithout) && config.istio?.webhooks !== "stock";
  const assumed =
    isShown && !revisions && installed.length === 0
      ? []
      : stockMesh(releaseOfRevision, config, installed).filter(
          (webhook) =>
            !written.some(
              ({ answersTo, configuration }) =>
                answersTo === webhook.answersTo || (!revisions && configuration === webhook.configuration),
            ),
        );
  const webhooks = [...written, ...assumed].sort(inCallOrder);
  return {
    mesh: {
      release,
      webhooks,
      injectors: [
        ...injectors,
        ...assumedInjectors(webhooks, injectors, releaseOfRevision, config, installed),
      ],
      revisionsAssumed:
        !revisions &&
        config.istio?.webhooks !== "stock" &&
        !isWithout &&
        (written.length === 0 || areIncomplete(webhooks)),
    },
    webhooks:
      isShown && (written.length > 0 || !revisions)
        ? sources.isLive
          ? "cluster"
          : "repository"
        : revisions
          ? "configuration"
          : installed.length > 0
            ? "install"
            : "stock",
    installOrigin: installOrigin(webhooks, installed),
    unreadable,
  };
}

/** What Helm values in the configuration say of the gates of a revision. */
function configuredGates({ istio }: Config, revision: string): InstallGates {
  const own = istio?.revisions?.find(({ name }) => name === revision)?.values;
  const values = [istio?.values, own].flatMap((one) => (one ? [one as JsonObject] : []));
  return values.length === 0 ? {} : readGates(values.reduce(layOver));
}

/** The webhooks of the revisions that the configuration lists, else of those that installs bring, else of the default one. */
function stockMesh(
  releaseOfRevision: (name: string) => string,
  config: Config,
  installed: readonly InstalledRevision[],
): readonly Webhook[] {
  const { enableNamespacesByDefault, revisions } = config.istio ?? {};
  const shown = installed.map(({ revision }) => ({ name: revision, tags: undefined }));
  const named = revisions ?? (shown.length > 0 ? shown : [{ name: defaultRevision, tags: undefined }]);
  return named.flatMap(({ name, tags }) => {
    const install = installed.find(({ revision }) => revision === name);
    const gates = { ...install?.gates, ...configuredGates(config, name) };
    return stockWebhooks({
      ...gates,
      release: releaseOfRevision(name),
      revision: name === defaultRevision ? "" : name,
      tags: tags ?? [...(install?.tags.keys() ?? [])],
      enableNamespacesByDefault: enableNamespacesByDefault ?? gates.enableNamespacesByDefault ?? false,
    });
  });
}

function assumedInjectors(
  webhooks: readonly Webhook[],
  known: readonly Injector[],
  releaseOfRevision: (name: string) => string,
  config: Config,
  installed: readonly InstalledRevision[],
): readonly Injector[] {
  const missing = new Set(webhooks.map(({ revision }) => revision));
  for (const { revision } of known) missing.delete(revision);
  return [...missing].map((revision) => {
    const shown = installed.find((one) => one.revision === revision)?.gates;
    const gates = { ...shown, ...configuredGates(config, revision) };
    return {
      revision,
      release: releaseOfRevision(revision),
      policy: config.istio?.policy ?? gates.policy ?? "enabled",
      neverInjectSelector: gates.neverInjectSelector ?? [],
      alwaysInjectSelector: gates.alwaysInjectSelector ?? [],
      proxyResources: config.istio?.proxy?.resources as JsonObject | undefined,
      configMap: null,
    };
  });
}

/** The release that a mesh is judged by as its installs have it: that of the default revision, else the one that all name. */
function releaseOfInstalls(installed: readonly InstalledRevision[]): string | undefined {
  const own = installed.find(({ revision }) => revision === defaultRevision)?.release;
  const all = new Set(installed.map(({ release }) => release));
  return own ?? (all.size === 1 ? [...all][0] : undefined);
}

function installOrigin(webhooks: readonly Webhook[], installed: readonly InstalledRevision[]): InstallOrigin {
  if (installed.length === 0) return () => undefined;
  const of = (name: string) => installed.find(({ revision }) => revision === name);
  return (place) => {
    if (place.of === "injector") {
      const [first, ...rest] = place.path;
      const gate = gateNamed(String(first));
      const install = of(place.revision);
      if (!gate || install?.gates[gate] === undefined) return undefined;
      return install.originOf([...gatePaths[gate], ...rest]);
    }
    const { configuration, index } = place;
    const webhook = webhooks.find((one) => one.configuration === configuration && one.index === index);
    if (!webhook || webhook.written) return undefined;
    const install = of(webhook.revision);
    if (webhook.name.startsWith("auto.") && install?.gates.enableNamespacesByDefault)
      return install.originOf(gatePaths.enableNamespacesByDefault);
    return install?.tags.get(webhook.answersTo) ?? install?.origin;
  };
}

function gateNamed(name: string): keyof typeof gatePaths | undefined {
  return (Object.keys(gatePaths) as (keyof typeof gatePaths)[]).find((gate) => gate === name);
}

function injectorOf(placed: Placed, istiods: readonly Placed[], unreadable: Fault[]): readonly Injector[] {
  const { name, namespace, value } = placed;
  if (!isInjectorName(name)) return [];
  const config = configMap(placed);
  const values = embeddedMap(placed, "values");
  const injector = readInjectorConfig({
    configMap: `${namespace ?? "istio-system"}/${name}`,
    name,
    labels: at(value, ["metadata", "labels"]),
    config: config.value,
    unreadable: config.error !== undefined,
    values: values.value,
    valuesUnreadable: values.error !== undefined,
    imagesOf: (revision) => istiodImages(istiods, placed, revision),
  });
  const { file } = placed.resource.document;
  for (const { error } of [config, values]) if (error) unreadable.push({ file, error });
  return injector ? [injector] : [];
}

/** Whether a ConfigMap of Istio's holds the configuration of a mesh. */
export function isMeshConfigMap({ name, value }: Placed): boolean {
  return (name === "istio" || name.startsWith("istio-")) && at(value, ["data", "mesh"]) !== undefined;
}

/** Why the text of a mesh's configuration cannot be read. */
function meshFault(placed: Placed): readonly Fault[] {
  const { error } = embeddedMap(placed, "mesh");
  return error ? [{ file: placed.resource.document.file, error }] : [];
}

/** A text of a ConfigMap as parsed. */
export interface EmbeddedMap {
  readonly value: Json | undefined;
  readonly error: ReadError | undefined;
}

/** `data.config`, which has to be there and to hold what the injector can read. */
function configMap(placed: Placed): EmbeddedMap {
  const config = embeddedMap(placed, "config");
  if (config.error) return config;
  if (at(placed.value, ["data", "config"]) === undefined) {
    return unreadableAt(placed, ["data"], "the injector's configuration is missing: there is no data.config");
  }
  const fault = configFault(config.value ?? null);
  return fault
    ? unreadableAt(placed, ["data", "config", fault.key], `in data.config, ${fault.says}`)
    : config;
}

/** A fault of a ConfigMap where that stands in its own file, else at its beginning. */
function unreadableAt(placed: Placed, path: Path, message: string): EmbeddedMap {
  const location = locateInside(placed, path);
  const isOwn = location?.file === placed.resource.document.file.path;
  const offset = isOwn ? location.start : locateResource(placed.resource).start;
  return { value: undefined, error: { message, offset } };
}

/** The YAML or JSON text below `data.<key>` of a ConfigMap as it arrives; an empty one is no fault, and anything but a map is. */
export function embeddedMap(placed: Placed, key: string): EmbeddedMap {
  const path: Path = ["data", key];
  const embedded = embeddedAt(placed, path);
  if (!embedded) {
    const written = at(placed.value, path) ?? null;
    return written === null
      ? { value: undefined, error: undefined }
      : unreadableAt(placed, path, `data.${key} is no text`);
  }
  const { reading } = embedded;
  const fault = (error: ReadError): EmbeddedMap => ({
    value: undefined,
    error: { ...error, message: `in data.${key}, ${error.message}` },
  });
  if (!reading.ok) return fault(reading.error);
  const value = reading.root && toValue(reading.root);
  if (value === undefined || value === null || isObject(value)) return { value, error: undefined };
  const offset = placed.locate(path)?.start ?? locateResource(placed.resource).start;
  return fault({ message: "a map is expected", offset });
}

function releaseOf(injectors: readonly Injector[]): string | undefined {
  return injectors.find(({ release }) => release !== "")?.release;
}
