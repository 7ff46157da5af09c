/** What templates write into a pod's spec besides containers, volumes and secrets, and record nowhere. */
import { isObject, type Json } from "../../kube/json.ts";
import { objectOf, objectsOf, type Pod } from "./pod.ts";
import { type Taken, type Unrecorded, withKey, withSpec } from "./taken.ts";
import type { Traces } from "./traces.ts";
import type { Surroundings } from "./uninject-pod.ts";

/** The pod without the gateway's sysctls and the group of old releases; init containers that may have been lost are told of. */
export function takeRest(pod: Pod, traces: Traces, surroundings: Surroundings): Taken {
  const sysctls = takeSysctls(pod, traces);
  const group = takeGroup(sysctls.pod, traces);
  return {
    pod: group.pod,
    unrecorded: [
      ...sysctls.unrecorded,
      ...group.unrecorded,
      ...dnsNote(pod, traces, surroundings),
      ...lostInit(pod, traces),
    ],
  };
}

const lowPorts = "net.ipv4.ip_unprivileged_port_start";

function takeSysctls(pod: Pod, { roles }: Traces): Taken {
  const { securityContext } = objectOf(pod.spec);
  if (!roles.has("gateway") || !isObject(securityContext)) return { pod, unrecorded: [] };
  const path = ["spec", "securityContext"];
  const { sysctls } = securityContext;
  if (!isLowPorts(sysctls)) {
    const says = "an injector can be configured to write this for gateways; whether it did is not recorded";
    return { pod, unrecorded: [{ path, kind: "kept", says }] };
  }
  const left = withKey(securityContext, "sysctls", undefined);
  const says = `injection sets ${lowPorts} for gateways and replaces all other sysctls`;
  return {
    pod: withSpec(pod, "securityContext", Object.keys(left).length === 0 ? undefined : left),
    unrecorded: [{ path: [...path, "sysctls"], kind: "removed", says }],
  };
}

function isLowPorts(sysctls: Json | undefined): boolean {
  const [only, ...more] = objectsOf(sysctls);
  return only?.name === lowPorts && only.value === "0" && more.length === 0;
}

const proxyGroup = 1337;

/** Injectors up to 1.8 let the proxy read its token by the pod's group. */
function takeGroup(pod: Pod, { record }: Traces): Taken {
  const { securityContext } = objectOf(pod.spec);
  if (!record.old || objectOf(securityContext).fsGroup !== proxyGroup) return { pod, unrecorded: [] };
  const left = withKey(objectOf(securityContext), "fsGroup", undefined);
  const says = `injection up to 1.8 writes ${proxyGroup} over the pod's own, which may have been another, or none`;
  return {
    pod: withSpec(pod, "securityContext", Object.keys(left).length === 0 ? undefined : left),
    unrecorded: [{ path: ["spec", "securityContext", "fsGroup"], kind: "guessed", says }],
  };
}

/** In 1.6 the template's DNS settings replaced the pod's, also where it had none. */
function dnsNote(pod: Pod, { record }: Traces, { keepsDns }: Surroundings): readonly Unrecorded[] {
  if (!record.old || keepsDns) return [];
  const isThere = objectOf(pod.spec).dnsConfig !== undefined;
  const says = "injection up to 1.6 replaced the pod's dnsConfig by the mesh's, which may be none";
  return [{ path: ["spec", "dnsConfig"], kind: isThere ? "kept" : "guessed", says }];
}

/** Up to 1.24 the template of a sidecar that captures nothing replaced the init containers by none. */
function lostInit(pod: Pod, { record, roles, environment }: Traces): readonly Unrecorded[] {
  const isLost =
    roles.has("sidecar") &&
    environment.ISTIO_META_INTERCEPTION_MODE === "NONE" &&
    record.initContainers.length === 0 &&
    objectsOf(objectOf(pod.spec).initContainers).length === 0;
  const says = "injection up to 1.24 dropped all init containers of a pod whose traffic is not captured";
  return isLost ? [{ path: ["spec", "initContainers"], kind: "guessed", says }] : [];
}
