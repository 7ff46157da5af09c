/** The mesh that the repository and the configuration describe: webhooks, injectors, release. */
import type { Injector, Mesh, Webhook } from "../istio/facts.ts";
import { configFault, isInjectorName, readInjectorConfig } from "../istio/injector-config.ts";
import { newestRelease, releaseName } from "../istio/releases.ts";
import { areIncomplete } from "../istio/revision.ts";
import { inCallOrder, readWebhookConfiguration, stockWebhooks } from "../istio/webhook.ts";
import { at, isObject, type Json, type JsonObject } from "../kube/json.ts";
import { type Path, toValue } from "../source/node.ts";
import type { ReadError } from "../source/reading.ts";
import type { Config } from "./config.ts";
import { embeddedAt, locateInside } from "./embedded.ts";
import type { Fault } from "./guard.ts";
import { locateResource } from "./resource.ts";
import type { Placed } from "./world.ts";

export interface MeshSources {
  readonly webhookConfigurations: readonly Placed[];
  readonly injectorConfigMaps: readonly Placed[];
  readonly config: Config;
  /** A release asked for on the command line; wins over every other source. */
  readonly istioVersion: string | undefined;
}

export interface MeshReading {
  readonly mesh: Mesh;
  readonly webhooks: "stock" | "repository" | "configuration";
  /** The embedded texts of injectors that cannot be read. */
  readonly unreadable: readonly Fault[];
}

/** Builds the mesh; what nobody describes is assumed to be a stock install of the release. */
export function readMesh(sources: MeshSources): MeshReading {
  const { config } = sources;
  const unreadable: Fault[] = [];
  const injectors = sources.injectorConfigMaps.flatMap((placed) => injectorOf(placed, unreadable));
  unreadable.push(...sources.injectorConfigMaps.filter(isMeshConfigMap).flatMap(meshFault));
  const release = releaseName(
    sources.istioVersion ?? config.istio?.version ?? releaseOf(injectors) ?? newestRelease,
  );
  const written =
    config.istio?.webhooks === "stock"
      ? []
      : sources.webhookConfigurations.flatMap(({ value }) => readWebhookConfiguration(value));
  const revisions = config.istio?.revisions;
  const assumed =
    written.length > 0 && !revisions
      ? []
      : stockMesh(release, config).filter(
          (webhook) => !written.some(({ answersTo }) => answersTo === webhook.answersTo),
        );
  const webhooks = [...written, ...assumed].sort(inCallOrder);
  return {
    mesh: {
      release,
      webhooks,
      injectors: [...injectors, ...assumedInjectors(webhooks, injectors, release, config)],
      revisionsAssumed:
        !revisions && config.istio?.webhooks !== "stock" && (written.length === 0 || areIncomplete(written)),
    },
    webhooks: written.length > 0 ? "repository" : revisions ? "configuration" : "stock",
    unreadable,
  };
}

function stockMesh(release: string, config: Config): readonly Webhook[] {
  const enableNamespacesByDefault = config.istio?.enableNamespacesByDefault ?? false;
  const revisions = config.istio?.revisions ?? [{ name: "default" }];
  return revisions.flatMap(({ name, tags = [], version }) =>
    stockWebhooks({
      release: version ?? release,
      revision: name === "default" ? "" : name,
      tags,
      enableNamespacesByDefault,
    }),
  );
}

function assumedInjectors(
  webhooks: readonly Webhook[],
  known: readonly Injector[],
  release: string,
  config: Config,
): readonly Injector[] {
  const missing = new Set(webhooks.map(({ revision }) => revision));
  for (const { revision } of known) missing.delete(revision);
  return [...missing].map((revision) => ({
    revision,
    release: config.istio?.revisions?.find(({ name }) => name === revision)?.version ?? release,
    policy: config.istio?.policy ?? "enabled",
    neverInjectSelector: [],
    alwaysInjectSelector: [],
    proxyResources: config.istio?.proxy?.resources as JsonObject | undefined,
    configMap: null,
  }));
}

function injectorOf(placed: Placed, unreadable: Fault[]): readonly Injector[] {
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
