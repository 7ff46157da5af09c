/** Resources with a pod template become workloads: namespace resolved, verdict decided, every place known. */
import type { Place } from "../istio/decision.ts";
import type { ContainerFacts, Mesh, PodFacts } from "../istio/facts.ts";
import { decideOpen } from "../istio/open-values.ts";
import { at, isObject, type Json } from "../kube/json.ts";
import { podTemplatesOf, type WorkloadKind } from "../kube/workload.ts";
import type { Path } from "../source/node.ts";
import type { Delivery } from "./delivery.ts";
import { locateInside } from "./embedded.ts";
import type { InstallOrigin } from "./mesh.ts";
import { type NamespaceAnswer, recordFor } from "./namespaces.ts";
import { openValuesOf } from "./open-values.ts";
import { locateResource, placeText, scalarText, startOf, stringMap } from "./resource.ts";
import type { Origin, Placed, Workload } from "./world.ts";

/** What turns a placed resource into workloads. */
export interface WorkloadContext {
  readonly mesh: Mesh;
  readonly kinds: readonly WorkloadKind[];
  readonly namespaceOf: (name: string | null, root: string | null, delivery?: Delivery) => NamespaceAnswer;
  /** What tells workloads of this cluster from those of others. */
  readonly idPrefix: string;
  /** Resources behind the mesh's facts, for places. */
  readonly webhookConfiguration: (name: string) => Placed | undefined;
  readonly injectorConfigMap: (revision: string) => Placed | undefined;
  /** Where an install tells of webhooks and injectors that nothing else shows. */
  readonly installOrigin: InstallOrigin;
  /** Where the configuration tells something of injectors without a ConfigMap. */
  readonly configuredInjector: (path: Path) => Origin | undefined;
}

/** The workloads of a placed resource: one for each pod template it carries, none when it carries none. */
export function workloadsOf(placed: Placed, context: WorkloadContext): readonly Workload[] {
  const { resource } = placed;
  const templates = podTemplatesOf(resource.apiVersion, resource.kind, context.kinds) ?? [];
  return templates
    .filter((template) => isObject(at(placed.value, template)))
    .map((template) => workload(placed, template, templates.length > 1, context));
}

function workload(placed: Placed, template: Path, several: boolean, context: WorkloadContext): Workload {
  const { resource, root, name } = placed;
  const namespace = context.namespaceOf(placed.namespace, root, placed.delivery);
  const pod = podFacts(at(placed.value, template));
  const label = `${resource.kind}/${name}${several ? ` (${template.join(".")})` : ""}`;
  const place = [resource.document.file.path, resource.document.index, ...resource.path, ...template].join(
    "/",
  );
  return {
    resource,
    value: placed.value,
    // One root may build an object of a file several times, with other names or into other namespaces.
    id:
      context.idPrefix +
      (root === null && !placed.delivery
        ? place
        : `${buildOf(placed)}: ${place} ${placed.namespace ?? ""}/${name}`),
    label,
    name,
    template,
    root,
    namespace: namespace.facts,
    ...(placed.delivery && { delivery: placed.delivery }),
    ...(placed.isRendered && { isRendered: true }),
    get namespaceOrigin() {
      return placed.namespaceOrigin;
    },
    get namespaceLabelOrigins() {
      return namespace.origins.map(({ origin }) => origin);
    },
    pod,
    decision: decideOpen(
      pod,
      namespace.facts,
      context.mesh,
      openValuesOf(placed, pod, at(placed.value, [...template, "spec", "hostNetwork"])),
    ),
    start: () => startOf(resource),
    locate: (path, part) => locateInside(placed, path, part),
    sourceOf: (path) => placed.sourceOf(path),
    originOf: (step) => originOf(step, placed, template, namespace, context),
  };
}

/** What makes an object more than one workload: its build, and what delivers that, where. */
function buildOf({ root, delivery }: Placed): string {
  if (!delivery) return root ?? "";
  const { label, cluster } = delivery;
  return [...(root === null ? [] : [root]), label, ...(cluster === null ? [] : [`in ${cluster}`])].join(" ");
}

function originOf(
  place: Place,
  placed: Placed,
  template: Path,
  namespace: NamespaceAnswer,
  context: WorkloadContext,
): Origin {
  switch (place.of) {
    case "pod":
      return deepest(placed, [...template, ...place.path]);
    case "namespace": {
      const record = recordFor(namespace, place.nth ?? 0, placed.resource.document.file.path);
      const sent = placed.delivery && placed.namespaceOrigin?.location;
      if (!record && sent) return { text: placeText(sent), location: sent };
      if (!record) return deepest(placed, ["metadata", "namespace"]);
      if (record.originOf) return record.originOf(place.path);
      return record.placed ? deepest(record.placed, place.path) : record.origin;
    }
    case "webhook": {
      const written = context.webhookConfiguration(place.configuration);
      if (!written)
        return (
          context.installOrigin(place) ?? {
            text: `stock webhook of Istio ${context.mesh.release}`,
            location: undefined,
          }
        );
      return deepest(written, ["webhooks", place.index, ...place.path]);
    }
    case "injector": {
      const { revision, path } = place;
      const written = context.injectorConfigMap(revision);
      if (written) return deepest(written, ["data", ...(path[0] === "values" ? path : ["config", ...path])]);
      const release = context.mesh.injectors.find((one) => one.revision === revision)?.release;
      return (
        context.configuredInjector(path) ??
        context.installOrigin(place) ??
        defaultOf(release || context.mesh.release)
      );
    }
    case "release":
      return defaultOf(place.release);
  }
}

function defaultOf(release: string): Origin {
  return { text: `default of Istio ${release}`, location: undefined };
}

/** The deepest written part of a path, else the resource itself. */
function deepest(placed: Placed, path: Path): Origin {
  for (let length = path.length; length > 0; length--) {
    const location = locateInside(placed, path.slice(0, length));
    if (location) return { text: placeText(location), location };
  }
  const location = locateResource(placed.resource);
  return { text: placeText(location), location };
}

/** What admission sees of a pod template. Scalars of wrong types become text, as kube-inject reads them. */
export function podFacts(template: Json | undefined): PodFacts {
  return {
    labels: stringMap(at(template, ["metadata", "labels"])),
    annotations: stringMap(at(template, ["metadata", "annotations"])),
    hostNetwork: at(template, ["spec", "hostNetwork"]) === true,
    containers: containers(at(template, ["spec", "containers"])),
    initContainers: containers(at(template, ["spec", "initContainers"])),
  };
}

function containers(list: Json | undefined): readonly ContainerFacts[] {
  if (!Array.isArray(list)) return [];
  return list.filter(isObject).map((spec) => ({
    name: scalarText(spec.name) ?? "",
    image: scalarText(spec.image) ?? "",
    spec,
  }));
}
