/** The network of Istio's CNI plugin among those of a pod (annotation k8s.v1.cni.cncf.io/networks of Multus). */
import { isObject } from "../../kube/json.ts";
import { nearestFacts, newestRelease, type ReleaseFacts } from "../releases.ts";
import { parseJson } from "./status.ts";

/**
 * The annotation's value with a network added where it is missing; the value is a list of names or JSON, and what only looks like JSON is
 * left as it is. As istio/istio 1.30.
 * @param network a name, or "<namespace>/<name>"
 */
export function appendMultusNetwork(
  existing: string,
  network: string,
  { multusNamespaces }: Pick<ReleaseFacts, "multusNamespaces"> = nearestFacts(newestRelease),
): string {
  if (existing === "") return network;
  const end = existing.lastIndexOf("]");
  if (end !== -1) return appendToJson(existing, network, end, multusNamespaces);
  return existing.split(",").some((name) => name.trim() === network) ? existing : `${existing}, ${network}`;
}

function appendToJson(existing: string, network: string, end: number, hasNamespaces: boolean): string {
  const networks = parseJson(existing);
  if (!Array.isArray(networks) || !networks.every((each) => each === null || isObject(each))) return existing;
  const slash = hasNamespaces ? network.indexOf("/") : -1;
  const namespace = slash === -1 ? "" : network.slice(0, slash);
  const name = network.slice(slash + 1);
  const isThere = networks
    .filter(isObject)
    .some((each) => each.name === name && (!hasNamespaces || (each.namespace ?? "") === namespace));
  if (isThere) return existing;
  const where = namespace === "" ? "" : `, "namespace": "${namespace}"`;
  return `${existing.slice(0, end)}, {"name": "${name}"${where}}${existing.slice(end)}`;
}
