/** Whether an injector's sidecars are what the cheap models say, found out by a handful of trial pods instead of one for each workload. */
import { injectTemplate } from "../istio/inject/workload.ts";
import { type ProxyResources, proxyResources } from "../istio/proxy-resources.ts";
import { readSidecar, type Sidecar } from "../istio/sidecar.ts";
import { at, isObject, type Json, type JsonObject } from "../kube/json.ts";
import { equalQuantities, parseQuantity } from "../kube/quantity.ts";
import type { IstiodReading } from "./istiods.ts";
import { podFacts } from "./workload.ts";

type Readable = IstiodReading & { readonly ok: true };

const answered = new WeakMap<Readable, boolean>();

/**
 * Whether an injector makes sidecars as a stock one does: requests and limits as `proxyResources` of src/istio works them out, and traffic of
 * user 1337 left alone. So it is for the templates of a stock install; the repository's own are tried.
 */
export function isPlain(reading: Readable): boolean {
  if (reading.source === "profile") return reading.istiod.platform !== "openshift";
  const known = answered.get(reading);
  if (known !== undefined) return known;
  const answer = trials.every((template) => isAsModelled(reading, template));
  answered.set(reading, answer);
  return answer;
}

function isAsModelled({ istiod }: Readable, template: JsonObject): boolean {
  const injected = injectTemplate(istiod, { owner, template });
  const sidecar = injected.ok ? readSidecar(istiod, injected) : undefined;
  if (!sidecar) return false;
  const mesh = at(istiod.values.all, ["global", "proxy", "resources"]);
  const model = proxyResources(podFacts(template), isObject(mesh) ? mesh : undefined);
  return hasResources(sidecar, model) && (sidecar.capture?.user ?? 1337) === 1337;
}

function hasResources({ resources }: Sidecar, model: ProxyResources): boolean {
  return (["requests", "limits"] as const).every((kind) =>
    (["cpu", "memory"] as const).every((name) =>
      isSame(resources[kind][name].value, model[kind][name].value),
    ),
  );
}

function isSame(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  const left = parseQuantity(a);
  const right = parseQuantity(b);
  return left.ok && right.ok && equalQuantities(left.quantity, right.quantity);
}

const owner = { kind: "Deployment", apiVersion: "apps/v1", name: "trial", namespace: "default" };

const cpu = { "sidecar.istio.io/proxyCPU": "11m" };
const memory = { "sidecar.istio.io/proxyMemory": "33Mi" };
const limits = { "sidecar.istio.io/proxyCPULimit": "1111m", "sidecar.istio.io/proxyMemoryLimit": "444Mi" };

/** Pods that use each part of the model. */
const trials: readonly JsonObject[] = [
  trial({}),
  trial(cpu),
  trial(memory),
  trial({ ...limits }),
  trial({ ...cpu, ...memory, ...limits }),
  trial({ "sidecar.istio.io/nativeSidecar": "true" }),
  trial({}, [
    {
      name: "istio-proxy",
      image: "auto",
      resources: { requests: { cpu: "22m" }, limits: { memory: "555Mi" } },
    },
  ]),
];

function trial(annotations: { readonly [key: string]: string }, own: readonly Json[] = []): JsonObject {
  return { metadata: { annotations }, spec: { containers: [{ name: "app", image: "app:1" }, ...own] } };
}
