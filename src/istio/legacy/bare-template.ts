/** What a bare template renders: parts to be added to a pod, instead of a pod to be laid over it. */
import { decode } from "../../kube/decode.ts";
import { isObject, type Json, type JsonObject } from "../../kube/json.ts";
import type { Labels } from "../facts.ts";
import { type Container, objectOf, objectsOf } from "../inject/pod.ts";

export interface Parts {
  /** Annotations for a CNI plugin. */
  readonly redirectAnnotations: Labels;
  readonly rewritesProbes: boolean;
  readonly containers: readonly Container[];
  readonly initContainers: readonly Container[];
  readonly volumes: readonly JsonObject[];
  readonly imagePullSecrets: readonly JsonObject[];
  readonly dnsConfig: JsonObject | undefined;
}

export type PartsReading =
  | { readonly ok: true; readonly parts: Parts }
  | { readonly ok: false; readonly message: string };

const lists = ["containers", "initContainers", "volumes", "imagePullSecrets"] as const;

/** Reads what a bare template rendered; what Kubernetes does not know is dropped (istio/istio 1.6.14, 1.8.6). */
export function readParts(rendered: Json): PartsReading {
  const given = rendered ?? {};
  if (!isObject(given)) return { ok: false, message: "the template does not render a map" };
  const named = byName(given);
  const written = [...lists, "dnsConfig"].flatMap((key) => {
    const value = named.get(key.toLowerCase());
    return value === undefined ? [] : [[key, value] as const];
  });
  const typed = decode("Pod", { spec: Object.fromEntries(written) }, { via: "unmarshal" });
  if (!typed.ok) {
    const [first] = typed.errors;
    return { ok: false, message: `${first?.path.slice(1).join(".")} ${first?.message}` };
  }
  const spec = objectOf(typed.value.spec);
  const annotations = named.get("podredirectannot") ?? null;
  const flag = named.get("rewriteapphttpprobe") ?? null;
  if (flag !== null && typeof flag !== "boolean")
    return { ok: false, message: "rewriteAppHTTPProbe must be true or false" };
  return {
    ok: true,
    parts: {
      redirectAnnotations: textsOf(annotations),
      rewritesProbes: flag === true,
      containers: objectsOf(spec.containers),
      initContainers: objectsOf(spec.initContainers),
      volumes: objectsOf(spec.volumes),
      imagePullSecrets: objectsOf(spec.imagePullSecrets),
      dnsConfig: isObject(spec.dnsConfig) ? spec.dnsConfig : undefined,
    },
  };
}

/** Go finds fields whatever the case of their names. */
function byName(given: JsonObject): ReadonlyMap<string, Json> {
  return new Map(Object.entries(given).map(([key, value]) => [key.toLowerCase(), value]));
}

function textsOf(annotations: Json): Labels {
  return Object.fromEntries(
    Object.entries(objectOf(annotations)).map(([key, value]) => [
      key,
      value === null || typeof value === "object" ? "" : String(value),
    ]),
  );
}
