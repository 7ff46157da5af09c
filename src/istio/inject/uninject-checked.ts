/** Taking an injection back with the injector at hand: what it makes of the result must be what was given. */
import { decode } from "../../kube/decode.ts";
import { at, isObject, type Json, type JsonObject, withValueAt } from "../../kube/json.ts";
import { isListKind, type Path } from "../../kube/workload.ts";
import type { Labels } from "../facts.ts";
import { bareFacts } from "../legacy/facts.ts";
import { injectObject } from "./command.ts";
import { sidecarTemplate } from "./injector.ts";
import { isInjectable } from "./kinds.ts";
import { type Owner, ownerOf } from "./owner.ts";
import { metadataOf, objectOf, type Pod, textOf } from "./pod.ts";
import { type Unrecorded, withoutNulls } from "./taken.ts";
import { readTraces } from "./traces.ts";
import {
  type PodPlace,
  podAt,
  podPlacesIn,
  type Uninjected,
  type UninjectOptions,
  uninject,
  withPod,
} from "./uninject.ts";
import { type Back, candidates, type Given, isAt, withoutKept } from "./uninject-candidates.ts";
import type { Istiod } from "./webhook.ts";
import { injectTemplate, type TemplateSource } from "./workload.ts";

export type Checked =
  | (Back & {
      /** Whether injecting again gives what was given; true for what had not been injected. */
      readonly exact: boolean;
      /** Why it does not, in words for people. */
      readonly differs?: string;
    })
  | (Uninjected & { readonly ok: false });

export interface CheckOptions extends UninjectOptions {
  /** The annotations of the Namespace, which hold the user ids of OpenShift. */
  readonly namespaceAnnotations?: Labels;
}

/**
 * As `uninject`, and injects the result again, both as istiod and as `istioctl kube-inject` would. What the injector does not write was
 * the user's and is put back; what it writes without being asked is taken away, also where only its own templates say so.
 * @param istiod the one that injected, as far as anybody knows
 */
export function uninjectChecked(istiod: Istiod, object: JsonObject, options: CheckOptions = {}): Checked {
  if (isListKind(textOf(object.apiVersion), textOf(object.kind)) && Array.isArray(object.items))
    return checkedList(istiod, object, object.items, options);
  const { injectedAnnotations } = istiod.injector;
  const { bareInjection } = istiod.facts;
  const keepsDns = bareInjection !== null && !bareFacts[bareInjection].commandAppends;
  const base = uninject(object, { injectedAnnotations, keepsDns, ...options });
  if (!base.ok) return base;
  if (base.was === "untouched") return { ...base, exact: true };
  const given: Given = {
    object,
    places: podPlacesIn(textOf(object.apiVersion), textOf(object.kind), options),
    namespaceAnnotations: options.namespaceAnnotations ?? {},
  };
  const asCommand: Istiod = {
    ...istiod,
    platform: "",
    injector: {
      ...istiod.injector,
      defaultTemplates: [sidecarTemplate],
      aliases: {},
      injectedAnnotations: {},
    },
  };
  const ways: readonly Way[] = [
    { istiod, inject: (candidate) => byIstiod(istiod, candidate, given) },
    ...(isInjectable(textOf(object.kind)) ? [{ istiod: asCommand, inject: byCommand(asCommand) }] : []),
  ];
  const settled: Settled[] = [];
  for (const way of ways) {
    const one = settle(way, given, base);
    if (one.exact) return one;
    settled.push(one);
  }
  return settled[0] ?? { ...base, exact: false };
}

function checkedList(
  istiod: Istiod,
  list: JsonObject,
  given: readonly Json[],
  options: CheckOptions,
): Checked {
  const items: Json[] = [];
  const unrecorded: Unrecorded[] = [];
  let was: "injected" | "untouched" = "untouched";
  let differs: string | undefined;
  for (const [index, item] of given.entries()) {
    const checked = isObject(item) ? uninjectChecked(istiod, item, options) : undefined;
    if (checked?.ok === false) {
      const errors = checked.errors.map((error) => ({ ...error, path: ["items", index, ...error.path] }));
      return { ok: false, errors };
    }
    items.push(checked?.object ?? item);
    if (checked?.was === "injected") was = "injected";
    if (checked?.exact === false) differs ??= `items.${index}: ${checked.differs ?? ""}`;
    unrecorded.push(
      ...(checked?.unrecorded ?? []).map((each) => ({ ...each, path: ["items", index, ...each.path] })),
    );
  }
  const object = was === "injected" ? { ...list, items } : list;
  return {
    ok: true,
    object,
    unrecorded,
    was,
    exact: differs === undefined,
    ...(differs !== undefined && { differs }),
  };
}

type Again =
  | { readonly ok: true; readonly object: JsonObject }
  | { readonly ok: false; readonly error: string };

/** One way to inject again. */
interface Way {
  readonly istiod: Istiod;
  readonly inject: (candidate: JsonObject) => Again;
}

function byCommand(istiod: Istiod): Way["inject"] {
  return (candidate) => {
    const injected = injectObject(istiod, candidate);
    if (!injected.ok) return { ok: false, error: injected.errors[0]?.message ?? "" };
    return { ok: true, object: injected.is === "handled" ? injected.object : candidate };
  };
}

function byIstiod(istiod: Istiod, candidate: JsonObject, given: Given): Again {
  let result = candidate;
  for (const place of templatePlaces(given)) {
    const injected = injectTemplate(istiod, sourceIn(given, candidate, place));
    if (!injected.ok) return { ok: false, error: injected.errors[0]?.message ?? "" };
    result = withPod(result, place, injected.after);
  }
  return { ok: true, object: result };
}

function sourceIn(given: Given, candidate: JsonObject, place: PodPlace): TemplateSource {
  const { namespaceAnnotations } = given;
  return { owner: ownerIn(given, place), template: podAt(candidate, place), namespaceAnnotations };
}

/** The places of whole pod templates, whose metadata and spec stand side by side. */
function templatePlaces({ object, places }: Given): readonly PodPlace[] {
  return places.filter(
    ({ metadata, spec }) => metadata.length === spec.length && at(object, spec) !== undefined,
  );
}

/** The workload behind a pod; where nobody names its namespace the proxy's environment may. */
function ownerIn({ object }: Given, place: PodPlace): Owner {
  const { name, namespace } = metadataOf(object);
  const pod = podAt(object, place);
  const read = readTraces(pod);
  const environment = read.ok ? read.traces?.environment : undefined;
  const told = environment?.ISTIO_META_OWNER?.split("/namespaces/")[1]?.split("/")[0];
  const own = textOf(namespace) || told || "";
  if (object.kind === "Pod") return { ...ownerOf(pod), namespace: own };
  return {
    name: textOf(name),
    namespace: own,
    kind: textOf(object.kind),
    apiVersion: textOf(object.apiVersion),
  };
}

type Settled = Checked & { readonly ok: true };

/** The first candidate of which one way of injecting makes what was given; where there is none, the plain one. */
function settle(way: Way, given: Given, base: Back): Settled {
  const plain = way.inject(base.object);
  const differs = plain.ok ? differenceFrom(given, plain.object) : `injecting again fails: ${plain.error}`;
  if (differs === undefined) return least(way, given, base);
  if (!plain.ok) return { ...base, exact: false, differs };
  for (const candidate of candidates(base, given, plain.object)) {
    if (differenceOf(way, given, candidate.object) === undefined) return least(way, given, candidate);
  }
  return { ...base, exact: false, differs };
}

/** The least original that leads to the same. */
function least(way: Way, given: Given, exact: Back): Settled {
  const less = withoutKept(exact, given);
  const isSame = less === exact || differenceOf(way, given, less.object) !== undefined;
  return { ...takeLeaves(way, given, isSame ? exact : less), exact: true };
}

/** What is different from the given object after a candidate was injected again; undefined when nothing is. */
function differenceOf(way: Way, given: Given, candidate: JsonObject): string | undefined {
  const again = way.inject(candidate);
  return again.ok ? differenceFrom(given, again.object) : `injecting again fails: ${again.error}`;
}

function differenceFrom(given: Given, again: JsonObject): string | undefined {
  for (const place of given.places) {
    const [ours, theirs] = [again, given.object].map((object) => comparable(podAt(object, place)));
    const path = firstDifference(ours, theirs, []);
    if (path) return `injecting again gives another ${[...place.spec.slice(0, -1), ...path].join(".")}`;
  }
  return undefined;
}

/** The pod as Kubernetes reads it. */
function comparable(pod: Pod): Json {
  const typed = decode("Pod", pod, { via: "json" });
  return withoutNulls(
    typed.ok ? { metadata: metadataOf(typed.value), spec: objectOf(typed.value.spec) } : pod,
  );
}

function firstDifference(a: Json | undefined, b: Json | undefined, path: Path): Path | undefined {
  if (a === b) return undefined;
  const isList = Array.isArray(a);
  if (typeof a !== "object" || typeof b !== "object" || !a || !b || isList !== Array.isArray(b)) return path;
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const step = isList ? Number(key) : key;
    const found = firstDifference(at(a, [step]), at(b, [step]), [...path, step]);
    if (found) return found;
  }
  return undefined;
}

/** Lists whose injected items the status names. */
const namedLists: ReadonlySet<string> = new Set([
  "containers",
  "initContainers",
  "volumes",
  "imagePullSecrets",
]);

/** Without what the templates write, as long as injecting again brings it back. */
function takeLeaves(way: Way, given: Given, base: Back): Back {
  let { object, unrecorded } = base;
  for (const place of templatePlaces(given)) {
    const injected = injectTemplate(way.istiod, sourceIn(given, object, place));
    if (!injected.ok) continue;
    for (const leaf of leavesOf(injected.rendered)) {
      for (const home of given.places) {
        const [part = "", ...rest] = leaf.path;
        const path = [...(part === "metadata" ? home.metadata : home.spec), ...rest];
        const less = without(object, path, leaf.value);
        if (less === object || differenceOf(way, given, less) !== undefined) continue;
        object = less;
        const says =
          "a template of the injector writes this; it may have been written here with the same value";
        unrecorded = [...unrecorded.filter((each) => !isAt(each, path)), { path, kind: "removed", says }];
      }
    }
  }
  return { ...base, object, unrecorded };
}

interface Leaf {
  readonly path: Path;
  readonly value: Json;
}

/** What a rendered template sets besides named items: scalars, and the items of lists. */
function leavesOf(rendered: Pod): readonly Leaf[] {
  const { labels, annotations } = metadataOf(rendered);
  return [
    ...leavesIn(labels, ["metadata", "labels"]),
    ...leavesIn(annotations, ["metadata", "annotations"]),
    ...Object.entries(objectOf(rendered.spec)).flatMap(([key, value]) =>
      namedLists.has(key) ? [] : leavesIn(value, ["spec", key]),
    ),
  ];
}

function leavesIn(value: Json | undefined, path: Path): readonly Leaf[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.map((item: Json) => ({ path, value: item }));
  if (!isObject(value)) return [{ path, value }];
  return Object.entries(value).flatMap(([key, inner]) => leavesIn(inner, [...path, key]));
}

/** The object without a value at a path, or without that item of the list there; parents that are left empty go too. */
function without(object: JsonObject, path: Path, value: Json): JsonObject {
  const here = at(object, path);
  if (here === undefined) return object;
  if (!Array.isArray(here)) return isSame(here, value) ? taken(object, path) : object;
  const left = here.filter((item: Json) => !isSame(item, value));
  if (left.length === here.length) return object;
  return left.length === 0 ? taken(object, path) : withValueAt(object, path, left);
}

function isSame(a: Json, b: Json): boolean {
  return firstDifference(withoutNulls(a), withoutNulls(b), []) === undefined;
}

function taken(object: JsonObject, path: Path): JsonObject {
  const parent = path.slice(0, -1);
  const less = withValueAt(object, path, undefined);
  const left = at(less, parent);
  const isEmpty = parent.length > 0 && isObject(left) && Object.keys(left).length === 0;
  return isEmpty ? taken(less, parent) : less;
}
