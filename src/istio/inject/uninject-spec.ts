/** What templates write into a pod's spec besides containers, volumes and secrets, and record nowhere. */
import { isObject, type Json } from "../../kube/json.ts";
import { objectOf, objectsOf, type Pod } from "./pod.ts";
import { type Taken, type Unrecorded, withKey, withSpec } from "./taken.ts";
import type { Traces } from "./traces.ts";

/** The pod without the gateway's sysctls; init containers that may have been lost are told of. */
export function takeRest(pod: Pod, traces: Traces): Taken {
  const sysctls = takeSysctls(pod, traces);
  return { pod: sysctls.pod, unrecorded: [...sysctls.unrecorded, ...lostInit(pod, traces)] };
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
