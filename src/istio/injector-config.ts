/** The injector's configuration as its ConfigMap holds it. */
import { at, isObject, type Json } from "../kube/json.ts";
import type { Injector, Selector } from "./facts.ts";
import { releaseFacts, releaseName } from "./releases.ts";
import { defaultRevision, revisionKey } from "./webhook.ts";

/** A ConfigMap `istio-sidecar-injector[-<revision>]` with its embedded texts already parsed. */
export interface InjectorConfigMap {
  /** "namespace/name". */
  readonly configMap: string;
  readonly name: string;
  /** `metadata.labels`. */
  readonly labels: Json | undefined;
  /** `data.config`, parsed; undefined when there is none. */
  readonly config: Json | undefined;
  /** Whether `data.config` is missing, is no YAML, or is not what the injector can read. */
  readonly unreadable?: boolean;
  /** Whether `data.values` is there and cannot be read. */
  readonly valuesUnreadable?: boolean;
  /** `data.values`, parsed. */
  readonly values: Json | undefined;
  /** The images that the istiod of a revision is known to run; default: none is known. */
  readonly imagesOf?: (revision: string) => readonly string[];
}

const baseName = "istio-sidecar-injector";

/** Whether a ConfigMap of that name is an injector's. */
export function isInjectorName(name: string): boolean {
  return name === baseName || name.startsWith(`${baseName}-`);
}

/**
 * Why the injector cannot read a configuration, and the key at fault; undefined when it can: selectors come in lists of maps,
 * and the policy is no structure.
 */
export function configFault(config: Json): { readonly key: string; readonly says: string } | undefined {
  const policy = at(config, ["policy"]);
  if (Array.isArray(policy) || isObject(policy)) return { key: "policy", says: "policy is no text" };
  for (const key of ["neverInjectSelector", "alwaysInjectSelector"]) {
    const selectors = at(config, [key]) ?? [];
    if (!Array.isArray(selectors)) return { key, says: `${key} is no list` };
    if (selectors.some((one: Json) => one !== null && !isObject(one))) {
      return { key, says: `${key} holds something that is no map` };
    }
  }
  return undefined;
}

/**
 * Reads an injector's configuration; undefined when the ConfigMap is not an injector's or has an empty `config`. The release is that of
 * its istiod's image, else the tag of the values, else "". Of an unreadable `config` the policy is a stock install's, marked `unreadable`.
 */
export function readInjectorConfig(source: InjectorConfigMap): Injector | undefined {
  const { configMap, name, config, values, unreadable = false, valuesUnreadable, imagesOf } = source;
  if (!isInjectorName(name)) return undefined;
  if (!isObject(config) && !unreadable) return undefined;
  const resources = at(values, ["global", "proxy", "resources"]);
  const revision = revisionOf(source);
  return {
    revision,
    release: releaseOfImages(imagesOf?.(revision) ?? []) ?? releaseOfTag(values),
    policy: unreadable ? "enabled" : policyOf(at(config, ["policy"])),
    neverInjectSelector: selectors(at(config, ["neverInjectSelector"])),
    alwaysInjectSelector: selectors(at(config, ["alwaysInjectSelector"])),
    proxyResources: isObject(resources) ? resources : undefined,
    configMap,
    ...(unreadable ? { unreadable } : {}),
    ...(valuesUnreadable ? { valuesUnreadable } : {}),
  };
}

/** The label says it; else the values; else the name, which ends with the revision (and the namespace, outside istio-system). */
function revisionOf({ configMap, name, labels, values }: InjectorConfigMap): string {
  const labelled = at(labels, [revisionKey]) ?? at(values, ["revision"]);
  if (typeof labelled === "string" && labelled !== "") return labelled;
  const namespace = configMap.slice(0, configMap.indexOf("/"));
  let revision = name.slice(baseName.length + 1);
  if (revision === namespace) revision = "";
  else if (revision.endsWith(`-${namespace}`)) revision = revision.slice(0, -namespace.length - 1);
  return revision || defaultRevision;
}

/** The release of an istiod by its image, whose binary is what injects; undefined where the tag is somebody's own. */
export function istiodRelease(image: string): string | undefined {
  const [, tag] = /(?:^|\/)pilot:v?(\d+\.\d+(?:\.\d+)?)(?:[-@]|$)/.exec(image) ?? [];
  return tag === undefined || "unknown" in releaseFacts(tag) ? undefined : releaseName(tag);
}

/** The one release of all images; that of none where they differ, or where one does not tell. */
function releaseOfImages(images: readonly string[]): string | undefined {
  const [first, ...others] = new Set(images.map(istiodRelease));
  return others.length === 0 ? first : undefined;
}

/** The tag of the proxy's image is the release, unless somebody tags their own or pins the proxy to another. */
function releaseOfTag(values: Json | undefined): string {
  const tag = at(values, ["global", "tag"]);
  return typeof tag === "string" && !("unknown" in releaseFacts(tag)) ? releaseName(tag) : "";
}

function policyOf(value: Json | undefined): Injector["policy"] {
  if (value === undefined || value === null) return null;
  if (typeof value === "bigint") return String(value);
  return typeof value === "object" ? JSON.stringify(value) : value;
}

function selectors(value: Json | undefined): readonly Selector[] {
  return Array.isArray(value) ? value.map((item: Json) => (isObject(item) ? item : {})) : [];
}
