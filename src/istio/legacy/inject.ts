/** The injection of Istio up to 1.8: what a bare template renders is added to the pod. */
import { sha256Hex } from "../../gotemplate/functions/hashes.ts";
import { isObject, type Json, type JsonObject } from "../../kube/json.ts";
import { invalidAnnotations } from "../annotations.ts";
import type { Labels } from "../facts.ts";
import { goJson } from "../go-json.ts";
import { applyVariables, clusterVariables, networkLabel } from "../inject/cluster.ts";
import { proxyImage } from "../inject/image.ts";
import type { BareTemplate } from "../inject/injector.ts";
import { knownSpec } from "../inject/known-fields.ts";
import type { Injection, InjectionError, InjectionInputs, Stage } from "../inject/pipeline.ts";
import {
  addVariable,
  annotationOf,
  annotationsOf,
  type Container,
  type ContainerList,
  containersOf,
  findContainer,
  labelsOf,
  objectOf,
  objectsOf,
  type Pod,
  proxyName,
  textOf,
  validationName,
  withAnnotations,
  withContainers,
  withMetadata,
} from "../inject/pod.ts";
import { rewritesProbes } from "../inject/probes.ts";
import { mergePrometheus } from "../inject/prometheus.ts";
import { renderTemplate } from "../inject/render.ts";
import { parseJson, statusAnnotation } from "../inject/status.ts";
import { templateFault } from "../inject/template-fault.ts";
import { statusPortOf } from "../mesh-config.ts";
import type { Message } from "../message.ts";
import { type Parts, readParts } from "./bare-template.ts";
import { withConcurrency } from "./concurrency.ts";
import { type BareFacts, type BareInjection, bareFacts } from "./facts.ts";
import { askingAgent, recordedProbes } from "./probes.ts";
import { redirectNames } from "./redirect-names.ts";

/** All that an injection of old releases depends on. */
export interface BareInputs extends Omit<InjectionInputs, "injector"> {
  readonly template: BareTemplate;
  readonly injectedAnnotations: Labels;
  readonly release: BareInjection;
  /** Who injects: the webhook, or kube-inject. */
  readonly by: "webhook" | "command";
  /** The mesh without what the pod says of it. */
  readonly ownMesh: Message;
}

/** The name under which errors name the one template. */
const templateName = "template";
const group = 1337;

/** Injects into a pod, whatever policies say: as istio/istio 1.6.14 and 1.8.6. */
export function injectBare(inputs: BareInputs): Injection {
  const facts = bareFacts[inputs.release];
  const invalid = invalidAnnotations(annotationsOf(inputs.pod), inputs.facts, inputs.readYaml);
  if (invalid.length > 0) {
    const errors = invalid.map(({ annotation, message }): InjectionError => {
      return { stage: "annotations", message: `${annotation}: ${message}`, annotation };
    });
    return { ok: false, errors };
  }
  const pod = withGroup(inputs, facts);
  const variables = facts.tellsCluster
    ? clusterVariables(pod, inputs.values, inputs.variables)
    : inputs.variables;
  const rendered = renderTemplate(inputs.template.compiled, dataOf(inputs, pod), inputs.readYaml);
  if (!rendered.ok) return failed("template", templateFault(templateName, rendered.error));
  const read = readParts(rendered.value);
  if (!read.ok) return failed("merge", read.message);
  const parts = knownParts(read.parts, variables, inputs);
  const status = statusOf(parts, inputs.template.text);
  const isAppended = facts.commandAppends && inputs.by === "command";
  return {
    ok: true,
    pod: isAppended
      ? appended(inputs, facts, pod, parts, status)
      : patched(inputs, facts, pod, parts, status),
    rendered: {
      spec: {
        initContainers: parts.initContainers,
        containers: parts.containers,
        volumes: parts.volumes,
        imagePullSecrets: parts.imagePullSecrets,
      },
    },
    templates: ["sidecar"],
  };
}

/** The parts as far as Kubernetes knows their fields, with the variables that containers are told. */
function knownParts(read: Parts, variables: BareInputs["variables"], { facts }: BareInputs): Parts {
  const known = knownSpec({ containers: read.containers, initContainers: read.initContainers }, facts);
  const containers = withConcurrency(objectsOf(known.containers));
  const told = applyVariables({ spec: { containers } }, variables);
  return {
    ...read,
    initContainers: objectsOf(known.initContainers),
    containers: containersOf(told, "containers"),
  };
}

function failed(stage: Stage, message: string): Injection {
  return { ok: false, errors: [{ stage, message, template: templateName }] };
}

function dataOf(inputs: BareInputs, pod: Pod) {
  const { owner, proxyConfig, mesh, values, revision, ids, compliancePolicy, facts } = inputs;
  return {
    pod,
    owner,
    proxyConfig,
    mesh,
    values: values.all,
    revision,
    native: false,
    proxyImage: proxyImage(values, proxyConfig, annotationsOf(pod)),
    ids,
    inboundTrafficPolicyMode: "",
    compliancePolicy,
    facts,
  };
}

/** The pod whose files belong to the proxy's group, which older clusters need for tokens. */
function withGroup({ pod, ownMesh, values, by }: BareInputs, facts: BareFacts): Pod {
  const { global } = values.all;
  const isFirstParty = isObject(global) && global.jwtPolicy === "first-party-jwt";
  const isSet =
    facts.group === "always" ? by === "command" || !isFirstParty : textOf(ownMesh.sdsUdsPath) !== "";
  if (!isSet) return pod;
  const spec = objectOf(pod.spec);
  return {
    ...pod,
    spec: { ...spec, securityContext: { ...objectOf(spec.securityContext), fsGroup: group } },
  };
}

function statusOf(parts: Parts, text: string): string {
  const names = (list: readonly JsonObject[]): Json =>
    list.length === 0 ? null : list.map(({ name }) => textOf(name));
  return goJson({
    version: sha256Hex(text),
    initContainers: names(parts.initContainers),
    containers: names(parts.containers),
    volumes: names(parts.volumes),
    imagePullSecrets: names(parts.imagePullSecrets),
  });
}

/** What kube-inject of the oldest releases does: everything is added at the end. */
function appended(inputs: BareInputs, facts: BareFacts, pod: Pod, parts: Parts, status: string): Pod {
  const spec = objectOf(pod.spec);
  const { dnsConfig: _, ...rest } = spec;
  const all = {
    ...rest,
    ...grown(spec, "initContainers", parts.initContainers),
    ...grown(spec, "containers", parts.containers),
    ...grown(spec, "volumes", parts.volumes),
    ...grown(spec, "imagePullSecrets", parts.imagePullSecrets),
    ...(parts.dnsConfig && { dnsConfig: parts.dnsConfig }),
  };
  const probed = probesAtAgent({ ...pod, spec: all }, parts, statusPortOf(inputs.ownMesh), facts);
  const annotations = {
    ...annotationsOf(pod),
    ...redirects(parts),
    [statusAnnotation]: status,
  };
  const labels: Labels = { ...labelsOf(pod), [revisionLabel]: inputs.revision };
  return withMetadata(withAnnotations(probed, annotations), {
    labels: labels[modeLabel] ? labels : { ...labels, [modeLabel]: "istio" },
  });
}

const revisionLabel = "istio.io/rev";
const modeLabel = "security.istio.io/tlsMode";

function grown(spec: JsonObject, key: string, added: readonly JsonObject[]): JsonObject {
  return added.length === 0 ? {} : { [key]: [...objectsOf(spec[key]), ...added] };
}

function redirects({ redirectAnnotations }: Parts): Labels {
  return Object.fromEntries(
    redirectNames.flatMap((name) => {
      const value = redirectAnnotations[name];
      return value ? [[name, value]] : [];
    }),
  );
}

/** The pod with its probes answered by the agent, where it has a proxy and its probes are to be rewritten. */
function probesAtAgent(pod: Pod, parts: Parts, statusPort: number, facts: BareFacts): Pod {
  const containers = containersOf(pod, "containers");
  const index = containers.findIndex(({ name }) => name === proxyName);
  const sidecar = containers[index];
  const port = agentPort(pod, statusPort);
  if (!sidecar || port === -1 || !rewritesProbes(annotationsOf(pod), parts.rewritesProbes)) return pod;
  const record = recordedProbes(containers, facts);
  const told = record === "" ? sidecar : addVariable(sidecar, "ISTIO_KUBE_APP_PROBERS", record);
  const changed = containers.with(index, told).map((one) => askingAgent(one, port, facts));
  return { ...pod, spec: { ...objectOf(pod.spec), containers: changed } };
}

function agentPort(pod: Pod, statusPort: number): number {
  const text = annotationOf(pod, "status.sidecar.istio.io/port");
  if (text === undefined) return statusPort;
  return /^[+-]?[0-9]+$/.test(text) ? Number(text) : 0;
}

/** What the webhook does, and kube-inject of 1.8: what was injected before is taken away, what is new added, labels included. */
function patched(inputs: BareInputs, facts: BareFacts, pod: Pod, parts: Parts, status: string): Pod {
  const own = containersOf(pod, "containers");
  const rewrites =
    rewritesProbes(annotationsOf(pod), parts.rewritesProbes) &&
    findContainer(parts.containers, proxyName) !== undefined;
  const record = rewrites ? recordedProbes(own, facts) : "";
  const told = record === "" ? parts.containers : withRecord(parts.containers, record);
  const port = agentPort(pod, statusPortOf(inputs.ownMesh));
  const asking = rewrites ? own.map((one) => askingAgent(one, port, facts)) : own;
  const before = previous(pod);
  const holds = facts.holdsApplication && holdsApplication(inputs);
  const merged = mergedMetrics(inputs, pod, told);
  const listed = (list: ContainerList, rest: readonly Container[], more: readonly Container[]) =>
    inFront(without(rest, before[list]), withTokens(containersOf(pod, list), more), holds);
  const all = listed("containers", asking, merged.containers);
  const init = listed("initContainers", containersOf(pod, "initContainers"), parts.initContainers);
  const result = withLists(
    withContainers(withContainers(pod, "containers", all), "initContainers", init),
    parts,
    before,
  );
  return withMetadata(
    withAnnotations(result, {
      ...merged.annotations,
      [statusAnnotation]: status,
      ...inputs.injectedAnnotations,
    }),
    { labels: withLabels(inputs, pod, merged.containers) },
  );
}

/** The pod with what else the parts have, instead of what was injected before. */
function withLists(pod: Pod, parts: Parts, before: Previous): Pod {
  const spec = objectOf(pod.spec);
  const volumes = [...without(objectsOf(spec.volumes), before.volumes), ...parts.volumes];
  const secrets = [
    ...without(objectsOf(spec.imagePullSecrets), before.imagePullSecrets),
    ...parts.imagePullSecrets,
  ];
  return {
    ...pod,
    spec: {
      ...spec,
      ...(volumes.length > 0 && { volumes }),
      ...(secrets.length > 0 && { imagePullSecrets: secrets }),
      ...(parts.dnsConfig && { dnsConfig: parts.dnsConfig }),
    },
  };
}

function without<T extends JsonObject>(list: readonly T[], names: readonly string[]): readonly T[] {
  return list.filter(({ name }) => !names.includes(textOf(name)));
}

function withRecord(containers: readonly Container[], record: string): readonly Container[] {
  return containers.map((one) =>
    one.name === proxyName ? addVariable(one, "ISTIO_KUBE_APP_PROBERS", record) : one,
  );
}

function mergedMetrics(
  { ownMesh }: BareInputs,
  pod: Pod,
  containers: readonly Container[],
): { readonly containers: readonly Container[]; readonly annotations: Labels } {
  const merged = mergePrometheus(
    { metadata: { annotations: annotationsOf(pod) }, spec: { containers } },
    ownMesh,
  );
  return { containers: containersOf(merged, "containers"), annotations: annotationsOf(merged) };
}

const tokenPath = "/var/run/secrets/kubernetes.io/serviceaccount";

/** The proxy mounts the token of the service account as the application does. */
function withTokens(own: readonly Container[], added: readonly Container[]): readonly Container[] {
  const mount = own
    .flatMap(({ volumeMounts }) => objectsOf(volumeMounts))
    .findLast(({ mountPath }) => mountPath === tokenPath);
  if (!mount) return added;
  return added.map((one) =>
    one.name === proxyName ? { ...one, volumeMounts: [...objectsOf(one.volumeMounts), mount] } : one,
  );
}

/** Containers with others added: behind them, but for those that must start first. */
function inFront(
  rest: readonly Container[],
  added: readonly Container[],
  holds: boolean,
): readonly Container[] {
  const list = [...rest];
  for (const one of added) {
    const isFirst = one.name === validationName || (one.name === proxyName && holds);
    if (isFirst) list.unshift(one);
    else list.push(one);
  }
  return list;
}

function holdsApplication({ mesh, values }: BareInputs): boolean {
  const { holdApplicationUntilProxyStarts } = objectOf(mesh.defaultConfig as Json);
  return holdApplicationUntilProxyStarts === true || values.holdApplicationUntilProxyStarts;
}

type Previous = Readonly<
  Record<"containers" | "initContainers" | "volumes" | "imagePullSecrets", readonly string[]>
>;

/** What the oldest injections added, which recorded nothing. */
const unrecorded: Previous = {
  initContainers: ["istio-init", "enable-core-dump"],
  containers: [proxyName],
  volumes: ["istio-certs", "istio-envoy"],
  imagePullSecrets: [],
};

function previous(pod: Pod): Previous {
  const status = parseJson(annotationOf(pod, statusAnnotation) ?? "");
  if (!isObject(status)) return unrecorded;
  const names = (key: string): readonly string[] => {
    const list = status[key];
    return Array.isArray(list) ? list.map(textOf) : [];
  };
  const read: Previous = {
    initContainers: names("initContainers"),
    containers: names("containers"),
    volumes: names("volumes"),
    imagePullSecrets: names("imagePullSecrets"),
  };
  return Object.values(read).some((list) => list.length > 0) ? read : unrecorded;
}

function withLabels({ owner, revision }: BareInputs, pod: Pod, containers: readonly Container[]): Labels {
  const labels = labelsOf(pod);
  const of = (...keys: readonly string[]) => keys.map((key) => labels[key]).find((value) => value);
  const network = objectsOf(findContainer(containers, proxyName)?.env).find(
    ({ name }) => name === "ISTIO_META_NETWORK",
  );
  const added: Labels = {
    [modeLabel]: "istio",
    [revisionLabel]: revision,
    "service.istio.io/canonical-name":
      of("service.istio.io/canonical-name", "app.kubernetes.io/name", "app") ?? owner.name,
    "service.istio.io/canonical-revision":
      of("service.istio.io/canonical-revision", "app.kubernetes.io/version", "version") ?? "latest",
    ...(textOf(network?.value) !== "" && { [networkLabel]: textOf(network?.value) }),
  };
  const missing = Object.entries(added).filter(([key]) => !labels[key]);
  return { ...labels, ...Object.fromEntries(missing) };
}
