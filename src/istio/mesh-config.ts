/** The mesh's configuration (`mesh` of ConfigMap istio) over the defaults, and a pod's own proxy configuration over the mesh's. */
import { isObject, type Json } from "../kube/json.ts";
import { portError } from "./address.ts";
import { parseDuration } from "./duration.ts";
import { type Message, type MessageProblem, readMessage } from "./message.ts";
import {
  defaultProxyConfig,
  knownFields,
  type ProxyFacts,
  proxyConfigErrors,
  proxyDefaultsOf,
} from "./proxy-config.ts";
import { nearestFacts, newestRelease, type ReleaseFacts } from "./releases.ts";

/** A message that was read, or everything that is wrong with it; paths are those of the text that was read. */
export type ConfigReading =
  | { readonly ok: true; readonly value: Message }
  | { readonly ok: false; readonly errors: readonly MessageProblem[] };

/** What holds where the mesh's configuration says nothing, as istio/istio 1.30 has it in its code. */
export const defaultMeshConfig: Message = {
  proxyListenPort: 15001,
  proxyInboundListenPort: 15006,
  connectTimeout: "10s",
  protocolDetectionTimeout: "0s",
  ingressClass: "istio",
  ingressService: "istio-ingressgateway",
  ingressControllerMode: "STRICT",
  enableTracing: true,
  defaultConfig: defaultProxyConfig,
  outboundTrafficPolicy: { mode: "ALLOW_ANY" },
  inboundTrafficPolicy: {},
  enableAutoMtls: true,
  trustDomain: "cluster.local",
  defaultServiceExportTo: ["*"],
  defaultVirtualServiceExportTo: ["*"],
  defaultDestinationRuleExportTo: ["*"],
  rootNamespace: "istio-system",
  localityLbSetting: { enabled: true },
  dnsRefreshRate: "60s",
  enablePrometheusMerge: true,
  extensionProviders: [
    { name: "prometheus", prometheus: {} },
    { name: "stackdriver", stackdriver: {} },
    { name: "envoy", envoyFileAccessLog: { path: "/dev/stdout" } },
  ],
  defaultProviders: {},
};

type MeshFacts = ProxyFacts & Pick<ReleaseFacts, "mergesProxyMetadata">;
type MeshDefaults = ProxyFacts & Pick<ReleaseFacts, "secretSocket">;

/** The mesh configuration of a release where nothing is configured. */
export function meshDefaultsOf(facts: MeshDefaults): Message {
  const { secretSocket } = facts;
  const socket = secretSocket === undefined ? {} : { sdsUdsPath: secretSocket };
  return { ...defaultMeshConfig, ...socket, defaultConfig: proxyDefaultsOf(facts) };
}

/**
 * The effective mesh configuration: fields of the text replace those of the base, but `defaultConfig` is merged field by field,
 * `defaultProviders` too, extension providers are merged by name and aliases of the trust domain are added
 * (mesh.ApplyMeshConfig of istio/istio 1.30).
 * @param json the parsed text; undefined or null for an empty one
 */
export function applyMeshConfig(
  json: Json | undefined,
  base: Message = defaultMeshConfig,
  facts: MeshFacts = nearestFacts(newestRelease),
): ConfigReading {
  const text = json ?? null;
  const { value, errors } = readMessage("MeshConfig", text, base);
  if (errors.length > 0) return { ok: false, errors };
  const mesh: Record<string, Json> = { ...value };
  const own = (key: string) => (isObject(text) ? (text[key] ?? null) : null);
  keep(mesh, "defaultConfig", mergeFields(messageOf(base.defaultConfig), own("defaultConfig"), facts));
  const providers = readMessage(
    "DefaultProviders",
    own("defaultProviders"),
    messageOf(base.defaultProviders),
  );
  keep(mesh, "defaultProviders", isObject(base.defaultProviders) ? providers.value : undefined);
  keep(
    mesh,
    "extensionProviders",
    mergeByName(listOf(base.extensionProviders), listOf(mesh.extensionProviders)),
  );
  const aliases = new Set(
    [...listOf(mesh.trustDomainAliases), ...listOf(base.trustDomainAliases)].map(String),
  );
  keep(mesh, "trustDomainAliases", [...aliases].sort());
  const wrong = meshErrors(mesh);
  return wrong.length > 0 ? { ok: false, errors: wrong } : { ok: true, value: mesh };
}

function keep(mesh: Record<string, Json>, key: string, value: Json | undefined): void {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) delete mesh[key];
  else mesh[key] = value;
}

function messageOf(value: Json | undefined): Message {
  return isObject(value) ? value : {};
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

function mergeByName(base: readonly Json[], added: readonly Json[]): readonly Json[] {
  const merged = [...base];
  for (const provider of added) {
    const name = isObject(provider) ? provider.name : undefined;
    const index = merged.findIndex((known) => isObject(known) && known.name === name);
    if (index === -1) merged.push(provider);
    else merged[index] = provider;
  }
  return merged;
}

/**
 * A proxy configuration over another: fields are replaced whole, except that `proxyMetadata` is merged by key and some
 * `proxyHeaders` stay when the new ones leave them out (mesh.MergeProxyConfig of istio/istio 1.30).
 */
export function mergeProxyConfig(
  json: Json | undefined,
  base: Message,
  facts: MeshFacts = nearestFacts(newestRelease),
): ConfigReading {
  const { errors } = readMessage("ProxyConfig", knownFields(json, facts) ?? null, base);
  return errors.length > 0
    ? { ok: false, errors }
    : { ok: true, value: mergeFields(base, json ?? null, facts) };
}

const keptHeaders = ["forwardedClientCert", "requestId", "attemptCount", "server", "envoyDebugHeaders"];

function mergeFields(base: Message, json: Json, facts: MeshFacts): Message {
  const { value } = readMessage("ProxyConfig", knownFields(json, facts) ?? null, base);
  const fields: Record<string, Json> = {};
  if (isObject(base.proxyMetadata) && facts.mergesProxyMetadata) {
    const merged: Record<string, Json> = Object.assign(Object.create(null), base.proxyMetadata);
    fields.proxyMetadata = Object.assign(merged, value.proxyMetadata);
  }
  const { proxyHeaders: before } = base;
  const { proxyHeaders: after } = value;
  if (isObject(before) && isObject(after)) {
    const kept: Record<string, Json> = {};
    for (const name of keptHeaders) {
      const header = after[name] ?? before[name];
      if (header !== undefined) kept[name] = header;
    }
    fields.proxyHeaders = { ...after, ...kept };
  }
  // Read once more for the order of the fields.
  return Object.keys(fields).length === 0 ? value : readMessage("ProxyConfig", { ...value, ...fields }).value;
}

/** The mesh's configuration with a pod's proxy.istio.io/config over its default, as `istioctl kube-inject` has it. */
export function withProxyConfig(
  mesh: Message,
  json: Json | undefined,
  facts: MeshFacts = nearestFacts(newestRelease),
): ConfigReading {
  const merged = mergeProxyConfig(json, messageOf(mesh.defaultConfig), facts);
  if (!merged.ok) return merged;
  return { ok: true, value: { ...mesh, defaultConfig: merged.value } };
}

/**
 * The proxy configuration of a pod as the webhook has it: the built-in defaults, the mesh's, then the pod's annotation, from which
 * values that are zero do not count, and which is left out when it cannot be read (Environment.GetProxyConfigOrDefault of istio/istio
 * 1.30 without ProxyConfig resources).
 * @param json the parsed annotation; undefined where there is none, or where it is no YAML
 */
export function effectiveProxyConfig(
  mesh: Message,
  json: Json | undefined,
  facts: MeshFacts = nearestFacts(newestRelease),
): Message {
  const config = mergeFields(proxyDefaultsOf(facts), messageOf(mesh.defaultConfig), facts);
  const own = readMessage("ProxyConfig", knownFields(json, facts) ?? null);
  return own.errors.length > 0 ? config : mergeFields(config, own.value, facts);
}

/** The ProxyConfig of the mesh for pods without one of their own. */
export function meshProxyConfig(mesh: Message): Message {
  return messageOf(mesh.defaultConfig);
}

/** The port of the agent's own endpoints, which probes and Prometheus are pointed at. */
export function statusPortOf(mesh: Message): number {
  return Number(meshProxyConfig(mesh).statusPort ?? 0);
}

/** How inbound traffic reaches the application: `localhost` or `passthrough`. */
export function inboundTrafficPolicyMode(mesh: Message): string {
  return messageOf(mesh.inboundTrafficPolicy).mode === "LOCALHOST" ? "localhost" : "passthrough";
}

const millisecond = 1_000_000n;

/** What istiod refuses in a mesh configuration whose fields have their types (agent.ValidateMeshConfig of istio/istio 1.30). */
function meshErrors(mesh: Message): readonly MessageProblem[] {
  const errors: MessageProblem[] = [];
  const wrong = (path: readonly (string | number)[], message: string | undefined) => {
    if (message !== undefined) errors.push({ path, message });
  };
  wrong(["proxyListenPort"], portError(Number(mesh.proxyListenPort ?? 0)));
  wrong(["connectTimeout"], connectTimeoutError(String(mesh.connectTimeout ?? "0s")));
  if ((parseDuration(String(mesh.protocolDetectionTimeout ?? "0s")) ?? 0n) % millisecond !== 0n)
    wrong(["protocolDetectionTimeout"], "must be whole milliseconds");
  if (mesh.defaultConfig === undefined) wrong(["defaultConfig"], "is missing");
  for (const { path, message } of proxyConfigErrors(meshProxyConfig(mesh)))
    wrong(["defaultConfig", ...path], message);
  wrong(["trustDomain"], trustDomainError(String(mesh.trustDomain ?? "")));
  listOf(mesh.trustDomainAliases).forEach((alias, index) => {
    wrong(["trustDomainAliases", index], trustDomainError(String(alias)));
  });
  wrong(["localityLbSetting"], localityError(messageOf(mesh.localityLbSetting)));
  if (listOf(messageOf(mesh.meshMTLS).ecdhCurves).length > 0)
    wrong(["meshMTLS", "ecdhCurves"], "cannot be configured for the mesh");
  return errors;
}

function connectTimeoutError(text: string): string | undefined {
  const timeout = parseDuration(text) ?? 0n;
  if (timeout < millisecond || timeout > 3_600_000n * millisecond)
    return `must be from 1ms to 1h, is ${text}`;
  return timeout % millisecond === 0n ? undefined : `must be whole milliseconds, is ${text}`;
}

function trustDomainError(domain: string): string | undefined {
  if (domain === "") return "must not be empty";
  const labels = domain.split(".");
  if (labels.at(-1) === "") labels.pop();
  const isLabel = (label: string) =>
    label.length <= 63 && /^[A-Za-z0-9](?:[-A-Za-z0-9]*[A-Za-z0-9])?$/.test(label);
  return labels.every(isLabel) ? undefined : `must be a domain name, is ${JSON.stringify(domain)}`;
}

function localityError(setting: Message): string | undefined {
  const distribute = listOf(setting.distribute);
  const failover = listOf(setting.failover).filter(isObject);
  if (distribute.length > 0 && failover.length > 0) return "cannot have both distribute and failover";
  for (const entry of distribute) {
    const weights = isObject(entry) && isObject(entry.to) ? Object.values(entry.to).map(Number) : [];
    if (weights.some((weight) => weight < 1 || weight > 100)) return "must have weights from 1 to 100";
    if (weights.reduce((sum, weight) => sum + weight, 0) !== 100)
      return "must have weights that add up to 100";
  }
  for (const { from = "", to = "" } of failover) {
    if (from === to) return "must fail over to another region";
    if (/[/*]/.test(`${from}${to}`)) return "must name whole regions in failover";
  }
  return undefined;
}
