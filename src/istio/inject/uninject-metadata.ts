/** Labels and annotations that an injection wrote, taken away; those that it replaced, put back. */
import type { JsonObject } from "../../kube/json.ts";
import { networkLabel } from "./cluster.ts";
import { containersOf, metadataOf, objectOf, type Pod, proxyName, textOf } from "./pod.ts";
import { parseJson } from "./status.ts";
import { type Change, type Taken, taken, type Unrecorded, withKey, without } from "./taken.ts";
import { foreignContainers, statusPorts, type Traces, traceAnnotations } from "./traces.ts";
import { cniAnnotations } from "./uninject-cni.ts";
import type { Surroundings } from "./uninject-pod.ts";

/**
 * The pod with the labels and annotations that it had.
 * @param injected the pod as it was given
 * @param own the pod with its own containers, whose metadata are changed
 */
export function takeMetadata(injected: Pod, own: Pod, traces: Traces, surroundings: Surroundings): Taken {
  const { labels, annotations } = metadataOf(own);
  const known = new Set(Object.keys(objectOf(annotations)));
  const labelChanges = changedLabels(objectOf(labels), known, traces, surroundings);
  const annotationChanges = [
    ...traceAnnotations.map((key): Change => ({ key })),
    ...annotationsOfTemplates(objectOf(annotations), own, traces),
    ...prometheusAnnotations(objectOf(annotations), traces, surroundings),
    ...(traces.cni ? cniAnnotations(objectOf(annotations), own, traces) : []),
    ...foreignAnnotations(objectOf(annotations), foreignContainers(injected, traces), surroundings),
  ];
  let metadata = withoutTimestamp(metadataOf(own));
  metadata = changed(metadata, "labels", labelChanges);
  metadata = changed(metadata, "annotations", annotationChanges);
  const isGone = Object.keys(metadata).length === 0 && Object.keys(metadataOf(own)).length > 0;
  return {
    pod: isGone ? withKey(own, "metadata", undefined) : { ...own, metadata },
    unrecorded: [...notes("labels", labelChanges), ...notes("annotations", annotationChanges)],
  };
}

/** Go up to 1.27 prints the time of an object that nobody has created as null. */
export function withoutTimestamp(metadata: JsonObject): JsonObject {
  return metadata.creationTimestamp === null ? withKey(metadata, "creationTimestamp", undefined) : metadata;
}

function changed(metadata: JsonObject, key: string, changes: readonly Change[]): JsonObject {
  const map = objectOf(metadata[key]);
  const values = new Map(
    changes.flatMap((change) => (change.value === undefined ? [] : [[change.key, change.value] as const])),
  );
  const gone = new Set(changes.filter((change) => !values.has(change.key)).map((change) => change.key));
  const left = without({ ...map, ...Object.fromEntries(values) }, gone);
  const isSame = values.size === 0 && Object.keys(left ?? {}).length === Object.keys(map).length;
  return isSame ? metadata : withKey(metadata, key, left);
}

function notes(map: string, changes: readonly Change[]): readonly Unrecorded[] {
  return changes.flatMap(({ key, unrecorded }) =>
    unrecorded ? [{ path: ["metadata", map, key], ...unrecorded }] : [],
  );
}

function changedLabels(
  labels: JsonObject,
  annotations: ReadonlySet<string>,
  traces: Traces,
  { workload }: Surroundings,
): readonly Change[] {
  const { roles, environment, proxyConfig, record } = traces;
  const first = (...keys: readonly string[]) =>
    keys.map((key) => textOf(labels[key])).find((text) => text !== "");
  const why = "injection sets this label where it is missing";
  const changes: Change[] = [];
  if (roles.size > 0 && (environment.PROXY_CONFIG !== undefined || record.old)) {
    const name = first("app.kubernetes.io/name", "app");
    const names = name === undefined ? workloadNames(traces, workload) : [name];
    changes.push(
      ...taken(labels, "service.istio.io/canonical-name", names.flatMap(shortened), why),
      ...taken(
        labels,
        "service.istio.io/canonical-revision",
        [first("app.kubernetes.io/version", "version") ?? "latest"],
        why,
      ),
    );
  }
  if (roles.has("sidecar")) {
    changes.push(...taken(labels, "security.istio.io/tlsMode", ["istio"], why));
    if (objectOf(proxyConfig.proxyMetadata).ISTIO_META_ENABLE_HBONE === "true")
      changes.push(...taken(labels, "networking.istio.io/tunnel", ["http"], why));
  }
  if (roles.has("gateway") && record.revision !== undefined && !annotations.has("istio.io/rev"))
    changes.push(
      ...taken(labels, "istio.io/rev", [record.revision], "injection up to 1.17 labels gateways so"),
    );
  if (record.old && Object.hasOwn(labels, "istio.io/rev"))
    changes.push(
      ...taken(
        labels,
        "istio.io/rev",
        [String(labels["istio.io/rev"])],
        "injection up to 1.8 replaces this label",
      ),
    );
  const network = environment.ISTIO_META_NETWORK;
  if (network) changes.push(...taken(labels, networkLabel, [network], why));
  else if (Object.hasOwn(labels, networkLabel)) changes.push(keptNetwork(labels));
  return changes;
}

/** Without a proxy nobody tells which network the injector had in mind. */
function keptNetwork(labels: JsonObject): Change {
  const says = "injection may have set this label";
  return { key: networkLabel, value: textOf(labels[networkLabel]), unrecorded: { kind: "kept", says } };
}

/** The names that the workload may have had for the templates. */
function workloadNames({ environment }: Traces, workload: string): readonly string[] {
  const owner = environment.ISTIO_META_OWNER?.split("/").at(-1);
  const told = environment.ISTIO_META_WORKLOAD_NAME;
  const names = [owner, told, workload].filter((name) => name !== undefined);
  return owner === undefined && told === undefined ? ["", ...names] : names;
}

/** A name, and as templates from 1.24 on cut it to the length of a label's value. */
function shortened(name: string): readonly string[] {
  return [name, name.slice(0, 63).replace(/-$/, "")];
}

const defaultContainers = [
  "kubectl.kubernetes.io/default-container",
  "kubectl.kubernetes.io/default-logs-container",
];

function annotationsOfTemplates(annotations: JsonObject, own: Pod, traces: Traces): readonly Change[] {
  const { roles, record } = traces;
  const changes: Change[] = [];
  const isAgent = traces.environment.PROXY_CONFIG !== undefined;
  if (isAgent && record.revision !== undefined)
    changes.push(
      ...taken(annotations, "istio.io/rev", [record.revision], "injection replaces this annotation"),
    );
  const [first] = containersOf(own, "containers").filter(({ name }) => name !== proxyName);
  if (isAgent && first) {
    const why = "injection names the first container where nothing else is asked for";
    for (const key of defaultContainers) changes.push(...taken(annotations, key, [textOf(first.name)], why));
  }
  if (roles.has("grpc")) {
    const why = "the templates for gRPC turn rewriting off";
    changes.push(...taken(annotations, "sidecar.istio.io/rewriteAppHTTPProbers", ["false"], why));
  }
  return changes;
}

const agentPath = "/stats/prometheus";

const prometheusVariable = "ISTIO_PROMETHEUS_ANNOTATIONS";

/** The settings of Prometheus: where they point at the agent they are injection's, and the pod's own are in the environment. */
function prometheusAnnotations(
  annotations: JsonObject,
  traces: Traces,
  { injectedAnnotations }: Surroundings,
): readonly Change[] {
  const { scrape, path, port } = Object.fromEntries(
    ["scrape", "path", "port"].map((setting) => [setting, textOf(annotations[`prometheus.io/${setting}`])]),
  );
  const ports = [...statusPorts(traces), injectedAnnotations["prometheus.io/port"]];
  const pointsAtAgent = scrape === "true" && path === agentPath && ports.includes(port ?? "");
  if (!pointsAtAgent) return [];
  const recorded = prometheusRecord(traces);
  return ["scrape", "path", "port"].map((setting): Change => {
    const key = `prometheus.io/${setting}`;
    const value = textOf(recorded?.[setting]);
    if (value !== "") return { key, value };
    const says = recorded
      ? "injection points Prometheus at the agent; an empty value is not recorded"
      : "injection points Prometheus at the agent, unless this was written here with the same value";
    return { key, unrecorded: { kind: "removed", says } };
  });
}

function prometheusRecord({ environment }: Traces): JsonObject | undefined {
  const text = environment[prometheusVariable];
  return text === undefined ? undefined : objectOf(parseJson(text));
}

const appArmor = "container.apparmor.security.beta.kubernetes.io/";

/** Annotations for containers that are gone, without which the API server refuses the pod, and those of the injector's configuration. */
function foreignAnnotations(
  annotations: JsonObject,
  containers: ReadonlySet<string>,
  { injectedAnnotations }: Surroundings,
): readonly Change[] {
  return Object.keys(annotations).flatMap((key): readonly Change[] => {
    const injected = Object.hasOwn(injectedAnnotations, key) ? injectedAnnotations[key] : undefined;
    if (injected !== undefined)
      return taken(annotations, key, [injected], "the injector gives this to every pod");
    if (!key.startsWith(appArmor) || !containers.has(key.slice(appArmor.length))) return [];
    const says = "it is about an injected container, and no pod may have it without";
    return [{ key, unrecorded: { kind: "removed", says } }];
  });
}
