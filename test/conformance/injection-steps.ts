/** Conformance family injection, file steps: single functions of the engine. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { invalidAnnotations } from "../../src/istio/annotations.ts";
import { goDurationText } from "../../src/istio/duration.ts";
import type { Labels } from "../../src/istio/facts.ts";
import { parseInjectPath } from "../../src/istio/inject/cluster.ts";
import { proxyImage } from "../../src/istio/inject/image.ts";
import { isInjectable } from "../../src/istio/inject/kinds.ts";
import { appendMultusNetwork } from "../../src/istio/inject/multus.ts";
import { detectNative, type NativeMode } from "../../src/istio/inject/native.ts";
import { omitNil } from "../../src/istio/inject/omit-nil.ts";
import { proxyIds } from "../../src/istio/inject/openshift.ts";
import { holdsApplication, type Move, moveContainer, orderContainers } from "../../src/istio/inject/order.ts";
import { imageVersion, otelResourceAttributes } from "../../src/istio/inject/otel.ts";
import { ownerOf } from "../../src/istio/inject/owner.ts";
import { type Container, containersOf, findSidecar, metadataOf } from "../../src/istio/inject/pod.ts";
import { dumpProbes, mergeProbes, pointAtAgent, rewritesProbes } from "../../src/istio/inject/probes.ts";
import { mergePrometheus } from "../../src/istio/inject/prometheus.ts";
import { injectionStatus, parseStatus } from "../../src/istio/inject/status.ts";
import {
  applyMeshConfig,
  type ConfigReading,
  defaultMeshConfig,
  effectiveProxyConfig,
  meshProxyConfig,
  withProxyConfig,
} from "../../src/istio/mesh-config.ts";
import { type Message, printMessage, readMessage } from "../../src/istio/message.ts";
import { withoutDefaults } from "../../src/istio/proxy-config.ts";
import { nearestFacts } from "../../src/istio/releases.ts";
import { readValues } from "../../src/istio/values.ts";
import { decode } from "../../src/kube/decode.ts";
import type { Json, JsonObject } from "../../src/kube/json.ts";
import { overlay } from "../../src/kube/overlay.ts";
import { formatQuantity, parseQuantity } from "../../src/kube/quantity.ts";
import { difference } from "./canonical.ts";
import { parse } from "./injection-configs.ts";

export interface StepCase {
  readonly id: string;
  readonly func: string;
  // biome-ignore lint/suspicious/noExplicitAny: each function has inputs of its own form
  readonly in: any;
  readonly out: Json;
  readonly error: boolean;
}

/** What a step gives: undefined stands for an error. */
type Answer = Json | undefined;

const facts = nearestFacts("1.30.3");

/** The value of a text that must be YAML; an error where it is none. */
function valueIn(text: string): Json | undefined {
  const read = parse(text);
  return read.ok ? read.value : undefined;
}

function orError(text: string, apply: (json: Json | undefined) => ConfigReading): Message | undefined {
  const read = parse(text);
  if (!read.ok) return undefined;
  const config = apply(read.value);
  return config.ok ? config.value : undefined;
}

function mesh(text: string): Message {
  return orError(text, (json) => applyMeshConfig(json)) ?? defaultMeshConfig;
}

const named = (text: string): Container => {
  const [name = "", image = ""] = text.split(":");
  return { name, image };
};
const label = ({ name, image }: Container) => `${name}:${image ?? ""}`;
const labels = (containers: readonly Container[]) => containers.map(label);

type Step = (input: StepCase["in"], directory: string) => Answer;

const steps: Readonly<Record<string, Step>> = {
  ProxyImage: ({ values, proxyConfigImage: image, annotations }) => {
    const read = readValues(values);
    return read.ok ? proxyImage(read.values, image ? { image } : {}, annotations ?? {}) : undefined;
  },
  ApplyProxyConfig: (input) => {
    const base = mesh(input.mesh);
    const own = orError(input.annotation, (json) => withProxyConfig(base, json));
    return own && meshProxyConfig(own);
  },
  GetProxyConfigOrDefault: (input) => {
    const proxyConfig = effectiveProxyConfig(mesh(input.mesh), valueIn(input.annotation));
    return { proxyConfig, protoToJSON: printMessage("ProxyConfig", withoutDefaults(proxyConfig)) };
  },
  validateProxyConfig: ({ annotation }) => validate({ "proxy.istio.io/config": annotation }),
  protoToJSON: ({ proxyConfig }) =>
    printMessage("ProxyConfig", withoutDefaults(readMessage("ProxyConfig", proxyConfig).value)),
  ApplyMeshConfig: ({ config }, directory) => {
    const text = readFileSync(join(directory, "configs", config, "mesh.yaml"), "utf8");
    return orError(text, (json) => applyMeshConfig(json));
  },
  ApplyMeshConfigDefaults: (input) => orError(input.mesh, (json) => applyMeshConfig(json)),
  validateAnnotations: ({ annotations }) => validate(annotations ?? {}),
  rewriteProbes: ({ pod, statusPort }) => {
    const typed = podOf({ annotations: pod.annotations }, pod);
    const pointed = pointAtAgent(typed, statusPort);
    const parts = (container: Container) => ({
      name: container.name,
      ports: container.ports,
      livenessProbe: container.livenessProbe,
      readinessProbe: container.readinessProbe,
      startupProbe: container.startupProbe,
      lifecycle: container.lifecycle,
    });
    return {
      appProbers: dumpProbes(typed, statusPort),
      pod: {
        annotations: pod.annotations,
        containers: containersOf(pointed, "containers").map(parts),
        initContainers: containersOf(pointed, "initContainers").map(parts),
      },
    } as Json;
  },
  ShouldRewriteAppHTTPProbers: ({ annotations, values }) => rewritesProbes(annotations ?? {}, values),
  mergeOrAppendProbers: ({ previouslyInjected, env, newProbers }) =>
    mergeProbes(previouslyInjected, env, newProbers),
  applyPrometheusMerge: ({ annotations, mesh: text, sidecar }) => {
    const config = text.endsWith("unset")
      ? { defaultConfig: defaultMeshConfig.defaultConfig ?? null }
      : mesh(text);
    const containers = sidecar ? [{ name: "istio-proxy" }] : [{ name: "app" }];
    const merged = mergePrometheus(podOf({ annotations }, { containers }), config);
    return { annotations: metadataOf(merged).annotations ?? null, env: findSidecar(merged)?.env ?? null };
  },
  modifyContainers: ({ containers, name, modifier }) =>
    labels(moveContainer(containers.map(named), name, modifier.replace("Move", "").toLowerCase() as Move)),
  reorderPod: ({ containers, initContainers, hold }) => {
    const held = { holdApplicationUntilProxyStarts: hold.endsWith("true") };
    const base = mesh(hold === "mesh" ? "defaultConfig: {holdApplicationUntilProxyStarts: true}" : "{}");
    const config = hold.startsWith("annotation")
      ? withProxyConfig(base, held)
      : ({ ok: true, value: base } as const);
    const values = readValues(
      hold === "values" ? { global: { proxy: { holdApplicationUntilProxyStarts: true } } } : {},
    );
    if (!config.ok || !values.ok) return undefined;
    const spec = { containers: containers.map(named), initContainers: initContainers.map(named) };
    const ordered = orderContainers({ spec }, holdsApplication(config.value, values.values));
    return {
      containers: labels(containersOf(ordered, "containers")),
      initContainers: labels(containersOf(ordered, "initContainers")),
    };
  },
  getInjectionStatus: ({ spec, revision }) => injectionStatus({ spec }, revision),
  parseStatus: ({ status }) => {
    const { containers, initContainers } = parseStatus(status);
    return {
      containers: containers.map((name) => `${name}:`),
      initContainers: initContainers.map((name) => `${name}:`),
    };
  },
  GetDeployMetaFromPod: ({ metadata }) => ({ ...ownerOf(podOf(metadata, {})) }),
  otelResourceAttributes: ({ semanticConventions, annotations, labels: own, namespace, containers }) => {
    const opentelemetry = { serviceAttributeEnrichment: "OTEL_SEMANTIC_CONVENTIONS" };
    const config: Message = {
      extensionProviders: [{ name: "otel", ...(semanticConventions && { opentelemetry }) }],
    };
    const first = (text: string) => {
      const colon = text.indexOf(":");
      return { name: text.slice(0, colon), image: text.slice(colon + 1) };
    };
    return otelResourceAttributes(config, annotations ?? {}, own ?? {}, namespace, containers.map(first));
  },
  parseImageTagDigest: ({ image }) => ({ ...imageVersion(image) }),
  appendMultusNetwork: ({ existing, network }) => appendMultusNetwork(existing, network),
  parseInjectEnvs: ({ path }) => parseInjectPath(path),
  GetProxyIDs: ({ annotations }) => ({ ...proxyIds(annotations) }),
  DetectNativeSidecar: ({ mode, kubeletVersions, nodeName }) =>
    detectNative(
      mode as NativeMode,
      kubeletVersions.map((kubeletVersion: string, index: number) => ({
        name: `node-${index + 1}`,
        kubeletVersion,
      })),
      nodeName,
    ),
  applyOverlayYAML: ({ pod, overlay: text }) => {
    const typed = decode("Pod", pod, { via: "json" });
    const read = parse(text);
    if (!typed.ok || !read.ok) return undefined;
    const laid = overlay("Pod", typed.value, read.value ?? null);
    return laid.ok ? laid.value : undefined;
  },
  ParseQuantity: ({ text }) => {
    const read = parseQuantity(text);
    return read.ok ? formatQuantity(read.quantity) : undefined;
  },
  FromRawToObject: ({ kind }) => (isInjectable(kind) ? `*v1.${kind}` : undefined),
  formatDuration: ({ seconds = 0, nanos = 0 }) =>
    goDurationText(BigInt(seconds) * 1_000_000_000n + BigInt(nanos)),
  omitNil: ({ value }) => omitNil(value),
};

function validate(annotations: Labels): Answer {
  return invalidAnnotations(annotations, facts, parse).length === 0 ? "ok" : undefined;
}

function podOf(metadata: JsonObject, spec: JsonObject): JsonObject {
  const { annotations: _, ...parts } = spec;
  const read = decode("Pod", { metadata, spec: parts }, { via: "json" });
  return read.ok ? read.value : {};
}

/** Judges one step: undefined when it passed. */
export function judgeStep({ func, in: input, out, error }: StepCase, directory: string): string | undefined {
  const step = steps[func];
  if (!step) return `no such step: ${func}`;
  const answer = step(input, directory);
  if (error)
    return answer === undefined ? undefined : `accepted as ${JSON.stringify(answer)}, must be an error`;
  if (answer === undefined) return "refused";
  return exact.has(func) ? unequal(answer, out) : difference(answer, out);
}

/** Where empty values count. */
const exact: ReadonlySet<string> = new Set([
  "ApplyProxyConfig",
  "GetProxyConfigOrDefault",
  "ApplyMeshConfig",
  "ApplyMeshConfigDefaults",
  "GetDeployMetaFromPod",
  "omitNil",
  "parseInjectEnvs",
]);

function unequal(ours: Json, theirs: Json): string | undefined {
  const sorted = (json: Json): Json =>
    Array.isArray(json)
      ? json.map(sorted)
      : typeof json === "object" && json !== null
        ? Object.fromEntries(
            Object.entries(json)
              .sort(([a], [b]) => (a < b ? -1 : 1))
              .map(([key, value]) => [key, sorted(value)]),
          )
        : json;
  const [mine, must] = [JSON.stringify(sorted(ours)), JSON.stringify(sorted(theirs))];
  return mine === must ? undefined : `is ${mine}, must be ${must}`;
}
