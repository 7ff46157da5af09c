/** Gate 2 as an installation configures it: the ConfigMap `istio-sidecar-injector[-<revision>]`, already parsed. */
import { at, isObject, type Json, type JsonObject } from "../kube/json.ts";
import type { Injector, Selector } from "./facts.ts";

export interface InjectorConfigMap {
  /** "namespace/name". */
  readonly configMap: string;
  readonly name: string;
  /** The ConfigMap's own labels. */
  readonly labels: Json | undefined;
  /** `data.config`, parsed; undefined when absent or unreadable. */
  readonly config: Json | undefined;
  /** `data.values`, parsed. */
  readonly values: Json | undefined;
}

const plainName = "istio-sidecar-injector";

/**
 * Reads an injector's configuration. Undefined when the ConfigMap holds none.
 * The revision is the label `istio.io/rev`, else what follows the plain name, else "default"; the release is the version
 * that begins `values.global.tag` ("1.30.3-distroless" is 1.30.3), "" when the tag names none.
 */
export function readInjectorConfig(source: InjectorConfigMap): Injector | undefined {
  const { config, values } = source;
  if (!isObject(config)) return undefined;
  const resources = at(values, ["global", "proxy", "resources"]);
  const policy = config.policy;
  return {
    revision: revisionOf(source),
    release: /^v?(\d+\.\d+(?:\.\d+)?)/.exec(String(at(values, ["global", "tag"]) ?? ""))?.[1] ?? "",
    policy: typeof policy === "object" || typeof policy === "bigint" || policy === undefined ? null : policy,
    neverInjectSelector: selectors(config.neverInjectSelector),
    alwaysInjectSelector: selectors(config.alwaysInjectSelector),
    proxyResources: isObject(resources) ? resources : undefined,
    configMap: source.configMap,
  };
}

function revisionOf({ name, labels, values }: InjectorConfigMap): string {
  const candidates = [
    at(labels, ["istio.io/rev"]),
    at(values, ["revision"]),
    name.slice(plainName.length + 1),
  ];
  const revision = candidates.find((one): one is string => typeof one === "string" && one !== "");
  return revision ?? "default";
}

function selectors(list: Json | undefined): readonly Selector[] {
  return Array.isArray(list) ? list.map((one): JsonObject => (isObject(one) ? one : {})) : [];
}
