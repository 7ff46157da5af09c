/** Whether an injector's sidecars are what the cheap models say, found out by rendering one workload of each kind instead of all. */
import { type Injector, sidecarTemplate, templatesOf } from "../istio/inject/injector.ts";
import { proxyName } from "../istio/inject/pod.ts";
import { templatesAnnotation } from "../istio/inject/templates.ts";
import {
  ownProxy,
  type ProxyResources,
  proxyResources,
  resourceAnnotations,
} from "../istio/proxy-resources.ts";
import type { Sidecar } from "../istio/sidecar.ts";
import { at, isObject, type Json, jsonTextOf } from "../kube/json.ts";
import { isSameQuantity } from "../kube/quantity.ts";
import { injectionOf, type ReadableIstiod } from "./sidecar.ts";
import type { Workload, World } from "./world.ts";

/** What was found out of an injector: by kinds of workloads, and which keys its templates look at. */
interface Known {
  readonly plain: Map<string, boolean>;
  readonly sidecars: Map<string, Sidecar | undefined>;
  readonly mentioned: Map<string, boolean>;
  /** What its templates for sidecars do, one action a line. */
  readonly actions: string;
  readonly compared: Compared;
}

const known = new WeakMap<ReadableIstiod, Known>();

/**
 * Whether a workload's sidecar is as a stock injector makes it: requests and limits as `proxyResources` of src/istio works them out, and
 * traffic of user 1337 left alone. So it is for the templates of a stock install. With the repository's own templates the first workload
 * of each kind is rendered and compared; of one kind are workloads that agree in everything by which templates choose resources: the
 * annotations for them, a container istio-proxy, the keys that the templates for sidecars ask for and a stock one does not, and whatever else
 * of a workload they compare.
 */
export function isPlain(world: World, workload: Workload, reading: ReadableIstiod): boolean {
  if (reading.source === "profile") return reading.istiod.platform !== "openshift";
  const ofInjector = knownOf(reading);
  const kind = kindOf(workload, ofInjector);
  const answer = ofInjector.plain.get(kind) ?? isAsModelled(world, workload, reading);
  if (answer !== undefined) ofInjector.plain.set(kind, answer);
  // What is refused, or cannot be read, is told as that; the models say what was meant.
  return answer ?? true;
}

function knownOf(reading: ReadableIstiod): Known {
  const found = known.get(reading);
  if (found) return found;
  const actions = actionsOf(reading.istiod.injector);
  const ofInjector: Known = {
    plain: new Map(),
    sidecars: new Map(),
    mentioned: new Map(),
    actions: actions.join("\n"),
    compared: comparedBy(actions),
  };
  known.set(reading, ofInjector);
  return ofInjector;
}

/** The actions of the templates that make sidecars; those of gateways and waypoints are for other pods. */
function actionsOf(injector: Injector): readonly string[] {
  const { aliases, templates, defaultTemplates, bare } = injector;
  const names = [...defaultTemplates, sidecarTemplate].flatMap((name) =>
    Object.hasOwn(aliases, name) ? (aliases[name] ?? []) : [name],
  );
  const used = bare
    ? templatesOf(injector)
    : [...new Set(names)].flatMap((name) => templates.get(name) ?? []);
  return used.flatMap(({ text }) => text.match(/\{\{.*?\}\}/gs) ?? []);
}

/**
 * The sidecar of a workload that no model describes, as far as resources, ports and user go: that of the first workload of its kind whose
 * settings have the same values. `made` is false where nothing comes of the injection.
 */
export function likeSidecar(
  world: World,
  workload: Workload,
  reading: ReadableIstiod,
): { readonly made: boolean; readonly sidecar: Sidecar | undefined } {
  const ofInjector = knownOf(reading);
  const { sidecars } = ofInjector;
  const { pod } = workload;
  const values = [...valueKeys].map((key) => pod.annotations[key] ?? "");
  const own = ownProxy(pod);
  const container = own ? jsonTextOf([own.index, own.spec.resources, own.spec.securityContext]) : "";
  const key = [kindOf(workload, ofInjector), ...values, container].join("\n");
  if (sidecars.has(key)) return { made: true, sidecar: sidecars.get(key) };
  const injection = injectionOf(world, workload);
  if (injection.state !== "injected") return { made: false, sidecar: undefined };
  sidecars.set(key, injection.sidecar);
  return { made: true, sidecar: injection.sidecar };
}

/** Labels and annotations that stock templates look at for other things than resources. */
const stockKeys: ReadonlySet<string> = new Set([
  "app",
  "version",
  "app.kubernetes.io/name",
  "app.kubernetes.io/version",
  "service.istio.io/canonical-name",
  "service.istio.io/canonical-revision",
  "service.istio.io/workload-name",
  "kubectl.kubernetes.io/default-container",
  "kubectl.kubernetes.io/default-logs-container",
  "proxy.istio.io/config",
]);
const resourceKeys: ReadonlySet<string> = new Set(
  Object.values(resourceAnnotations).flatMap((byName) => Object.values(byName)),
);

const valueKeys: ReadonlySet<string> = new Set([...resourceKeys, "proxy.istio.io/config"]);

/** A text that is the same for workloads of one kind. */
function kindOf(workload: Workload, ofInjector: Known): string {
  const { pod } = workload;
  let text = `${pod.hostNetwork ? "host" : ""}${comparedOf(workload, ofInjector.compared)}`;
  for (const map of [pod.labels, pod.annotations]) {
    for (const key in map) {
      if (resourceKeys.has(key)) text += `\n${key}`;
      else if (!stockKeys.has(key) && isMentioned(key, ofInjector)) text += `\n${key}=${map[key]}`;
    }
    text += "\n";
  }
  const own = ownProxy(pod);
  if (!own) return text;
  const resources = at(own.spec, ["resources"]);
  const names = (kind: string) => Object.keys(Object(at(resources, [kind]))).join();
  return `${text}${own.list} ${proxyName} ${names("requests")} ${names("limits")} ${at(own.spec, ["securityContext", "runAsUser"])}`;
}

/** What templates compare of a workload besides its labels and annotations. */
interface Compared {
  readonly namespace: boolean;
  readonly kind: boolean;
  readonly name: boolean;
  /** Keys of the pod's spec. */
  readonly spec: readonly string[];
}

const comparison = /\b(?:eq|ne|lt|le|gt|ge|has\w*|contains|regex\w*|index|get|list|dict|len|empty)\b|:?=/;
/** Actions of stock templates, which decide on no more than names in the environment. */
const stockAction =
  /\botelResourceAttributes\b|\.Spec\.Containers\b|canonical-name|workload-name|ServiceAccountName ""/;

function comparedBy(all: readonly string[]): Compared {
  const actions = all.filter((action) => comparison.test(action) && !stockAction.test(action));
  const is = (pattern: RegExp) => actions.some((action) => pattern.test(action));
  const keys = actions.flatMap((action) => [...action.matchAll(/\.Spec\.([A-Z])(\w*)/g)]);
  return {
    namespace: is(/\bNamespace\b/),
    kind: is(/\.TypeMeta\b/),
    name: is(/Meta\.Name\b/),
    spec: [...new Set(keys.map(([, first = "", rest = ""]) => first.toLowerCase() + rest))],
  };
}

function comparedOf({ name, namespace, resource, value, template }: Workload, compared: Compared): string {
  const parts: Json[] = [];
  if (compared.namespace) parts.push(namespace.name);
  if (compared.kind) parts.push(resource.kind, resource.apiVersion);
  if (compared.name) parts.push(name);
  for (const key of compared.spec) parts.push(at(value, [...template, "spec", key]) ?? null);
  return parts.length === 0 ? "" : jsonTextOf(parts);
}

/** Whether templates ask for a key: as a whole word, which "component" is not in "componentLogLevel". */
function isMentioned(key: string, { mentioned, actions }: Known): boolean {
  let answer = mentioned.get(key);
  if (answer === undefined) {
    answer = key === templatesAnnotation || isWordIn(actions, key);
    mentioned.set(key, answer);
  }
  return answer;
}

function isWordIn(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    const isStart = !partOfKey.test(text[at - 1] ?? " ");
    if (isStart && !partOfKey.test(text[at + word.length] ?? " ")) return true;
  }
  return false;
}

/** What goes on within a key; a dot may stand before a field. */
const partOfKey = /[\w/-]/;

/** Undefined where nothing comes of the injection. */
function isAsModelled(world: World, workload: Workload, { istiod }: ReadableIstiod): boolean | undefined {
  const made = injectionOf(world, workload);
  if (made.state !== "injected") return undefined;
  if (!made.sidecar) return false;
  const mesh = at(istiod.values.all, ["global", "proxy", "resources"]);
  const model = proxyResources(workload.pod, isObject(mesh) ? mesh : undefined);
  return hasResources(made.sidecar, model) && hasUser(made.sidecar, workload);
}

function hasResources({ resources }: Sidecar, model: ProxyResources): boolean {
  return (["requests", "limits"] as const).every((kind) =>
    (["cpu", "memory"] as const).every((name) =>
      isSame(resources[kind][name].value, model[kind][name].value),
    ),
  );
}

function isSame(a: string | undefined, b: string | undefined): boolean {
  return a === undefined || b === undefined ? a === b : isSameQuantity(a, b);
}

function hasUser({ capture }: Sidecar, { pod }: Workload): boolean {
  const asked = at(ownProxy(pod)?.spec, ["securityContext", "runAsUser"]);
  return asked !== undefined || (capture?.user ?? 1337) === 1337;
}
