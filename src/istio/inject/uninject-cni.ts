/** The annotations that tell a CNI plugin how to set up the capture: copies of the pod's own settings, or the mesh's. */
import type { JsonObject } from "../../kube/json.ts";
import { tcpPorts } from "./injection-functions.ts";
import { containersOf, type Pod, textOf } from "./pod.ts";
import { type Change, taken } from "./taken.ts";
import { statusPorts, type Traces } from "./traces.ts";

const included = "traffic.sidecar.istio.io/includeInboundPorts";
const anything = ["traffic.sidecar.istio.io/includeOutboundIPRanges", included];
const settings = [
  ...anything,
  "traffic.sidecar.istio.io/excludeOutboundIPRanges",
  "traffic.sidecar.istio.io/includeOutboundPorts",
  "traffic.sidecar.istio.io/excludeOutboundPorts",
];

/**
 * What becomes of the annotations that injection writes where a CNI plugin is used.
 * @param own the pod with its own containers
 */
export function cniAnnotations(annotations: JsonObject, own: Pod, traces: Traces): readonly Change[] {
  const mode = textOf(traces.proxyConfig.interceptionMode) || "REDIRECT";
  const why = "injection copies this setting of the mesh for the CNI plugin";
  return [
    ...taken(annotations, "sidecar.istio.io/interceptionMode", [mode], why),
    ...settings.flatMap((key) =>
      key === included && traces.record.old && annotations[key] === tcpPorts(containersOf(own, "containers"))
        ? taken(annotations, key, [textOf(annotations[key])], portsOfContainers)
        : capture(annotations, key, why),
    ),
    ...excludedInbound(annotations, traces),
    ...networks(annotations),
  ];
}

const portsOfContainers = "injection up to 1.8 lists the ports of the containers here for the CNI plugin";

/** The usual value is the mesh's; any other may be the mesh's as well, but is more likely the pod's own. */
function capture(annotations: JsonObject, key: string, why: string): readonly Change[] {
  if (!Object.hasOwn(annotations, key)) return [];
  if (anything.includes(key) && annotations[key] === "*") return taken(annotations, key, ["*"], why);
  const value = textOf(annotations[key]);
  return [{ key, value, unrecorded: { kind: "kept", says: meshSetting } }];
}

const meshSetting = "this may be a setting of the mesh that injection copied for the CNI plugin";

const excluded = "traffic.sidecar.istio.io/excludeInboundPorts";

/** Injection adds the agent's port behind the others. */
function excludedInbound(annotations: JsonObject, traces: Traces): readonly Change[] {
  const value = textOf(annotations[excluded]);
  const own = textOf(annotations["status.sidecar.istio.io/port"]);
  const ports = own === "" ? statusPorts(traces) : [own];
  const port = value.split(",").at(-1) ?? "";
  if (!Object.hasOwn(annotations, excluded)) return [];
  if (value === "" || (value === port && ports.includes(port))) {
    const why = "injection writes this list for the CNI plugin, with the agent's port";
    return taken(annotations, excluded, ["", ...ports], why);
  }
  if (!ports.includes(port))
    return [{ key: excluded, value, unrecorded: { kind: "kept", says: meshSetting } }];
  const says =
    "injection adds the agent's port and drops blanks; the ports before it may be a setting of the mesh";
  const left = value.slice(0, -port.length - 1);
  return [{ key: excluded, value: left, unrecorded: { kind: "guessed", says } }];
}

const networksKey = "k8s.v1.cni.cncf.io/networks";
const asOnly = /^(?:[^\s,/[\]]+\/)?istio-cni$/;
const asLast = /^(?<others>.*\S), (?:[^\s,/[\]]+\/)?istio-cni$/s;
const inJson = /^(?<others>.*), \{"name": "(?:[^"]*\/)?istio-cni"(?:, "namespace": "[^"]*")?\}(?<end>\].*)$/s;

/** Multus' list of networks, to which injection adds that of Istio. */
function networks(annotations: JsonObject): readonly Change[] {
  const value = textOf(annotations[networksKey]);
  if (asOnly.test(value))
    return taken(annotations, networksKey, [value], "injection adds the network of Istio");
  const { others, end = "" } = (asLast.exec(value) ?? inJson.exec(value))?.groups ?? {};
  if (others === undefined) return [];
  const says = "injection adds the network of Istio where it is missing";
  return [{ key: networksKey, value: `${others}${end}`, unrecorded: { kind: "guessed", says } }];
}
