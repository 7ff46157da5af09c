/** The value of `proxy.istio.io/config`: whether it is a ProxyConfig that the injector takes. */
import { isObject, type Json, type JsonObject } from "../kube/json.ts";
import { portError, proxyAddressError } from "./address.ts";
import type { Path } from "./facts.ts";

/** What is wrong at a place of the embedded YAML. */
export interface ProxyConfigProblem {
  readonly path: Path;
  readonly message: string;
}

export interface ProxyConfigReading {
  /** Any of these fails the pod. */
  readonly errors: readonly ProxyConfigProblem[];
  /** Fields that no ProxyConfig has: they are dropped without a word. */
  readonly unknown: readonly Path[];
}

type Field =
  | "string"
  | "bool"
  | "int32"
  | "uint32"
  | "int64"
  | "double"
  | "duration"
  | { readonly oneOf: readonly string[] }
  | { readonly list: Field }
  | { readonly map: Field }
  | { readonly fields: Fields };
type Fields = { readonly [name: string]: Field };

const tls: Field = {
  fields: {
    mode: { oneOf: ["DISABLE", "SIMPLE", "MUTUAL", "ISTIO_MUTUAL"] },
    clientCertificate: "string",
    privateKey: "string",
    caCertificates: "string",
    credentialName: "string",
    subjectAltNames: { list: "string" },
    sni: "string",
    insecureSkipVerify: "bool",
    caCrl: "string",
  },
};

const remoteService: Field = {
  fields: {
    address: "string",
    tlsSettings: tls,
    tcpKeepalive: { fields: { probes: "uint32", time: "duration", interval: "duration" } },
  },
};

const clientCertDetails: Field = {
  oneOf: ["UNDEFINED", "SANITIZE", "FORWARD_ONLY", "APPEND_FORWARD", "SANITIZE_SET", "ALWAYS_FORWARD_ONLY"],
};

const disabled: Fields = { disabled: "bool" };
const enabled: Field = { fields: { enabled: "bool" } };
const keyProvider: Field = { fields: { pollDelay: "duration", fallback: "bool" } };

const tracing: Field = {
  fields: {
    zipkin: { fields: { address: "string" } },
    lightstep: { fields: { address: "string", accessToken: "string" } },
    datadog: { fields: { address: "string" } },
    stackdriver: {
      fields: {
        debug: "bool",
        maxNumberOfAttributes: "int64",
        maxNumberOfAnnotations: "int64",
        maxNumberOfMessageEvents: "int64",
      },
    },
    openCensusAgent: {
      fields: {
        address: "string",
        context: {
          list: { oneOf: ["UNSPECIFIED", "W3C_TRACE_CONTEXT", "GRPC_BIN", "CLOUD_TRACE_CONTEXT", "B3"] },
        },
      },
    },
    customTags: {
      map: {
        fields: {
          literal: { fields: { value: "string" } },
          environment: { fields: { name: "string", defaultValue: "string" } },
          header: { fields: { name: "string", defaultValue: "string" } },
        },
      },
    },
    maxPathTagLength: "uint32",
    sampling: "double",
    tlsSettings: tls,
    enableIstioTags: "bool",
  },
};

const probe: Field = {
  fields: {
    initialDelaySeconds: "int32",
    timeoutSeconds: "int32",
    periodSeconds: "int32",
    successThreshold: "int32",
    failureThreshold: "int32",
    httpGet: {
      fields: {
        path: "string",
        port: "uint32",
        host: "string",
        scheme: "string",
        httpHeaders: { list: { fields: { name: "string", value: "string" } } },
      },
    },
    tcpSocket: { fields: { host: "string", port: "uint32" } },
    exec: { fields: { command: { list: "string" } } },
    grpc: { fields: { port: "uint32", service: "string" } },
  },
};

const headers: Field = {
  fields: {
    forwardedClientCert: clientCertDetails,
    setCurrentClientCertDetails: {
      fields: { subject: "bool", cert: "bool", chain: "bool", dns: "bool", uri: "bool" },
    },
    requestId: { fields: disabled },
    server: { fields: { ...disabled, value: "string" } },
    attemptCount: { fields: disabled },
    envoyDebugHeaders: { fields: disabled },
    metadataExchangeHeaders: { fields: { mode: { oneOf: ["UNDEFINED", "IN_MESH"] } } },
    preserveHttp1HeaderCase: "bool",
    xForwardedHost: enabled,
    xForwardedPort: enabled,
  },
};

/** The fields of istio.mesh.v1alpha1.ProxyConfig in Istio 1.30, by their JSON names. */
const proxyConfig: Fields = {
  configPath: "string",
  binaryPath: "string",
  serviceCluster: "string",
  tracingServiceName: {
    oneOf: ["APP_LABEL_AND_NAMESPACE", "CANONICAL_NAME_ONLY", "CANONICAL_NAME_AND_NAMESPACE"],
  },
  drainDuration: "duration",
  parentShutdownDuration: "duration",
  discoveryAddress: "string",
  discoveryRefreshDelay: "duration",
  zipkinAddress: "string",
  statsdUdpAddress: "string",
  envoyMetricsServiceAddress: "string",
  proxyAdminPort: "int32",
  availabilityZone: "string",
  controlPlaneAuthPolicy: { oneOf: ["NONE", "MUTUAL_TLS", "INHERIT"] },
  customConfigFile: "string",
  statNameLength: "int32",
  concurrency: "int32",
  proxyBootstrapTemplatePath: "string",
  interceptionMode: { oneOf: ["REDIRECT", "TPROXY", "NONE"] },
  tracing,
  sds: { fields: { enabled: "bool", k8sSaJwtPath: "string" } },
  envoyAccessLogService: remoteService,
  envoyMetricsService: remoteService,
  proxyMetadata: { map: "string" },
  runtimeValues: { map: "string" },
  statusPort: "int32",
  extraStatTags: { list: "string" },
  gatewayTopology: {
    fields: {
      numTrustedProxies: "uint32",
      forwardClientCertDetails: clientCertDetails,
      proxyProtocol: { fields: {} },
    },
  },
  terminationDrainDuration: "duration",
  meshId: "string",
  readinessProbe: probe,
  proxyStatsMatcher: {
    fields: {
      inclusionPrefixes: { list: "string" },
      inclusionSuffixes: { list: "string" },
      inclusionRegexps: { list: "string" },
    },
  },
  holdApplicationUntilProxyStarts: "bool",
  caCertificatesPem: { list: "string" },
  image: { fields: { imageType: "string" } },
  privateKeyProvider: { fields: { cryptomb: keyProvider, qat: keyProvider } },
  proxyHeaders: headers,
  fileFlushInterval: "duration",
  fileFlushMinSizeKb: "uint32",
  statsCompression: "bool",
};

/**
 * Checks the parsed value of the annotation; undefined and null stand for an empty text. Types first, and the values only
 * where all types are right, as istio/istio 1.30 does (jsonpb, then ValidateMeshConfigProxyConfig).
 */
export function readProxyConfig(value: Json | undefined): ProxyConfigReading {
  if (value === undefined || value === null) return { errors: [], unknown: [] };
  const errors: ProxyConfigProblem[] = [];
  const unknown: Path[] = [];
  checkField(value, { fields: proxyConfig }, [], errors, unknown);
  if (errors.length === 0 && isObject(value)) checkValues(canonical(value, proxyConfig), errors);
  return { errors, unknown };
}

function checkField(
  value: Json,
  field: Field,
  path: Path,
  errors: ProxyConfigProblem[],
  unknown: Path[],
): void {
  const wrong = (message: string) => errors.push({ path, message });
  if (typeof field === "string") {
    const message = scalarError(value, field);
    if (message) wrong(message);
  } else if ("oneOf" in field) {
    const fits =
      typeof value === "string" ? field.oneOf.includes(value) : value === null || isInteger(value, "int32");
    if (!fits) wrong(`must be one of ${field.oneOf.join(", ")}, is ${show(value)}`);
  } else if ("list" in field) {
    if (!Array.isArray(value)) wrong(`must be a list, is ${show(value)}`);
    else
      value.forEach((item: Json, index) => {
        checkField(item, field.list, [...path, index], errors, unknown);
      });
  } else if (value === null) {
    return;
  } else if (!isObject(value)) {
    wrong(
      path.length === 0
        ? `must be a map of ProxyConfig fields, is ${show(value)}`
        : `must be a map, is ${show(value)}`,
    );
  } else if ("map" in field) {
    for (const [key, item] of Object.entries(value))
      checkField(item, field.map, [...path, key], errors, unknown);
  } else {
    checkFields(value, field.fields, path, errors, unknown);
  }
}

function checkFields(
  value: JsonObject,
  fields: Fields,
  path: Path,
  errors: ProxyConfigProblem[],
  unknown: Path[],
): void {
  for (const [key, item] of Object.entries(value)) {
    const name = jsonName(key);
    const field =
      Object.hasOwn(fields, name) && (key === name || key === snakeName(name)) ? fields[name] : undefined;
    if (!field) unknown.push([...path, key]);
    else if (item !== null) checkField(item, field, [...path, key], errors, unknown);
  }
}

/** `drain_duration` → `drainDuration`; both spellings are taken. */
function jsonName(key: string): string {
  return key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function snakeName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** A message's known fields under their JSON names, without those that are null. */
function canonical(value: JsonObject, fields: Fields): JsonObject {
  const found: Record<string, Json> = {};
  for (const name of Object.keys(fields)) {
    const item = value[name] ?? value[snakeName(name)] ?? null;
    if (item === null) continue;
    const field = fields[name];
    found[name] =
      typeof field === "object" && "fields" in field && isObject(item) ? canonical(item, field.fields) : item;
  }
  return found;
}

const integerRange = {
  int32: [-2147483648n, 2147483647n],
  uint32: [0n, 4294967295n],
  int64: [-9223372036854775808n, 9223372036854775807n],
} as const;

const expected = {
  string: "text",
  bool: "true or false without quotes",
  int32: "a whole number",
  uint32: "a whole number from 0 to 4294967295",
  int64: "a whole number",
  double: "a number",
  duration: 'a duration such as "45s"',
} as const;

function scalarError(value: Json, type: keyof typeof expected): string | undefined {
  return fitsScalar(value, type) ? undefined : `must be ${expected[type]}, is ${show(value)}`;
}

function fitsScalar(value: Json, type: keyof typeof expected): boolean {
  if (type === "duration")
    return value === null || (typeof value === "string" && parseDuration(value) !== undefined);
  if (value === null) return true;
  if (type === "string") return typeof value === "string";
  if (type === "bool") return typeof value === "boolean";
  if (type === "double") return typeof value === "number" || typeof value === "bigint" || isNumberText(value);
  return isInteger(value, type);
}

const finiteNumber = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;

function isNumberText(value: Json): boolean {
  return (
    typeof value === "string" &&
    (finiteNumber.test(jsonTrim(value)) || /^(?:null|NaN|-?Infinity)$/.test(value))
  );
}

function isInteger(value: Json, type: keyof typeof integerRange): boolean {
  let number: bigint;
  if (typeof value === "bigint") number = value;
  else if (typeof value === "number" && Number.isInteger(value)) number = BigInt(value);
  else if (typeof value === "string") {
    const digits = jsonTrim(value);
    if (digits === "null") return true;
    if (!/^-?(?:0|[1-9][0-9]{0,20})$/.test(digits)) return false;
    number = BigInt(digits);
  } else return false;
  const [least, most] = integerRange[type];
  return number >= least && number <= most;
}

function jsonTrim(text: string): string {
  return text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");
}

const nanoseconds: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

/** A Go duration ("1m30s", "1.5h") in nanoseconds; undefined when it is none or too long for one. */
export function parseDuration(text: string): bigint | undefined {
  const sign = text.startsWith("-") ? -1n : 1n;
  let rest = /^[-+]/.test(text) ? text.slice(1) : text;
  if (rest === "0") return 0n;
  if (rest === "" || rest.length > 200) return undefined;
  let total = 0n;
  while (rest !== "") {
    const part = /^([0-9]*)(?:\.([0-9]*))?(ns|us|µs|μs|ms|s|m|h)/.exec(rest);
    if (!part) return undefined;
    const [whole, digits = "", fraction = "", unit = ""] = part;
    if (digits === "" && fraction === "") return undefined;
    const scale = nanoseconds[unit] ?? 0n;
    total += BigInt(digits || "0") * scale;
    if (fraction !== "") total += (BigInt(fraction) * scale) / 10n ** BigInt(fraction.length);
    rest = rest.slice(whole.length);
  }
  return total > 9223372036854775807n ? undefined : sign * total;
}

/** The checks that follow once every field has its type. Absent fields keep the mesh's values, which are valid. */
function checkValues(config: JsonObject, errors: ProxyConfigProblem[]): void {
  const wrong = (path: Path, message: string | undefined) => {
    if (message !== undefined) errors.push({ path, message });
  };
  for (const name of ["configPath", "binaryPath"])
    if (config[name] === "") wrong([name], "must not be empty");
  if (config.serviceCluster === "" && config.tracingServiceName === undefined)
    wrong(["serviceCluster"], "must not be empty");
  if (typeof config.drainDuration === "string") wrong(["drainDuration"], drainError(config.drainDuration));
  if (config.discoveryAddress !== undefined) {
    wrong(["discoveryAddress"], proxyAddressError(String(config.discoveryAddress)));
  }
  for (const name of ["statsdUdpAddress", "envoyMetricsServiceAddress"]) {
    if (config[name]) wrong([name], proxyAddressError(String(config[name])));
  }
  for (const name of ["envoyMetricsService", "envoyAccessLogService"]) {
    const service = config[name];
    if (isObject(service) && service.address)
      wrong([name, "address"], proxyAddressError(String(service.address)));
  }
  for (const name of ["proxyAdminPort", "statusPort"]) {
    if (config[name] !== undefined) wrong([name], portError(Number(config[name])));
  }
  const policy = config.controlPlaneAuthPolicy ?? "NONE";
  if (!["NONE", "MUTUAL_TLS", 0, 1].some((known) => known === policy)) {
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
  const simple = mode === "SIMPLE" || mode === 1;
  const mutual = mode === "MUTUAL" || mode === 2;
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

function show(value: Json): string {
  if (Array.isArray(value)) return "a list";
  if (isObject(value)) return "a map";
  if (typeof value === "bigint") return String(value);
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
