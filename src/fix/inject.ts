/** What injection makes of the workloads of a repository: objects before and after, what is left as it is and why, what fails and where. */
import type { Labels } from "../istio/facts.ts";
import { type Command, injectObject, typedWorkload } from "../istio/inject/command.ts";
import type { Owner } from "../istio/inject/owner.ts";
import type { InjectionError } from "../istio/inject/pipeline.ts";
import { statusAnnotation } from "../istio/inject/status.ts";
import type { Istiod } from "../istio/inject/webhook.ts";
import { injectTemplate } from "../istio/inject/workload.ts";
import { nativeKey } from "../istio/sidecar-state.ts";
import { at, isObject, type Json, type JsonObject } from "../kube/json.ts";
import type { WorkloadKind } from "../kube/workload.ts";
import type { Location } from "../source/locate.ts";
import type { Path } from "../source/node.ts";
import type { FileProblem } from "../world/injector-files.ts";
import { locateIn, locateResource } from "../world/resource.ts";
import type { Resource, Workload } from "../world/world.ts";
import { carryOver } from "./carry-over.ts";
import { isSame } from "./same.ts";
import { isSettled } from "./settled.ts";
import { withoutUnset } from "./stream.ts";

/** How it is decided who gets a sidecar, and which. */
export type Way = {
  /** Kinds that carry pod templates besides the built-in ones. */
  readonly kinds: readonly WorkloadKind[];
} & (
  | {
      /** Both gates decide, and the sidecar is that of the revision whose webhook matches. */
      readonly by: "gates";
      readonly istiodOf: (revision: string) => IstiodAnswer;
      /** The annotations of a Namespace, which hold the user ids of OpenShift. */
      readonly namespaceAnnotations: (namespace: string | null) => Labels;
    }
  | {
      /** Every workload but those in the host's network, as kube-inject does it. */
      readonly by: "command";
      readonly command: Command;
    }
);

export type IstiodAnswer =
  | {
      readonly ok: true;
      readonly istiod: Istiod;
      /** Whether that its sidecars are no native ones is no more than likely, as nobody tells the release of the kubelets. */
      readonly isNativeOpen?: boolean;
    }
  | { readonly ok: false; readonly problems: readonly FileProblem[] };

/** An object of a file that injection changes, or leaves as it is because it says already what it should. */
export interface InjectedObject {
  readonly resource: Resource;
  readonly before: JsonObject;
  readonly after: JsonObject;
  /** Directory of the kustomization whose build this is; null for the object of the file itself. */
  readonly root: string | null;
  /** Whether istiod would give it a native sidecar on some clusters, and it has an ordinary one now. */
  readonly isNativeOpen?: boolean;
}

/** A workload that is left as it is. */
export interface LeftAsIs {
  readonly location: Location;
  /** "Deployment/web". */
  readonly label: string;
  /** Why, the same words for everything it holds for. */
  readonly says: string;
  /** What it concerns besides the workload, such as the directory of a kustomization. */
  readonly about?: string;
  /** Whether a sidecar may be missing for it, so that somebody should hear of it. */
  readonly matters: boolean;
}

export interface Injections {
  readonly objects: readonly InjectedObject[];
  readonly left: readonly LeftAsIs[];
  readonly problems: readonly FileProblem[];
}

/** Injects into the objects of files: each object once, however many kustomizations build it. */
export function injectResources(workloads: readonly Workload[], way: Way): Injections {
  const groups = new Map<JsonObject, Workload[]>();
  for (const workload of workloads) {
    const { value } = workload.resource;
    const group = groups.get(value);
    if (group) group.push(workload);
    else groups.set(value, [workload]);
  }
  return gathered(
    [...groups.values()].map((group) => (way.by === "gates" ? byGates(group, way) : byCommand(group, way))),
  );
}

/** Injects into the objects as their kustomizations build them: for patches, which are applied to what is built. */
export function injectBuilt(workloads: readonly Workload[], way: Way): Injections {
  const groups = new Map<string, Workload[]>();
  for (const workload of workloads) {
    const key = JSON.stringify([
      workload.root,
      workload.resource.document.file.path,
      workload.resource.document.index,
      workload.resource.path,
      workload.name,
      workload.namespace.name,
    ]);
    const group = groups.get(key);
    if (group) group.push(workload);
    else groups.set(key, [workload]);
  }
  return gathered(
    [...groups.values()].map((group) =>
      way.by === "gates" ? builtByGates(group, way) : byCommand(group, way, "built"),
    ),
  );
}

function gathered(parts: readonly Injections[]): Injections {
  return {
    objects: parts.flatMap(({ objects }) => objects),
    left: parts.flatMap(({ left }) => left),
    problems: parts.flatMap(({ problems }) => problems),
  };
}

const nothing: Injections = { objects: [], left: [], problems: [] };

function left(workload: Workload, says: string, about?: string): Injections {
  const one = { location: workload.start(), label: workload.label, says, matters: true };
  return { ...nothing, left: [about === undefined ? one : { ...one, about }] };
}

/** One that is left as it is, as it should be. */
function leftInPeace(workload: Workload, says: string): Injections {
  return { ...nothing, left: [{ location: workload.start(), label: workload.label, says, matters: false }] };
}

type ByGates = Way & { readonly by: "gates" };
type ByCommand = Way & { readonly by: "command" };

const notWhole = "there are no containers: this is a patch, or not all of the workload";

/** Whether a pod template holds no containers at all, as in a patch that no kustomization uses. */
function isFragment({ pod }: Workload): boolean {
  return pod.containers.length === 0;
}

/** One object of a file with all its pod templates and builds. */
function byGates(group: readonly Workload[], way: ByGates): Injections {
  const [first] = group;
  if (!first) return nothing;
  if (group.every(isFragment)) return leftInPeace(first, notWhole);
  const undecided = group.find(({ decision }) => decision.verdict === "unknown");
  if (undecided) return leftUndecided(undecided);
  const refused = group.find(({ decision }) => decision.verdict === "refused");
  if (refused) return left(refused, "the API server refuses its pods (see sidelint check)");
  const injected = group.filter(({ decision }) => decision.verdict === "injected");
  if (injected.length === 0) return leftInPeace(first, "gets no sidecar");
  const other = group.find(({ decision }) => decision.verdict !== "injected");
  if (other)
    return left(
      other,
      "one build gets a sidecar and another none, so that the builds are to be injected (--output-format kustomization)",
      builds([...injected, other]),
    );
  const different = injected.find(({ decision }) => decision.revision !== first.decision.revision);
  if (different)
    return left(
      different,
      "builds get sidecars of several revisions, so that the builds are to be injected (--output-format kustomization)",
      builds([first, different]),
    );
  const changed = injected.find((workload) => changesTemplate(workload));
  if (changed) return left(changed, changedByBuild, changed.root ?? ".");
  const templates = new Map(injected.map((workload) => [workload.template.join("/"), workload]));
  return injectedBy(way, [...templates.values()], first.resource.value, null);
}

function builtByGates(group: readonly Workload[], way: ByGates): Injections {
  const [first] = group;
  if (!first) return nothing;
  if (group.every(isFragment)) return leftInPeace(first, notWhole);
  const undecided = group.find(({ decision }) => decision.verdict === "unknown");
  if (undecided) return leftUndecided(undecided);
  const injected = group.filter(({ decision }) => decision.verdict === "injected");
  if (injected.length === 0) return leftInPeace(first, "gets no sidecar");
  return injectedBy(way, injected, first.value, first.root);
}

const changedByBuild =
  "a kustomization changes the pod template, so that its build is to be injected (--output-format kustomization, or kustomize build DIR | sidelint inject --only-injected - with the files of its namespaces)";

function builds(workloads: readonly Workload[]): string {
  return [...new Set(workloads.map(({ root, delivery }) => root ?? delivery?.label ?? "on its own"))].join(
    ", ",
  );
}

function leftUndecided(workload: Workload): Injections {
  const { namespace, decision } = workload;
  if (decision.reason === "namespace-unknown")
    return left(workload, "the namespace is not known (--namespace NAME, or sidelint.yaml)");
  if (decision.reason === "namespace-labels-unknown")
    return left(
      workload,
      "the labels of the namespace are not known (--assume LABEL=VALUE, or sidelint.yaml)",
      namespace.name ?? "?",
    );
  return left(workload, "whether there will be a sidecar cannot be told (sidelint explain says why)");
}

/** Whether a build changes the pod template of the object that the file holds. */
function changesTemplate({ value, resource, template }: Workload): boolean {
  return (
    value !== resource.value && !isSame(at(value, template) ?? null, at(resource.value, template) ?? null)
  );
}

/** What injection makes of one object, or why it makes nothing of it. */
type Run = (
  object: JsonObject,
) =>
  | { readonly is: "injected"; readonly object: JsonObject }
  | { readonly is: "left"; readonly says: string }
  | { readonly is: "unsupported" }
  | { readonly is: "failed"; readonly problems: readonly FileProblem[] };

/** Injects into the templates of one object with the istiod of the revision that the gates chose. */
function injectedBy(
  way: ByGates,
  workloads: readonly Workload[],
  before: JsonObject,
  root: string | null,
): Injections {
  const [first] = workloads;
  if (!first) return nothing;
  const answer = way.istiodOf(first.decision.revision ?? "default");
  if (!answer.ok) return { ...nothing, problems: answer.problems };
  const run: Run = (object) => {
    let after = object;
    for (const workload of workloads) {
      const raw = at(object, workload.template) ?? null;
      const injection = injectTemplate(answer.istiod, {
        owner: ownerOf(workload),
        template: raw,
        namespaceAnnotations: way.namespaceAnnotations(workload.namespace.name),
      });
      if (!injection.ok)
        return { is: "failed", problems: injection.errors.map((one) => problemOf(workload, one)) };
      const carried = carryOver(raw, withoutUnset(injection.before), withoutUnset(injection.after));
      after = replaced(after, workload.template, carried) as JsonObject;
    }
    return { is: "injected", object: after };
  };
  const injections = outcome(first, before, root, way.kinds, run);
  const isOpen =
    answer.isNativeOpen && workloads.some(({ pod }) => !Object.hasOwn(pod.annotations, nativeKey));
  if (!isOpen) return injections;
  return { ...injections, objects: injections.objects.map((one) => ({ ...one, isNativeOpen: true })) };
}

function ownerOf({ resource, name, namespace }: Workload): Owner {
  const { kind, apiVersion } = resource;
  return { kind, apiVersion, name, namespace: namespace.name ?? "" };
}

/** One object as kube-inject would handle it. */
function byCommand(group: readonly Workload[], way: ByCommand, whose: "file" | "built" = "file"): Injections {
  const [first] = group;
  if (!first) return nothing;
  if (group.every(isFragment)) return leftInPeace(first, notWhole);
  // kube-inject looks for the status of a CronJob's pods in the metadata of its jobs, and would inject once more.
  if (first.resource.kind === "CronJob" && Object.hasOwn(first.pod.annotations, statusAnnotation))
    return left(first, whySkipped.injected);
  const run: Run = (object) => {
    const injected = injectObject(way.command, object, way.kinds);
    if (!injected.ok)
      return { is: "failed", problems: injected.errors.map((one) => problemOf(first, one, one.path)) };
    if (injected.is === "unsupported") return injected;
    const [skipped] = injected.skipped;
    if (skipped) return { is: "left", says: whySkipped[skipped.reason] };
    const typed = withoutUnset(typedWorkload(object, way.kinds));
    const carried = carryOver(object, typed, withoutUnset(injected.object));
    return { is: "injected", object: carried as JsonObject };
  };
  const isBuilt = whose === "built";
  const before = isBuilt ? first.value : first.resource.value;
  return outcome(first, before, isBuilt ? first.root : null, way.kinds, run);
}

/** The outcome for an object; one that holds the sidecar that it would be given stays as it is. */
function outcome(
  workload: Workload,
  before: JsonObject,
  root: string | null,
  kinds: readonly WorkloadKind[],
  run: Run,
): Injections {
  const result = run(before);
  if (result.is === "unsupported") return nothing;
  if (result.is === "left") return left(workload, result.says);
  if (result.is === "failed") return { ...nothing, problems: result.problems };
  const again = (original: JsonObject) => {
    const made = run(original);
    return made.is === "injected" ? made.object : undefined;
  };
  if (isSame(before, result.object) || isSettled(before, kinds, again))
    return leftInPeace(workload, "has its sidecar already");
  return { ...nothing, objects: [{ resource: workload.resource, before, after: result.object, root }] };
}

/** Why kube-inject leaves a workload as it is, in words for people. */
export const whySkipped = {
  "host-network": "hostNetwork: true, and such pods get no sidecar",
  injected: "there is a sidecar already",
  "ignored-namespace": "in a namespace of Kubernetes' own, which gets no sidecars",
  disabled: "sidecar.istio.io/inject says so",
} as const;

/** An error of the engine where the object says what led to it. */
function problemOf(workload: Workload, error: InjectionError, path?: Path): FileProblem {
  const { resource, template, label } = workload;
  const place: Path =
    path ??
    (error.annotation === undefined
      ? [...template, "metadata"]
      : [...template, "metadata", "annotations", error.annotation]);
  for (let length = place.length; length > 0; length--) {
    const location = locateIn(resource, place.slice(0, length));
    if (location) return { location, says: `${label}: ${error.message}` };
  }
  return { location: locateResource(resource), says: `${label}: ${error.message}` };
}

/** A value with another one at a path that exists. */
export function replaced(value: Json, path: Path, replacement: Json): Json {
  const [step, ...rest] = path;
  if (step === undefined) return replacement;
  if (Array.isArray(value)) {
    return value.map((item: Json, index) => (index === step ? replaced(item, rest, replacement) : item));
  }
  if (!isObject(value)) return value;
  const copy: Record<string, Json> = { ...value };
  copy[step] = replaced(value[step] ?? null, rest, replacement);
  return copy;
}
