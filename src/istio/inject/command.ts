/** Injection as `istioctl kube-inject` does it into objects of manifests. */
import { decode } from "../../kube/decode.ts";
import { isObject, type Json, type JsonObject } from "../../kube/json.ts";
import { meshProxyConfig, withProxyConfig } from "../mesh-config.ts";
import { show } from "../message.ts";
import { askPolicy, preparePolicy } from "../policy.ts";
import { sidecarTemplate } from "./injector.ts";
import { isInjectable } from "./kinds.ts";
import { knownSpec } from "./known-fields.ts";
import type { Owner } from "./owner.ts";
import { ownerOf } from "./owner.ts";
import { type InjectionError, injectPod } from "./pipeline.ts";
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
  readonly reason: "host-network" | "injected" | "disabled";
}

export type Injected =
  | { readonly ok: true; readonly is: "unsupported" }
  | {
      readonly ok: true;
      readonly is: "handled";
      readonly object: JsonObject;
      readonly skipped: readonly Skipped[];
    }
  | { readonly ok: false; readonly errors: readonly InjectionError[] };

/** What kube-inject is given; of the injector's configuration it takes only the templates. */
export type Command = Omit<Istiod, "platform">;

/**
 * Injects into an object of a manifest, or into the items of a List: the typed object comes back, "unsupported" for a kind that passes
 * through as it is. As IntoObject of istio/istio 1.30.
 * @param json the object as parsed
 */
export function injectObject(command: Command, json: Json | undefined): Injected {
  if (json !== undefined && json !== null && !isObject(json))
    return { ok: false, errors: [{ stage: "object", message: `is ${show(json)}, not an object` }] };
  const kind = isObject(json) ? textOf(json.kind) : "";
  if (!isObject(json) || !isInjectable(kind)) return { ok: true, is: "unsupported" };
  if (kind === "List") return injectList(command, json);
  const typed = decode(kind, json, { via: "unmarshal" });
  if (!typed.ok) {
    const errors = typed.errors.map(({ path, message }): InjectionError => {
      return { stage: "object", message: `${path.join(".")} ${message}` };
    });
    return { ok: false, errors };
  }
  return injectTyped(command, kind, typed.value);
}

function injectList(command: Command, list: JsonObject): Injected {
  const items: Json[] = [];
  const skipped: Skipped[] = [];
  for (const item of Array.isArray(list.items) ? list.items : []) {
    const injected = injectObject(command, item);
    if (!injected.ok) return injected;
    if (injected.is === "handled") skipped.push(...injected.skipped);
    items.push(injected.is === "handled" ? injected.object : item);
  }
  return { ok: true, is: "handled", object: { ...list, items }, skipped };
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
    return { ok: false, errors: [{ stage: "object", message: "spec.template is required" }] };
  const written = within(typed, place.spec);
  const known = knownSpec(written, command.facts);
  const object = known === written ? typed : replaced(typed, place.spec, known);
  const pod: Pod = { metadata: within(object, place.metadata), spec: within(object, place.spec) };
  const owner = kind === "Pod" && command.facts.kubeInjectOwners ? ownerOf(object) : named(object);
  const name = textOf(metadataOf(pod).name) || owner.name;
  const skip = (reason: Skipped["reason"]): Injected => {
    const skipped = [{ kind, name: owner.namespace ? `${owner.namespace}/${name}` : name, reason }];
    return { ok: true, is: "handled", object, skipped };
  };
  if (objectOf(pod.spec).hostNetwork === true) return skip("host-network");
  if (command.facts.kubeInjectSkipsInjected && wasInjected(pod)) return skip("injected");
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
  const mesh = own.value;
  if (!isWanted(command, pod)) return skip("disabled");
  const injection = injectPod({
    ...command,
    injector: {
      templates: command.injector.templates,
      defaultTemplates: [sidecarTemplate],
      aliases: {},
      injectedAnnotations: {},
    },
    pod,
    owner,
    mesh,
    proxyConfig: meshProxyConfig(mesh),
    variables: {},
    ids: { uid: 1337, gid: 1337 },
  });
  if (!injection.ok) return injection;
  const { metadata = {}, spec = {} } = injection.pod;
  const result = replaced(replaced(object, place.metadata, metadata), place.spec, spec);
  return { ok: true, is: "handled", object: result, skipped: [] };
}

function wasInjected(pod: Pod): boolean {
  const containers = containersOf(pod, "containers");
  const isMarked = annotationOf(pod, statusAnnotation) !== undefined;
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
function isWanted({ facts }: Command, pod: Pod): boolean {
  const policy = preparePolicy(
    { policy: "enabled", neverInjectSelector: [], alwaysInjectSelector: [] },
    facts,
  );
  return askPolicy(factsOf(pod), textOf(metadataOf(pod).namespace), policy).required;
}

function within(object: JsonObject, path: readonly string[]): JsonObject {
  return path.reduce((here, key) => objectOf(here[key]), object);
}

function replaced(object: JsonObject, path: readonly string[], value: Json): JsonObject {
  const [key = "", ...rest] = path;
  return { ...object, [key]: rest.length === 0 ? value : replaced(objectOf(object[key]), rest, value) };
}
