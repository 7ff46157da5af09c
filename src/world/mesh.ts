/** The mesh that the repository and the configuration describe: webhooks, injectors, release. */
import type { Injector, Mesh, Webhook } from "../istio/facts.ts";
import { readInjectorConfig } from "../istio/injector-config.ts";
import { newestRelease, releaseName } from "../istio/releases.ts";
import { readWebhookConfiguration, stockWebhooks } from "../istio/webhook.ts";
import { at, type Json, type JsonObject } from "../kube/json.ts";
import { toValue } from "../source/node.ts";
import { deepestDocument, readYaml } from "../source/read.ts";
import type { Config } from "./config.ts";
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
}

/** Builds the mesh; what nobody describes is assumed to be a stock install of the release. */
export function readMesh(sources: MeshSources): MeshReading {
  const { config } = sources;
  const injectors = sources.injectorConfigMaps.flatMap(injectorOf);
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
  const webhooks = [...written, ...assumed].sort(byConfiguration);
  return {
    mesh: {
      release,
      webhooks,
      injectors: [...injectors, ...assumedInjectors(webhooks, injectors, release, config)],
      revisionsAssumed: written.length === 0 && !revisions && config.istio?.webhooks !== "stock",
    },
    webhooks: written.length > 0 ? "repository" : revisions ? "configuration" : "stock",
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

function injectorOf({ name, namespace, value }: Placed): readonly Injector[] {
  if (!name.startsWith("istio-sidecar-injector")) return [];
  const config = embedded(value, "config");
  const values = embedded(value, "values");
  const injector = readInjectorConfig({
    configMap: `${namespace ?? "istio-system"}/${name}`,
    name,
    labels: at(value, ["metadata", "labels"]),
    config,
    values,
  });
  return injector ? [injector] : [];
}

/** The YAML or JSON text below `data.<key>` of a ConfigMap as it arrives, parsed; undefined when absent or unreadable. */
function embedded(configMap: JsonObject, key: string): Json | undefined {
  const text = at(configMap, ["data", key]);
  if (typeof text !== "string") return undefined;
  const inner = readYaml(text, 0, text.length, { maxDepth: deepestDocument });
  return inner.ok && inner.root ? toValue(inner.root) : undefined;
}

function releaseOf(injectors: readonly Injector[]): string | undefined {
  return injectors.find(({ release }) => release !== "")?.release;
}

function byConfiguration(a: Webhook, b: Webhook): number {
  if (a.configuration !== b.configuration) return a.configuration < b.configuration ? -1 : 1;
  return a.index - b.index;
}
