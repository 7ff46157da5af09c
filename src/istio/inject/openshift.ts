/** OpenShift: the proxy's user and group out of the namespace's range, and the user that OpenShift itself gave to the proxy. */
import type { Labels } from "../facts.ts";
import {
  changeSidecar,
  containersOf,
  initName,
  objectOf,
  type Pod,
  proxyName,
  validationName,
} from "./pod.ts";

export interface ProxyIds {
  readonly uid: number;
  readonly gid: number;
}

const usual = 1337;
const uidRange = "openshift.io/sa.scc.uid-range";
const groupRanges = "openshift.io/sa.scc.supplemental-groups";

/** User and group of the proxy: the ends of the namespace's ranges, else 1337. As GetProxyIDs of istio/istio 1.30. */
export function proxyIds(namespaceAnnotations: Labels): ProxyIds {
  const own = (key: string) =>
    Object.hasOwn(namespaceAnnotations, key) ? namespaceAnnotations[key] : undefined;
  const groups = (own(groupRanges) ?? own(uidRange) ?? "").split(",").map(rangeEnd);
  const gid = groups.includes(undefined) ? undefined : groups[0];
  return { uid: rangeEnd(own(uidRange) ?? "") ?? usual, gid: gid ?? usual };
}

/** The last id of a range "<start>/<size>" or "<start>-<end>"; numbers are unsigned and of 32 bits. */
function rangeEnd(text: string): number | undefined {
  const hasSize = text.includes("/");
  const form = hasSize ? /^\s*([0-9]+)\/\s*([0-9]+)/ : /^\s*([0-9]+)-\s*([0-9]+)/;
  const [, start, second] = form.exec(text) ?? [];
  if (
    start === undefined ||
    second === undefined ||
    Number(start) > 0xffffffff ||
    Number(second) > 0xffffffff
  )
    return undefined;
  return hasSize ? (Number(start) + Number(second) - 1) >>> 0 : Number(second);
}

/**
 * The pod without the user and group of its own istio-proxy when that is the user of the application, which is what OpenShift writes into
 * every container.
 */
export function resetProxyUser(pod: Pod): Pod {
  let proxy: unknown = 0;
  let application: unknown = 0;
  for (const container of [...containersOf(pod, "containers"), ...containersOf(pod, "initContainers")]) {
    const { runAsUser } = objectOf(container.securityContext);
    if (runAsUser === undefined) continue;
    if (container.name === proxyName) proxy = runAsUser;
    else if (container.name !== initName && container.name !== validationName) application = runAsUser;
  }
  if (proxy !== application) return pod;
  return changeSidecar(pod, (sidecar) => {
    if (sidecar.securityContext === undefined) return sidecar;
    const { runAsUser: _user, runAsGroup: _group, ...others } = objectOf(sidecar.securityContext);
    return { ...sidecar, securityContext: others };
  });
}
