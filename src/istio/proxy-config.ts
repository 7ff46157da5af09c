/** The value of `proxy.istio.io/config`: whether it is a ProxyConfig that the injector takes. */
import { isObject, type Json, type JsonObject } from "../kube/json.ts";
import { portError, proxyAddressError } from "./address.ts";
import { parseDuration } from "./duration.ts";
import type { Path } from "./facts.ts";
import { type Message, type MessageProblem, readMessage, show } from "./message.ts";
import { nearestFacts, newestRelease, type ReleaseFacts } from "./releases.ts";

/** What is wrong at a place of the embedded YAML. */
export type ProxyConfigProblem = MessageProblem;

export interface ProxyConfigReading {
  /** Any of these fails the pod. */
  readonly errors: readonly ProxyConfigProblem[];
  /** Fields that no ProxyConfig has: they are dropped without a word. */
  readonly unknown: readonly Path[];
}

/** What holds where nothing is configured, as istio/istio 1.30 has it in its code. */
export const defaultProxyConfig: Message = {
  configPath: "./etc/istio/proxy",
  binaryPath: "/usr/local/bin/envoy",
  serviceCluster: "istio-proxy",
  drainDuration: "45s",
  discoveryAddress: "istiod.istio-system.svc:15012",
  proxyAdminPort: 15000,
  controlPlaneAuthPolicy: "MUTUAL_TLS",
  statNameLength: 189,
  statusPort: 15020,
  terminationDrainDuration: "5s",
};

/** The defaults of a release. */
export function proxyDefaultsOf({ proxyDefaults }: Pick<ReleaseFacts, "proxyDefaults">): Message {
  const more = Object.keys(proxyDefaults).length > 0;
  return more ? readMessage("ProxyConfig", proxyDefaults, defaultProxyConfig).value : defaultProxyConfig;
}

/** What a release knows of a ProxyConfig. */
export type ProxyFacts = Pick<ReleaseFacts, "proxyDefaults" | "proxyFields">;

/** A parsed ProxyConfig without the fields that a release does not know. */
export function knownFields(
  json: Json | undefined,
  { proxyFields }: Pick<ReleaseFacts, "proxyFields">,
): Json | undefined {
  if (!isObject(json)) return json;
  const isKnown = (name: string) => !Object.hasOwn(proxyFields, name) || proxyFields[name] === true;
  const names = Object.keys(json);
  return names.every(isKnown)
    ? json
    : Object.fromEntries(Object.entries(json).filter(([name]) => isKnown(name)));
}

/**
 * Checks the parsed value of the annotation; undefined and null stand for an empty text. Types first, and the values only
 * where all types are right, as istio/istio 1.30 does (jsonpb, then ValidateMeshConfigProxyConfig).
 */
export function readProxyConfig(
  value: Json | undefined,
  facts: ProxyFacts = nearestFacts(newestRelease),
): ProxyConfigReading {
  const known = knownFields(value, facts) ?? null;
  const { value: merged, errors, unknown } = readMessage("ProxyConfig", known, proxyDefaultsOf(facts));
  return { errors: errors.length === 0 ? proxyConfigErrors(merged) : errors, unknown };
}

/** What is wrong with the values of a ProxyConfig that is complete. */
export function proxyConfigErrors(config: Message): readonly ProxyConfigProblem[] {
  const errors: ProxyConfigProblem[] = [];
  checkValues(config, errors);
  return errors;
}

/** The checks that follow once every field has its type. */
function checkValues(config: JsonObject, errors: ProxyConfigProblem[]): void {
  const wrong = (path: Path, message: string | undefined) => {
    if (message !== undefined) errors.push({ path, message });
  };
  for (const name of ["configPath", "binaryPath"]) if (!config[name]) wrong([name], "must not be empty");
  if (!config.serviceCluster && config.tracingServiceName === undefined)
    wrong(["serviceCluster"], "must not be empty");
  wrong(["drainDuration"], drainError(String(config.drainDuration ?? "0s")));
  wrong(["drainDuration"], shutdownError(config));
  wrong(["discoveryAddress"], proxyAddressError(String(config.discoveryAddress ?? "")));
  for (const name of ["statsdUdpAddress", "envoyMetricsServiceAddress"]) {
    if (config[name]) wrong([name], proxyAddressError(String(config[name])));
  }
  for (const name of ["envoyMetricsService", "envoyAccessLogService"]) {
    const service = config[name];
    if (isObject(service) && service.address)
      wrong([name, "address"], proxyAddressError(String(service.address)));
  }
  for (const name of ["proxyAdminPort", "statusPort"]) {
    wrong([name], portError(Number(config[name] ?? 0)));
  }
  const policy = config.controlPlaneAuthPolicy ?? "NONE";
  if (policy !== "NONE" && policy !== "MUTUAL_TLS") {
    wrong(["controlPlaneAuthPolicy"], `must be NONE or MUTUAL_TLS, is ${show(policy)}`);
  }
  if (isObject(config.tracing)) checkTracing(config.tracing, wrong);
  if (isObject(config.privateKeyProvider)) checkKeyProvider(config.privateKeyProvider, wrong);
}

type Wrong = (path: Path, message: string | undefined) => void;

function drainError(text: string): string | undefined {
  const duration = parseDuration(text) ?? 0n;
  if (duration < 1_000_000n) return `must be at least 1ms, is ${text}`;
  return duration % 1_000_000_000n === 0n ? undefined : `must be whole seconds, is ${text}`;
}

/** Releases that shut an old proxy down after a time want connections drained before. */
function shutdownError({ drainDuration, parentShutdownDuration }: JsonObject): string | undefined {
  if (typeof parentShutdownDuration !== "string") return undefined;
  const invalid = drainError(parentShutdownDuration);
  if (invalid !== undefined) return `parentShutdownDuration ${invalid}`;
  const [drain, shutdown] = [drainDuration, parentShutdownDuration].map((one) => parseDuration(String(one)));
  return (drain ?? 0n) < (shutdown ?? 0n) ? undefined : "must be shorter than parentShutdownDuration";
}

function checkTracing(tracing: JsonObject, wrong: Wrong): void {
  const { lightstep } = tracing;
  for (const name of ["zipkin", "datadog"]) {
    const tracer = tracing[name];
    if (!isObject(tracer)) continue;
    const address = String(tracer.address ?? "").replace("$(HOST_IP)", "127.0.0.1");
    wrong(["tracing", name, "address"], proxyAddressError(address));
  }
  if (isObject(lightstep)) {
    wrong(["tracing", "lightstep", "address"], proxyAddressError(String(lightstep.address ?? "")));
    if (!lightstep.accessToken) wrong(["tracing", "lightstep", "accessToken"], "is required");
  }
  if (isObject(tracing.tlsSettings)) checkTls(tracing.tlsSettings, wrong);
}

function checkTls(settings: JsonObject, wrong: Wrong): void {
  const path = ["tracing", "tlsSettings"];
  const { mode } = settings;
  const simple = mode === "SIMPLE";
  const mutual = mode === "MUTUAL";
  if (!simple && !mutual) return;
  const has = (name: string) => Boolean(settings[name]);
  const hasNames = Array.isArray(settings.subjectAltNames) && settings.subjectAltNames.length > 0;
  if (
    settings.insecureSkipVerify === true &&
    (has("caCertificates") || hasNames || (simple && has("credentialName")))
  ) {
    wrong([...path, "insecureSkipVerify"], "cannot stand beside settings that name what to verify");
  }
  if (has("credentialName")) {
    const files = ["clientCertificate", "caCertificates", "privateKey", "caCrl"].filter(has);
    if (files.length > 0) wrong([...path, "credentialName"], `cannot stand beside ${files.join(", ")}`);
    return;
  }
  if (!mutual) return;
  for (const name of ["clientCertificate", "privateKey"]) {
    if (!has(name)) wrong(path, `mode MUTUAL requires ${name}`);
  }
}

function checkKeyProvider(provider: JsonObject, wrong: Wrong): void {
  const name = isObject(provider.qat) ? "qat" : "cryptomb";
  const chosen = provider[name];
  if (!isObject(chosen)) {
    wrong(["privateKeyProvider"], "must name a provider: cryptomb or qat");
    return;
  }
  const delay = typeof chosen.pollDelay === "string" ? parseDuration(chosen.pollDelay) : undefined;
  if (!delay) wrong(["privateKeyProvider", name, "pollDelay"], "is required and must not be zero");
}

/** What differs from the built-in defaults, which is what the proxy is told in PROXY_CONFIG (istio/istio 1.30). */
export function withoutDefaults(config: Message, defaults: Message = defaultProxyConfig): Message {
  const isDefault = (name: string) =>
    Object.hasOwn(defaults, name) && JSON.stringify(config[name]) === JSON.stringify(defaults[name]);
  return Object.fromEntries(Object.entries(config).filter(([name]) => !isDefault(name)));
}
