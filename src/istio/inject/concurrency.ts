/** How many threads templates of releases before 1.18 give the proxy. */
import { isObject, type Json, type JsonObject } from "../../kube/json.ts";
import { milliValueOf, parseQuantity } from "../../kube/quantity.ts";
import type { Message } from "../message.ts";
import { annotationOf, type Pod } from "./pod.ts";

interface Given {
  readonly pod: Pod;
  readonly proxyConfig: Message;
  readonly values: JsonObject;
}

const usual = 2;

/** The configured number; for 0 the CPUs that the proxy may use, else 2. As estimateConcurrency of istio/istio 1.16. */
export function estimateConcurrency({ pod, proxyConfig, values }: Given): number {
  const { concurrency } = proxyConfig;
  if (concurrency === undefined) return usual;
  if (Number(concurrency) > 0) return Number(concurrency);
  const asked =
    annotationOf(pod, "sidecar.istio.io/proxyCPULimit") ?? annotationOf(pod, "sidecar.istio.io/proxyCPU");
  if (asked !== undefined) return wholeCpus(asked) ?? usual;
  const resources = at(values, "global", "proxy", "resources");
  return wholeCpus(at(resources, "limits", "cpu")) ?? wholeCpus(at(resources, "requests", "cpu")) ?? usual;
}

function at(json: Json | undefined, ...path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>((here, key) => (isObject(here) ? here[key] : undefined), json);
}

function wholeCpus(text: Json | undefined): number | undefined {
  if (typeof text !== "string" && typeof text !== "number") return undefined;
  const read = parseQuantity(String(text));
  return read.ok ? Math.ceil(Number(milliValueOf(read.quantity)) / 1000) : undefined;
}
