/** What checks look at, one after the other: workloads, namespaces, webhooks, injectors and unreadable documents. */

import type { Injector } from "../istio/facts.ts";
import { at, isObject } from "../kube/json.ts";
import { type Location, locationOf, type Part } from "../source/locate.ts";
import type { Path } from "../source/node.ts";
import type { Problem } from "../world/collect.ts";
import { locateInside } from "../world/embedded.ts";
import { installOf } from "../world/installs.ts";
import { istiodFor } from "../world/istiods.ts";
import type { NamespaceRecord, Placed, Workload, World } from "../world/world.ts";
import { injectedByHand } from "./by-hand.ts";
import type { Context } from "./cel.ts";
import type { Editable } from "./edits.ts";
import { facts, namespaceFacts } from "./facts.ts";
import { PodView } from "./pod-view.ts";
import { PolicyView } from "./policies.ts";
import { ProxyView } from "./proxy.ts";
import type { Check, Fact, SubjectKind } from "./rule.ts";
import type { SuppressionView } from "./suppression.ts";
import {
  DecisionView,
  DocumentView,
  InjectorView,
  NamespaceView,
  type Surroundings,
  WebhookConfigurationView,
  WorkloadView,
} from "./views.ts";
import { releaseFor } from "./workload-state.ts";

/** One thing that a check looks at. */
export interface Subject {
  readonly kind: SubjectKind;
  /** The variables of its expressions. */
  readonly context: Context;
  /** The Istio release that judges it. */
  readonly release: string;
  /** "Deployment/web in shop", for findings; undefined for what is no workload. */
  readonly label: string | undefined;
  /** The file that holds it; undefined when none does. */
  readonly file: string | undefined;
  /** The kustomization that builds it; undefined when none does. */
  readonly kustomization?: string | undefined;
  /** Its namespace, or the one that it is; undefined when that is not known. */
  readonly namespace: string | undefined;
  /** Whether it has any of what a check needs. */
  has(needs: NonNullable<Check["needs"]>): boolean;
  /** Where something stands, by the variable and the steps below it. */
  locate(root: string, steps: Path, part: Part): Location | undefined;
  /** The place that stands for the whole; undefined when it is written nowhere. */
  place(): Location | undefined;
  /** Whether parts of it stand elsewhere, where they are looked at too: what is not written here is not told here. */
  readonly isInParts?: true;
  /** Its object, for fixes; undefined where none can be changed. */
  readonly editable?: Editable | undefined;
}

/** Every subject of a kind, in the world's order. */
export function* subjectsOf(
  kind: SubjectKind,
  world: World,
  problems: readonly Problem[],
  surroundings: Surroundings,
): Iterable<Subject> {
  switch (kind) {
    case "workload":
      for (const workload of world.workloads) yield workloadSubject(workload, surroundings);
      return;
    case "namespace":
      for (const record of world.namespaces) yield namespaceSubject(record, surroundings);
      return;
    case "webhook-configuration":
      for (const placed of world.webhookConfigurations) yield webhookSubject(placed, surroundings);
      return;
    case "injector":
      yield* injectorSubjects(surroundings);
      return;
    case "document":
      for (const problem of problems) yield documentSubject(problem, world.mesh.release);
      return;
    case "suppression":
      // They are known when everything else is found: suppress() brings them.
      return;
  }
}

/** How findings name a workload: "Deployment/web in shop". */
export function labelOf({ label, namespace }: Workload): string {
  return namespace.name === null ? label : `${label} in ${namespace.name}`;
}

function workloadSubject(workload: Workload, surroundings: Surroundings): Subject {
  const release = releaseFor(workload, surroundings.world);
  const mesh = surroundings.mesh(release);
  const { pod, namespace, template } = workload;
  let proxy: ProxyView | undefined;
  const sources = {
    workload: new WorkloadView(workload, surroundings.world),
    pod: new PodView(workload, mesh),
    decision: new DecisionView(workload, mesh, surroundings.world.missing),
    get proxy() {
      proxy ??= new ProxyView(workload, surroundings.world, injectedByHand(workload));
      return proxy;
    },
    policy: new PolicyView(workload, surroundings.world),
  };
  const known = new Map<Fact, boolean>();
  const holds = (word: Fact): boolean => {
    let answer = known.get(word);
    if (answer === undefined) {
      answer = facts[word].holds(sources);
      known.set(word, answer);
    }
    return answer;
  };
  let ns: NamespaceView | undefined;
  const pathOf = (root: string, steps: Path) =>
    root === "pod" ? podPath(template, steps) : root === "workload" ? objectPath(steps) : undefined;
  return {
    kind: "workload",
    release,
    label: labelOf(workload),
    file: workload.resource.document.file.path,
    kustomization: kustomizationOf(workload.root),
    namespace: namespace.name ?? undefined,
    context: {
      workload: sources.workload,
      pod: sources.pod,
      decision: sources.decision,
      get ns() {
        ns ??= new NamespaceView(namespace, undefined, surroundings);
        return ns;
      },
      get proxy() {
        return sources.proxy;
      },
      policy: sources.policy,
      mesh,
    },
    has: ({ keys, containers, facts: words }) =>
      (keys?.some((key) => key in pod.labels || key in pod.annotations) ?? false) ||
      (words?.some((word) => holds(word)) ?? false) ||
      (containers?.some((name) => pod.containers.some((one) => one.name === name)) ?? false) ||
      (containers?.some((name) => pod.initContainers.some((one) => one.name === name)) ?? false),
    locate: (root, steps, part) => {
      const path = pathOf(root, steps);
      return path && workload.locate(path, part);
    },
    editable: workload.isRendered ? undefined : { holder: workload, pathOf },
    place: () => workload.locate(["metadata", "name"]) ?? workload.locate(["kind"]) ?? workload.start(),
  };
}

/** What Helm values say of pods: for checks that look at no more than labels and annotations. They have no fixes, and name no workload. */
export function* valuesSubjects({ valuesPods }: World, surroundings: Surroundings): Iterable<Subject> {
  for (const pod of valuesPods)
    yield {
      ...workloadSubject(pod, surroundings),
      label: undefined,
      isInParts: true,
      editable: undefined,
      place: () => pod.start(),
    };
}

function kustomizationOf(root: string | null): string | undefined {
  return root === null ? undefined : `${root}/kustomization.yaml`;
}

/** `labels`, `annotations`, `name` and `namespace` are short for the metadata's; a CronJob's `jobTemplate` likewise. */
function objectPath(steps: Path): Path | undefined {
  const [first, ...rest] = steps;
  if (first === undefined || first === "") return undefined;
  if (first === "jobTemplate") return ["spec", "jobTemplate", "metadata", ...rest];
  return inMetadata.has(first) ? ["metadata", ...steps] : steps;
}

const inMetadata = new Set<string | number>(["labels", "annotations", "name", "namespace"]);

/** Below the pod template, `labels` and `annotations` are the metadata's and anything else is the spec's. */
function podPath(template: Path, steps: Path): Path | undefined {
  const [first] = steps;
  if (first === undefined || first === "") return undefined;
  if (first === "spec" || first === "metadata") return [...template, ...steps];
  return [...template, inMetadata.has(first) ? "metadata" : "spec", ...steps];
}

function namespaceSubject(record: NamespaceRecord, surroundings: Surroundings): Subject {
  const { release } = surroundings.world.mesh;
  const { placed, origin } = record;
  const ns = new NamespaceView({ name: record.name, labels: [record.labels] }, record, surroundings);
  return {
    kind: "namespace",
    release,
    label: undefined,
    file: placed?.resource.document.file.path ?? origin.location?.file,
    kustomization: kustomizationOf(record.root),
    namespace: record.name,
    context: {
      ns,
      mesh: surroundings.mesh(release),
    },
    has: ({ keys, facts: words }) =>
      (keys?.some((key) => key in record.labels) ?? false) ||
      (words?.some((word) => namespaceFacts[word]?.(ns) ?? true) ?? false),
    locate: (root, steps, part) => {
      const path = objectPath(steps);
      return root === "ns" && path ? placed?.locate(path, part) : undefined;
    },
    editable: placed && {
      holder: placed,
      pathOf: (root, steps) => (root === "ns" ? objectPath(steps) : undefined),
    },
    place: () => placed?.locate(["metadata", "name"]) ?? origin.location,
  };
}

function webhookSubject(placed: Placed, surroundings: Surroundings): Subject {
  const { release } = surroundings.world.mesh;
  return {
    kind: "webhook-configuration",
    release,
    label: undefined,
    file: placed.resource.document.file.path,
    kustomization: kustomizationOf(placed.root),
    namespace: undefined,
    context: { configuration: new WebhookConfigurationView(placed), mesh: surroundings.mesh(release) },
    has: () => true,
    locate: (root, steps, part) => {
      const path = objectPath(steps);
      return root === "configuration" && path ? placed.locate(path, part) : undefined;
    },
    place: () => placed.locate(["metadata", "name"]) ?? placed.locate(["kind"]),
  };
}

function* injectorSubjects(surroundings: Surroundings): Iterable<Subject> {
  const { injectorConfigMaps, mesh } = surroundings.world;
  for (const injector of mesh.injectors) {
    const placed = injectorConfigMaps.find(
      ({ name, namespace }) => `${namespace ?? "istio-system"}/${name}` === injector.configMap,
    );
    if (!placed) {
      yield* installSubject(injector, surroundings);
      continue;
    }
    yield {
      kind: "injector",
      release: injector.release,
      label: undefined,
      file: placed.resource.document.file.path,
      namespace: placed.namespace ?? undefined,
      context: { injector: new InjectorView(injector), mesh: surroundings.mesh(injector.release) },
      has: () => true,
      locate: (root, steps, part) => {
        if (root !== "injector") return undefined;
        const path = steps[0] === "values" ? steps : ["config", ...steps];
        return locateInside(placed, ["data", ...path], part);
      },
      place: () => placed.locate(["data", "config"], "key") ?? placed.locate(["metadata", "name"]),
    };
  }
}

/** An injector that an IstioOperator or a Sail resource describes, as far as its values go. */
function* installSubject(injector: Injector, surroundings: Surroundings): Iterable<Subject> {
  const { world } = surroundings;
  const shown = world.installs.length > 0 ? installOf(world, injector.revision) : undefined;
  const install = shown?.ok ? shown.install : undefined;
  const reading = install && istiodFor(world, injector.revision);
  if (!install || !reading?.ok) return;
  const { placed } = install;
  const resources = at(reading.istiod.values.all, ["global", "proxy", "resources"]);
  const proxyResources = isObject(resources) ? resources : undefined;
  yield {
    kind: "injector",
    release: reading.release,
    label: undefined,
    file: placed.resource.document.file.path,
    namespace: placed.namespace ?? undefined,
    context: {
      injector: new InjectorView({ ...injector, proxyResources }),
      mesh: surroundings.mesh(reading.release),
    },
    has: () => true,
    locate: (root, steps) =>
      root === "injector" && steps[0] === "values"
        ? reading.origins.values.originOf(steps.slice(1)).location
        : undefined,
    place: () => placed.locate(["metadata", "name"]) ?? placed.locate(["kind"]),
  };
}

function documentSubject({ file, error, refusedBy }: Problem, release: string): Subject {
  const lineEnd = file.text.slice(error.offset).search(/[\r\n]|$/);
  const end = Math.min(file.text.length, error.offset + Math.max(lineEnd, 0));
  return {
    kind: "document",
    release,
    label: undefined,
    file: file.path,
    namespace: undefined,
    context: { document: new DocumentView(file.path, error.message, refusedBy !== undefined) },
    has: () => true,
    locate: () => undefined,
    place: () => locationOf(file, { start: error.offset, end }),
  };
}

/** What was meant to hide findings and does not, at its place. */
export function suppressionSubject(said: SuppressionView, location: Location, release: string): Subject {
  return {
    kind: "suppression",
    release,
    label: undefined,
    file: location.file,
    namespace: undefined,
    context: { suppression: said },
    has: () => true,
    locate: () => undefined,
    place: () => location,
  };
}
