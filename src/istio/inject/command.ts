/** Injection as `istioctl kube-inject` does it into objects of manifests. */
import { decode } from "../../kube/decode.ts";
import { at, isObject, type Json, type JsonObject, withValueAt } from "../../kube/json.ts";
import { podTemplatesOf, type WorkloadKind } from "../../kube/workload.ts";
import type { Path } from "../facts.ts";
import { injectBare } from "../legacy/inject.ts";
import { meshProxyConfig, withProxyConfig } from "../mesh-config.ts";
import { show } from "../message.ts";
import { askPolicy, type PolicyAnswer, preparePolicy } from "../policy.ts";
import { sidecarTemplate } from "./injector.ts";
import { isInjectable } from "./kinds.ts";
import { knownObject, knownSpec } from "./known-fields.ts";
import type { Owner } from "./owner.ts";
import { ownerOf } from "./owner.ts";
import { type Injection, type InjectionError, injectPod } from "./pipeline.ts";
import {
  annotationOf,
  containersOf,
  findContainer,
  metadataOf,
  objectOf,
  type Pod,
  proxyName,
  textOf,
} from "./pod.ts";
import { statusAnnotation } from "./status.ts";
import { factsOf, type Istiod } from "./webhook.ts";

/** Why an object was left as it is. */
export interface Skipped {
  readonly kind: string;
  /** "namespace/name" of the workload. */
  readonly name: string;
  readonly reason: "host-network" | "injected" | "ignored-namespace" | "disabled";
}

export type Injected =
  | { readonly ok: true; readonly is: "unsupported" }
  | {
      readonly ok: true;
      readonly is: "handled";
      readonly object: JsonObject;
      readonly skipped: readonly Skipped[];
      /** Where something stood that Kubernetes does not know; it is not in the object. */
      readonly dropped: readonly Path[];
    }
  | { readonly ok: false; readonly errors: readonly ObjectError[] };

/** An error with the path in the object that it concerns. */
export interface ObjectError extends InjectionError {
  readonly path: Path;
}

/** What kube-inject is given; of the injector's configuration it takes only the templates. */
export type Command = Omit<Istiod, "platform">;

/**
 * Injects into an object of a manifest, or into the items of a List: the typed object comes back, "unsupported" for a kind that passes
 * through as it is. As IntoObject of istio/istio 1.30.
 * @param json the object as parsed
 * @param kinds further kinds that carry pod templates; given, also those that kube-inject does not know are injected, such as a Rollout
 */
export function injectObject(
  command: Command,
  json: Json | undefined,
  kinds?: readonly WorkloadKind[],
): Injected {
  if (json !== undefined && json !== null && !isObject(json))
    return { ok: false, errors: [{ stage: "object", message: `is ${show(json)}, not an object`, path: [] }] };
  const kind = isObject(json) ? textOf(json.kind) : "";
  if (!isObject(json)) return { ok: true, is: "unsupported" };
  if (!isInjectable(kind)) {
    const paths = kinds && podTemplatesOf(textOf(json.apiVersion), kind, kinds);
    return paths ? injectTemplates(command, json, paths) : { ok: true, is: "unsupported" };
  }
  if (kind === "List") return injectList(command, json, kinds);
  const typed = decode(kind, json, { via: "unmarshal" });
  if (!typed.ok) {
    const errors = typed.errors.map(({ path, message }): ObjectError => {
      return { stage: "object", message: `${path.join(".")} ${message}`, path };
    });
    return { ok: false, errors };
  }
  const injected = injectTyped(command, kind, knownObject(kind, typed.value, command.facts));
  return injected.ok && injected.is === "handled" ? { ...injected, dropped: typed.unknown } : injected;
}

/**
 * The object as kube-inject reads it before it injects: typed, without the fields that Kubernetes does not have; of a kind that
 * kube-inject does not know the pod templates are. An object that cannot be read stays as it is.
 * @param kinds kinds that carry pod templates besides the built-in ones
 */
export function typedWorkload(json: JsonObject, kinds: readonly WorkloadKind[]): JsonObject {
  const kind = textOf(json.kind);
  if (isInjectable(kind)) {
    const typed = decode(kind, json, { via: "unmarshal" });
    return typed.ok ? typed.value : json;
  }
  const paths = podTemplatesOf(textOf(json.apiVersion), kind, kinds) ?? [];
  return paths.reduce((object, path) => {
    const template = at(object, path);
    const typed = isObject(template) ? decode("Pod", template, { via: "unmarshal" }) : undefined;
    if (!isObject(template) || !typed?.ok) return object;
    const { metadata = {}, spec = {} } = typed.value;
    return withValueAt(object, path, { ...template, metadata, spec });
  }, json);
}

function injectList(
  command: Command,
  list: JsonObject,
  kinds: readonly WorkloadKind[] | undefined,
): Injected {
  const items: Json[] = [];
  const skipped: Skipped[] = [];
  const dropped: Path[] = [];
  for (const [index, item] of (Array.isArray(list.items) ? list.items : []).entries()) {
    const injected = injectObject(command, item, kinds);
    if (!injected.ok) return within(injected.errors, ["items", index]);
    if (injected.is === "handled") {
      skipped.push(...injected.skipped);
      dropped.push(...injected.dropped.map((path) => ["items", index, ...path]));
    }
    items.push(injected.is === "handled" ? injected.object : item);
  }
  return { ok: true, is: "handled", object: { ...list, items }, skipped, dropped };
}

function within(errors: readonly ObjectError[], path: Path): Injected {
  return { ok: false, errors: errors.map((error) => ({ ...error, path: [...path, ...error.path] })) };
}

/** Where an object of a kind has the pod's metadata and spec; those of a CronJob's metadata are the job's. */
const places: Readonly<
  Record<string, { readonly metadata: readonly string[]; readonly spec: readonly string[] }>
> = {
  Pod: { metadata: ["metadata"], spec: ["spec"] },
  CronJob: {
    metadata: ["spec", "jobTemplate", "metadata"],
    spec: ["spec", "jobTemplate", "spec", "template", "spec"],
  },
};
const usualPlace = { metadata: ["spec", "template", "metadata"], spec: ["spec", "template", "spec"] };

function injectTyped(command: Command, kind: string, typed: JsonObject): Injected {
  const place = places[kind] ?? usualPlace;
  if (place === usualPlace && !isObject(objectOf(typed.spec).template))
    return { ok: false, errors: [{ stage: "object", message: "spec.template is required", path: ["spec"] }] };
  const written = partOf(typed, place.spec);
  const known = knownSpec(written, command.facts);
  const object = known === written ? typed : withValueAt(typed, place.spec, known);
  const pod: Pod = { metadata: partOf(object, place.metadata), spec: partOf(object, place.spec) };
  const owner = kind === "Pod" && command.facts.kubeInjectOwners ? ownerOf(object) : named(object);
  const injection = injectOwned(command, pod, owner, kind);
  if (!injection.ok) return placed(injection.errors, place.metadata);
  if ("skipped" in injection)
    return { ok: true, is: "handled", object, skipped: [injection.skipped], dropped: [] };
  const { metadata = {}, spec = {} } = injection.pod;
  const result = withValueAt(withValueAt(object, place.metadata, metadata), place.spec, spec);
  return { ok: true, is: "handled", object: result, skipped: [], dropped: [] };
}

/** A pod of a workload, injected unless kube-inject leaves it as it is. */
function injectOwned(
  command: Command,
  pod: Pod,
  owner: Owner,
  kind: string,
): Injection | { readonly ok: true; readonly skipped: Skipped } {
  const name = textOf(metadataOf(pod).name) || owner.name;
  const skip = (reason: Skipped["reason"]) => {
    const skipped = { kind, name: owner.namespace ? `${owner.namespace}/${name}` : name, reason };
    return { ok: true, skipped } as const;
  };
  if (objectOf(pod.spec).hostNetwork === true) return skip("host-network");
  const { bareInjection } = command.facts;
  const bare = bareInjection === null ? undefined : command.injector.bare;
  if (command.facts.kubeInjectSkipsInjected && wasInjected(pod, bare === undefined)) return skip("injected");
  const policy = policyAnswer(command, pod);
  const isRefused = command.facts.kubeInjectObeysPolicy && !policy.required;
  if (bare && isRefused) return skip("disabled");
  const text = annotationOf(pod, "proxy.istio.io/config");
  const config = text === undefined ? undefined : command.readYaml(text);
  const own = config?.ok === false ? config : withProxyConfig(command.mesh, config?.value, command.facts);
  if (!own.ok) {
    const message = "message" in own ? own.message : (own.errors[0]?.message ?? "");
    const annotation = "proxy.istio.io/config";
    return {
      ok: false,
      errors: [{ stage: "proxy-config", message: `${annotation}: ${message}`, annotation }],
    };
  }
  const inputs = {
    ...command,
    pod,
    owner,
    mesh: own.value,
    proxyConfig: meshProxyConfig(own.value),
    variables: {},
    ids: { uid: 1337, gid: 1337 },
  };
  if (bare && bareInjection !== null) {
    const { mesh: ownMesh } = command;
    const more = { template: bare, release: bareInjection, by: "command", ownMesh } as const;
    return injectBare({ ...inputs, ...more, injectedAnnotations: {} });
  }
  if (isRefused) return skip(policy.reason === "ignored-namespace" ? policy.reason : "disabled");
  return injectPod({
    ...inputs,
    injector: {
      templates: command.injector.templates,
      defaultTemplates: [sidecarTemplate],
      aliases: {},
      injectedAnnotations: {},
      ...(command.injector.environment && { environment: command.injector.environment }),
    },
  });
}

/** Injects into the pod templates of an object of a kind that kube-inject does not know. */
function injectTemplates(command: Command, json: JsonObject, paths: readonly Path[]): Injected {
  let object = json;
  const skipped: Skipped[] = [];
  const dropped: Path[] = [];
  for (const path of paths) {
    const template = at(object, path);
    if (!isObject(template)) continue;
    const typed = decode("Pod", template, { via: "unmarshal" });
    if (!typed.ok) {
      const errors = typed.errors.map(({ path: deep, message }): ObjectError => {
        return { stage: "object", message: `${deep.join(".")} ${message}`, path: [...path, ...deep] };
      });
      return { ok: false, errors };
    }
    const pod = { metadata: objectOf(typed.value.metadata), spec: objectOf(typed.value.spec) };
    const injection = injectOwned(command, pod, named(json), textOf(json.kind));
    if (!injection.ok) return placed(injection.errors, [...path, "metadata"]);
    if ("skipped" in injection) {
      skipped.push(injection.skipped);
      continue;
    }
    const { metadata = {}, spec = {} } = injection.pod;
    object = withValueAt(object, path, { ...template, metadata, spec });
    const lost = typed.unknown.filter(([part]) => part === "metadata" || part === "spec");
    dropped.push(...lost.map((deep) => [...path, ...deep]));
  }
  return { ok: true, is: "handled", object, skipped, dropped };
}

function placed(errors: readonly InjectionError[], metadata: Path): Injected {
  const path = ({ annotation }: InjectionError): Path =>
    annotation === undefined ? metadata : [...metadata, "annotations", annotation];
  return { ok: false, errors: errors.map((error) => ({ ...error, path: path(error) })) };
}

function wasInjected(pod: Pod, isToBeMarked: boolean): boolean {
  const containers = containersOf(pod, "containers");
  const isMarked = !isToBeMarked || annotationOf(pod, statusAnnotation) !== undefined;
  return isMarked && containers.length > 1 && findContainer(containers, proxyName) !== undefined;
}

function named(object: JsonObject): Owner {
  const { name, namespace } = metadataOf(object);
  return {
    name: textOf(name),
    namespace: textOf(namespace),
    kind: textOf(object.kind),
    apiVersion: textOf(object.apiVersion),
  };
}

/** kube-inject asks the policy as if it were enabled and had no selectors. */
function policyAnswer({ facts }: Command, pod: Pod): PolicyAnswer {
  const policy = preparePolicy(
    { policy: "enabled", neverInjectSelector: [], alwaysInjectSelector: [] },
    facts,
  );
  return askPolicy(factsOf(pod), textOf(metadataOf(pod).namespace), policy);
}

function partOf(object: JsonObject, path: readonly string[]): JsonObject {
  return path.reduce((here, key) => objectOf(here[key]), object);
}
