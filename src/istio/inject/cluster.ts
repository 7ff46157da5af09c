/** Where the pod runs, as the proxy is told: cluster and network, and whatever else the webhook's URL says. */
import type { JsonObject } from "../../kube/json.ts";
import type { Labels } from "../facts.ts";
import { sortedKeys } from "../go-json.ts";
import type { Values } from "../values.ts";
import { changeSidecar, labelsOf, objectsOf, type Pod, textOf, withMetadata } from "./pod.ts";

const clusterVariable = "ISTIO_META_CLUSTER_ID";
const networkVariable = "ISTIO_META_NETWORK";
export const networkLabel = "topology.istio.io/network";

const variableOfParameter: ReadonlyMap<string, string> = new Map([
  ["cluster", clusterVariable],
  ["net", networkVariable],
]);

/**
 * The environment variables in the path of the webhook's URL, /inject/cluster/<name>/net/<name>/<any>/<value> or the older
 * /inject/:ENV:<name>=<value>:ENV:…; a name without value is left out. As istio/istio 1.30.
 */
export function parseInjectPath(path: string): Labels {
  const [, , rest = ""] = splitN(path.replace(/\/$/, ""), "/", 3);
  const variables: Record<string, string> = {};
  for (const [key, value] of rest.startsWith(":ENV:") ? envPairs(rest) : pathPairs(rest)) {
    const name = variableOfParameter.get(key) ?? key.toUpperCase();
    if (name !== "") variables[name] = value;
  }
  return variables;
}

function splitN(text: string, separator: string, most: number): readonly string[] {
  const parts = text.split(separator);
  return [
    ...parts.slice(0, most - 1),
    ...(parts.length >= most ? [parts.slice(most - 1).join(separator)] : []),
  ];
}

function envPairs(text: string): readonly (readonly [string, string])[] {
  return text
    .split(":ENV:")
    .slice(1)
    .flatMap((pair) => {
      const equals = pair.indexOf("=");
      return equals > 0 ? [[pair.slice(0, equals), pair.slice(equals + 1)] as const] : [];
    });
}

function pathPairs(text: string): readonly (readonly [string, string])[] {
  const parts = text.split("/");
  const pairs: (readonly [string, string])[] = [];
  for (let i = 0; i + 1 < parts.length; i += 2)
    pairs.push([parts[i] ?? "", (parts[i + 1] ?? "").replaceAll("--slash--", "/")]);
  return pairs;
}

/** The variables of the URL with cluster and network: from the URL, else from the values; the pod's label for the network wins. */
export function clusterVariables(pod: Pod, values: Values, fromPath: Labels): Labels {
  const labels = labelsOf(pod);
  const label = Object.hasOwn(labels, networkLabel) ? labels[networkLabel] : undefined;
  const cluster = fromPath[clusterVariable] || values.clusterName;
  const network = label ?? (fromPath[networkVariable] || values.network);
  return {
    ...fromPath,
    ...(cluster && { [clusterVariable]: cluster }),
    ...(network && { [networkVariable]: network }),
  };
}

/** The pod with the proxy's environment set; a variable that the proxy has already moves to the end with its new value. */
export function applyVariables(pod: Pod, variables: Labels): Pod {
  const names = sortedKeys(variables);
  if (names.length === 0) return pod;
  return changeSidecar(pod, (sidecar) => {
    const kept = objectsOf(sidecar.env).filter(({ name }) => !Object.hasOwn(variables, textOf(name)));
    return { ...sidecar, env: [...kept, ...names.map((name) => variable(name, variables[name] ?? ""))] };
  });
}

function variable(name: string, value: string): JsonObject {
  return value === "" ? { name } : { name, value };
}

/** The pod with its network as a label, where it has one. */
export function labelNetwork(pod: Pod, variables: Labels): Pod {
  const network = variables[networkVariable];
  return network === undefined
    ? pod
    : withMetadata(pod, { labels: { ...labelsOf(pod), [networkLabel]: network } });
}
